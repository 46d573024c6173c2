//! What a database says about an error.

/// The fields of a database's error report; those that it did not send are `None`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct DatabaseError {
    /// The report itself.
    pub message: String,
    /// Five characters that classify it.
    pub sqlstate: Option<String>,
    /// More about it.
    pub detail: Option<String>,
    /// What might help.
    pub hint: Option<String>,
    /// The schema of the table.
    pub schema: Option<String>,
    /// The table.
    pub table: Option<String>,
    /// The column; for a constraint over several, the first.
    pub column: Option<String>,
    /// The constraint.
    pub constraint: Option<String>,
    /// Where in the statement, in characters from 1.
    pub position: Option<u32>,
}
