//! Expressions.

use super::predicate;
use super::writer::internal;
use super::{Level, Place, Transform, Writer, custom, select, window};
use crate::error::{Error, ErrorKind, Result};
use crate::tree::{BinaryOperator, Expr, Function, Slot};
use crate::value::Type;

/// Writes an expression and says how tightly it holds together.
pub(super) fn expr(writer: &mut Writer<'_>, expr: &Expr, place: Place) -> Result<Level> {
    let dialect = writer.dialect;
    match expr {
        Expr::Literal(literal) => writer.value(literal, Transform::None, place),
        Expr::Slot(slot) => column(writer, slot),
        Expr::Output(output) => {
            let alias = output.alias.ok_or_else(|| internal("an output was not planned"))?;
            writer.alias(alias)?;
            writer.push(".");
            writer.name(&select::output_name(output.column));
            Ok(Level::Atom)
        }
        Expr::Binary(operator, left, right) if operator.is_comparison() => {
            predicate::comparison(writer, *operator, left, right)
        }
        Expr::Binary(operator, left, right) => {
            dialect.write_arithmetic(writer, *operator, left, right)
        }
        Expr::Negate(operand) => dialect.write_negate(writer, operand),
        Expr::And(items) => predicate::all(writer, items),
        Expr::Or(items) => predicate::any(writer, items),
        Expr::Not(operand) => predicate::not(writer, operand),
        Expr::IsNull(operand, negated) => predicate::is_null(writer, operand, *negated),
        Expr::Same(left, right, negated) => predicate::same(writer, left, right, *negated),
        Expr::Between(between) => predicate::between(writer, between),
        Expr::In(list) => predicate::in_list(writer, list),
        Expr::InRows(rows) => dialect.write_in_rows(writer, rows),
        Expr::InSelect(operand, query) => predicate::in_select(writer, operand, query),
        Expr::Match(text) => dialect.write_match(writer, text),
        Expr::Exists(query) => {
            writer.push("EXISTS ");
            subquery(writer, query)
        }
        Expr::Scalar(query) => subquery(writer, query),
        Expr::Tuple(items) => {
            writer.push("(");
            writer.list(items, |writer, item| writer.expr(item))?;
            writer.push(")");
            Ok(Level::Atom)
        }
        Expr::Aggregate(aggregate) => dialect.write_aggregate(writer, aggregate, None),
        Expr::Call(function, arguments) => call(writer, *function, arguments),
        Expr::Cast(operand, kind) => dialect.write_cast(writer, operand, *kind),
        Expr::Window(inner) => window::window(writer, inner),
        Expr::Case(inner) => custom::case(writer, inner),
        Expr::Custom(inner) => dialect.write_custom(writer, inner),
        Expr::Raw(raw) => {
            super::raw::raw(writer, raw)?;
            Ok(Level::Raw)
        }
        // The condition of a table, which is about the columns of that table alone.
        Expr::Column(own) if writer.constants && own.path.is_empty() => {
            writer.name(own.table.field(&own.field)?.column);
            Ok(Level::Atom)
        }
        Expr::Column(_)
        | Expr::Fields(..)
        | Expr::Excluded(_)
        | Expr::Related(_)
        | Expr::Invalid(_) => Err(internal("an expression was not planned")),
    }
}

fn column(writer: &mut Writer<'_>, slot: &Slot) -> Result<Level> {
    if let Some(alias) = slot.alias {
        writer.alias(alias)?;
        writer.push(".");
    }
    writer.dialect.check_kind(slot.field.kind)?;
    writer.name(slot.field.column);
    Ok(Level::Atom)
}

fn subquery(writer: &mut Writer<'_>, query: &crate::tree::Select) -> Result<Level> {
    writer.push("(");
    select::select(writer, query, select::Columns::Plain)?;
    writer.push(")");
    Ok(Level::Atom)
}

/// Two operands with an operator between them; operators of one level group to the left.
pub(super) fn arithmetic(
    writer: &mut Writer<'_>,
    operator: BinaryOperator,
    left: &Expr,
    right: &Expr,
) -> Result<Level> {
    let (symbol, level) = match operator {
        BinaryOperator::Add => (" + ", Level::Sum),
        BinaryOperator::Subtract => (" - ", Level::Sum),
        BinaryOperator::Multiply => (" * ", Level::Product),
        BinaryOperator::Divide => (" / ", Level::Product),
        BinaryOperator::Remainder => (" % ", Level::Product),
        BinaryOperator::Concat => (" || ", Level::Concat),
        _ => return Err(internal("a comparison is no arithmetic")),
    };
    if operator == BinaryOperator::Remainder {
        check_remainder(left, right)?;
    }
    let tighter = match level {
        Level::Sum => Level::Product,
        Level::Product => Level::Unary,
        _ => Level::Atom,
    };
    // `a || b` has another rank in each database, so an operand of it is never bare arithmetic.
    let chained = matches!(left, Expr::Binary(BinaryOperator::Concat, ..));
    let left_least = if level == Level::Concat && !chained { Level::Atom } else { level };
    writer.operand(left, left_least)?;
    writer.push(symbol);
    writer.operand(right, tighter)?;
    Ok(level)
}

/// PostgreSQL has no remainder of floats, and SQLite's is that of their whole parts.
fn check_remainder(left: &Expr, right: &Expr) -> Result<()> {
    let float = |expr: &Expr| matches!(expr.kind(), Some(Type::F32 | Type::F64));
    if !float(left) && !float(right) {
        return Ok(());
    }
    Err(Error::new(
        ErrorKind::InvalidQuery,
        "the remainder of floats has no common meaning; take it of integers or decimals",
    ))
}

fn call(writer: &mut Writer<'_>, function: Function, arguments: &[Expr]) -> Result<Level> {
    // The condition of a table was never planned.
    function.check_arity(arguments.len())?;
    if let (Function::Coalesce, [only]) = (function, arguments) {
        return expr(writer, only, Place::Free);
    }
    writer.dialect.write_call(writer, function, arguments)
}
