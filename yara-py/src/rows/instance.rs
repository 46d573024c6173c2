//! Rows as instances of Python classes, made without `__init__`.

use super::collecting::untrack;
use super::decoder::{Decoder, Fault};
use super::objects::{allocate, check_class, set_past_class, slot, write_slot};
use super::shape::RowShape;
use pyo3::intern;
use pyo3::prelude::*;
use pyo3::types::{PyString, PyType};
use std::sync::Arc;
use yara_core::value::ValueRef;

/// How an attribute of a new instance is written.
enum Place {
    /// Into a slot.
    Slot(isize),
    /// By name, past a `__setattr__` of the class.
    Name(Py<PyString>),
}

/// An attribute of a class.
pub(crate) struct Attribute {
    place: Place,
    /// For messages.
    name: String,
}

impl Attribute {
    /// The attribute of this name.
    pub(crate) fn new(class: &Bound<'_, PyType>, name: &str) -> PyResult<Attribute> {
        let place = match slot(class, name)? {
            Some(offset) => Place::Slot(offset),
            None => Place::Name(PyString::intern(class.py(), name).unbind()),
        };
        Ok(Attribute { place, name: name.to_owned() })
    }

    #[inline]
    fn set<'py>(&self, object: &Bound<'py, PyAny>, value: Bound<'py, PyAny>) -> PyResult<()> {
        match &self.place {
            Place::Slot(offset) => {
                // SAFETY: the offset is that of a slot of the class, in which nothing is yet:
                // `InstanceShape` sets each attribute of a new instance once.
                unsafe { write_slot(object, *offset, value) };
                Ok(())
            }
            Place::Name(name) => set_past_class(object, name.bind(object.py()), &value),
        }
    }
}

/// How a row, or a part of one, becomes an instance.
///
/// The cells are read from left to right: those of the columns, then those of each related instance
/// in turn.
pub(crate) struct InstanceShape {
    class: Py<PyType>,
    columns: Vec<(Attribute, Decoder)>,
    /// What every instance has.
    constants: Vec<(Attribute, Py<PyAny>)>,
    related: Vec<Related>,
    /// Whether the garbage collector may pass over its instances: their class says so, and their
    /// attributes are values that lead nowhere.
    plain: bool,
}

/// An instance in an attribute of another one.
struct Related {
    attribute: Attribute,
    /// A shape of instances.
    shape: Arc<RowShape>,
    /// Where all cells are NULL, there is none.
    optional: bool,
}

impl InstanceShape {
    /// Instances of a class, which must be made of `object` as classes in Python are.
    ///
    /// Errs where `object.__new__` cannot make them.
    pub(crate) fn new(class: &Bound<'_, PyType>) -> PyResult<InstanceShape> {
        check_class(class)?;
        let plain = match class.getattr_opt(intern!(class.py(), "_passed_over"))? {
            Some(told) => told.is_truthy()?,
            None => false,
        };
        Ok(InstanceShape {
            class: class.clone().unbind(),
            columns: Vec::new(),
            constants: Vec::new(),
            related: Vec::new(),
            plain,
        })
    }

    fn attribute(&self, py: Python<'_>, name: &str) -> PyResult<Attribute> {
        if self.names().any(|known| known == name) {
            return Err(pyo3::exceptions::PyTypeError::new_err(format!(
                "the attribute `{name}` would be set twice"
            )));
        }
        Attribute::new(self.class.bind(py), name)
    }

    fn names(&self) -> impl Iterator<Item = &str> {
        let columns = self.columns.iter().map(|(attribute, _)| attribute);
        let constants = self.constants.iter().map(|(attribute, _)| attribute);
        let related = self.related.iter().map(|related| &related.attribute);
        columns.chain(constants).chain(related).map(|attribute| attribute.name.as_str())
    }

    /// The next cell is this attribute.
    pub(crate) fn column(&mut self, py: Python<'_>, name: &str, decoder: Decoder) -> PyResult<()> {
        let attribute = self.attribute(py, name)?;
        self.plain &= decoder.is_plain();
        self.columns.push((attribute, decoder));
        Ok(())
    }

    /// Every instance has this object.
    pub(crate) fn constant(
        &mut self,
        py: Python<'_>,
        name: &str,
        value: Py<PyAny>,
    ) -> PyResult<()> {
        let attribute = self.attribute(py, name)?;
        self.plain = false;
        self.constants.push((attribute, value));
        Ok(())
    }

    /// The cells after the columns are another instance; where `optional`, none if all are NULL.
    pub(crate) fn related(
        &mut self,
        py: Python<'_>,
        name: &str,
        shape: Arc<RowShape>,
        optional: bool,
    ) -> PyResult<()> {
        let attribute = self.attribute(py, name)?;
        if !matches!(*shape, RowShape::Instances(_)) {
            return Err(pyo3::exceptions::PyTypeError::new_err(format!(
                "`{name}` is to hold a related instance, and its shape gives none"
            )));
        }
        self.plain = false;
        self.related.push(Related { attribute, shape, optional });
        Ok(())
    }

    /// How many cells an instance is made of.
    pub(crate) fn width(&self) -> usize {
        let related = self.related.iter().filter_map(|related| related.shape.width());
        self.columns.len() + related.sum::<usize>()
    }

    /// The instance of these cells. On a fault, also the name of the attribute.
    pub(crate) fn build<'py>(
        &self,
        py: Python<'py>,
        cells: &[ValueRef<'_>],
    ) -> Result<Bound<'py, PyAny>, (Fault, &str)> {
        let object = allocate(self.class.bind(py)).map_err(|error| (error.into(), ""))?;
        for ((attribute, decoder), cell) in self.columns.iter().zip(cells) {
            let fault = |fault| (fault, attribute.name.as_str());
            let value = decoder.decode(py, cell).map_err(fault)?;
            attribute.set(&object, value).map_err(|error| fault(error.into()))?;
        }
        for (attribute, value) in &self.constants {
            let set = attribute.set(&object, value.bind(py).clone());
            set.map_err(|error| (error.into(), attribute.name.as_str()))?;
        }
        let mut at = self.columns.len();
        for Related { attribute, shape, optional } in &self.related {
            let RowShape::Instances(shape) = &**shape else { continue };
            let part = &cells[at..at + shape.width()];
            at += part.len();
            let missing = *optional && part.iter().all(|cell| matches!(cell, ValueRef::Null));
            let value = if missing { py.None().into_bound(py) } else { shape.build(py, part)? };
            let set = attribute.set(&object, value);
            set.map_err(|error| (error.into(), attribute.name.as_str()))?;
        }
        if self.plain {
            untrack(&object);
        }
        Ok(object)
    }
}
