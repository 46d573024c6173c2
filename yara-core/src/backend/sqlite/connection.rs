//! [`Connection`] for SQLite: what runs inline, what goes to the thread, and how a caller waits.

use super::bind;
use super::control::{Control, Mode, Ticket};
use super::cursor::{SqliteCursor, State};
use super::inline::{Inline, looks_short};
use super::run::{Session, run_batch};
use super::worker::{Job, Ordered, Shared, closed};
use crate::backend::{Connection, Cursor, Request, RowSink};
use crate::error::{Error, ErrorKind, Result};
use crate::future::BoxFuture;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::Sender;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::sync::oneshot;

/// One connection, with a thread of its own from the first job that needs one.
pub(super) struct SqliteConnection {
    shared: Arc<Shared>,
    jobs: Mutex<Option<Sender<Job>>>,
    cursors: AtomicU64,
}

impl SqliteConnection {
    pub(super) fn new(shared: Shared) -> SqliteConnection {
        SqliteConnection {
            shared: Arc::new(shared),
            jobs: Mutex::new(None),
            cursors: AtomicU64::new(0),
        }
    }

    /// Queues a job for the thread.
    pub(super) fn ask<T>(&self, job: impl FnOnce(Ordered<T>) -> Job) -> Result<Waiting<'_, T>> {
        let ticket = Arc::new(Ticket::default());
        let (reply, answer) = oneshot::channel();
        let mut jobs = self.jobs.lock().unwrap_or_else(PoisonError::into_inner);
        if !self.shared.open.load(Ordering::SeqCst) {
            return Err(closed());
        }
        let sender = match &mut *jobs {
            Some(sender) => sender,
            none => none.insert(self.shared.start()?),
        };
        self.shared.in_flight.fetch_add(1, Ordering::SeqCst);
        let order = Ordered { ticket: ticket.clone(), reply };
        if sender.send(job(order)).is_err() {
            self.shared.in_flight.fetch_sub(1, Ordering::SeqCst);
            return Err(closed());
        }
        Ok(Waiting { shared: &self.shared, ticket, answer: Some(answer) })
    }

    /// Queues a job that has no answer, and no meaning where there is no thread.
    pub(super) fn tell(&self, job: Job) {
        if let Some(jobs) = &*self.jobs.lock().unwrap_or_else(PoisonError::into_inner) {
            let _ = jobs.send(job);
        }
    }

    /// Tries to run a batch here and now; `None` if it is for the thread, from its start.
    fn try_inline(&self, batch: &[Request], sink: &mut dyn RowSink) -> Option<Result<()>> {
        // What is queued was asked for earlier, and is answered earlier.
        if self.shared.in_flight.load(Ordering::SeqCst) > 0 {
            return None;
        }
        let inline = looks_short(batch)?;
        let control = &self.shared.control;
        let mut held = Held::new(&self.shared)?;
        let Some(session) = held.session.as_mut() else {
            return Some(Err(closed()));
        };
        // A transaction of the program's cannot be tried and taken back.
        if inline == Inline::Writes
            && (session.in_transaction() || !control.has_room.load(Ordering::Relaxed))
        {
            return None;
        }
        held.running = true;
        let result = attempt(session, control, inline, batch, sink);
        held.running = false;
        if inline == Inline::Writes {
            self.after_write(session);
        }
        if result.is_none() {
            sink.restart();
        }
        result
    }

    /// What an inline write leaves behind.
    fn after_write(&self, session: &Session) {
        if session.in_transaction() {
            // It could not even be rolled back.
            self.shared.in_transaction.store(true, Ordering::SeqCst);
        }
        if !self.shared.control.has_room.load(Ordering::Relaxed) {
            self.tell(Job::Checkpoint);
        }
    }
}

/// Runs a batch within the budget; `None` where nothing of it has happened and nothing is wrong but
/// that it takes long, or has to wait.
fn attempt(
    session: &mut Session,
    control: &Control,
    inline: Inline,
    batch: &[Request],
    sink: &mut dyn RowSink,
) -> Option<Result<()>> {
    control.begin_inline(inline);
    let result = run_batch(session, control, batch, sink);
    control.set_mode(Mode::Normal);
    let Err(error) = &result else { return Some(result) };
    let stopped = control.budget.has_overrun() || error.kind() == ErrorKind::Busy;
    let undone = match inline {
        Inline::Reads => true,
        Inline::Writes => !control.budget.has_committed() && !session.in_transaction(),
    };
    (!stopped || !undone).then_some(result)
}

