//! Random queries of random models.

mod condition;
mod scalar;
mod summary;

use super::cell::Kind;
use super::model::{Memory, Model, value};
use crate::evaluator::Dice;
use yara_orm::tree::{ColumnRef, Distinct, Expr, Literal, Nulls, Order, Select};
use yara_orm::value::Value;

/// An expression and the kind of its values.
type Typed = (Expr, Kind);

/// Draws queries.
pub struct Draw<'m, 'd> {
    memory: &'m Memory,
    dice: &'d mut Dice,
    /// The models of the queries around the place that is being drawn; the innermost is the last.
    scopes: Vec<usize>,
}

impl<'m, 'd> Draw<'m, 'd> {
    pub fn new(memory: &'m Memory, dice: &'d mut Dice) -> Draw<'m, 'd> {
        Draw { memory, dice, scopes: Vec::new() }
    }

    /// A query of rows, with the kinds of its columns.
    pub fn query(&mut self) -> (Select, Vec<Kind>) {
        let mut select = self.filtered();
        let kinds = self.columns(&mut select);
        match self.dice.below(6) {
            0 | 1 => {
                select.distinct = Distinct::Rows;
                let columns = select.columns.clone();
                self.order(&mut select, columns);
            }
            2 => {
                let keys: Vec<Expr> = (0..=self.dice.below(2)).map(|_| self.scalar(2).0).collect();
                self.order(&mut select, keys.clone());
                select.distinct = Distinct::On(keys);
                let more = (0..self.dice.below(2)).map(|_| self.scalar(1).0).collect();
                self.order(&mut select, more);
            }
            _ => {
                let first = (0..self.dice.below(3)).map(|_| self.scalar(1).0).collect();
                self.order(&mut select, first);
                let key = self.key(self.own());
                self.order(&mut select, key);
            }
        }
        self.slice(&mut select);
        (select, kinds)
    }

    /// A query of rows for an update: some of them sliced.
    pub fn whole_rows(&mut self) -> Select {
        let mut select = self.filtered();
        if self.one_in(2) {
            let mut by = vec![self.scalar(1).0];
            by.extend(self.key(self.own()));
            self.order(&mut select, by);
            self.slice(&mut select);
        }
        select
    }

    /// A value to set, of rows of the query that was drawn last.
    pub fn new_value(&mut self, kind: Kind) -> Expr {
        self.scalar_of(kind, 2)
    }

    /// A query of groups, or of all rows as one.
    pub fn groups(&mut self) -> (Select, Vec<Kind>) {
        let mut select = self.filtered();
        let mut kinds = Vec::new();
        let groups: Vec<Typed> = (0..self.dice.below(3)).map(|_| self.scalar(2)).collect();
        for (expr, kind) in &groups {
            select.group_by.push(expr.clone());
            let (expr, kind) = match self.one_in(3) {
                true => self.made_of(expr.clone(), *kind),
                false => (expr.clone(), *kind),
            };
            select.columns.push(expr);
            kinds.push(kind);
        }
        for _ in 0..=self.dice.below(3) {
            let (expr, kind) = self.summary(1);
            select.columns.push(expr);
            kinds.push(kind);
        }
        for _ in 0..self.dice.below(3) {
            let having = self.of_groups(&groups, 2);
            select.having.push(having);
        }
        if select.group_by.is_empty() {
            return (select, kinds);
        }
        if self.one_in(6) {
            select.distinct = Distinct::Rows;
            let columns = select.columns.clone();
            self.order(&mut select, columns);
        } else {
            let first = (0..self.dice.below(2)).map(|_| self.summary(1).0).collect();
            self.order(&mut select, first);
            let groups = select.group_by.clone();
            self.order(&mut select, groups);
        }
        self.slice(&mut select);
        (select, kinds)
    }

    /// Aggregates over exactly the rows of a query of rows, and their kinds.
    pub fn totals(&mut self) -> (Vec<Expr>, Vec<Kind>) {
        (0..=self.dice.below(3)).map(|_| self.summary(1)).unzip()
    }

    fn one_in(&mut self, times: usize) -> bool {
        self.dice.below(times) == 0
    }

    /// The model that the innermost query is about.
    fn own(&self) -> usize {
        self.scopes[self.scopes.len() - 1]
    }

    fn model(&self, at: usize) -> &'m Model {
        &self.memory.models[at]
    }

    /// Draws within a query of a model.
    fn within<T>(&mut self, at: usize, draw: impl FnOnce(&mut Self) -> T) -> T {
        self.scopes.push(at);
        let drawn = draw(self);
        self.scopes.pop();
        drawn
    }

    /// Rows of some model, which is the innermost from here on.
    fn filtered(&mut self) -> Select {
        let at = self.dice.below(self.memory.models.len());
        self.scopes = vec![at];
        let mut select = Select::new(self.model(at).table);
        for _ in 0..self.dice.below(3) {
            let condition = self.condition(3);
            select.filter.push(condition);
        }
        if self.one_in(6) {
            let place = self.window(false);
            let bound = self.literal(Kind::Int);
            let by_window = self.comparison(place, bound);
            let condition = match self.one_in(3) {
                true => by_window.or(self.condition(1)),
                false => by_window,
            };
            select.filter.push(condition);
        }
        select
    }

    fn columns(&mut self, select: &mut Select) -> Vec<Kind> {
        let mut kinds = Vec::new();
        for _ in 0..=self.dice.below(3) {
            let (expr, kind) = match self.dice.below(8) {
                0 => (self.condition(2), Kind::Bool),
                1 => (self.window(true), Kind::Int),
                _ => self.scalar(3),
            };
            select.columns.push(expr);
            kinds.push(kind);
        }
        kinds
    }

    /// The columns of the primary key.
    fn key(&self, at: usize) -> Vec<Expr> {
        let model = self.model(at);
        let own =
            |field: &usize| Expr::Column(ColumnRef::own(model.table, model.fields[*field].name));
        model.key.iter().map(own).collect()
    }

    fn order(&mut self, select: &mut Select, by: Vec<Expr>) {
        for expr in by {
            let order = self.sorted(expr);
            select.order_by.push(order);
        }
    }

    fn sorted(&mut self, expr: Expr) -> Order {
        let nulls = [Nulls::Greatest, Nulls::First, Nulls::Last][self.dice.below(3)];
        Order { expr, descending: self.one_in(2), nulls }
    }

    fn slice(&mut self, select: &mut Select) {
        let mut number =
            || self.one_in(3).then(|| Literal::new(Value::I64(self.dice.below(5) as i64)));
        select.limit = number();
        select.offset = number();
    }

    fn literal(&mut self, kind: Kind) -> Expr {
        Expr::literal(value(self.dice, kind).value(kind))
    }
}
