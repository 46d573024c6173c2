//! Queries within queries.

use super::expression::in_list;
use super::{Expr, Expression, InValue, Model, Pred, Query};
use crate::plan;
use crate::schema::TableRef;
use crate::tree::{self, Origin};
use crate::value::FieldType;

/// A column or expression of a query around this one, for a query within it.
///
/// What it belongs to is checked when the query is run: a query around must be about the model.
/// Of queries of one model within each other, it is the next one around; for any other, name the
/// rows by an [`Alias`](super::Alias).
///
/// ```
/// # use library::*;
/// # run(async |db| {
/// use yara_orm::func::exists;
///
/// let eponymous = Book::filter(Book::title.contains(outer(Author::name)));
/// assert_eq!(Author::filter(exists(eponymous)).count(&db).await?, 0);
/// let rival = Book::filter(Book::views.gt(outer(Book::views)));
/// assert_eq!(Book::filter(!exists(rival)).one(&db).await?.title, "100% sure");
/// # Ok(()) })
/// ```
pub fn outer<N: 'static, E: Expression>(expression: E) -> Expr<N, E::Type>
where
    E::Model: Model,
{
    let table = TableRef(<E::Model as Model>::table());
    Expr::from_tree(expression.into_tree().read_from(table, &Origin::Outer))
}

/// A query gives a row; with `!`, it gives none. It may read the rows around it by [`outer`].
///
/// ```
/// # use library::*;
/// # run(async |db| {
/// use yara_orm::func::exists;
///
/// let better = Book::filter(
///     Book::author.id.eq(outer(Book::author.id)) & Book::views.gt(outer(Book::views)),
/// );
/// let best_of_each = Book::filter(!exists(better)).order_by(Book::id).select(Book::title);
/// assert_eq!(best_of_each.all(&db).await?, ["Engine", "École", "100% sure"]);
/// # Ok(()) })
/// ```
pub fn exists<N, M: Model, Row: Send + 'static>(query: Query<M, Row>) -> Pred<N> {
    Pred::from_tree(tree::Expr::Exists(Box::new(plan::without_columns(query.into_inner()))))
}

impl<M: Model, T: FieldType> Query<M, T> {
    /// The value of the first row, as an expression of another query; NULL where there is no row.
    /// Without an order, the first row is that of the smallest primary key.
    ///
    /// ```
    /// # use library::*;
    /// # run(async |db| {
    /// let latest = Book::filter(Book::author.id.eq(outer(Author::id)))
    ///     .order_by(Book::id.desc())
    ///     .select(Book::title)
    ///     .scalar();
    /// let rows = Author::query().order_by(Author::id).select((Author::name, latest));
    /// assert_eq!(rows.all(&db).await?[0], ("Ada".into(), Some("Engine".into())));
    /// # Ok(()) })
    /// ```
    pub fn scalar<N: 'static>(mut self) -> Expr<N, T::Optional> {
        self.first_only();
        Expr::from_tree(tree::Expr::Scalar(Box::new(self.into_inner())))
    }
}

/// What a value can be among: a list of values, or a query that gives one column of them.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no list of values for a column of type `{T}`",
    label = "expected a list of `{T}`, or a query that selects one column of that type"
)]
pub trait Among<T: FieldType> {
    /// Whether the operand is one of them, as a node of the tree.
    fn holds(self, operand: tree::Expr) -> tree::Expr;
}

#[diagnostic::do_not_recommend]
impl<T: FieldType, I: IntoIterator> Among<T> for I
where
    I::Item: InValue<T>,
{
    fn holds(self, operand: tree::Expr) -> tree::Expr {
        in_list(operand, T::TYPE, self.into_iter().map(InValue::encode))
    }
}

macro_rules! queries_among {
    ($($query:ty: $column:ty),+) => {$(
        #[diagnostic::do_not_recommend]
        impl<M: Model, T: FieldType> Among<$column> for Query<M, $query> {
            fn holds(self, operand: tree::Expr) -> tree::Expr {
                tree::Expr::InSelect(Box::new(operand), Box::new(self.into_inner()))
            }
        }
    )+};
}

queries_among!(T: T, T: Option<T>, Option<T>: T);
