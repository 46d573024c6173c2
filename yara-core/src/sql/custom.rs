//! Functions and operators that the user names, and conditions with values.

use super::{Level, Writer};
use crate::error::{Error, ErrorKind, Result};
use crate::tree::{Case, Custom, CustomCall};

/// `"name"(argument, …)`, or two operands with an operator between them.
pub(super) fn custom(writer: &mut Writer<'_>, custom: &Custom) -> Result<Level> {
    match (&custom.call, custom.arguments.as_slice()) {
        (CustomCall::Function(name), arguments) => {
            for (at, part) in name.iter().enumerate() {
                writer.push(if at > 0 { "." } else { "" });
                writer.name(part);
            }
            writer.call("", &arguments.iter().collect::<Vec<_>>())
        }
        (CustomCall::Operator(symbol), [left, right]) => {
            check_operator(symbol)?;
            writer.operand(left, Level::Atom)?;
            writer.push(" ");
            writer.push(symbol);
            writer.push(" ");
            writer.operand(right, Level::Atom)?;
            Ok(Level::Raw)
        }
        (CustomCall::Operator(symbol), operands) => Err(Error::new(
            ErrorKind::InvalidQuery,
            format!("the operator `{symbol}` takes 2 operands and was given {}", operands.len()),
        )),
    }
}

/// An operator is made of signs, so that no text passes as one; `--` and `/*` begin comments.
/// Source: <https://www.postgresql.org/docs/current/sql-syntax-lexical.html#SQL-SYNTAX-OPERATORS>
fn check_operator(symbol: &str) -> Result<()> {
    let signs = !symbol.is_empty() && symbol.chars().all(|sign| "+-*/<>=~!@#%^&|?".contains(sign));
    if signs && !symbol.contains("--") && !symbol.contains("/*") {
        return Ok(());
    }
    Err(Error::new(
        ErrorKind::InvalidQuery,
        format!("`{symbol}` is no operator; operators are made of + - * / < > = ~ ! @ # % ^ & | ?"),
    ))
}

/// `CASE WHEN … THEN … ELSE … END`
pub(super) fn case(writer: &mut Writer<'_>, case: &Case) -> Result<Level> {
    if case.whens.is_empty() {
        return Err(Error::new(
            ErrorKind::InvalidQuery,
            "a case needs at least one condition with its value",
        ));
    }
    writer.push("CASE");
    for (condition, value) in &case.whens {
        writer.push(" WHEN ");
        writer.expr(condition)?;
        writer.push(" THEN ");
        writer.expr(value)?;
    }
    if let Some(otherwise) = &case.otherwise {
        writer.push(" ELSE ");
        writer.expr(otherwise)?;
    }
    writer.push(" END");
    Ok(Level::Atom)
}
