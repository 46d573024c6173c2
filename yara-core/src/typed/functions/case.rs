//! Conditions with values.

use super::super::{Column, Expr, Expression, Pred};
use super::choice::LastOf;
use crate::tree;
use crate::value::{EncodeError, FieldType, Value};
use std::marker::PhantomData;

/// A value for the first condition that is true.
///
/// ```
/// # use library::*;
/// # run(async |db| {
/// let fame = func::case()
///     .when(Book::views.ge(1000), "famous")
///     .when(Book::views.ge(100), "known")
///     .otherwise("new");
/// let fames: Vec<String> = Book::query().order_by(Book::id).select(fame).all(&db).await?;
/// assert_eq!(fames, ["new", "known", "new", "famous"]);
///
/// let stars = func::case().when(Book::rating.ge(4.0), Book::views * 2).end();
/// let stars: Vec<Option<i64>> = Book::query().order_by(Book::id).select(stars).all(&db).await?;
/// assert_eq!(stars, [Some(20), None, None, Some(2000)]);
/// # Ok(()) })
/// ```
pub fn case() -> CaseStart {
    CaseStart(())
}

/// A `case` without conditions.
#[derive(Debug, Clone, Copy)]
#[must_use = "a case needs a condition: `.when(condition, value)`"]
pub struct CaseStart(());

impl CaseStart {
    /// The first condition and its value, whose type is that of the whole.
    pub fn when<M: 'static, V: CaseValue<M>>(
        self,
        condition: Pred<M>,
        value: V,
    ) -> Case<M, V::Type> {
        Case { whens: vec![(condition.into_tree(), value.node())], of: PhantomData }
    }
}

/// Conditions and values, made by [`case`].
#[derive(Debug, Clone)]
#[must_use = "a case is an expression once it has ended: `.otherwise(value)` or `.end()`"]
pub struct Case<M, T> {
    whens: Vec<(tree::Expr, tree::Expr)>,
    of: PhantomData<fn() -> (M, T)>,
}

impl<M: 'static, T: FieldType> Case<M, T> {
    /// Another condition, which counts where none before it is true.
    pub fn when<V: LastOf<M, T, Output = T>>(mut self, condition: Pred<M>, value: V) -> Self {
        self.whens.push((condition.into_tree(), value.last()));
        self
    }

    /// The value where none is true.
    pub fn otherwise<V: LastOf<M, T, Output = T>>(self, value: V) -> Expr<M, T> {
        self.finish(Some(value.last()))
    }

    /// NULL where none is true.
    pub fn end(self) -> Expr<M, T::Optional> {
        self.finish(None)
    }

    fn finish<U>(self, otherwise: Option<tree::Expr>) -> Expr<M, U> {
        Expr::from_tree(tree::Expr::Case(Box::new(tree::Case { whens: self.whens, otherwise })))
    }
}

/// A value, column or expression for rows of `M`, which knows its type.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no value of a row of `{M}`",
    label = "expected a value, or a column or expression of `{M}`"
)]
pub trait CaseValue<M> {
    /// Its type.
    type Type: FieldType;

    /// The node of the query tree.
    fn node(self) -> tree::Expr;
}

fn literal(value: Result<Value, EncodeError>) -> tree::Expr {
    match value {
        Ok(value) => tree::Expr::literal(value),
        Err(error) => tree::Expr::Invalid(error.to_string().into()),
    }
}

#[diagnostic::do_not_recommend]
impl<M, T: FieldType> CaseValue<M> for T {
    type Type = T;

    fn node(self) -> tree::Expr {
        literal(self.into_value())
    }
}

#[diagnostic::do_not_recommend]
impl<M> CaseValue<M> for &str {
    type Type = String;

    fn node(self) -> tree::Expr {
        literal(self.to_owned().into_value())
    }
}

#[diagnostic::do_not_recommend]
impl<M: 'static, T: FieldType> CaseValue<M> for Column<M, T> {
    type Type = T;

    fn node(self) -> tree::Expr {
        self.into_tree()
    }
}

#[diagnostic::do_not_recommend]
impl<M: 'static, T: FieldType> CaseValue<M> for Expr<M, T> {
    type Type = T;

    fn node(self) -> tree::Expr {
        self.into_tree()
    }
}
