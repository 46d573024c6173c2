//! Telling what became of the rows that an insert was given.
//!
//! `returning` sees the rows of the table and not those that were given. But the server takes the
//! given rows one after the other, and returns of each before it takes the next: so each leaves its
//! number in a setting of the transaction when it is taken, and `returning` reads it from there.

use crate::error::Result;
use crate::sql::{Writer, given};
use crate::tree::Literal;

/// The setting; names with a dot are anyone's.
const SETTING: &str = "'yara.row'";

/// `SELECT "v"."c0" FROM unnest($1, $2) AS "v" ("c0", "c1") WHERE set_config(…)`
pub(super) fn numbered(
    writer: &mut Writer<'_>,
    columns: &[Literal],
    numbers: &Literal,
) -> Result<()> {
    writer.push("SELECT ");
    writer.list(0..columns.len(), |writer, column| {
        given::value(writer, column);
        Ok(())
    })?;
    writer.push(" FROM ");
    let lists: Vec<&Literal> = columns.iter().chain([numbers]).collect();
    given::lists(writer, &lists)?;
    writer.push(" WHERE set_config(");
    writer.push(SETTING);
    writer.push(", ");
    given::value(writer, columns.len());
    writer.push("::text, true) IS NOT NULL");
    Ok(())
}

/// The number that the row left.
pub(super) fn number(writer: &mut Writer<'_>) {
    writer.push("current_setting(");
    writer.push(SETTING);
    writer.push(")::bigint");
}

/// An upsert locks the old row before it changes it, and the new version of a row that was locked
/// shows by whom (source: PostgreSQL documentation, "System Columns", `xmax`).
pub(super) fn is_new(writer: &mut Writer<'_>) {
    writer.push("(xmax = 0)");
}
