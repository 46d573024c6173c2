//! Eager loading: the related rows of many owners in one query.

use super::expr::with_fields;
use super::layer::layered;
use super::planner::check_depth;
use super::related::link;
use super::{ascending, invalid};
use crate::error::Result;
use crate::schema::{Field, Relation, Table};
use crate::sql::row_count;
use crate::tree::{
    BinaryOperator, ColumnRef, Distinct, Expr, InList, InRows, Literal, Nulls, Order, Output,
    Select, Source, Statement, Window, WindowFunction, map_exprs, map_orders,
};
use crate::value::{Array, Type, Value};

/// What to load for a number of owners.
#[derive(Debug, Clone)]
pub struct Load {
    /// The model that has the relation.
    pub owner: &'static Table,
    /// The relation.
    pub relation: &'static Relation,
    /// Which related rows, in which order, and what to read of them; all fields where it names no
    /// columns. Limit and offset count *per owner*.
    pub base: Select,
    /// The owners' keys by part, in the order of [`owner_key`]: one array each, all of one length,
    /// without NULL.
    pub keys: Vec<Value>,
}

impl Load {
    /// The query: its columns are the key of the owner, in the order of [`owner_key`], and then
    /// those of the base. Rows of one owner come in the order that was asked for and then by
    /// primary key; rows of different owners may be mixed.
    pub fn select(self) -> Result<Select> {
        let Load { owner, relation, mut base, keys } = self;
        let target = relation.target.table()?;
        if !std::ptr::eq(base.table.0, target) {
            return Err(invalid(format!(
                "{}.{} leads to {}, and the query to load it with is about {}",
                owner.model, relation.name, target.model, base.table.model
            )));
        }
        if !base.group_by.is_empty() || base.from.is_some() || base.via.is_some() {
            return Err(invalid(format!(
                "{}.{} is loaded by a query of rows, not of groups",
                owner.model, relation.name
            )));
        }
        let (via, pairs) = link(owner, relation)?;
        base.via = via;
        let near = via.map_or(target, |via| via.table.0);
        let far: Vec<usize> = pairs.iter().map(|(_, far)| *far).collect();
        let key: Vec<Expr> = far.iter().map(|at| own(near, *at)).collect();
        // The rows around a row are those of its owner, as in a query of one owner's rows.
        base.filter = map_exprs(&base.filter, &mut |expr| of_owner(expr, &key))?;
        base.columns = map_exprs(&base.columns, &mut |expr| of_owner(expr, &key))?;
        base.order_by = map_orders(&base.order_by, &mut |expr| of_owner(expr, &key))?;
        base.filter.insert(0, is_one_of(&key, keys)?);
        if base.columns.is_empty() {
            base.columns.push(Expr::fields(base.table));
        }
        base.columns = with_fields(&base.columns);
        base.columns.splice(0..0, key.iter().cloned());
        if let Distinct::On(alike) = &mut base.distinct {
            // One of the rows of each owner, not of all that are loaded.
            alike.splice(0..0, key.iter().cloned());
            if !base.order_by.is_empty() {
                base.order_by.splice(0..0, key.iter().cloned().map(ascending));
            }
        }
        if !relation.is_to_many() {
            // One row for each owner is in order as it is.
            base.order_by.clear();
        } else if base.distinct == Distinct::No {
            base.order_by.extend(target.primary_key.iter().map(|at| ascending(own(target, *at))));
        }
        match (base.limit.take(), base.offset.take()) {
            (None, None) => Ok(base),
            (limit, offset) => sliced_per_owner(base, key, limit, offset),
        }
    }
}

/// [`Load`] with the owners' keys one after the other, each in the order of [`owner_key`].
pub fn load(
    owner: &'static Table,
    relation: &'static Relation,
    base: Select,
    keys: Vec<Vec<Value>>,
) -> Result<Statement> {
    let fields = owner_key(owner, relation)?;
    let mut lists: Vec<Vec<Value>> = vec![Vec::with_capacity(keys.len()); fields.len()];
    for key in keys {
        if key.len() != fields.len() {
            return Err(invalid(format!(
                "a key of {} parts was given {} values",
                fields.len(),
                key.len()
            )));
        }
        lists.iter_mut().zip(key).for_each(|(list, value)| list.push(value));
    }
    let parts = fields.iter().zip(lists);
    let keys = parts.map(|(field, list)| key_list(&owner.fields[*field], list)).collect();
    Load { owner, relation, base, keys }.select().map(Statement::Select)
}

