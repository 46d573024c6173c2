//! Random expressions whose value is one for each row.

use super::super::cell::Kind;
use super::super::model::{Link, value};
use super::{Draw, Typed};
use yara_orm::schema::TableRef;
use yara_orm::tree::{
    Aggregate, AggregateFunction, BinaryOperator, Case, ColumnRef, DatePart, Expr, Function,
    Literal, Origin, Quantifier, Related, Select,
};
use yara_orm::value::{Type, Value};

/// A path from the row of a query, or from that of a query around, and the model at its end.
pub(super) struct Path {
    pub table: TableRef,
    pub origin: Origin,
    pub steps: Vec<&'static str>,
    pub end: usize,
}

impl Draw<'_, '_> {
    /// An expression of any kind.
    pub(super) fn scalar(&mut self, depth: usize) -> Typed {
        if depth == 0 {
            return self.column();
        }
        match self.dice.below(12) {
            0 | 1 => self.calculated(depth),
            2 => self.chosen(depth),
            3 => self.called(depth),
            4 | 5 => self.related_value(),
            6 => self.subquery_value(depth),
            _ => self.column(),
        }
    }

    /// An expression of this kind.
    pub(super) fn scalar_of(&mut self, kind: Kind, depth: usize) -> Expr {
        for _ in 0..6 {
            match self.scalar(depth) {
                (expr, found) if found == kind => return expr,
                _ => {}
            }
        }
        self.literal(kind)
    }

    /// Where a path begins: at the own row, or sometimes at that of the query around.
    fn start(&mut self) -> Path {
        let scopes = self.scopes.len();
        let own = self.own();
        let (end, origin) = match scopes > 1 && self.one_in(5) {
            true => {
                let around = self.scopes[scopes - 2];
                // Of another model, nothing has to say that the row is that of a query around.
                let plain = around != own && self.one_in(2);
                (around, if plain { Origin::Query } else { Origin::Outer })
            }
            false => (own, Origin::Query),
        };
        Path { table: TableRef(self.model(end).table), origin, steps: Vec::new(), end }
    }

    /// A path through relations to one row.
    pub(super) fn path(&mut self, most: usize) -> Path {
        let mut path = self.start();
        for _ in 0..self.dice.below(most + 1) {
            let links = self.model(path.end).links.iter();
            let steps: Vec<&Link> = links.filter(|link| !link.is_to_many()).collect();
            if steps.is_empty() {
                break;
            }
            let step = steps[self.dice.below(steps.len())];
            path.steps.push(step.name);
            path.end = step.target;
        }
        path
    }

    /// A path that ends at a relation to many rows.
    pub(super) fn many_path(&mut self) -> Option<Path> {
        let mut path = self.path(1);
        let many: Vec<&Link> =
            self.model(path.end).links.iter().filter(|link| link.is_to_many()).collect();
        if many.is_empty() {
            return None;
        }
        let last = many[self.dice.below(many.len())];
        path.steps.push(last.name);
        path.end = last.target;
        Some(path)
    }

    /// A column at the end of a path to one row.
    pub(super) fn column(&mut self) -> Typed {
        let path = self.path(2);
        // Not `mark`, the last one.
        let fields = &self.model(path.end).fields;
        let field = &fields[self.dice.below(fields.len() - 1)];
        let Path { table, origin, steps, .. } = path;
        let field_name = field.name.into();
        (Expr::Column(ColumnRef { table, origin, path: steps, field: field_name }), field.kind)
    }

    fn calculated(&mut self, depth: usize) -> Typed {
        let (left, kind) = self.scalar(depth - 1);
        let right = match self.one_in(2) {
            true => self.scalar_of(kind, depth - 1),
            false => self.literal(kind),
        };
        let operator = match kind {
            Kind::Text => BinaryOperator::Concat,
            kind if kind.is_number() => {
                [BinaryOperator::Add, BinaryOperator::Subtract, BinaryOperator::Multiply]
                    [self.dice.below(3)]
            }
            _ => return (left, kind),
        };
        match self.one_in(5) && kind.is_number() {
            true => (Expr::Negate(Box::new(left)), kind),
            false => (left.binary(operator, right), kind),
        }
    }

    fn chosen(&mut self, depth: usize) -> Typed {
        let (first, kind) = self.scalar(depth - 1);
        let other = |draw: &mut Self| match draw.one_in(2) {
            true => draw.scalar_of(kind, depth - 1),
            false => draw.literal(kind),
        };
        let expr = match self.dice.below(6) {
            0 | 1 => {
                let mut all = vec![first];
                for _ in 0..=self.dice.below(2) {
                    all.push(other(self));
                }
                Expr::Call(Function::Coalesce, all)
            }
            2 => Expr::Call(Function::NullIf, vec![first, other(self)]),
            3 => {
                let function = [Function::Greatest, Function::Least][self.dice.below(2)];
                Expr::Call(function, vec![first, other(self), other(self)])
            }
            _ => {
                let mut whens = vec![(self.condition(depth - 1), first)];
                for _ in 0..self.dice.below(2) {
                    whens.push((self.condition(depth - 1), other(self)));
                }
                let otherwise = self.one_in(2).then(|| other(self));
                Expr::Case(Box::new(Case { whens, otherwise }))
            }
        };
        (expr, kind)
    }

