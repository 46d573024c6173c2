//! What a query means, computed from its tree and rows in memory as plainly as can be.

use super::cell::{Cell, compare};
use super::model::{Memory, Way};
use rust_decimal::Decimal;
use std::cmp::Ordering;
use yara_orm::tree::{
    Aggregate, AggregateFunction, BinaryOperator, Distinct, Expr, Function, Nulls, Order,
    Quantifier, Related, Select,
};
use yara_orm::value::Value;

/// Evaluates trees.
pub struct Naive<'m> {
    memory: &'m Memory,
}

/// A row of a model: the model's position and the row's.
type Place = (usize, usize);

/// The rows that an expression is about: one row, or those of a group.
#[derive(Clone, Copy)]
enum About<'g> {
    Row(Place),
    Group(&'g [Place]),
}

impl<'m> Naive<'m> {
    pub fn new(memory: &'m Memory) -> Naive<'m> {
        Naive { memory }
    }

    /// The rows that a query gives.
    pub fn rows(&self, select: &Select) -> Vec<Vec<Cell>> {
        let (at, model) = self.memory.model(select.table.0);
        let places = (0..model.rows.len()).map(|row| (at, row));
        let kept: Vec<Place> =
            places.filter(|place| self.all(&select.filter, About::Row(*place))).collect();
        let grouped = !select.group_by.is_empty()
            || select.columns.iter().any(|column| matches!(column, Expr::Aggregate(_)));
        let mut rows = match grouped {
            true => self.groups(select, kept),
            false => kept.iter().map(|place| self.projected(select, About::Row(*place))).collect(),
        };
        if select.distinct == Distinct::Rows {
            let mut seen: Vec<Vec<Cell>> = Vec::new();
            rows.retain(|(_, row)| {
                let new = !seen.contains(row);
                seen.push(row.clone());
                new
            });
        }
        rows.sort_by(|(one, _), (two, _)| in_order(&select.order_by, one, two));
        let number = |literal: &Option<yara_orm::tree::Literal>| match literal {
            Some(literal) => match literal.value {
                Value::I64(number) => Some(number as usize),
                _ => unreachable!(),
            },
            None => None,
        };
        rows.into_iter()
            .map(|(_, row)| row)
            .skip(number(&select.offset).unwrap_or(0))
            .take(number(&select.limit).unwrap_or(usize::MAX))
            .collect()
    }

    /// What a query sorts by and what it selects, of one row or group.
    fn projected(&self, select: &Select, about: About<'_>) -> (Vec<Cell>, Vec<Cell>) {
        let keys = select.order_by.iter().map(|order| self.value(&order.expr, about)).collect();
        (keys, select.columns.iter().map(|column| self.value(column, about)).collect())
    }

    fn groups(&self, select: &Select, places: Vec<Place>) -> Vec<(Vec<Cell>, Vec<Cell>)> {
        let mut groups: Vec<(Vec<Cell>, Vec<Place>)> = Vec::new();
        if select.group_by.is_empty() {
            groups.push((Vec::new(), Vec::new()));
        }
        for place in places {
            let key: Vec<Cell> =
                select.group_by.iter().map(|group| self.value(group, About::Row(place))).collect();
            match groups.iter_mut().find(|(known, _)| *known == key) {
                Some((_, places)) => places.push(place),
                None => groups.push((key, vec![place])),
            }
        }
        groups.retain(|(_, places)| self.all(&select.having, About::Group(places)));
        groups.iter().map(|(_, places)| self.projected(select, About::Group(places))).collect()
    }

    fn all(&self, conditions: &[Expr], about: About<'_>) -> bool {
        conditions.iter().all(|condition| self.value(condition, about).is_true())
    }

    fn value(&self, expr: &Expr, about: About<'_>) -> Cell {
        let of = |expr: &Expr| self.value(expr, about);
        match expr {
            Expr::Literal(literal) => Cell::of(&literal.value),
            Expr::Column(column) => self.column(one_of(about), &column.path, &column.field),
            Expr::Binary(operator, left, right) => calculated(*operator, of(left), of(right)),
            Expr::Negate(operand) => match of(operand) {
                Cell::Int(number) => Cell::Int(-number),
                Cell::Float(number) => Cell::Float(-number),
                Cell::Decimal(number) => Cell::Decimal(-number),
                other => other,
            },
            Expr::And(items) => known(items.iter().map(of), false),
            Expr::Or(items) => known(items.iter().map(of), true),
            Expr::Not(operand) => Cell::Bool(!of(operand).is_true()),
            Expr::IsNull(operand, negated) => Cell::Bool(of(operand).is_null() != *negated),
            Expr::Same(left, right, negated) => Cell::Bool((of(left) == of(right)) != *negated),
            Expr::Between(between) => {
                let operand = of(&between.operand);
                let above =
                    calculated(BinaryOperator::GreaterOrEqual, operand.clone(), of(&between.low));
                let below = calculated(BinaryOperator::LessOrEqual, operand, of(&between.high));
                known([above, below].into_iter(), false)
            }
            Expr::In(list) => {
                let operand = of(&list.operand);
                let Value::Array(array) = &list.list.value else { unreachable!() };
                match operand {
                    Cell::Null if list.with_null => Cell::Bool(true),
                    Cell::Null if array.items.is_empty() => Cell::Bool(false),
                    Cell::Null => Cell::Null,
                    operand => Cell::Bool(array.items.iter().any(|it| Cell::of(it) == operand)),
                }
            }
            Expr::Call(Function::Coalesce, arguments) => {
                arguments.iter().map(of).find(|cell| !cell.is_null()).unwrap_or(Cell::Null)
            }
            Expr::Related(related) => self.related(one_of(about), related),
            Expr::Aggregate(aggregate) => match about {
                About::Group(places) => self.aggregated(aggregate, places),
                About::Row(_) => unreachable!("an aggregate is about a group"),
            },
            other => unreachable!("{other:?} is never drawn"),
        }
    }

    /// The row at the end of a path to one row.
    fn follow(&self, from: Place, path: &[&'static str]) -> Option<Place> {
        path.iter().try_fold(from, |(at, row), step| {
            let model = &self.memory.models[at];
            let link = model.link(step);
            let Way::Own(field) = link.way else { unreachable!() };
            match model.rows[row][field] {
                Cell::Int(id) => Some((link.target, id as usize - 1)),
                _ => None,
            }
        })
    }

    fn column(&self, from: Place, path: &[&'static str], field: &str) -> Cell {
        let Some((at, row)) = self.follow(from, path) else { return Cell::Null };
        let model = &self.memory.models[at];
        model.rows[row][model.table.field_index(field).unwrap()].clone()
    }

    /// The rows that a relation leads to.
    fn partners(&self, (at, row): Place, relation: &str) -> Vec<Place> {
        let model = &self.memory.models[at];
        let link = model.link(relation);
        let own = row as i64 + 1;
        let there = 0..self.memory.models[link.target].rows.len();
        let is_partner = |other: &usize| match link.way {
            Way::Own(_) => unreachable!("the relation leads to many rows"),
            Way::Back(field) => {
                self.memory.models[link.target].rows[*other][field] == Cell::Int(own)
            }
            Way::Pairs(false) => self.memory.pairs.contains(&(own, *other as i64 + 1)),
            Way::Pairs(true) => self.memory.pairs.contains(&(*other as i64 + 1, own)),
        };
        there.filter(is_partner).map(|other| (link.target, other)).collect()
    }

    fn related(&self, from: Place, related: &Related) -> Cell {
        let (last, way) = related.path.split_last().unwrap();
        let owner = self.follow(from, way);
        let partners = owner.map(|owner| self.partners(owner, last)).unwrap_or_default();
        let holds = |place: &Place| {
            let condition = related.condition.as_ref();
            condition.is_none_or(|it| self.value(it, About::Row(*place)).is_true())
        };
        let matching: Vec<Place> = partners.iter().copied().filter(holds).collect();
        match &related.quantifier {
            Quantifier::Any => Cell::Bool(!matching.is_empty()),
            Quantifier::None => Cell::Bool(matching.is_empty()),
            Quantifier::All => Cell::Bool(matching.len() == partners.len()),
            Quantifier::Count => Cell::Int(matching.len() as i64),
            Quantifier::Aggregate(aggregate) => self.aggregated(aggregate, &matching),
        }
    }

    fn aggregated(&self, aggregate: &Aggregate, places: &[Place]) -> Cell {
        let counts = |place: &&Place| {
            let filter = aggregate.filter.as_ref();
            filter.is_none_or(|it| self.value(it, About::Row(**place)).is_true())
        };
        let places = places.iter().filter(counts);
        let Some(argument) = &aggregate.argument else { return Cell::Int(places.count() as i64) };
        let mut values: Vec<Cell> = places
            .map(|place| self.value(argument, About::Row(*place)))
            .filter(|value| !value.is_null())
            .collect();
        if aggregate.distinct {
            let mut seen = Vec::new();
            values.retain(|value| {
                let new = !seen.contains(value);
                seen.push(value.clone());
                new
            });
        }
        let count = values.len() as i64;
        let mut values = values.into_iter();
        let sum = |a, b| calculated(BinaryOperator::Add, a, b);
        match aggregate.function {
            AggregateFunction::Count => Cell::Int(count),
            AggregateFunction::Min => values.min_by(compare).unwrap_or(Cell::Null),
            AggregateFunction::Max => values.max_by(compare).unwrap_or(Cell::Null),
            AggregateFunction::Sum => values.reduce(sum).unwrap_or(Cell::Null),
            AggregateFunction::Avg => match values.by_ref().reduce(sum) {
                None => Cell::Null,
                Some(Cell::Int(total)) => Cell::Float(total as f64 / count as f64),
                Some(Cell::Float(total)) => Cell::Float(total / count as f64),
                Some(Cell::Decimal(total)) => Cell::Decimal(total / Decimal::from(count)),
                Some(other) => unreachable!("{other:?} has no mean"),
            },
            other => unreachable!("{other:?} is never drawn"),
        }
    }
}

/// The row, or one of those of a group, which are alike in what may be asked of them.
fn one_of(about: About<'_>) -> Place {
    match about {
        About::Row(place) => place,
        About::Group(places) => places[0],
    }
}

/// Three values: `decisive` wins, and NULL wins over the other.
fn known(items: impl Iterator<Item = Cell>, decisive: bool) -> Cell {
    let mut result = Cell::Bool(!decisive);
    for item in items {
        match item {
            Cell::Bool(truth) if truth == decisive => return Cell::Bool(decisive),
            Cell::Null => result = Cell::Null,
            _ => {}
        }
    }
    result
}

fn calculated(operator: BinaryOperator, left: Cell, right: Cell) -> Cell {
    use BinaryOperator::*;
    if left.is_null() || right.is_null() {
        return Cell::Null;
    }
    let order = |test: fn(Ordering) -> bool| Cell::Bool(test(compare(&left, &right)));
    match operator {
        Equal => order(Ordering::is_eq),
        NotEqual => order(Ordering::is_ne),
        Less => order(Ordering::is_lt),
        LessOrEqual => order(Ordering::is_le),
        Greater => order(Ordering::is_gt),
        GreaterOrEqual => order(Ordering::is_ge),
        Add | Subtract | Multiply => match (left, right) {
            (Cell::Int(a), Cell::Int(b)) => Cell::Int(number(operator, a, b)),
            (Cell::Float(a), Cell::Float(b)) => Cell::Float(number(operator, a, b)),
            (Cell::Decimal(a), Cell::Decimal(b)) => Cell::Decimal(number(operator, a, b)),
            (left, right) => unreachable!("{left:?} and {right:?} are no numbers"),
        },
        other => unreachable!("{other:?} is never drawn"),
    }
}

fn number<T>(operator: BinaryOperator, a: T, b: T) -> T
where
    T: std::ops::Add<Output = T> + std::ops::Sub<Output = T> + std::ops::Mul<Output = T>,
{
    match operator {
        BinaryOperator::Add => a + b,
        BinaryOperator::Subtract => a - b,
        _ => a * b,
    }
}

/// The order of two rows by what they are sorted by.
fn in_order(orders: &[Order], one: &[Cell], two: &[Cell]) -> Ordering {
    let keys = one.iter().zip(two);
    orders.iter().zip(keys).fold(Ordering::Equal, |decided, (order, (one, two))| {
        decided.then_with(|| {
            let nulls = |first: bool| match (one.is_null(), two.is_null(), first) {
                (true, false, true) | (false, true, false) => Some(Ordering::Less),
                (true, false, false) | (false, true, true) => Some(Ordering::Greater),
                _ => None,
            };
            let placed = match order.nulls {
                Nulls::Greatest => None,
                Nulls::First => nulls(true),
                Nulls::Last => nulls(false),
            };
            let natural = compare(one, two);
            placed.unwrap_or(if order.descending { natural.reverse() } else { natural })
        })
    })
}
