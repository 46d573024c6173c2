//! Random queries of random models.

use super::cell::{Cell, Kind};
use super::model::{Link, Memory, Model, value};
use crate::evaluator::Dice;
use yara_orm::schema::TableRef;
use yara_orm::tree::{
    Aggregate, AggregateFunction, Between, BinaryOperator, ColumnRef, Distinct, Expr, Function,
    InList, Literal, Nulls, Order, Origin, Quantifier, Related, Select,
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

/// An expression and the kind of its values.
type Typed = (Expr, Kind);

/// Draws queries.
pub struct Draw<'m, 'd> {
    memory: &'m Memory,
    dice: &'d mut Dice,
}

impl<'m, 'd> Draw<'m, 'd> {
    pub fn new(memory: &'m Memory, dice: &'d mut Dice) -> Draw<'m, 'd> {
        Draw { memory, dice }
    }

    /// A query of rows, with the kinds of its columns.
    pub fn query(&mut self) -> (Select, Vec<Kind>) {
        let mut select = self.filtered();
        let at = self.memory.model(select.table.0).0;
        let mut kinds = Vec::new();
        for _ in 0..=self.dice.below(3) {
            let (expr, kind) = self.scalar(at, 2);
            select.columns.push(expr);
            kinds.push(kind);
        }
        if self.dice.below(3) == 0 {
            select.distinct = Distinct::Rows;
            let columns = select.columns.clone();
            self.order(&mut select, columns);
        } else {
            let ordered = (0..self.dice.below(3)).map(|_| self.scalar(at, 1).0).collect();
            self.order(&mut select, ordered);
            self.order(&mut select, vec![own(self.memory.models[at].table, "id")]);
        }
        self.slice(&mut select);
        (select, kinds)
    }

    /// A query of rows for an update: some of them sliced.
    pub fn whole_rows(&mut self) -> Select {
        let mut select = self.filtered();
        let at = self.memory.model(select.table.0).0;
        if self.dice.below(2) == 0 {
            let first = vec![self.scalar(at, 1).0, own(select.table.0, "id")];
            self.order(&mut select, first);
            self.slice(&mut select);
        }
        select
    }

    /// A query of groups, or of all rows as one.
    pub fn groups(&mut self) -> (Select, Vec<Kind>) {
        let mut select = self.filtered();
        let at = self.memory.model(select.table.0).0;
        let mut kinds = Vec::new();
        for _ in 0..self.dice.below(3) {
            let (expr, kind) = self.scalar(at, 2);
            select.group_by.push(expr.clone());
            select.columns.push(expr);
            kinds.push(kind);
        }
        for _ in 0..=self.dice.below(3) {
            let (expr, kind) = self.aggregate(at);
            select.columns.push(expr);
            kinds.push(kind);
        }
        if self.dice.below(3) == 0 {
            let (expr, kind) = self.aggregate(at);
            select.having.push(self.compared(expr, kind));
        }
        if !select.group_by.is_empty() {
            let groups = select.group_by.clone();
            self.order(&mut select, groups);
            self.slice(&mut select);
        }
        (select, kinds)
    }

    fn filtered(&mut self) -> Select {
        let at = self.dice.below(self.memory.models.len());
        let mut select = Select::new(self.memory.models[at].table);
        for _ in 0..self.dice.below(3) {
            select.filter.push(self.condition(at, 3));
        }
        select
    }

    fn order(&mut self, select: &mut Select, by: Vec<Expr>) {
        for expr in by {
            let nulls = [Nulls::Greatest, Nulls::First, Nulls::Last][self.dice.below(3)];
            select.order_by.push(Order { expr, descending: self.dice.below(2) == 0, nulls });
        }
    }

    fn slice(&mut self, select: &mut Select) {
        let number = |dice: &mut Dice| {
            (dice.below(3) == 0).then(|| Literal::new(Value::I64(dice.below(5) as i64)))
        };
        select.limit = number(self.dice);
        select.offset = number(self.dice);
    }

    /// An expression whose value is one for each row.
    fn scalar(&mut self, at: usize, depth: usize) -> Typed {
        match self.dice.below(if depth == 0 { 1 } else { 6 }) {
            1 => self.calculated(at, depth),
            2 => self.chosen(at, depth),
            3 => match self.many_path(at) {
                Some((path, target)) => self.related_value(at, path, target),
                None => self.path_column(at),
            },
            _ => self.path_column(at),
        }
    }

    fn calculated(&mut self, at: usize, depth: usize) -> Typed {
        let (left, kind) = self.scalar(at, depth - 1);
        if !matches!(kind, Kind::Int | Kind::Float | Kind::Decimal) {
            return (left, kind);
        }
        let operators = [BinaryOperator::Add, BinaryOperator::Subtract, BinaryOperator::Multiply];
        let operator = operators[self.dice.below(3)];
        let right = match self.scalar(at, depth - 1) {
            (right, other) if other == kind && self.dice.below(2) == 0 => right,
            _ => self.literal(kind),
        };
        match self.dice.below(5) {
            0 => (Expr::Negate(Box::new(left)), kind),
            _ => (left.binary(operator, right), kind),
        }
    }

    fn chosen(&mut self, at: usize, depth: usize) -> Typed {
        let (first, kind) = self.scalar(at, depth - 1);
        let second = self.literal(kind);
        (Expr::Call(Function::Coalesce, vec![first, second]), kind)
    }

    /// A column at the end of a path to one row.
    fn path_column(&mut self, at: usize) -> Typed {
        let (mut model, mut path) = (&self.memory.models[at], Vec::new());
        for _ in 0..self.dice.below(3) {
            let steps: Vec<&Link> = model.links.iter().filter(|link| !link.is_to_many()).collect();
            if steps.is_empty() {
                break;
            }
            let step = steps[self.dice.below(steps.len())];
            path.push(step.name);
            model = &self.memory.models[step.target];
        }
        let (field, kind) = self.field(model);
        let root = ColumnRef::own(self.memory.models[at].table, field);
        (Expr::Column(ColumnRef { path, ..root }), kind)
    }

    fn field(&mut self, model: &Model) -> (&'static str, Kind) {
        match self.dice.below(model.members.len() + 1) {
            0 => ("id", Kind::Int),
            at => (model.members[at - 1].name, model.members[at - 1].kind),
        }
    }

    /// A path that ends at a relation to many rows, and the model there.
    fn many_path(&mut self, at: usize) -> Option<(Vec<&'static str>, usize)> {
        let (mut model, mut path) = (&self.memory.models[at], Vec::new());
        for _ in 0..self.dice.below(2) {
            let step = model.links.iter().find(|link| !link.is_to_many());
            let Some(step) = step else { break };
            path.push(step.name);
            model = &self.memory.models[step.target];
        }
        let many: Vec<&Link> = model.links.iter().filter(|link| link.is_to_many()).collect();
        if many.is_empty() {
            return None;
        }
        let last = many[self.dice.below(many.len())];
        path.push(last.name);
        Some((path, last.target))
    }

    fn related_value(&mut self, at: usize, path: Vec<&'static str>, target: usize) -> Typed {
        let condition = (self.dice.below(2) == 0).then(|| self.condition(target, 1));
        if self.dice.below(2) == 0 {
            return (self.related(at, path, Quantifier::Count, condition), Kind::Int);
        }
        let (argument, kind) = self.path_column(target);
        let (function, kind) = self.function(kind);
        let aggregate = Aggregate::new(function, Some(argument));
        (self.related(at, path, Quantifier::Aggregate(Box::new(aggregate)), condition), kind)
    }

    fn related(
        &self,
        at: usize,
        path: Vec<&'static str>,
        quantifier: Quantifier,
        condition: Option<Expr>,
    ) -> Expr {
        let table = TableRef(self.memory.models[at].table);
        Expr::Related(Box::new(Related {
            table,
            origin: Origin::Query,
            path,
            quantifier,
            condition,
        }))
    }

    /// An aggregate function that a kind has, and the kind of its value.
    fn function(&mut self, kind: Kind) -> (AggregateFunction, Kind) {
        let number = matches!(kind, Kind::Int | Kind::Float | Kind::Decimal);
        let mean = if kind == Kind::Int { Kind::Float } else { kind };
        match self.dice.below(if number { 5 } else { 3 }) {
            0 => (AggregateFunction::Count, Kind::Int),
            1 => (AggregateFunction::Min, kind),
            2 => (AggregateFunction::Max, kind),
            3 => (AggregateFunction::Sum, kind),
            _ => (AggregateFunction::Avg, mean),
        }
    }

    fn aggregate(&mut self, at: usize) -> Typed {
        if self.dice.below(4) == 0 {
            let count = Aggregate::new(AggregateFunction::Count, None);
            return (Expr::Aggregate(Box::new(count)), Kind::Int);
        }
        let (argument, kind) = self.path_column(at);
        let (function, kind) = self.function(kind);
        let aggregate = Aggregate {
            distinct: self.dice.below(3) == 0,
            filter: (self.dice.below(3) == 0).then(|| self.condition(at, 1)),
            ..Aggregate::new(function, Some(argument))
        };
        (Expr::Aggregate(Box::new(aggregate)), kind)
    }

    fn literal(&mut self, kind: Kind) -> Expr {
        Expr::literal(value(self.dice, kind).value(kind))
    }

    /// A condition on rows of a model.
    fn condition(&mut self, at: usize, depth: usize) -> Expr {
        if depth == 0 || self.dice.below(3) == 0 {
            let (expr, kind) = self.scalar(at, depth.min(1));
            return self.compared(expr, kind);
        }
        match self.dice.below(5) {
            0 => self.condition(at, depth - 1).and(self.condition(at, depth - 1)),
            1 => self.condition(at, depth - 1).or(self.condition(at, depth - 1)),
            2 => Expr::Not(Box::new(self.condition(at, depth - 1))),
            _ => match self.many_path(at) {
                None => Expr::Not(Box::new(self.condition(at, depth - 1))),
                Some((path, target)) => {
                    let asked = [Quantifier::Any, Quantifier::None, Quantifier::All];
                    let quantifier = asked[self.dice.below(3)].clone();
                    let condition = self.condition(target, depth - 1);
                    self.related(at, path, quantifier, Some(condition))
                }
            },
        }
    }

    /// A comparison of an expression of a kind.
    fn compared(&mut self, expr: Expr, kind: Kind) -> Expr {
        match self.dice.below(6) {
            0 => Expr::IsNull(Box::new(expr), self.dice.below(2) == 0),
            1 => {
                let items: Vec<Cell> = (0..3).map(|_| value(self.dice, kind)).collect();
                let with_null = items.iter().any(Cell::is_null);
                let items = items.iter().filter(|item| !item.is_null());
                let items = items.map(|item| item.value(kind)).collect();
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
                Expr::Same(Box::new(expr), Box::new(other), self.dice.below(2) == 0)
            }
            _ => {
                let operator = COMPARISONS[self.dice.below(6)];
                let other = self.literal(kind);
                expr.binary(operator, other)
            }
        }
    }
}

fn own(table: &'static yara_orm::schema::Table, field: &'static str) -> Expr {
    Expr::Column(ColumnRef::own(table, field))
}
