//! A query as Python builds it, step by step; each step gives a new one.

use super::finder::{Finder, Finders};
use super::node::fields_of;
use super::source::Source;
use super::window::order_of;
use super::{Node, raise, refuse, shown};
use crate::db::statement::Asked;
use crate::schema::{Codec, Table};
use pyo3::prelude::*;
use pyo3::pybacked::PyBackedStr;
use std::sync::{Arc, OnceLock};
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
    form: Form,
    pub(crate) columns: Arc<[OutputColumn]>,
    /// What it has been asked to go on with.
    pub(super) finders: Finders,
}

/// How a query is kept.
enum Form {
    Tree(tree::Select),
    /// As its values, and its tree from the first time that somebody looks at it.
    Found(Arc<Finder>, Vec<Value>, OnceLock<tree::Select>),
}

impl Select {
    pub(super) fn new_of(tree: tree::Select, columns: Arc<[OutputColumn]>) -> Select {
        Select { form: Form::Tree(tree), columns, finders: Finders::default() }
    }

    /// What a finder finds for all these values.
    pub(super) fn found(&self, finder: Arc<Finder>, values: Vec<Value>) -> Select {
        let form = Form::Found(finder, values, OnceLock::new());
        Select { form, columns: self.columns.clone(), finders: Finders::default() }
    }

    /// The tree.
    pub(crate) fn tree(&self) -> &tree::Select {
        match &self.form {
            Form::Tree(tree) => tree,
            Form::Found(finder, values, tree) => tree.get_or_init(|| finder.select(values)),
        }
    }

    /// The tree, whatever the values in it.
    fn outline(&self) -> &tree::Select {
        match &self.form {
            Form::Tree(tree) => tree,
            Form::Found(finder, ..) => finder.outline(),
        }
    }

    /// What is run.
    pub(crate) fn asked(&self) -> Asked {
        match &self.form {
            Form::Tree(tree) => Asked::of(tree::Statement::Select(tree.clone())),
            Form::Found(finder, values, _) => {
                Asked::Prepared(finder.prepared().clone(), values.clone())
            }
        }
    }

    pub(super) fn changed(&self, change: impl FnOnce(&mut tree::Select)) -> Select {
        let mut inner = self.tree().clone();
        change(&mut inner);
        Select::new_of(inner, self.columns.clone())
    }

    fn root(&self) -> &'static schema::Table {
        self.tree().table.0
    }

    /// All rows of a table, with all fields.
    pub(super) fn all_of(table: &Table) -> Select {
        let mut inner = tree::Select::new(table.inner);
        inner.columns.push(fields_of(table.inner));
        Select::new_of(inner, columns_of(table))
    }

    /// The tree for the first row alone, as a part of another query.
    pub(super) fn first_only(&self) -> tree::Select {
        let mut inner = self.tree().clone();
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
        let mut inner = self.tree().clone();
        inner.columns = nodes.iter().map(|node| node.node.clone()).collect();
        Select::new_of(inner, nodes.iter().map(|node| column_of(node)).collect())
    }

    /// One row of these, which are aggregates of exactly the rows that the query gives.
    fn aggregate(&self, nodes: Vec<PyRef<'_, Node>>) -> PyResult<Select> {
        let columns = nodes.iter().map(|node| node.node.clone()).collect();
        let inner = plan::aggregate(self.tree().clone(), columns).map_err(raise)?;
        Ok(Select::new_of(inner, nodes.iter().map(|node| column_of(node)).collect()))
    }

    /// Reads these too.
    fn reading_too(&self, nodes: Vec<PyRef<'_, Node>>) -> Select {
        let mut inner = self.tree().clone();
        inner.columns.extend(nodes.iter().map(|node| node.node.clone()));
        let more = nodes.iter().map(|node| column_of(node));
        Select::new_of(inner, self.columns.iter().cloned().chain(more).collect())
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

    /// Sorted by these, in place of the order before. Each is a node, whether it descends, and where
    /// NULLs are: `first`, `last` or `None`.
    fn sorted(&self, order: Vec<(PyRef<'_, Node>, bool, Option<PyBackedStr>)>) -> PyResult<Select> {
        let order = order
            .iter()
            .map(|(node, descending, nulls)| order_of(node, *descending, nulls.as_deref()))
            .collect::<PyResult<_>>()?;
        Ok(self.changed(|select| select.order_by = order))
    }

    /// In the order that the model says its rows have, unless there is one.
    fn in_own_order(slf: Bound<'_, Self>) -> PyResult<Bound<'_, Select>> {
        let select = slf.get();
        if plan::is_in_own_order(select.outline()) {
            return Ok(slf);
        }
        Bound::new(slf.py(), select.changed(plan::in_own_order))
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
        Select::new_of(self.first_only(), self.columns.clone())
    }

    /// The last row alone, of a slice its own last row; without an order, that of the greatest key.
    fn last(&self) -> PyResult<Select> {
        let mut inner = self.tree().clone();
        plan::in_some_order(&mut inner);
        Ok(Select::new_of(plan::last(inner).map_err(raise)?, self.columns.clone()))
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
            plan::combined(first, operator, plan::part(other.tree().clone()))
        };
        let inner = others.iter().fold(plan::part(self.tree().clone()), add);
        Ok(Select::new_of(inner, self.columns.clone()))
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
        if self.tree().with.contains(definition) {
            return Ok(self.changed(|_| {}));
        }
        Ok(self.changed(|select| select.with.push(definition.clone())))
    }

    /// The rows, and all that a relation of the model to itself leads to from them.
    fn follow(&self, relation: &str) -> PyResult<Select> {
        let order = match self.tree().is_sliced() {
            true => Vec::new(),
            false => self.tree().order_by.clone(),
        };
        let reached = plan::reached_from(plan::part(self.tree().clone()), relation);
        let mut inner = tree::Select::new(self.root());
        inner.columns.clone_from(&self.tree().columns);
        inner.filter.push(reached.map_err(raise)?);
        inner.order_by = order;
        inner.tag.clone_from(&self.tree().tag);
        Ok(Select::new_of(inner, self.columns.clone()))
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
        number(self.tree().limit.as_ref())
    }

    /// The offset in force.
    #[getter]
    fn row_offset(&self) -> Option<i64> {
        number(self.tree().offset.as_ref())
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
        shown::query(self.tree()).to_string()
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
