//! Conditions that are spelled as text: `author__name__icontains="ada"`.
//!
//! The engine says what a text means and which value it takes; here, Python's value becomes that.

use super::literal::{guess, item_of, literal_of};
use super::{Node, Select, raise};
use crate::rows::special::special;
use crate::schema::{Codec, Table, codec_of};
use pyo3::intern;
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyFrozenSet, PyInt, PyList, PySet, PyString, PyTuple};
use std::sync::Arc;
use yara_core::error::{Error, ErrorKind};
use yara_core::lookup::{self, Expected, Lookup, LookupValue, Operator};
use yara_core::tree::Expr;
use yara_core::value::{Type, Value};

/// The expressions that a query has given names to.
type Names<'py> = Vec<(String, PyRef<'py, Node>)>;

/// Lookups, and what combines them.
#[pyclass(frozen, module = "yara_orm._engine")]
pub(crate) struct Condition {
    inner: lookup::Condition,
}

#[pymethods]
impl Condition {
    /// One lookup and its value.
    #[staticmethod]
    fn lookup(
        table: &Table,
        names: Names<'_>,
        text: &str,
        value: &Bound<'_, PyAny>,
    ) -> PyResult<Condition> {
        let lookup = parse(table, &names, text)?;
        let value =
            value_for(&lookup, value).map_err(|error| named(value.py(), table, text, error))?;
        Ok(Condition { inner: lookup::Condition::lookup(lookup, value) })
    }

    /// An expression that is there already.
    #[staticmethod]
    fn node(node: &Node) -> PyResult<Condition> {
        match node.kind {
            None | Some(Type::Bool) => {
                Ok(Condition { inner: lookup::Condition::Expr(node.node.clone()) })
            }
            Some(kind) => Err(super::refuse(format!(
                "a filter is a condition, and this is a value of kind {}; compare it with something",
                kind.name()
            ))),
        }
    }

    /// All are true.
    #[staticmethod]
    fn all(parts: Vec<PyRef<'_, Condition>>) -> Condition {
        let parts = parts.iter().map(|part| part.inner.clone()).collect();
        Condition { inner: lookup::Condition::And(parts) }
    }

    /// One is true.
    #[staticmethod]
    fn any(parts: Vec<PyRef<'_, Condition>>) -> Condition {
        let parts = parts.iter().map(|part| part.inner.clone()).collect();
        Condition { inner: lookup::Condition::Or(parts) }
    }

    /// The complement.
    fn complement(&self) -> Condition {
        Condition { inner: lookup::Condition::Not(Box::new(self.inner.clone())) }
    }

    /// The condition as a node.
    fn build(&self) -> PyResult<Node> {
        let node = self.inner.clone().build().map_err(raise)?;
        Ok(Node::of(node, Some(Type::Bool)))
    }
}

/// The value that a text names.
#[pyfunction]
fn named_column(table: &Table, names: Names<'_>, text: &str) -> PyResult<Node> {
    if let Some((_, node)) = names.iter().find(|(name, _)| name == text) {
        return Ok(Node { node: node.node.clone(), kind: node.kind, codec: node.codec.clone() });
    }
    let node = Lookup::column(table.inner, text, &given_names(&names)).map_err(field_error)?;
    let lookup = parse(table, &names, text)?;
    let codec = plain_codec(&lookup);
    Ok(Node { node, kind: lookup.kind(), codec })
}

fn given_names<'n>(names: &'n Names<'_>) -> Vec<(&'n str, Expr, Option<Type>)> {
    names.iter().map(|(name, node)| (name.as_str(), node.node.clone(), node.kind)).collect()
}

pub(super) fn parse(table: &Table, names: &Names<'_>, text: &str) -> PyResult<Lookup> {
    Lookup::with_names(table.inner, text, &given_names(names)).map_err(field_error)
}

/// A name that is unknown is an error of its own in Python.
fn field_error(error: Error) -> PyErr {
    if error.kind() != ErrorKind::InvalidQuery {
        return raise(error);
    }
    Python::attach(|py| {
        let made = py
            .import("yara_orm.exceptions")
            .and_then(|module| module.getattr("FieldError"))
            .and_then(|class| class.call1((error.to_string(),)));
        made.map_or_else(|failed| failed, PyErr::from_value)
    })
}

/// What Python does with values of the field that is compared as it is.
pub(super) fn plain_codec(lookup: &Lookup) -> Option<Arc<Codec>> {
    let field = lookup.field().filter(|_| lookup.transforms.is_empty())?;
    codec_of(lookup.owner(), field.name)
}

/// Python's value as the one that a lookup takes.
pub(super) fn value_for(lookup: &Lookup, value: &Bound<'_, PyAny>) -> PyResult<LookupValue> {
    if let Some(found) = query_or_node(value)? {
        return Ok(found);
    }
    let codec = plain_codec(lookup);
    let codec = codec.as_deref();
    if let (Operator::Contains, Some(Type::Range(element))) = (lookup.operator, lookup.kind())
        && !special(value.py())?.is_range(value)?
    {
        return one(value, Some(*element), None);
    }
    if let (Operator::Contains, Some(kind @ Type::Array(element))) =
        (lookup.operator, lookup.kind())
        && !is_list(value)
        && !value.is_none()
    {
        return Ok(LookupValue::Value(item_of(value, kind, *element, codec)?));
    }
    // Asked of what ranges are of, it takes a range and no value of the field.
    let codec = codec
        .filter(|codec| lookup.operator != Operator::ContainedBy || codec.kind.range().is_none());
    match lookup.expected() {
        Expected::One(kind) => one(value, kind, codec),
        Expected::Many(kind) | Expected::Pair(kind) => list(value, |item| one(item, kind, codec)),
        Expected::Flag => flag(value),
        Expected::Key(names, kinds) => key(lookup, value, &names, &kinds),
        Expected::Keys(names, kinds) => list(value, |item| key(lookup, item, &names, &kinds)),
    }
}

