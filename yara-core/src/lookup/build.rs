//! From a lookup and its value to a node.

use super::compare::{compare, flag};
use super::parse::{Base, Lookup};
use super::row::{presence, whole_row};
use super::{LookupValue, Operator, Transform, wrong, wrong_value};
use crate::error::Result;
use crate::schema::{Field, Table, TableRef};
use crate::tree::{ColumnRef, Expr, Function, Origin};
use crate::value::{Type, Value};

impl Lookup {
    /// The relations on the way to the columns that are compared.
    pub(super) fn steps(&self) -> Vec<&'static str> {
        let last = match &self.base {
            Base::Relation(relation, _) if !self.asks_for_null() => Some(relation.name),
            _ => None,
        };
        self.path.iter().copied().chain(last).collect()
    }

    /// The first step at or after `from` that leads to many rows.
    pub(super) fn next_many(&self, from: usize) -> Option<usize> {
        let steps = self.steps();
        let many = |at: &usize| {
            self.tables[*at].relation(steps[*at]).is_ok_and(|relation| relation.is_to_many())
        };
        (from..steps.len()).find(many)
    }

    /// The table that a step begins at.
    pub(super) fn table_at(&self, at: usize) -> &'static Table {
        match (self.tables.get(at), &self.base) {
            (Some(table), _) => table,
            (None, Base::Relation(relation, _)) => {
                relation.target.table().unwrap_or_else(|_| self.owner())
            }
            (None, _) => self.owner(),
        }
    }

    pub(super) fn asks_for_null(&self) -> bool {
        matches!(self.operator, Operator::IsNull | Operator::NotIsNull)
    }

    /// A column at the end of the path, seen from the table at `from`.
    pub(super) fn column_of(&self, field: &'static Field, from: usize) -> Expr {
        Expr::Column(ColumnRef {
            table: TableRef(self.table_at(from)),
            origin: Origin::Query,
            path: self.steps().split_off(from),
            field: field.name.into(),
        })
    }
}

/// What is compared, seen from the table at `from`.
pub(super) fn operand(lookup: &Lookup, from: usize) -> Result<Expr> {
    let mut expr = match &lookup.base {
        Base::Expr(expr, _) => (**expr).clone(),
        Base::Field(field) => lookup.column_of(field, from),
        Base::Key(fields) | Base::Relation(_, fields) => match fields.as_slice() {
            [only] => lookup.column_of(only, from),
            _ => return Err(wrong(&lookup.text, "it is a key of several columns")),
        },
    };
    let mut transforms = lookup.transforms.iter().peekable();
    while let Some(transform) = transforms.next() {
        expr = match transform {
            Transform::Call(function) => Expr::Call(*function, vec![expr]),
            Transform::Date => Expr::Cast(Box::new(expr), Type::Date),
            Transform::Index(index) => {
                Expr::Call(Function::ArrayGet, vec![expr, Expr::literal(Value::I64(*index))])
            }
            Transform::Key(_) | Transform::Item(_) => {
                let mut arguments = vec![expr];
                arguments.extend(transform.step());
                while let Some(step) = transforms.next_if(|next| next.is_step()) {
                    arguments.extend(step.step());
                }
                Expr::Call(Function::JsonGet, arguments)
            }
        };
    }
    Ok(expr)
}

/// The condition of a lookup over rows of the table at `from`, from where no step leads to many.
pub(super) fn leaf(lookup: &Lookup, value: LookupValue, from: usize) -> Result<Expr> {
    let value = match value {
        LookupValue::Invalid(reason) => return Err(wrong_value(&lookup.text, reason)),
        LookupValue::Expr(expr) => LookupValue::Expr(outward(expr, lookup, from)),
        value => value,
    };
    match &lookup.base {
        Base::Key(fields) => whole_row(lookup, fields, value, from),
        Base::Relation(..) if lookup.asks_for_null() => {
            let absent = flag(lookup, value)? == (lookup.operator == Operator::IsNull);
            presence(lookup, absent, from)
        }
        Base::Relation(_, fields) => whole_row(lookup, fields, value, from),
        Base::Field(_) | Base::Expr(..) => compare(lookup, operand(lookup, from)?, value),
    }
}

/// An expression of the lookup's own table, to be read from within a question about related rows.
/// Only where the related rows are of the same model does it have to say that it is about the
/// query around.
fn outward(expr: Expr, lookup: &Lookup, from: usize) -> Expr {
    if from == 0 || !std::ptr::eq(lookup.table(), lookup.table_at(from)) {
        return expr;
    }
    let boxed = |expr: Box<Expr>| Box::new(outward(*expr, lookup, from));
    let each =
        |items: Vec<Expr>| items.into_iter().map(|item| outward(item, lookup, from)).collect();
    match expr {
        Expr::Column(column) if column.origin == Origin::Query => {
            Expr::Column(ColumnRef { origin: Origin::Outer, ..column })
        }
        Expr::Binary(operator, left, right) => Expr::Binary(operator, boxed(left), boxed(right)),
        Expr::Negate(operand) => Expr::Negate(boxed(operand)),
        Expr::Cast(operand, kind) => Expr::Cast(boxed(operand), kind),
        Expr::Call(function, arguments) => Expr::Call(function, each(arguments)),
        expr => expr,
    }
}
