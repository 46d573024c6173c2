//! Creating and dropping the tables of models known to the compiler.

use super::Models;
use crate::db::Db;
use crate::error::Result;

impl Db {
    /// Creates the tables of models that are not there yet, with their indexes and constraints, in
    /// the order in which they depend on each other; all of them or, after an error, none.
    ///
    /// Errs with [`Configuration`](crate::error::ErrorKind::Configuration) where a model refers to
    /// one that is not in the list, and with
    /// [`Unsupported`](crate::error::ErrorKind::Unsupported) where the database lacks what a model
    /// asks for; nothing has been sent then.
    ///
    /// ```
    /// use yara_orm::prelude::*;
    ///
    /// #[derive(Model, Debug, Clone)]
    /// struct Shelf {
    ///     id: i64,
    ///     room: ForeignKey<Room>,
    /// }
    ///
    /// #[derive(Model, Debug, Clone)]
    /// struct Room {
    ///     id: i64,
    /// }
    ///
    /// # library::run(async |db| {
    /// let error = db.create_tables::<Shelf>().await.unwrap_err();
    /// assert!(error.is_configuration_error()); // `Room` is not in the list
    /// db.create_tables::<(Shelf, Room)>().await?;
    /// db.create_tables::<(Shelf, Room)>().await?; // what is there stays
    /// db.drop_tables::<(Shelf, Room)>().await?;
    /// # Ok(()) })
    /// ```
    pub async fn create_tables<M: Models>(&self) -> Result<()> {
        self.create(&M::tables()).await
    }

    /// Drops the tables of models, with their rows, as far as they are there.
    ///
    /// Errs as [`create_tables`](Db::create_tables) does.
    pub async fn drop_tables<M: Models>(&self) -> Result<()> {
        self.drop(&M::tables()).await
    }
}
