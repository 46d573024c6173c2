//! Columns and orders by text.

use super::build::operand;
use super::parse::{Base, Ending, Lookup, parse};
use super::wrong;
use crate::error::Result;
use crate::schema::Table;
use crate::tree::{Expr, Function, Nulls, Order};
use crate::value::Type;

/// A value of each row: `author__name`, `created__year`, `pk`. A relation stands for the key of the
/// related row.
///
/// Errs where a name is unknown, and where the path leads to many rows.
pub fn column(table: &'static Table, text: &str) -> Result<Expr> {
    Lookup::column(table, text, &[])
}

/// An order: `created`, `-author__name` for the greatest first, `?` for any other one each time.
///
/// Errs as [`column()`] does.
pub fn order(table: &'static Table, text: &str) -> Result<Order> {
    Order::named(table, text, &[])
}

impl Lookup {
    /// The value that a text names, see [`column()`]; `names` as in [`Lookup::with_names`].
    pub fn column(
        table: &'static Table,
        text: &str,
        names: &[(&str, Expr, Option<Type>)],
    ) -> Result<Expr> {
        parse(table, text, names, Ending::Value)?.value()
    }

    /// What the lookup is about, as one value.
    fn value(&self) -> Result<Expr> {
        let (lookup, text) = (self, &self.text);
        if let Some(at) = lookup.next_many(0) {
            let owner = lookup.tables[at];
            let relation = lookup.steps()[at];
            return Err(wrong(
                text,
                format_args!(
                    "{}.{relation} leads to any number of rows, so there is no single value; \
                     aggregate it, or ask whether one of the rows matches",
                    owner.model
                ),
            ));
        }
        match &lookup.base {
            Base::Key(fields) | Base::Relation(_, fields) if fields.len() != 1 => Err(wrong(
                text,
                format_args!("it stands for a key of {} columns; name one of them", fields.len()),
            )),
            _ => operand(lookup, 0),
        }
    }
}

impl Order {
    /// The order that a text names, see [`order`]; `names` as in [`Lookup::with_names`].
    pub fn named(
        table: &'static Table,
        text: &str,
        names: &[(&str, Expr, Option<Type>)],
    ) -> Result<Order> {
        let (descending, name) = match text.strip_prefix('-') {
            Some(name) => (true, name),
            None => (false, text.strip_prefix('+').unwrap_or(text)),
        };
        let expr = match name {
            "?" => Expr::Call(Function::Random, Vec::new()),
            name => {
                let lookup = parse(table, name, names, Ending::Value)?;
                if let Some(kind @ (Type::Json | Type::Array(_))) = lookup.kind() {
                    return Err(wrong(
                        text,
                        format_args!(
                            "{} has no order that both databases agree on; order by an expression \
                             of it, such as the number or text at a path",
                            kind.name()
                        ),
                    ));
                }
                lookup.value()?
            }
        };
        Ok(Order { expr, descending, nulls: Nulls::Greatest })
    }
}
