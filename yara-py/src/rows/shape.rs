//! What the rows of a statement become.

use super::decoder::{Decoder, Fault};
use super::instance::InstanceShape;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyString, PyTuple};
use std::collections::HashMap;
use yara_core::error::{Error, ErrorKind, Result};
use yara_core::value::ValueRef;

/// A part of a row.
pub(crate) enum Part {
    /// The next cell.
    Cell(Decoder),
    /// The cells of an instance; where all of them are NULL, there is none.
    Instance(InstanceShape),
}

impl Part {
    fn width(&self) -> usize {
        match self {
            Part::Cell(_) => 1,
            Part::Instance(shape) => shape.width(),
        }
    }
}

/// What the rows of a statement become. Decided once for a statement, and shared by all its runs.
pub(crate) enum RowShape {
    /// Nothing: how many there were, as an `int`.
    Count,
    /// Tuples with a decoder for each column.
    Tuples(Vec<Decoder>),
    /// Tuples of whatever comes.
    AnyTuples,
    /// Dicts by these names.
    Dicts(Vec<(Py<PyString>, Decoder)>),
    /// Dicts by the names that the database has for the columns; of some names it is known what
    /// their values are.
    AnyDicts(HashMap<&'static str, Decoder>),
    /// The one column.
    Scalars(Decoder),
    /// Instances of a class.
    Instances(InstanceShape),
    /// Pairs of a key, which the first cells are, and an instance.
    Keyed(Vec<Decoder>, InstanceShape),
    /// Tuples of cells and instances, or dicts of them by these names.
    Mixed(Vec<Part>, Option<Vec<Py<PyString>>>),
}

impl RowShape {
    /// Whether these cells become objects, as no more than memory can be missing.
    pub(super) fn is_sure_of(&self, cells: &[ValueRef<'_>]) -> bool {
        match self {
            RowShape::Tuples(decoders) => {
                decoders.iter().zip(cells).all(|(decoder, cell)| decoder.is_sure_of(cell))
            }
            RowShape::Scalars(decoder) => cells.iter().all(|cell| decoder.is_sure_of(cell)),
            _ => false,
        }
    }

    /// Whether the database's names for the columns are of any use.
    pub(super) fn wants_columns(&self) -> bool {
        matches!(self, RowShape::AnyTuples | RowShape::AnyDicts(_))
    }

    /// How many columns there must be, if that is known.
    pub(crate) fn width(&self) -> Option<usize> {
        match self {
            RowShape::Count | RowShape::AnyTuples | RowShape::AnyDicts(_) => None,
            RowShape::Tuples(decoders) => Some(decoders.len()),
            RowShape::Dicts(columns) => Some(columns.len()),
            RowShape::Scalars(_) => Some(1),
            RowShape::Instances(shape) => Some(shape.width()),
            RowShape::Keyed(key, shape) => Some(key.len() + shape.width()),
            RowShape::Mixed(parts, _) => Some(parts.iter().map(Part::width).sum()),
        }
    }

    /// The object of a row. `names` are the database's names for the columns, where they were
    /// wanted.
    #[inline]
    pub(super) fn build<'py>(
        &self,
        py: Python<'py>,
        names: &[Py<PyString>],
        cells: &[ValueRef<'_>],
    ) -> Result<Bound<'py, PyAny>> {
        if let Some(width) = self.width()
            && width != cells.len()
        {
            return Err(Error::new(
                ErrorKind::Decode,
                format!("the rows have {} columns, and {width} were expected", cells.len()),
            ));
        }
        match self {
            RowShape::Count => Ok(py.None().into_bound(py)),
            RowShape::Tuples(decoders) => {
                let objects = decode(py, cells, |at| &decoders[at], ordinal)?;
                tuple(py, objects)
            }
            RowShape::AnyTuples => {
                tuple(py, decode(py, cells, |_| &Decoder::Any, |at| name(py, names.get(at), at))?)
            }
            RowShape::Dicts(columns) => {
                let named = |at: usize| name(py, Some(&columns[at].0), at);
                let objects = decode(py, cells, |at| &columns[at].1, named)?;
                dict(py, columns.iter().map(|(name, _)| name), objects)
            }
            RowShape::AnyDicts(known) => {
                let named = |at: usize| name(py, names.get(at), at);
                let decoder = |at: usize| {
                    let name = names.get(at).and_then(|name| name.to_str(py).ok());
                    name.and_then(|name| known.get(name)).unwrap_or(&Decoder::Any)
                };
                dict(py, names.iter(), decode(py, cells, decoder, named)?)
            }
            RowShape::Scalars(decoder) => {
                decoder.decode(py, &cells[0]).map_err(|fault| fault.named(&ordinal(0)))
            }
            RowShape::Instances(shape) => {
                shape.build(py, cells).map_err(|(fault, attribute)| fault.named(attribute))
            }
            RowShape::Mixed(parts, names) => {
                let objects = mixed(py, parts, cells)?;
                match names {
                    Some(names) => dict(py, names.iter(), objects),
                    None => tuple(py, objects),
                }
            }
            RowShape::Keyed(decoders, shape) => {
                let (first, rest) = cells.split_at(decoders.len());
                let mut key = decode(py, first, |at| &decoders[at], ordinal)?;
                let key = match (key.len(), key.pop()) {
                    (1, Some(only)) => only,
                    (_, last) => {
                        key.extend(last);
                        tuple(py, key)?
                    }
                };
                let built = shape.build(py, rest);
                let instance = built.map_err(|(fault, attribute)| fault.named(attribute))?;
                tuple(py, vec![key, instance])
            }
        }
    }
}

fn decode<'py, 'd>(
    py: Python<'py>,
    cells: &[ValueRef<'_>],
    decoder: impl Fn(usize) -> &'d Decoder,
    name: impl Fn(usize) -> String,
) -> Result<Vec<Bound<'py, PyAny>>> {
    let mut objects = Vec::with_capacity(cells.len());
    for (at, cell) in cells.iter().enumerate() {
        let object = decoder(at).decode(py, cell).map_err(|fault| fault.named(&name(at)))?;
        objects.push(object);
    }
    Ok(objects)
}

fn mixed<'py>(
    py: Python<'py>,
    parts: &[Part],
    cells: &[ValueRef<'_>],
) -> Result<Vec<Bound<'py, PyAny>>> {
    let mut objects = Vec::with_capacity(parts.len());
    let mut at = 0;
    for part in parts {
        let own = &cells[at..at + part.width()];
        objects.push(match part {
            Part::Cell(decoder) => {
                decoder.decode(py, &own[0]).map_err(|fault| fault.named(&ordinal(at)))?
            }
            Part::Instance(_) if own.iter().all(|cell| matches!(cell, ValueRef::Null)) => {
                py.None().into_bound(py)
            }
            Part::Instance(shape) => {
                shape.build(py, own).map_err(|(fault, attribute)| fault.named(attribute))?
            }
        });
        at += own.len();
    }
    Ok(objects)
}

fn tuple<'py>(py: Python<'py>, objects: Vec<Bound<'py, PyAny>>) -> Result<Bound<'py, PyAny>> {
    PyTuple::new(py, objects).map(Bound::into_any).map_err(raised)
}

fn dict<'py, 'n>(
    py: Python<'py>,
    names: impl Iterator<Item = &'n Py<PyString>>,
    objects: Vec<Bound<'py, PyAny>>,
) -> Result<Bound<'py, PyAny>> {
    let dict = PyDict::new(py);
    for (name, object) in names.zip(objects) {
        dict.set_item(name, object).map_err(raised)?;
    }
    Ok(dict.into_any())
}

fn raised(error: PyErr) -> Error {
    Fault::Python(error).named("")
}

fn ordinal(at: usize) -> String {
    format!("#{}", at + 1)
}

fn name(py: Python<'_>, name: Option<&Py<PyString>>, at: usize) -> String {
    name.map_or_else(|| ordinal(at), |name| name.bind(py).to_string())
}
