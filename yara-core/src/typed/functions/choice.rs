//! Which of several values.

use super::super::{Column, Expr, Expression, Operand};
use super::call;
use crate::tree::{self, Function};
use crate::value::{Comparable, FieldType, Nullability};

/// The type without NULL.
type Base<T> = <T as Nullability>::Base;

/// What stands in for NULL, and what becomes NULL.
pub trait ChoiceFunctions: Expression {
    /// The value, or `other` where it is NULL, which may be NULL as well.
    ///
    /// ```
    /// # use library::*;
    /// # run(async |db| {
    /// let teacher = Author::mentor.name.or(Author::mentor.mentor.name);
    /// assert_eq!(Author::filter(teacher.eq("Ada")).count(&db).await?, 1);
    /// # Ok(()) })
    /// ```
    fn or(
        self,
        other: impl Operand<Self::Model, <Self::Type as FieldType>::Optional>,
    ) -> Expr<Self::Model, <Self::Type as FieldType>::Optional> {
        call(Function::Coalesce, [self.into_tree(), other.operand()])
    }

    /// The value, or `other`, which is never NULL, where it is NULL.
    ///
    /// ```
    /// # use library::*;
    /// # run(async |db| {
    /// let ratings = Book::query().order_by(Book::id).select(Book::rating.unwrap_or(0.0));
    /// assert_eq!(ratings.all(&db).await?, [4.5, 3.0, 0.0, 5.0]);
    /// let mentors = Author::query().order_by(Author::id).select(Author::mentor.name.unwrap_or("-"));
    /// assert_eq!(mentors.all(&db).await?, ["-", "Ada", "-", "-"]);
    /// # Ok(()) })
    /// ```
    fn unwrap_or<V>(self, other: V) -> Expr<Self::Model, Base<Self::Type>>
    where
        Self::Type: Nullability,
        V: LastOf<Self::Model, Base<Self::Type>, Output = Base<Self::Type>>,
    {
        call(Function::Coalesce, [self.into_tree(), other.last()])
    }

    /// NULL where the value is equal to `other`.
    ///
    /// ```
    /// # use library::*;
    /// # run(async |db| {
    /// let title = Book::query().order_by(Book::id).select(Book::title.null_if("Notes"));
    /// assert_eq!(title.first(&db).await?, Some(None));
    /// # Ok(()) })
    /// ```
    fn null_if(
        self,
        other: impl Operand<Self::Model, Self::Type>,
    ) -> Expr<Self::Model, <Self::Type as FieldType>::Optional> {
        call(Function::NullIf, [self.into_tree(), other.operand()])
    }
}

impl<E: Expression> ChoiceFunctions for E {}

/// A value, column or expression for rows of `M` that is a `T` or, as `Output` says, may be NULL
/// as well.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot stand in for a `{T}` of `{M}`",
    label = "expected a `{T}`, or a column or expression of `{M}` with that type"
)]
pub trait LastOf<M, T> {
    /// `T`, or an `Option` of it.
    type Output: FieldType;

    /// The node of the query tree.
    fn last(self) -> tree::Expr;
}

#[diagnostic::do_not_recommend]
impl<M: 'static, T: FieldType> LastOf<M, T> for T {
    type Output = T;

    fn last(self) -> tree::Expr {
        Operand::<M, T>::operand(self)
    }
}

#[diagnostic::do_not_recommend]
impl<M: 'static> LastOf<M, String> for &str {
    type Output = String;

    fn last(self) -> tree::Expr {
        Operand::<M, String>::operand(self)
    }
}

macro_rules! last_shells {
    ($($shell:ident),+) => {$(
        #[diagnostic::do_not_recommend]
        impl<M: 'static, T: FieldType> LastOf<M, T> for $shell<M, T> {
            type Output = T;

            fn last(self) -> tree::Expr {
                self.into_tree()
            }
        }

        #[diagnostic::do_not_recommend]
        impl<M: 'static, T: FieldType> LastOf<M, T> for $shell<M, Option<T>> {
            type Output = Option<T>;

            fn last(self) -> tree::Expr {
                self.into_tree()
            }
        }
    )+};
}

last_shells!(Column, Expr);

/// Two to six values of one type, the first a column or an expression.
#[diagnostic::on_unimplemented(
    message = "`{Self}` are not values of one type",
    note = "write a tuple of two to six: the first is a column or an expression, the others are values, columns or expressions of its type"
)]
pub trait Alternatives {
    /// The model whose rows they are computed from.
    type Model: 'static;
    /// The type of the first.
    type First: FieldType;
    /// The type of the last, which is that of the first, or may be NULL.
    type Last: FieldType;

    /// The nodes of the query tree.
    fn nodes(self) -> Vec<tree::Expr>;
}

macro_rules! alternatives {
    ($(($($middle:ident),*))+) => {$(
        impl<First, $($middle,)* Last> Alternatives for (First, $($middle,)* Last)
        where
            First: Expression<Type: Nullability>,
            $($middle: Operand<First::Model, <First::Type as FieldType>::Optional>,)*
            Last: LastOf<First::Model, <First::Type as Nullability>::Base>,
        {
            type Model = First::Model;
            type First = First::Type;
            type Last = Last::Output;

            fn nodes(self) -> Vec<tree::Expr> {
                #[allow(non_snake_case, reason = "the type parameters name the parts")]
                let (first, $($middle,)* last) = self;
                vec![first.into_tree(), $($middle.operand(),)* last.last()]
            }
        }
    )+};
}

alternatives! { () (A) (A, B) (A, B, C) (A, B, C, D) }

/// The first of several values that is not NULL: never NULL where the last is not.
///
/// ```
/// # use library::*;
/// # run(async |db| {
/// let shown = func::coalesce((Author::mentor.mentor.name, Author::mentor.name, "nobody"));
/// let names: Vec<String> = Author::query().order_by(Author::id).select(shown).all(&db).await?;
/// assert_eq!(names, ["nobody", "Ada", "nobody", "nobody"]);
/// # Ok(()) })
/// ```
pub fn coalesce<A: Alternatives>(values: A) -> Expr<A::Model, A::Last> {
    call(Function::Coalesce, values.nodes())
}

/// The greatest of several values; NULLs are passed over.
///
/// ```
/// # use library::*;
/// # run(async |db| {
/// let views = Book::query().order_by(Book::id).select(func::greatest((Book::views, 100)));
/// assert_eq!(views.all(&db).await?, [100, 500, 100, 1000]);
/// let least = func::least((Book::rating, 4.0));
/// let ratings = Book::query().order_by(Book::id).select(least).all(&db).await?;
/// assert_eq!(ratings, [Some(4.0), Some(3.0), Some(4.0), Some(4.0)]);
/// # Ok(()) })
/// ```
pub fn greatest<A: Alternatives<First: Comparable>>(values: A) -> Expr<A::Model, A::First> {
    call(Function::Greatest, values.nodes())
}

/// The least of several values; NULLs are passed over.
pub fn least<A: Alternatives<First: Comparable>>(values: A) -> Expr<A::Model, A::First> {
    call(Function::Least, values.nodes())
}
