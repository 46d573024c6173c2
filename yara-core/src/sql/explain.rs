//! Asking a database how it would run a statement.

/// How a plan is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum ExplainFormat {
    /// Lines for people.
    #[default]
    Text,
    /// A JSON array.
    Json,
}

/// What is told of a plan.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct ExplainOptions {
    /// How.
    pub format: ExplainFormat,
    /// Run the statement, and tell how long its parts took and how many rows they gave.
    pub analyze: bool,
    /// Tell which columns each part of the plan gives, and other details.
    pub verbose: bool,
}

/// The lines of a plan that a database gives as text.
pub(super) fn lines(rows: &[Vec<String>]) -> String {
    let lines: Vec<&str> = rows.iter().filter_map(|row| row.first()).map(String::as_str).collect();
    lines.join("\n")
}
