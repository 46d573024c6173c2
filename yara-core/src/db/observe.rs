//! Telling the program about its statements: a backend around another one.

use crate::backend::{Backend, Connection, Cursor, Password, Request, RowSink};
use crate::error::{Error, Result};
use crate::future::BoxFuture;
use crate::sql::Dialect;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// A statement that has been run, see [`DbBuilder::on_statement`](super::DbBuilder::on_statement).
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub struct StatementEvent<'a> {
    /// The text, without the values bound to it.
    pub sql: &'a str,
    /// How long the batch took that the statement was part of; for a stream, its beginning.
    pub duration: Duration,
    /// Why it failed, if it did.
    pub error: Option<&'a Error>,
}

/// What is told of every statement.
pub(super) type Observer = Arc<dyn Fn(&StatementEvent<'_>) + Send + Sync>;

/// A backend whose statements are told of.
pub(super) struct Observed {
    inner: Arc<dyn Backend>,
    observer: Observer,
}

impl Observed {
    pub(super) fn new(inner: Arc<dyn Backend>, observer: Observer) -> Observed {
        Observed { inner, observer }
    }
}

impl Backend for Observed {
    fn dialect(&self) -> &'static dyn Dialect {
        self.inner.dialect()
    }

    fn location(&self) -> String {
        self.inner.location()
    }

    fn connect(&self) -> BoxFuture<'_, Result<Arc<dyn Connection>>> {
        Box::pin(async move {
            let inner = self.inner.connect().await?;
            let observer = self.observer.clone();
            Ok(Arc::new(ObservedConnection { inner, observer }) as Arc<dyn Connection>)
        })
    }

    fn set_password(&self, password: Password) -> Result<()> {
        self.inner.set_password(password)
    }

    fn pipeline(&self) -> usize {
        self.inner.pipeline()
    }

    fn default_max_size(&self) -> usize {
        self.inner.default_max_size()
    }

    fn parameters(&self) -> &'static [&'static str] {
        self.inner.parameters()
    }

    fn embedded(&self) -> bool {
        self.inner.embedded()
    }
}

struct ObservedConnection {
    inner: Arc<dyn Connection>,
    observer: Observer,
}

/// Tells of statements that began at `start`.
fn tell(observer: &Observer, texts: &[Arc<str>], start: Instant, error: Option<&Error>) {
    for sql in texts {
        observer(&StatementEvent { sql, duration: start.elapsed(), error });
    }
}

impl Connection for ObservedConnection {
    fn run(
        &self,
        batch: Vec<Request>,
        sink: Box<dyn RowSink>,
    ) -> BoxFuture<'_, Result<Box<dyn RowSink>>> {
        let texts: Vec<Arc<str>> =
            batch.iter().map(|request| request.command.sql.clone()).collect();
        Box::pin(async move {
            let start = Instant::now();
            let outcome = self.inner.run(batch, sink).await;
            tell(&self.observer, &texts, start, outcome.as_ref().err());
            outcome
        })
    }

    fn open(self: Arc<Self>, request: Request) -> BoxFuture<'static, Result<Box<dyn Cursor>>> {
        let texts = [request.command.sql.clone()];
        Box::pin(async move {
            let start = Instant::now();
            let outcome = self.inner.clone().open(request).await;
            tell(&self.observer, &texts, start, outcome.as_ref().err());
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
