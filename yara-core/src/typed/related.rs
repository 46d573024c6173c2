//! The related rows of one owner: a query, and for relations through a table, the place to add and
//! remove them.

use super::fetch::{Fetched, request, run};
use super::{
    IntoLoad, IntoOrder, Key, ManyRelation, Model, Pred, Projection, Query, Relation,
    ThroughRelation, Totals,
};
use crate::error::{Error, ErrorKind, Result};
use crate::executor::Executor;
use crate::plan;
use crate::tree::{self, Statement};
use crate::value::Value;
use std::marker::PhantomData;

/// The rows that `R` relates to `owner`.
pub(super) fn query_of<R: Relation>(owner: &R::Owner) -> Query<R::Target> {
    let condition = key_values::<R>(owner)
        .and_then(|key| plan::related_to(R::Owner::table(), R::NAME, key))
        .unwrap_or_else(|error| tree::Expr::Invalid(error.to_string().into()));
    Query::new().filter(Pred::from_tree(condition))
}

/// The values of the owner's side of a relation; `None` where the foreign key is NULL.
fn key_values<R: Relation>(owner: &R::Owner) -> Result<Option<Vec<Value>>> {
    let Some(key) = R::local_key(owner) else { return Ok(None) };
    let mut values = Vec::with_capacity(R::LocalKey::WIDTH);
    key.encode(&mut values)
        .map_err(|reason| Error::new(ErrorKind::InvalidValue, format!("{}: {reason}", R::NAME)))?;
    Ok(Some(values))
}

/// The related rows of one owner: `Author::books.of(&ada)`.
///
/// ```
/// # use library::*;
/// # run(async |db| {
/// let ada = Author::filter(Author::name.eq("Ada")).one(&db).await?;
/// let hot = Author::books.of(&ada).filter(Book::views.gt(100)).all(&db).await?;
/// assert_eq!(hot[0].title, "Engine");
///
/// let (notes, rust) = (Book::find(1).one(&db).await?, Tag::filter(Tag::name.eq("rust")).one(&db).await?);
/// assert_eq!(Book::tags.of(&notes).add(&db, [&rust]).await?, 1);
/// assert_eq!(Book::tags.of(&notes).count(&db).await?, 3);
/// # Ok(()) })
/// ```
#[derive(Debug)]
#[must_use = "it does nothing until it is read or changed"]
pub struct RelatedMany<R: Relation> {
    query: Query<R::Target>,
    owner: Result<Option<Vec<Value>>, String>,
    of: PhantomData<fn() -> R>,
}

impl<R: ManyRelation> RelatedMany<R> {
    pub(super) fn new(owner: &R::Owner) -> RelatedMany<R> {
        RelatedMany {
            query: query_of::<R>(owner),
            owner: key_values::<R>(owner).map_err(|error| error.to_string()),
            of: PhantomData,
        }
    }

    /// The rows as a query.
    pub fn query(self) -> Query<R::Target> {
        self.query
    }

    /// See [`Query::filter`].
    pub fn filter(self, condition: Pred<R::Target>) -> Query<R::Target> {
        self.query.filter(condition)
    }

    /// See [`Query::aggregate`].
    pub fn aggregate<P: Projection<R::Target>>(self, aggregates: P) -> Totals<P::Row> {
        self.query.aggregate(aggregates)
    }

    /// See [`Query::exclude`].
    pub fn exclude(self, condition: Pred<R::Target>) -> Query<R::Target> {
        self.query.exclude(condition)
    }

    /// See [`Query::order_by`].
    pub fn order_by(self, order: impl IntoOrder<R::Target>) -> Query<R::Target> {
        self.query.order_by(order)
    }

    /// See [`Query::load`].
    pub fn load(self, relation: impl IntoLoad<R::Target>) -> Query<R::Target> {
        self.query.load(relation)
    }

    /// See [`Query::all`].
    pub async fn all(self, db: &impl Executor) -> Result<Vec<R::Target>> {
        self.query.all(db).await
    }

    /// See [`Query::first`].
    pub async fn first(self, db: &impl Executor) -> Result<Option<R::Target>> {
        self.query.first(db).await
    }

    /// See [`Query::count`].
    pub async fn count(self, db: &impl Executor) -> Result<u64> {
        self.query.count(db).await
    }

    /// See [`Query::exists`].
    pub async fn exists(self, db: &impl Executor) -> Result<bool> {
        self.query.exists(db).await
    }
}

