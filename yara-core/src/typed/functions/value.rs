//! A value as an expression.

use super::super::{Expr, Operand};
use crate::value::FieldType;

/// A value as an expression, to begin one with.
///
/// ```
/// # use library::*;
/// # run(async |db| {
/// let label = func::value("#".to_owned()).concat(Book::title);
/// let labels = Book::query().order_by(Book::id).select(label).all(&db).await?;
/// assert_eq!(labels[0], "#Notes");
/// # Ok(()) })
/// ```
pub fn value<M: 'static, T: FieldType>(value: T) -> Expr<M, T> {
    Expr::from_tree(Operand::<M, T>::operand(value))
}
