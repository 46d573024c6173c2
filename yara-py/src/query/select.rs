//! A query as Python builds it, step by step; each step gives a new one.

use super::node::fields_of;
use super::source::Source;
use super::window::order_of;
use super::{Node, raise, refuse, shown};
use crate::schema::{Codec, Table};
use pyo3::prelude::*;
use std::sync::Arc;
use yara_core::plan;
use yara_core::schema;
use yara_core::tree::{
    self, Distinct, JoinKind, Literal, Lock, LockStrength, LockWait, NamedJoin, Nulls, SetOperator,
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
    pub(crate) columns: Arc<[OutputColumn]>,
}

impl Select {
    pub(super) fn changed(&self, change: impl FnOnce(&mut tree::Select)) -> Select {
        let mut inner = self.inner.clone();
        change(&mut inner);
        Select { inner, columns: self.columns.clone() }
    }

    fn root(&self) -> &'static schema::Table {
        self.inner.table.0
    }

    /// All rows of a table, with all fields.
    pub(super) fn all_of(table: &Table) -> Select {
        let mut inner = tree::Select::new(table.inner);
        inner.columns.push(fields_of(table.inner));
        Select { inner, columns: columns_of(table) }
    }

    /// The tree for the first row alone, as a part of another query.
    pub(super) fn first_only(&self) -> tree::Select {
        let mut inner = self.inner.clone();
        plan::first_only(&mut inner);
        inner
    }
}

/// The columns that stand for all fields of a table.
pub(crate) fn columns_of(table: &Table) -> Arc<[OutputColumn]> {
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
        Select::all_of(table)
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
        let mut inner = self.inner.clone();
        inner.columns.extend(nodes.iter().map(|node| node.node.clone()));
        let more = nodes.iter().map(|node| column_of(node));
        Select { inner, columns: self.columns.iter().cloned().chain(more).collect() }
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
        self.changed(plan::in_own_order)
    }

    /// In an order that has a last row: that of the query, of the model, or of the primary key.
    fn in_some_order(&self) -> Select {
        self.changed(plan::in_some_order)
    }

    /// In an order in which every row has a place of its own, as far as rows have keys.
    fn in_page_order(&self) -> Select {
        self.changed(plan::in_page_order)
    }

    /// The first row alone; without an order, that of the smallest key.
    fn first(&self) -> Select {
        Select { inner: self.first_only(), columns: self.columns.clone() }
    }

    /// The last row alone, of a slice its own last row; without an order, that of the greatest key.
    fn last(&self) -> PyResult<Select> {
        let mut inner = self.inner.clone();
        plan::in_some_order(&mut inner);
        Ok(Select { inner: plan::last(inner).map_err(raise)?, columns: self.columns.clone() })
    }

    /// No more than so many rows, beside the limit that is there.
    fn narrow(&self, rows: i64) -> Select {
        self.changed(|select| plan::narrow(select, rows))
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

    /// The rows of this query and of others, combined: `union`, `intersect` or `except`, of all rows
    /// where ` all` stands behind. All of them read columns of the same kinds.
    fn combined(&self, operator: &str, others: Vec<PyRef<'_, Select>>) -> PyResult<Select> {
        let operator = match operator {
            "union" => SetOperator::Union,
            "union all" => SetOperator::UnionAll,
            "intersect" => SetOperator::Intersect,
            "intersect all" => SetOperator::IntersectAll,
            "except" => SetOperator::Except,
            "except all" => SetOperator::ExceptAll,
            other => return Err(refuse(format!("queries are not combined by `{other}`"))),
        };
        let add = |first, other: &PyRef<'_, Select>| {
            plan::combined(first, operator, plan::part(other.inner.clone()))
        };
        let inner = others.iter().fold(plan::part(self.inner.clone()), add);
        Ok(Select { inner, columns: self.columns.clone() })
    }

    /// Joins rows by a condition; a `left` join keeps rows without a partner. What is joined
    /// `lateral`ly may read the rows that it is joined to.
    #[pyo3(signature = (source, left, lateral, on))]
    fn join(&self, source: &Source, left: bool, lateral: bool, on: Option<&Node>) -> Select {
        let lateral = lateral && !matches!(source.source, tree::Source::Table(_));
        let join = NamedJoin {
            name: source.name.clone(),
            kind: if left { JoinKind::Left } else { JoinKind::Inner },
            lateral,
            source: source.source.clone(),
            on: on.map(|on| on.node.clone()),
        };
        self.changed(|select| select.named.push(join))
    }

    /// With a common table expression, which this query and those within it read by its name.
    fn with_common(&self, source: &Source) -> PyResult<Select> {
        let Some(definition) = &source.definition else {
            return Err(refuse(format!(
                "`{}` is no common table expression: join it, or make one of a query by .cte(name)",
                source.name
            )));
        };
        if self.inner.with.contains(definition) {
            return Ok(self.changed(|_| {}));
        }
        Ok(self.changed(|select| select.with.push(definition.clone())))
    }

    /// The rows, and all that a relation of the model to itself leads to from them.
    fn follow(&self, relation: &str) -> PyResult<Select> {
        let order = match self.inner.is_sliced() {
            true => Vec::new(),
            false => self.inner.order_by.clone(),
        };
        let reached = plan::reached_from(plan::part(self.inner.clone()), relation);
        let mut inner = tree::Select::new(self.root());
        inner.columns.clone_from(&self.inner.columns);
        inner.filter.push(reached.map_err(raise)?);
        inner.order_by = order;
        inner.tag.clone_from(&self.inner.tag);
        Ok(Select { inner, columns: self.columns.clone() })
    }

    /// With words for the database's log.
    fn tag(&self, words: &str) -> Select {
        self.changed(|select| select.tag = Some(words.into()))
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

    /// The model, and which rows in which order, without values.
    fn __repr__(&self) -> String {
        shown::query(&self.inner).to_string()
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
