//! Kinds that a database knows and this library does not: those of extensions.

use std::sync::{Mutex, PoisonError};

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

impl ForeignKind {
    /// The same kind, kept for as long as the program runs: each is kept once. There are few of
    /// them.
    pub fn kept(
        name: &str,
        postgres: Option<&str>,
        sqlite: Option<&str>,
        extension: Option<&str>,
    ) -> &'static ForeignKind {
        static KEPT: Mutex<Vec<&'static ForeignKind>> = Mutex::new(Vec::new());
        let mut known = KEPT.lock().unwrap_or_else(PoisonError::into_inner);
        let same = |known: &&&'static ForeignKind| {
            (known.name, known.postgres, known.sqlite, known.extension)
                == (name, postgres, sqlite, extension)
        };
        if let Some(found) = known.iter().find(same) {
            return found;
        }
        let text = |text: &str| -> &'static str { Box::leak(text.into()) };
        let kind: &'static ForeignKind = Box::leak(Box::new(ForeignKind {
            name: text(name),
            postgres: postgres.map(text),
            sqlite: sqlite.map(text),
            extension: extension.map(text),
        }));
        known.push(kind);
        kind
    }
}

/// A value of such a kind, as text.
#[derive(Debug, Clone, PartialEq)]
pub struct Foreign {
    /// The kind.
    pub kind: &'static ForeignKind,
    /// The text that the database reads.
    pub text: Box<str>,
}
