//! DELETE.

use super::Writer;
use super::insert::returning;
use super::select::conditions;
use crate::error::Result;
use crate::tree::Delete;

/// Writes a delete.
pub(super) fn delete(writer: &mut Writer<'_>, delete: &Delete) -> Result<()> {
    writer.written = Some(delete.rows.table.0);
    writer.push("DELETE FROM ");
    writer.table(delete.rows.table.0);
    conditions(writer, " WHERE ", &delete.rows.filter)?;
    writer.dialect.check_returning(delete.rows.table.0, None, true, &delete.returning)?;
    returning(writer, &delete.returning)
}
