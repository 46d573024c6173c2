//! What a lookup does to a field before it compares.

use crate::tree::{DatePart, Expr, Function};
use crate::value::{Type, Value};

/// A step between a field and the operator: `created__year__gte`, `tags__0`, `data__owner__name`.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Transform {
    /// A function of one argument: `lower`, `length`, `year`, ….
    Call(Function),
    /// The date of a timestamp.
    Date,
    /// An item of a list, counted from 0.
    Index(i64),
    /// A key of a JSON object.
    Key(Box<str>),
    /// An item of a JSON array, counted from 0.
    Item(i64),
}

const TEXT: [(&str, Function); 8] = [
    ("lower", Function::Lower),
    ("upper", Function::Upper),
    ("length", Function::Length),
    ("len", Function::Length),
    ("trim", Function::Trim),
    ("ltrim", Function::TrimStart),
    ("rtrim", Function::TrimEnd),
    ("reverse", Function::Reverse),
];

const NUMBER: [(&str, Function); 6] = [
    ("abs", Function::Abs),
    ("sign", Function::Sign),
    ("round", Function::Round),
    ("trunc", Function::Trunc),
    ("floor", Function::Floor),
    ("ceil", Function::Ceil),
];

const DAY: [(&str, DatePart); 7] = [
    ("year", DatePart::Year),
    ("quarter", DatePart::Quarter),
    ("month", DatePart::Month),
    ("week", DatePart::Week),
    ("day", DatePart::Day),
    ("iso_week_day", DatePart::WeekDay),
    ("year_day", DatePart::YearDay),
];

const CLOCK: [(&str, DatePart); 4] = [
    ("hour", DatePart::Hour),
    ("minute", DatePart::Minute),
    ("second", DatePart::Second),
    ("microsecond", DatePart::Microsecond),
];

impl Transform {
    /// The transform of a name for values of a kind. Of an unknown kind all but the steps into a
    /// list or document are to be had.
    pub(super) fn named(name: &str, kind: Option<Type>) -> Option<Transform> {
        match kind {
            Some(Type::Json) if name == "len" => {
                return Some(Transform::Call(Function::JsonLength));
            }
            Some(Type::Json) => return Some(Transform::step_named(name)),
            Some(Type::Array(_)) if name == "len" => {
                return Some(Transform::Call(Function::ArrayLength));
            }
            Some(Type::Array(_)) => return name.parse().ok().map(Transform::Index),
            _ => {}
        }
        all(kind).into_iter().find(|(known, _)| *known == name).map(|(_, transform)| transform)
    }

    /// A step into a JSON document: an index where it is a whole number, else a key.
    pub(super) fn step_named(name: &str) -> Transform {
        name.parse().map_or_else(|_| Transform::Key(name.into()), Transform::Item)
    }

    /// The names of those that fit, for messages.
    pub(super) fn names(kind: Option<Type>) -> Vec<&'static str> {
        match kind {
            Some(Type::Json | Type::Array(_)) => vec!["len"],
            kind => all(kind).into_iter().map(|(name, _)| name).collect(),
        }
    }

    /// The kind of the result for values of a kind.
    pub(super) fn kind(&self, kind: Option<Type>) -> Option<Type> {
        match (self, kind) {
            (Transform::Call(Function::Extract(_)), _) => Some(Type::I32),
            (Transform::Call(Function::Abs | Function::Round | Function::Trunc), kind)
            | (Transform::Call(Function::Floor | Function::Ceil), kind) => kind,
            (Transform::Call(function), _) => function.kind(&[]),
            (Transform::Date, _) => Some(Type::Date),
            (Transform::Index(_), Some(Type::Array(item))) => Some(*item),
            (Transform::Index(_), _) => None,
            (Transform::Key(_) | Transform::Item(_), _) => Some(Type::Json),
        }
    }

    /// Whether it is a step into a JSON document.
    pub(super) fn is_step(&self) -> bool {
        matches!(self, Transform::Key(_) | Transform::Item(_))
    }

    /// The step of a JSON path as an argument.
    pub(super) fn step(&self) -> Option<Expr> {
        match self {
            Transform::Key(key) => Some(Expr::literal(Value::Text(key.clone()))),
            Transform::Item(index) => Some(Expr::literal(Value::I64(*index))),
            _ => None,
        }
    }
}

/// The transforms of scalars.
fn all(kind: Option<Type>) -> Vec<(&'static str, Transform)> {
    let is = |wanted: &[Type]| kind.is_none_or(|kind| wanted.contains(&kind));
    let mut found: Vec<(&'static str, Transform)> = Vec::new();
    let calls = |list: &[(&'static str, Function)]| {
        list.iter().map(|(name, function)| (*name, Transform::Call(*function))).collect::<Vec<_>>()
    };
    let parts = |list: &[(&'static str, DatePart)]| {
        let extract = |part: &DatePart| Transform::Call(Function::Extract(*part));
        list.iter().map(|(name, part)| (*name, extract(part))).collect::<Vec<_>>()
    };
    if is(&[Type::Text]) {
        found.extend(calls(&TEXT));
    }
    if is(&[Type::I16, Type::I32, Type::I64, Type::F32, Type::F64, Type::Numeric]) {
        found.extend(calls(&NUMBER));
    }
    if is(&[Type::Date, Type::Timestamp, Type::TimestampTz]) {
        found.extend(parts(&DAY));
    }
    if is(&[Type::Time, Type::Timestamp, Type::TimestampTz]) {
        found.extend(parts(&CLOCK));
    }
    if is(&[Type::Timestamp, Type::TimestampTz]) {
        found.push(("date", Transform::Date));
    }
    found
}
