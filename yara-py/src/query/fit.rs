//! Which expressions may become the value of a field: those of its kind, and those that both
//! databases turn into it alike and without loss.

use super::{Node, refuse};
use crate::schema::Codec;
use pyo3::prelude::*;
use yara_core::tree::Expr;
use yara_core::value::{Type, Value};

/// An expression as the new value of a field; refuses one that is known to be of another kind.
pub(super) fn fitted(node: &Node, codec: &Codec) -> PyResult<Expr> {
    if let Expr::Literal(literal) = &node.node
        && literal.value.is_null()
    {
        return Ok(Expr::literal(Value::Null(codec.kind)));
    }
    match (node.kind, codec.kind) {
        // SQLite would store it as it is, and compare it with others as text.
        (Some(Type::Timestamp), Type::TimestampTz) => {
            Ok(Expr::Cast(Box::new(node.node.clone()), Type::TimestampTz))
        }
        (Some(kind), _) => {
            check(kind, codec)?;
            Ok(node.node.clone())
        }
        (None, _) => Ok(node.node.clone()),
    }
}

/// Refuses values of a kind that a field does not take.
pub(super) fn check(kind: Type, codec: &Codec) -> PyResult<()> {
    if fits(kind, codec.kind) {
        return Ok(());
    }
    let cast = python(codec.kind)
        .map_or_else(String::new, |name| format!("; cast the expression by .cast({name})"));
    Err(refuse(format!(
        "{}.{} is of the kind {}, and the expression of the kind {}{cast}",
        codec.model,
        codec.field,
        described(codec.kind),
        described(kind)
    )))
}

fn fits(from: Type, to: Type) -> bool {
    use Type::{Array, F32, F64, Foreign, I16, I32, I64, Numeric};
    match (from, to) {
        // What a database makes of a kind that the program has registered, only it knows.
        (Foreign(_), _) | (_, Foreign(_)) => true,
        (I16 | I32 | I64, I16 | I32 | I64 | Numeric | F64) | (F32, F64) => true,
        (Array(from), Array(to)) => {
            from == to || matches!((from, to), (I16 | I32 | I64, I16 | I32 | I64))
        }
        _ => from == to,
    }
}

/// A kind by its name; of a list, with that of its items.
fn described(kind: Type) -> String {
    match kind {
        Type::Array(element) => format!("array of {}", described(*element)),
        Type::Range(element) => format!("range of {}", described(*element)),
        _ => kind.name().into(),
    }
}

/// The type of Python that `cast` takes for a kind.
fn python(kind: Type) -> Option<&'static str> {
    Some(match kind {
        Type::Bool => "bool",
        Type::I16 | Type::I32 | Type::I64 => "int",
        Type::F64 => "float",
        Type::Numeric => "Decimal",
        Type::Text => "str",
        Type::Bytes => "bytes",
        Type::Uuid => "UUID",
        Type::Date => "date",
        Type::Time => "time",
        Type::TimestampTz => "datetime",
        _ => return None,
    })
}
