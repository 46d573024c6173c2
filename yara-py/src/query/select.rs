//! A query as Python builds it, step by step; each step gives a new one.

use super::node::fields_of;
use super::window::order_of;
use super::{Node, raise, refuse};
use crate::schema::{Codec, Table};
use pyo3::prelude::*;
use std::sync::Arc;
use yara_core::plan;
use yara_core::schema;
use yara_core::tree::{
    self, ColumnRef, Compound, Distinct, Expr, Literal, Lock, LockStrength, LockWait, Nulls, Order,
    SetOperator, Source,
};
use yara_core::value::{Type, Value};

/// What is known of the values of a column of a query.
#[derive(Clone)]
pub(crate) struct OutputColumn {
    pub(crate) kind: Option<Type>,
    pub(crate) codec: Option<Arc<Codec>>,
}

/// A query about the rows of a model.
#[pyclass(frozen, module = "yara_orm._engine")]
pub(crate) struct Select {
    pub(crate) inner: tree::Select,
    pub(crate) columns: Vec<OutputColumn>,
}

impl Select {
    fn changed(&self, change: impl FnOnce(&mut tree::Select)) -> Select {
        let mut inner = self.inner.clone();
        change(&mut inner);
        Select { inner, columns: self.columns.clone() }
    }

    fn root(&self) -> &'static schema::Table {
        self.inner.table.0
    }
}

/// The columns that stand for all fields of a table.
pub(crate) fn columns_of(table: &Table) -> Vec<OutputColumn> {
    let column =
        |codec: &Arc<Codec>| OutputColumn { kind: Some(codec.kind), codec: Some(codec.clone()) };
    table.codecs.iter().map(column).collect()
}

/// The column that a node gives.
pub(crate) fn column_of(node: &Node) -> OutputColumn {
    OutputColumn { kind: node.kind, codec: node.codec.clone() }
}

#[pymethods]
impl Select {
    /// All rows of a table, with all fields.
    #[new]
    fn new(table: &Table) -> Select {
        let mut inner = tree::Select::new(table.inner);
        inner.columns.push(fields_of(table.inner));
        Select { inner, columns: columns_of(table) }
    }

    /// Reads these instead of what was read.
    fn reading(&self, nodes: Vec<PyRef<'_, Node>>) -> Select {
        let mut inner = self.inner.clone();
        inner.columns = nodes.iter().map(|node| node.node.clone()).collect();
        Select { inner, columns: nodes.iter().map(|node| column_of(node)).collect() }
    }

    /// One row of these, which are aggregates of exactly the rows that the query gives.
    fn aggregate(&self, nodes: Vec<PyRef<'_, Node>>) -> PyResult<Select> {
        let columns = nodes.iter().map(|node| node.node.clone()).collect();
        let inner = plan::aggregate(self.inner.clone(), columns).map_err(raise)?;
        Ok(Select { inner, columns: nodes.iter().map(|node| column_of(node)).collect() })
    }

    /// Reads these too.
    fn reading_too(&self, nodes: Vec<PyRef<'_, Node>>) -> Select {
        let mut select = self.changed(|_| {});
        for node in nodes {
            select.inner.columns.push(node.node.clone());
            select.columns.push(column_of(&node));
        }
        select
    }

    /// Only rows of which this is true.
    fn filter(&self, condition: &Node) -> Select {
        self.changed(|select| select.filter.push(condition.node.clone()))
    }

    /// Only groups of which this is true.
    fn having(&self, condition: &Node) -> Select {
        self.changed(|select| select.having.push(condition.node.clone()))
    }

    /// Groups by these.
    fn group_by(&self, nodes: Vec<PyRef<'_, Node>>) -> Select {
        self.changed(|select| {
            select.group_by = nodes.iter().map(|node| node.node.clone()).collect();
        })
    }

    /// In no order that was asked for.
    fn unordered(&self) -> Select {
        self.changed(|select| select.order_by.clear())
    }

    /// Sorts by this, after what it is sorted by already. `nulls` is `first`, `last` or `None`.
    #[pyo3(signature = (node, descending = false, nulls = None))]
    fn order_by(&self, node: &Node, descending: bool, nulls: Option<&str>) -> PyResult<Select> {
        let order = order_of(node, descending, nulls)?;
        Ok(self.changed(|select| select.order_by.push(order)))
    }

    /// In the order that the model says its rows have, unless there is one.
    fn in_own_order(&self) -> Select {
        let order = own_order(self.root());
        self.changed(|select| order_unless_distinct(select, order))
    }

    /// In an order that has a first row: that of the query, of the model, or of the primary key.
    fn in_some_order(&self) -> Select {
        let root = self.root();
        let mut order = own_order(root);
        if order.is_empty() {
            order = root.primary_key.iter().map(|at| field_order(root, *at, false)).collect();
        }
        self.changed(|select| order_unless_distinct(select, order))
    }

    /// The other way round.
    fn reversed(&self) -> Select {
        self.changed(|select| {
            for order in &mut select.order_by {
                order.descending = !order.descending;
                order.nulls = match order.nulls {
                    Nulls::Greatest => Nulls::Greatest,
                    Nulls::First => Nulls::Last,
                    Nulls::Last => Nulls::First,
                };
            }
        })
    }

    /// At most so many rows; `None` for all.
    #[pyo3(signature = (rows))]
    fn limit(&self, rows: Option<i64>) -> Select {
        self.changed(|select| select.limit = rows.map(|rows| Literal::new(Value::I64(rows))))
    }