/// True or false. Other values are neither, least of all the text `"false"`.
fn flag(value: &Bound<'_, PyAny>) -> PyResult<LookupValue> {
    let number = value.is_instance_of::<PyInt>().then(|| value.extract::<u8>());
    match number {
        Some(Ok(flag @ (0 | 1))) => Ok(LookupValue::Value(Value::Bool(flag == 1))),
        _ => Err(super::refuse(format!("it takes True or False, not {}", value.repr()?))),
    }
}

/// An expression or a query, where it is one.
fn query_or_node(value: &Bound<'_, PyAny>) -> PyResult<Option<LookupValue>> {
    if let Ok(node) = value.cast::<Node>() {
        return Ok(Some(LookupValue::Expr(node.get().node.clone())));
    }
    if let Ok(select) = value.cast::<Select>() {
        return Ok(Some(LookupValue::Query(Box::new(select.get().tree().clone()))));
    }
    Ok(None)
}

/// Whether a value is several items, and not one of them.
fn is_list(value: &Bound<'_, PyAny>) -> bool {
    value.is_instance_of::<PyList>()
        || value.is_instance_of::<PyTuple>()
        || value.is_instance_of::<PySet>()
        || value.is_instance_of::<PyFrozenSet>()
}

fn one(
    value: &Bound<'_, PyAny>,
    kind: Option<Type>,
    codec: Option<&Codec>,
) -> PyResult<LookupValue> {
    if let Some(found) = query_or_node(value)? {
        return Ok(found);
    }
    let encoded = match kind {
        Some(kind) => literal_of(value, kind, codec)?,
        None if value.is_none() => Value::Null(Type::Text),
        None => guess(value)?,
    };
    Ok(LookupValue::Value(encoded))
}

fn list(
    value: &Bound<'_, PyAny>,
    item: impl Fn(&Bound<'_, PyAny>) -> PyResult<LookupValue>,
) -> PyResult<LookupValue> {
    if value.is_instance_of::<PyString>() || value.is_instance_of::<PyBytes>() {
        return Err(super::refuse(format!("a list of values is wanted, not {}", value.repr()?)));
    }
    let Ok(items) = value.try_iter() else {
        return Err(super::refuse(format!("a list of values is wanted, not {}", value.repr()?)));
    };
    let items = items.map(|each| item(&each?)).collect::<PyResult<Vec<_>>>()?;
    Ok(LookupValue::List(items))
}

/// A row, or its key.
fn key(
    lookup: &Lookup,
    value: &Bound<'_, PyAny>,
    names: &[&str],
    kinds: &[Type],
) -> PyResult<LookupValue> {
    if let Some(found) = query_or_node(value)? {
        return Ok(found);
    }
    let py = value.py();
    if value.is_none() {
        return Ok(LookupValue::Value(Value::Null(kinds.first().copied().unwrap_or(Type::Text))));
    }
    if value.get_type().hasattr(intern!(py, "_meta"))? {
        let table = value.getattr(intern!(py, "_meta"))?.getattr(intern!(py, "described_table"))?;
        let own = table.cast::<Table>()?.get().inner;
        if let Some(wanted) = lookup.target().filter(|wanted| !std::ptr::eq(*wanted, own)) {
            return Err(super::refuse(format!(
                "a {} is wanted, and {} is a {}",
                wanted.model,
                value.repr()?,
                own.model
            )));
        }
        let mut parts = Vec::with_capacity(names.len());
        for (name, kind) in names.iter().zip(kinds) {
            let part = value.getattr(*name)?;
            if part.is_none() {
                return Err(super::refuse(format!(
                    "{} has not been saved, so nothing can be compared with it",
                    value.repr()?
                )));
            }
            parts.push(LookupValue::Value(literal_of(&part, *kind, None)?));
        }
        return Ok(match (parts.len(), parts.pop()) {
            (1, Some(only)) => only,
            (_, last) => {
                parts.extend(last);
                LookupValue::List(parts)
            }
        });
    }
    match kinds {
        [kind] => one(value, Some(*kind), None),
        kinds => {
            let given = match value.try_iter() {
                Ok(parts) if !value.is_instance_of::<PyString>() => {
                    parts.collect::<PyResult<Vec<_>>>()?
                }
                _ => Vec::new(),
            };
            if given.len() != kinds.len() {
                return Err(super::refuse(format!(
                    "a row is wanted, or its key: a tuple of {}, not {}",
                    names.join(", "),
                    value.repr()?
                )));
            }
            let parts = given.iter().zip(kinds).map(|(part, kind)| one(part, Some(*kind), None));
            Ok(LookupValue::List(parts.collect::<PyResult<_>>()?))
        }
    }
}

/// An error about a value, with the model and the lookup before it.
pub(super) fn named(py: Python<'_>, table: &Table, text: &str, error: PyErr) -> PyErr {
    let message = format!("{}: `{text}`: {}", table.inner.model, error.value(py));
    match error.get_type(py).call1((message,)) {
        Ok(named) => PyErr::from_value(named),
        Err(_) => error,
    }
}

/// Adds the class and the function to the module.
pub(super) fn register(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add_class::<Condition>()?;
    module.add_function(wrap_pyfunction!(named_column, module)?)
}
