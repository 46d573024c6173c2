//! Rows in portions: the statement stays on the connection's thread, which reads on when asked.

use super::bind::bind;
use super::connection::SqliteConnection;
use super::control::Mode;
use super::error::from_sqlite;
use super::run::{self, Session};
use super::statement::{Scratch, check_parameters, hand_over, lists, prepare, tell_columns};
use super::worker::{Job, Ordered, Shared};
use crate::backend::{Access, Cursor, Request, RowSink};
use crate::error::{Error, ErrorKind, Result};
use crate::future::BoxFuture;
use rusqlite::{Rows, Statement};
use std::sync::Arc;
use std::sync::mpsc::Receiver;

/// How many rows are a portion.
const PORTION: usize = 500;

/// An answer for a cursor that has no more rows to give.
pub(super) fn over() -> Error {
    Error::new(
        ErrorKind::Transaction,
        "the cursor is over: its connection was reset, or a fetch of it was cancelled",
    )
}

/// The caller's end of a cursor.
pub(super) struct SqliteCursor {
    pub(super) connection: Arc<SqliteConnection>,
    pub(super) number: u64,
    pub(super) state: State,
}

/// How far a cursor is.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum State {
    /// It has more, as far as is known.
    Open,
    /// A portion is being read; if the future is dropped meanwhile, its rows are gone.
    Fetching,
    /// The last row has been given.
    AtEnd,
}

impl Cursor for SqliteCursor {
    fn next(&mut self, sink: Box<dyn RowSink>) -> BoxFuture<'_, Result<(Box<dyn RowSink>, bool)>> {
        Box::pin(async move {
            match self.state {
                State::AtEnd => return Ok((sink, false)),
                State::Fetching => return Err(over()),
                State::Open => self.state = State::Fetching,
            }
            let (sink, more) =
                self.connection.ask(|order| Job::Fetch(order, sink))?.answer().await?;
            self.state = if more { State::Open } else { State::AtEnd };
            Ok((sink, more))
        })
    }
}

impl Drop for SqliteCursor {
    fn drop(&mut self) {
        if self.state != State::AtEnd {
            self.connection.tell(Job::EndCursor(self.number));
        }
    }
}

/// Why a cursor ended.
pub(super) enum Ended {
    /// It was dropped, or the connection was.
    Nothing,
    /// It could not be opened.
    Refused(Ordered<()>, Error),
    /// The last portion was read, or reading it failed.
    Fetched(Ordered<(Box<dyn RowSink>, bool)>, Result<(Box<dyn RowSink>, bool)>),
    /// Something else is to be done, which ends it.
    By(Box<Job>),
}

/// Prepares the statement and serves portions of it.
pub(super) fn serve(
    shared: &Shared,
    session: &mut Session,
    order: Ordered<()>,
    number: u64,
    request: &Request,
    jobs: &Receiver<Job>,
) -> Ended {
    let Session { database, scratch, lost } = session;
    let sql = &request.command.sql;
    if *lost {
        return Ended::Refused(order, run::lost().with_statement(sql));
    }
    if database.is_autocommit() {
        shared.control.tick();
    }
    let prepared = shared.work(&*database, &order.ticket, |database| {
        // Not from the cache: the cache is for statements that are over soon.
        let mut statement = prepare(database, || database.prepare(sql))?;
        bind_all(&mut statement, request)?;
        Ok(statement)
    });
    let mut statement = match prepared {
        Ok(statement) => statement,
        Err(error) => return Ended::Refused(order, error.with_statement(sql)),
    };
    let gentle = !database.is_autocommit()
        && (request.command.access == Access::Control || !statement.readonly());
    let mut told = false;
    let mut count = 0;
    let mut rows = statement.raw_query();
    shared.finish(order, !database.is_autocommit(), Ok(()));
    while let Ok(job) = jobs.recv() {
        match job {
            Job::Fetch(order, mut sink) => {
                let result = shared.work(&mut rows, &order.ticket, |rows| {
                    if gentle {
                        shared.control.set_mode(Mode::Gentle);
                    }
                    portion(rows, &mut *sink, scratch, &mut told, &mut count)
                });
                let result = result.map(|more| (more, sink));
                match result {
                    Ok((true, sink)) => {
                        shared.finish(order, !database.is_autocommit(), Ok((sink, true)));
                    }
                    Ok((false, mut sink)) => {
                        drop(rows);
                        let result = if told {
                            Ok(())
                        } else {
                            tell_columns(&mut *sink, 0, &statement, scratch)
                        };
                        let result =
                            result.and_then(|()| sink.done(0, count)).map(|()| (sink, false));
                        return Ended::Fetched(order, result);
                    }
                    Err(error) => {
                        return Ended::Fetched(order, Err(error.with_statement(sql)));
                    }
                }
            }
            Job::EndCursor(ended) if ended == number => return Ended::Nothing,
            // The next write that commits makes up for it.
            Job::EndCursor(_) | Job::Checkpoint => {}
            Job::Run(order, ..) => {
                shared.finish(order, !database.is_autocommit(), Err(busy()));
            }
            Job::Open(order, ..) => {
                shared.finish(order, !database.is_autocommit(), Err(busy()));
            }
            job => return Ended::By(Box::new(job)),
        }
    }
    Ended::Nothing
}

fn busy() -> Error {
    Error::new(
        ErrorKind::Transaction,
        "a cursor is open on the connection; read it to its end, or drop it, first",
    )
}

fn bind_all(statement: &mut Statement<'_>, request: &Request) -> Result<()> {
    check_parameters(statement, request, 1)?;
    let lists = lists(request);
    let mut text = String::new();
    for (at, value) in request.values.iter().enumerate() {
        bind(statement, at + 1, value, &lists, &mut text).map_err(from_sqlite)?;
    }
    Ok(())
}

/// Reads a portion; false after the last one.
fn portion(
    rows: &mut Rows<'_>,
    sink: &mut dyn RowSink,
    scratch: &mut Scratch,
    told: &mut bool,
    count: &mut u64,
) -> Result<bool> {
    for _ in 0..PORTION {
        let Some(row) = rows.next().map_err(from_sqlite)? else {
            return Ok(false);
        };
        if !*told {
            tell_columns(sink, 0, row.as_ref(), scratch)?;
            *told = true;
        }
        *count += 1;
        hand_over(sink, 0, row, scratch.width)?;
    }
    Ok(true)
}
