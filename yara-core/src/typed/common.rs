//! Common table expressions: queries with names, beside the query that reads them.

use super::{Alias, Delete, InsertFrom, Model, Query, Update};
use crate::error::Result;
use crate::schema::TableRef;
use crate::tree::{self, CommonQuery, Name, Select, Source, Statement};
use std::ops::Deref;

/// A query with a name, which other queries read: SQL's `with`.
///
/// It is an [`Alias`] of its rows, so it is joined like one; the query that does so has it
/// [`with`](Query::with) it. [`query`](Common::query) reads it alone.
///
/// ```
/// # use library::*;
/// # run(async |db| {
/// let hot = Book::filter(Book::views.ge(500)).as_common("hot");
/// let writers = Author::query()
///     .with(&hot)
///     .join(&hot, hot.col(Book::author.id).eq(Author::id))
///     .order_by(Author::id)
///     .select((Author::name, hot.col(Book::title)));
/// assert_eq!(writers.all(&db).await?[1], ("Cy".into(), "100% sure".into()));
/// assert_eq!(hot.query().filter(Book::author.name.eq("Ada")).count(&db).await?, 1);
/// # Ok(()) })
/// ```
#[derive(Debug, Clone)]
pub struct Common<M, Row = M> {
    alias: Alias<M, Row>,
    definition: tree::Common,
}

impl<M, Row> Deref for Common<M, Row> {
    type Target = Alias<M, Row>;

    fn deref(&self) -> &Alias<M, Row> {
        &self.alias
    }
}

impl<M: Model, Row: Send + 'static> Common<M, Row> {
    /// `columns` says what the rows are.
    fn new(
        name: Name,
        columns: &Select,
        decode: super::fetch::Decode<Row>,
        query: CommonQuery,
    ) -> Common<M, Row> {
        let source = Source::Common(name.clone());
        let alias = Alias::of_query(name.clone(), columns, decode, source);
        Common { alias, definition: tree::Common { name, query, materialized: None } }
    }

    /// Computes the rows once, however often they are read, and does not mix the query with those
    /// that read them.
    ///
    /// ```
    /// # use library::*;
    /// # run(async |db| {
    /// let hot = Book::filter(Book::views.ge(500)).as_common("hot").materialized();
    /// assert_eq!(hot.query().count(&db).await?, 2);
    /// # Ok(()) })
    /// ```
    #[must_use]
    pub fn materialized(mut self) -> Self {
        self.definition.materialized = Some(true);
        self
    }

    /// Computes the rows as a part of each query that reads them.
    #[must_use]
    pub fn not_materialized(mut self) -> Self {
        self.definition.materialized = Some(false);
        self
    }

    /// A query for the rows, which has this one with it.
    pub fn query(&self) -> Query<M, Row> {
        self.alias.query().with(self)
    }

    /// The rows by another name, to be joined a second time.
    ///
    /// ```
    /// # use library::*;
    /// # run(async |db| {
    /// let hot = Book::filter(Book::views.ge(10)).as_common("hot");
    /// let (one, two) = (hot.alias("one"), hot.alias("two"));
    /// let pairs = one.query().with(&hot).join(&two, one.col(Book::views).lt(two.col(Book::views)));
    /// assert_eq!(pairs.count(&db).await?, 3);
    /// # Ok(()) })
    /// ```
    pub fn alias(&self, name: impl Into<Name>) -> Alias<M, Row> {
        self.alias.renamed(name.into())
    }
}

