//! Inserting rows together with the rows that are related to them.
//!
//! A graph is inserted level by level: first the rows that others refer to, then those that refer
//! to them, then the rows of the tables between. All rows of a level go in one statement for each
//! relation, whatever their number, and the keys that the database made of the one are filled into
//! the next.

mod branch;
mod level;

pub use branch::{Branch, IntoGraph};

use super::refer::Refer;
use super::{ForeignRelation, Model, NewRow, Root, ThroughRelation, ToMany};
use crate::error::{Error, ErrorKind, Result};
use crate::executor::{Executor, nested, settle};
use crate::schema::Table;
use crate::value::{EncodeError, Value};
use branch::{Grown, Related};

/// A row to insert, and rows that are related to it.
///
/// ```
/// # use library::*;
/// # run(async |db| {
/// let rust = Tag::filter(Tag::name.eq("rust")).one(&db).await?;
/// let eve = Author::create()
///     .name("Eve")
///     .with(
///         Author::books,
///         [
///             Book::create()
///                 .title("Apples")
///                 .author(parent()) // the author that it is inserted with
///                 .with(Book::tags, [Tag::create().name("fruit")])
///                 .link(Book::tags, [&rust]),
///             Book::create().title("Pears").author(parent()).into_graph(),
///         ],
///     )
///     .insert(&db)
///     .await?;
/// assert_eq!(eve.books.get()?[0].tags.get()?[0].name, "fruit");
/// assert_eq!(Book::filter(Book::author.is(&eve)).count(&db).await?, 2);
/// # Ok(()) })
/// ```
#[must_use = "nothing is inserted until `.insert(&db)`"]
pub struct Graph<M: Model> {
    row: NewRow<M>,
    branches: Vec<Box<dyn Grown<M>>>,
}

impl<M: Model> std::fmt::Debug for Graph<M> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let branches: Vec<&str> = self.branches.iter().map(|branch| branch.relation()).collect();
        f.debug_struct("Graph").field("row", &self.row).field("with", &branches).finish()
    }
}

impl<M: Model> Graph<M> {
    pub(super) fn new(row: NewRow<M>) -> Graph<M> {
        Graph { row, branches: Vec::new() }
    }

    /// Related rows to insert as well: of a relation to many a list of builders or graphs, of one
    /// to a single row one of them. Where the foreign key is on their side, it is filled in; where
    /// their builder wants it set, [`parent`] stands for it.
    pub fn with<B: Branch<M, Rows>, Rows>(mut self, relation: B, rows: Rows) -> Graph<M> {
        self.branches.push(relation.branch(rows));
        self
    }

    /// Rows that are there already, to relate to this one through a table between.
    pub fn link<'a, R: ThroughRelation<Owner = M>>(
        mut self,
        _: ToMany<Root<M>, R>,
        rows: impl IntoIterator<Item = &'a R::Target>,
    ) -> Graph<M> {
        let linked = rows.into_iter().cloned().collect();
        self.branches.push(Box::new(Related::<R>::linked(linked)));
        self
    }

    /// Inserts all rows in one transaction, or one savepoint where it runs in a transaction, and
    /// gives the row with its related rows loaded.
    ///
    /// Everything that can be checked without the database is checked before anything is sent; the
    /// error says where in the graph the row is.
    pub async fn insert(self, db: &impl Executor) -> Result<M> {
        let rows = Graph::insert_all([self], db).await?;
        rows.into_iter().next().ok_or_else(|| {
            Error::new(ErrorKind::Internal, "the database gave no row back for an insert")
        })
    }

    /// Inserts several graphs as [`insert`](Graph::insert) does one: in as many statements.
    ///
    /// ```
    /// # use library::*;
    /// # use yara_orm::typed::Graph;
    /// # run(async |db| {
    /// let authors = ["Eve", "Fay"].map(|name| {
    ///     let book = Book::create().title(format!("Life of {name}")).author(parent());
    ///     Author::create().name(name).with(Author::books, [book])
    /// });
    /// let authors = Graph::insert_all(authors, &db).await?;
    /// assert_eq!(authors[1].books.get()?[0].title, "Life of Fay");
    /// # Ok(()) })
    /// ```
    pub async fn insert_all(
        graphs: impl IntoIterator<Item = Graph<M>>,
        db: &impl Executor,
    ) -> Result<Vec<M>> {
        let mut graphs: Vec<Graph<M>> = graphs.into_iter().collect();
        for graph in &mut graphs {
            graph.check(None)?;
        }
        if graphs.is_empty() {
            return Ok(Vec::new());
        }
        let transaction = nested(db).await?;
        let inserted = level::insert(&transaction, graphs).await;
        settle(transaction, inserted).await
    }

    /// Refuses what cannot be inserted. `parent` is the foreign key that will be filled in.
    fn check(&mut self, parent: Option<&'static str>) -> Result<()> {
        let table = M::table();
        if let Some(error) = self.row.error.take() {
            return Err(error);
        }
        for (at, value) in &self.row.values {
            super::create::check(table, *at, value)?;
        }
        let before: Vec<&str> = self
            .branches
            .iter()
            .filter(|branch| branch.is_before())
            .map(|branch| branch.relation())
            .collect();
        if let Some(missing) = self
            .row
            .parents
            .iter()
            .find(|relation| parent != Some(**relation) && !before.contains(*relation))
        {
            return Err(without_parent(table, missing));
        }
        self.branches.iter_mut().try_for_each(|branch| branch.check())
    }
}

/// Stands for the row that a row is inserted with, see [`Graph`].
#[derive(Debug, Clone, Copy)]
pub struct Parent;

/// The row that this one is inserted with, for the setter of a foreign key: see [`Graph`].
pub fn parent() -> Parent {
    Parent
}

#[diagnostic::do_not_recommend]
impl<R: ForeignRelation> Refer<R> for Parent {
    fn key_values(self) -> Result<Option<Vec<Value>>, EncodeError> {
        Ok(None)
    }

    fn is_parent(&self) -> bool {
        true
    }
}

/// The error of a row that was to be inserted with its parent, and has none.
pub(super) fn without_parent(table: &Table, relation: &str) -> Error {
    Error::new(
        ErrorKind::InvalidQuery,
        format!(
            "{}.{relation} is to be the row that this one is inserted with, and there is none; \
             insert it by `.with(…)` of that row, or set `{relation}`",
            table.model
        ),
    )
}
