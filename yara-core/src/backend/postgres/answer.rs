//! The answer to a batch: messages in order, rows to the sink.

use super::batch::Step;
use super::decode;
use super::report::Report;
use super::statements::Prepared;
use super::types::Kind;
use super::wire::{self, Frame, Reader};
use crate::backend::{ColumnInfo, RowSink};
use crate::error::{DatabaseError, Error, ErrorKind, Result};
use crate::value::ValueRef;
use std::sync::Arc;

/// Where reading stopped.
#[derive(Debug)]
pub(super) enum Stop {
    /// At the end of what is there.
    End,
    /// Before a row with columns of types that must be asked for first.
    Unknown(Arc<Prepared>),
    /// A portion of a cursor is complete.
    Suspended,
    /// The statement of a cursor has given its last row.
    Complete,
    /// The server refused a statement.
    Refused,
}

/// What has been read so far.
#[derive(Debug)]
pub(super) struct Answer {
    steps: Vec<Step>,
    /// The step whose answer comes next, and how many of its runs are complete.
    step: usize,
    run: usize,
    /// Rows of the request so far.
    rows: u64,
    /// The sink knows the columns of the request.
    told: bool,
    /// So many requests has the sink heard of.
    heard: usize,
    /// What went wrong first; the rest of the answer is read all the same.
    error: Option<Error>,
    stale: bool,
    /// A statement asked for rows that nobody has.
    copies: bool,
    /// An empty vector between chunks, kept for its memory.
    cells: Vec<ValueRef<'static>>,
}

impl Answer {
    pub(super) fn new(steps: Vec<Step>) -> Answer {
        Answer {
            steps,
            step: 0,
            run: 0,
            rows: 0,
            told: false,
            heard: 0,
            error: None,
            stale: false,
            copies: false,
            cells: Vec::new(),
        }
    }

    /// How many requests the sink has heard of.
    pub(super) fn heard(&self) -> usize {
        self.heard
    }

    /// Whether it failed for a prepared statement that the server knows no more, or differently.
    pub(super) fn is_stale(&self) -> bool {
        self.stale
    }

    /// The statements of the batch.
    pub(super) fn statements(&self) -> impl Iterator<Item = &Arc<Prepared>> {
        self.steps.iter().map(|step| &step.prepared)
    }

    /// What the server refused, or else what went wrong with the rows, or else `lost`.
    pub(super) fn outcome(&mut self, lost: Option<Error>) -> Result<()> {
        match self.error.take().or(lost) {
            None => Ok(()),
            Some(error) => Err(error),
        }
    }

    /// Reads messages from `at` on, which moves to behind the last one read.
    pub(super) fn read(
        &mut self,
        messages: &[u8],
        at: &mut usize,
        sink: &mut dyn RowSink,
    ) -> Result<Stop> {
        self.settle(sink);
        while let Frame::Whole { tag, body, end } = wire::frame(messages, *at) {
            let body = &messages[body..end];
            match tag {
                b'D' if self.wants_rows() => {
                    match self.rows(messages, at, sink) {
                        Ok(None) => {}
                        Ok(Some(unknown)) => return Ok(Stop::Unknown(unknown)),
                        Err(error) => self.fail(error),
                    }
                    continue;
                }
                // CommandComplete, EmptyQueryResponse.
                b'C' | b'I' => {
                    self.run += 1;
                    self.rows += written(body);
                    self.settle(sink);
                    *at = end;
                    return Ok(Stop::Complete);
                }
                // PortalSuspended.
                b's' => {
                    *at = end;
                    return Ok(Stop::Suspended);
                }
                b'E' => {
                    self.refuse(Report::parse(body));
                    *at = end;
                    return Ok(Stop::Refused);
                }
                // CopyInResponse.
                b'G' if !self.steps.get(self.step).is_some_and(|step| step.loads) => {
                    self.copies = true;
                }
                // CopyOutResponse.
                b'H' => self.fail(Error::new(
                    ErrorKind::Unsupported,
                    "COPY to the client is not supported; a query gives the same rows",
                )),
                // What the connection has dealt with already, rows that nobody wants, and the data
                // of a COPY.
                _ => {}
            }
            *at = end;
        }
        Ok(Stop::End)
    }

    fn wants_rows(&self) -> bool {
        self.error.is_none() && self.steps.get(self.step).is_some_and(|step| step.last)
    }

    /// Reads a run of rows, or says which statement has columns of unknown types.
    fn rows(
        &mut self,
        messages: &[u8],
        at: &mut usize,
        sink: &mut dyn RowSink,
    ) -> Result<Option<Arc<Prepared>>> {
        let Some(step) = self.steps.get(self.step) else { return Ok(None) };
        let (prepared, request) = (step.prepared.clone(), step.request);
        let Some(description) = prepared.description.get() else {
            return Err(Error::new(ErrorKind::Internal, "rows came before their description"));
        };
        let Some(kinds) = description.kinds() else { return Ok(Some(prepared)) };
        self.tell(&prepared, request, sink)?;
        let mut cells = recycle(std::mem::take(&mut self.cells));
        let mut result = Ok(());
        while result.is_ok()
            && let Frame::Whole { tag: b'D', body, end } = wire::frame(messages, *at)
        {
            *at = end;
            result = match row(kinds, &messages[body..end], &mut cells) {
                Ok(()) => sink.row(request, &cells),
                Err((column, fault)) => {
                    Err(undecodable(column, fault, &description.columns, &prepared))
                }
            };
        }
        self.cells = recycle(cells);
        result.map(|()| None)
    }

