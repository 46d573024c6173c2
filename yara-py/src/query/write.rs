//! Statements, those that write among them.

mod many;
mod one;

use super::literal::literal_of;
use super::operand::assignable;
use super::select::{OutputColumn, column_of};
use super::{Node, Select, fit, raise, refuse};
use crate::db::statement::Asked;
use crate::schema::Table;
use pyo3::prelude::*;
use std::sync::Arc;
use yara_core::plan;
use yara_core::tree::{self, ConflictTarget, Delete, Expr, Insert, InsertSource, Update};
use yara_core::typed::declare::{check_value, touch};
use yara_core::value::{Type, Value};

/// What happens where a row of the same key is there.
#[pyclass(frozen, module = "yara_orm._engine")]
pub(crate) struct Conflict {
    inner: Option<tree::Conflict>,
}

#[pymethods]
impl Conflict {
    /// It is an error.
    #[staticmethod]
    fn none() -> Conflict {
        Conflict { inner: None }
    }

    /// The old row stays: where it has the same values of these fields, which a partial index has
    /// if there is a condition, or of a constraint; or of any unique fields.
    #[staticmethod]
    #[pyo3(signature = (table, target = None, condition = None, constraint = None))]
    fn ignore(
        table: &Table,
        target: Option<Vec<String>>,
        condition: Option<&Node>,
        constraint: Option<&str>,
    ) -> PyResult<Conflict> {
        let target = conflict_target(table, target, condition, constraint)?;
        Ok(Conflict { inner: Some(tree::Conflict::Ignore { target }) })
    }

    /// These fields of the old row get the new values, or others where they are given, and what
    /// every update sets is set; of old rows of which a filter is true.
    #[staticmethod]
    #[pyo3(signature = (table, target, fields, values = Vec::new(), filter = Vec::new(), condition = None, constraint = None))]
    fn update(
        table: &Table,
        target: Option<Vec<String>>,
        fields: Vec<String>,
        values: Vec<(String, Bound<'_, PyAny>)>,
        filter: Vec<PyRef<'_, Node>>,
        condition: Option<&Node>,
        constraint: Option<&str>,
    ) -> PyResult<Conflict> {
        let Some(target) = conflict_target(table, target, condition, constraint)? else {
            return Err(refuse(format!(
                "an upsert of {} needs the fields that tell that a row is there",
                table.inner.model
            )));
        };
        let excluded = |at: usize| (at, Expr::Excluded(table.inner.fields[at].name));
        let mut set: Vec<(usize, Expr)> =
            positions(table, &fields)?.into_iter().map(excluded).collect();
        for (field, value) in &values {
            set.push(assignment(table, field, value)?);
        }
        touch(table.inner, &mut set).map_err(raise)?;
        let filter = filter.iter().map(|condition| condition.node.clone()).collect();
        Ok(Conflict { inner: Some(tree::Conflict::Update { target, set, filter }) })
    }

    /// Whether it is an error.
    #[getter]
    fn is_none(&self) -> bool {
        self.inner.is_none()
    }
}

/// What tells that a row is there.
fn conflict_target(
    table: &Table,
    fields: Option<Vec<String>>,
    condition: Option<&Node>,
    constraint: Option<&str>,
) -> PyResult<Option<ConflictTarget>> {
    if let Some(name) = constraint {
        return Ok(Some(ConflictTarget::Constraint(name.into())));
    }
    let Some(fields) = fields else { return Ok(None) };
    let fields = positions(table, &fields)?;
    Ok(Some(match condition {
        Some(condition) => ConflictTarget::partial(fields, condition.node.clone()),
        None => ConflictTarget::Fields(fields),
    }))
}

/// The value of a column in the row that could not be inserted.
#[pyfunction]
fn excluded(column: &Node) -> PyResult<Node> {
    let Expr::Column(named) = &column.node else {
        return Err(refuse("excluded() takes a column of the model that is inserted"));
    };
    if !named.path.is_empty() {
        return Err(refuse("excluded() takes a column of the model itself, not one of another"));
    }
    let field = named.table.field(&named.field).map_err(raise)?;
    Ok(column.like(Expr::Excluded(field.name)))
}

/// A statement that is ready to run.
#[pyclass(frozen, module = "yara_orm._engine")]
pub(crate) struct Statement {
    pub(crate) asked: Asked,
    pub(crate) columns: Arc<[OutputColumn]>,
}

impl Statement {
    fn without_rows(tree: tree::Statement) -> Statement {
        Statement { asked: Asked::of(tree), columns: Arc::default() }
    }
}

#[pymethods]
impl Statement {
    /// The number of rows of a query.
    #[staticmethod]
    fn count(select: &Select) -> Statement {
        let column = OutputColumn { kind: Some(Type::I64), codec: None };
        Statement { asked: Asked::of(plan::count(select.tree())), columns: [column].into() }
    }

