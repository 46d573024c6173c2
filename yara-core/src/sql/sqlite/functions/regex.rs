//! Regular expressions, by functions that match as PostgreSQL does.

use super::super::super::{Level, Place, Transform, Writer, pattern};
use super::unsupported;
use crate::error::Result;
use crate::tree::{Expr, Function};

pub(super) fn call(
    writer: &mut Writer<'_>,
    function: Function,
    arguments: &[Expr],
) -> Result<Level> {
    let flag = |on: bool| if on { ", 1" } else { ", 0" };
    match (function, arguments) {
        (Function::RegexMatches { ignore_case }, [subject, pattern]) => {
            writer.push("yara_regex(");
            subject_and_pattern(writer, subject, pattern, false)?;
            writer.push(flag(ignore_case));
        }
        (Function::RegexReplace { all, ignore_case }, [subject, pattern, replacement]) => {
            writer.push("yara_regex_replace(");
            subject_and_pattern(writer, subject, pattern, true)?;
            writer.push(", ");
            writer.expr(replacement)?;
            writer.push(flag(all));
            writer.push(flag(ignore_case));
        }
        (function, _) => return Err(unsupported(function)),
    }
    writer.push(")");
    Ok(Level::Atom)
}

fn subject_and_pattern(
    writer: &mut Writer<'_>,
    subject: &Expr,
    pattern: &Expr,
    replaces: bool,
) -> Result<()> {
    writer.expr(subject)?;
    writer.push(", ");
    let transform = Transform::Pattern { postgres: false, replaces };
    writer.value(pattern::literal(pattern)?, transform, Place::Free).map(|_| ())
}