/// The fields of the owner whose values are the keys to load by: its primary key, or the foreign
/// key where the owner has it. An owner with a NULL among them has no related row.
pub fn owner_key(owner: &'static Table, relation: &'static Relation) -> Result<Vec<usize>> {
    Ok(link(owner, relation)?.1.into_iter().map(|(near, _)| near).collect())
}

/// Keys as one array, for [`Load::keys`].
pub fn key_list(field: &'static Field, keys: Vec<Value>) -> Value {
    Value::Array(Box::new(Array::new(Type::Array(&field.kind), keys)))
}

fn own(table: &'static Table, field: usize) -> Expr {
    Expr::Column(ColumnRef::own(table, table.fields[field].name))
}

pub(super) fn is_one_of(key: &[Expr], keys: Vec<Value>) -> Result<Expr> {
    if key.len() != keys.len() {
        return Err(invalid(format!(
            "a key of {} parts was given values for {}",
            key.len(),
            keys.len()
        )));
    }
    let mut lists: Vec<Literal> = keys.into_iter().map(Literal::new).collect();
    Ok(match (key, lists.len()) {
        ([only], 1) => Expr::In(Box::new(InList {
            operand: only.clone(),
            list: lists.swap_remove(0),
            with_null: false,
        })),
        _ => Expr::InRows(Box::new(InRows { operands: key.to_vec(), lists })),
    })
}

/// The expression, in which windows are parted by the owner too.
fn of_owner(expr: &Expr, key: &[Expr]) -> Result<Expr> {
    if !expr.holds_window() {
        return Ok(expr.clone());
    }
    check_depth(std::iter::once(expr))?;
    let mut changed = expr.map_operands(&mut |operand| of_owner(operand, key))?;
    if let Expr::Window(window) = &mut changed {
        window.partition.extend(key.iter().cloned());
    }
    Ok(changed)
}

/// The rows of each owner whose number is within the slice.
fn sliced_per_owner(
    mut inner: Select,
    mut key: Vec<Expr>,
    limit: Option<Literal>,
    offset: Option<Literal>,
) -> Result<Select> {
    if inner.distinct != Distinct::No {
        return Err(invalid(format!(
            "a distinct query of {} cannot be loaded with a limit for each owner",
            inner.table.model
        )));
    }
    for (what, literal) in [("a limit", &limit), ("an offset", &offset)] {
        if let Some(literal) = literal {
            row_count(&literal.value, what)?;
        }
    }
    if let Some(layered) = layered(&inner)? {
        inner = layered;
        // The key comes first among the columns.
        key = inner.columns[..key.len()].to_vec();
    }
    let width = inner.columns.len();
    let number = Expr::Window(Box::new(Window {
        function: WindowFunction::RowNumber,
        partition: key,
        order: std::mem::take(&mut inner.order_by),
        frame: None,
    }));
    inner.columns.push(number);
    let mut outer = Select::new(inner.table.0);
    outer.from = Some(Source::Query(Box::new(inner)));
    outer.columns = (0..width).map(|at| Expr::Output(Output::new(at))).collect();
    let number = Expr::Output(Output::new(width));
    let literal = |literal: &Literal| Expr::Literal(literal.clone());
    if let Some(offset) = &offset {
        outer.filter.push(number.clone().binary(BinaryOperator::Greater, literal(offset)));
    }
    if let Some(limit) = &limit {
        let last = match &offset {
            Some(offset) => literal(offset).binary(BinaryOperator::Add, literal(limit)),
            None => literal(limit),
        };
        outer.filter.push(number.clone().binary(BinaryOperator::LessOrEqual, last));
    }
    outer.order_by.push(Order { expr: number, descending: false, nulls: Nulls::Greatest });
    Ok(outer)
}