impl<M: Model, Row: Send + 'static> Query<M, Row> {
    /// A query whose rows this one, and those within it, read by name.
    pub fn with<N, R>(mut self, common: &Common<N, R>) -> Self {
        self.select.with.push(common.definition.clone());
        self
    }

    /// The query with a name, to be read by others: see [`Common`].
    pub fn as_common(self, name: impl Into<Name>) -> Common<M, Row> {
        let decode = self.decode;
        let select = self.into_inner();
        let query = CommonQuery::Select(Box::new(select.clone()));
        Common::new(name.into(), &select, decode, query)
    }

    /// The rows of this query, and those that `step` makes of the rows found last, round after
    /// round, until there are none that were not there before.
    ///
    /// `step` is given the rows found last. For whole rows along a relation there is
    /// [`follow`](Query::follow).
    ///
    /// ```
    /// # use library::*;
    /// # run(async |db| {
    /// let roots = Author::filter(Author::mentor.is_none());
    /// let tree = roots.select((Author::id, Author::name)).as_recursive("tree", |above| {
    ///     let (id, path) = above.columns();
    ///     Author::query()
    ///         .join(above, Author::mentor.id.eq(id))
    ///         .select((Author::id, path.concat(" / ").concat(Author::name)))
    /// });
    /// let (_, path) = tree.columns();
    /// let paths: Vec<String> = tree.query().order_by(path.clone()).select(path).all(&db).await?;
    /// assert_eq!(paths, ["Ada", "Ada / Bob", "Cy", "Dan"]);
    /// # Ok(()) })
    /// ```
    pub fn as_recursive<N: Model>(
        self,
        name: impl Into<Name>,
        step: impl FnOnce(&Alias<M, Row>) -> Query<N, Row>,
    ) -> Common<M, Row> {
        self.recursive(name.into(), false, step)
    }

    /// [`as_recursive`](Query::as_recursive), in which rows that are there already count again.
    /// Where rows lead in a circle, it does not end.
    pub fn as_recursive_all<N: Model>(
        self,
        name: impl Into<Name>,
        step: impl FnOnce(&Alias<M, Row>) -> Query<N, Row>,
    ) -> Common<M, Row> {
        self.recursive(name.into(), true, step)
    }

    fn recursive<N: Model>(
        self,
        name: Name,
        all: bool,
        step: impl FnOnce(&Alias<M, Row>) -> Query<N, Row>,
    ) -> Common<M, Row> {
        let decode = self.decode;
        let base = self.into_inner();
        let source = Source::Common(name.clone());
        let above = Alias::of_query(name.clone(), &base, decode, source);
        let step = Box::new(step(&above).into_inner());
        let query = CommonQuery::Recursive { base: Box::new(base.clone()), step, all };
        Common::new(name, &base, decode, query)
    }
}

impl<M: Model> Update<M> {
    /// The update with a name: its rows, as they are then, to be read by the query that it stands
    /// [`with`](Query::with). It runs once, whatever is read of it. PostgreSQL only.
    pub fn as_common(self, name: impl Into<Name>) -> Common<M> {
        let query = match self.into_statement(vec![tree::Expr::fields(TableRef(M::table()))]) {
            Ok(Statement::Update(update)) => Ok(CommonQuery::Update(Box::new(update))),
            Ok(_) => Ok(nothing::<M>()),
            Err(error) => Err(error),
        };
        writing(name.into(), query)
    }
}

impl<M: Model> Delete<M> {
    /// The delete with a name: the rows as they were, to be read by the query that it stands
    /// [`with`](Query::with). It runs once, whatever is read of it. PostgreSQL only.
    ///
    /// ```
    /// # use library::*;
    /// # run(async |db| {
    /// let gone = Book::filter(Book::views.lt(10)).delete().as_common("gone");
    /// let error = gone.query().count(&db).await.unwrap_err(); // the examples run on SQLite
    /// assert!(error.is_unsupported());
    /// # Ok(()) })
    /// ```
    pub fn as_common(self, name: impl Into<Name>) -> Common<M> {
        let returning = vec![tree::Expr::fields(TableRef(M::table()))];
        writing(name.into(), Ok(CommonQuery::Delete(Box::new(self.into_tree(returning)))))
    }
}

impl<M: Model> InsertFrom<M> {
    /// Inserts the rows within a query, which reads the new ones: on PostgreSQL alone, see
    /// [`Delete::as_common`](Delete::as_common).
    pub fn as_common(self, name: impl Into<Name>) -> Common<M> {
        let query = match self.into_statement(vec![tree::Expr::fields(TableRef(M::table()))]) {
            Ok(Statement::Insert(insert)) => Ok(CommonQuery::Insert(Box::new(insert))),
            Ok(_) => Ok(nothing::<M>()),
            Err(error) => Err(error),
        };
        writing(name.into(), query)
    }
}

/// A statement that writes; what is wrong with it is the error of the query that reads it.
fn writing<M: Model>(name: Name, query: Result<CommonQuery>) -> Common<M> {
    let query = query.unwrap_or_else(|error| {
        let mut select = whole::<M>();
        select.filter.push(tree::Expr::Invalid(error.to_string().into()));
        CommonQuery::Select(Box::new(select))
    });
    Common::new(name, &whole::<M>(), M::decode, query)
}

fn nothing<M: Model>() -> CommonQuery {
    CommonQuery::Select(Box::new(whole::<M>()))
}

fn whole<M: Model>() -> Select {
    let mut select = Select::new(M::table());
    select.columns.push(tree::Expr::fields(select.table));
    select
}
