//! A connection's own thread: takes jobs from a queue and answers them in order.
//!
//! The thread is started at the first job, ends when the connection is dropped, and closes the
//! database then.

use super::control::{Control, Mode, Ticket};
use super::cursor;
use super::run::{Session, roll_back, run_batch};
use crate::backend::{Request, RowSink};
use crate::error::{Error, ErrorKind, Result};
use rusqlite::wal::CheckpointMode::PASSIVE;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, TryLockError};
use tokio::sync::oneshot;

/// What the thread is asked to do.
pub(super) enum Job {
    /// Run a batch.
    Run(Ordered<Box<dyn RowSink>>, Vec<Request>, Box<dyn RowSink>),
    /// Open the cursor of this number.
    Open(Ordered<()>, u64, Request),
    /// Read a portion of the cursor that is open.
    Fetch(Ordered<(Box<dyn RowSink>, bool)>, Box<dyn RowSink>),
    /// The cursor of this number is not wanted any more.
    EndCursor(u64),
    /// Copy the write-ahead log into the database.
    Checkpoint,
    /// Roll back what was left open, and end any cursor.
    Reset(Ordered<()>),
    /// Close the database.
    Close(Ordered<()>),
}

/// Where the answer to a job goes, and whether anybody waits for it.
pub(super) struct Ordered<T> {
    pub(super) ticket: Arc<Ticket>,
    pub(super) reply: oneshot::Sender<Result<T>>,
}

/// What the connection and its thread share.
pub(super) struct Shared {
    session: Mutex<Option<Session>>,
    pub(super) control: Arc<Control>,
    pub(super) open: AtomicBool,
    pub(super) in_transaction: AtomicBool,
    /// Jobs that are queued or running.
    pub(super) in_flight: AtomicUsize,
    /// Jobs that are queued or running and that nobody waits for.
    pub(super) orphans: AtomicUsize,
    /// A cursor holds the connection.
    pub(super) cursor: AtomicBool,
}

/// An answer for a connection that has been closed.
pub(super) fn closed() -> Error {
    Error::new(ErrorKind::ConnectionLost, "the connection to the SQLite database is closed")
}

impl Shared {
    pub(super) fn new(database: rusqlite::Connection, control: Arc<Control>) -> Shared {
        Shared {
            session: Mutex::new(Some(Session::new(database))),
            control,
            open: AtomicBool::new(true),
            in_transaction: AtomicBool::new(false),
            in_flight: AtomicUsize::new(0),
            orphans: AtomicUsize::new(0),
            cursor: AtomicBool::new(false),
        }
    }

