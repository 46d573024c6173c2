//! The password of a database, as text or as something that gives one.

use crate::error::Result;
use crate::future::BoxFuture;
use std::fmt;
use std::sync::Arc;

type Ask = dyn Fn() -> BoxFuture<'static, Result<String>> + Send + Sync;

/// A password: text, or what is asked for one each time that a connection logs in, such as a token
/// that expires. It is never shown.
///
/// ```
/// use yara_core::backend::Password;
///
/// let fixed = Password::from("correct horse");
/// let token = Password::asked(|| async { Ok(format!("{}-{}", "token", 7)) });
/// assert_eq!(format!("{fixed:?} {token:?}"), "Password(…) Password(…)");
/// ```
#[derive(Clone)]
pub struct Password(Arc<Ask>);

impl Password {
    /// One that is asked for whenever a connection logs in. Where that errs, connecting does so as
    /// with a wrong password, and the error is the cause.
    pub fn asked<F>(ask: impl Fn() -> F + Send + Sync + 'static) -> Password
    where
        F: Future<Output = Result<String>> + Send + 'static,
    {
        Password(Arc::new(move || Box::pin(ask())))
    }

    /// What it is at this moment; a backend asks whenever a connection logs in.
    pub fn ask(&self) -> BoxFuture<'static, Result<String>> {
        (self.0)()
    }
}

impl From<String> for Password {
    fn from(text: String) -> Password {
        Password::asked(move || std::future::ready(Ok(text.clone())))
    }
}

impl From<&str> for Password {
    fn from(text: &str) -> Password {
        Password::from(text.to_owned())
    }
}

impl fmt::Debug for Password {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Password(…)")
    }
}
