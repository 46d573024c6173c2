//! INSERT.

use super::ddl::{constraint_fields, told_by_index, unique_index};
use super::update::assignments;
use super::writer::internal;
use super::{Binding, BulkInsert, Place, Transform, Writer, copy, select, source};
use crate::error::Result;
use crate::schema::Table;
use crate::tree::{Conflict, ConflictTarget, Expr, Insert, InsertSource, Literal, Select};
use crate::value::Type;

/// Writes an insert and says how its rows are bound.
pub(super) fn insert(writer: &mut Writer<'_>, insert: &Insert) -> Result<Binding> {
    let table = insert.table.0;
    if let (true, InsertSource::Columns(lists)) = (insert.load, &insert.source)
        && writer.dialect.capabilities().copy
    {
        return copy::copy(writer, insert, lists);
    }
    if let InsertSource::Select(query) = &insert.source {
        // What writes has its place at the top of a statement.
        source::with(writer, &query.with)?;
    }
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
            row(writer, insert, values)?;
            Binding::Once
        }
        InsertSource::Columns(lists) => rows(writer, insert, lists)?,
        InsertSource::Select(query) => {
            writer.push(" ");
            from_query(writer, insert, query)?;
            Binding::Once
        }
    };
    if let Some(conflict) = &insert.conflict {
        on_conflict(writer, insert, conflict)?;
    }
    writer.dialect.check_returning(table, None, false, &insert.returning)?;
    returning(writer, &insert.returning)?;
    if let Some(told) = &insert.told {
        tell(writer, insert, told, &mut binding)?;
    }
    if let Binding::Rows { columns, row, .. } = &mut binding
        && !(insert.returning.is_empty()
            && insert.told.is_none()
            && writer.parameter_count() == columns.len()
            && may_share_a_statement(table)?)
    {
        *row = None;
    }
    Ok(binding)
}

/// The number of each row that comes back, and whether it is new.
fn tell(
    writer: &mut Writer<'_>,
    insert: &Insert,
    told: &Literal,
    binding: &mut Binding,
) -> Result<()> {
    let dialect = writer.dialect;
    writer.push(if insert.returning.is_empty() { " RETURNING " } else { ", " });
    match binding {
        Binding::Rows { how: BulkInsert::Unnest, .. } => dialect.write_row_number(writer),
        _ => {
            writer.value(told, Transform::None, Place::Column)?;
        }
    }
    if let Binding::Rows { columns, .. } = binding {
        columns.push(writer.parameter(told, Transform::None) - 1);
    }
    writer.push(", ");
    match insert.conflict {
        Some(Conflict::Update { .. }) => dialect.write_is_new(writer),
        Some(Conflict::Ignore { .. }) | None => writer.push("TRUE"),
    }
    Ok(())
}

/// The functions that have to see a value of the new row, and one of the old row.
fn marks(writer: &Writer<'_>, insert: &Insert) -> Option<(&'static str, &'static str)> {
    match (&insert.told, &insert.conflict) {
        (Some(_), Some(Conflict::Update { .. })) => writer.dialect.upsert_marks(),
        _ => None,
    }
}