    /// Passes over so many rows.
    #[pyo3(signature = (rows))]
    fn offset(&self, rows: Option<i64>) -> Select {
        self.changed(|select| select.offset = rows.map(|rows| Literal::new(Value::I64(rows))))
    }

    /// The rows of this query and of others, combined: `union`, `union all`, `intersect` or
    /// `except`. All of them read the same columns.
    fn combined(&self, operator: &str, others: Vec<PyRef<'_, Select>>) -> PyResult<Select> {
        let operator = match operator {
            "union" => SetOperator::Union,
            "union all" => SetOperator::UnionAll,
            "intersect" => SetOperator::Intersect,
            "except" => SetOperator::Except,
            other => return Err(refuse(format!("queries are not combined by `{other}`"))),
        };
        let rest = others.iter().map(|other| (operator, other.inner.clone())).collect();
        let mut inner = tree::Select::new(self.root());
        inner.columns.clone_from(&self.inner.columns);
        let compound = Compound { first: self.inner.clone(), rest };
        inner.from = Some(Source::Compound(Box::new(compound)));
        Ok(Select { inner, columns: self.columns.clone() })
    }

    /// Of the rows that are equal in these, the first in the order of the query.
    fn distinct_on(&self, nodes: Vec<PyRef<'_, Node>>) -> Select {
        let keys = nodes.iter().map(|node| node.node.clone()).collect();
        self.changed(|select| select.distinct = Distinct::On(keys))
    }

    /// Of equal rows, one.
    fn distinct(&self) -> Select {
        self.changed(|select| select.distinct = Distinct::Rows)
    }

    /// Locks the rows until the end of the transaction: for `update`, `no_key_update`, `share` or
    /// `key_share`; of these relations only, where there are any.
    fn lock(
        &self,
        strength: &str,
        nowait: bool,
        skip_locked: bool,
        of: Vec<String>,
    ) -> PyResult<Select> {
        let strength = match strength {
            "update" => LockStrength::Update,
            "no_key_update" => LockStrength::NoKeyUpdate,
            "share" => LockStrength::Share,
            "key_share" => LockStrength::KeyShare,
            other => return Err(refuse(format!("there is no lock `{other}`"))),
        };
        let wait = match (nowait, skip_locked) {
            (false, false) => LockWait::Wait,
            (true, false) => LockWait::NoWait,
            (false, true) => LockWait::Skip,
            (true, true) => return Err(refuse("nowait and skip_locked exclude each other")),
        };
        let mut paths = Vec::with_capacity(of.len());
        for path in of {
            paths.push(steps(self.root(), &path)?);
        }
        Ok(self.changed(|select| {
            select.lock = Some(Lock { strength, wait, of: paths, tables: Vec::new() })
        }))
    }

    /// The limit in force.
    #[getter]
    fn row_limit(&self) -> Option<i64> {
        number(self.inner.limit.as_ref())
    }

    /// The offset in force.
    #[getter]
    fn row_offset(&self) -> Option<i64> {
        number(self.inner.offset.as_ref())
    }

    /// Whether an order was asked for.
    #[getter]
    fn is_ordered(&self) -> bool {
        !self.inner.order_by.is_empty()
    }

    /// A condition on the rows of a relation's target: they are related to the owner of a key.
    #[staticmethod]
    #[pyo3(signature = (owner, relation, key))]
    fn related_to(
        owner: &Table,
        relation: &str,
        key: Option<Vec<Bound<'_, PyAny>>>,
    ) -> PyResult<Node> {
        let key = key.map(|key| super::write::owner_values(owner, relation, &key)).transpose()?;
        let node = plan::related_to(owner.inner, relation, key).map_err(raise)?;
        Ok(Node::of(node, Some(Type::Bool)))
    }

    fn __repr__(&self) -> String {
        format!("<select from {}>", self.inner.table.name)
    }
}

/// The relations of a path such as `author__country`; `self` is the query's own table.
fn steps(root: &'static schema::Table, path: &str) -> PyResult<Vec<&'static str>> {
    let mut place = root;
    let mut steps = Vec::new();
    for step in path.split("__").filter(|step| *step != "self") {
        let relation = place.relation(step).map_err(raise)?;
        steps.push(relation.name);
        place = relation.target.table().map_err(raise)?;
    }
    Ok(steps)
}

fn number(literal: Option<&Literal>) -> Option<i64> {
    match literal.map(|literal| &literal.value) {
        Some(Value::I64(number)) => Some(*number),
        _ => None,
    }
}

/// Sorts a query that names no order. Where equal rows are one row, by what is selected only: they
/// have no single place in any other order.
fn order_unless_distinct(select: &mut tree::Select, order: Vec<Order>) {
    let selected = |order: &Order| {
        let whole = |column: &Expr| matches!(column, Expr::Fields(..));
        select.columns.iter().any(|column| whole(column) || *column == order.expr)
    };
    let grouped = !select.group_by.is_empty();
    let fits = !grouped && (select.distinct == Distinct::No || order.iter().all(selected));
    if select.order_by.is_empty() && fits {
        select.order_by = order;
    }
}

fn own_order(table: &'static schema::Table) -> Vec<Order> {
    let order = |(at, descending): &(usize, bool)| field_order(table, *at, *descending);
    table.ordering.iter().map(order).collect()
}

fn field_order(table: &'static schema::Table, at: usize, descending: bool) -> Order {
    let column = ColumnRef::own(table, table.fields[at].name);
    Order { expr: Expr::Column(column), descending, nulls: Nulls::Greatest }
}
