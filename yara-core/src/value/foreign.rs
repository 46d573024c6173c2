//! Kinds that a database knows and this library does not: those of extensions.

/// A kind of value that a program registers, such as a vector: its values are texts, which the
/// database reads and writes in its own way.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct ForeignKind {
    /// What it is called in messages.
    pub name: &'static str,
    /// Its type on PostgreSQL, such as `vector(3)`; the database is refused where there is none.
    pub postgres: Option<&'static str>,
    /// The same on SQLite, where its values are texts whatever the type is called.
    pub sqlite: Option<&'static str>,
    /// The extension of PostgreSQL that has the type.
    pub extension: Option<&'static str>,
}

/// A value of such a kind, as text.
#[derive(Debug, Clone, PartialEq)]
pub struct Foreign {
    /// The kind.
    pub kind: &'static ForeignKind,
    /// The text that the database reads.
    pub text: Box<str>,
}
