//! Running one request: prepare, bind, step, and hand the rows over straight from SQLite's memory.

use super::bind::bind;
use super::control::{Control, Mode};
use super::error::from_sqlite;
use super::run::Session;
use super::scan;
use crate::backend::{Access, ColumnInfo, Request, RowSink};
use crate::error::{Error, ErrorKind, Result};
use crate::value::{Value, ValueRef};
use rusqlite::types::ValueRef as Stored;
use rusqlite::{Row, Statement};
use std::mem::ManuallyDrop;

/// How many rows an inline batch may give: handing them over takes longer than reading them.
pub(super) const INLINE_ROWS: u64 = 200;

/// Memory that is used again by each statement.
#[derive(Default)]
pub(super) struct Scratch {
    text: String,
    columns: Vec<ColumnInfo>,
    /// How many columns the rows of the statement have.
    pub(super) width: usize,
}

/// Whether a request is several statements in one text.
pub(super) fn is_script(request: &Request) -> bool {
    !request.command.prepare && request.values.is_empty() && scan::is_script(&request.command.sql)
}

/// Runs one request. `explicit`: the program has begun a transaction. `rows` counts those of the
/// whole batch.
pub(super) fn run_request(
    session: &mut Session,
    control: &Control,
    index: usize,
    request: &Request,
    explicit: bool,
    sink: &mut dyn RowSink,
    rows: &mut u64,
) -> Result<()> {
    let Session { database, scratch, .. } = session;
    let command = &request.command;
    if is_script(request) {
        if explicit {
            control.set_mode(Mode::Gentle);
        }
        let before = database.total_changes();
        database.execute_batch(&command.sql).map_err(from_sqlite)?;
        sink.columns(index, &[])?;
        return sink.done(index, database.total_changes() - before);
    }
    let lists = lists(request);
    let (at, told, written, read) = (0, false, 0, 0);
    let run = &mut Run {
        database,
        control,
        index,
        request,
        explicit,
        sink,
        rows,
        scratch,
        lists,
        at,
        told,
        written,
        read,
    };
    let mut left = request.repeat;
    for (width, sql) in &command.wide {
        if left >= *width {
            let statement = &mut *prepare(database, || database.prepare_cached(sql))?;
            run.some(statement, left / width, *width)?;
            left %= width;
        }
    }
    if left > 0 || !run.told {
        if command.prepare {
            run.some(&mut *prepare(database, || database.prepare_cached(&command.sql))?, left, 1)?;
        } else {
            run.some(&mut prepare(database, || database.prepare(&command.sql))?, left, 1)?;
        }
    }
    run.sink.done(index, if run.written > 0 { run.written } else { run.read })
}

/// Prepares a statement. Where that fails, the schema may only have been too old to know the
/// statement's tables: SQLite looks, but not past a lock (as of a writer in memory), and then says
/// "no such table". So it is asked again while nobody can hold one.
pub(super) fn prepare<S>(
    database: &rusqlite::Connection,
    prepare: impl Fn() -> rusqlite::Result<S>,
) -> Result<S> {
    let error = match prepare() {
        Ok(statement) => return Ok(statement),
        Err(error) => error,
    };
    let unknown = matches!(&error, rusqlite::Error::SqlInputError { error, .. } | rusqlite::Error::SqliteFailure(error, _) if error.extended_code == rusqlite::ffi::SQLITE_ERROR);
    if !unknown || !database.is_autocommit() {
        return Err(from_sqlite(error));
    }
    database.execute_batch("BEGIN").map_err(from_sqlite)?;
    let prepared = database
        .query_row("SELECT count(*) FROM sqlite_schema", [], |_| Ok(()))
        .and_then(|()| prepare())
        .map_err(from_sqlite);
    database.execute_batch("ROLLBACK").map_err(from_sqlite)?;
    prepared
}

/// One request that is being run.
struct Run<'r> {
    database: &'r rusqlite::Connection,
    control: &'r Control,
    index: usize,
    request: &'r Request,
    explicit: bool,
    sink: &'r mut dyn RowSink,
    /// The rows of the batch so far.
    rows: &'r mut u64,
    scratch: &'r mut Scratch,
    /// Which parameters are lists.
    lists: Vec<usize>,
    /// So many values have been bound.
    at: usize,
    /// The sink knows the columns.
    told: bool,
    written: u64,
    read: u64,
}

