//! Dates and times.
//!
//! PostgreSQL reads the parts of a `timestamptz` in the time zone of the session; here they are
//! always those in UTC.

use super::super::super::{Level, Writer, moment};
use super::super::moment::without_zone;
use super::unsupported;
use crate::error::Result;
use crate::tree::{DatePart, Expr, Function};
use crate::value::Type;

pub(super) fn call(
    writer: &mut Writer<'_>,
    function: Function,
    arguments: &[Expr],
) -> Result<Level> {
    match function {
        Function::Now => writer.call("now", &[]),
        Function::Today => {
            writer.push("(now() AT TIME ZONE 'UTC')::date");
            Ok(Level::Atom)
        }
        Function::Extract(part) => extract(writer, part, &arguments[0]),
        Function::Truncate(part) => truncate(writer, part, &arguments[0]),
        Function::Age => {
            writer.push("age(");
            writer.list(arguments, |writer, argument| {
                without_zone(writer, argument)?;
                writer.push(if argument.kind() == Some(Type::Date) { "::timestamp" } else { "" });
                Ok(())
            })?;
            writer.push(")");
            Ok(Level::Atom)
        }
        function => Err(unsupported(function)),
    }
}

/// `extract(year FROM x)::integer`
fn extract(writer: &mut Writer<'_>, part: DatePart, argument: &Expr) -> Result<Level> {
    moment::check_part(part, argument)?;
    let (before, after) = match part {
        DatePart::Year => ("extract(year FROM ", ")::integer"),
        DatePart::Quarter => ("extract(quarter FROM ", ")::integer"),
        DatePart::Month => ("extract(month FROM ", ")::integer"),
        DatePart::Week => ("extract(week FROM ", ")::integer"),
        DatePart::Day => ("extract(day FROM ", ")::integer"),
        DatePart::WeekDay => ("extract(isodow FROM ", ")::integer"),
        DatePart::YearDay => ("extract(doy FROM ", ")::integer"),
        DatePart::Hour => ("extract(hour FROM ", ")::integer"),
        DatePart::Minute => ("extract(minute FROM ", ")::integer"),
        DatePart::Second => ("trunc(extract(second FROM ", "))::integer"),
        // PostgreSQL counts those of the whole seconds among them.
        DatePart::Microsecond => ("(extract(microseconds FROM ", ")::bigint % 1000000)::integer"),
        DatePart::Epoch => ("extract(epoch FROM ", ")::double precision"),
    };
    writer.push(before);
    without_zone(writer, argument)?;
    writer.push(after);
    Ok(Level::Atom)
}

/// `date_trunc('month', x)`
fn truncate(writer: &mut Writer<'_>, part: DatePart, argument: &Expr) -> Result<Level> {
    let unit = moment::unit(part, argument)?;
    let kind = argument.kind();
    writer.push(if kind == Some(Type::TimestampTz) { "(" } else { "" });
    writer.push(&format!("date_trunc('{unit}', "));
    without_zone(writer, argument)?;
    writer.push(match kind {
        Some(Type::Date) => "::timestamp)::date",
        Some(Type::TimestampTz) => ") AT TIME ZONE 'UTC')",
        _ => ")",
    });
    Ok(Level::Atom)
}
