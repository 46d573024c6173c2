//! A value as an expression.

use super::super::Expr;
use super::case::CaseValue;

/// A value as an expression, to begin one with.
///
/// ```
/// # use library::*;
/// # run(async |db| {
/// let label = func::value("#").concat(Book::title);
/// let labels = Book::query().order_by(Book::id).select(label).all(&db).await?;
/// assert_eq!(labels[0], "#Notes");
/// # Ok(()) })
/// ```
pub fn value<M: 'static, V: CaseValue<M>>(value: V) -> Expr<M, V::Type> {
    Expr::from_tree(value.node())
}
