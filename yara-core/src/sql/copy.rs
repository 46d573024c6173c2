//! Rows that are streamed to the database instead of being parameters of a statement.

use super::insert::columns;
use super::{Binding, BulkInsert, Transform, Writer};
use crate::error::Result;
use crate::tree::{Insert, Literal};

/// `COPY table (columns) FROM STDIN (FORMAT binary)`
pub(super) fn copy(writer: &mut Writer<'_>, insert: &Insert, lists: &[Literal]) -> Result<Binding> {
    writer.push("COPY ");
    writer.table(insert.table.0);
    writer.push(" (");
    columns(writer, insert.table.0, &insert.fields)?;
    writer.push(") FROM STDIN (FORMAT binary)");
    let columns = lists.iter().map(|list| writer.parameter(list, Transform::None) - 1).collect();
    Ok(Binding::Rows { how: BulkInsert::Copy, columns, row: None })
}
