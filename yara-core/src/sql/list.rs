//! What all dialects share about lists.

use crate::error::{Error, ErrorKind, Result};
use crate::tree::{Expr, Function};
use crate::value::Type;

/// The kind of the items of the list that a function is about. Lists of lists are refused, and
/// documents where items are compared: PostgreSQL takes the ones for tables of items, and the
/// others cannot be equal.
pub(super) fn item(function: Function, arguments: &[Expr]) -> Result<Option<Type>> {
    let refuse = |what: String| Err(Error::new(ErrorKind::InvalidQuery, what));
    let item = match arguments.iter().find_map(Expr::kind) {
        Some(Type::Array(item)) => *item,
        Some(kind) => {
            return refuse(format!(
                "{function:?} is about a list, and was given a {}",
                kind.name()
            ));
        }
        None => return Ok(None),
    };
    let compares = !matches!(
        function,
        Function::ArrayHasNull
            | Function::ArrayLength
            | Function::ArrayGet
            | Function::ArrayAppend
            | Function::ArrayConcat
    );
    match item {
        Type::Array(_) => refuse(format!(
            "{function:?} is about lists of single values, and this is a list of lists; read it and \
             compute in the program"
        )),
        Type::Json if compares => refuse(format!(
            "{function:?} compares items, and JSON documents in lists have no equality; store one \
             JSON array and ask it by `contains_json`"
        )),
        item => Ok(Some(item)),
    }
}
