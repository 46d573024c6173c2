//! Texts.

use super::super::super::{Level, Writer};
use super::unsupported;
use crate::error::Result;
use crate::tree::{Expr, Function};

pub(super) fn call(
    writer: &mut Writer<'_>,
    function: Function,
    arguments: &[Expr],
) -> Result<Level> {
    match function {
        Function::Lower => writer.call("yara_lower", &arguments.iter().collect::<Vec<_>>()),
        Function::Upper => writer.call("yara_upper", &arguments.iter().collect::<Vec<_>>()),
        Function::Length => writer.call("length", &arguments.iter().collect::<Vec<_>>()),
        function => Err(unsupported(function)),
    }
}
