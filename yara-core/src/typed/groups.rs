//! Groups of rows, and queries of their values.

use super::fetch::{Decode, fetch};
use super::{
    Column, Expr, Expression, Model, OneRelation, Path, Pred, Projection, Query, ToOne, Via,
};
use crate::error::{Error, ErrorKind, Result};
use crate::executor::Executor;
use crate::plan;
use crate::tree::{self, Select, Statement};
use crate::value::FieldType;

/// What rows are grouped by, or a window is parted by: a column or expression, a relation to one row
/// (the rows that lead to the same row), or a tuple of them.
///
/// ```
/// # use library::*;
/// # run(async |db| {
/// let query = Book::query().group_by((Book::author, Book::views / 100));
/// assert_eq!(query.select(func::count()).count(&db).await?, 4);
/// # Ok(()) })
/// ```
#[diagnostic::on_unimplemented(
    message = "rows of `{M}` cannot be grouped by `{Self}`",
    note = "group by a column, an expression or a relation of `{M}`, or by a tuple of them"
)]
pub trait IntoGroups<M> {
    /// Appends the groups.
    fn append(self, groups: &mut Vec<tree::Expr>);
}

#[diagnostic::do_not_recommend]
impl<M: 'static, T: FieldType> IntoGroups<M> for Column<M, T> {
    fn append(self, groups: &mut Vec<tree::Expr>) {
        groups.push(self.into_tree());
    }
}

#[diagnostic::do_not_recommend]
impl<M: 'static, T: FieldType> IntoGroups<M> for Expr<M, T> {
    fn append(self, groups: &mut Vec<tree::Expr>) {
        groups.push(self.into_tree());
    }
}

#[diagnostic::do_not_recommend]
impl<M> IntoGroups<M> for Pred<M> {
    fn append(self, groups: &mut Vec<tree::Expr>) {
        groups.push(self.into_tree());
    }
}

#[diagnostic::do_not_recommend]
impl<M: Model, P: Path<Root = M>, R: OneRelation> IntoGroups<M> for ToOne<P, R> {
    fn append(self, groups: &mut Vec<tree::Expr>) {
        let (path, _) = <Via<P, R>>::NODE.unroll();
        groups.extend(R::Target::table().key_fields().map(|field| {
            let own = tree::ColumnRef::own(M::table(), field.name);
            tree::Expr::Column(tree::ColumnRef { path: path.clone(), ..own })
        }));
    }
}

macro_rules! group_tuples {
    ($(($($part:ident),+))+) => {$(
        impl<M, $($part: IntoGroups<M>),+> IntoGroups<M> for ($($part,)+) {
            fn append(self, groups: &mut Vec<tree::Expr>) {
                #[allow(non_snake_case, reason = "the type parameters name the parts")]
                let ($($part,)+) = self;
                $($part.append(groups);)+
            }
        }
    )+};
}

group_tuples! { (A) (A, B) (A, B, C) (A, B, C, D) (A, B, C, D, E) (A, B, C, D, E, F) }

impl<M: Model, Row: Send + 'static> Query<M, Row> {
    /// Makes one row of all that have the same values. What is selected, sorted by, and asked of the
    /// groups by [`having`](Query::having) is what the groups are made by, what follows from it (a
    /// relation has one name), and aggregates.
    ///
    /// ```
    /// # use library::*;
    /// # run(async |db| {
    /// let rows: Vec<(String, i64, Option<f64>)> = Book::filter(Book::views.gt(5))
    ///     .group_by(Book::author)
    ///     .having(func::sum(Book::views).gt(100))
    ///     .order_by(func::count().desc())
    ///     .select((Book::author.name, func::count(), func::avg(Book::rating)))
    ///     .all(&db)
    ///     .await?;
    /// assert_eq!(rows[0], ("Ada".into(), 2, Some(3.75)));
    /// assert_eq!(rows.len(), 2);
    ///
    /// let loose = Book::query().group_by(Book::author).select(Book::title).all(&db).await;
    /// assert!(loose.is_err_and(|error| error.to_string().contains("neither grouped by")));
    /// # Ok(()) })
    /// ```
    pub fn group_by(mut self, groups: impl IntoGroups<M>) -> Self {
        groups.append(&mut self.select.group_by);
        self
    }

    /// Only the groups that match, too.
    pub fn having(mut self, condition: Pred<M>) -> Self {
        self.select.having.push(condition.into_tree());
        self
    }

    /// Aggregates of exactly the rows that the query gives, as one row: its slice and `distinct`
    /// count.
    ///
    /// ```
    /// # use library::*;
    /// # run(async |db| {
    /// let top = Book::query().order_by(Book::views.desc()).limit(2);
    /// let totals = (func::count(), func::sum(Book::views), func::avg(Book::rating));
    /// assert_eq!(top.aggregate(totals).one(&db).await?, (2, Some(1500), Some(4.0)));
    ///
    /// let names = Book::query().select(Book::author.name).distinct();
    /// assert_eq!(names.aggregate(func::max(Book::author.name)).one(&db).await?, Some("Cy".into()));
    /// # Ok(()) })
    /// ```
    pub fn aggregate<P: Projection<M>>(self, aggregates: P) -> Totals<P::Row> {
        let mut columns = Vec::new();
        aggregates.append(&mut columns);
        let select = plan::aggregate(self.select, columns);
        Totals { select: select.map_err(|error| error.to_string()), decode: P::decode }
    }
}

/// The one row of [`Query::aggregate`].
#[must_use = "a query does nothing until it is run: `.one(&db)`"]
pub struct Totals<Row> {
    select: Result<Select, String>,
    decode: Decode<Row>,
}

impl<Row> std::fmt::Debug for Totals<Row> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.select.fmt(f)
    }
}

impl<Row: Send + 'static> Totals<Row> {
    /// Reads the row.
    pub async fn one(self, db: &impl Executor) -> Result<Row> {
        let decode = self.decode;
        let fetched = fetch(db, Statement::Select(self.into_tree()?), decode).await?;
        fetched.rows.into_iter().next().ok_or_else(|| {
            Error::new(ErrorKind::Internal, "the database gave no row of aggregates")
        })
    }

    /// The query as a tree.
    pub fn into_tree(self) -> Result<Select> {
        self.select.map_err(|reason| Error::new(ErrorKind::InvalidQuery, reason))
    }
}
