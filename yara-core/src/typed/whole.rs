//! Whole rows beside columns and expressions.

use super::{Model, Path, Projection, Relation, Row, ToOne, Via};
use crate::schema::TableRef;
use crate::tree::{self, ColumnRef, Origin};
use crate::value::{DecodeError, RowReader};
use std::marker::PhantomData;

/// The whole row of a query's own model, to select beside other things.
///
/// ```
/// # use library::*;
/// # run(async |db| {
/// let rows: Vec<(Book, String)> =
///     Book::query().order_by(Book::id).select((whole::<Book>(), Book::author.name)).all(&db).await?;
/// assert_eq!((rows[2].0.title.as_str(), rows[2].1.as_str()), ("École", "Bob"));
/// # Ok(()) })
/// ```
pub fn whole<M: Model>() -> WholeRow<M> {
    WholeRow(PhantomData)
}

/// The whole row of a query's own model, made by [`whole`].
#[derive(Debug, Clone, Copy)]
pub struct WholeRow<M>(PhantomData<fn() -> M>);

#[diagnostic::do_not_recommend]
impl<M: Model> Projection<M> for WholeRow<M> {
    type Row = M;

    fn append(self, columns: &mut Vec<tree::Expr>) {
        columns.push(tree::Expr::fields(TableRef(M::table())));
    }

    fn decode(row: &mut RowReader<'_, '_>) -> Result<M, DecodeError> {
        M::decode(row)
    }
}

/// The whole row of an alias, made by [`Alias::whole`](super::Alias::whole).
#[derive(Debug, Clone)]
pub struct RowOf<R> {
    columns: Vec<tree::Expr>,
    of: PhantomData<fn() -> R>,
}

impl<R> RowOf<R> {
    pub(super) fn new(columns: Vec<tree::Expr>) -> RowOf<R> {
        RowOf { columns, of: PhantomData }
    }
}

#[diagnostic::do_not_recommend]
impl<M: 'static, R: Row> Projection<M> for RowOf<R> {
    type Row = R;

    fn append(self, columns: &mut Vec<tree::Expr>) {
        columns.extend(self.columns);
    }

    fn decode(row: &mut RowReader<'_, '_>) -> Result<R, DecodeError> {
        R::decode(row)
    }
}

/// A row that may be absent, as that of a left join. Its primary key tells: it is never NULL where
/// there is a row.
impl<M: Model> Row for Option<M> {
    const WIDTH: usize = M::WIDTH;

    fn columns() -> Option<Vec<&'static str>> {
        <M as Row>::columns()
    }

    fn decode(row: &mut RowReader<'_, '_>) -> Result<Self, DecodeError> {
        let key = &M::table().primary_key;
        if key.iter().all(|at| row.is_null(*at)) {
            row.skip(M::WIDTH);
            return Ok(None);
        }
        M::decode(row).map(Some)
    }
}

/// What the row at the end of a path is: itself, or where there may be none, an `Option`. Decided
/// by what the path makes of a column.
pub trait AtEnd<M> {
    /// The row.
    type Row: Row;
}

impl<M: Model> AtEnd<M> for bool {
    type Row = M;
}

impl<M: Model> AtEnd<M> for Option<bool> {
    type Row = Option<M>;
}

impl<P: Path, R: Relation> ToOne<P, R> {
    /// The whole related row, to select beside other things: an `Option` where the relation is
    /// optional.
    ///
    /// ```
    /// # use library::*;
    /// # run(async |db| {
    /// let rows: Vec<(String, Author, Option<Author>)> = Book::query()
    ///     .order_by(Book::id)
    ///     .select((Book::title, Book::author.whole(), Book::author.mentor.whole()))
    ///     .all(&db) // one statement
    ///     .await?;
    /// assert_eq!((rows[2].1.name.as_str(), rows[0].2.is_none()), ("Bob", true));
    /// # Ok(()) })
    /// ```
    pub fn whole(self) -> RelatedRow<P, R> {
        RelatedRow(PhantomData)
    }
}

/// The whole row at the end of a path, made by [`ToOne::whole`].
#[derive(Debug, Clone, Copy)]
pub struct RelatedRow<P, R>(PhantomData<fn() -> (P, R)>);

#[diagnostic::do_not_recommend]
impl<P: Path, R: Relation> Projection<P::Root> for RelatedRow<P, R>
where
    <Via<P, R> as Path>::Of<bool>: AtEnd<R::Target>,
{
    type Row = <<Via<P, R> as Path>::Of<bool> as AtEnd<R::Target>>::Row;

    fn append(self, columns: &mut Vec<tree::Expr>) {
        let (path, _) = <Via<P, R>>::NODE.unroll();
        let table = TableRef(<P::Root as Model>::table());
        columns.extend(R::Target::table().fields.iter().map(|field| {
            let (path, field) = (path.clone(), field.name.into());
            tree::Expr::Column(ColumnRef { table, origin: Origin::Query, path, field })
        }));
    }

    fn decode(row: &mut RowReader<'_, '_>) -> Result<Self::Row, DecodeError> {
        Self::Row::decode(row)
    }
}
