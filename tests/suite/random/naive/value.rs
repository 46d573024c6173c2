//! What an expression is of a row or a group.

use super::super::cell::{Cell, compare};
use super::{About, Here, Naive, Place};
use chrono::{DateTime, Datelike, NaiveDate, TimeDelta, Utc};
use rust_decimal::Decimal;
use std::cmp::Ordering;
use yara_orm::tree::{
    BinaryOperator, DatePart, Expr, Function, MatchKind, Quantifier, Related, TextMatch,
};
use yara_orm::value::{Type, Value};

impl Naive<'_> {
    pub(super) fn value(&self, expr: &Expr, here: &Here<'_>) -> Cell {
        let of = |expr: &Expr| self.value(expr, here);
        match expr {
            Expr::Literal(literal) => Cell::of(&literal.value),
            Expr::Column(column) => {
                let start = here.start(self.memory, column.table.0, &column.origin);
                let Some((at, row)) = self.follow(start, &column.path) else { return Cell::Null };
                let model = &self.memory.models[at];
                model.rows[row][model.table.field_index(&column.field).unwrap()].clone()
            }
            Expr::Binary(operator, left, right) => calculated(*operator, of(left), of(right)),
            Expr::Negate(operand) => match of(operand) {
                Cell::Int(number) => Cell::Int(-number),
                Cell::Float(number) => Cell::Float(0.0 - number),
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
                    operand => among(&operand, array.items.iter().map(Cell::of)),
                }
            }
            Expr::InSelect(operand, select) => {
                let rows = self.rows_within(select, Some(here));
                among(&of(operand), rows.into_iter().map(|mut row| row.remove(0)))
            }
            Expr::Exists(select) => Cell::Bool(!self.rows_within(select, Some(here)).is_empty()),
            Expr::Scalar(select) => {
                let first = self.rows_within(select, Some(here)).into_iter().next();
                first.map_or(Cell::Null, |mut row| row.remove(0))
            }
            Expr::Match(text) => self.matched(text, here),
            Expr::Case(case) => {
                let first = case.whens.iter().find(|(condition, _)| of(condition).is_true());
                let value = first.map(|(_, value)| value).or(case.otherwise.as_ref());
                value.map_or(Cell::Null, of)
            }
            Expr::Cast(operand, kind) => match (of(operand), kind) {
                (Cell::Int(number), Type::F64) => Cell::Float(number as f64),
                (Cell::Int(number), Type::Numeric) => Cell::Decimal(number.into()),
                (Cell::Null, _) => Cell::Null,
                (cell, kind) => unreachable!("{cell:?} is never made a {kind:?}"),
            },
            Expr::Call(function, arguments) => {
                called(*function, arguments.iter().map(of).collect())
            }
            Expr::Related(related) => self.related(related, here),
            Expr::Window(window) => self.windowed(window, here),
            Expr::Aggregate(aggregate) => match here.about {
                About::Group(places) => self.aggregated(aggregate, places, here),
                About::Row(_) => unreachable!("an aggregate is about a group"),
            },
            other => unreachable!("{other:?} is never drawn"),
        }
    }

    fn related(&self, related: &Related, here: &Here<'_>) -> Cell {
        let (last, way) = related.path.split_last().unwrap();
        let start = here.start(self.memory, related.table.0, &related.origin);
        let owner = self.follow(start, way);
        let partners = owner.map(|owner| self.partners(owner, last)).unwrap_or_default();
        let Some((model, _)) = partners.first().copied() else {
            return match &related.quantifier {
                Quantifier::Any => Cell::Bool(false),
                Quantifier::None | Quantifier::All => Cell::Bool(true),
                Quantifier::Count => Cell::Int(0),
                Quantifier::Aggregate(aggregate) => self.aggregated(aggregate, &[], here),
            };
        };
        let there = |place| Here { model, about: About::Row(place), rows: &[], around: Some(here) };
        let holds = |place: &Place| {
            let condition = related.condition.as_ref();
            condition.is_none_or(|it| self.value(it, &there(*place)).is_true())
        };
        let matching: Vec<Place> = partners.iter().copied().filter(holds).collect();
        match &related.quantifier {
            Quantifier::Any => Cell::Bool(!matching.is_empty()),
            Quantifier::None => Cell::Bool(matching.is_empty()),
            Quantifier::All => Cell::Bool(matching.len() == partners.len()),
            Quantifier::Count => Cell::Int(matching.len() as i64),
            Quantifier::Aggregate(aggregate) => {
                self.aggregated(aggregate, &matching, &there(partners[0]))
            }
        }
    }

    fn matched(&self, text: &TextMatch, here: &Here<'_>) -> Cell {
        let of = |expr: &Expr| self.value(expr, here).text();
        let (Some(mut operand), Some(mut pattern)) = (of(&text.operand), of(&text.pattern)) else {
            return Cell::Null;
        };
        if text.ignore_case {
            (operand, pattern) = (operand.to_lowercase(), pattern.to_lowercase());
        }
        Cell::Bool(match text.kind {
            MatchKind::Exact => operand == pattern,
            MatchKind::Contains => operand.contains(&pattern),
            MatchKind::StartsWith => operand.starts_with(&pattern),
            MatchKind::EndsWith => operand.ends_with(&pattern),
            MatchKind::Like => unreachable!("LIKE is never drawn"),
        })
    }
}

