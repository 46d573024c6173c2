//! New instances of a model, from what the program gives; and what is in them, to be written.

use super::objects::set_past_class;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyString, PyType};

/// Sets the members of new instances of a model.
#[pyclass(frozen, module = "yara_orm._engine")]
pub(crate) struct Maker {
    members: Vec<Member>,
    /// Those that nobody gives: they begin as `None`.
    unset: Vec<Py<PyString>>,
}

struct Member {
    name: Py<PyString>,
    /// What makes a value of the field's type of one that is given.
    convert: Option<Py<PyAny>>,
    /// Values of this very type are as they are to be.
    plain: Option<Py<PyType>>,
    /// What makes a value where none is given.
    default: Option<Py<PyAny>>,
}

/// A name, how a value is converted and of which type it need not be, and how a default is made.
type Described = (String, Option<Py<PyAny>>, Option<Py<PyType>>, Option<Py<PyAny>>);

#[pymethods]
impl Maker {
    #[new]
    fn new(py: Python<'_>, members: Vec<Described>, unset: Vec<String>) -> Maker {
        let member = |(name, convert, plain, default): Described| Member {
            name: PyString::intern(py, &name).unbind(),
            convert,
            plain,
            default,
        };
        let unset = unset.iter().map(|name| PyString::intern(py, name).unbind()).collect();
        Maker { members: members.into_iter().map(member).collect(), unset }
    }

    /// Gives an instance a value for each member. False, and nothing is set, where there is a name
    /// among those given that is no member.
    fn fill(&self, instance: &Bound<'_, PyAny>, given: &Bound<'_, PyDict>) -> PyResult<bool> {
        let py = instance.py();
        let mut found = Vec::with_capacity(self.members.len());
        for member in &self.members {
            found.push(given.get_item(member.name.bind(py))?);
        }
        if found.iter().flatten().count() < given.len() {
            return Ok(false);
        }
        for (member, value) in self.members.iter().zip(found) {
            let value = member.value(py, value)?;
            set_past_class(instance, member.name.bind(py), &value)?;
        }
        for name in &self.unset {
            set_past_class(instance, name.bind(py), &py.None().into_bound(py))?;
        }
        Ok(true)
    }
}

impl Member {
    fn value<'py>(
        &self,
        py: Python<'py>,
        given: Option<Bound<'py, PyAny>>,
    ) -> PyResult<Bound<'py, PyAny>> {
        let Some(value) = given else {
            return match &self.default {
                Some(default) => default.bind(py).call0(),
                None => Ok(py.None().into_bound(py)),
            };
        };
        match &self.convert {
            Some(convert) if !value.is_none() && !self.is_plain(&value) => {
                convert.bind(py).call1((value,))
            }
            _ => Ok(value),
        }
    }

    fn is_plain(&self, value: &Bound<'_, PyAny>) -> bool {
        self.plain.as_ref().is_some_and(|plain| value.get_type().is(plain))
    }
}

/// Reads the values of an instance that an insert writes.
#[pyclass(frozen, module = "yara_orm._engine")]
pub(crate) struct Reader {
    members: Vec<(Py<PyString>, Absent)>,
}

/// Where a member is `None`, or there is no such attribute.
enum Absent {
    /// The database knows what to write.
    Left,
    /// It is NULL.
    Null,
    /// It is an error, with this message.
    Refused(String),
}

#[pymethods]
impl Reader {
    /// Of members, each of which the database may fill, or may be NULL, or has a message that says
    /// why it may not.
    #[new]
    fn new(py: Python<'_>, members: Vec<(String, bool, Option<String>)>) -> Reader {
        let member = |(name, filled, refusal): (String, bool, Option<String>)| {
            let absent = match (filled, refusal) {
                (true, _) => Absent::Left,
                (false, None) => Absent::Null,
                (false, Some(message)) => Absent::Refused(message),
            };
            (PyString::intern(py, &name).unbind(), absent)
        };
        Reader { members: members.into_iter().map(member).collect() }
    }

    /// The values by name. Errs where one is missing.
    fn read<'py>(&self, instance: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyDict>> {
        let py = instance.py();
        let values = PyDict::new(py);
        for (name, absent) in &self.members {
            let name = name.bind(py);
            let value = instance.getattr_opt(name)?.filter(|value| !value.is_none());
            match (value, absent) {
                (Some(value), _) => values.set_item(name, value)?,
                (None, Absent::Left) => {}
                (None, Absent::Null) => values.set_item(name, py.None())?,
                (None, Absent::Refused(message)) => {
                    return Err(crate::errors::invalid_value(py, message));
                }
            }
        }
        Ok(values)
    }
}
