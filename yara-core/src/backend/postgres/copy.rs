//! Rows that are streamed behind `COPY … FROM STDIN (FORMAT binary)`.
//!
//! Nothing waits for the server to say that it is ready for them: it reads the rows when it comes to
//! them, and throws them away if it refused the statement before. So a load is a part of a batch
//! like any other (source: PostgreSQL documentation, "Message Flow", "COPY Operations", and `COPY`,
//! "Binary Format").

use super::batch::{self, Step};
use super::channel::Draft;
use super::encode;
use crate::backend::Request;
use crate::error::{Error, ErrorKind, Result};
use crate::value::Value;
use bytes::{BufMut, BytesMut};
use postgres_protocol::message::frontend;

/// The signature, no flags, and no extension of the header.
const HEADER: &[u8] = b"PGCOPY\n\xff\r\n\0\0\0\0\0\0\0\0\0";
/// How many bytes of rows go into a message, about.
const PORTION: usize = 64 * 1024;

/// What the server is told that waits for rows which nobody has.
const NO_ROWS: &str = "there are no rows to copy";

/// Writes a load and its rows.
pub(super) fn write(
    draft: &mut Draft<'_>,
    index: usize,
    request: &Request,
    width: usize,
) -> Result<Step> {
    let sql = &request.command.sql;
    let prepared = match draft.statements.find(sql, &[]).cloned() {
        Some(prepared) => prepared,
        None => batch::parse(draft, sql, &[], request.command.prepare)?,
    };
    batch::execute(draft, &prepared, &[])?;
    rows(request, width, draft.out)?;
    frontend::copy_done(draft.out);
    draft.expected.copies += 1;
    Ok(Step { request: index, prepared, runs: 1, last: true, loads: true })
}

/// The rows as messages.
fn rows(request: &Request, width: usize, out: &mut BytesMut) -> Result<()> {
    let columns = i16::try_from(width).map_err(|_| {
        Error::new(ErrorKind::InvalidQuery, format!("{width} columns are too many for a row"))
    })?;
    let mut start = begin(out);
    out.put_slice(HEADER);
    for (at, row) in request.values.chunks(width.max(1)).enumerate() {
        if out.len() - start > PORTION {
            end(start, out)?;
            start = begin(out);
        }
        out.put_i16(columns);
        cells(at, row, out)?;
    }
    out.put_i16(-1);
    end(start, out)
}

fn cells(at: usize, row: &[Value], out: &mut BytesMut) -> Result<()> {
    for (column, value) in row.iter().enumerate() {
        encode::parameter(value, out).map_err(|reason| {
            let message = format!("row {at}, column {}: {reason}", column + 1);
            Error::new(ErrorKind::InvalidValue, message)
        })?;
    }
    Ok(())
}

/// Begins a message and gives the place of its length.
fn begin(out: &mut BytesMut) -> usize {
    out.put_u8(b'd');
    out.put_i32(0);
    out.len() - 4
}

fn end(start: usize, out: &mut BytesMut) -> Result<()> {
    let length = batch::check_size(out.len() - start)?;
    out[start..start + 4].copy_from_slice(&length.to_be_bytes());
    Ok(())
}

/// Says that there are no rows, where a statement of the user's may wait for some: the server would
/// wait for them, and take the end of the batch for a part of them. Elsewhere it takes no notice.
pub(super) fn refuse(draft: &mut Draft<'_>, sql: &str) -> Result<()> {
    if !is_copy(sql) {
        return Ok(());
    }
    draft.expected.copies += 1;
    frontend::copy_fail(NO_ROWS, draft.out).map_err(batch::unsendable)
}

/// The error of a cursor over a `copy`, whose rows are not read in portions.
pub(super) fn check_cursor(sql: &str) -> Result<()> {
    if !is_copy(sql) {
        return Ok(());
    }
    Err(Error::new(
        ErrorKind::Unsupported,
        "COPY by its text is not to be had; a query gives the same rows, and `Model::bulk_load` \
         streams rows to the server",
    ))
}

/// Whether a statement begins with `copy`, comments left out.
fn is_copy(sql: &str) -> bool {
    let mut rest = sql.trim_start();
    loop {
        let after = match rest.get(..2) {
            Some("--") => rest.split_once('\n').map(|(_, after)| after),
            Some("/*") => rest.split_once("*/").map(|(_, after)| after),
            _ => break,
        };
        rest = after.unwrap_or_default().trim_start();
    }
    rest.get(..4).is_some_and(|word| word.eq_ignore_ascii_case("copy"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_copy_is_known_by_its_first_word() {
        for sql in ["copy t from stdin", " -- x\n/* y */ COPY t FROM STDIN", "Copy t to stdout"] {
            assert!(is_copy(sql), "{sql}");
        }
        for sql in ["", "--", "select 'copy'", "/* copy", "é", "cop"] {
            assert!(!is_copy(sql), "{sql}");
        }
    }
}
