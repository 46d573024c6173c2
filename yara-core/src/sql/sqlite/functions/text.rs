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
    let name = match function {
        Function::Lower => "yara_lower",
        Function::Upper => "yara_upper",
        Function::Length => "length",
        Function::Trim => "trim",
        Function::TrimStart => "ltrim",
        Function::TrimEnd => "rtrim",
        Function::Substring => "yara_substring",
        Function::Replace => "replace",
        Function::PadLeft => "yara_pad_left",
        Function::PadRight => "yara_pad_right",
        Function::Position => "instr",
        Function::Repeat => "yara_repeat",
        Function::Reverse => "yara_reverse",
        function => return Err(unsupported(function)),
    };
    writer.call(name, &arguments.iter().collect::<Vec<_>>())
}
