//! Rows that Python's garbage collector passes over.
//!
//! It goes over all objects that may be part of a circle, again and again as they become more, which
//! for many rows takes longer than to read them. A row of plain values leads nowhere, so it is taken
//! out of its lists when it is made, and put back before anything else is put into it: members are
//! set by [`assign`], and whoever asks for the `__dict__` of a row, see [`own_dict`], might put
//! anything there.

use super::objects::set_past_class;
use pyo3::exceptions::PyTypeError;
use pyo3::prelude::*;
use pyo3::types::{PyString, PyType};
use pyo3::{ffi, intern};
use std::ffi::{c_int, c_void};
use std::ptr::{null, null_mut};

/// Takes a new object out of the collector's lists.
///
/// It must hold nothing that could lead back to it, nor be given such a thing but as the
/// [module](self) says.
#[inline]
pub(super) fn untrack(object: &Bound<'_, PyAny>) {
    // SAFETY: the object is alive, the interpreter is attached, and only an object that can be in
    // the lists is taken out. One that is in none stays so.
    unsafe {
        if ffi::PyObject_IS_GC(object.as_ptr()) != 0 {
            ffi::PyObject_GC_UnTrack(object.as_ptr().cast());
        }
    }
}

/// Has the collector go over an object again.
fn track(object: &Bound<'_, PyAny>) {
    // SAFETY: the object is alive, and the interpreter is attached.
    unsafe { track_pointer(object.as_ptr()) }
}

/// # Safety
///
/// The object is alive, and the interpreter is attached.
unsafe fn track_pointer(object: *mut ffi::PyObject) {
    // SAFETY: as above; only one that can be in the lists, and is in none, is put into one.
    unsafe {
        if ffi::PyObject_IS_GC(object) != 0 && ffi::PyObject_GC_IsTracked(object) == 0 {
            ffi::PyObject_GC_Track(object.cast());
        }
    }
}

/// Sets an attribute as `object.__setattr__` does, whatever the class says of it.
#[pyfunction]
pub(super) fn assign(
    row: &Bound<'_, PyAny>,
    name: &Bound<'_, PyString>,
    value: &Bound<'_, PyAny>,
) -> PyResult<()> {
    set_past_class(row, name, value)?;
    // Also for one that is passed over itself: it may lead back here once it is given more.
    // SAFETY: the value is alive, and the interpreter is attached.
    if unsafe { ffi::PyObject_IS_GC(value.as_ptr()) } != 0 {
        track(row);
    }
    Ok(())
}

/// Has a class of rows tell the collector of each whose `__dict__` is asked for: the descriptor that
/// Python has made is asked by one of ours. That is of the same kind, because `inspect` takes others
/// for a member of that name.
#[pyfunction]
fn own_dict(class: &Bound<'_, PyType>) -> PyResult<()> {
    let py = class.py();
    let members = class.getattr(intern!(py, "__dict__"))?;
    let made_by_python = members.get_item(intern!(py, "__dict__"))?;
    let definition = Box::leak(Box::new(ffi::PyGetSetDef {
        name: c"__dict__".as_ptr(),
        get: Some(get_dict),
        set: Some(set_dict),
        doc: null(),
        closure: made_by_python.into_ptr().cast(),
    }));
    let kind = class.as_type_ptr();
    // SAFETY: the class is alive, and its definition lives as long as the program.
    let descriptor =
        unsafe { Bound::from_owned_ptr_or_err(py, ffi::PyDescr_NewGetSet(kind, definition))? };
    // SAFETY: a class that Python has made has a dict, which is its own; the class is told that it
    // has changed. The interpreter is attached.
    unsafe {
        let members = (*kind).tp_dict;
        if members.is_null() {
            return Err(PyTypeError::new_err("the class has no members of its own"));
        }
        if ffi::PyDict_SetItemString(members, c"__dict__".as_ptr(), descriptor.as_ptr()) != 0 {
            return Err(PyErr::fetch(py));
        }
        ffi::PyType_Modified(kind);
    }
    Ok(())
}

/// # Safety
///
/// Python calls it with an instance of the class, the descriptor that it had, and the interpreter
/// attached.
unsafe extern "C" fn get_dict(row: *mut ffi::PyObject, had: *mut c_void) -> *mut ffi::PyObject {
    let had = had.cast::<ffi::PyObject>();
    // SAFETY: as above; a descriptor of an attribute gives what it describes.
    unsafe {
        track_pointer(row);
        match (*ffi::Py_TYPE(had)).tp_descr_get {
            Some(get) => get(had, row, ffi::Py_TYPE(row).cast()),
            None => ffi::PyObject_GenericGetDict(row, null_mut()),
        }
    }
}

/// # Safety
///
/// Python calls it with an instance of the class, a new dict or null to delete it, the descriptor
/// that the class had, and the interpreter attached.
unsafe extern "C" fn set_dict(
    row: *mut ffi::PyObject,
    dict: *mut ffi::PyObject,
    had: *mut c_void,
) -> c_int {
    let had = had.cast::<ffi::PyObject>();
    // SAFETY: as above. How a dict is set differs from one version of Python to the next; the
    // descriptor knows.
    unsafe {
        track_pointer(row);
        match (*ffi::Py_TYPE(had)).tp_descr_set {
            Some(set) => set(had, row, dict),
            None => ffi::PyObject_GenericSetDict(row, dict, null_mut()),
        }
    }
}

/// Adds the functions to the module.
pub(super) fn register(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add_function(wrap_pyfunction!(assign, module)?)?;
    module.add_function(wrap_pyfunction!(own_dict, module)?)
}
