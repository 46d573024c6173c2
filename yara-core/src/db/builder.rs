//! Options of a database in code.

use super::Db;
use super::observe::{Observed, Observer, StatementEvent};
use crate::backend::{self, Password};
use crate::error::Result;
use crate::pool::PoolOptions;
use crate::runtime::Runtime;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

/// How to connect: a URL and the options of the pool.
///
/// What is said in the URL's parameters outranks what is said in code, so that whoever runs the
/// program can change it.
///
/// ```
/// # use yara_orm::prelude::*;
/// # use std::time::Duration;
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> yara_orm::Result<()> {
/// let db = Db::builder("sqlite://:memory:?max_size=3")
///     .max_size(8)
///     .acquire_timeout(Duration::from_secs(2))
///     .idle_timeout(None)
///     .connect()
///     .await?;
/// assert_eq!(db.status().max_size, 3); // the URL has the last word
/// # Ok(()) }
/// ```
#[derive(Clone)]
#[must_use = "nothing happens before `connect`"]
pub struct DbBuilder {
    url: String,
    options: PoolOptions,
    runtime: Option<Arc<dyn Runtime>>,
    observer: Option<Observer>,
    password: Option<Password>,
}

impl DbBuilder {
    pub(super) fn new(url: String) -> DbBuilder {
        let options = PoolOptions::default();
        DbBuilder { url, options, runtime: None, observer: None, password: None }
    }

    /// See [`PoolOptions::max_size`].
    pub fn max_size(mut self, connections: usize) -> DbBuilder {
        self.options.max_size = Some(connections);
        self
    }

    /// See [`PoolOptions::min_size`].
    pub fn min_size(mut self, connections: usize) -> DbBuilder {
        self.options.min_size = connections;
        self
    }

    /// See [`PoolOptions::acquire_timeout`].
    pub fn acquire_timeout(mut self, limit: Duration) -> DbBuilder {
        self.options.acquire_timeout = limit;
        self
    }

    /// See [`PoolOptions::idle_timeout`].
    pub fn idle_timeout(mut self, limit: impl Into<Option<Duration>>) -> DbBuilder {
        self.options.idle_timeout = limit.into();
        self
    }

    /// See [`PoolOptions::max_lifetime`].
    pub fn max_lifetime(mut self, limit: impl Into<Option<Duration>>) -> DbBuilder {
        self.options.max_lifetime = limit.into();
        self
    }

    /// The password, in place of the URL's: text, or something that is
    /// [asked for](Password::asked) each time a connection logs in.
    pub fn password(mut self, password: impl Into<Password>) -> DbBuilder {
        self.password = Some(password.into());
        self
    }

    /// Calls `observer` after each statement, on whichever thread it ran: for logs and metrics.
    /// Values are never part of what is told.
    ///
    /// ```
    /// # use yara_orm::prelude::*;
    /// # use std::time::Duration;
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> yara_orm::Result<()> {
    /// let db = Db::builder("sqlite://:memory:")
    ///     .on_statement(|event| {
    ///         if event.duration > Duration::from_millis(100) {
    ///             eprintln!("slow: {} took {:?}", event.sql, event.duration);
    ///         }
    ///     })
    ///     .connect()
    ///     .await?;
    /// # Ok(()) }
    /// ```
    pub fn on_statement(
        mut self,
        observer: impl Fn(&StatementEvent<'_>) + Send + Sync + 'static,
    ) -> DbBuilder {
        self.observer = Some(Arc::new(observer));
        self
    }

    /// All options of the pool at once.
    ///
    /// ```
    /// # use yara_orm::prelude::*;
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> yara_orm::Result<()> {
    /// use yara_orm::pool::PoolOptions;
    ///
    /// let options = PoolOptions { max_size: Some(2), min_size: 1, ..PoolOptions::default() };
    /// let db = Db::builder("sqlite://:memory:").options(options).connect().await?;
    /// assert_eq!(db.status().max_size, 2);
    /// # Ok(()) }
    /// ```
    pub fn options(mut self, options: PoolOptions) -> DbBuilder {
        self.options = options;
        self
    }

    /// The event loop to live on; tokio's where nothing is said.
    pub fn runtime(mut self, runtime: Arc<dyn Runtime>) -> DbBuilder {
        self.runtime = Some(runtime);
        self
    }

    /// Opens one connection, so that a wrong URL errs here, and gives the database.
    ///
    /// Errs with [`Configuration`](crate::error::ErrorKind::Configuration) where the URL or an option is wrong,
    /// and with what connecting errs with.
    pub async fn connect(self) -> Result<Db> {
        let runtime = self.runtime.map_or_else(default_runtime, Ok)?;
        let (backend, parameters) = backend::from_url(&self.url, &runtime)?;
        let options = self.options.with_all_parameters(parameters, backend.parameters())?;
        if let Some(password) = self.password {
            backend.set_password(password)?;
        }
        let backend = match self.observer {
            Some(observer) => Arc::new(Observed::new(backend, observer)),
            None => backend,
        };
        let db = Db::from_backend(backend, runtime, options)?;
        db.check().await?;
        Ok(db)
    }
}

#[cfg(feature = "tokio")]
#[allow(clippy::unnecessary_wraps, reason = "without the feature it errs")]
fn default_runtime() -> Result<Arc<dyn Runtime>> {
    Ok(Arc::new(crate::runtime::TokioRuntime::default()))
}

#[cfg(not(feature = "tokio"))]
fn default_runtime() -> Result<Arc<dyn Runtime>> {
    Err(crate::error::Error::new(
        crate::error::ErrorKind::Configuration,
        "no event loop is given: call `runtime(…)`, or enable the cargo feature `tokio`",
    ))
}

/// The URL is not shown: there may be a password in it.
impl fmt::Debug for DbBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DbBuilder").field("options", &self.options).finish_non_exhaustive()
    }
}