    /// Tells the sink the columns of a request, once.
    fn tell(&mut self, prepared: &Prepared, request: usize, sink: &mut dyn RowSink) -> Result<()> {
        if self.told {
            return Ok(());
        }
        self.told = true;
        self.heard = request + 1;
        let columns: &[ColumnInfo] = match prepared.description.get() {
            Some(description) => &description.columns,
            None => &[],
        };
        sink.columns(request, columns)
    }

    /// Goes to the next step when all runs of this one are complete.
    fn settle(&mut self, sink: &mut dyn RowSink) {
        while let Some(step) = self.steps.get(self.step)
            && self.run >= step.runs
        {
            let (prepared, request, last) = (step.prepared.clone(), step.request, step.last);
            self.step += 1;
            self.run = 0;
            if !last {
                continue;
            }
            let rows = std::mem::take(&mut self.rows);
            if self.error.is_none()
                && let Err(error) =
                    self.tell(&prepared, request, sink).and_then(|()| sink.done(request, rows))
            {
                self.fail(error);
            }
            self.told = false;
        }
    }

    fn fail(&mut self, error: Error) {
        let error = match self.statement() {
            Some(sql) => error.with_statement(sql),
            None => error,
        };
        self.error.get_or_insert(error);
    }

    /// What the server refused counts more than what this side made of the rows before it.
    fn refuse(&mut self, report: Report) {
        self.stale = report.is_stale_statement();
        let error = match std::mem::take(&mut self.copies) {
            false => report.into_error(self.statement()),
            // The server was told that there are no rows.
            true => copy_by_text(self.statement()),
        };
        self.error = Some(error);
    }

    /// The statement under way; after the last one, the transaction of the batch ends, and what
    /// fails then is told of the last one.
    fn statement(&self) -> Option<&Arc<str>> {
        self.steps.get(self.step).or(self.steps.last()).map(|step| &step.prepared.sql)
    }
}

/// The cells of one row.
#[inline]
fn row<'m>(
    kinds: &'m [Kind],
    body: &'m [u8],
    cells: &mut Vec<ValueRef<'m>>,
) -> Result<(), (usize, decode::Fault)> {
    const CUT: decode::Fault = "the row is cut off";
    cells.clear();
    let mut reader = Reader::new(body);
    if reader.u16().map(usize::from) != Some(kinds.len()) {
        return Err((0, "the row has another number of columns than was described"));
    }
    for (column, kind) in kinds.iter().enumerate() {
        cells.push(match reader.cell().ok_or((column, CUT))? {
            Some(bytes) => decode::value(kind, bytes).map_err(|fault| (column, fault))?,
            None => ValueRef::Null,
        });
    }
    Ok(())
}

/// The error of `copy … from stdin` in a statement of the user's.
fn copy_by_text(statement: Option<&Arc<str>>) -> Error {
    let report = DatabaseError {
        message: "COPY from the client has no rows to send; `Model::bulk_load` streams rows".into(),
        sqlstate: Some("0A000".into()),
        ..DatabaseError::default()
    };
    let error = Error::from_database(ErrorKind::Unsupported, report);
    match statement {
        Some(sql) => error.with_statement(sql),
        None => error,
    }
}

fn undecodable(
    column: usize,
    fault: decode::Fault,
    columns: &[ColumnInfo],
    prepared: &Prepared,
) -> Error {
    let name = columns.get(column).map_or("?", |column| column.name.as_str());
    Error::new(ErrorKind::Decode, format!("column `{name}` cannot be read: {fault}"))
        .with_statement(&prepared.sql)
}

/// The memory of a vector for values of another lifetime: collecting in place keeps it.
fn recycle<'to>(mut cells: Vec<ValueRef<'_>>) -> Vec<ValueRef<'to>> {
    cells.clear();
    cells.into_iter().map(|_| ValueRef::Null).collect()
}

/// The number at the end of a command tag such as `INSERT 0 5`; 0 where there is none.
fn written(body: &[u8]) -> u64 {
    let digits = body.strip_suffix(b"\0").unwrap_or(body);
    let start = digits.iter().rposition(|byte| !byte.is_ascii_digit()).map_or(0, |at| at + 1);
    digits[start..]
        .iter()
        .fold(0, |number: u64, digit| number.wrapping_mul(10).wrapping_add(u64::from(digit - b'0')))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_tell_how_many_rows() {
        for (tag, rows) in [
            (&b"INSERT 0 5\0"[..], 5),
            (b"SELECT 12\0", 12),
            (b"UPDATE 0\0", 0),
            (b"CREATE TABLE\0", 0),
            (b"", 0),
        ] {
            assert_eq!(written(tag), rows);
        }
    }

    #[test]
    fn the_memory_of_cells_is_kept() {
        let cells: Vec<ValueRef<'_>> = Vec::with_capacity(32);
        assert_eq!(recycle(cells).capacity(), 32);
    }
}
