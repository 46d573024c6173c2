//! What may stand on the right of a comparison or an assignment.

use super::{Aggregate, Column, Expr, Expression};
use crate::tree;
use crate::value::{EncodeError, FieldType, Value};

/// A value, column or expression that fits a `T` of model `M`.
///
/// ```
/// # use library::*;
/// # run(async |db| {
/// let wanted = "Notes".to_owned();
/// let by_value = Book::title.eq("Notes") & Book::title.eq(&wanted) & Book::views.eq(10);
/// let by_column = Book::views.ge(Book::id);
/// let by_expression = Book::rating.lt(Book::rating + 1.0);
/// assert_eq!(Book::filter(by_value & by_column & by_expression).count(&db).await?, 1);
/// # Ok(()) })
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` does not fit a column of type `{T}` of `{M}`",
    label = "expected a `{T}`, or a column or expression of `{M}` with that type"
)]
pub trait Operand<M, T> {
    /// The node of the query tree.
    fn operand(self) -> tree::Expr;
}

/// A value as a node; one that cannot be sent becomes the reason, which running the query returns.
fn node(value: Result<Value, EncodeError>) -> tree::Expr {
    match value {
        Ok(value) => tree::Expr::literal(value),
        Err(error) => tree::Expr::Invalid(error.to_string().into()),
    }
}

#[diagnostic::do_not_recommend]
impl<M, T: FieldType> Operand<M, T> for T {
    fn operand(self) -> tree::Expr {
        node(self.into_value())
    }
}

#[diagnostic::do_not_recommend]
impl<M, T: FieldType> Operand<M, Option<T>> for T {
    fn operand(self) -> tree::Expr {
        node(self.into_value())
    }
}

#[diagnostic::do_not_recommend]
impl<M, T: FieldType> Operand<M, T> for &T {
    fn operand(self) -> tree::Expr {
        node(self.encode())
    }
}

#[diagnostic::do_not_recommend]
impl<M> Operand<M, String> for &str {
    fn operand(self) -> tree::Expr {
        node(self.to_owned().into_value())
    }
}

#[diagnostic::do_not_recommend]
impl<M> Operand<M, Option<String>> for &str {
    fn operand(self) -> tree::Expr {
        node(self.to_owned().into_value())
    }
}

#[diagnostic::do_not_recommend]
impl<M> Operand<M, Vec<u8>> for &[u8] {
    fn operand(self) -> tree::Expr {
        node(self.to_owned().into_value())
    }
}

/// Columns and expressions fit those of their own type, and of that type with or without NULL.
macro_rules! expression_operands {
    ($($shell:ident),+) => {$(
        #[diagnostic::do_not_recommend]
        impl<M: 'static, T: FieldType> Operand<M, T> for $shell<M, T> {
            fn operand(self) -> tree::Expr {
                self.into_tree()
            }
        }

        #[diagnostic::do_not_recommend]
        impl<M: 'static, T: FieldType> Operand<M, Option<T>> for $shell<M, T> {
            fn operand(self) -> tree::Expr {
                self.into_tree()
            }
        }

        #[diagnostic::do_not_recommend]
        impl<M: 'static, T: FieldType> Operand<M, T> for $shell<M, Option<T>> {
            fn operand(self) -> tree::Expr {
                self.into_tree()
            }
        }
    )+};
}

expression_operands!(Aggregate, Column, Expr);