impl Run<'_> {
    /// Runs the statement a number of times, each of which is `width` runs of the request.
    fn some(&mut self, statement: &mut Statement<'_>, times: usize, width: usize) -> Result<()> {
        let inline = self.control.is_inline();
        if inline && !statement.readonly() && self.request.command.access == Access::Read {
            // It was said to read, and writes: not here.
            self.control.budget.overrun();
            return Err(too_long());
        }
        if self.explicit
            && !inline
            && (self.request.command.access == Access::Control || !statement.readonly())
        {
            self.control.set_mode(Mode::Gentle);
        }
        let parameters = check_parameters(statement, self.request, width)?;
        let limit = if inline { INLINE_ROWS } else { u64::MAX };
        for _ in 0..times {
            let before = self.database.total_changes();
            let values = &self.request.values[self.at..self.at + parameters];
            self.at += parameters;
            for (at, value) in values.iter().enumerate() {
                bind(statement, at + 1, value, &self.lists, &mut self.scratch.text)
                    .map_err(from_sqlite)?;
            }
            let mut rows = statement.raw_query();
            while let Some(row) = rows.next().map_err(from_sqlite)? {
                if !self.told {
                    self.told = true;
                    tell_columns(self.sink, self.index, row.as_ref(), self.scratch)?;
                }
                self.read += 1;
                *self.rows += 1;
                if *self.rows > limit {
                    self.control.budget.overrun();
                    return Err(too_long());
                }
                hand_over(self.sink, self.index, row, self.scratch.width)?;
            }
            drop(rows);
            if self.database.total_changes() != before {
                self.written += self.database.changes();
            }
        }
        if !self.told {
            self.told = true;
            tell_columns(self.sink, self.index, statement, self.scratch)?;
        }
        Ok(())
    }
}

fn too_long() -> Error {
    Error::new(ErrorKind::Internal, "what ran inline went on for too long")
}

/// The number of parameters of a statement that does `width` runs of a request.
pub(super) fn check_parameters(
    statement: &Statement<'_>,
    request: &Request,
    width: usize,
) -> Result<usize> {
    let parameters = statement.parameter_count();
    if request.values.len() * width == parameters * request.repeat {
        return Ok(parameters);
    }
    Err(Error::new(
        ErrorKind::InvalidQuery,
        format!(
            "the statement has {parameters} parameters and runs {} times, but has {} values",
            request.repeat,
            request.values.len()
        ),
    ))
}

/// The parameters of a request that are lists for `rarray`.
pub(super) fn lists(request: &Request) -> Vec<usize> {
    if request.values.iter().any(|value| matches!(value, Value::Array(_))) {
        scan::list_parameters(&request.command.sql)
    } else {
        Vec::new()
    }
}

/// Tells the sink the names of the columns. Only after the first step are they those of the
/// statement as it runs: SQLite prepares it anew where the schema has changed.
pub(super) fn tell_columns(
    sink: &mut dyn RowSink,
    index: usize,
    statement: &Statement<'_>,
    scratch: &mut Scratch,
) -> Result<()> {
    scratch.width = statement.column_count();
    if !sink.wants_columns() {
        return Ok(());
    }
    scratch.columns.resize_with(scratch.width, || ColumnInfo { name: String::new() });
    for (at, column) in scratch.columns.iter_mut().enumerate() {
        column.name.clear();
        column.name.push_str(statement.column_name(at).map_err(from_sqlite)?);
    }
    sink.columns(index, &scratch.columns)
}

/// Hands a row over, straight from SQLite's memory.
///
/// The cells borrow from this row, so that memory on the heap could not be kept for the next one:
/// they are on the stack, few where there are few.
pub(super) fn hand_over(
    sink: &mut dyn RowSink,
    index: usize,
    row: &Row<'_>,
    columns: usize,
) -> Result<()> {
    match columns {
        0..=4 => hand_over_few::<4>(sink, index, row, columns),
        5..=8 => hand_over_few::<8>(sink, index, row, columns),
        9..=16 => hand_over_few::<16>(sink, index, row, columns),
        17..=64 => hand_over_few::<64>(sink, index, row, columns),
        _ => {
            let mut cells = vec![ValueRef::Null; columns];
            fill(row, &mut cells)?;
            sink.row(index, &cells)
        }
    }
}

fn hand_over_few<const N: usize>(
    sink: &mut dyn RowSink,
    index: usize,
    row: &Row<'_>,
    columns: usize,
) -> Result<()> {
    // SQLite's cells own nothing; looking for something to free would cost a few nanoseconds each.
    let mut cells = ManuallyDrop::new([const { ValueRef::Null }; N]);
    fill(row, &mut cells[..columns])?;
    sink.row(index, &cells[..columns])
}

#[inline]
fn fill<'r>(row: &'r Row<'_>, cells: &mut [ValueRef<'r>]) -> Result<()> {
    for (at, cell) in cells.iter_mut().enumerate() {
        let value = match row.get_ref(at) {
            Ok(Stored::Null) => continue,
            Ok(Stored::Integer(value)) => ValueRef::I64(value),
            Ok(Stored::Real(value)) => ValueRef::F64(value),
            Ok(Stored::Text(bytes)) => match std::str::from_utf8(bytes) {
                Ok(text) => ValueRef::Text(text),
                Err(cause) => return Err(not_utf8(row, at, cause)),
            },
            Ok(Stored::Blob(bytes)) => ValueRef::Bytes(bytes),
            Err(error) => return Err(from_sqlite(error)),
        };
        std::mem::forget(std::mem::replace(cell, value));
    }
    Ok(())
}

#[cold]
fn not_utf8(row: &Row<'_>, at: usize, cause: std::str::Utf8Error) -> Error {
    let name = row.as_ref().column_name(at).unwrap_or_default();
    Error::new(ErrorKind::Decode, format!("column `{name}` holds text that is not UTF-8"))
        .with_cause(cause)
}
