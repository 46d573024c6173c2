//! What the rows of a statement become, as Python says it.

use super::refuse;
use super::select::OutputColumn;
use crate::rows::decoder::Decoder;
use crate::rows::instance::InstanceShape;
use crate::rows::{Part, RowShape};
use pyo3::prelude::*;
use pyo3::types::{PyString, PyType};
use std::sync::{Arc, OnceLock};
use yara_core::value::Type;

/// What rows become. The one of instances is decided once, for the first statement that it is used
/// with; all others must read the same columns.
#[pyclass(frozen, module = "yara_orm._engine")]
pub(crate) struct RowPlan {
    spec: Spec,
    decided: OnceLock<Arc<RowShape>>,
}

enum Spec {
    Tuples,
    Scalars,
    Dicts(Vec<Py<PyString>>),
    Instances(Py<Instances>),
    Keyed(usize, Py<Instances>),
    Mixed(Vec<Option<Py<Instances>>>, Option<Vec<Py<PyString>>>),
}

/// Rows as instances: the attributes that the cells become, in order.
#[pyclass(frozen, module = "yara_orm._engine")]
struct Instances {
    class: Py<PyType>,
    names: Vec<String>,
    related: Vec<Joined>,
}

/// A related row that is read along: the steps to it, its class, and its attributes.
type Joined = (Vec<String>, Py<PyType>, Vec<String>);

impl From<Spec> for RowPlan {
    fn from(spec: Spec) -> RowPlan {
        RowPlan { spec, decided: OnceLock::new() }
    }
}

#[pymethods]
impl RowPlan {
    /// Tuples.
    #[staticmethod]
    fn tuples() -> RowPlan {
        Spec::Tuples.into()
    }

    /// The one column.
    #[staticmethod]
    fn scalars() -> RowPlan {
        Spec::Scalars.into()
    }

    /// Dicts by these names.
    #[staticmethod]
    fn dicts(py: Python<'_>, names: Vec<String>) -> RowPlan {
        let names = names.iter().map(|name| PyString::intern(py, name).unbind()).collect();
        Spec::Dicts(names).into()
    }

    /// Instances of a class with these attributes, and with instances of others in theirs: those
    /// that stand below another one come right behind it.
    #[staticmethod]
    fn instances(
        py: Python<'_>,
        class: Py<PyType>,
        names: Vec<String>,
        related: Vec<Joined>,
    ) -> PyResult<RowPlan> {
        let instances = Py::new(py, Instances { class, names, related })?;
        Ok(Spec::Instances(instances).into())
    }

    /// Tuples, or dicts where there are names, of cells and of instances: a part is `None` for the
    /// next cell, or a shape of instances for all the cells that one is made of.
    #[staticmethod]
    #[pyo3(signature = (parts, names = None))]
    fn mixed(
        py: Python<'_>,
        parts: Vec<Option<PyRef<'_, RowPlan>>>,
        names: Option<Vec<String>>,
    ) -> PyResult<RowPlan> {
        let part = |part: &Option<PyRef<'_, RowPlan>>| match part.as_deref().map(|plan| &plan.spec)
        {
            None => Ok(None),
            Some(Spec::Instances(instances)) => Ok(Some(instances.clone_ref(py))),
            Some(_) => Err(refuse("a part of a row is a cell or an instance")),
        };
        let parts = parts.iter().map(part).collect::<PyResult<_>>()?;
        let interned = |name: &String| PyString::intern(py, name).unbind();
        let names = names.map(|names| names.iter().map(interned).collect());
        Ok(Spec::Mixed(parts, names).into())
    }

    /// Pairs of a key of so many columns, and what this is.
    fn keyed(&self, py: Python<'_>, parts: usize) -> PyResult<RowPlan> {
        match &self.spec {
            Spec::Instances(instances) => Ok(Spec::Keyed(parts, instances.clone_ref(py)).into()),
            _ => Err(refuse("only instances are loaded by a key")),
        }
    }
}

