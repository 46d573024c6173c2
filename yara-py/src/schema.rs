//! A Python model as the engine's description: [`Table`], made by a [`TableBuilder`].
//!
//! In flows what Python's metaclass collected; out flows a [`yara_core::schema::Table`], which lives
//! as long as the program does. Models refer to each other by [`Slot`]s, which are filled when the
//! model that they stand for is described: so they may be declared in any order and in cycles.

mod builder;
mod codec;
mod kind;

pub(crate) use builder::on_delete;
pub(crate) use codec::Codec;
pub(crate) use kind::{code, kind};

use crate::rows::decoder::Decoder;
use pyo3::prelude::*;
use std::collections::HashMap;
use std::sync::{Arc, OnceLock, PoisonError, RwLock};
use yara_core::schema::{self, Target};
use yara_core::tree;

/// Adds the classes to the module.
pub(crate) fn register(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add_class::<Slot>()?;
    module.add_class::<Table>()?;
    module.add_class::<builder::TableBuilder>()?;
    module.add_function(wrap_pyfunction!(kind::foreign_kind, module)?)
}

/// A text that lives as long as the descriptions that hold it.
pub(crate) fn leak(text: String) -> &'static str {
    Box::leak(text.into_boxed_str())
}

/// Stands for a model that may not be described yet.
#[pyclass(frozen, module = "yara_orm._engine")]
pub(crate) struct Slot {
    name: &'static str,
    table: &'static OnceLock<&'static schema::Table>,
}

#[pymethods]
impl Slot {
    #[new]
    fn new(name: String) -> Slot {
        Slot { name: leak(name), table: Box::leak(Box::default()) }
    }

    /// Says which table the model has; the first one stays.
    fn fill(&self, table: &Table) {
        let _ = self.table.set(table.inner);
    }
}

impl Slot {
    pub(crate) fn target(&self) -> Target {
        Target::Named { name: self.name, slot: self.table }
    }
}

/// The description of a model.
#[pyclass(frozen, module = "yara_orm._engine")]
pub(crate) struct Table {
    pub(crate) inner: &'static schema::Table,
    /// What Python does with the values of each field.
    pub(crate) codecs: Vec<Arc<Codec>>,
    late: Vec<Late>,
}

/// An expression that is given after the description, because it names the table: a condition, a
/// part of an index, what a column is computed from.
type Late = Arc<OnceLock<tree::Order>>;

#[pymethods]
impl Table {
    /// The model's name.
    #[getter]
    fn model(&self) -> &'static str {
        self.inner.model
    }

    /// The table's name.
    #[getter]
    fn name(&self) -> &'static str {
        self.inner.name
    }

    /// The names of the fields, in the order of the columns.
    #[getter]
    fn fields(&self) -> Vec<&'static str> {
        self.inner.fields.iter().map(|field| field.name).collect()
    }

    /// The fields of the primary key.
    #[getter]
    fn primary_key(&self) -> Vec<&'static str> {
        self.inner.key_fields().map(|field| field.name).collect()
    }

    /// What the engine knows of the model, one part to a line.
    #[pyo3(name = "describe")]
    fn parts(&self) -> PyResult<Vec<String>> {
        self.inner.describe().map_err(crate::query::raise)
    }

    /// The fields of this model whose values are the keys of a relation.
    fn owner_key(&self, relation: &str) -> PyResult<Vec<&'static str>> {
        let relation = self.inner.relation(relation).map_err(crate::query::raise)?;
        let positions =
            yara_core::plan::owner_key(self.inner, relation).map_err(crate::query::raise)?;
        Ok(positions.into_iter().map(|at| self.inner.fields[at].name).collect())
    }

    /// Refuses a value that a field could not have.
    fn check(&self, field: &str, value: &Bound<'_, PyAny>) -> PyResult<()> {
        crate::query::assignment(self, field, value).map(drop)
    }

    /// Adds the far side of a relation that another model declares.
    fn add_reverse(&self, name: String, source: &Slot, inverse: String, unique: bool) {
        self.inner.add_reverse(leak(name), source.target(), leak(inverse), unique);
    }

    /// Gives the description an expression that it waits for; the order is for parts of indexes.
    #[pyo3(signature = (at, expression, descending = false, nulls = None))]
    fn set_expression(
        &self,
        at: usize,
        expression: &crate::query::Node,
        descending: bool,
        nulls: Option<&str>,
    ) -> PyResult<()> {
        if let Some(late) = self.late.get(at) {
            let (expr, nulls) = (expression.node.clone(), builder::nulls(nulls)?);
            let _ = late.set(tree::Order { expr, descending, nulls });
        }
        Ok(())
    }

    fn __repr__(&self) -> String {
        format!("<table {} of {}>", self.inner.name, self.inner.model)
    }
}

/// The codecs of every described model, by the address of its description.
static CODECS: RwLock<Option<HashMap<usize, Vec<Arc<Codec>>>>> = RwLock::new(None);

/// What Python does with the values of a field, of whichever model.
pub(crate) fn codec_of(table: &'static schema::Table, field: &str) -> Option<Arc<Codec>> {
    let at = table.field_index(field).ok()?;
    let codecs = CODECS.read().unwrap_or_else(PoisonError::into_inner);
    codecs.as_ref()?.get(&address(table))?.get(at).cloned()
}

fn address(table: &'static schema::Table) -> usize {
    std::ptr::from_ref(table).addr()
}

impl Table {
    /// A description, with what Python does with the values of its fields.
    fn describe(inner: &'static schema::Table, codecs: Vec<Arc<Codec>>, late: Vec<Late>) -> Table {
        let mut known = CODECS.write().unwrap_or_else(PoisonError::into_inner);
        known.get_or_insert_default().insert(address(inner), codecs.clone());
        Table { inner, codecs, late }
    }

    /// How the values of each column become those of instances.
    pub(crate) fn decoders(&self, py: Python<'_>) -> HashMap<&'static str, Decoder> {
        let fields = self.inner.fields.iter().zip(&self.codecs);
        fields.map(|(field, codec)| (field.column, codec.decoder(py))).collect()
    }

    /// The codec of a field by its position.
    pub(crate) fn codec(&self, at: usize) -> Option<&Arc<Codec>> {
        self.codecs.get(at)
    }
}
