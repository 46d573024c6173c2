//! What is refused before an upsert is sent.

use crate::error::{Error, ErrorKind, Result};
use crate::schema::Table;
use crate::sql::ddl::unique_constraints;
use crate::tree::{ConflictTarget, Expr, InsertSource, Literal, Statement};
use crate::value::Value;
use std::collections::HashMap;

/// The error of an upsert that says nothing of the old row, or two things.
pub(super) fn undecided(table: &Table) -> Error {
    Error::new(
        ErrorKind::InvalidQuery,
        format!(
            "an upsert of {} must say what happens to the old row: `.ignore()`, or `.update(fields)` \
             and `.set(column, value)`, of which some rows are left out by `.filter(…)`",
            table.model
        ),
    )
}

/// Refuses fields by which the database could not tell that a row is there.
pub(super) fn check_target(table: &Table, target: &ConflictTarget) -> Result<()> {
    let ConflictTarget::Fields(fields) = target else { return Ok(()) };
    let sorted = |fields: &[usize]| {
        let mut sorted = fields.to_vec();
        sorted.sort_unstable();
        sorted
    };
    // The names of constraints do not matter here, so that any dialect will do.
    let known = unique_constraints(table, &crate::sql::Postgres);
    if known.iter().any(|(_, known)| sorted(known) == sorted(fields)) {
        return Ok(());
    }
    let names = |fields: &[usize]| {
        let names: Vec<&str> = fields.iter().map(|at| table.fields[*at].name).collect();
        format!("({})", names.join(", "))
    };
    let known: Vec<String> = known.iter().map(|(_, fields)| names(fields)).collect();
    Err(Error::new(
        ErrorKind::InvalidQuery,
        format!(
            "no two rows of {} are told apart by {}, so an upsert cannot go by that; it can by {}",
            table.model,
            names(fields),
            known.join(" or ")
        ),
    ))
}

/// Refuses two rows that would be the same one: PostgreSQL does too, after it was asked, and another
/// database would change the row twice.
pub(super) fn check_each_once(
    table: &'static Table,
    target: &ConflictTarget,
    statements: &[Statement],
) -> Result<()> {
    let known = unique_constraints(table, &crate::sql::Postgres);
    let fields = match target {
        ConflictTarget::Fields(fields) | ConflictTarget::Partial(fields, ..) => fields,
        ConflictTarget::Constraint(name) => {
            match known.iter().find(|(known, _)| **known == **name) {
                Some((_, fields)) => fields,
                None => return Ok(()),
            }
        }
    };
    let mut seen: HashMap<String, usize> = HashMap::new();
    for (position, key) in keys(fields, statements).into_iter().enumerate() {
        let Some(key) = key else { continue };
        if let Some(first) = seen.insert(key, position) {
            let names: Vec<&str> = fields.iter().map(|at| table.fields[*at].name).collect();
            return Err(Error::new(
                ErrorKind::InvalidValue,
                format!(
                    "rows {first} and {position} of {} have the same {}; an upsert writes a row once",
                    table.model,
                    names.join(" and ")
                ),
            ));
        }
    }
    Ok(())
}

/// What tells each row from others; `None` for one that is like no other, or whose values only the
/// database knows.
fn keys(fields: &[usize], statements: &[Statement]) -> Vec<Option<String>> {
    let mut keys = Vec::new();
    for statement in statements {
        let Statement::Insert(insert) = statement else { continue };
        let places: Option<Vec<usize>> =
            fields.iter().map(|at| insert.fields.iter().position(|field| field == at)).collect();
        match &insert.source {
            InsertSource::Columns(lists) => {
                let items = |list: &Literal| match &list.value {
                    Value::Array(array) => array.items.clone(),
                    _ => Vec::new(),
                };
                let columns: Option<Vec<_>> =
                    places.map(|places| places.iter().map(|at| items(&lists[*at])).collect());
                let rows = lists.first().map_or(0, |list| items(list).len());
                keys.extend((0..rows).map(|row| {
                    let columns = columns.as_ref()?;
                    spelled(columns.iter().map(|column| column.get(row)))
                }));
            }
            InsertSource::Row(values) => keys.push(places.and_then(|places| {
                spelled(places.iter().map(|at| match &values[*at] {
                    Expr::Literal(literal) => Some(&literal.value),
                    _ => None,
                }))
            })),
            InsertSource::Select(_) => {}
        }
    }
    keys
}

fn spelled<'v>(values: impl Iterator<Item = Option<&'v Value>>) -> Option<String> {
    let mut text = String::new();
    for value in values {
        let value = value.filter(|value| !value.is_null())?;
        text.push_str(&format!("{value:?}\0"));
    }
    Some(text)
}