/// Whether a value is one of several; NULL is equal to none, and one might be equal to NULL.
fn among(operand: &Cell, items: impl Iterator<Item = Cell>) -> Cell {
    let equal = items.map(|item| calculated(BinaryOperator::Equal, operand.clone(), item));
    known(equal, true)
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

fn called(function: Function, arguments: Vec<Cell>) -> Cell {
    let mut arguments = arguments.into_iter();
    let passing_null = |items: &mut dyn Iterator<Item = Cell>| -> Vec<Cell> {
        items.filter(|cell| !cell.is_null()).collect()
    };
    match function {
        Function::Coalesce => arguments.find(|cell| !cell.is_null()).unwrap_or(Cell::Null),
        Function::Greatest => {
            passing_null(&mut arguments).into_iter().max_by(compare).unwrap_or(Cell::Null)
        }
        Function::Least => {
            passing_null(&mut arguments).into_iter().min_by(compare).unwrap_or(Cell::Null)
        }
        Function::NullIf => {
            let (first, other) = (arguments.next().unwrap(), arguments.next().unwrap());
            if first == other { Cell::Null } else { first }
        }
        function => match (function, arguments.next().unwrap()) {
            (_, Cell::Null) => Cell::Null,
            (Function::Length, Cell::Text(text)) => Cell::Int(text.chars().count() as i64),
            (Function::Reverse, Cell::Text(text)) => Cell::Text(text.chars().rev().collect()),
            (Function::Abs, Cell::Int(number)) => Cell::Int(number.abs()),
            (Function::Abs, Cell::Float(number)) => Cell::Float(number.abs()),
            (Function::Abs, Cell::Decimal(number)) => Cell::Decimal(number.abs()),
            (Function::Floor, Cell::Float(number)) => Cell::Float(number.floor() + 0.0),
            (Function::Floor, Cell::Decimal(number)) => Cell::Decimal(number.floor()),
            (Function::Ceil, Cell::Float(number)) => Cell::Float(number.ceil() + 0.0),
            (Function::Ceil, Cell::Decimal(number)) => Cell::Decimal(number.ceil()),
            (Function::Extract(part), Cell::Day(day)) => Cell::Int(part_of(part, day)),
            (Function::Extract(part), Cell::Instant(time)) => {
                Cell::Int(part_of(part, DateTime::<Utc>::date_naive(&time)))
            }
            (function, cell) => unreachable!("{function:?} of {cell:?} is never drawn"),
        },
    }
}

fn part_of(part: DatePart, day: NaiveDate) -> i64 {
    match part {
        DatePart::Year => day.year().into(),
        DatePart::Month => day.month().into(),
        DatePart::Day => day.day().into(),
        DatePart::WeekDay => day.weekday().number_from_monday().into(),
        other => unreachable!("{other:?} is never drawn"),
    }
}

pub(super) fn calculated(operator: BinaryOperator, left: Cell, right: Cell) -> Cell {
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
        Add | Subtract | Multiply | Concat => match (left, right) {
            (Cell::Int(a), Cell::Int(b)) => Cell::Int(number(operator, a, b)),
            // There is one zero.
            (Cell::Float(a), Cell::Float(b)) => Cell::Float(number(operator, a, b) + 0.0),
            (Cell::Decimal(a), Cell::Decimal(b)) => {
                Cell::Decimal(number::<Decimal>(operator, a, b))
            }
            (Cell::Span(a), Cell::Span(b)) => Cell::Span(TimeDelta::checked_add(&a, &b).unwrap()),
            (Cell::Text(a), Cell::Text(b)) => Cell::Text(a + &b),
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
