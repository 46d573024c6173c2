//! Creating and dropping the tables of models.

use super::Db;
use crate::backend::{Access, Command, Request};
use crate::error::Result;
use crate::executor::{Count, Executor};
use crate::schema::Table;
use crate::sql::ddl;
use std::sync::Arc;

impl Db {
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
