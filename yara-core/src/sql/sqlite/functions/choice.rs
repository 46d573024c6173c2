//! Which of several values.

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
        Function::Coalesce => writer.call("coalesce", &arguments.iter().collect::<Vec<_>>()),
        function => Err(unsupported(function)),
    }
}
