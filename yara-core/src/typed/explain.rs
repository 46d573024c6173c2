//! What a query becomes, and how the database runs it.

use super::fetch::request;
use super::{Model, Query};
use crate::backend::{Command, Request, RowSink};
use crate::error::{Error, ErrorKind, Result};
use crate::executor::Executor;
use crate::sql::{Access, ExplainOptions};
use crate::tree::Statement;
use crate::value::{Value, ValueRef};
use std::any::Any;
use std::sync::Arc;

/// A statement as it is sent: see [`Query::sql`].
#[derive(Debug, Clone, PartialEq)]
pub struct Sql {
    /// The text, with placeholders for the values.
    pub text: Arc<str>,
    /// The values, in the order of their placeholders.
    pub values: Vec<Value>,
}

impl<M: Model, Row: Send + 'static> Query<M, Row> {
    /// The statement that [`all`](Query::all) would send, and its values. Nothing is sent.
    ///
    /// Errs where the query cannot be written for the database.
    ///
    /// ```
    /// # use library::*;
    /// # run(async |db| {
    /// let sql = Book::filter(Book::views.gt(100)).select(Book::title).sql(&db)?;
    /// assert_eq!(&*sql.text, "SELECT \"t0\".\"title\" FROM \"book\" AS \"t0\" WHERE \"t0\".\"views\" > ?1");
    /// assert_eq!(sql.values.len(), 1);
    /// # Ok(()) })
    /// ```
    pub fn sql(&self, db: &impl Executor) -> Result<Sql> {
        let Request { command, values, .. } = self.request(db)?;
        Ok(Sql { text: command.sql.clone(), values })
    }

    /// How the database would run the query, in its own words.
    ///
    /// ```
    /// # use library::*;
    /// # run(async |db| {
    /// let plan = Book::filter(Book::views.gt(100)).explain(&db).await?;
    /// assert!(plan.contains("USING INDEX"), "{plan}");
    /// # Ok(()) })
    /// ```
    pub async fn explain(&self, db: &impl Executor) -> Result<String> {
        self.explain_with(ExplainOptions::default(), db).await
    }

    /// [`explain`](Query::explain) as text or JSON. With `analyze` the query is run, and the plan
    /// tells how long its parts took; SQLite has no such thing, and refuses.
    ///
    /// ```
    /// # use library::*;
    /// # run(async |db| {
    /// use yara_orm::sql::{ExplainFormat, ExplainOptions};
    ///
    /// let json = ExplainOptions { format: ExplainFormat::Json, ..ExplainOptions::default() };
    /// let plan = Book::query().explain_with(json, &db).await?;
    /// assert!(plan.starts_with('['));
    /// # Ok(()) })
    /// ```
    pub async fn explain_with(
        &self,
        options: ExplainOptions,
        db: &impl Executor,
    ) -> Result<String> {
        let Request { command, values, .. } = self.request(db)?;
        let before = db.dialect().explain(&options)?;
        // Only a statement that is run takes locks.
        let access = if options.analyze { command.access } else { Access::Read };
        let command = Command::once(format!("{before}{}", command.sql), access);
        let sink = Box::new(Texts::default());
        let sink = db.run(vec![Request::new(Arc::new(command), values)], sink).await?;
        match sink.into_any().downcast::<Texts>() {
            Ok(texts) => Ok(db.dialect().explained(&options, &texts.rows)),
            Err(_) => Err(Error::new(ErrorKind::Internal, "the backend gave back another sink")),
        }
    }

    fn request(&self, db: &impl Executor) -> Result<Request> {
        request(db, &mut Statement::Select(self.clone().into_tree()))
    }
}

/// Rows as texts.
#[derive(Default)]
struct Texts {
    rows: Vec<Vec<String>>,
}

impl RowSink for Texts {
    fn wants_columns(&self) -> bool {
        false
    }

    fn row(&mut self, _request: usize, cells: &[ValueRef<'_>]) -> Result<()> {
        let text = |cell: &ValueRef<'_>| match cell {
            ValueRef::Text(text) | ValueRef::Json(text) => (*text).to_owned(),
            ValueRef::I16(number) => number.to_string(),
            ValueRef::I32(number) => number.to_string(),
            ValueRef::I64(number) => number.to_string(),
            _ => String::new(),
        };
        self.rows.push(cells.iter().map(text).collect());
        Ok(())
    }

    fn restart(&mut self) {
        self.rows.clear();
    }

    fn into_any(self: Box<Self>) -> Box<dyn Any + Send> {
        self
    }
}
