//! INSERT.

use super::update::assignments;
use super::writer::internal;
use super::{Binding, BulkInsert, Place, Transform, Writer, select};
use crate::error::Result;
use crate::schema::Table;
use crate::tree::{Conflict, ConflictTarget, Expr, Insert, InsertSource, Literal};
use crate::value::Type;

/// Writes an insert and says how its rows are bound.
pub(super) fn insert(writer: &mut Writer<'_>, insert: &Insert) -> Result<Binding> {
    let table = insert.table.0;
    writer.written = Some(table);
    writer.push("INSERT INTO ");
    writer.table(table);
    if !insert.fields.is_empty() {
        writer.push(" (");
        columns(writer, table, &insert.fields)?;
        writer.push(")");
    }
    let mut binding = match &insert.source {
        InsertSource::Row(values) => {
            row(writer, values)?;
            Binding::Once
        }
        InsertSource::Columns(lists) => rows(writer, insert, lists)?,
        InsertSource::Select(query) => {
            writer.push(" ");
            select::select(writer, query, select::Columns::Plain)?;
            Binding::Once
        }
    };
    if let Some(conflict) = &insert.conflict {
        on_conflict(writer, table, conflict)?;
    }
    returning(writer, &insert.returning)?;
    if let Binding::Rows { columns, row, .. } = &mut binding
        && !(insert.returning.is_empty()
            && writer.parameter_count() == columns.len()
            && may_share_a_statement(table)?)
    {
        *row = None;
    }
    Ok(binding)
}

/// Whether it makes no difference how many rows one statement inserts. It does where rows refer to
/// others of their table: such references are checked at the end of each statement.
fn may_share_a_statement(table: &'static Table) -> Result<bool> {
    for relation in table.relations.iter().filter(|relation| relation.is_owning()) {
        if std::ptr::eq(relation.target.table()?, table) {
            return Ok(false);
        }
    }
    Ok(true)
}

fn row(writer: &mut Writer<'_>, values: &[Expr]) -> Result<()> {
    if values.is_empty() {
        writer.push(" DEFAULT VALUES");
        return Ok(());
    }
    writer.push(" VALUES (");
    writer.list(values, |writer, value| writer.new_value(value))?;
    writer.push(")");
    Ok(())
}

fn rows(writer: &mut Writer<'_>, insert: &Insert, lists: &[Literal]) -> Result<Binding> {
    // `unnest` takes apart arrays of any depth, so a column of arrays cannot be given to it.
    let nested = |field: &usize| {
        insert.table.fields.get(*field).is_some_and(|field| matches!(field.kind, Type::Array(_)))
    };
    let how = match writer.dialect.capabilities().bulk_insert {
        BulkInsert::Unnest if insert.fields.iter().any(nested) => BulkInsert::Repeat,
        how => how,
    };
    let mut row = None;
    match how {
        BulkInsert::Unnest => {
            writer.push(" ");
            writer.dialect.write_unnest(writer, lists)?;
        }
        BulkInsert::Repeat => {
            writer.push(" VALUES ");
            let start = writer.length();
            writer.push("(");
            writer.list(lists, |writer, list| {
                writer.value(list, Transform::None, Place::Column).map(|_| ())
            })?;
            writer.push(")");
            row = Some(start..writer.length());
        }
    }
    let columns = lists.iter().map(|list| writer.parameter(list, Transform::None) - 1).collect();
    Ok(Binding::Rows { how, columns, row })
}

fn on_conflict(writer: &mut Writer<'_>, table: &'static Table, conflict: &Conflict) -> Result<()> {
    writer.push(" ON CONFLICT");
    match conflict {
        Conflict::Ignore { target: at } => {
            at.iter().try_for_each(|at| target(writer, table, at))?;
            writer.push(" DO NOTHING");
        }
        Conflict::Update { target: at, set, filter } => {
            target(writer, table, at)?;
            writer.push(" DO UPDATE SET ");
            assignments(writer, table, set)?;
            select::conditions(writer, " WHERE ", filter)?;
        }
    }
    Ok(())
}

fn target(writer: &mut Writer<'_>, table: &'static Table, target: &ConflictTarget) -> Result<()> {
    let fields = match target {
        ConflictTarget::Constraint(name) => {
            let can = writer.dialect.capabilities().conflict_constraint;
            writer.require(can, "upsert by the name of a constraint", "name its fields")?;
            writer.push(" ON CONSTRAINT ");
            writer.name(name);
            return Ok(());
        }
        ConflictTarget::Fields(fields) | ConflictTarget::Partial(fields, _) => fields,
    };
    writer.push(" (");
    columns(writer, table, fields)?;
    writer.push(")");
    match target {
        ConflictTarget::Partial(_, condition) => {
            select::conditions(writer, " WHERE ", std::slice::from_ref(condition))
        }
        _ => Ok(()),
    }
}

/// `RETURNING …`; nothing where nothing is asked for.
pub(super) fn returning(writer: &mut Writer<'_>, exprs: &[Expr]) -> Result<()> {
    if exprs.is_empty() {
        return Ok(());
    }
    writer.push(" RETURNING ");
    writer.list(exprs, |writer, expr| writer.expr(expr))
}

fn columns(writer: &mut Writer<'_>, table: &'static Table, fields: &[usize]) -> Result<()> {
    writer.list(fields, |writer, field| {
        let field = table.fields.get(*field).ok_or_else(|| internal("there is no such field"))?;
        writer.name(field.column);
        Ok(())
    })
}
