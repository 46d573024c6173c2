//! Functions over the rows around a row.

use super::writer::internal;
use super::{Level, Place, Transform, Writer, select};
use crate::error::Result;
use crate::tree::{Expr, Frame, FrameBound, FrameUnit, Window, WindowFunction};
use crate::value::Type;

/// `function(…) OVER (PARTITION BY … ORDER BY … frame)`
pub(super) fn window(writer: &mut Writer<'_>, window: &Window) -> Result<Level> {
    if let WindowFunction::Aggregate(aggregate) = &window.function {
        let dialect = writer.dialect;
        return dialect.write_aggregate(writer, aggregate, Some(window));
    }
    function(writer, &window.function)?;
    over(writer, window)?;
    Ok(Level::Atom)
}

/// ` OVER (PARTITION BY … ORDER BY … frame)`
pub(super) fn over(writer: &mut Writer<'_>, window: &Window) -> Result<()> {
    writer.push(" OVER (");
    let start = writer.length();
    if !window.partition.is_empty() {
        writer.push("PARTITION BY ");
        writer.list(&window.partition, |writer, expr| writer.dialect.write_key(writer, expr))?;
    }
    if !window.order.is_empty() {
        writer.push(if writer.length() > start { " " } else { "" });
        select::order_by(writer, &window.order)?;
    }
    if let Some(bounds) = &window.frame {
        writer.push(if writer.length() > start { " " } else { "" });
        writer.dialect.check_frame(bounds, &window.order)?;
        frame(writer, bounds)?;
    }
    writer.push(")");
    Ok(())
}

fn function(writer: &mut Writer<'_>, function: &WindowFunction) -> Result<()> {
    use WindowFunction::*;
    let name = match function {
        Aggregate(_) => return Err(internal("an aggregate is written by its dialect")),
        RowNumber => "row_number",
        Rank => "rank",
        DenseRank => "dense_rank",
        PercentRank => "percent_rank",
        CumeDist => "cume_dist",
        Ntile(_) => "ntile",
        Lag(..) => "lag",
        Lead(..) => "lead",
        FirstValue(_) => "first_value",
        LastValue(_) => "last_value",
        NthValue(..) => "nth_value",
    };
    writer.push(name);
    writer.push("(");
    writer.list(function.arguments().into_iter().enumerate(), |writer, (at, argument)| {
        // Numbers of rows have 32 bits to PostgreSQL.
        let counts =
            matches!((function, at), (Ntile(_), 0) | (Lag(..) | Lead(..) | NthValue(..), 1));
        match argument {
            Expr::Literal(literal) if counts && literal.value.kind() != Type::I32 => {
                writer.dialect.write_cast(writer, argument, Type::I32).map(|_| ())
            }
            argument => writer.expr(argument),
        }
    })?;
    writer.push(")");
    Ok(())
}

fn frame(writer: &mut Writer<'_>, frame: &Frame) -> Result<()> {
    writer.push(match frame.unit {
        FrameUnit::Rows => "ROWS BETWEEN ",
        FrameUnit::Groups => "GROUPS BETWEEN ",
        FrameUnit::Range => "RANGE BETWEEN ",
    });
    bound(writer, &frame.start)?;
    writer.push(" AND ");
    bound(writer, &frame.end)
}

fn bound(writer: &mut Writer<'_>, bound: &FrameBound) -> Result<()> {
    let (by, suffix) = match bound {
        FrameBound::UnboundedPreceding => (None, "UNBOUNDED PRECEDING"),
        FrameBound::Preceding(by) => (Some(by), " PRECEDING"),
        FrameBound::CurrentRow => (None, "CURRENT ROW"),
        FrameBound::Following(by) => (Some(by), " FOLLOWING"),
        FrameBound::UnboundedFollowing => (None, "UNBOUNDED FOLLOWING"),
    };
    if let Some(by) = by {
        writer.value(by, Transform::None, Place::Free)?;
    }
    writer.push(suffix);
    Ok(())
}
