//! Whether an expression of a planned tree can be NULL.

use super::{AggregateFunction, BinaryOperator, Expr, Window, WindowFunction};

impl Expr {
    /// Whether the value can be NULL, as far as the tree tells; `true` where it does not.
    ///
    /// A literal always can: the statement of `None` is that of `Some`.
    pub fn is_nullable(&self) -> bool {
        match self {
            Expr::Slot(slot) => slot.nullable,
            Expr::Output(output) => output.nullable,
            Expr::Column(column) if column.path.is_empty() => {
                column.table.field(&column.field).map_or(true, |field| field.nullable)
            }
            // SQLite's answer to a division by zero is NULL.
            Expr::Binary(BinaryOperator::Divide | BinaryOperator::Remainder, ..) => true,
            Expr::Binary(_, left, right) => left.is_nullable() || right.is_nullable(),
            Expr::Negate(operand) | Expr::Cast(operand, _) => operand.is_nullable(),
            Expr::And(items) | Expr::Or(items) | Expr::Tuple(items) => any(items),
            Expr::Not(_) | Expr::IsNull(..) | Expr::Same(..) | Expr::Exists(_) => false,
            Expr::Window(window) => is_window_nullable(window),
            Expr::Case(case) => match &case.otherwise {
                None => true,
                Some(otherwise) => {
                    otherwise.is_nullable()
                        || case.whens.iter().any(|(_, value)| value.is_nullable())
                }
            },
            Expr::Between(between) => {
                between.operand.is_nullable()
                    || between.low.is_nullable()
                    || between.high.is_nullable()
            }
            Expr::In(list) => list.operand.is_nullable() && !list.with_null,
            Expr::InRows(rows) => any(&rows.operands),
            Expr::InSelect(operand, select) => operand.is_nullable() || any(&select.columns),
            Expr::Match(text) => text.operand.is_nullable() || text.pattern.is_nullable(),
            Expr::Aggregate(aggregate) => aggregate.function != AggregateFunction::Count,
            Expr::Call(function, arguments) => function.is_nullable(arguments),
            Expr::Scalar(select) => !matches!(
                (select.columns.as_slice(), select.group_by.is_empty(), select.is_sliced()),
                ([Expr::Aggregate(aggregate)], true, false)
                    if aggregate.function == AggregateFunction::Count
            ),
            Expr::Literal(_)
            | Expr::Column(_)
            | Expr::Excluded(_)
            | Expr::Related(_)
            | Expr::Fields(..)
            | Expr::Custom(_)
            | Expr::Raw(_)
            | Expr::Invalid(_) => true,
        }
    }
}

fn is_window_nullable(window: &Window) -> bool {
    use WindowFunction::*;
    match &window.function {
        RowNumber | Rank | DenseRank | PercentRank | CumeDist | Ntile(_) => false,
        Aggregate(aggregate) => aggregate.function != AggregateFunction::Count,
        Lag(..) | Lead(..) | FirstValue(_) | LastValue(_) | NthValue(..) => true,
    }
}

fn any(items: &[Expr]) -> bool {
    items.iter().any(Expr::is_nullable)
}
