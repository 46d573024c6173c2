//! Indexes for full-text searches: a table of FTS5 beside the model's, and triggers that keep it in
//! step (source: SQLite documentation, "FTS5", 4.4.3).
//!
//! The FTS5 table holds no texts, only where words stand. Its rows have the numbers of the model's
//! rows, so the model needs a key that is that number.

use super::super::ddl::{CreateOptions, Subject, quoted};
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
    check_key(table)?;
    let tokenizer = fulltext::tokenizer(&index.language)?;
    let exists = if options.if_not_exists { "IF NOT EXISTS " } else { "" };
    let (fts, own) = (quoted(&index.name, dialect), quoted(&table.table.name.name, dialect));
    let columns: String = (0..index.columns.len()).map(|at| format!("c{at}, ")).collect();
    let into = format!("INSERT INTO {fts} (rowid, {})", columns.trim_end_matches(", "));
    let texts = |row: &str| -> String {
        let text = |column: &String| {
            let column = quoted(column, dialect);
            format!(", coalesce({row}.{column}, '') || ' {}'", fulltext::EVERY)
        };
        index.columns.iter().map(text).collect()
    };
    let trigger = |name: &str, event: String, body: String| {
        let name = quoted(&format!("{}_{name}", index.name), dialect);
        format!("CREATE TRIGGER {exists}{name} AFTER {event} ON {own} BEGIN {body} END")
    };
    let add = format!("{into} VALUES (new.rowid{});", texts("new"));
    let remove = format!("DELETE FROM {fts} WHERE rowid = old.rowid;");
    let changed = index.columns.iter().chain(&table.table.primary_key);
    let changed: Vec<String> = changed.map(|column| quoted(column, dialect)).collect();
    let update = format!("UPDATE OF {}", changed.join(", "));
    Ok(vec![
        format!(
            "CREATE VIRTUAL TABLE {exists}{fts} USING fts5({columns}content='', \
             contentless_delete=1, tokenize='{tokenizer}')"
        ),
        // Rows that were there before the index.
        format!(
            "{into} SELECT {own}.rowid{} FROM {own} WHERE NOT EXISTS (SELECT 1 FROM {fts})",
            texts(&own)
        ),
        trigger("insert", "INSERT".into(), add.clone()),
        trigger("delete", "DELETE".into(), remove.clone()),
        trigger("update", update, format!("{remove} {add}")),
    ])
}

/// The triggers go with the model's table.
pub(super) fn drop(dialect: &dyn Dialect, index: &FulltextDefinition) -> String {
    format!("DROP TABLE IF EXISTS {}", quoted(&index.name, dialect))
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