    /// Whether a query has rows.
    #[staticmethod]
    fn exists(select: &Select) -> Statement {
        let column = OutputColumn { kind: Some(Type::Bool), codec: None };
        Statement { asked: Asked::of(plan::exists(select.tree())), columns: [column].into() }
    }

    /// Inserts the rows of a query, whose columns are these fields.
    #[staticmethod]
    fn insert_from(
        table: &Table,
        fields: Vec<String>,
        rows: &Select,
        conflict: &Conflict,
        returning: Vec<PyRef<'_, Node>>,
    ) -> PyResult<Statement> {
        let fields = positions(table, &fields)?;
        if fields.len() != rows.columns.len() {
            return Err(refuse(format!(
                "{} fields of {} are filled by a query of {} columns; select as many",
                fields.len(),
                table.inner.model,
                rows.columns.len()
            )));
        }
        for (at, column) in fields.iter().zip(rows.columns.iter()) {
            if let (Some(kind), Some(codec)) = (column.kind, table.codec(*at)) {
                fit::check(kind, codec)?;
            }
        }
        let mut select = rows.tree().clone();
        plan::in_own_order(&mut select);
        let insert = Insert::new(table.inner, fields, InsertSource::Select(Box::new(select)));
        Ok(inserting(insert, conflict, &returning))
    }

    /// Sets fields of the rows of a query; `touch` also sets what every update sets.
    #[staticmethod]
    fn update(
        table: &Table,
        rows: &Select,
        fields: Vec<String>,
        values: Vec<Bound<'_, PyAny>>,
        touched: bool,
        returning: Vec<PyRef<'_, Node>>,
    ) -> PyResult<Statement> {
        let mut set = Vec::with_capacity(fields.len());
        for (field, value) in fields.iter().zip(&values) {
            set.push(assignment(table, field, value)?);
        }
        if set.is_empty() {
            return Err(refuse(format!("an update of {} sets nothing", table.inner.model)));
        }
        if touched {
            touch(table.inner, &mut set).map_err(raise)?;
        }
        Ok(Statement {
            asked: Asked::of(tree::Statement::Update(Update {
                rows: rows.tree().clone(),
                set,
                returning: returning.iter().map(|node| node.node.clone()).collect(),
            })),
            columns: returning.iter().map(|node| column_of(node)).collect(),
        })
    }

    /// Deletes the rows of a query, and gives back these fields of them.
    #[staticmethod]
    fn delete(rows: &Select, returning: Vec<PyRef<'_, Node>>) -> Statement {
        Statement {
            asked: Asked::of(tree::Statement::Delete(Delete {
                rows: rows.tree().clone(),
                returning: returning.iter().map(|node| node.node.clone()).collect(),
            })),
            columns: returning.iter().map(|node| column_of(node)).collect(),
        }
    }

    /// The rows that a relation leads to from many owners: their keys, then what `base` reads.
    #[staticmethod]
    fn load(
        owner: &Table,
        relation: &str,
        base: &Select,
        keys: Vec<Vec<Bound<'_, PyAny>>>,
    ) -> PyResult<Statement> {
        let found = owner.inner.relation(relation).map_err(raise)?;
        let positions = plan::owner_key(owner.inner, found).map_err(raise)?;
        let mut values = Vec::with_capacity(keys.len());
        for key in &keys {
            values.push(owner_values(owner, relation, key)?);
        }
        let inner = plan::load(owner.inner, found, base.tree().clone(), values).map_err(raise)?;
        let mut columns: Vec<OutputColumn> = positions
            .iter()
            .filter_map(|at| owner.codec(*at))
            .map(|codec| OutputColumn { kind: Some(codec.kind), codec: Some(codec.clone()) })
            .collect();
        columns.extend(base.columns.iter().cloned());
        Ok(Statement { asked: Asked::of(inner), columns: columns.into() })
    }

    /// Relates rows to an owner through the table between.
    #[staticmethod]
    fn relate(
        owner: &Table,
        relation: &str,
        target: &Table,
        key: Vec<Bound<'_, PyAny>>,
        targets: Vec<Vec<Bound<'_, PyAny>>>,
    ) -> PyResult<Statement> {
        let key = owner_values(owner, relation, &key)?;
        let targets = target_values(target, &targets)?;
        plan::through_insert(owner.inner, relation, key, targets)
            .map(Statement::without_rows)
            .map_err(raise)
    }

