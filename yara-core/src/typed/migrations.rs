//! The migrations of models known to the compiler.

use super::Models;
use crate::migrate::Migrations;

impl Migrations {
    /// The models that [`make`](Migrations::make) and [`check`](Migrations::check) compare with the
    /// files; the tables between two of a many-to-many relation come along.
    pub fn models<M: Models>(self) -> Migrations {
        self.tables(M::tables())
    }
}
