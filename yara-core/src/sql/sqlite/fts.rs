//! Indexes for full-text searches: a table of FTS5 beside the model's, and triggers that keep it in
//! step (source: SQLite documentation, "FTS5", 4.4.3).
//!
//! The FTS5 table holds no texts, only where words stand. Its rows have the numbers of the model's
//! rows, so the model needs a key that is that number.

use super::super::ddl::{CreateOptions, Subject, if_not_exists, quoted};
use super::super::{Dialect, fulltext};
use crate::error::{Error, ErrorKind, Result};
use crate::schema::definition::FulltextDefinition;

/// The table, what fills it, and the triggers.
pub(super) fn create(
    dialect: &dyn Dialect,
    table: Subject<'_>,
    index: &FulltextDefinition,
    options: CreateOptions,
) -> Result<Vec<String>> {
    let tokenizer = fulltext::tokenizer(&index.language)?;
    let (fts, own) = (quoted(&index.name, dialect), quoted(&table.table.name.name, dialect));
    let mut statements = vec![
        format!(
            "CREATE VIRTUAL TABLE {}{fts} USING fts5({}content='', contentless_delete=1, \
             tokenize='{tokenizer}')",
            if_not_exists(options),
            columns(index)
        ),
        // Rows that were there before the index.
        format!(
            "{} SELECT {own}.rowid{} FROM {own} WHERE NOT EXISTS (SELECT 1 FROM {fts})",
            into(dialect, index),
            texts(dialect, index, &own)
        ),
    ];
    statements.extend(triggers(dialect, table, index, options)?);
    Ok(statements)
}

/// The triggers, which go with the model's table.
pub(super) fn triggers(
    dialect: &dyn Dialect,
    table: Subject<'_>,
    index: &FulltextDefinition,
    options: CreateOptions,
) -> Result<Vec<String>> {
    check_key(table)?;
    let (fts, own) = (quoted(&index.name, dialect), quoted(&table.table.name.name, dialect));
    let into = into(dialect, index);
    let add = format!("{into} VALUES (new.rowid{});", texts(dialect, index, "new"));
    let remove = format!("DELETE FROM {fts} WHERE rowid = old.rowid;");
    let changed = index.columns.iter().chain(&table.table.primary_key);
    let changed: Vec<String> = changed.map(|column| quoted(column, dialect)).collect();
    let update = format!("UPDATE OF {}", changed.join(", "));
    let events = ["INSERT", "DELETE", &update];
    let bodies = [add.clone(), remove.clone(), format!("{remove} {add}")];
    let exists = if_not_exists(options);
    let parts = trigger_names(index).into_iter().zip(events.into_iter().zip(bodies));
    let trigger = |(name, (event, body)): (String, (&str, String))| {
        let name = quoted(&name, dialect);
        format!("CREATE TRIGGER {exists}{name} AFTER {event} ON {own} BEGIN {body} END")
    };
    Ok(parts.map(trigger).collect())
}

/// The names of the triggers after a row is inserted, deleted and updated.
pub(super) fn trigger_names(index: &FulltextDefinition) -> [String; 3] {
    ["insert", "delete", "update"].map(|event| format!("{}_{event}", index.name))
}

/// `c0, c1, `
fn columns(index: &FulltextDefinition) -> String {
    (0..index.columns.len()).map(|at| format!("c{at}, ")).collect()
}

fn into(dialect: &dyn Dialect, index: &FulltextDefinition) -> String {
    let columns = columns(index);
    let fts = quoted(&index.name, dialect);
    format!("INSERT INTO {fts} (rowid, {})", columns.trim_end_matches(", "))
}

/// The texts of a row, with a comma before each.
fn texts(dialect: &dyn Dialect, index: &FulltextDefinition, row: &str) -> String {
    let text = |column: &String| {
        let column = quoted(column, dialect);
        format!(", coalesce({row}.{column}, '') || ' {}'", fulltext::EVERY)
    };
    index.columns.iter().map(text).collect()
}

/// With the model's table, with which the triggers go.
pub(super) fn drop(dialect: &dyn Dialect, index: &FulltextDefinition) -> String {
    format!("DROP TABLE IF EXISTS {}", quoted(&index.name, dialect))
}

/// Without the model's table.
pub(super) fn remove(dialect: &dyn Dialect, index: &FulltextDefinition) -> Vec<String> {
    let trigger = |name: String| format!("DROP TRIGGER {}", quoted(&name, dialect));
    let table = format!("DROP TABLE {}", quoted(&index.name, dialect));
    trigger_names(index).into_iter().map(trigger).chain([table]).collect()
}

fn check_key(table: Subject<'_>) -> Result<()> {
    if let [key] = &table.table.primary_key[..]
        && table.table.column(key).is_some_and(|column| column.counted)
    {
        return Ok(());
    }
    Err(Error::new(
        ErrorKind::Unsupported,
        format!(
            "SQLite's full-text search needs a key that the database counts up, and {} has another \
             one; add `id: i64`, or put the texts into a model of their own",
            table.title()
        ),
    ))
}
