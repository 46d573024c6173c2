//! Conditions.

use super::writer::internal;
use super::{Level, Transform, Writer, select};
use crate::error::Result;
use crate::tree::{Between, BinaryOperator, Expr, InList, Literal, Select};

/// `left = right`
pub(super) fn comparison(
    writer: &mut Writer<'_>,
    operator: BinaryOperator,
    left: &Expr,
    right: &Expr,
) -> Result<Level> {
    let symbol = match operator {
        BinaryOperator::Equal => " = ",
        BinaryOperator::NotEqual => " <> ",
        BinaryOperator::Less => " < ",
        BinaryOperator::LessOrEqual => " <= ",
        BinaryOperator::Greater => " > ",
        BinaryOperator::GreaterOrEqual => " >= ",
        _ => return Err(internal("arithmetic is no comparison")),
    };
    compared(writer, left, symbol, right)
}

fn compared(writer: &mut Writer<'_>, left: &Expr, symbol: &str, right: &Expr) -> Result<Level> {
    writer.dialect.write_compared(writer, left, right, true)?;
    writer.push(symbol);
    writer.dialect.write_compared(writer, right, left, false)?;
    Ok(Level::Predicate)
}

/// Equal, or not, where NULL is a value like others.
pub(super) fn same(
    writer: &mut Writer<'_>,
    left: &Expr,
    right: &Expr,
    negated: bool,
) -> Result<Level> {
    let symbol = match (left.is_nullable() || right.is_nullable(), negated) {
        (false, false) => " = ",
        (false, true) => " <> ",
        (true, negated) => writer.dialect.same_operator(negated),
    };
    compared(writer, left, symbol, right)
}

/// All are true.
pub(super) fn all(writer: &mut Writer<'_>, items: &[Expr]) -> Result<Level> {
    chain(writer, items, " AND ", Level::And, "TRUE")
}

/// One is true.
pub(super) fn any(writer: &mut Writer<'_>, items: &[Expr]) -> Result<Level> {
    chain(writer, items, " OR ", Level::Or, "FALSE")
}

/// The longest chain that is written without parentheses. To SQLite each link is a level of its
/// tree, and it refuses more than 1000 of them; parts of parts stay far below.
const FLAT: usize = 100;

fn chain(
    writer: &mut Writer<'_>,
    items: &[Expr],
    between: &str,
    level: Level,
    none: &str,
) -> Result<Level> {
    match items {
        [] => {
            writer.push(none);
            Ok(Level::Atom)
        }
        [only] => super::expr::expr(writer, only, super::Place::Free),
        items if items.len() > FLAT => {
            let part = items.len().div_ceil(FLAT);
            for (at, part) in items.chunks(part).enumerate() {
                if at > 0 {
                    writer.push(between);
                }
                writer.wrapped(Level::Atom, |writer| chain(writer, part, between, level, none))?;
            }
            Ok(level)
        }
        items => {
            // An `and` within an `or` needs no parentheses and is read more easily with them.
            let least = if level == Level::Or { Level::Not } else { level };
            for (at, item) in items.iter().enumerate() {
                if at > 0 {
                    writer.push(between);
                }
                writer.operand(item, least)?;
            }
            Ok(level)
        }
    }
}

/// The complement: true where the operand is false or NULL.
pub(super) fn not(writer: &mut Writer<'_>, operand: &Expr) -> Result<Level> {
    match operand {
        // The complement of a complement is true where the condition is, and never NULL.
        Expr::Not(inner) if !inner.is_nullable() => {
            super::expr::expr(writer, inner, super::Place::Free)
        }
        Expr::Not(inner) => {
            writer.operand(inner, Level::Atom)?;
            writer.push(" IS TRUE");
            Ok(Level::Predicate)
        }
        Expr::IsNull(inner, negated) => is_null(writer, inner, !negated),
        Expr::Same(left, right, negated) => same(writer, left, right, !negated),
        Expr::Binary(BinaryOperator::Equal, left, right) if one_is_never_null(left, right) => {
            same(writer, left, right, true)
        }
        operand if operand.is_nullable() => {
            writer.operand(operand, Level::Atom)?;
            writer.push(" IS NOT TRUE");
            Ok(Level::Predicate)
        }
        operand => {
            writer.push("NOT ");
            writer.operand(operand, Level::Predicate)?;
            Ok(Level::Not)
        }
    }
}

/// Where both may be NULL, `a = b` is NULL for two NULLs, so its complement is true there, and
/// `is distinct from` is not.
fn one_is_never_null(left: &Expr, right: &Expr) -> bool {
    !left.is_nullable() || !right.is_nullable()
}

/// Is NULL, or is not.
pub(super) fn is_null(writer: &mut Writer<'_>, operand: &Expr, negated: bool) -> Result<Level> {
    writer.operand(operand, Level::Atom)?;
    writer.push(if negated { " IS NOT NULL" } else { " IS NULL" });
    Ok(Level::Predicate)
}

/// Between two bounds.
pub(super) fn between(writer: &mut Writer<'_>, between: &Between) -> Result<Level> {
    let Between { operand, low, high } = between;
    writer.dialect.write_compared(writer, operand, low, true)?;
    writer.push(" BETWEEN ");
    writer.dialect.write_compared(writer, low, operand, false)?;
    writer.push(" AND ");
    writer.dialect.write_compared(writer, high, operand, false)?;
    Ok(Level::Predicate)
}

/// In a list, NULL included where the list had it.
pub(super) fn in_list(writer: &mut Writer<'_>, list: &InList) -> Result<Level> {
    let level = if writer.constants {
        constant_list(writer, list)?
    } else {
        writer.dialect.write_in(writer, list)?
    };
    if !list.with_null {
        return Ok(level);
    }
    writer.push(" OR ");
    is_null(writer, &list.operand, false)?;
    Ok(Level::Or)
}

/// `operand in (1, 2)`, for DDL.
fn constant_list(writer: &mut Writer<'_>, list: &InList) -> Result<Level> {
    let crate::value::Value::Array(array) = &list.list.value else {
        return Err(internal("the list of `in` is no list"));
    };
    if array.items.is_empty() {
        writer.push("FALSE");
        return Ok(Level::Atom);
    }
    let first = Expr::literal(array.items[0].clone());
    writer.dialect.write_compared(writer, &list.operand, &first, true)?;
    writer.push(" IN (");
    writer.list(&array.items, |writer, item| {
        let constant = writer.dialect.constant(item)?;
        writer.push(&constant);
        Ok(())
    })?;
    writer.push(")");
    Ok(Level::Predicate)
}

/// Is one of the values that a query gives.
pub(super) fn in_select(writer: &mut Writer<'_>, operand: &Expr, query: &Select) -> Result<Level> {
    let other = query.columns.first().ok_or_else(|| internal("a query gives no column"))?;
    writer.dialect.write_compared(writer, operand, other, true)?;
    writer.push(" IN (");
    select::select(writer, query, select::Columns::Plain)?;
    writer.push(")");
    Ok(Level::Predicate)
}

/// `select * from unnest($1::bigint[], $2::text[])`: lists side by side as rows.
pub(super) fn unnest(writer: &mut Writer<'_>, lists: &[Literal]) -> Result<()> {
    writer.push("SELECT * FROM unnest(");
    writer.list(lists, |writer, list| {
        writer.value(list, Transform::None, super::Place::Free).map(|_| ())
    })?;
    writer.push(")");
    Ok(())
}
