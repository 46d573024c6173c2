//! Shapes that Python declares, for rows of SQL text.

use super::decoder::Decoder;
use super::instance::InstanceShape;
use super::shape::RowShape;
use crate::errors::raise;
use pyo3::prelude::*;
use pyo3::types::{PyString, PyType};
use std::sync::Arc;
use yara_core::error::{Error, ErrorKind};
use yara_core::value::Type;

/// A column as Python declares it: the name of its kind, and a function that makes something else
/// of its values, or `None`.
type Declared = (String, Option<Py<PyAny>>);

/// What the rows of a statement become: tuples, dicts, single values or instances, with a kind for
/// each column. It is made once and used for any number of statements.
///
/// A kind is `any`, `bool`, `int`, `float`, `str`, `bytes`, `uuid`, `date`, `time`, `datetime`,
/// `instant`, `timedelta`, `decimal`, `json` or `json_text`, and `kind[]` is a list of it.
#[pyclass(frozen, module = "yara_orm._engine")]
pub(crate) struct Shape {
    inner: Arc<RowShape>,
}

impl Shape {
    pub(crate) fn inner(&self) -> Arc<RowShape> {
        self.inner.clone()
    }

    fn new(shape: RowShape) -> Shape {
        Shape { inner: Arc::new(shape) }
    }
}

#[pymethods]
impl Shape {
    /// Tuples.
    #[staticmethod]
    fn tuples(py: Python<'_>, columns: Vec<Declared>) -> PyResult<Shape> {
        let decoders = columns.into_iter().map(|column| decoder(py, column));
        Ok(Shape::new(RowShape::Tuples(decoders.collect::<PyResult<_>>()?)))
    }

    /// Dicts with these keys.
    #[staticmethod]
    fn dicts(py: Python<'_>, columns: Vec<(Py<PyString>, Declared)>) -> PyResult<Shape> {
        let columns = columns.into_iter().map(|(key, column)| Ok((key, decoder(py, column)?)));
        Ok(Shape::new(RowShape::Dicts(columns.collect::<PyResult<_>>()?)))
    }

    /// The values of the one column.
    #[staticmethod]
    fn scalars(py: Python<'_>, column: Declared) -> PyResult<Shape> {
        Ok(Shape::new(RowShape::Scalars(decoder(py, column)?)))
    }

    /// Instances of a class with these attributes, made without calling the class. The cells of
    /// the columns come first, then those of each related instance in turn: an attribute, a shape
    /// of instances, and whether there is none where all its cells are NULL. The constants are
    /// attributes of every instance.
    #[staticmethod]
    #[pyo3(signature = (class, columns, related = Vec::new(), constants = Vec::new()))]
    fn instances(
        class: &Bound<'_, PyType>,
        columns: Vec<(String, Declared)>,
        related: Vec<(String, Bound<'_, Shape>, bool)>,
        constants: Vec<(String, Py<PyAny>)>,
    ) -> PyResult<Shape> {
        let py = class.py();
        let mut shape = InstanceShape::new(class)?;
        for (attribute, column) in columns {
            shape.column(py, &attribute, decoder(py, column)?)?;
        }
        for (attribute, value) in constants {
            shape.constant(py, &attribute, value)?;
        }
        for (attribute, other, optional) in related {
            shape.related(py, &attribute, other.get().inner(), optional)?;
        }
        Ok(Shape::new(RowShape::Instances(shape)))
    }
}

fn decoder(py: Python<'_>, (kind, function): Declared) -> PyResult<Decoder> {
    if kind == "any" {
        return Ok(Decoder::Any.then(function));
    }
    if kind == "json_text" {
        return Ok(Decoder::JsonText.then(function));
    }
    let known = kind_of(&kind).ok_or_else(|| {
        let message = format!("`{kind}` is no kind of a column, such as `int`, `str` or `int[]`");
        raise(Error::new(ErrorKind::Configuration, message))
    })?;
    Ok(Decoder::of(py, known).then(function))
}

fn kind_of(name: &str) -> Option<Type> {
    if let Some(item) = name.strip_suffix("[]") {
        return kind_of(item).map(Type::list);
    }
    Some(match name {
        "bool" => Type::Bool,
        "int" => Type::I64,
        "float" => Type::F64,
        "str" => Type::Text,
        "bytes" => Type::Bytes,
        "uuid" => Type::Uuid,
        "date" => Type::Date,
        "time" => Type::Time,
        "datetime" => Type::Timestamp,
        "instant" => Type::TimestampTz,
        "timedelta" => Type::Interval,
        "decimal" => Type::Numeric,
        "json" => Type::Json,
        _ => return None,
    })
}
