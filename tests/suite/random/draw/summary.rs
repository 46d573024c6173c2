//! Random aggregates and windows.

use super::super::cell::Kind;
use super::{Draw, Typed};
use yara_orm::tree::{Aggregate, AggregateFunction, BinaryOperator, Expr, Window, WindowFunction};

impl Draw<'_, '_> {
    /// A value made of aggregates over the rows of the innermost query.
    pub(super) fn summary(&mut self, depth: usize) -> Typed {
        let (expr, kind) = self.aggregate();
        if depth == 0 || !kind.is_number() || !self.one_in(4) {
            return (expr, kind);
        }
        let other = match self.summary(depth - 1) {
            (other, found) if found == kind => other,
            _ => self.literal(kind),
        };
        // Means have as many digits as a product of them would need twice.
        let operator = match kind == Kind::Decimal || self.one_in(2) {
            true => BinaryOperator::Add,
            false => BinaryOperator::Multiply,
        };
        (expr.binary(operator, other), kind)
    }

    fn aggregate(&mut self) -> Typed {
        let filter = |draw: &mut Self| draw.one_in(3).then(|| draw.condition(1));
        let (function, argument, kind) = match self.dice.below(6) {
            0 => (AggregateFunction::Count, None, Kind::Int),
            1 => {
                let function = [AggregateFunction::All, AggregateFunction::Any][self.dice.below(2)];
                (function, Some(self.condition(1)), Kind::Bool)
            }
            _ => {
                let (argument, kind) = self.scalar(1);
                let (function, kind) = self.function(kind);
                (function, Some(argument), kind)
            }
        };
        let distinct = argument.is_some() && kind != Kind::Bool && self.one_in(3);
        let filter = filter(self);
        let aggregate = Aggregate { distinct, filter, ..Aggregate::new(function, argument) };
        (Expr::Aggregate(Box::new(aggregate)), kind)
    }

    /// A number of each row among the rows of the innermost query. Numbers of rows that are equal in
    /// order are no one's choice, so there the key decides.
    pub(super) fn window(&mut self, counts: bool) -> Expr {
        let partition = (0..self.dice.below(2)).map(|_| self.scalar(1).0).collect();
        let by: Vec<Expr> = (0..self.dice.below(2)).map(|_| self.scalar(1).0).collect();
        let mut order: Vec<_> = by.into_iter().map(|expr| self.sorted(expr)).collect();
        let function = match self.dice.below(if counts { 4 } else { 3 }) {
            0 => {
                for expr in self.key(self.own()) {
                    order.push(self.sorted(expr));
                }
                WindowFunction::RowNumber
            }
            1 => WindowFunction::Rank,
            2 => WindowFunction::DenseRank,
            _ => WindowFunction::Aggregate(Aggregate::new(AggregateFunction::Count, None)),
        };
        Expr::Window(Box::new(Window { function, partition, order, frame: None }))
    }
}