    /// Ends the relation of rows to an owner; of all of them where none are named. With `keep`, of
    /// all but these.
    #[staticmethod]
    #[pyo3(signature = (owner, relation, target, key, targets, keep))]
    fn unrelate(
        owner: &Table,
        relation: &str,
        target: &Table,
        key: Vec<Bound<'_, PyAny>>,
        targets: Option<Vec<Vec<Bound<'_, PyAny>>>>,
        keep: bool,
    ) -> PyResult<Statement> {
        let key = owner_values(owner, relation, &key)?;
        let targets = targets.map(|targets| target_values(target, &targets)).transpose()?;
        let inner = match targets {
            Some(targets) if keep => plan::through_keep_only(owner.inner, relation, key, targets),
            targets => plan::through_delete(owner.inner, relation, key, targets),
        };
        inner.map(Statement::without_rows).map_err(raise)
    }

    /// Whether it gives rows, which are counted otherwise.
    #[getter]
    fn gives_rows(&self) -> bool {
        !self.columns.is_empty()
    }

    fn __repr__(&self) -> String {
        let kind = match &*self.asked.tree() {
            tree::Statement::Select(_) => "select",
            tree::Statement::Insert(_) => "insert",
            tree::Statement::Update(_) | tree::Statement::UpdateEach(_) => "update",
            tree::Statement::Delete(_) => "delete",
            tree::Statement::Raw(_) => "raw",
        };
        format!("<{kind} statement>")
    }
}

/// An insert, with what becomes of rows that are there and what it gives back.
fn inserting(insert: Insert, conflict: &Conflict, returning: &[PyRef<'_, Node>]) -> Statement {
    Statement {
        asked: Asked::of(tree::Statement::Insert(Insert {
            conflict: conflict.inner.clone(),
            returning: returning.iter().map(|node| node.node.clone()).collect(),
            ..insert
        })),
        columns: returning.iter().map(|node| column_of(node)).collect(),
    }
}

/// The values of a key by which a relation finds its rows.
pub(super) fn owner_values(
    owner: &Table,
    relation: &str,
    key: &[Bound<'_, PyAny>],
) -> PyResult<Vec<Value>> {
    let found = owner.inner.relation(relation).map_err(raise)?;
    let positions = plan::owner_key(owner.inner, found).map_err(raise)?;
    values_of(owner, &positions, key)
}

fn target_values(target: &Table, keys: &[Vec<Bound<'_, PyAny>>]) -> PyResult<Vec<Vec<Value>>> {
    keys.iter().map(|key| values_of(target, &target.inner.primary_key, key)).collect()
}

fn values_of(table: &Table, positions: &[usize], key: &[Bound<'_, PyAny>]) -> PyResult<Vec<Value>> {
    if positions.len() != key.len() {
        return Err(refuse(format!(
            "a key of {} has {} parts, and {} were given",
            table.inner.model,
            positions.len(),
            key.len()
        )));
    }
    let mut values = Vec::with_capacity(key.len());
    for (at, value) in positions.iter().zip(key) {
        let codec = table.codec(*at);
        let kind = table.inner.fields[*at].kind;
        values.push(literal_of(value, kind, codec.map(AsRef::as_ref))?);
    }
    Ok(values)
}

fn positions(table: &Table, fields: &[String]) -> PyResult<Vec<usize>> {
    fields.iter().map(|field| table.inner.field_index(field).map_err(raise)).collect()
}

/// A field and its new value, which fits it.
pub(crate) fn assignment(
    table: &Table,
    field: &str,
    value: &Bound<'_, PyAny>,
) -> PyResult<(usize, Expr)> {
    let at = table.inner.field_index(field).map_err(raise)?;
    let Some(codec) = table.codec(at) else {
        return Err(refuse(format!("{}.{field} cannot be set", table.inner.model)));
    };
    let value = assignable(value, codec)?;
    check_value(table.inner, at, &value).map_err(raise)?;
    Ok((at, value))
}

/// Adds the class to the module.
pub(super) fn register(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add_class::<Conflict>()?;
    module.add_class::<Statement>()?;
    module.add_class::<one::Inserter>()?;
    module.add_function(wrap_pyfunction!(excluded, module)?)?;
    many::register(module)
}
