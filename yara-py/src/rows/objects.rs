//! Python objects that are built faster than by a call of their class.

use super::collecting::untrack;
use pyo3::exceptions::PyTypeError;
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::{PyString, PyTuple, PyType};
use pyo3::{IntoPyObjectExt, ffi, intern};
use uuid::Uuid;

/// What is looked up once.
pub(crate) struct Known {
    uuid: Py<PyType>,
    /// Where the slots of a UUID are, if it has any.
    uuid_slots: Option<[isize; 2]>,
    unknown_safety: Py<PyAny>,
    decimal: Py<PyType>,
    loads: Py<PyAny>,
    dumps: Py<PyAny>,
}

/// What is looked up once.
pub(crate) fn known(py: Python<'_>) -> PyResult<&Known> {
    static KNOWN: PyOnceLock<Known> = PyOnceLock::new();
    KNOWN.get_or_try_init(py, || {
        let module = py.import("uuid")?;
        let uuid = module.getattr("UUID")?.cast_into::<PyType>()?;
        let slots = [slot(&uuid, "int")?, slot(&uuid, "is_safe")?];
        let json = py.import("json")?;
        Ok(Known {
            uuid_slots: match slots {
                [Some(int), Some(is_safe)] => Some([int, is_safe]),
                _ => None,
            },
            uuid: uuid.unbind(),
            unknown_safety: module.getattr("SafeUUID")?.getattr("unknown")?.unbind(),
            decimal: py.import("decimal")?.getattr("Decimal")?.cast_into()?.unbind(),
            loads: json.getattr("loads")?.unbind(),
            dumps: dumps(py)?,
        })
    })
}

/// `json.dumps` that refuses what is no JSON.
fn dumps(py: Python<'_>) -> PyResult<Py<PyAny>> {
    let options = pyo3::types::PyDict::new(py);
    options.set_item("ensure_ascii", false)?;
    options.set_item("allow_nan", false)?;
    options.set_item("separators", (",", ":"))?;
    let encoder = py.import("json")?.call_method("JSONEncoder", (), Some(&options))?;
    encoder.getattr("encode").map(Bound::unbind)
}

impl Known {
    pub(crate) fn uuid_type<'py>(&self, py: Python<'py>) -> &Bound<'py, PyType> {
        self.uuid.bind(py)
    }

    pub(crate) fn decimal_type<'py>(&self, py: Python<'py>) -> &Bound<'py, PyType> {
        self.decimal.bind(py)
    }

    /// A `Decimal` from its digits.
    pub(crate) fn decimal<'py>(
        &self,
        py: Python<'py>,
        digits: &str,
    ) -> PyResult<Bound<'py, PyAny>> {
        self.decimal.bind(py).call1((digits,))
    }

    /// The objects of a JSON document.
    pub(crate) fn read_json<'py>(
        &self,
        py: Python<'py>,
        text: &str,
    ) -> PyResult<Bound<'py, PyAny>> {
        self.loads.bind(py).call1((text,))
    }

    /// The JSON document of an object.
    pub(crate) fn write_json<'py>(
        &self,
        object: &Bound<'py, PyAny>,
    ) -> PyResult<Bound<'py, pyo3::types::PyString>> {
        Ok(self.dumps.bind(object.py()).call1((object,))?.cast_into()?)
    }

    /// A `uuid.UUID`. Its class checks and converts for a microsecond; here its two slots are
    /// written.
    pub(crate) fn uuid<'py>(&self, py: Python<'py>, value: Uuid) -> PyResult<Bound<'py, PyAny>> {
        let class = self.uuid.bind(py);
        let int = value.as_u128().into_bound_py_any(py)?;
        let Some([int_slot, safety_slot]) = self.uuid_slots else {
            let options = pyo3::types::PyDict::new(py);
            options.set_item(intern!(py, "int"), int)?;
            return class.call((), Some(&options));
        };
        let object = allocate(class)?;
        // SAFETY: `slot` has found these offsets in this very class, and `object` is a new instance
        // of it that nobody else has seen, whose slots are empty. The references are given away.
        unsafe {
            write_slot(&object, int_slot, int);
            write_slot(&object, safety_slot, self.unknown_safety.bind(py).clone());
        }
        // It holds a number and a member of an enumeration, and refuses to be given anything.
        untrack(&object);
        Ok(object)
    }
}

