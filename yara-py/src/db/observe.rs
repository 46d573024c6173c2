//! Telling Python about its statements: a backend around another one, that costs one look at a flag
//! while nobody listens.

use crate::exit;
use pyo3::prelude::*;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;
use yara_core::backend::{Backend, Connection, Cursor, Password, Request, RowSink};
use yara_core::error::{Error, Result};
use yara_core::future::BoxFuture;
use yara_core::sql::Dialect;

/// The function that is told, if there is one.
#[derive(Default)]
pub(super) struct Hook {
    listens: AtomicBool,
    function: Mutex<Option<Py<PyAny>>>,
}

impl Hook {
    pub(super) fn set(&self, function: Option<Py<PyAny>>) {
        self.listens.store(function.is_some(), Ordering::SeqCst);
        let before = {
            let mut place = self.function.lock().unwrap_or_else(PoisonError::into_inner);
            std::mem::replace(&mut *place, function)
        };
        drop(before);
    }

    pub(super) fn get(&self, py: Python<'_>) -> Option<Py<PyAny>> {
        let place = self.function.lock().unwrap_or_else(PoisonError::into_inner);
        place.as_ref().map(|function| function.clone_ref(py))
    }

    /// Calls the function for each statement. What it raises is shown, and changes nothing.
    fn tell(&self, texts: &[Arc<str>], begin: Instant, error: Option<&Error>) {
        let seconds = begin.elapsed().as_secs_f64();
        let error = error.map(ToString::to_string);
        // An interpreter that is about to go is told nothing.
        let _ = exit::attach(|py| {
            let Some(function) = self.get(py) else { return };
            for sql in texts {
                if let Err(raised) = function.call1(py, (&**sql, seconds, error.as_deref())) {
                    raised.write_unraisable(py, Some(function.bind(py)));
                }
            }
        });
    }
}

/// See the [module](self).
pub(super) struct Observed {
    inner: Arc<dyn Backend>,
    hook: Arc<Hook>,
}

impl Observed {
    pub(super) fn new(inner: Arc<dyn Backend>, hook: Arc<Hook>) -> Observed {
        Observed { inner, hook }
    }
}

impl Backend for Observed {
    fn dialect(&self) -> &'static dyn Dialect {
        self.inner.dialect()
    }

    fn location(&self) -> String {
        self.inner.location()
    }

    fn parameters(&self) -> &'static [&'static str] {
        self.inner.parameters()
    }

    fn connect(&self) -> BoxFuture<'_, Result<Arc<dyn Connection>>> {
        Box::pin(async move {
            let inner = self.inner.connect().await?;
            Ok(Arc::new(ObservedConnection { inner, hook: self.hook.clone() })
                as Arc<dyn Connection>)
        })
    }

    fn set_password(&self, password: Password) -> Result<()> {
        self.inner.set_password(password)
    }

    fn pipeline(&self) -> usize {
        self.inner.pipeline()
    }

    fn embedded(&self) -> bool {
        self.inner.embedded()
    }

    fn default_max_size(&self) -> usize {
        self.inner.default_max_size()
    }
}

struct ObservedConnection {
    inner: Arc<dyn Connection>,
    hook: Arc<Hook>,
}

impl ObservedConnection {
    fn listens(&self) -> bool {
        self.hook.listens.load(Ordering::Relaxed)
    }
}

impl Connection for ObservedConnection {
    fn run(
        &self,
        batch: Vec<Request>,
        sink: Box<dyn RowSink>,
    ) -> BoxFuture<'_, Result<Box<dyn RowSink>>> {
        if !self.listens() {
            return self.inner.run(batch, sink);
        }
        let texts: Vec<Arc<str>> =
            batch.iter().map(|request| request.command.sql.clone()).collect();
        Box::pin(async move {
            let begin = Instant::now();
            let outcome = self.inner.run(batch, sink).await;
            self.hook.tell(&texts, begin, outcome.as_ref().err());
            outcome
        })
    }

    fn run_now(&self, batch: &[Request], sink: &mut dyn RowSink) -> Option<Result<()>> {
        if !self.listens() {
            return self.inner.run_now(batch, sink);
        }
        let begin = Instant::now();
        let outcome = self.inner.run_now(batch, sink)?;
        let texts: Vec<Arc<str>> =
            batch.iter().map(|request| request.command.sql.clone()).collect();
        self.hook.tell(&texts, begin, outcome.as_ref().err());
        Some(outcome)
    }

    fn open(self: Arc<Self>, request: Request) -> BoxFuture<'static, Result<Box<dyn Cursor>>> {
        if !self.listens() {
            return self.inner.clone().open(request);
        }
        let texts = [request.command.sql.clone()];
        Box::pin(async move {
            let begin = Instant::now();
            let outcome = self.inner.clone().open(request).await;
            self.hook.tell(&texts, begin, outcome.as_ref().err());
            outcome
        })
    }

    fn is_open(&self) -> bool {
        self.inner.is_open()
    }

    fn needs_reset(&self) -> bool {
        self.inner.needs_reset()
    }

    fn stop_abandoned(&self) -> BoxFuture<'_, Result<()>> {
        self.inner.stop_abandoned()
    }

    fn reset(&self) -> BoxFuture<'_, Result<()>> {
        self.inner.reset()
    }

    fn close(&self) -> BoxFuture<'_, ()> {
        self.inner.close()
    }
}
