//! Lookups of JSON documents. Values are compared by their JSON type: a number with numbers, a text
//! with texts.

use super::compare::{one, pair, text, wants_list};
use super::fit::{items, json as document, of_document};
use super::parse::{Base, Ending, Lookup, endings};
use super::{LookupValue, Operator, Transform, wrong_value};
use crate::error::Result;
use crate::tree::{BinaryOperator, Expr, Function, Literal};
use crate::value::{Type, Value};

/// The condition on a document, or on what stands at a path in one.
pub(super) fn compare(lookup: &Lookup, operand: Expr, value: LookupValue) -> Result<Expr> {
    use Operator::*;
    let call = |function, arguments| Ok(Expr::Call(function, arguments));
    match lookup.operator {
        Filter => filter(lookup, operand, value),
        HasKey => call(Function::JsonHasKey, vec![operand, plain(lookup, value, Type::Text)?]),
        HasAnyKeys => call(Function::JsonHasAnyKey, vec![operand, keys(lookup, value)?]),
        HasKeys => call(Function::JsonHasAllKeys, vec![operand, keys(lookup, value)?]),
        Contains => call(Function::JsonContains, vec![operand, literal(lookup, value)?]),
        ContainedBy => call(Function::JsonContains, vec![literal(lookup, value)?, operand]),
        In | NotIn => {
            let given = items(value).map_err(|value| wants_list(lookup, &value))?;
            let equals = |value| Ok(equal(operand.clone(), literal(lookup, value)?));
            let one_of = Expr::Or(given.into_iter().map(equals).collect::<Result<_>>()?);
            Ok(match lookup.operator {
                NotIn => Expr::Not(Box::new(one_of)),
                _ => one_of,
            })
        }
        Exact => Ok(equal(operand, literal(lookup, value)?)),
        Not => Ok(Expr::Not(Box::new(equal(operand, literal(lookup, value)?)))),
        Gt => ordered(lookup, operand, BinaryOperator::Greater, value),
        Gte => ordered(lookup, operand, BinaryOperator::GreaterOrEqual, value),
        Lt => ordered(lookup, operand, BinaryOperator::Less, value),
        Lte => ordered(lookup, operand, BinaryOperator::LessOrEqual, value),
        Range => {
            let (low, high) = pair(lookup, value)?;
            let low = ordered(lookup, operand.clone(), BinaryOperator::GreaterOrEqual, low)?;
            let high = ordered(lookup, operand, BinaryOperator::LessOrEqual, high)?;
            Ok(low.and(high))
        }
        operator => {
            let pattern = plain(lookup, value, Type::Text)?;
            let string = Expr::Call(Function::JsonString, vec![operand]);
            Ok(text(operator, string, pattern))
        }
    }
}

/// The same JSON value: `5` is `5.0`, and keys have no order.
fn equal(operand: Expr, document: Expr) -> Expr {
    match &document {
        // Of a document that is not there nothing else can be meant; the document `null` stands at
        // paths only.
        Expr::Literal(literal) if literal.value.is_null() => Expr::IsNull(Box::new(operand), false),
        _ => Expr::Call(Function::JsonEquals, vec![operand, document]),
    }
}

/// Compares with a number, text or boolean; what is of another JSON type does not match.
fn ordered(
    lookup: &Lookup,
    operand: Expr,
    operator: BinaryOperator,
    value: LookupValue,
) -> Result<Expr> {
    if let LookupValue::Expr(expr) = value {
        let function = match expr.kind() {
            Some(Type::Text) => Function::JsonString,
            Some(Type::Bool) => Function::JsonBool,
            _ => Function::JsonNumber,
        };
        return Ok(Expr::Call(function, vec![operand]).binary(operator, expr));
    }
    let given = match one(lookup, value, Some(Type::Json))? {
        Value::Json(text) => text,
        _ => "null".into(),
    };
    let parsed = document(&given).map_err(|reason| wrong_value(&lookup.text, reason))?;
    let (function, value) = match parsed {
        serde_json::Value::Number(number) => {
            let number = number.to_string().parse().map(Value::Numeric);
            (Function::JsonNumber, number.map_err(|reason| wrong_value(&lookup.text, reason))?)
        }
        serde_json::Value::String(text) => (Function::JsonString, Value::Text(text.into())),
        serde_json::Value::Bool(flag) => (Function::JsonBool, Value::Bool(flag)),
        _ => {
            return Err(wrong_value(
                &lookup.text,
                "only numbers, texts and booleans of JSON are less or greater than others",
            ));
        }
    };
    Ok(Expr::Call(function, vec![operand]).binary(operator, Expr::literal(value)))
}

