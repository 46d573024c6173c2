//! A batch of requests as messages: Parse where the statement is new, Bind, Describe where its
//! columns are not known, Execute.

use super::channel::Draft;
use super::split::split;
use super::statements::Prepared;
use super::{copy, encode};
use crate::backend::Request;
use crate::error::{Error, ErrorKind, Result};
use crate::value::{Type, Value};
use bytes::{BufMut, BytesMut};
use postgres_protocol::message::frontend;
use std::io;
use std::sync::Arc;

/// Messages larger than this are refused by the server, which closes the connection
/// (source: `PQ_LARGE_MESSAGE_LIMIT` in `src/include/libpq/libpq.h`).
const LARGEST_MESSAGE: usize = 0x3fff_fffe;

/// What the server answers with one `CommandComplete` for each run.
#[derive(Debug)]
pub(super) struct Step {
    /// The request that it belongs to.
    pub(super) request: usize,
    /// The statement.
    pub(super) prepared: Arc<Prepared>,
    /// How many times it runs.
    pub(super) runs: usize,
    /// Whether the request is complete with it. Rows of the steps before are nobody's.
    pub(super) last: bool,
    /// Whether rows are streamed behind it.
    pub(super) loads: bool,
}

/// Writes all requests and says what their answers will be.
pub(super) fn write(draft: &mut Draft<'_>, batch: &[Request]) -> Result<Vec<Step>> {
    let mut steps = Vec::with_capacity(batch.len());
    for (index, request) in batch.iter().enumerate() {
        write_request(draft, index, request, &mut steps)
            .map_err(|error| error.with_statement(&request.command.sql))?;
    }
    Ok(steps)
}

fn write_request(
    draft: &mut Draft<'_>,
    index: usize,
    request: &Request,
    steps: &mut Vec<Step>,
) -> Result<()> {
    let command = &request.command;
    let width = match request.repeat {
        0 => 0,
        repeat => request.values.len() / repeat,
    };
    if width * request.repeat != request.values.len() {
        return Err(Error::new(
            ErrorKind::InvalidQuery,
            format!("{} values cannot be shared by {} runs", request.values.len(), request.repeat),
        ));
    }
    if command.copy {
        steps.push(copy::write(draft, index, request, width)?);
        return Ok(());
    }
    if !command.prepare && request.values.is_empty() {
        let pieces = split(&command.sql);
        if let [_, .., final_piece] = pieces.as_slice() {
            for _ in 0..request.repeat {
                for piece in &pieces {
                    let prepared = parse(draft, &Arc::from(*piece), &[], false)?;
                    execute(draft, &prepared, &[])?;
                    copy::refuse(draft, piece)?;
                    let last = std::ptr::eq(piece, final_piece);
                    steps.push(Step { request: index, prepared, runs: 1, last, loads: false });
                }
            }
            return Ok(());
        }
    }
    let first = &request.values[..width];
    let prepared = match prepare(draft, request, first)? {
        Some(prepared) => prepared,
        None => parse(draft, &command.sql, first, command.prepare)?,
    };
    for run in 0..request.repeat {
        execute(draft, &prepared, &request.values[run * width..(run + 1) * width])?;
        if !command.prepare {
            copy::refuse(draft, &command.sql)?;
        }
    }
    let runs = request.repeat;
    steps.push(Step { request: index, prepared, runs, last: true, loads: false });
    Ok(())
}

/// The statement, if it is prepared and all runs have values of the same types.
fn prepare(
    draft: &mut Draft<'_>,
    request: &Request,
    first: &[Value],
) -> Result<Option<Arc<Prepared>>> {
    for values in request.values.chunks(first.len().max(1)).skip(1) {
        if values.iter().zip(first).any(|(value, first)| value.kind() != first.kind()) {
            return Err(Error::new(
                ErrorKind::InvalidQuery,
                "the runs of a repeated statement must have values of the same types",
            ));
        }
    }
    if !request.command.prepare {
        return Ok(None);
    }
    Ok(draft.statements.find(&request.command.sql, first).cloned())
}

