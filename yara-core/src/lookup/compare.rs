//! Comparing a value of each row with what was given.

use super::fit::{fit, items, list};
use super::parse::Lookup;
use super::row::{complement_if, keys_of};
use super::{LookupValue, Operator, json, wrong, wrong_value};
use crate::error::Result;
use crate::tree::{Between, BinaryOperator, Expr, Function, InList, Literal, MatchKind, TextMatch};
use crate::value::{Type, Value};

/// The condition on a value.
pub(super) fn compare(lookup: &Lookup, operand: Expr, value: LookupValue) -> Result<Expr> {
    use Operator::*;
    let kind = lookup.kind();
    if kind == Some(Type::Json) && !lookup.asks_for_null() {
        return json::compare(lookup, operand, value);
    }
    let boxed = |operand: Expr| Box::new(operand);
    Ok(match lookup.operator {
        Exact => operand.equal(scalar(lookup, value, kind)?),
        Not => operand.not_equal(scalar(lookup, value, kind)?),
        Gt => operand.binary(BinaryOperator::Greater, ordered(lookup, value, kind)?),
        Gte => operand.binary(BinaryOperator::GreaterOrEqual, ordered(lookup, value, kind)?),
        Lt => operand.binary(BinaryOperator::Less, ordered(lookup, value, kind)?),
        Lte => operand.binary(BinaryOperator::LessOrEqual, ordered(lookup, value, kind)?),
        Range => {
            let (low, high) = pair(lookup, value)?;
            let low = ordered(lookup, low, kind)?;
            let high = ordered(lookup, high, kind)?;
            Expr::Between(boxed_between(operand, low, high))
        }
        In | NotIn => {
            let condition = in_list(lookup, operand, value, kind)?;
            complement_if(lookup.operator == NotIn, condition)
        }
        IsNull | NotIsNull => {
            let absent = flag(lookup, value)? == (lookup.operator == IsNull);
            Expr::IsNull(boxed(operand), !absent)
        }
        Contains if matches!(kind, Some(Type::Array(_))) => contains(lookup, operand, value, kind)?,
        Contains if matches!(kind, Some(Type::Range(_))) => {
            let wanted = match (&value, kind) {
                (LookupValue::Value(value), Some(Type::Range(element)))
                    if !matches!(value.kind(), Type::Range(_)) =>
                {
                    Some(*element)
                }
                _ => kind,
            };
            Expr::Call(Function::RangeContains, vec![operand, ordered(lookup, value, wanted)?])
        }
        ContainedBy if !matches!(kind, Some(Type::Array(_))) => {
            let range = match kind {
                Some(Type::Range(_)) => kind,
                kind => kind.and_then(Type::range),
            };
            Expr::Call(Function::RangeContains, vec![ordered(lookup, value, range)?, operand])
        }
        Overlap if matches!(kind, Some(Type::Range(_))) => {
            Expr::Call(Function::RangeOverlaps, vec![operand, ordered(lookup, value, kind)?])
        }
        ContainedBy => {
            Expr::Call(Function::ArrayContains, vec![scalar(lookup, value, kind)?, operand])
        }
        Overlap => Expr::Call(Function::ArrayOverlaps, vec![operand, scalar(lookup, value, kind)?]),
        Search => {
            let query = ordered(lookup, value, Some(Type::Text))?;
            Expr::Call(Function::Search(LANGUAGE), vec![query, operand])
        }
        IExact if is_null(&value) => Expr::IsNull(boxed(operand), false),
        Filter | HasKey | HasAnyKeys | HasKeys => {
            return Err(wrong(&lookup.text, "it is asked of a JSON document, and this is none"));
        }
        operator => {
            let pattern = ordered(lookup, value, Some(Type::Text))?;
            text(operator, operand, pattern)
        }
    })
}

/// The language of `search`, which a lookup has no place to name: words are taken as they are.
const LANGUAGE: &str = "simple";

fn boxed_between(operand: Expr, low: Expr, high: Expr) -> Box<Between> {
    Box::new(Between { operand, low, high })
}

/// A text that matches.
pub(super) fn text(operator: Operator, operand: Expr, pattern: Expr) -> Expr {
    use Operator::*;
    let (kind, ignore_case) = match operator {
        Regex | IRegex => {
            let ignore_case = operator == IRegex;
            return Expr::Call(Function::RegexMatches { ignore_case }, vec![operand, pattern]);
        }
        StartsWith => (MatchKind::StartsWith, false),
        IStartsWith => (MatchKind::StartsWith, true),
        EndsWith => (MatchKind::EndsWith, false),
        IEndsWith => (MatchKind::EndsWith, true),
        IContains => (MatchKind::Contains, true),
        IExact => (MatchKind::Exact, true),
        _ => (MatchKind::Contains, false),
    };
    Expr::Match(Box::new(TextMatch { kind, ignore_case, operand, pattern }))
}

