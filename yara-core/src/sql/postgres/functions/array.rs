//! Lists.

use super::super::super::{Level, Writer, list};
use super::super::types;
use super::unsupported;
use crate::error::Result;
use crate::tree::{Expr, Function};
use crate::value::Type;

pub(super) fn call(
    writer: &mut Writer<'_>,
    function: Function,
    arguments: &[Expr],
) -> Result<Level> {
    let item = list::item(function, arguments)?;
    match (function, arguments) {
        (Function::ArrayContains, [one, other]) => operator(writer, one, " @> ", other),
        (Function::ArrayOverlaps, [one, other]) => operator(writer, one, " && ", other),
        // Not `item = ANY(list)`, which an index cannot answer, and which is NULL beside a NULL.
        (Function::ArrayHas, [of, wanted]) => {
            writer.operand(of, Level::Atom)?;
            writer.push(" @> ARRAY[");
            writer.expr(wanted)?;
            writer.push("]");
            if let Some(item) = item {
                writer.push(&format!("::{}", types::name(item.list())));
            }
            Ok(Level::Raw)
        }
        (Function::ArrayHasNull, [of]) => {
            writer.push("array_position(");
            writer.expr(of)?;
            // Of NULL it is NULL, which a plain `is not null` would hide.
            writer.push(", NULL) IS NOT NULL AND ");
            writer.operand(of, Level::Atom)?;
            writer.push(" IS NOT NULL");
            Ok(Level::And)
        }
        (Function::ArrayLength, [of]) => writer.call("cardinality", &[of]),
        (Function::ArrayGet, [of, index]) => {
            writer.push("(");
            writer.expr(of)?;
            writer.push(")[least(");
            writer.expr(index)?;
            writer.push(", 2147483646)::integer + 1]");
            Ok(Level::Atom)
        }
        (Function::ArrayAppend, [of, added]) => with_item(writer, "array_append", of, added, item),
        (Function::ArrayRemove, [of, gone]) => with_item(writer, "array_remove", of, gone, item),
        (Function::ArrayConcat, [one, other]) => writer.call("array_cat", &[one, other]),
        (function, _) => Err(unsupported(function)),
    }
}

fn operator(writer: &mut Writer<'_>, one: &Expr, operator: &str, other: &Expr) -> Result<Level> {
    writer.operand(one, Level::Atom)?;
    writer.push(operator);
    writer.operand(other, Level::Atom)?;
    Ok(Level::Raw)
}

fn with_item(
    writer: &mut Writer<'_>,
    name: &str,
    of: &Expr,
    added: &Expr,
    item: Option<Type>,
) -> Result<Level> {
    writer.push(name);
    writer.push("(");
    writer.expr(of)?;
    writer.push(", ");
    writer.operand(added, Level::Atom)?;
    if let Some(item) = item {
        writer.push(&format!("::{}", types::name(item)));
    }
    writer.push(")");
    Ok(Level::Atom)
}