/// The session, while a batch runs inline. Where the sink panics, the database is closed at once: a
/// lock would be held until somebody came to find the connection broken.
struct Held<'s> {
    shared: &'s Shared,
    session: MutexGuard<'s, Option<Session>>,
    /// A batch runs now.
    running: bool,
}

impl<'s> Held<'s> {
    fn new(shared: &'s Shared) -> Option<Held<'s>> {
        Some(Held { shared, session: shared.try_session()?, running: false })
    }
}

impl Drop for Held<'_> {
    fn drop(&mut self) {
        if self.running {
            self.shared.open.store(false, Ordering::SeqCst);
            self.session.take();
        }
    }
}

impl Connection for SqliteConnection {
    fn run(
        &self,
        batch: Vec<Request>,
        mut sink: Box<dyn RowSink>,
    ) -> BoxFuture<'_, Result<Box<dyn RowSink>>> {
        Box::pin(async move {
            if !self.is_open() {
                return Err(closed());
            }
            bind::check(&batch)?;
            match self.try_inline(&batch, &mut *sink) {
                Some(result) => result.map(|()| sink),
                None => self.ask(|order| Job::Run(order, batch, sink))?.answer().await,
            }
        })
    }

    fn run_now(&self, batch: &[Request], sink: &mut dyn RowSink) -> Option<Result<()>> {
        if !self.is_open() {
            return None;
        }
        match bind::check(batch) {
            Ok(()) => self.try_inline(batch, sink),
            Err(error) => Some(Err(error)),
        }
    }

    fn open(self: Arc<Self>, request: Request) -> BoxFuture<'static, Result<Box<dyn Cursor>>> {
        Box::pin(async move {
            if request.repeat != 1 {
                return Err(Error::new(
                    ErrorKind::InvalidQuery,
                    "a cursor reads one run of its statement",
                ));
            }
            bind::check(std::slice::from_ref(&request))?;
            let number = self.cursors.fetch_add(1, Ordering::SeqCst);
            // Made first: if this future is dropped, the cursor ends.
            let cursor = SqliteCursor { connection: self.clone(), number, state: State::Open };
            self.shared.cursor.store(true, Ordering::SeqCst);
            self.ask(|order| Job::Open(order, number, request))?.answer().await?;
            Ok(Box::new(cursor) as Box<dyn Cursor>)
        })
    }

    fn is_open(&self) -> bool {
        self.shared.open.load(Ordering::SeqCst)
    }

    fn needs_reset(&self) -> bool {
        self.shared.orphans.load(Ordering::SeqCst) > 0
            || self.shared.cursor.load(Ordering::SeqCst)
            || self.shared.in_transaction.load(Ordering::SeqCst)
    }

    fn reset(&self) -> BoxFuture<'_, Result<()>> {
        Box::pin(async move {
            if !self.needs_reset() {
                return Ok(());
            }
            self.shared.control.stop_abandoned();
            self.ask(Job::Reset)?.answer().await
        })
    }

    fn close(&self) -> BoxFuture<'_, ()> {
        Box::pin(async move {
            self.shared.control.stop_abandoned();
            if let Ok(waiting) = self.ask(Job::Close) {
                let _ = waiting.answer().await;
            }
        })
    }
}

impl Drop for SqliteConnection {
    fn drop(&mut self) {
        // The thread ends with the queue; what it runs now, nobody can wait for.
        self.shared.control.stop_abandoned();
    }
}

/// Waits for the answer to a job. Dropped before it came, it lets the thread know.
pub(super) struct Waiting<'c, T> {
    shared: &'c Shared,
    ticket: Arc<Ticket>,
    answer: Option<oneshot::Receiver<Result<T>>>,
}

impl<T> Waiting<'_, T> {
    pub(super) async fn answer(mut self) -> Result<T> {
        let Some(answer) = &mut self.answer else { return Err(closed()) };
        let result = answer.await;
        self.answer = None;
        result.unwrap_or_else(|_| {
            // The thread gives no answer only where a sink of somebody's panicked in it.
            self.shared.open.store(false, Ordering::SeqCst);
            Err(closed())
        })
    }
}

impl<T> Drop for Waiting<'_, T> {
    fn drop(&mut self) {
        if self.answer.is_some() {
            self.ticket.abandon(&self.shared.orphans);
        }
    }
}
