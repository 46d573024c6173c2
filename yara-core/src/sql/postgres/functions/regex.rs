//! Regular expressions.

use super::super::super::{Level, Writer};
use super::unsupported;
use crate::error::Result;
use crate::tree::{Expr, Function};

pub(super) fn call(
    _writer: &mut Writer<'_>,
    function: Function,
    _arguments: &[Expr],
) -> Result<Level> {
    Err(unsupported(function))
}
