//! Regular expressions. They go by ICU's letters, whatever the database's locale.

use super::super::super::{Level, Place, Transform, Writer, pattern};
use super::super::text::FOLDING;
use super::unsupported;
use crate::error::Result;
use crate::tree::{Expr, Function};

pub(super) fn call(
    writer: &mut Writer<'_>,
    function: Function,
    arguments: &[Expr],
) -> Result<Level> {
    match (function, arguments) {
        (Function::RegexMatches { ignore_case }, [subject, pattern]) => {
            let pattern = pattern::literal(pattern)?;
            writer.operand(subject, Level::Atom)?;
            writer.push(FOLDING);
            writer.push(if ignore_case { " ~* " } else { " ~ " });
            let transform = Transform::Pattern { postgres: true, replaces: false };
            writer.value(pattern, transform, Place::Free)?;
            Ok(Level::Raw)
        }
        (Function::RegexReplace { all, ignore_case }, [subject, pattern, replacement]) => {
            let pattern = pattern::literal(pattern)?;
            writer.push("regexp_replace(");
            writer.operand(subject, Level::Atom)?;
            writer.push(FOLDING);
            writer.push(", ");
            let transform = Transform::Pattern { postgres: true, replaces: true };
            writer.value(pattern, transform, Place::Free)?;
            writer.push(", ");
            writer.expr(replacement)?;
            writer.push(match (all, ignore_case) {
                (false, false) => ", ''",
                (true, false) => ", 'g'",
                (false, true) => ", 'i'",
                (true, true) => ", 'gi'",
            });
            writer.push(") COLLATE \"default\"");
            Ok(Level::Unary)
        }
        (function, _) => Err(unsupported(function)),
    }
}