impl RowPlan {
    /// How the rows of a statement with these columns are made.
    pub(super) fn decide(
        &self,
        py: Python<'_>,
        columns: &[OutputColumn],
    ) -> PyResult<Arc<RowShape>> {
        if let Some(decided) = self.decided.get() {
            return Ok(decided.clone());
        }
        let decoders = || columns.iter().map(|column| decoder(py, column));
        let shape = match &self.spec {
            Spec::Tuples => RowShape::Tuples(decoders().collect()),
            Spec::Scalars => match columns {
                [only] => RowShape::Scalars(decoder(py, only)),
                _ => return Err(refuse(format!("one column is wanted, not {}", columns.len()))),
            },
            Spec::Dicts(names) => {
                let names = names.iter().map(|name| name.clone_ref(py));
                RowShape::Dicts(names.zip(decoders()).collect())
            }
            Spec::Instances(instances) => RowShape::Instances(instances.get().shape(py, columns)?),
            Spec::Mixed(parts, names) => {
                let mut rest = columns;
                let mut shapes = Vec::with_capacity(parts.len());
                for part in parts {
                    let width = part.as_ref().map_or(1, |part| part.get().width());
                    let (own, others) = rest.split_at(width.min(rest.len()));
                    rest = others;
                    shapes.push(match (part, own) {
                        (Some(part), own) => Part::Instance(part.get().shape(py, own)?),
                        (None, [only]) => Part::Cell(decoder(py, only)),
                        (None, _) => return Err(other_columns()),
                    });
                }
                if !rest.is_empty() {
                    return Err(other_columns());
                }
                let names = names
                    .as_ref()
                    .map(|names| names.iter().map(|name| name.clone_ref(py)).collect());
                RowShape::Mixed(shapes, names)
            }
            Spec::Keyed(parts, instances) => {
                let (key, rest) = columns.split_at((*parts).min(columns.len()));
                let key = key.iter().map(|column| decoder(py, column)).collect();
                RowShape::Keyed(key, instances.get().shape(py, rest)?)
            }
        };
        let shape = Arc::new(shape);
        if matches!(self.spec, Spec::Instances(_)) {
            let _ = self.decided.set(shape.clone());
        }
        Ok(shape)
    }
}

fn other_columns() -> PyErr {
    refuse("a statement reads other columns than its rows are made of")
}

impl Instances {
    /// How many cells an instance is made of.
    fn width(&self) -> usize {
        let related: usize = self.related.iter().map(|(_, _, names)| names.len()).sum();
        self.names.len() + related
    }

    fn shape(&self, py: Python<'_>, columns: &[OutputColumn]) -> PyResult<InstanceShape> {
        let mut columns = columns.iter();
        let mut shape = InstanceShape::new(self.class.bind(py))?;
        for (name, column) in self.names.iter().zip(&mut columns) {
            shape.column(py, name, decoder(py, column))?;
        }
        let mut joined = self.related.iter().peekable();
        attach(py, &mut shape, 0, &mut joined, &mut columns)?;
        if columns.next().is_some() || joined.next().is_some() {
            return Err(other_columns());
        }
        Ok(shape)
    }
}

/// Gives an instance the related ones that stand `depth` steps away from the root.
fn attach<'c>(
    py: Python<'_>,
    owner: &mut InstanceShape,
    depth: usize,
    joined: &mut std::iter::Peekable<std::slice::Iter<'_, Joined>>,
    columns: &mut std::slice::Iter<'c, OutputColumn>,
) -> PyResult<()> {
    while let Some((steps, class, names)) = joined.next_if(|(steps, ..)| steps.len() == depth + 1) {
        let mut shape = InstanceShape::new(class.bind(py))?;
        for (name, column) in names.iter().zip(&mut *columns) {
            shape.column(py, name, decoder(py, column))?;
        }
        attach(py, &mut shape, depth + 1, joined, columns)?;
        if let Some(name) = steps.last() {
            owner.related(py, name, Arc::new(RowShape::Instances(shape)), true)?;
        }
    }
    Ok(())
}

fn decoder(py: Python<'_>, column: &OutputColumn) -> Decoder {
    let decoder = match (column.kind, &column.codec) {
        (Some(Type::Interval), Some(codec)) if codec.months => Decoder::Interval,
        (Some(kind), _) => Decoder::of(py, kind),
        (None, _) => Decoder::Any,
    };
    let decode = column.codec.as_ref().and_then(|codec| codec.decode.as_ref());
    decoder.then(decode.map(|decode| decode.clone_ref(py)))
}
