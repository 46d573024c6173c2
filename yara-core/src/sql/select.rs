//! Queries.

use super::{Level, Writer, source};
use crate::error::{Error, ErrorKind, Result};
use crate::tree::{Distinct, Expr, Order, Select};
use crate::value::Type;

/// The name of a column of a query that another one reads from.
pub(super) fn output_name(column: usize) -> String {
    format!("c{column}")
}

/// Who reads the columns of a query.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Columns {
    /// The program, by position.
    Read,
    /// The statement around it, by position.
    Plain,
    /// Another query, by name.
    Named,
    /// Another query, and equal rows are one row.
    Compared,
}

/// Writes a query.
pub(super) fn select(writer: &mut Writer<'_>, select: &Select, columns: Columns) -> Result<()> {
    if let Distinct::On(keys) = &select.distinct
        && !writer.dialect.capabilities().distinct_on
    {
        return self::select(writer, &super::distinct::by_number(select, keys), columns);
    }
    source::with(writer, &select.with)?;
    writer.push("SELECT ");
    let distinct = select.distinct == Distinct::Rows;
    writer.push(if distinct { "DISTINCT " } else { "" });
    if let Distinct::On(keys) = &select.distinct {
        writer.push("DISTINCT ON (");
        writer.list(keys, |writer, key| writer.dialect.write_key(writer, key))?;
        writer.push(") ");
    }
    if select.columns.is_empty() {
        writer.push("1");
    }
    writer.list(select.columns.iter().enumerate(), |writer, (at, column)| {
        // A computed interval is compared by a number, and read as it is.
        let told_apart = distinct && column.kind() != Some(Type::Interval);
        if told_apart || columns == Columns::Compared {
            writer.dialect.write_key(writer, column)?;
        } else {
            writer.expr(column)?;
        }
        if columns == Columns::Read {
            writer.dialect.write_read(writer, column);
            return Ok(());
        }
        if columns != Columns::Plain {
            writer.push(" AS ");
            writer.name(&output_name(at));
        }
        Ok(())
    })?;
    source::from(writer, select)?;
    conditions(writer, " WHERE ", &select.filter)?;
    if !select.group_by.is_empty() {
        writer.push(" GROUP BY ");
        writer.list(&select.group_by, |writer, expr| writer.dialect.write_key(writer, expr))?;
    }
    conditions(writer, " HAVING ", &select.having)?;
    if !select.order_by.is_empty() {
        writer.push(" ");
        order_by(writer, &select.order_by)?;
    }
    slice(writer, select)?;
    if let Some(lock) = &select.lock {
        writer.locks = true;
        writer.dialect.write_lock(writer, lock)?;
    }
    Ok(())
}

/// Conditions that are all true; nothing where there are none.
pub(super) fn conditions(
    writer: &mut Writer<'_>,
    keyword: &str,
    conditions: &[Expr],
) -> Result<()> {
    if conditions.is_empty() {
        return Ok(());
    }
    writer.push(keyword);
    writer.wrapped(Level::Raw, |writer| super::predicate::all(writer, conditions))
}

/// `ORDER BY …`; nothing where there is no order.
pub(super) fn order_by(writer: &mut Writer<'_>, orders: &[Order]) -> Result<()> {
    if orders.is_empty() {
        return Ok(());
    }
    writer.push("ORDER BY ");
    writer.list(orders, |writer, order| {
        check_sortable(writer, &order.expr)?;
        writer.dialect.write_key(writer, &order.expr)?;
        writer.dialect.write_direction(writer, order);
        Ok(())
    })
}

/// Refuses to sort by lists where the database would sort their texts.
fn check_sortable(writer: &Writer<'_>, expr: &Expr) -> Result<()> {
    let list = matches!(expr.kind(), Some(Type::Array(_)));
    if !list || writer.dialect.capabilities().list_order {
        return Ok(());
    }
    let name = writer.dialect.name();
    Err(Error::new(
        ErrorKind::Unsupported,
        format!("{name} has no order of lists; order by an item of them, or by their length"),
    ))
}

fn slice(writer: &mut Writer<'_>, select: &Select) -> Result<()> {
    let dialect = writer.dialect;
    if let Some(limit) = &select.limit {
        writer.push(" LIMIT ");
        dialect.write_row_count(writer, "a limit", limit)?;
    } else if select.offset.is_some() && dialect.capabilities().offset_needs_limit {
        writer.push(" LIMIT -1");
    }
    if let Some(offset) = &select.offset {
        writer.push(" OFFSET ");
        dialect.write_row_count(writer, "an offset", offset)?;
    }
    Ok(())
}
