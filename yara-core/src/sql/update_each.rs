//! UPDATE of rows that are told by their key, each with values of its own.

use super::insert::{returning, takes_lists};
use super::writer::internal;
use super::{Binding, BulkInsert, Place, Transform, Writer, given, update};
use crate::error::Result;
use crate::schema::{Field, Table};
use crate::tree::{Literal, UpdateEach};

/// Writes the update and says how its rows are bound.
pub(super) fn update_each(writer: &mut Writer<'_>, update: &UpdateEach) -> Result<Binding> {
    let table = update.table.0;
    writer.written = Some(table);
    let fields = update.key.iter().chain(&update.each).map(|(field, _)| field);
    let how = takes_lists(writer, table, fields);
    writer.push("UPDATE ");
    writer.table(table);
    writer.push(" SET ");
    let lists: Vec<&Literal> =
        update.key.iter().chain(&update.each).map(|(_, list)| list).collect();
    let value = |writer: &mut Writer<'_>, at: usize| match how {
        BulkInsert::Unnest => {
            given::value(writer, at);
            Ok(())
        }
        _ => writer.value(lists[at], Transform::None, Place::Column).map(|_| ()),
    };
    let keys = update.key.len();
    writer.list(update.each.iter().enumerate(), |writer, (at, (field, _))| {
        writer.name(field_of(table, *field)?.column);
        writer.push(" = ");
        value(writer, keys + at)
    })?;
    if !update.set.is_empty() {
        writer.push(", ");
        update::assignments(writer, table, &update.set)?;
    }
    if how == BulkInsert::Unnest {
        writer.push(" FROM ");
        let all: Vec<&Literal> = lists.iter().copied().chain([&update.told]).collect();
        given::lists(writer, &all)?;
    }
    writer.push(" WHERE ");
    for (at, (field, _)) in update.key.iter().enumerate() {
        writer.push(if at == 0 { "" } else { " AND " });
        writer.name(table.name);
        writer.push(".");
        writer.name(field_of(table, *field)?.column);
        writer.push(" = ");
        value(writer, at)?;
    }
    writer.dialect.check_returning(table, None, false, &update.returning)?;
    returning(writer, &update.returning)?;
    writer.push(if update.returning.is_empty() { " RETURNING " } else { ", " });
    match how {
        BulkInsert::Unnest => given::value(writer, lists.len()),
        _ => writer.value(&update.told, Transform::None, Place::Column).map(|_| ())?,
    }
    let all = lists.iter().copied().chain([&update.told]);
    let columns = all.map(|list| writer.parameter(list, Transform::None) - 1).collect();
    Ok(Binding::Rows { how, columns, row: None })
}

fn field_of(table: &'static Table, field: usize) -> Result<&'static Field> {
    table.fields.get(field).ok_or_else(|| internal("there is no such field"))
}
