//! Rows that a query joins, or reads from, by a name.

use super::fetch::Decode;
use super::whole::RowOf;
use super::{Cells, Expr, Expression, Model, Pred, Query, Row};
use crate::plan::{is_whole, outputs};
use crate::schema::TableRef;
use crate::tree::{self, ColumnRef, Name, Origin, Output, Select, Source};
use crate::value::FieldType;
use std::marker::PhantomData;

/// Whether what an [`Alias`] stands for has a row beside each row of the query.
pub trait Presence: 'static {
    /// What a column of type `T` is: `T`, or `Option<T>` where there may be no row.
    type Of<T: FieldType>: FieldType;
}

/// There is a row: the alias stands in a `join`.
#[derive(Debug, Clone, Copy)]
pub struct Present;

/// There may be no row: the alias stands in a `left_join`.
#[derive(Debug, Clone, Copy)]
pub struct Perhaps;

impl Presence for Present {
    type Of<T: FieldType> = T;
}

impl Presence for Perhaps {
    type Of<T: FieldType> = T::Optional;
}

/// Rows of `M`, or what a query [selected](Query::select) of them, by a name: what is joined.
///
/// A column of a model is read from the query's own row. [`col`](Alias::col) reads it from the row
/// of an alias, whatever the model of the query is.
///
/// ```
/// # use library::*;
/// # run(async |db| {
/// let other = Book::alias("other");
/// let pairs = Book::query()
///     .join(&other, Book::views.lt(other.col(Book::views)) & Book::author.id.eq(other.col(Book::author.id)))
///     .select((Book::title, other.col(Book::title)));
/// assert_eq!(pairs.all(&db).await?, [("Notes".to_string(), "Engine".to_string())]);
/// # Ok(()) })
/// ```
pub struct Alias<M, Row = M, P = Present> {
    pub(super) name: Name,
    pub(super) source: Source,
    /// Whether the rows are whole rows of the model.
    whole: bool,
    /// The number of columns of a row.
    width: usize,
    decode: Decode<Row>,
    of: PhantomData<fn() -> (M, P)>,
}

impl<M, Row, P> Clone for Alias<M, Row, P> {
    fn clone(&self) -> Self {
        self.with_presence()
    }
}

impl<M, Row, P> std::fmt::Debug for Alias<M, Row, P> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Alias({})", self.name)
    }
}

impl<M: Model> Alias<M> {
    /// The table of a model; [`Model::alias`] is the one to use.
    pub(super) fn of_table(name: Name) -> Alias<M> {
        let table = M::table();
        Alias {
            name,
            source: Source::Table(TableRef(table)),
            whole: true,
            width: table.fields.len(),
            decode: M::decode,
            of: PhantomData,
        }
    }
}

impl<M: Model, R: Send + 'static> Alias<M, R> {
    /// The rows of a query; `source` where they are read from.
    pub(super) fn of_query(
        name: Name,
        select: &Select,
        decode: Decode<R>,
        source: Source,
    ) -> Alias<M, R> {
        Alias {
            name,
            source,
            whole: is_whole(select),
            width: crate::plan::width(&select.columns),
            decode,
            of: PhantomData,
        }
    }

    /// The alias for a [`left_join`](Query::left_join), after which there may be no row: its columns
    /// are `Option`s.
    ///
    /// ```
    /// # use library::*;
    /// # run(async |db| {
    /// let book = Book::alias("book").optional();
    /// let rows: Vec<(String, Option<String>)> = Author::filter(Author::id.ge(3))
    ///     .left_join(&book, book.col(Book::author.id).eq(Author::id))
    ///     .order_by(Author::id)
    ///     .select((Author::name, book.col(Book::title)))
    ///     .all(&db)
    ///     .await?;
    /// assert_eq!(rows, [("Cy".into(), Some("100% sure".into())), ("Dan".into(), None)]);
    /// # Ok(()) })
    /// ```
    pub fn optional(&self) -> Alias<M, R, Perhaps> {
        self.with_presence()
    }

    /// A query for the rows, in which columns of the alias are columns of the query's own row, at
    /// any depth of queries within it.
    ///
    /// ```
    /// # use library::*;
    /// # run(async |db| {
    /// use yara_orm::func::exists;
    ///
    /// let author = Author::alias("author");
    /// let pupil = Author::filter(Author::mentor.id.eq(author.col(Author::id)));
    /// let mentors = author.query().filter(exists(pupil));
    /// assert_eq!(mentors.one(&db).await?.name, "Ada");
    ///
    /// let best = Book::query().order_by(Book::views.desc()).limit(2).as_table("best").query();
    /// let titles = best.order_by(Book::title).select(Book::title); // of the two, in another order
    /// assert_eq!(titles.all(&db).await?, ["100% sure", "Engine"]);
    /// # Ok(()) })
    /// ```
    pub fn query(&self) -> Query<M, R> {
        let mut select = Select::new(M::table());
        select.name = Some(self.name.clone());
        if !matches!(self.source, Source::Table(_)) {
            select.from = Some(self.source.clone());
        }
        select.columns = outputs(self.whole, select.table, self.width);
        Query::from_parts(select, self.decode)
    }

    /// The whole row, to select beside other things.
    ///
    /// ```
    /// # use library::*;
    /// # run(async |db| {
    /// let mentor = Author::alias("mentor");
    /// let pairs: Vec<(Author, Author)> = Author::query()
    ///     .join(&mentor, Author::mentor.id.eq(mentor.col(Author::id)))
    ///     .select((whole::<Author>(), mentor.whole()))
    ///     .all(&db)
    ///     .await?;
    /// assert_eq!((pairs[0].0.name.as_str(), pairs[0].1.name.as_str()), ("Bob", "Ada"));
    /// # Ok(()) })
    /// ```
    pub fn whole(&self) -> RowOf<R>
    where
        R: Row,
    {
        RowOf::new(self.outputs())
    }
}

