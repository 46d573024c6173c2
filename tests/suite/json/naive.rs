//! What questions about documents mean, read naively from documents in memory.

use crate::evaluator::shelf::Dice;
use serde_json::{Map, Value, json};
use yara_orm::typed::JsonStep;

/// A random document of few keys and values, so that they meet.
pub fn document(dice: &mut Dice, depth: usize) -> Value {
    let keys = ["a", "b", "é"];
    match dice.below(if depth == 0 { 5 } else { 9 }) {
        0 => Value::Null,
        1 => json!(dice.below(2) == 0),
        2 => json!(dice.number()),
        3 => json!(dice.number() as f64 + 0.5),
        4 => json!(keys[dice.below(3)]),
        5 | 6 => Value::Array((0..dice.below(4)).map(|_| document(dice, depth - 1)).collect()),
        _ => {
            let mut entries = Map::new();
            for _ in 0..dice.below(4) {
                let key = keys[dice.below(3)];
                entries.insert(key.to_owned(), document(dice, depth - 1));
            }
            Value::Object(entries)
        }
    }
}

/// A path of up to two steps.
pub fn small_path(dice: &mut Dice) -> Vec<JsonStep> {
    let step = |dice: &mut Dice| match dice.below(3) {
        0 => JsonStep::Index(dice.below(5) as i32 - 2),
        _ => JsonStep::Key(["a", "b", "é"][dice.below(3)].to_owned()),
    };
    (0..dice.below(3)).map(|_| step(dice)).collect()
}

pub fn step_into<'d>(document: &'d Value, path: &[JsonStep]) -> Option<&'d Value> {
    path.iter().try_fold(document, |document, step| match step {
        JsonStep::Key(key) => document.as_object()?.get(key),
        JsonStep::Index(index) => {
            let items = document.as_array()?;
            items.get(place(*index, items.len())?)
        }
    })
}

fn place(index: i32, length: usize) -> Option<usize> {
    match usize::try_from(index) {
        Ok(index) => Some(index),
        Err(_) => length.checked_sub(index.unsigned_abs() as usize),
    }
}

/// Equal values; here numbers are halves, which floats hold exactly.
pub fn same(left: &Value, right: &Value) -> bool {
    match (left, right) {
        (Value::Number(left), Value::Number(right)) => left.as_f64() == right.as_f64(),
        (Value::Array(left), Value::Array(right)) => {
            left.len() == right.len() && left.iter().zip(right).all(|(a, b)| same(a, b))
        }
        (Value::Object(left), Value::Object(right)) => {
            left.len() == right.len()
                && left.iter().all(|(key, a)| right.get(key).is_some_and(|b| same(a, b)))
        }
        _ => left == right,
    }
}

/// PostgreSQL's `@>`.
pub fn contains(whole: &Value, part: &Value) -> bool {
    match (whole, part) {
        (Value::Array(items), part) if !part.is_array() && !part.is_object() => {
            items.iter().any(|item| same(item, part))
        }
        _ => holds(whole, part),
    }
}

fn holds(whole: &Value, part: &Value) -> bool {
    match (whole, part) {
        (Value::Array(items), Value::Array(parts)) => {
            parts.iter().all(|part| items.iter().any(|item| holds(item, part)))
        }
        (Value::Object(entries), Value::Object(parts)) => {
            parts.iter().all(|(key, part)| entries.get(key).is_some_and(|it| holds(it, part)))
        }
        _ => same(whole, part),
    }
}

pub fn has_key(document: &Value, key: &str) -> bool {
    match document {
        Value::Object(entries) => entries.contains_key(key),
        Value::Array(items) => items.iter().any(|item| item == key),
        other => other == key,
    }
}

/// With a value at a path, or without what is there.
pub fn set(document: &Value, path: &[JsonStep], value: Option<&Value>) -> Value {
    let mut document = document.clone();
    let (last, way) = path.split_last().unwrap();
    let target = way.iter().try_fold(&mut document, |document, step| match step {
        JsonStep::Key(key) => document.as_object_mut()?.get_mut(key),
        JsonStep::Index(index) => {
            let items = document.as_array_mut()?;
            let at = place(*index, items.len())?;
            items.get_mut(at)
        }
    });
    match (target, last, value) {
        (Some(Value::Object(entries)), JsonStep::Key(key), Some(value)) => {
            entries.insert(key.clone(), value.clone());
        }
        (Some(Value::Object(entries)), JsonStep::Key(key), None) => {
            entries.shift_remove(key);
        }
        (Some(Value::Array(items)), JsonStep::Index(index), value) => {
            match (place(*index, items.len()), value) {
                (Some(at), Some(value)) if at < items.len() => items[at] = value.clone(),
                (Some(_), Some(value)) => items.push(value.clone()),
                (None, Some(value)) => items.insert(0, value.clone()),
                (Some(at), None) if at < items.len() => drop(items.remove(at)),
                (_, None) => {}
            }
        }
        _ => {}
    }
    document
}

pub fn merge(one: &Value, two: &Value) -> Value {
    match (one, two) {
        (Value::Object(one), Value::Object(two)) => {
            let mut merged = one.clone();
            two.iter().for_each(|(key, value)| drop(merged.insert(key.clone(), value.clone())));
            Value::Object(merged)
        }
        _ => two.clone(),
    }
}