/// A new instance, as `object.__new__` makes it: without `__init__`, but with room for attributes
/// inside of it, which a bare allocation would not have.
#[inline]
pub(crate) fn allocate<'py>(class: &Bound<'py, PyType>) -> PyResult<Bound<'py, PyAny>> {
    let py = class.py();
    static EMPTY: PyOnceLock<Py<PyTuple>> = PyOnceLock::new();
    let empty = EMPTY.get_or_init(py, || PyTuple::empty(py).unbind());
    // SAFETY: `object` is a static type whose `tp_new` is there from the beginning.
    let new = unsafe { ffi::PyBaseObject_Type.tp_new };
    let Some(new) = new else {
        return Err(PyTypeError::new_err("`object` has no `__new__`"));
    };
    // SAFETY: it is called as `object.__new__(class)`, with the interpreter attached; it gives a
    // new reference, or null with an exception set. `check_class` or `known` have seen that the
    // instances of the class are laid out as those of `object`.
    unsafe {
        let object = new(class.as_type_ptr(), empty.as_ptr(), std::ptr::null_mut());
        Bound::from_owned_ptr_or_err(py, object)
    }
}

/// Refuses a class that `object.__new__` must not be used for: one that has another `__new__` of C
/// below it, such as a subclass of `int`.
pub(crate) fn check_class(class: &Bound<'_, PyType>) -> PyResult<()> {
    // Python itself makes the check.
    let object = class.py().get_type::<PyAny>();
    object.call_method1(intern!(class.py(), "__new__"), (class,)).map(drop)
}

/// The head of a `member_descriptor` (source: CPython, `Include/descrobject.h`).
#[repr(C)]
struct MemberDescriptor {
    base: ffi::PyObject,
    class: *mut ffi::PyTypeObject,
    name: *mut ffi::PyObject,
    qualified_name: *mut ffi::PyObject,
    member: *mut ffi::PyMemberDef,
}

/// `Py_T_OBJECT_EX`: an object or nothing, which is what `__slots__` makes
/// (source: CPython, `Include/structmember.h`).
const OBJECT_SLOT: std::ffi::c_int = 16;

/// Where in an instance a slot is, if the class has one of this name.
pub(crate) fn slot(class: &Bound<'_, PyType>, name: &str) -> PyResult<Option<isize>> {
    let py = class.py();
    for base in class.mro().iter() {
        let Ok(namespace) = base.getattr(intern!(py, "__dict__")) else { continue };
        let Ok(found) = namespace.get_item(name) else { continue };
        // SAFETY: the type object is static.
        let descriptor = &raw mut ffi::PyMemberDescr_Type;
        // SAFETY: it only compares the type.
        if unsafe { ffi::Py_TYPE(found.as_ptr()) } != descriptor {
            return Ok(None);
        }
        // SAFETY: an object of this type begins like this, and its member lives as long as it.
        let member = unsafe { &*(*found.as_ptr().cast::<MemberDescriptor>()).member };
        let writable = member.flags & ffi::Py_READONLY == 0;
        return Ok((member.type_code == OBJECT_SLOT && writable).then_some(member.offset));
    }
    Ok(None)
}

/// Fills a slot.
///
/// # Safety
///
/// `slot` has found `offset` in the class of `object`, and nobody else has seen the object since it
/// was allocated, so that the slot is empty.
#[inline]
pub(crate) unsafe fn write_slot(object: &Bound<'_, PyAny>, offset: isize, value: Bound<'_, PyAny>) {
    // SAFETY: as above; the reference moves into the slot.
    unsafe {
        let place = object.as_ptr().cast::<u8>().offset(offset).cast::<*mut ffi::PyObject>();
        *place = value.into_ptr();
    }
}

/// Sets an attribute of a new instance as `object.__setattr__` does, whatever its class says of it.
#[inline]
pub(crate) fn set_past_class<'py>(
    object: &Bound<'py, PyAny>,
    name: &Bound<'py, PyString>,
    value: &Bound<'py, PyAny>,
) -> PyResult<()> {
    // SAFETY: all three are alive, and the interpreter is attached.
    let failed =
        unsafe { ffi::PyObject_GenericSetAttr(object.as_ptr(), name.as_ptr(), value.as_ptr()) };
    if failed == 0 { Ok(()) } else { Err(PyErr::fetch(object.py())) }
}
