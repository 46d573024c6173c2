//! What SQLite does not tell of a constraint that was violated: its name, and whether it is one of
//! those that stand for the type of a column.
//!
//! Both are in the text of the table's `CREATE TABLE`, which SQLite keeps as it was written. A table
//! that somebody else wrote may spell it differently; then nothing is found, and the error stays as
//! it is.

use crate::error::{DatabaseError, Error, ErrorKind};
use rusqlite::Connection;

/// The error with what the schema says about it.
pub(super) fn explain(error: Error, database: &Connection) -> Error {
    let Some(report) = error.database() else { return error };
    let found = match error.kind() {
        ErrorKind::UniqueViolation if report.constraint.is_none() => unique(report, database),
        ErrorKind::CheckViolation => of_type(report, database),
        _ => None,
    };
    match found {
        Some((kind, report)) => error.refined(kind, report),
        None => error,
    }
}

/// The name of the constraint that says `UNIQUE constraint failed: book.author_id, book.title`.
fn unique(report: &DatabaseError, database: &Connection) -> Option<(ErrorKind, DatabaseError)> {
    let (_, failed) = report.message.split_once(": ")?;
    let table = report.table.as_deref()?;
    let columns: Vec<&str> = failed
        .split(", ")
        .map(|column| column.strip_prefix(table).and_then(|rest| rest.strip_prefix('.')))
        .collect::<Option<_>>()?;
    let text: String = database
        .query_row(
            "SELECT sql FROM sqlite_schema WHERE type = 'table' AND name = ?1",
            [table],
            |row| row.get(0),
        )
        .ok()?;
    let name = constraint_over(&text, &columns)
        .or_else(|| counted_key(&text, table, &columns))
        .or_else(|| index_over(database, table, &columns))?;
    Some((ErrorKind::UniqueViolation, DatabaseError { constraint: Some(name), ..report.clone() }))
}

/// `CONSTRAINT "name" UNIQUE ("a", "b")`
fn constraint_over(text: &str, columns: &[&str]) -> Option<String> {
    let columns: Vec<String> = columns.iter().map(|column| quoted(column)).collect();
    let columns = columns.join(", ");
    text.match_indices("CONSTRAINT \"").find_map(|(at, begin)| {
        let (name, rest) = unquoted(&text[at + begin.len()..])?;
        let over = rest.strip_prefix(" UNIQUE (").or(rest.strip_prefix(" PRIMARY KEY ("))?;
        over.strip_prefix(columns.as_str())?.starts_with(')').then_some(name)
    })
}

/// A key that is counted has a constraint without a name, so it gets the one of other databases.
fn counted_key(text: &str, table: &str, columns: &[&str]) -> Option<String> {
    let [column] = columns else { return None };
    let counted = format!("{} INTEGER PRIMARY KEY", quoted(column));
    text.contains(&counted).then(|| format!("{table}_pkey"))
}

/// A unique index that was made by itself.
fn index_over(database: &Connection, table: &str, columns: &[&str]) -> Option<String> {
    let mut indexes = database
        .prepare("SELECT name FROM pragma_index_list(?1) WHERE \"unique\" AND origin = 'c'")
        .ok()?;
    let names: Vec<String> =
        indexes.query_map([table], |row| row.get(0)).ok()?.collect::<Result<_, _>>().ok()?;
    let mut info =
        database.prepare("SELECT name FROM pragma_index_info(?1) ORDER BY seqno").ok()?;
    names.into_iter().find(|index| {
        let found = info.query_map([index], |row| row.get::<_, Option<String>>(0));
        let found: Option<Vec<Option<String>>> =
            found.ok().and_then(|names| names.collect::<Result<_, _>>().ok());
        found.is_some_and(|found| {
            found.len() == columns.len()
                && found.iter().zip(columns).all(|(name, column)| name.as_deref() == Some(*column))
        })
    })
}

/// A check that a value is of its column's type is the type's own refusal elsewhere: the value is
/// out of range, and no rule of the user's is violated.
fn of_type(report: &DatabaseError, database: &Connection) -> Option<(ErrorKind, DatabaseError)> {
    let name = report.constraint.as_deref().filter(|name| name.ends_with("_type"))?;
    let begin = format!("CONSTRAINT {} CHECK (", quoted(name));
    let (text, table): (String, String) = database
        .query_row(
            "SELECT sql, name FROM sqlite_schema WHERE type = 'table' AND instr(sql, ?1)",
            [&begin],
            |row| Ok((row.get(0)?, row.get(1)?)),
        )
        .ok()?;
    let (_, condition) = text.split_once(&begin)?;
    let (column, state) = match condition.strip_prefix("typeof(\"") {
        Some(column) if is_first(condition, "AND length(") => (column, "22001"),
        Some(column) if is_first(condition, "'integer'") || is_first(condition, "'real'") => {
            (column, "22003")
        }
        Some(column) => (column, "22P02"),
        // A boolean.
        None => (condition.strip_prefix('"')?, "22P02"),
    };
    let (column, _) = unquoted(column)?;
    Some((
        ErrorKind::Data,
        DatabaseError {
            message: format!("a value does not fit the column `{column}` of `{table}`"),
            sqlstate: Some(state.into()),
            table: Some(table),
            column: Some(column),
            constraint: None,
            ..report.clone()
        },
    ))
}

/// Whether something stands in the condition itself, and not in a constraint after it.
fn is_first(condition: &str, part: &str) -> bool {
    match (condition.find(part), condition.find("CONSTRAINT ")) {
        (Some(part), Some(next)) => part < next,
        (part, None) => part.is_some(),
        (None, _) => false,
    }
}

fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

/// The name that begins behind a quotation mark, and what follows it.
fn unquoted(text: &str) -> Option<(String, &str)> {
    let mut name = String::new();
    let mut rest = text;
    loop {
        let (part, after) = rest.split_once('"')?;
        name.push_str(part);
        match after.strip_prefix('"') {
            Some(after) => {
                name.push('"');
                rest = after;
            }
            None => return Some((name, after)),
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn names_are_found_in_the_text() {
        let text = "CREATE TABLE \"t\" (\"a\"\"b\" TEXT, \"c\" INTEGER PRIMARY KEY AUTOINCREMENT, \
                    CONSTRAINT \"x\"\"y\" UNIQUE (\"a\"\"b\", \"c\"), CONSTRAINT \"z\" UNIQUE (\"c\"))";
        assert_eq!(constraint_over(text, &["a\"b", "c"]).unwrap(), "x\"y");
        assert_eq!(constraint_over(text, &["c"]).unwrap(), "z");
        assert_eq!(constraint_over(text, &["a\"b"]), None);
        assert_eq!(counted_key(text, "t", &["c"]).unwrap(), "t_pkey");
    }
}
