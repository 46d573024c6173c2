//! Pages by the values that rows are ordered by: each begins where the one before it ended, however
//! many rows came or went meanwhile, and costs the same however far it is from the start.

use super::last::reversed;
use super::{ascending, invalid, plan, token};
use crate::error::Result;
use crate::sql::{self, Dialect};
use crate::tree::{
    BinaryOperator, ColumnRef, Distinct, Expr, Function, Literal, Nulls, Order, Select, Statement,
    for_each_operand,
};
use crate::value::{Type, Value};

/// A query that is read page by page.
#[derive(Debug, Clone)]
pub struct Keyset {
    select: Select,
    /// Of each expression that rows are ordered by: its kind, and whether it can be NULL.
    keys: Vec<(Type, bool)>,
    fingerprint: u64,
}

/// Where a page begins.
#[derive(Debug, Clone, PartialEq)]
pub enum Position {
    /// At the first row.
    Start,
    /// Behind the row that has these values.
    After(Vec<Value>),
    /// It ends before the row that has these values.
    Before(Vec<Value>),
}

impl Keyset {
    /// Pages of a query in its order, and where that leaves rows equal, in that of their primary
    /// key. Errs where a row has no single place: in a query of groups, of distinct rows, a slice,
    /// in a random order, or in one by values of an unknown kind.
    pub fn new(mut select: Select, dialect: &dyn Dialect) -> Result<Keyset> {
        refuse(&select)?;
        tie_break(&mut select);
        let mut bare = Select::new(select.table.0);
        bare.via = select.via;
        bare.columns = select.order_by.iter().map(|order| order.expr.clone()).collect();
        bare.order_by = select.order_by.clone();
        let literals: Vec<&Value> = bare
            .columns
            .iter()
            .flat_map(|column| column.literals())
            .map(|literal| &literal.value)
            .collect();
        let values = format!("{literals:?}");
        let planned = plan(&Statement::Select(bare))?.statement;
        let written = sql::write(&planned, dialect)?;
        let Statement::Select(planned) = planned else {
            return Err(invalid("a query was planned as something else"));
        };
        let keys = planned.columns.iter().map(|column| match column.kind() {
            Some(kind) if token::holds(kind) => Ok((kind, column.is_nullable())),
            kind => Err(invalid(format!(
                "pages of {} cannot go by values of {}; order by a column, or cast the expression",
                select.table.model,
                kind.map_or("an unknown kind", Type::name)
            ))),
        });
        let keys = keys.collect::<Result<_>>()?;
        let fingerprint = token::fingerprint(&[&written.sql, &values]);
        Ok(Keyset { select, keys, fingerprint })
    }

    /// The kinds of the values that rows are ordered by: what stands behind the columns of a row.
    pub fn kinds(&self) -> impl Iterator<Item = Type> {
        self.keys.iter().map(|(kind, _)| *kind)
    }

    /// The query of a page, with `rows` rows at most. Behind its own columns stand the values by
    /// which it is ordered. The rows of a page before a position come in the opposite order.
    pub fn page(&self, rows: u64, position: &Position) -> Result<Select> {
        let mut select = self.select.clone();
        select.columns.extend(self.select.order_by.iter().map(|order| order.expr.clone()));
        select.limit = Some(Literal::new(Value::I64(i64::try_from(rows).unwrap_or(i64::MAX))));
        let values = match position {
            Position::Start => return Ok(select),
            Position::After(values) => values,
            Position::Before(values) => {
                select.order_by = reversed(&select.order_by);
                values
            }
        };
        if values.len() != self.keys.len() {
            return Err(invalid("a page begins behind a row of another query"));
        }
        let behind = self.behind(&select.order_by, values);
        select.filter.extend(behind);
        Ok(select)
    }

    /// A token for the place of a row with these values. It is text for URLs, the same wherever the
    /// program runs, and is good for queries in the same order on the same kind of database. It is
    /// no secret, and not sealed: it holds the values.
    pub fn token(&self, values: &[Value]) -> Result<String> {
        token::encode(self.fingerprint, values)
    }

    /// The values in a token. Errs where it is none, or one of another order.
    pub fn values(&self, text: &str) -> Result<Vec<Value>> {
        token::decode(self.fingerprint, &self.kinds().collect::<Vec<_>>(), text)
    }