/// A list that has an item, or all of several.
fn contains(
    lookup: &Lookup,
    operand: Expr,
    value: LookupValue,
    kind: Option<Type>,
) -> Result<Expr> {
    let item = match kind {
        Some(Type::Array(item)) => Some(*item),
        _ => None,
    };
    let whole = match &value {
        LookupValue::List(_) | LookupValue::Expr(_) | LookupValue::Query(_) => true,
        LookupValue::Value(value) => matches!(value.kind(), Type::Array(_)),
        LookupValue::Invalid(_) => false,
    };
    Ok(match whole {
        true => Expr::Call(Function::ArrayContains, vec![operand, scalar(lookup, value, kind)?]),
        false => Expr::Call(Function::ArrayHas, vec![operand, ordered(lookup, value, item)?]),
    })
}

/// `operand in (…)`, with NULL taken out of the list.
fn in_list(lookup: &Lookup, operand: Expr, value: LookupValue, kind: Option<Type>) -> Result<Expr> {
    if let LookupValue::Query(query) = value {
        let query = match lookup.field() {
            Some(field) => keys_of(*query, &[field]),
            None => *query,
        };
        return Ok(Expr::InSelect(Box::new(operand), Box::new(query)));
    }
    let given = items(value).map_err(|value| wants_list(lookup, &value))?;
    if given.iter().any(|value| matches!(value, LookupValue::Expr(_))) {
        let equal = |value| Ok(operand.clone().equal(scalar(lookup, value, kind)?));
        return given.into_iter().map(equal).collect::<Result<_>>().map(Expr::Or);
    }
    let mut values = Vec::with_capacity(given.len());
    let mut with_null = false;
    for value in given {
        match one(lookup, value, kind)? {
            Value::Null(_) => with_null = true,
            value => values.push(value),
        }
    }
    let kind = kind.or(values.first().map(Value::kind)).unwrap_or(Type::Text);
    let list = Literal::new(list(kind, values));
    Ok(Expr::In(Box::new(InList { operand, list, with_null })))
}

/// The one value that is given, as the kind that is compared.
pub(super) fn one(lookup: &Lookup, value: LookupValue, kind: Option<Type>) -> Result<Value> {
    match (value, kind) {
        (LookupValue::Value(value), None) => Ok(value),
        (LookupValue::Value(value), Some(kind)) => {
            fit(value, kind).map_err(|reason| wrong_value(&lookup.text, reason))
        }
        (LookupValue::List(values), Some(Type::Array(item))) => {
            let values = values.into_iter().map(|value| one(lookup, value, Some(*item)));
            Ok(list(*item, values.collect::<Result<_>>()?))
        }
        (LookupValue::Invalid(reason), _) => Err(wrong_value(&lookup.text, reason)),
        (value, kind) => Err(wrong_value(
            &lookup.text,
            format_args!(
                "it compares with a value{}, and was given {}",
                kind.map(|kind| format!(" of kind {}", kind.name())).unwrap_or_default(),
                value.name()
            ),
        )),
    }
}

/// A value, expression or query of one value; NULL may be among them.
fn scalar(lookup: &Lookup, value: LookupValue, kind: Option<Type>) -> Result<Expr> {
    match value {
        LookupValue::Expr(expr) => Ok(expr),
        LookupValue::Query(query) => {
            let query = match lookup.field() {
                Some(field) => keys_of(*query, &[field]),
                None => *query,
            };
            Ok(Expr::Scalar(Box::new(query)))
        }
        value => one(lookup, value, kind).map(Expr::literal),
    }
}

/// [`scalar`], where NULL would match nothing.
fn ordered(lookup: &Lookup, value: LookupValue, kind: Option<Type>) -> Result<Expr> {
    if is_null(&value) {
        let name = lookup.operator.name();
        return Err(wrong_value(
            &lookup.text,
            format_args!("NULL has no place in `{name}`; `isnull` asks for it"),
        ));
    }
    scalar(lookup, value, kind)
}

fn is_null(value: &LookupValue) -> bool {
    matches!(value, LookupValue::Value(value) if value.is_null())
}

/// The two values of `range`.
pub(super) fn pair(lookup: &Lookup, value: LookupValue) -> Result<(LookupValue, LookupValue)> {
    let given = match &value {
        LookupValue::List(items) => format!("{} values", items.len()),
        value => value.name().to_owned(),
    };
    let mut bounds = items(value).unwrap_or_default().into_iter();
    match (bounds.next(), bounds.next(), bounds.next()) {
        (Some(low), Some(high), None) => Ok((low, high)),
        _ => Err(wrong_value(
            &lookup.text,
            format_args!("it takes a list of two values, the least and the greatest, not {given}"),
        )),
    }
}

/// The value of `isnull`.
pub(super) fn flag(lookup: &Lookup, value: LookupValue) -> Result<bool> {
    match value {
        LookupValue::Value(Value::Bool(flag)) => Ok(flag),
        LookupValue::Value(Value::Json(text)) if matches!(&*text, "true" | "false") => {
            Ok(&*text == "true")
        }
        value => Err(wrong_value(
            &lookup.text,
            format_args!("it takes true or false, not {}", value.name()),
        )),
    }
}

pub(super) fn wants_list(lookup: &Lookup, value: &LookupValue) -> crate::error::Error {
    wrong_value(&lookup.text, format_args!("it takes a list or a query, not {}", value.name()))
}
