//! UPDATE.

use super::insert::returning;
use super::select::conditions;
use super::writer::internal;
use super::{Writer, source};
use crate::error::Result;
use crate::schema::{Table, TableRef};
use crate::tree::{Expr, Update};

/// Writes an update.
pub(super) fn update(writer: &mut Writer<'_>, update: &Update) -> Result<()> {
    let table = update.rows.table.0;
    writer.written = Some(table);
    writer.push("UPDATE ");
    writer.table(table);
    writer.push(" SET ");
    assignments(writer, table, &update.set)?;
    if let Some(from) = &update.rows.from {
        writer.push(" FROM ");
        source::source(writer, from)?;
        writer.push(" AS ");
        writer.alias(update.rows.alias.ok_or_else(|| internal("a source was not planned"))?)?;
    } else if let Some(source) = writer.dialect.values_first()
        && update.set.iter().any(|(_, value)| value.reads(&|read| read == TableRef(table)))
    {
        writer.push(" FROM ");
        writer.push(source);
    }
    conditions(writer, " WHERE ", &update.rows.filter)?;
    let from = update.rows.from.as_ref().and(update.rows.alias);
    writer.dialect.check_returning(table, from, false, &update.returning)?;
    returning(writer, &update.returning)
}

/// `column = value, …`
pub(super) fn assignments(
    writer: &mut Writer<'_>,
    table: &'static Table,
    set: &[(usize, Expr)],
) -> Result<()> {
    writer.list(set, |writer, (field, value)| {
        let field = table.fields.get(*field).ok_or_else(|| internal("there is no such field"))?;
        writer.name(field.column);
        writer.push(" = ");
        writer.new_value(value)
    })
}
