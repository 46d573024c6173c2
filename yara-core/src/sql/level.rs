//! How tightly expressions hold together.

/// The operator at the top of an expression, the loosest first. Databases differ in the finer
/// steps (SQLite's `||` binds tightest), so there are only as many as all agree on, and what is in
/// doubt is put in parentheses.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    /// SQL text of a user: it could be anything.
    Raw,
    /// `or`
    Or,
    /// `and`
    And,
    /// `not`
    Not,
    /// Comparisons, `is`, `in`, `like`, `between`: none is an operand of another.
    Predicate,
    /// `||`
    Concat,
    /// `+`, `-`
    Sum,
    /// `*`, `/`, `%`
    Product,
    /// `-x`, `x collate c`
    Unary,
    /// A column, a value, a call, or anything in parentheses.
    Atom,
}
