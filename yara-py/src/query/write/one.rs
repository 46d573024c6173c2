//! Inserts of one row: what is said of them alike, and the values of each.

use super::{Conflict, Statement, positions};
use crate::db::statement::Asked;
use crate::query::operand::assignable;
use crate::query::select::{OutputColumn, column_of};
use crate::query::{Node, raise, refuse};
use crate::schema::{Codec, Table};
use pyo3::prelude::*;
use std::sync::{Arc, OnceLock};
use yara_core::executor::Prepared;
use yara_core::schema;
use yara_core::tree::{self, Expr, Insert, InsertSource};
use yara_core::typed::declare::check_value;
use yara_core::value::Value;

/// Inserts rows one by one: the same fields, and the same given back.
#[pyclass(frozen, module = "yara_orm._engine")]
pub(crate) struct Inserter {
    table: &'static schema::Table,
    /// The fields by their position, and which of the given values each has.
    fields: Vec<(usize, Arc<Codec>, usize)>,
    conflict: Option<tree::Conflict>,
    returning: Vec<Expr>,
    columns: Arc<[OutputColumn]>,
    /// From the second row on: a row may be the only one.
    once: OnceLock<()>,
    shape: OnceLock<Option<Shape>>,
}

/// The statement without its values.
struct Shape {
    prepared: Arc<Prepared>,
    /// The values behind those of the row: what a conflict sets.
    fixed: Vec<Value>,
}

#[pymethods]
impl Inserter {
    /// Inserts into these fields of a table, which give back others.
    #[new]
    fn new(
        table: &Table,
        fields: Vec<String>,
        conflict: &Conflict,
        returning: Vec<PyRef<'_, Node>>,
    ) -> PyResult<Inserter> {
        let mut places = Vec::with_capacity(fields.len());
        for (given, at) in positions(table, &fields)?.into_iter().enumerate() {
            let codec = table.codec(at).ok_or_else(|| {
                refuse(format!("{}.{} cannot be set", table.inner.model, fields[given]))
            })?;
            places.push((at, codec.clone(), given));
        }
        places.sort_by_key(|(at, ..)| *at);
        Ok(Inserter {
            table: table.inner,
            fields: places,
            conflict: conflict.inner.clone(),
            returning: returning.iter().map(|node| node.node.clone()).collect(),
            columns: returning.iter().map(|node| column_of(node)).collect(),
            once: OnceLock::new(),
            shape: OnceLock::new(),
        })
    }

    /// The insert of a row, whose values are in the order in which the fields were given.
    fn insert(&self, values: Vec<Bound<'_, PyAny>>) -> PyResult<Statement> {
        if values.len() != self.fields.len() {
            return Err(refuse(format!(
                "a row of {} has {} values here, and {} were given",
                self.table.model,
                self.fields.len(),
                values.len()
            )));
        }
        let mut row = Vec::with_capacity(self.fields.len());
        for (at, codec, given) in &self.fields {
            let value = assignable(&values[*given], codec)?;
            check_value(self.table, *at, &value).map_err(raise)?;
            row.push(value);
        }
        let asked = self.asked(row);
        Ok(Statement { asked, columns: self.columns.clone() })
    }
}

impl Inserter {
    fn asked(&self, row: Vec<Expr>) -> Asked {
        if self.once.set(()).is_ok() {
            return Asked::of(self.tree(row));
        }
        let shape = self.shape.get_or_init(|| self.shape_of(&row));
        match (shape, literals(&row)) {
            (Some(shape), Some(mut values)) => {
                values.extend_from_slice(&shape.fixed);
                Asked::Prepared(shape.prepared.clone(), values)
            }
            _ => Asked::of(self.tree(row)),
        }
    }

    fn tree(&self, row: Vec<Expr>) -> tree::Statement {
        let fields = self.fields.iter().map(|(at, ..)| *at).collect();
        tree::Statement::Insert(Insert {
            conflict: self.conflict.clone(),
            returning: self.returning.clone(),
            ..Insert::new(self.table, fields, InsertSource::Row(row))
        })
    }

    /// The values of the row come first in the tree, before those of the conflict.
    fn shape_of(&self, row: &[Expr]) -> Option<Shape> {
        let given = literals(row)?;
        let tree = self.tree(row.to_vec());
        let mut values = Vec::new();
        tree.for_each_literal(|literal| values.push(literal.value.clone()));
        let fixed = values.strip_prefix(&given[..])?.to_vec();
        Some(Shape { prepared: Arc::new(Prepared::new(&tree)), fixed })
    }
}

/// The values of a row; `None` where one is an expression.
fn literals(row: &[Expr]) -> Option<Vec<Value>> {
    let literal = |value: &Expr| match value {
        Expr::Literal(literal) => Some(literal.value.clone()),
        _ => None,
    };
    row.iter().map(literal).collect()
}
