//! Which kind of value an expression of a planned tree gives.

use super::{AggregateFunction, BinaryOperator, Expr, Window, WindowFunction};
use crate::value::Type;

impl Expr {
    /// The kind of the value, where the tree knows it: `None` for SQL text and for what has not
    /// been planned.
    pub fn kind(&self) -> Option<Type> {
        match self {
            Expr::Literal(literal) => Some(literal.value.kind()),
            Expr::Slot(slot) => Some(slot.field.kind),
            Expr::Column(column) if column.path.is_empty() => {
                column.table.field(&column.field).ok().map(|field| field.kind)
            }
            Expr::Output(output) => output.kind,
            Expr::Binary(operator, left, right) => operator.kind(left.kind(), right.kind()),
            Expr::Negate(operand) => operand.kind(),
            Expr::And(_)
            | Expr::Or(_)
            | Expr::Not(_)
            | Expr::IsNull(..)
            | Expr::Same(..)
            | Expr::Between(_)
            | Expr::In(_)
            | Expr::InRows(_)
            | Expr::InSelect(..)
            | Expr::Match(_)
            | Expr::Exists(_) => Some(Type::Bool),
            Expr::Aggregate(aggregate) => {
                aggregate_kind(aggregate.function, aggregate.argument.as_ref().and_then(Expr::kind))
            }
            Expr::Call(function, arguments) => function.kind(arguments),
            Expr::Case(case) => {
                common_kind(case.whens.iter().map(|(_, value)| value).chain(&case.otherwise))
            }
            Expr::Custom(custom) => custom.kind,
            Expr::Scalar(select) => select.columns.first().and_then(Expr::kind),
            Expr::Cast(_, kind) => Some(*kind),
            Expr::Window(window) => window_kind(window),
            Expr::Column(_)
            | Expr::Excluded(_)
            | Expr::Related(_)
            | Expr::Tuple(_)
            | Expr::Fields(..)
            | Expr::Invalid(_) => None,
            Expr::Raw(raw) => raw.kind,
        }
    }
}

/// The kind of several values, one of which is given: that of the first that is not NULL itself,
/// which may stand for any kind.
pub(super) fn common_kind<'e>(values: impl Iterator<Item = &'e Expr> + Clone) -> Option<Type> {
    let is_null = |value: &&Expr| matches!(value, Expr::Literal(given) if given.value.is_null());
    let mut known = values.clone().filter(|value| !is_null(value)).filter_map(Expr::kind);
    known.next().or_else(|| values.clone().find_map(Expr::kind))
}

/// The kind of an aggregate over values of a kind: the same on every backend, so sums of integers
/// have 64 bits, and means of them are floats.
fn aggregate_kind(function: AggregateFunction, argument: Option<Type>) -> Option<Type> {
    match (function, argument) {
        (AggregateFunction::Count, _) => Some(Type::I64),
        (AggregateFunction::Custom(_, kind), _) => Some(kind),
        (AggregateFunction::Min | AggregateFunction::Max, kind) => kind,
        (AggregateFunction::Sum, Some(Type::I16 | Type::I32)) => Some(Type::I64),
        (AggregateFunction::Sum, Some(Type::F32)) => Some(Type::F64),
        (AggregateFunction::Avg, Some(Type::I16 | Type::I32 | Type::I64 | Type::F32)) => {
            Some(Type::F64)
        }
        (AggregateFunction::Sum | AggregateFunction::Avg, kind) => kind,
        (AggregateFunction::Text, _) => Some(Type::Text),
        (AggregateFunction::Array, kind) => kind.map(Type::list),
        (AggregateFunction::Json, _) => Some(Type::Json),
        (AggregateFunction::All | AggregateFunction::Any, _) => Some(Type::Bool),
        (
            AggregateFunction::StdDev
            | AggregateFunction::StdDevAll
            | AggregateFunction::Variance
            | AggregateFunction::VarianceAll,
            _,
        ) => Some(Type::F64),
    }
}

fn window_kind(window: &Window) -> Option<Type> {
    use WindowFunction::*;
    match &window.function {
        RowNumber | Rank | DenseRank => Some(Type::I64),
        Ntile(_) => Some(Type::I32),
        PercentRank | CumeDist => Some(Type::F64),
        Lag(value, ..)
        | Lead(value, ..)
        | FirstValue(value)
        | LastValue(value)
        | NthValue(value, _) => value.kind(),
        Aggregate(aggregate) => {
            aggregate_kind(aggregate.function, aggregate.argument.as_ref().and_then(Expr::kind))
        }
    }
}

impl BinaryOperator {
    /// The kind of the value that it gives for operands of two kinds, where that is known.
    pub fn kind(self, left: Option<Type>, right: Option<Type>) -> Option<Type> {
        if self.is_comparison() {
            return Some(Type::Bool);
        }
        if self == BinaryOperator::Concat {
            return Some(Type::Text);
        }
        let (left, right) = (left?, right?);
        match (number_rank(left), number_rank(right)) {
            (Some(first), Some(second)) => Some(if first >= second { left } else { right }),
            _ => moment_kind(self, left, right),
        }
    }
}

/// Numbers in the order in which one gives way to the other, as in PostgreSQL.
fn number_rank(kind: Type) -> Option<u8> {
    Some(match kind {
        Type::I16 => 0,
        Type::I32 => 1,
        Type::I64 => 2,
        Type::Numeric => 3,
        Type::F32 => 4,
        Type::F64 => 5,
        _ => return None,
    })
}

/// Dates and times with intervals.
fn moment_kind(operator: BinaryOperator, left: Type, right: Type) -> Option<Type> {
    use Type::{Date, I16, I32, I64, Interval, Time, Timestamp, TimestampTz};
    match (operator, left, right) {
        (BinaryOperator::Subtract, Date, Date) => Some(I32),
        (_, Date, I16 | I32 | I64) => Some(Date),
        (BinaryOperator::Add, I16 | I32 | I64, Date) => Some(Date),
        (_, Date, Interval) => Some(Timestamp),
        (BinaryOperator::Add, Interval, Date) => Some(Timestamp),
        (_, Interval, Interval) => Some(Interval),
        (_, Timestamp | TimestampTz | Time, Interval) => Some(left),
        (BinaryOperator::Add, Interval, Timestamp | TimestampTz | Time) => Some(right),
        (BinaryOperator::Subtract, Timestamp, Timestamp)
        | (BinaryOperator::Subtract, TimestampTz, TimestampTz)
        | (BinaryOperator::Subtract, Time, Time) => Some(Interval),
        _ => None,
    }
}
