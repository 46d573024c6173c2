//! The value of an expression as another type.

use super::super::{Expr, Expression};
use super::Of;
use crate::tree;
use crate::value::{FieldType, Nullability};

/// Casts.
pub trait CastFunctions: Expression {
    /// The value as another type: numbers as each other, as text and from it, dates and times as
    /// each other, as text and from it, booleans as text and as integers. Floats and decimals round
    /// half away from zero where they become integers; what cannot be read, or has no room, is an
    /// error of kind `Data`.
    ///
    /// ```
    /// # use library::*;
    /// # run(async |db| {
    /// let label = Book::title.concat(" #").concat(Book::id.cast::<String>());
    /// assert_eq!(Book::query().order_by(Book::id).select(label).first(&db).await?, Some("Notes #1".into()));
    /// let stars = Book::query().order_by(Book::id).select(Book::rating.cast::<i64>());
    /// assert_eq!(stars.all(&db).await?, [Some(5), Some(3), None, Some(5)]);
    /// # Ok(()) })
    /// ```
    fn cast<U: FieldType>(self) -> Expr<Self::Model, Of<Self::Type, U>>
    where
        Self::Type: Nullability,
    {
        Expr::from_tree(tree::Expr::Cast(Box::new(self.into_tree()), U::TYPE))
    }
}

impl<E: Expression> CastFunctions for E {}