    /// The conditions of the rows that stand behind one with these values.
    fn behind(&self, orders: &[Order], values: &[Value]) -> Vec<Expr> {
        let mut alternatives = Vec::with_capacity(orders.len());
        let mut before: Vec<Expr> = Vec::new();
        for (at, (order, value)) in orders.iter().zip(values).enumerate() {
            let (_, nullable) = self.keys[at];
            if let Some(behind) = behind(order, value, nullable) {
                let mut all = before.clone();
                all.push(behind);
                alternatives.push(one_or(all, Expr::And));
            }
            before.push(order.expr.clone().equal(Expr::literal(value.clone())));
        }
        // Said apart, so that an index on the first one is of use.
        let bound = match (orders.first(), values.first(), self.keys.first()) {
            (Some(order), Some(value), Some((_, nullable))) if orders.len() > 1 => {
                not_before(order, value, *nullable)
            }
            _ => None,
        };
        bound.into_iter().chain([one_or(alternatives, Expr::Or)]).collect()
    }
}

fn one_or(mut items: Vec<Expr>, several: fn(Vec<Expr>) -> Expr) -> Expr {
    if items.len() == 1 { items.swap_remove(0) } else { several(items) }
}

/// Whether NULL stands before all values.
fn null_is_first(order: &Order) -> bool {
    match order.nulls {
        Nulls::First => true,
        Nulls::Last => false,
        Nulls::Greatest => order.descending,
    }
}

/// The values behind one; `None` where there are none.
fn behind(order: &Order, value: &Value, nullable: bool) -> Option<Expr> {
    let expr = || order.expr.clone();
    if value.is_null() {
        return null_is_first(order).then(|| Expr::IsNull(Box::new(expr()), true));
    }
    let operator = if order.descending { BinaryOperator::Less } else { BinaryOperator::Greater };
    let beyond = expr().binary(operator, Expr::literal(value.clone()));
    Some(match nullable && !null_is_first(order) {
        true => beyond.or(Expr::IsNull(Box::new(expr()), false)),
        false => beyond,
    })
}

/// The value itself and those behind it, where one comparison says so.
fn not_before(order: &Order, value: &Value, nullable: bool) -> Option<Expr> {
    if value.is_null() || (nullable && !null_is_first(order)) {
        return None;
    }
    let operator = match order.descending {
        true => BinaryOperator::LessOrEqual,
        false => BinaryOperator::GreaterOrEqual,
    };
    Some(order.expr.clone().binary(operator, Expr::literal(value.clone())))
}

/// Adds the primary key to an order, so that no two rows are equal in it.
pub(crate) fn tie_break(select: &mut Select) {
    let table = select.table.0;
    for key in table.key_fields() {
        let column = Expr::Column(ColumnRef::own(table, key.name));
        if !select.order_by.iter().any(|order| order.expr == column) {
            select.order_by.push(ascending(column));
        }
    }
}

/// Whether each row of a query is a row of its table, so that keys tell them apart.
pub(crate) fn has_keys(select: &Select) -> bool {
    select.from.is_none()
        && select.named.is_empty()
        && select.group_by.is_empty()
        && select.distinct == Distinct::No
        && !select.columns.iter().any(Expr::holds_aggregate)
}

fn refuse(select: &Select) -> Result<()> {
    let model = select.table.model;
    let reason = if select.is_sliced() {
        "it is a slice already; leave `limit` and `offset` out"
    } else if !has_keys(select) {
        "its rows have no keys, because it groups, joins by name, reads another query, or is \
         distinct; read pages by number"
    } else if exprs(select).any(Expr::holds_window) {
        "it looks at the rows around each row, and a page has not all of them; read pages by number"
    } else if select.order_by.iter().any(|order| is_random(&order.expr)) {
        "its order is another one each time; order by a column"
    } else {
        return Ok(());
    };
    Err(invalid(format!("a query of {model} cannot be read in pages by key: {reason}")))
}

fn exprs(select: &Select) -> impl Iterator<Item = &Expr> {
    let ordered = select.order_by.iter().map(|order| &order.expr);
    select.columns.iter().chain(&select.filter).chain(ordered)
}

fn is_random(expr: &Expr) -> bool {
    let mut found = matches!(expr, Expr::Call(Function::Random, _));
    for_each_operand(expr, &mut |operand| found |= is_random(operand));
    found
}
