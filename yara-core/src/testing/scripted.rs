//! A database without a database, see [`Scripted`].

mod session;

use super::script::Script;
use super::yield_times;
use crate::backend::{Backend, ColumnInfo, Connection, Cursor, Request, RowSink};
use crate::error::{Error, ErrorKind, Result};
use crate::future::BoxFuture;
use crate::sql::{Dialect, Postgres};
use crate::value::ValueRef;
use session::{Answer, Session};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// A database that understands a few words:
///
/// | text | what it does |
/// |---|---|
/// | `insert x` | keeps `x`, for good once it is committed |
/// | `rows n` | gives `n` rows with the numbers from 1 |
/// | `wait g` | is answered when [`Script::release`] lets it go on |
/// | `fail k` | errs: `unique`, `serialization`, `deadlock`, `busy`, `canceled` |
/// | `die` | the server ends the connection |
/// | `BEGIN`, `COMMIT`, `ROLLBACK`, `SAVEPOINT s`, `RELEASE SAVEPOINT s`, `ROLLBACK TO SAVEPOINT s` | as PostgreSQL does: after an error a transaction takes nothing, and its `COMMIT` rolls back |
///
/// Everything else does nothing. Batches on one connection are answered in order. A batch that is
/// dropped half-way runs to its end, as on a server, and leaves its connection in need of a reset.
pub struct Scripted {
    script: Script,
    pipeline: usize,
    embedded: bool,
    max_size: usize,
}

impl Scripted {
    /// A database on which `pipeline` batches may be under way on a connection.
    pub fn new(pipeline: usize) -> (Arc<Scripted>, Script) {
        Scripted::build(pipeline, false)
    }

    /// A database inside the program: nothing is pipelined.
    pub fn embedded() -> (Arc<Scripted>, Script) {
        Scripted::build(1, true)
    }

    fn build(pipeline: usize, embedded: bool) -> (Arc<Scripted>, Script) {
        let script = Script::default();
        let backend = Scripted { script: script.clone(), pipeline, embedded, max_size: 10 };
        (Arc::new(backend), script)
    }
}

impl Backend for Scripted {
    fn dialect(&self) -> &'static dyn Dialect {
        &Postgres
    }

    fn location(&self) -> String {
        "the script".into()
    }

    fn connect(&self) -> BoxFuture<'_, Result<Arc<dyn Connection>>> {
        Box::pin(async move {
            yield_times(self.script.connect_polls()).await;
            Ok(Arc::new(ScriptedConnection {
                number: self.script.count_opened(),
                session: Mutex::new(Session::new(self.script.clone())),
                script: self.script.clone(),
                turn: tokio::sync::Mutex::new(()),
                closed: AtomicBool::new(false),
                abandoned: AtomicUsize::new(0),
            }) as Arc<dyn Connection>)
        })
    }

    fn pipeline(&self) -> usize {
        self.pipeline
    }

    fn embedded(&self) -> bool {
        self.embedded
    }

    fn default_max_size(&self) -> usize {
        self.max_size
    }
}

struct ScriptedConnection {
    number: usize,
    script: Script,
    session: Mutex<Session>,
    turn: tokio::sync::Mutex<()>,
    closed: AtomicBool,
    abandoned: AtomicUsize,
}

/// A batch that the server has. Dropped by the client, it runs to its end all the same.
struct Running<'a> {
    connection: &'a ScriptedConnection,
    batch: &'a [Request],
    /// How many of its statements are over.
    done: usize,
    is_atomic: bool,
}

impl Running<'_> {
    fn end(&mut self, succeeded: bool) {
        self.done = self.batch.len();
        self.connection.session().end_batch(self.is_atomic, succeeded);
    }
}

impl Drop for Running<'_> {
    fn drop(&mut self) {
        let Some(rest) = self.batch.get(self.done..).filter(|rest| !rest.is_empty()) else {
            return;
        };
        self.connection.abandoned.fetch_add(1, Ordering::SeqCst);
        let mut answers =
            rest.iter().map(|request| self.connection.session().statement(&request.command.sql));
        let succeeded = answers.all(|answer| answer.is_ok());
        self.end(succeeded);
    }
}