    /// The session, if nobody uses it now; it is `None` inside once the connection is closed.
    pub(super) fn try_session(&self) -> Option<MutexGuard<'_, Option<Session>>> {
        match self.session.try_lock() {
            Ok(session) => Some(session),
            Err(TryLockError::WouldBlock) => None,
            Err(TryLockError::Poisoned(poison)) => Some(self.abandon(poison)),
        }
    }

    fn session(&self) -> MutexGuard<'_, Option<Session>> {
        self.session.lock().unwrap_or_else(|poison| self.abandon(poison))
    }

    /// A sink of somebody's panicked while a statement ran: the connection is of no use any more.
    fn abandon<'s>(
        &self,
        poison: PoisonError<MutexGuard<'s, Option<Session>>>,
    ) -> MutexGuard<'s, Option<Session>> {
        self.open.store(false, Ordering::SeqCst);
        let mut guard = poison.into_inner();
        *guard = None;
        guard
    }

    /// Starts the thread.
    pub(super) fn start(self: &Arc<Self>) -> Result<Sender<Job>> {
        let (sender, jobs) = channel();
        let shared = self.clone();
        std::thread::Builder::new()
            .name("yara-sqlite".into())
            .spawn(move || shared.serve(&jobs))
            .map_err(|cause| {
            Error::new(ErrorKind::Io, "the connection's thread cannot be started").with_cause(cause)
        })?;
        Ok(sender)
    }

    fn serve(&self, jobs: &Receiver<Job>) {
        let _end = MarkClosed(self);
        while let Ok(job) = jobs.recv() {
            self.handle(job, jobs);
        }
        self.session().take();
    }

    fn handle(&self, job: Job, jobs: &Receiver<Job>) {
        match job {
            Job::Run(order, batch, mut sink) => self.answer(order, |session| {
                run_batch(session, &self.control, &batch, &mut *sink).map(|()| sink)
            }),
            Job::Reset(order) => {
                self.answer(order, |session| roll_back(session, &self.control));
            }
            Job::Open(order, number, request) => self.hold_cursor(order, number, &request, jobs),
            Job::Fetch(order, _) => self.answer(order, |_| Err(cursor::over())),
            Job::EndCursor(_) => {}
            Job::Checkpoint => self.checkpoint(),
            Job::Close(order) => {
                self.open.store(false, Ordering::SeqCst);
                self.session().take();
                self.finish(order, false, Ok(()));
            }
        }
    }

    /// Copies as much of the log as nobody reads any more. Where that fails, or does not free all of
    /// it, the next commit on the thread tries again, and until then none is made inline.
    fn checkpoint(&self) {
        if let Some(session) = self.session().as_mut() {
            self.control.set_mode(Mode::Normal);
            let _ = session.database.wal_checkpoint_v2(rusqlite::DEFAULT_NAME, PASSIVE);
        }
    }

    /// Does a job on the session, unless nobody waits for it any more.
    fn answer<T>(&self, order: Ordered<T>, work: impl FnOnce(&mut Session) -> Result<T>) {
        let mut guard = self.session();
        let Some(session) = guard.as_mut() else {
            return self.finish(order, false, Err(closed()));
        };
        let result = self.work(&mut *session, &order.ticket, work);
        let in_transaction = session.in_transaction();
        // Free before the answer: who gets it may go on inline.
        drop(guard);
        self.finish(order, in_transaction, result);
    }

    /// Does one piece of work that `ticket` stands for.
    pub(super) fn work<S, T>(
        &self,
        session: S,
        ticket: &Arc<Ticket>,
        work: impl FnOnce(S) -> Result<T>,
    ) -> Result<T> {
        if ticket.is_abandoned() {
            return Err(Error::new(ErrorKind::QueryCanceled, "nobody waits for the statement"));
        }
        self.control.set_mode(Mode::Normal);
        self.control.set_current(Some(ticket.clone()));
        let result = work(session);
        self.control.set_current(None);
        result
    }

    pub(super) fn finish<T>(&self, order: Ordered<T>, in_transaction: bool, result: Result<T>) {
        self.in_transaction.store(in_transaction, Ordering::SeqCst);
        self.in_flight.fetch_sub(1, Ordering::SeqCst);
        order.ticket.finish(&self.orphans);
        // Nobody may be there to take it.
        let _ = order.reply.send(result);
    }

    /// Opens a cursor and serves it until its end. Nothing else runs meanwhile.
    fn hold_cursor(
        &self,
        order: Ordered<()>,
        number: u64,
        request: &Request,
        jobs: &Receiver<Job>,
    ) {
        let mut guard = self.session();
        let Some(session) = guard.as_mut() else {
            self.cursor.store(false, Ordering::SeqCst);
            return self.finish(order, false, Err(closed()));
        };
        self.cursor.store(true, Ordering::SeqCst);
        let was_open = !session.database.is_autocommit();
        let next = cursor::serve(self, session, order, number, request, jobs);
        if was_open && session.database.is_autocommit() {
            session.lost = true;
        }
        self.in_transaction.store(session.in_transaction(), Ordering::SeqCst);
        // Before the session is free: who takes it then may go on inline.
        self.cursor.store(false, Ordering::SeqCst);
        drop(guard);
        match next {
            cursor::Ended::Nothing => {}
            // Answered only now, because who gets it may go on inline.
            cursor::Ended::Fetched(order, result) => {
                let in_transaction = self.in_transaction.load(Ordering::SeqCst);
                self.finish(order, in_transaction, result);
            }
            cursor::Ended::Refused(order, error) => {
                let in_transaction = self.in_transaction.load(Ordering::SeqCst);
                self.finish(order, in_transaction, Err(error));
            }
            cursor::Ended::By(job) => self.handle(*job, jobs),
        }
    }
}

/// A thread that ended by a panic in a sink must not leave callers believing in it.
struct MarkClosed<'s>(&'s Shared);

impl Drop for MarkClosed<'_> {
    fn drop(&mut self) {
        self.0.open.store(false, Ordering::SeqCst);
        self.0.cursor.store(false, Ordering::SeqCst);
    }
}
