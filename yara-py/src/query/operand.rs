//! Python objects as operands: nodes as they are, everything else as a literal.

use super::fit::fitted;
use super::literal::{guess, literal_of};
use super::node::Node;
use crate::schema::Codec;
use pyo3::prelude::*;
use pyo3::types::{PyBool, PyDateTime, PyInt, PyString};
use std::sync::Arc;
use yara_core::tree::Expr;
use yara_core::value::{Type, Value};

/// Something to be compared or computed with `like`.
pub(super) fn comparable(other: &Bound<'_, PyAny>, like: &Node) -> PyResult<Expr> {
    if let Ok(node) = other.cast::<Node>() {
        return Ok(node.get().node.clone());
    }
    if other.is_none() {
        return Ok(Expr::literal(Value::Null(like.kind.unwrap_or(Type::Text))));
    }
    let Some(kind) = like.kind else { return guess(other).map(Expr::literal) };
    literal_of(other, kind, like.codec.as_deref()).map(Expr::literal)
}

/// Something to be computed with `like`: `views + 1`, `created + timedelta(days=1)`.
pub(super) fn computable(other: &Bound<'_, PyAny>, like: &Node) -> PyResult<Expr> {
    if let Ok(node) = other.cast::<Node>() {
        return Ok(node.get().node.clone());
    }
    match like.kind {
        Some(kind @ (Type::I16 | Type::I32)) if is_whole(other) => {
            integer(other, kind).map(Expr::literal)
        }
        Some(Type::Numeric | Type::F64) if is_whole(other) => {
            literal_of(other, like.kind.unwrap_or(Type::I64), None).map(Expr::literal)
        }
        // A datetime means what it means where it is compared.
        Some(Type::TimestampTz) if other.is_instance_of::<PyDateTime>() => {
            literal_of(other, Type::TimestampTz, None).map(Expr::literal)
        }
        _ => guess(other).map(Expr::literal),
    }
}

/// A new value of a field: a node, or a value that fits it.
pub(super) fn assignable(other: &Bound<'_, PyAny>, codec: &Arc<Codec>) -> PyResult<Expr> {
    match other.cast::<Node>() {
        Ok(node) => fitted(node.get(), codec),
        Err(_) => literal_of(other, codec.kind, Some(codec)).map(Expr::literal),
    }
}

/// A text, or a node that gives one.
pub(super) fn textual(other: &Bound<'_, PyAny>) -> PyResult<Expr> {
    match other.cast::<Node>() {
        Ok(node) => Ok(node.get().node.clone()),
        Err(_) => {
            if !other.is_instance_of::<PyString>() {
                return Err(super::refuse(format!(
                    "a text is matched with a text, not with {}",
                    other.repr()?
                )));
            }
            guess(other).map(Expr::literal)
        }
    }
}

/// Anything, of the kind that it looks like.
pub(super) fn anything(other: &Bound<'_, PyAny>) -> PyResult<Expr> {
    match other.cast::<Node>() {
        Ok(node) => Ok(node.get().node.clone()),
        Err(_) => guess(other).map(Expr::literal),
    }
}

fn is_whole(value: &Bound<'_, PyAny>) -> bool {
    value.is_instance_of::<PyInt>() && !value.is_instance_of::<PyBool>()
}

/// An integer of a kind, or of 64 bits where it does not fit.
fn integer(value: &Bound<'_, PyAny>, kind: Type) -> PyResult<Value> {
    let wide: Option<i64> = value.extract().ok();
    Ok(match (kind, wide) {
        (Type::I16, Some(wide)) if i16::try_from(wide).is_ok() => Value::I16(wide as i16),
        (_, Some(wide)) if i32::try_from(wide).is_ok() => Value::I32(wide as i32),
        (_, Some(wide)) => Value::I64(wide),
        (_, None) => guess(value)?,
    })
}