impl<M: Model, R: Model> Alias<M, R, Perhaps> {
    /// The whole row, to select beside other things; `None` where there is none. Whether there is
    /// one is told by its primary key, which is never NULL.
    ///
    /// ```
    /// # use library::*;
    /// # run(async |db| {
    /// let book = Book::alias("book").optional();
    /// let rows: Vec<(Author, Option<Book>)> = Author::query()
    ///     .left_join(&book, book.col(Book::author.id).eq(Author::id))
    ///     .order_by((Author::id, book.col(Book::id)))
    ///     .select((whole::<Author>(), book.whole()))
    ///     .all(&db)
    ///     .await?;
    /// assert_eq!(rows.len(), 5); // Ada twice, with each of her books
    /// assert_eq!((rows[4].0.name.as_str(), &rows[4].1), ("Dan", &None));
    /// # Ok(()) })
    /// ```
    pub fn whole(&self) -> RowOf<Option<R>> {
        RowOf::new(self.outputs())
    }
}

impl<M: Model, R> Alias<M, R, Perhaps> {
    /// There is a row.
    pub fn exists<N>(&self) -> Pred<N> {
        !self.is_none()
    }

    /// There is no row: what is left of a `left_join` by this has no partner.
    ///
    /// ```
    /// # use library::*;
    /// # run(async |db| {
    /// let book = Book::alias("book").optional();
    /// let idle = Author::query()
    ///     .left_join(&book, book.col(Book::author.id).eq(Author::id))
    ///     .filter(book.is_none());
    /// assert_eq!(idle.one(&db).await?.name, "Dan");
    /// # Ok(()) })
    /// ```
    pub fn is_none<N>(&self) -> Pred<N> {
        let table = M::table();
        let absent = table.key_fields().map(|key| {
            let own = ColumnRef::own(table, key.name);
            let column = ColumnRef { origin: self.origin(), ..own };
            tree::Expr::IsNull(Box::new(tree::Expr::Column(column)), false)
        });
        Pred::from_tree(tree::Expr::And(absent.collect()))
    }
}

impl<M: Model, R, P: Presence> Alias<M, R, P> {
    /// A column or expression, read from the row of the alias.
    ///
    /// Of the rows of a query it is what that query selects.
    ///
    /// ```
    /// # use library::*;
    /// # run(async |db| {
    /// let book = Book::alias("book");
    /// let rows = Author::query()
    ///     .join(&book, book.col(Book::author.mentor.id).eq(Author::id))
    ///     .select((Author::name, book.col(Book::title.lower()), book.col(Book::author.name)));
    /// assert_eq!(rows.one(&db).await?, ("Ada".into(), "école".into(), "Bob".into()));
    /// # Ok(()) })
    /// ```
    pub fn col<N: 'static, T: FieldType>(
        &self,
        expression: impl Expression<Model = M, Type = T>,
    ) -> Expr<N, P::Of<T>> {
        let tree = expression.into_tree();
        Expr::from_tree(tree.read_from(TableRef(M::table()), &self.origin()))
    }

    /// A condition on the row of the alias.
    ///
    /// ```
    /// # use library::*;
    /// # run(async |db| {
    /// let book = Book::alias("book");
    /// let hot = Author::query()
    ///     .join(&book, book.col(Book::author.id).eq(Author::id))
    ///     .filter(book.holds(Book::views.gt(100) & Book::tags.any(Tag::name.eq("maths"))));
    /// assert_eq!(hot.one(&db).await?.name, "Ada");
    /// # Ok(()) })
    /// ```
    pub fn holds<N>(&self, condition: Pred<M>) -> Pred<N> {
        let tree = condition.into_tree();
        Pred::from_tree(tree.read_from(TableRef(M::table()), &self.origin()))
    }

    /// What the query behind the alias selects, in order: an expression, or a tuple of them.
    ///
    /// ```
    /// # use library::*;
    /// # run(async |db| {
    /// let best = Book::query().order_by(Book::views.desc()).limit(2);
    /// let best = best.select((Book::author.id, Book::views * 2)).as_table("best");
    /// let (author, twice) = best.columns();
    /// let rows = Author::query().join(&best, Author::id.eq(author)).order_by(Author::id);
    /// let rows: Vec<(String, i64)> = rows.select((Author::name, twice)).all(&db).await?;
    /// assert_eq!(rows, [("Ada".into(), 1000), ("Cy".into(), 2000)]);
    /// # Ok(()) })
    /// ```
    pub fn columns<N: 'static>(&self) -> R::Of<N, P>
    where
        R: Cells,
    {
        R::cells::<N, P>(&self.name, 0)
    }

    /// All columns.
    fn outputs(&self) -> Vec<tree::Expr> {
        if self.whole {
            return vec![tree::Expr::Fields(TableRef(M::table()), self.origin())];
        }
        let output = |at| Output { origin: self.origin(), ..Output::new(at) };
        (0..self.width).map(|at| tree::Expr::Output(output(at))).collect()
    }
}

impl<M, R, P> Alias<M, R, P> {
    fn origin(&self) -> Origin {
        Origin::Named(self.name.clone())
    }

    fn with_presence<Q>(&self) -> Alias<M, R, Q> {
        Alias {
            name: self.name.clone(),
            source: self.source.clone(),
            whole: self.whole,
            width: self.width,
            decode: self.decode,
            of: PhantomData,
        }
    }

    /// The same rows by another name.
    pub(super) fn renamed(&self, name: Name) -> Alias<M, R, P> {
        Alias { name, ..self.with_presence() }
    }
}
