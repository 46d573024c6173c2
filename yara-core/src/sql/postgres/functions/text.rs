//! Texts.

use super::super::super::{Level, Writer};
use super::super::text;
use super::unsupported;
use crate::error::Result;
use crate::tree::{Expr, Function};

pub(super) fn call(
    writer: &mut Writer<'_>,
    function: Function,
    arguments: &[Expr],
) -> Result<Level> {
    match function {
        Function::Lower => text::folded(writer, "lower", &arguments[0]),
        Function::Upper => text::folded(writer, "upper", &arguments[0]),
        Function::Length => writer.call("length", &arguments.iter().collect::<Vec<_>>()),
        function => Err(unsupported(function)),
    }
}
