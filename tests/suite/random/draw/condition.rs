//! Random conditions.

use super::super::cell::Kind;
use super::scalar::related;
use super::{Draw, Typed};
use yara_orm::tree::{
    Between, BinaryOperator, Expr, InList, Literal, MatchKind, Quantifier, TextMatch,
};
use yara_orm::value::{Array, Value};

const COMPARISONS: [BinaryOperator; 6] = [
    BinaryOperator::Equal,
    BinaryOperator::NotEqual,
    BinaryOperator::Less,
    BinaryOperator::LessOrEqual,
    BinaryOperator::Greater,
    BinaryOperator::GreaterOrEqual,
];

impl Draw<'_, '_> {
    /// A condition on rows of the innermost query.
    pub(super) fn condition(&mut self, depth: usize) -> Expr {
        if depth == 0 || self.one_in(3) {
            let (expr, kind) = self.scalar(depth.min(1));
            return self.compared(expr, kind, depth);
        }
        match self.dice.below(7) {
            0 => self.condition(depth - 1).and(self.condition(depth - 1)),
            1 => self.condition(depth - 1).or(self.condition(depth - 1)),
            2 => Expr::Not(Box::new(self.condition(depth - 1))),
            3 => self.of_query(depth),
            _ => match self.many_path() {
                None => Expr::Not(Box::new(self.condition(depth - 1))),
                Some(path) => {
                    let asked = [Quantifier::Any, Quantifier::None, Quantifier::All];
                    let quantifier = asked[self.dice.below(3)].clone();
                    let condition = self.within(path.end, |draw| draw.condition(depth - 1));
                    related(path, quantifier, Some(condition))
                }
            },
        }
    }

    /// A condition on a group: on its aggregates, and on what makes it.
    pub(super) fn of_groups(&mut self, groups: &[Typed], depth: usize) -> Expr {
        if depth > 0 && self.one_in(2) {
            return match self.dice.below(3) {
                0 => self.of_groups(groups, depth - 1).and(self.of_groups(groups, depth - 1)),
                1 => self.of_groups(groups, depth - 1).or(self.of_groups(groups, depth - 1)),
                _ => Expr::Not(Box::new(self.of_groups(groups, depth - 1))),
            };
        }
        let (expr, kind) = match groups.is_empty() || self.one_in(2) {
            true => self.summary(1),
            false => groups[self.dice.below(groups.len())].clone(),
        };
        self.compared_with_values(expr, kind)
    }

    /// Whether a query has rows, or gives a value.
    fn of_query(&mut self, depth: usize) -> Expr {
        let at = self.dice.below(self.memory.models.len());
        if self.one_in(2) {
            let select = self.within(at, |draw| draw.small(depth));
            return Expr::Exists(Box::new(select));
        }
        let (operand, kind) = self.scalar(depth - 1);
        let select = self.within(at, |draw| {
            let mut select = draw.small(depth);
            let column = draw.scalar_of(kind, depth - 1);
            select.columns.push(column);
            if draw.one_in(3) {
                let key = draw.key(at);
                draw.order(&mut select, key);
                draw.slice(&mut select);
            }
            select
        });
        Expr::InSelect(Box::new(operand), Box::new(select))
    }

    pub(super) fn comparison(&mut self, left: Expr, right: Expr) -> Expr {
        left.binary(COMPARISONS[self.dice.below(6)], right)
    }

    /// A comparison of an expression of a kind.
    fn compared(&mut self, expr: Expr, kind: Kind, depth: usize) -> Expr {
        if depth == 0 || self.one_in(2) {
            return self.compared_with_values(expr, kind);
        }
        let other = self.scalar_of(kind, depth - 1);
        match self.dice.below(6) {
            0 => expr.equal(other),
            1 => expr.not_equal(other),
            2 => Expr::Same(Box::new(expr), Box::new(other), self.one_in(2)),
            3 if kind == Kind::Text => self.matched(expr, other),
            _ => self.comparison(expr, other),
        }
    }

    fn compared_with_values(&mut self, expr: Expr, kind: Kind) -> Expr {
        match self.dice.below(8) {
            0 => Expr::IsNull(Box::new(expr), self.one_in(2)),
            1 => {
                let (items, with_null) = self.values(kind);
                let list = Array::new(kind.stored().list(), items);
                let list = Literal::new(Value::Array(Box::new(list)));
                Expr::In(Box::new(InList { operand: expr, list, with_null }))
            }
            2 => {
                let (low, high) = (self.literal(kind), self.literal(kind));
                Expr::Between(Box::new(Between { operand: expr, low, high }))
            }
            3 => {
                let other = self.literal(kind);
                Expr::Same(Box::new(expr), Box::new(other), self.one_in(2))
            }
            4 => expr.equal(self.literal(kind)),
            5 => expr.not_equal(self.literal(kind)),
            6 if kind == Kind::Text => {
                let letters = ['a', 'A', 'É', 'é', 'B', '%', '_', '\\'];
                let letter = |draw: &mut Self| letters[draw.dice.below(8)];
                let pattern: String = (0..self.dice.below(3)).map(|_| letter(self)).collect();
                self.matched(expr, Expr::literal(Value::Text(pattern.into())))
            }
            _ => {
                let other = self.literal(kind);
                self.comparison(expr, other)
            }
        }
    }

    fn matched(&mut self, operand: Expr, pattern: Expr) -> Expr {
        let kinds =
            [MatchKind::Exact, MatchKind::Contains, MatchKind::StartsWith, MatchKind::EndsWith];
        let (kind, ignore_case) = (kinds[self.dice.below(4)], self.one_in(2));
        Expr::Match(Box::new(TextMatch { kind, ignore_case, operand, pattern }))
    }
}