    /// A function of one value, whose result may be of another kind.
    fn called(&mut self, depth: usize) -> Typed {
        let (operand, kind) = self.scalar(depth - 1);
        self.made_of(operand, kind)
    }

    /// Something computed of one value.
    pub(super) fn made_of(&mut self, operand: Expr, kind: Kind) -> Typed {
        let call = |function, operand| Expr::Call(function, vec![operand]);
        match kind {
            Kind::Text => match self.dice.below(3) {
                0 => (call(Function::Length, operand), Kind::Small),
                1 => (call(Function::Reverse, operand), kind),
                _ => (operand.binary(BinaryOperator::Concat, self.literal(kind)), kind),
            },
            Kind::Day | Kind::Instant => {
                let parts = [DatePart::Year, DatePart::Month, DatePart::Day, DatePart::WeekDay];
                let part = parts[self.dice.below(4)];
                (call(Function::Extract(part), operand), Kind::Small)
            }
            Kind::Int | Kind::Small => match self.dice.below(4) {
                0 => (Expr::Cast(Box::new(operand), Type::F64), Kind::Float),
                1 => (Expr::Cast(Box::new(operand), Type::Numeric), Kind::Decimal),
                2 => (call(Function::Abs, operand), kind),
                _ => (operand.binary(BinaryOperator::Add, self.literal(kind)), kind),
            },
            Kind::Float | Kind::Decimal => {
                let function = [Function::Abs, Function::Floor, Function::Ceil][self.dice.below(3)];
                (call(function, operand), kind)
            }
            Kind::Bool => (Expr::Not(Box::new(operand)), kind),
            Kind::Span | Kind::Uuid | Kind::Bytes => (operand, kind),
        }
    }

    /// A count or an aggregate of related rows.
    fn related_value(&mut self) -> Typed {
        let Some(path) = self.many_path() else { return self.column() };
        let (quantifier, condition, kind) = self.within(path.end, |draw| {
            let condition = draw.one_in(2).then(|| draw.condition(1));
            if draw.one_in(2) {
                return (Quantifier::Count, condition, Kind::Int);
            }
            let (argument, kind) = draw.column();
            let (function, kind) = draw.function(kind);
            let distinct = draw.one_in(4);
            let aggregate = Aggregate { distinct, ..Aggregate::new(function, Some(argument)) };
            (Quantifier::Aggregate(Box::new(aggregate)), condition, kind)
        });
        (related(path, quantifier, condition), kind)
    }

    /// The value of the first row of a query, or of an aggregate over all of its rows.
    fn subquery_value(&mut self, depth: usize) -> Typed {
        let at = self.dice.below(self.memory.models.len());
        self.within(at, |draw| {
            let mut select = draw.small(depth);
            let kind = if draw.one_in(2) {
                let (argument, kind) = draw.column();
                let (function, kind) = draw.function(kind);
                let aggregate = Aggregate::new(function, Some(argument));
                select.columns.push(Expr::Aggregate(Box::new(aggregate)));
                kind
            } else {
                let (expr, kind) = draw.scalar(depth - 1);
                select.columns.push(expr);
                let mut by = vec![draw.column().0];
                by.extend(draw.key(at));
                draw.order(&mut select, by);
                select.limit = Some(Literal::new(Value::I64(1)));
                kind
            };
            (Expr::Scalar(Box::new(select)), kind)
        })
    }

    /// Some rows of the innermost model.
    pub(super) fn small(&mut self, depth: usize) -> Select {
        let mut select = Select::new(self.model(self.own()).table);
        for _ in 0..self.dice.below(3) {
            let condition = self.condition(depth - 1);
            select.filter.push(condition);
        }
        select
    }

    /// An aggregate function that a kind has, and the kind of its value.
    pub(super) fn function(&mut self, kind: Kind) -> (AggregateFunction, Kind) {
        let whole = matches!(kind, Kind::Int | Kind::Small);
        let sum = if whole { Kind::Int } else { kind };
        let mean = if whole { Kind::Float } else { kind };
        let sides = match kind {
            kind if kind.is_number() => 5,
            Kind::Span => 4,
            _ => 3,
        };
        match self.dice.below(sides) {
            0 => (AggregateFunction::Count, Kind::Int),
            1 => (AggregateFunction::Min, kind),
            2 => (AggregateFunction::Max, kind),
            3 => (AggregateFunction::Sum, sum),
            _ => (AggregateFunction::Avg, mean),
        }
    }

    /// Values of a kind, NULL not among them, and whether it was.
    pub(super) fn values(&mut self, kind: Kind) -> (Vec<Value>, bool) {
        let drawn: Vec<_> = (0..self.dice.below(4)).map(|_| value(self.dice, kind)).collect();
        let with_null = drawn.iter().any(|cell| cell.is_null());
        let items = drawn.iter().filter(|cell| !cell.is_null());
        (items.map(|cell| cell.value(kind)).collect(), with_null)
    }
}

pub(super) fn related(path: Path, quantifier: Quantifier, condition: Option<Expr>) -> Expr {
    let Path { table, origin, steps, .. } = path;
    Expr::Related(Box::new(Related { table, origin, path: steps, quantifier, condition }))
}
