//! Running a batch on SQLite, by whoever holds the connection: the calling thread for a short one,
//! the connection's own thread for everything else.

use super::constraint;
use super::control::{Control, Mode};
use super::error::from_sqlite;
use super::inline;
use super::scan;
use super::statement::{INLINE_ROWS, Scratch, is_script, run_request};
use crate::backend::{Access, Request, RowSink};
use crate::error::{DatabaseError, Error, ErrorKind, Result};
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

/// What is held by whoever uses the connection.
pub(super) struct Session {
    pub(super) database: rusqlite::Connection,
    pub(super) scratch: Scratch,
    /// SQLite has rolled the program's transaction back by itself, and the program does not know.
    pub(super) lost: bool,
}

impl Session {
    pub(super) fn new(database: rusqlite::Connection) -> Session {
        Session { database, scratch: Scratch::default(), lost: false }
    }

    /// Whether the program has a transaction to end.
    pub(super) fn in_transaction(&self) -> bool {
        self.lost || !self.database.is_autocommit()
    }
}

/// How several statements become one.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Atomic {
    /// There is only one, or the batch begins and ends transactions by itself.
    AsIs,
    /// In a transaction of their own.
    Transaction,
    /// By a savepoint in the transaction that the program has begun.
    Savepoint,
}

fn atomicity(session: &Session, batch: &[Request]) -> Atomic {
    let mut executions = 0;
    let mut writes = false;
    for request in batch {
        match request.command.access {
            Access::Control => return Atomic::AsIs,
            Access::Write => writes = true,
            Access::Read | Access::Lock => {}
        }
        executions += if is_script(request) { 2 } else { request.repeat };
    }
    match (executions > 1 && writes, session.database.is_autocommit()) {
        (false, _) => Atomic::AsIs,
        (true, true) => Atomic::Transaction,
        (true, false) => Atomic::Savepoint,
    }
}

/// What takes less on the thread is tried inline again: so few operations are within the budget.
const SHORT: Duration = Duration::from_micros(20);

/// Runs a batch, see [`Connection::run`](crate::backend::Connection::run).
pub(super) fn run_batch(
    session: &mut Session,
    control: &Control,
    batch: &[Request],
    sink: &mut dyn RowSink,
) -> Result<()> {
    if session.database.is_autocommit() {
        control.tick();
    }
    let atomic = atomicity(session, batch);
    let (begin, end, undo): (&str, &str, &[&str]) = match atomic {
        Atomic::AsIs => return run_requests(session, control, batch, sink, false),
        Atomic::Transaction => ("BEGIN IMMEDIATE", "COMMIT", &["ROLLBACK"]),
        Atomic::Savepoint => (
            "SAVEPOINT yara_batch",
            "RELEASE yara_batch",
            &["ROLLBACK TO yara_batch", "RELEASE yara_batch"],
        ),
    };
    if session.lost {
        return Err(lost());
    }
    let mut result = execute(session, begin).map_err(|error| attach(error, batch));
    if result.is_ok() {
        result = run_requests(session, control, batch, sink, atomic == Atomic::Transaction);
    }
    if result.is_ok() {
        // Inline, the commit hook sees to it.
        if !control.is_inline() {
            control.set_mode(Mode::Gentle);
        }
        result = execute(session, end).map_err(|error| attach(error, batch));
    }
    // Even where it was the beginning that failed: SQLite may say that a statement was stopped when
    // it had done its work.
    if result.is_err() && !session.database.is_autocommit() {
        control.set_mode(Mode::Shielded);
        for statement in undo {
            let _ = execute(session, statement);
        }
    }
    control.set_mode(Mode::Normal);
    result
}

fn attach(error: Error, batch: &[Request]) -> Error {
    match batch.first() {
        Some(request) => error.with_statement(&request.command.sql),
        None => error,
    }
}

fn execute(session: &Session, sql: &str) -> Result<()> {
    session
        .database
        .prepare_cached(sql)
        .and_then(|mut statement| statement.raw_execute())
        .map(drop)
        .map_err(from_sqlite)
}

/// Rolls back what the program has left open.
pub(super) fn roll_back(session: &mut Session, control: &Control) -> Result<()> {
    session.lost = false;
    if session.database.is_autocommit() {
        return Ok(());
    }
    control.set_mode(Mode::Shielded);
    let result = execute(session, "ROLLBACK");
    control.set_mode(Mode::Normal);
    result
}

/// An answer for a transaction that SQLite has rolled back by itself.
pub(super) fn lost() -> Error {
    let message = "the transaction is gone: SQLite rolled it back when an earlier statement failed; \
                   run it again";
    let report = DatabaseError {
        message: message.into(),
        sqlstate: Some("25P02".into()),
        ..DatabaseError::default()
    };
    Error::from_database(ErrorKind::Transaction, report)
}

fn run_requests(
    session: &mut Session,
    control: &Control,
    batch: &[Request],
    sink: &mut dyn RowSink,
    own_transaction: bool,
) -> Result<()> {
    let mut rows = 0;
    for (index, request) in batch.iter().enumerate() {
        let sql = &request.command.sql;
        let is_control = request.command.access == Access::Control;
        if session.lost {
            if !is_control || !ends_lost(session, sql)? {
                return Err(lost().with_statement(sql));
            }
            sink.columns(index, &[])?;
            sink.done(index, 0)?;
            continue;
        }
        let explicit = !own_transaction && !session.database.is_autocommit();
        let was_slow = request.command.slow.load(Ordering::Relaxed) != usize::MAX;
        let begin = (was_slow && !control.is_inline()).then(Instant::now);
        let result = run_request(session, control, index, request, explicit, sink, &mut rows)
            .map_err(|error| constraint::explain(error, &session.database).with_statement(sql));
        // The transaction is over, and what follows is in another one.
        if is_control && session.database.is_autocommit() {
            control.tick();
        }
        if !control.is_inline() {
            control.set_mode(Mode::Normal);
            // It has other values now, and may be short with most of them.
            if begin.is_some_and(|begin| begin.elapsed() < SHORT) && rows <= INLINE_ROWS {
                request.command.slow.store(usize::MAX, Ordering::Relaxed);
            }
        } else if control.budget.has_overrun() {
            request.command.slow.fetch_min(inline::runs(batch), Ordering::Relaxed);
        }
        if let Err(error) = result {
            if explicit && is_control && scan::is_commit(sql) {
                // As in PostgreSQL, a transaction is over when it was to be committed.
                let _ = roll_back(session, control);
            } else if explicit && session.database.is_autocommit() {
                session.lost = true;
            }
            return Err(error);
        }
    }
    Ok(())
}

/// Ends a transaction that SQLite has rolled back already. False: the statement does not end it.
fn ends_lost(session: &mut Session, sql: &str) -> Result<bool> {
    if scan::is_commit(sql) {
        session.lost = false;
        return Err(lost());
    }
    let ends = scan::is_full_rollback(sql);
    session.lost = !ends;
    Ok(ends)
}
