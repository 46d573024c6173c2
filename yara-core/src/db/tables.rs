//! Creating and dropping the tables of models.

use super::Db;
use crate::backend::{Access, Command, Request};
use crate::error::Result;
use crate::executor::{Count, Executor};
use crate::schema::Table;
use crate::sql::ddl;
use crate::typed::Models;
use std::sync::Arc;

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

    /// [`create_tables`](Db::create_tables) for models that are known at run time only.
    pub async fn create(&self, tables: &[&'static Table]) -> Result<()> {
        let options = ddl::CreateOptions { if_not_exists: true };
        let statements = ddl::create_tables(tables, options, self.dialect())?;
        self.define(statements).await
    }

    /// [`drop_tables`](Db::drop_tables) for models that are known at run time only.
    pub async fn drop(&self, tables: &[&'static Table]) -> Result<()> {
        let statements = ddl::drop_tables(tables, self.dialect())?;
        self.define(statements).await
    }

    /// Runs statements as one batch, which is atomic.
    async fn define(&self, statements: Vec<String>) -> Result<()> {
        let request = |sql| Request::new(Arc::new(Command::once(sql, Access::Write)), Vec::new());
        let batch = statements.into_iter().map(request).collect();
        self.run(batch, Count::new()).await.map(drop)
    }
}