impl<R: ThroughRelation> RelatedMany<R> {
    /// Relates rows to the owner, in one statement. Those that are related already stay so, once.
    /// Gives the number of rows that were not related before.
    ///
    /// ```
    /// # use library::*;
    /// # run(async |db| {
    /// let tags = Tag::query().all(&db).await?;
    /// let book = Book::filter(Book::title.eq("École")).one(&db).await?;
    /// assert_eq!(Book::tags.of(&book).add(&db, &tags).await?, 3);
    /// assert_eq!(Book::tags.of(&book).add(&db, &tags).await?, 0);
    /// assert_eq!(Book::tags.of(&book).remove(&db, [&tags[0]]).await?, 1);
    /// # Ok(()) })
    /// ```
    pub async fn add<'a>(
        self,
        db: &impl Executor,
        rows: impl IntoIterator<Item = &'a R::Target>,
    ) -> Result<u64> {
        let statements = self.insert(rows)?;
        self.run(db, statements).await
    }

    /// Ends the relation of rows to the owner, in one statement; the rows themselves stay. Gives
    /// the number of rows that were related.
    pub async fn remove<'a>(
        self,
        db: &impl Executor,
        rows: impl IntoIterator<Item = &'a R::Target>,
    ) -> Result<u64> {
        let targets = target_keys(rows)?;
        if targets.is_empty() {
            return Ok(0);
        }
        let statement =
            plan::through_delete(R::Owner::table(), R::NAME, self.key()?, Some(targets))?;
        self.run(db, vec![statement]).await
    }

    /// Relates exactly these rows to the owner: atomic, in one round trip.
    ///
    /// ```
    /// # use library::*;
    /// # run(async |db| {
    /// let tags = Tag::query().order_by(Tag::name).all(&db).await?;
    /// let book = Book::filter(Book::title.eq("Notes")).one(&db).await?;
    /// Book::tags.of(&book).set(&db, [&tags[2]]).await?;
    /// assert_eq!(Book::tags.of(&book).all(&db).await?[0].name, "rust");
    /// assert_eq!(Book::tags.of(&book).clear(&db).await?, 1);
    /// # Ok(()) })
    /// ```
    pub async fn set<'a>(
        self,
        db: &impl Executor,
        rows: impl IntoIterator<Item = &'a R::Target>,
    ) -> Result<()> {
        let rows: Vec<&R::Target> = rows.into_iter().collect();
        let targets = target_keys(rows.iter().copied())?;
        let mut statements =
            vec![plan::through_keep_only(R::Owner::table(), R::NAME, self.key()?, targets)?];
        statements.extend(self.insert(rows)?);
        self.run(db, statements).await.map(drop)
    }

    /// Ends the relation of all rows to the owner. Gives the number of rows that were related.
    pub async fn clear(self, db: &impl Executor) -> Result<u64> {
        let statement = plan::through_delete(R::Owner::table(), R::NAME, self.key()?, None)?;
        self.run(db, vec![statement]).await
    }

    fn insert<'a>(&self, rows: impl IntoIterator<Item = &'a R::Target>) -> Result<Vec<Statement>> {
        let targets = target_keys(rows)?;
        if targets.is_empty() {
            return Ok(Vec::new());
        }
        Ok(vec![plan::through_insert(R::Owner::table(), R::NAME, self.key()?, targets)?])
    }

    fn key(&self) -> Result<Vec<Value>> {
        match &self.owner {
            Ok(Some(key)) => Ok(key.clone()),
            Ok(None) => Err(Error::new(
                ErrorKind::InvalidValue,
                format!("{}: the owner has no key", R::NAME),
            )),
            Err(reason) => Err(Error::new(ErrorKind::InvalidValue, reason.clone())),
        }
    }

    async fn run(&self, db: &dyn Executor, mut statements: Vec<Statement>) -> Result<u64> {
        if statements.is_empty() {
            return Ok(0);
        }
        let batch =
            statements.iter_mut().map(|statement| request(db, statement)).collect::<Result<_>>()?;
        let fetched: Fetched<()> = run(db, batch, |_| Ok(())).await?;
        Ok(fetched.count)
    }
}

/// The keys of rows, each once.
fn target_keys<'a, T: Model>(rows: impl IntoIterator<Item = &'a T>) -> Result<Vec<Vec<Value>>> {
    let mut seen = std::collections::HashSet::new();
    let mut keys = Vec::new();
    for row in rows {
        let key = row.key();
        if !seen.insert(key.clone()) {
            continue;
        }
        let mut values = Vec::with_capacity(T::Key::WIDTH);
        key.encode(&mut values).map_err(|reason| {
            Error::new(
                ErrorKind::InvalidValue,
                format!("the key of {}: {reason}", T::table().model),
            )
        })?;
        keys.push(values);
    }
    Ok(keys)
}
