//! Numbers.

use super::super::{Expr, Expression, Operand};
use super::{Of, call, unary};
use crate::tree::Function;
use crate::value::Number;

/// What can be computed of a number. What has no result (the root of a negative number, a power
/// that is too large) is an error of kind `Data`.
///
/// ```
/// # use library::*;
/// # run(async |db| {
/// let rounded = Book::query().order_by(Book::id).select((Book::rating / 7.0).round_to(2));
/// assert_eq!(rounded.all(&db).await?, [Some(0.64), Some(0.43), None, Some(0.71)]);
/// # Ok(()) })
/// ```
pub trait NumberFunctions: Expression {
    /// Without its sign.
    ///
    /// ```
    /// # use library::*;
    /// # run(async |db| {
    /// assert_eq!(Book::filter((Book::views - 100).abs().lt(100)).count(&db).await?, 2);
    /// # Ok(()) })
    /// ```
    fn abs(self) -> Expr<Self::Model, Self::Type>
    where
        Self::Type: Number,
    {
        unary(Function::Abs, self)
    }

    /// -1, 0 or 1.
    fn signum(self) -> Expr<Self::Model, Of<Self::Type, i32>>
    where
        Self::Type: Number,
    {
        unary(Function::Sign, self)
    }

    /// Rounded to a whole number, half away from zero: floats as well as decimals.
    ///
    /// ```
    /// # use library::*;
    /// # run(async |db| {
    /// let rounded = Book::query().order_by(Book::id).select(Book::rating.round());
    /// assert_eq!(rounded.first(&db).await?, Some(Some(5.0))); // 4.5
    /// # Ok(()) })
    /// ```
    fn round(self) -> Expr<Self::Model, Self::Type>
    where
        Self::Type: Number,
    {
        unary(Function::Round, self)
    }

    /// Rounded to so many digits after the point, half away from zero; before it, where the number
    /// is negative. A float is rounded by the digits with which it is written.
    fn round_to(self, digits: impl Operand<Self::Model, i32>) -> Expr<Self::Model, Self::Type>
    where
        Self::Type: Number,
    {
        call(Function::Round, [self.into_tree(), digits.operand()])
    }

    /// Without what follows the point.
    fn trunc(self) -> Expr<Self::Model, Self::Type>
    where
        Self::Type: Number,
    {
        unary(Function::Trunc, self)
    }

    /// Cut off after so many digits after the point.
    ///
    /// ```
    /// # use library::*;
    /// # run(async |db| {
    /// let hundreds = Book::query().order_by(Book::id).select(Book::views.trunc_to(-2));
    /// assert_eq!(hundreds.all(&db).await?, [0, 500, 0, 1000]);
    /// # Ok(()) })
    /// ```
    fn trunc_to(self, digits: impl Operand<Self::Model, i32>) -> Expr<Self::Model, Self::Type>
    where
        Self::Type: Number,
    {
        call(Function::Trunc, [self.into_tree(), digits.operand()])
    }

    /// The greatest whole number that is not greater.
    fn floor(self) -> Expr<Self::Model, Self::Type>
    where
        Self::Type: Number,
    {
        unary(Function::Floor, self)
    }

    /// The least whole number that is not less.
    fn ceil(self) -> Expr<Self::Model, Self::Type>
    where
        Self::Type: Number,
    {
        unary(Function::Ceil, self)
    }

    /// To the power of `exponent`, as a float.
    ///
    /// ```
    /// # use library::*;
    /// # run(async |db| {
    /// let powers = Author::query().order_by(Author::id).select(Author::id.pow(2.0).sqrt());
    /// assert_eq!(powers.all(&db).await?, [1.0, 2.0, 3.0, 4.0]);
    /// # Ok(()) })
    /// ```
    fn pow(self, exponent: impl Operand<Self::Model, f64>) -> Expr<Self::Model, Of<Self::Type, f64>>
    where
        Self::Type: Number,
    {
        call(Function::Power, [self.into_tree(), exponent.operand()])
    }

    /// The square root, as a float.
    fn sqrt(self) -> Expr<Self::Model, Of<Self::Type, f64>>
    where
        Self::Type: Number,
    {
        unary(Function::Sqrt, self)
    }

    /// e to this power, as a float.
    fn exp(self) -> Expr<Self::Model, Of<Self::Type, f64>>
    where
        Self::Type: Number,
    {
        unary(Function::Exp, self)
    }

    /// The natural logarithm, as a float.
    ///
    /// ```
    /// # use library::*;
    /// # run(async |db| {
    /// let ones = Author::query().select((Author::id * 0).exp().ln());
    /// assert_eq!(ones.first(&db).await?, Some(0.0));
    /// let error = Author::query().select((Author::id * 0).ln()).all(&db).await.unwrap_err();
    /// assert_eq!(error.kind(), ErrorKind::Data);
    /// # Ok(()) })
    /// ```
    fn ln(self) -> Expr<Self::Model, Of<Self::Type, f64>>
    where
        Self::Type: Number,
    {
        unary(Function::Ln, self)
    }
}

impl<E: Expression> NumberFunctions for E {}

/// A random float from 0 to below 1, another one for each row.
///
/// ```
/// # use library::*;
/// # run(async |db| {
/// let any = Book::query().order_by(func::random()).first(&db).await?;
/// assert!(any.is_some());
/// # Ok(()) })
/// ```
pub fn random<M: 'static>() -> Expr<M, f64> {
    call(Function::Random, [])
}
