//! What the program has to say of its statements, for the database's log: a comment before each,
//! such as the request that is being answered.

use pyo3::prelude::*;
use pyo3::types::PyString;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

/// Whether there is a function, so that nothing else is looked at where there is none.
static SPEAKS: AtomicBool = AtomicBool::new(false);
static FUNCTION: Mutex<Option<Py<PyAny>>> = Mutex::new(None);

/// The words for the statements to come. What the function raises reaches whoever runs them.
pub(super) fn words(py: Python<'_>) -> PyResult<Option<Arc<str>>> {
    if !SPEAKS.load(Ordering::Relaxed) {
        return Ok(None);
    }
    let function = {
        let place = FUNCTION.lock().unwrap_or_else(PoisonError::into_inner);
        place.as_ref().map(|function| function.clone_ref(py))
    };
    let Some(function) = function else { return Ok(None) };
    let said = function.bind(py).call0()?;
    if said.is_none() {
        return Ok(None);
    }
    let words = said.cast_into::<PyString>()?;
    Ok(Some(Arc::from(words.to_str()?)).filter(|words: &Arc<str>| !words.is_empty()))
}

/// Asks this function from now on; nobody, where it is `None`.
#[pyfunction]
#[pyo3(signature = (function))]
fn set_annotator(function: Option<Py<PyAny>>) {
    SPEAKS.store(function.is_some(), Ordering::SeqCst);
    let before = {
        let mut place = FUNCTION.lock().unwrap_or_else(PoisonError::into_inner);
        std::mem::replace(&mut *place, function)
    };
    // Whatever its end runs, finds the place unlocked.
    drop(before);
}

/// Adds the function to the module.
pub(super) fn register(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add_function(wrap_pyfunction!(set_annotator, module)?)
}
