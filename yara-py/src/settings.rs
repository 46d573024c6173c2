//! What holds for the whole process: how dates with times are meant.

use pyo3::prelude::*;
use pyo3::types::{PyTzInfo, PyTzInfoAccess};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};

static USE_TZ: AtomicBool = AtomicBool::new(false);
static ZONE: Mutex<Option<Py<PyTzInfo>>> = Mutex::new(None);

/// Whether instants are `datetime`s with a time zone. Where not, they are without one, and mean UTC.
pub(crate) fn use_tz() -> bool {
    USE_TZ.load(Ordering::Relaxed)
}

/// The zone that instants are given in; UTC where nothing was said.
pub(crate) fn zone(py: Python<'_>) -> Option<Py<PyTzInfo>> {
    let zone = ZONE.lock().unwrap_or_else(PoisonError::into_inner);
    zone.as_ref().map(|zone| zone.clone_ref(py))
}

/// Says whether `datetime`s that stand for an instant have a time zone, and which one those have
/// that are read: a `tzinfo`, or `None` for UTC.
///
/// With `use_tz`, a `datetime` without a zone is refused where an instant is wanted; without it,
/// it means UTC, and what is read has no zone.
#[pyfunction]
#[pyo3(signature = (use_tz, zone = None))]
pub(crate) fn set_time_zone(use_tz: bool, zone: Option<Bound<'_, PyTzInfo>>) -> PyResult<()> {
    let zone = zone.map(Bound::unbind);
    let before = {
        let mut place = ZONE.lock().unwrap_or_else(PoisonError::into_inner);
        std::mem::replace(&mut *place, zone)
    };
    drop(before);
    USE_TZ.store(use_tz, Ordering::Relaxed);
    Ok(())
}

/// Whether a `datetime` or `time` has a time zone.
pub(crate) fn is_aware<'py>(moment: &impl PyTzInfoAccess<'py>) -> bool {
    moment.get_tzinfo().is_some()
}
