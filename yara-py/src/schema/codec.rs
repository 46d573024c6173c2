//! What Python does with the values of a field on their way in and out.

use crate::rows::decoder::Decoder;
use pyo3::prelude::*;
use yara_core::value::Type;

/// The kind of a field's values, and the functions that turn them into those of instances.
///
/// Most fields have neither function: the engine's values are Python's.
pub(crate) struct Codec {
    /// The model, for messages.
    pub(crate) model: &'static str,
    /// The field, for messages.
    pub(crate) field: &'static str,
    /// The kind of value that the database has.
    pub(crate) kind: Type,
    /// Whether months are kept, which a `timedelta` has not.
    pub(crate) months: bool,
    /// From what instances hold to what the engine takes.
    pub(crate) encode: Option<Py<PyAny>>,
    /// From what the engine gives to what instances hold.
    pub(crate) decode: Option<Py<PyAny>>,
}

impl Codec {
    /// How a value that the database gives becomes one of an instance.
    pub(crate) fn decoder(&self, py: Python<'_>) -> Decoder {
        let decode = self.decode.as_ref().map(|decode| decode.clone_ref(py));
        let plain = if self.months { Decoder::Interval } else { Decoder::of(py, self.kind) };
        plain.then(decode)
    }
}