/// Has a statement prepared, under a name if it is to be kept.
pub(super) fn parse(
    draft: &mut Draft<'_>,
    sql: &Arc<str>,
    values: &[Value],
    keep: bool,
) -> Result<Arc<Prepared>> {
    if values.len() > usize::from(u16::MAX) {
        return Err(Error::new(
            ErrorKind::InvalidQuery,
            format!("{} parameters are more than the 65535 of PostgreSQL", values.len()),
        ));
    }
    let oids = values.iter().map(|value| encode::oid(value.kind()));
    let prepared = if keep && draft.statements.keeps() {
        draft.statements.insert(sql, oids.clone().collect())
    } else {
        Prepared::unnamed(sql.clone())
    };
    draft.expected.parses.push_back(prepared.clone());
    let start = draft.out.len();
    frontend::parse(&prepared.name, sql, oids, draft.out).map_err(|error| {
        Error::new(ErrorKind::InvalidQuery, format!("the text cannot be sent: {error}"))
    })?;
    check_size(draft.out.len() - start)?;
    Ok(prepared)
}

/// Runs a statement to its end.
pub(super) fn execute(
    draft: &mut Draft<'_>,
    prepared: &Arc<Prepared>,
    values: &[Value],
) -> Result<()> {
    bind(draft, prepared, values)?;
    frontend::execute("", 0, draft.out).map_err(unsendable)
}

/// Binds values to a statement, as the unnamed portal, and asks for its columns if need be.
pub(super) fn bind(
    draft: &mut Draft<'_>,
    prepared: &Arc<Prepared>,
    values: &[Value],
) -> Result<()> {
    let start = draft.out.len();
    write_bind(&prepared.name, values, draft.out)?;
    check_size(draft.out.len() - start)?;
    // Others that ask for the same may be under way; they might fail before they are answered.
    let described = draft.expected.describes.back().is_some_and(|last| Arc::ptr_eq(last, prepared));
    if prepared.description.get().is_none() && !described {
        frontend::describe(b'P', "", draft.out).map_err(unsendable)?;
        draft.expected.describes.push_back(prepared.clone());
    }
    Ok(())
}

fn write_bind(statement: &str, values: &[Value], out: &mut BytesMut) -> Result<()> {
    let start = out.len();
    out.put_slice(b"B\0\0\0\0\0");
    out.put_slice(statement.as_bytes());
    out.put_u8(0);
    // The formats of the parameters: 0 is text, 1 binary; one for all, where all are alike.
    let count = values.len() as u16;
    let is_text = |value: &Value| matches!(value.kind(), Type::Text | Type::Foreign(_));
    if !values.iter().any(is_text) {
        out.put_slice(&[0, 1, 0, 1]);
    } else {
        out.put_u16(count);
        for value in values {
            out.put_u16((!is_text(value)).into());
        }
    }
    out.put_u16(count);
    for (at, value) in values.iter().enumerate() {
        encode::parameter(value, out).map_err(|reason| {
            Error::new(ErrorKind::InvalidValue, format!("parameter ${}: {reason}", at + 1))
        })?;
    }
    // All columns of the result in binary.
    out.put_slice(&[0, 1, 0, 1]);
    let length = check_size(out.len() - start - 1)?;
    out[start + 1..start + 5].copy_from_slice(&length.to_be_bytes());
    Ok(())
}

pub(super) fn check_size(length: usize) -> Result<u32> {
    if length > LARGEST_MESSAGE {
        return Err(Error::new(
            ErrorKind::InvalidValue,
            format!(
                "the statement with its values has {length} bytes; PostgreSQL takes a gigabyte at most"
            ),
        ));
    }
    Ok(length as u32)
}

pub(super) fn unsendable(error: io::Error) -> Error {
    Error::new(ErrorKind::Internal, format!("a message could not be written: {error}"))
}