/// What `write` writes, as the argument of a function that gives it back, if there is one.
fn marked(
    writer: &mut Writer<'_>,
    mark: Option<&str>,
    write: impl FnOnce(&mut Writer<'_>) -> Result<()>,
) -> Result<()> {
    let Some(mark) = mark else { return write(writer) };
    writer.push(mark);
    writer.push("(");
    write(writer)?;
    writer.push(")");
    Ok(())
}

/// The rows of a query.
fn from_query(writer: &mut Writer<'_>, insert: &Insert, query: &Select) -> Result<()> {
    let needs_where = writer.dialect.capabilities().conflict_needs_where;
    let bare = insert.conflict.is_some() && needs_where && query.filter.is_empty();
    if !bare && query.with.is_empty() {
        return select::select(writer, query, select::Columns::Plain);
    }
    let mut query = Select { with: Vec::new(), ..query.clone() };
    if bare {
        query.filter.push(Expr::And(Vec::new()));
    }
    select::select(writer, &query, select::Columns::Plain)
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

fn row(writer: &mut Writer<'_>, insert: &Insert, values: &[Expr]) -> Result<()> {
    if values.is_empty() {
        writer.push(" DEFAULT VALUES");
        return Ok(());
    }
    let mark = marks(writer, insert).map(|(new, _)| new);
    writer.push(" VALUES (");
    writer.list(values.iter().enumerate(), |writer, (at, value)| {
        marked(writer, mark.filter(|_| at == 0), |writer| writer.new_value(value))
    })?;
    writer.push(")");
    Ok(())
}

fn rows(writer: &mut Writer<'_>, insert: &Insert, lists: &[Literal]) -> Result<Binding> {
    let how = takes_lists(writer, insert.table.0, insert.fields.iter());
    let mut row = None;
    match (how, &insert.told) {
        (BulkInsert::Unnest, Some(told)) => {
            writer.push(" ");
            writer.dialect.write_numbered(writer, lists, told)?;
        }
        (BulkInsert::Unnest, None) => {
            writer.push(" ");
            writer.dialect.write_unnest(writer, lists)?;
        }
        (BulkInsert::Repeat | BulkInsert::Copy, _) => {
            let mark = marks(writer, insert).map(|(new, _)| new);
            writer.push(" VALUES ");
            let start = writer.length();
            writer.push("(");
            writer.list(lists.iter().enumerate(), |writer, (at, list)| {
                marked(writer, mark.filter(|_| at == 0), |writer| {
                    writer.value(list, Transform::None, Place::Column).map(|_| ())
                })
            })?;
            writer.push(")");
            row = Some(start..writer.length());
        }
    }
    let columns = lists.iter().map(|list| writer.parameter(list, Transform::None) - 1).collect();
    Ok(Binding::Rows { how, columns, row })
}

/// How many rows with these fields reach the database. `unnest` takes apart arrays of any depth, so
/// a column of arrays cannot be given to it.
pub(super) fn takes_lists<'f>(
    writer: &Writer<'_>,
    table: &Table,
    mut fields: impl Iterator<Item = &'f usize>,
) -> BulkInsert {
    let is_list = |field: &usize| {
        table.fields.get(*field).is_some_and(|field| matches!(field.kind, Type::Array(_)))
    };
    match writer.dialect.capabilities().bulk_insert {
        BulkInsert::Unnest if fields.any(is_list) => BulkInsert::Repeat,
        how => how,
    }
}

fn on_conflict(writer: &mut Writer<'_>, insert: &Insert, conflict: &Conflict) -> Result<()> {
    let table = insert.table.0;
    writer.push(" ON CONFLICT");
    match conflict {
        Conflict::Ignore { target: at } => {
            at.iter().try_for_each(|at| target(writer, table, at))?;
            writer.push(" DO NOTHING");
        }
        Conflict::Update { target: at, set, filter } => {
            target(writer, table, at)?;
            writer.push(" DO UPDATE SET ");
            match (marks(writer, insert), set.split_first()) {
                (Some((_, mark)), Some(((field, value), rest))) => {
                    columns(writer, table, &[*field])?;
                    writer.push(" = ");
                    marked(writer, Some(mark), |writer| writer.new_value(value))?;
                    writer.push(if rest.is_empty() { "" } else { ", " });
                    assignments(writer, table, rest)?;
                }
                _ => assignments(writer, table, set)?,
            }
            select::conditions(writer, " WHERE ", filter)?;
        }
    }
    Ok(())
}

fn target(writer: &mut Writer<'_>, table: &'static Table, target: &ConflictTarget) -> Result<()> {
    if let ConflictTarget::Constraint(name) = target
        && let Some(index) = unique_index(table, name)
    {
        return told_by_index(writer, table, index);
    }
    let named;
    let fields = match target {
        ConflictTarget::Constraint(name) if writer.dialect.capabilities().conflict_constraint => {
            writer.push(" ON CONSTRAINT ");
            writer.name(name);
            return Ok(());
        }
        ConflictTarget::Constraint(name) => {
            named = constraint_fields(table, name, writer.dialect)?;
            &named
        }
        ConflictTarget::Fields(fields) | ConflictTarget::Partial(fields, ..) => fields,
    };
    writer.push(" (");
    columns(writer, table, fields)?;
    writer.push(")");
    match target {
        ConflictTarget::Partial(_, condition, _) => {
            writer.constants = true;
            let written = select::conditions(writer, " WHERE ", std::slice::from_ref(condition));
            writer.constants = false;
            written
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
    writer.list(exprs, |writer, expr| {
        writer.expr(expr)?;
        writer.dialect.write_read(writer, expr);
        Ok(())
    })
}

pub(super) fn columns(
    writer: &mut Writer<'_>,
    table: &'static Table,
    fields: &[usize],
) -> Result<()> {
    writer.list(fields, |writer, field| {
        let field = table.fields.get(*field).ok_or_else(|| internal("there is no such field"))?;
        writer.name(field.column);
        Ok(())
    })
}
