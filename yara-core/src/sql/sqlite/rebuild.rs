//! A table in place of another one: what SQLite needs beyond standard SQL.

use super::super::constant;
use super::super::ddl::quoted;
use super::fts;
use crate::error::Result;
use crate::schema::definition::{FulltextDefinition, TableName};
use crate::sql::Dialect;

/// Refuses while foreign keys are looked after, because rows that refer to the table would go with
/// it, and where the table has triggers or indexes that nobody would make again.
pub(super) fn before(
    table: &TableName,
    indexes: &[String],
    fulltext: &[&FulltextDefinition],
) -> Result<Vec<String>> {
    let triggers = fulltext.iter().flat_map(|index| fts::trigger_names(index));
    let known: Vec<String> = triggers.chain(indexes.iter().cloned()).collect();
    let known: Vec<String> =
        known.iter().map(|name| constant::quoted(name)).collect::<Result<_>>()?;
    let keys = "a table is made anew with foreign keys off only";
    let lost = format!(
        "the table `{table}` is made anew, and would lose what migrations know nothing of: drop it \
         before, and make it again after: the "
    );
    Ok(vec![
        format!("SELECT yara_refuse('{keys}') FROM pragma_foreign_keys WHERE foreign_keys"),
        format!(
            "SELECT yara_refuse({} || type || ' ' || name) FROM sqlite_master WHERE tbl_name = {} \
             AND type IN ('index', 'trigger') AND sql IS NOT NULL AND name NOT IN ({})",
            constant::quoted(&lost)?,
            constant::quoted(&table.name)?,
            known.join(", ")
        ),
    ])
}

/// Views and triggers that name the table are not looked at until all is in place
/// (source: SQLite documentation, "PRAGMA legacy_alter_table"). `sqlite_sequence` holds the last
/// number that each table gave, and may hold a greater one than any row has.
pub(super) fn swap(
    dialect: &dyn Dialect,
    old: &str,
    new: &str,
    counted: bool,
) -> Result<Vec<String>> {
    let mut statements = Vec::new();
    if counted {
        let (old, new) = (constant::quoted(old)?, constant::quoted(new)?);
        let last = format!("FROM sqlite_sequence WHERE name = {old}");
        statements.push(format!(
            "DELETE FROM sqlite_sequence WHERE name = {new} AND EXISTS (SELECT 1 {last})"
        ));
        statements
            .push(format!("INSERT INTO sqlite_sequence (name, seq) SELECT {new}, seq {last}"));
    }
    let (old, new) = (quoted(old, dialect), quoted(new, dialect));
    statements.push(format!("DROP TABLE {old}"));
    statements.push("PRAGMA legacy_alter_table = ON".into());
    statements.push(format!("ALTER TABLE {new} RENAME TO {old}"));
    statements.push("PRAGMA legacy_alter_table = OFF".into());
    Ok(statements)
}