/// A document to compare with. NULL is the document `null` at a path, and no document elsewhere.
fn literal(lookup: &Lookup, value: LookupValue) -> Result<Expr> {
    let value = match value {
        LookupValue::Expr(expr) => return Ok(expr),
        LookupValue::List(values) => {
            let items =
                values.into_iter().map(|value| match one(lookup, value, Some(Type::Json))? {
                    Value::Json(text) => {
                        document(&text).map_err(|reason| wrong_value(&lookup.text, reason))
                    }
                    _ => Ok(serde_json::Value::Null),
                });
            of_document(&serde_json::Value::Array(items.collect::<Result<_>>()?))
        }
        value => one(lookup, value, Some(Type::Json))?,
    };
    Ok(Expr::literal(match value {
        Value::Null(_) if lookup.in_document() => Value::Json("null".into()),
        value => value,
    }))
}

/// A value of a kind other than JSON; a JSON text may be given for it.
fn plain(lookup: &Lookup, value: LookupValue, kind: Type) -> Result<Expr> {
    let value = match value {
        LookupValue::Expr(expr) => return Ok(expr),
        LookupValue::Value(Value::Json(text)) => match document(&text) {
            Ok(serde_json::Value::String(text)) => LookupValue::Value(Value::Text(text.into())),
            _ => LookupValue::Value(Value::Json(text)),
        },
        value => value,
    };
    let value = one(lookup, value, Some(kind))?;
    if value.is_null() {
        return Err(wrong_value(&lookup.text, format_args!("it takes {}, not NULL", kind.name())));
    }
    Ok(Expr::literal(value))
}

/// The keys of `has_keys` and `has_any_keys`.
fn keys(lookup: &Lookup, value: LookupValue) -> Result<Expr> {
    let given = items(value).map_err(|value| wants_list(lookup, &value))?;
    let mut keys = Vec::with_capacity(given.len());
    for key in given {
        match plain(lookup, key, Type::Text)? {
            Expr::Literal(Literal { value, .. }) => keys.push(value),
            _ => return Err(wrong_value(&lookup.text, "keys are texts")),
        }
    }
    Ok(Expr::literal(super::fit::list(Type::Text, keys)))
}

/// Conditions on parts of a document: `{"breed": "pug", "owner__age__gt": 30}`.
fn filter(lookup: &Lookup, operand: Expr, value: LookupValue) -> Result<Expr> {
    let given = match value {
        LookupValue::Value(Value::Json(text)) => {
            document(&text).map_err(|reason| wrong_value(&lookup.text, reason))?
        }
        _ => serde_json::Value::Null,
    };
    let serde_json::Value::Object(entries) = given else {
        return Err(wrong_value(
            &lookup.text,
            "it takes an object of lookups and their values, such as {\"age__gt\": 3}",
        ));
    };
    let mut conditions = Vec::with_capacity(entries.len());
    for (name, value) in &entries {
        let text = format!("{}__{name}", lookup.text.trim_end_matches("__filter"));
        let segments: Vec<&str> = name.split("__").collect();
        let (first, rest) = segments.split_first().unwrap_or((&"", &[]));
        let mut inner = Lookup {
            text: text.into(),
            base: Base::Expr(Box::new(operand.clone()), Some(Type::Json)),
            // An entry begins with a key, whatever it is called.
            transforms: vec![Transform::step_named(first)],
            operator: Operator::Exact,
            path: Vec::new(),
            tables: lookup.tables.clone(),
        };
        endings(&mut inner, rest, Ending::Operator)?;
        let operand = super::build::operand(&inner, 0)?;
        let value = match inner.kind() {
            Some(Type::Json) => LookupValue::Value(of_document(value)),
            _ => plain_of_document(value),
        };
        conditions.push(super::compare::compare(&inner, operand, value)?);
    }
    Ok(match (conditions.len(), conditions.pop()) {
        (1, Some(only)) => only,
        (_, last) => {
            conditions.extend(last);
            Expr::And(conditions)
        }
    })
}

/// A document as a value of another kind than JSON: its numbers, texts and booleans.
fn plain_of_document(document: &serde_json::Value) -> LookupValue {
    use serde_json::Value as Document;
    LookupValue::Value(match document {
        Document::Null => Value::Null(Type::Json),
        Document::Bool(flag) => Value::Bool(*flag),
        Document::String(text) => Value::Text(text.as_str().into()),
        Document::Number(number) => match (number.as_i64(), number.as_f64()) {
            (Some(number), _) => Value::I64(number),
            (None, Some(number)) => Value::F64(number),
            (None, None) => of_document(document),
        },
        Document::Array(items) => {
            return LookupValue::List(items.iter().map(plain_of_document).collect());
        }
        Document::Object(_) => of_document(document),
    })
}
