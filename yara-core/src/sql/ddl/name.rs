//! Names of tables, columns and constraints.

use crate::error::{Error, ErrorKind, Result};
use crate::schema::Table;
use crate::sql::Dialect;

/// The name of a constraint or an index: table, columns and `what`, as PostgreSQL makes them. A
/// name that is too long is cut and gets a hash of the whole, so that it stays one of a kind.
pub fn made_name(table: &Table, columns: &[&str], what: &str, dialect: &dyn Dialect) -> String {
    let mut stem = table.name.to_owned();
    for column in columns {
        stem.push('_');
        stem.push_str(column);
    }
    let whole = format!("{stem}_{what}");
    let limit = dialect.capabilities().name_bytes;
    if whole.len() <= limit {
        return whole;
    }
    let tail = format!("_{:08x}_{what}", hash(&whole));
    let mut end = limit.saturating_sub(tail.len());
    while !stem.is_char_boundary(end) {
        end -= 1;
    }
    stem.truncate(end);
    stem + &tail
}

/// FNV-1a: the names of constraints must be the same in every version of this library.
fn hash(text: &str) -> u32 {
    text.bytes().fold(0x811c_9dc5, |hash, byte| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193))
}

/// Refuses a name that the database would cut, or could not hold.
pub fn check_name(name: &str, what: &str, dialect: &dyn Dialect) -> Result<()> {
    let limit = dialect.capabilities().name_bytes;
    let wrong = if name.is_empty() {
        "is empty".to_owned()
    } else if name.contains('\0') {
        "holds a NUL character".to_owned()
    } else if name.len() > limit {
        format!("has {} bytes, and {} keeps {limit} of them", name.len(), dialect.name())
    } else {
        return Ok(());
    };
    Err(Error::new(ErrorKind::Configuration, format!("the name of the {what} `{name}` {wrong}")))
}

/// Checks every name that a table was given.
pub(super) fn check_names(table: &Table, dialect: &dyn Dialect) -> Result<()> {
    check_name(table.name, "table", dialect)?;
    table.fields.iter().try_for_each(|field| check_name(field.column, "column", dialect))?;
    let given = table.uniques.iter().filter_map(|unique| unique.name);
    let given = given.chain(table.indexes.iter().filter_map(|index| index.name));
    let given = given.chain(table.fulltext.iter().map(|index| index.name));
    let mut given = given.chain(table.checks.iter().map(|check| check.name));
    given.try_for_each(|name| check_name(name, "constraint", dialect))
}
