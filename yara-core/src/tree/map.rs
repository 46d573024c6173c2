//! An expression made anew of other operands.

use super::{
    Aggregate, Between, Case, Custom, Expr, InList, InRows, Order, Raw, RawPart, TextMatch, Window,
    WindowFunction,
};
use crate::error::Result;

type Change<'c> = &'c mut dyn FnMut(&Expr) -> Result<Expr>;

impl Expr {
    /// The expression with what `change` makes of each operand in its place. Queries within it are
    /// not entered: their expressions are about rows of their own.
    pub(crate) fn map_operands(&self, change: Change<'_>) -> Result<Expr> {
        Ok(match self {
            Expr::Literal(_)
            | Expr::Column(_)
            | Expr::Fields(..)
            | Expr::Slot(_)
            | Expr::Output(_)
            | Expr::Excluded(_)
            | Expr::Related(_)
            | Expr::Exists(_)
            | Expr::Scalar(_)
            | Expr::Invalid(_) => self.clone(),
            Expr::Binary(operator, left, right) => {
                Expr::Binary(*operator, boxed(left, change)?, boxed(right, change)?)
            }
            Expr::Same(left, right, negated) => {
                Expr::Same(boxed(left, change)?, boxed(right, change)?, *negated)
            }
            Expr::Negate(operand) => Expr::Negate(boxed(operand, change)?),
            Expr::Not(operand) => Expr::Not(boxed(operand, change)?),
            Expr::IsNull(operand, negated) => Expr::IsNull(boxed(operand, change)?, *negated),
            Expr::InSelect(operand, select) => {
                Expr::InSelect(boxed(operand, change)?, select.clone())
            }
            Expr::Cast(operand, kind) => Expr::Cast(boxed(operand, change)?, *kind),
            Expr::And(items) => Expr::And(list(items, change)?),
            Expr::Or(items) => Expr::Or(list(items, change)?),
            Expr::Tuple(items) => Expr::Tuple(list(items, change)?),
            Expr::Call(function, items) => Expr::Call(*function, list(items, change)?),
            Expr::Between(between) => Expr::Between(Box::new(Between {
                operand: change(&between.operand)?,
                low: change(&between.low)?,
                high: change(&between.high)?,
            })),
            Expr::In(of) => {
                Expr::In(Box::new(InList { operand: change(&of.operand)?, ..(**of).clone() }))
            }
            Expr::InRows(rows) => Expr::InRows(Box::new(InRows {
                operands: list(&rows.operands, change)?,
                lists: rows.lists.clone(),
            })),
            Expr::Match(text) => Expr::Match(Box::new(TextMatch {
                operand: change(&text.operand)?,
                pattern: change(&text.pattern)?,
                ..(**text).clone()
            })),
            Expr::Aggregate(inner) => Expr::Aggregate(Box::new(aggregate(inner, change)?)),
            Expr::Window(inner) => Expr::Window(Box::new(window(inner, change)?)),
            Expr::Case(case) => {
                let whens = case.whens.iter().map(|(condition, value)| {
                    let condition = change(condition)?;
                    Ok((condition, change(value)?))
                });
                let whens = whens.collect::<Result<_>>()?;
                Expr::Case(Box::new(Case { whens, otherwise: maybe(&case.otherwise, change)? }))
            }
            Expr::Custom(custom) => Expr::Custom(Box::new(Custom {
                arguments: list(&custom.arguments, change)?,
                ..(**custom).clone()
            })),
            Expr::Raw(raw) => {
                let parts = raw.parts.iter().map(|part| {
                    Ok(match part {
                        RawPart::Text(text) => RawPart::Text(text.clone()),
                        RawPart::Expr(inner) => RawPart::Expr(change(inner)?),
                    })
                });
                Expr::Raw(Box::new(Raw { parts: parts.collect::<Result<_>>()?, kind: raw.kind }))
            }
        })
    }
}

/// An aggregate with other operands.
fn aggregate(inner: &Aggregate, change: Change<'_>) -> Result<Aggregate> {
    Ok(Aggregate {
        function: inner.function,
        argument: maybe(&inner.argument, change)?,
        separator: maybe(&inner.separator, change)?,
        distinct: inner.distinct,
        filter: maybe(&inner.filter, change)?,
        order: orders(&inner.order, change)?,
    })
}

fn window(inner: &Window, change: Change<'_>) -> Result<Window> {
    let mut function = inner.function.clone();
    if let WindowFunction::Aggregate(of) = &mut function {
        *of = aggregate(of, change)?;
    }
    for argument in function.arguments_mut() {
        *argument = change(argument)?;
    }
    Ok(Window {
        function,
        partition: list(&inner.partition, change)?,
        order: orders(&inner.order, change)?,
        frame: inner.frame.clone(),
    })
}

/// Orders by other expressions.
pub(crate) fn orders(orders: &[Order], change: Change<'_>) -> Result<Vec<Order>> {
    let changed =
        orders.iter().map(|order| Ok(Order { expr: change(&order.expr)?, ..order.clone() }));
    changed.collect()
}

/// Other expressions in the places of these.
pub(crate) fn list(exprs: &[Expr], change: Change<'_>) -> Result<Vec<Expr>> {
    exprs.iter().map(change).collect()
}

fn boxed(expr: &Expr, change: Change<'_>) -> Result<Box<Expr>> {
    change(expr).map(Box::new)
}

fn maybe(expr: &Option<Expr>, change: Change<'_>) -> Result<Option<Expr>> {
    expr.as_ref().map(change).transpose()
}