impl ScriptedConnection {
    fn session(&self) -> MutexGuard<'_, Session> {
        self.session.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn statement(&self, sql: &str) -> Result<Answer> {
        if self.closed.load(Ordering::SeqCst) || self.script.is_killed(self.number) || sql == "die"
        {
            self.closed.store(true, Ordering::SeqCst);
            return Err(Error::new(ErrorKind::ConnectionLost, "the server has gone"));
        }
        self.script.begun(self.number, sql);
        yield_times(self.script.statement_polls()).await;
        if let Some(gate) = sql.strip_prefix("wait ")
            && let Ok(permit) = self.script.gate(gate).acquire().await
        {
            permit.forget();
        }
        self.session().statement(sql)
    }

    async fn batch(&self, batch: &[Request], sink: &mut dyn RowSink) -> Result<()> {
        let is_atomic = self.session().begin_batch();
        let mut running = Running { connection: self, batch, done: 0, is_atomic };
        for (index, request) in batch.iter().enumerate() {
            let answer = self.statement(&request.command.sql).await;
            running.done = index + 1;
            let outcome = answer.and_then(|answer| give_rows(index, answer.rows, sink));
            if let Err(error) = outcome {
                running.end(false);
                return Err(error.with_statement(&request.command.sql));
            }
        }
        running.end(true);
        Ok(())
    }
}

fn give_rows(request: usize, rows: u64, sink: &mut dyn RowSink) -> Result<()> {
    sink.columns(request, &[ColumnInfo { name: "number".into() }])?;
    for number in 1..=rows {
        sink.row(request, &[ValueRef::I64(number.cast_signed())])?;
    }
    sink.done(request, rows)
}

impl Connection for ScriptedConnection {
    fn run(
        &self,
        batch: Vec<Request>,
        mut sink: Box<dyn RowSink>,
    ) -> BoxFuture<'_, Result<Box<dyn RowSink>>> {
        Box::pin(async move {
            let _turn = self.turn.lock().await;
            self.batch(&batch, &mut *sink).await.map(|()| sink)
        })
    }

    fn open(self: Arc<Self>, request: Request) -> BoxFuture<'static, Result<Box<dyn Cursor>>> {
        Box::pin(async move {
            let answer = self.statement(&request.command.sql).await?;
            self.session().cursors += 1;
            Ok(Box::new(ScriptedCursor { connection: self, next: 1, last: answer.rows })
                as Box<dyn Cursor>)
        })
    }

    fn is_open(&self) -> bool {
        !self.closed.load(Ordering::SeqCst)
    }

    fn needs_reset(&self) -> bool {
        self.abandoned.load(Ordering::SeqCst) > 0 || self.session().has_remains()
    }

    fn reset(&self) -> BoxFuture<'_, Result<()>> {
        Box::pin(async move {
            self.statement("reset").await?;
            self.session().reset();
            self.abandoned.store(0, Ordering::SeqCst);
            Ok(())
        })
    }

    fn close(&self) -> BoxFuture<'_, ()> {
        Box::pin(async move { self.closed.store(true, Ordering::SeqCst) })
    }
}

impl Drop for ScriptedConnection {
    fn drop(&mut self) {
        self.session().reset();
        self.script.count_closed();
    }
}

/// Gives two rows at a time.
struct ScriptedCursor {
    connection: Arc<ScriptedConnection>,
    next: u64,
    last: u64,
}

impl Cursor for ScriptedCursor {
    fn next(
        &mut self,
        mut sink: Box<dyn RowSink>,
    ) -> BoxFuture<'_, Result<(Box<dyn RowSink>, bool)>> {
        Box::pin(async move {
            yield_times(self.connection.script.statement_polls()).await;
            for _ in 0..2 {
                if self.next <= self.last {
                    sink.row(0, &[ValueRef::I64(self.next.cast_signed())])?;
                    self.next += 1;
                }
            }
            Ok((sink, self.next <= self.last))
        })
    }
}

impl Drop for ScriptedCursor {
    fn drop(&mut self) {
        self.connection.session().cursors -= 1;
    }
}
