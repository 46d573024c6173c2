//! Arithmetic by Rust's own operators.

use super::{Aggregate, Column, Expr, Expression, Operand};
use crate::tree::{self, BinaryOperator};
use crate::value::Number;
use std::ops::{Add, Div, Mul, Neg, Rem, Sub};

macro_rules! arithmetic {
    ($shell:ident: $($operator:ident $method:ident $node:ident),+) => {
        $(impl<M: 'static, T: Number, V: Operand<M, T>> $operator<V> for $shell<M, T> {
            type Output = Expr<M, T>;

            fn $method(self, other: V) -> Expr<M, T> {
                Expr::from_tree(self.into_tree().binary(BinaryOperator::$node, other.operand()))
            }
        })+

        impl<M: 'static, T: Number> Neg for $shell<M, T> {
            type Output = Expr<M, T>;

            fn neg(self) -> Expr<M, T> {
                Expr::from_tree(tree::Expr::Negate(Box::new(self.into_tree())))
            }
        }
    };
}

arithmetic!(Column: Add add Add, Sub sub Subtract, Mul mul Multiply, Div div Divide, Rem rem Remainder);
arithmetic!(Expr: Add add Add, Sub sub Subtract, Mul mul Multiply, Div div Divide, Rem rem Remainder);
arithmetic!(Aggregate: Add add Add, Sub sub Subtract, Mul mul Multiply, Div div Divide, Rem rem Remainder);
