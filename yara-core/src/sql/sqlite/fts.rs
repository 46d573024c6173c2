//! Indexes for full-text searches: a table of FTS5 beside the model's, and triggers that keep it in
//! step (source: SQLite documentation, "FTS5", 4.4.3).
//!
//! The FTS5 table holds no texts, only where words stand. Its rows have the numbers of the model's
//! rows, so the model needs a key that is that number.

use super::super::ddl::CreateOptions;
use super::super::{Dialect, Writer, fulltext};
use crate::error::{Error, ErrorKind, Result};
use crate::schema::{Default, Fulltext, Table};

/// The table, what fills it, and the triggers.
pub(super) fn create(
    dialect: &dyn Dialect,
    table: &'static Table,
    index: &Fulltext,
    options: CreateOptions,
) -> Result<Vec<String>> {
    check_key(table)?;
    let tokenizer = fulltext::tokenizer(index.language)?;
    let exists = if options.if_not_exists { "IF NOT EXISTS " } else { "" };
    let (fts, own) = (quoted(dialect, index.name), quoted(dialect, table.name));
    let columns: String = (0..index.columns.len()).map(|at| format!("c{at}, ")).collect();
    let into = format!("INSERT INTO {fts} (rowid, {})", columns.trim_end_matches(", "));
    let texts = |row: &str| -> String {
        let text = |column: &&str| {
            let column = quoted(dialect, column);
            format!(", coalesce({row}.{column}, '') || ' {}'", fulltext::EVERY)
        };
        index.columns.iter().map(text).collect()
    };
    let trigger = |name: &str, event: String, body: String| {
        let name = quoted(dialect, &format!("{}_{name}", index.name));
        format!("CREATE TRIGGER {exists}{name} AFTER {event} ON {own} BEGIN {body} END")
    };
    let add = format!("{into} VALUES (new.rowid{});", texts("new"));
    let remove = format!("DELETE FROM {fts} WHERE rowid = old.rowid;");
    let changed: Vec<&str> = table.key_fields().map(|field| field.column).collect();
    let changed: Vec<String> =
        index.columns.iter().chain(&changed).map(|column| quoted(dialect, column)).collect();
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
pub(super) fn drop(dialect: &dyn Dialect, index: &Fulltext) -> String {
    format!("DROP TABLE IF EXISTS {}", quoted(dialect, index.name))
}

fn check_key(table: &Table) -> Result<()> {
    let counted = table.key_fields().all(|field| matches!(field.default, Default::Auto));
    if counted && table.primary_key.len() == 1 {
        return Ok(());
    }
    Err(Error::new(
        ErrorKind::Unsupported,
        format!(
            "SQLite's full-text search needs a key that the database counts up, and {} has another \
             one; add `id: i64`, or put the texts into a model of their own",
            table.model
        ),
    ))
}

fn quoted(dialect: &dyn Dialect, name: &str) -> String {
    let mut writer = Writer::new(dialect);
    writer.name(name);
    writer.into_text()
}
