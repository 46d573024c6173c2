//! Dates and times, which are texts: by functions that read them.

use super::super::super::{Level, Writer, moment as standard};
use super::super::moment::operand;
use super::unsupported;
use crate::error::Result;
use crate::tree::{DatePart, Expr, Function};

pub(super) fn call(
    writer: &mut Writer<'_>,
    function: Function,
    arguments: &[Expr],
) -> Result<Level> {
    match function {
        Function::Now => writer.call("yara_now", &[]),
        Function::Today => {
            writer.push("substr(yara_now(), 1, 10)");
            Ok(Level::Atom)
        }
        Function::Extract(part) => {
            standard::check_part(part, &arguments[0])?;
            named(writer, "yara_extract", part_name(part), &arguments[0])
        }
        Function::Truncate(part) => {
            let unit = standard::unit(part, &arguments[0])?;
            named(writer, "yara_truncate", unit, &arguments[0])
        }
        Function::Age => writer.call("yara_age", &[&arguments[0], &arguments[1]]),
        function => Err(unsupported(function)),
    }
}

/// `function('name', argument)`
fn named(writer: &mut Writer<'_>, function: &str, name: &str, argument: &Expr) -> Result<Level> {
    writer.push(&format!("{function}('{name}', "));
    operand(writer, argument)?;
    writer.push(")");
    Ok(Level::Atom)
}

fn part_name(part: DatePart) -> &'static str {
    match part {
        DatePart::Year => "year",
        DatePart::Quarter => "quarter",
        DatePart::Month => "month",
        DatePart::Week => "week",
        DatePart::Day => "day",
        DatePart::WeekDay => "weekday",
        DatePart::YearDay => "yearday",
        DatePart::Hour => "hour",
        DatePart::Minute => "minute",
        DatePart::Second => "second",
        DatePart::Microsecond => "microseconds",
        DatePart::Epoch => "epoch",
    }
}
