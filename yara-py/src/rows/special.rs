//! Objects of kinds that few programs use: addresses, ranges, intervals with months. Their classes
//! are looked up when the first one is met.

use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::PyType;
use pyo3::{IntoPyObjectExt, intern};
use std::ops::Bound as RangeBound;
use yara_core::value::{Inet, Interval, Range};

/// The classes.
pub(crate) struct Special {
    address: Py<PyAny>,
    interface: Py<PyAny>,
    /// `IPv4Address`, `IPv6Address`, `IPv4Interface`, `IPv6Interface`.
    addresses: Vec<Py<PyType>>,
    range: Py<PyType>,
    interval: Py<PyType>,
}

/// The classes.
pub(crate) fn special(py: Python<'_>) -> PyResult<&Special> {
    static SPECIAL: PyOnceLock<Special> = PyOnceLock::new();
    SPECIAL.get_or_try_init(py, || {
        let module = py.import("ipaddress")?;
        let values = py.import("yara_orm.ranges")?;
        let class = |name: &str| -> PyResult<Py<PyType>> {
            Ok(module.getattr(name)?.cast_into::<PyType>()?.unbind())
        };
        Ok(Special {
            address: module.getattr("ip_address")?.unbind(),
            interface: module.getattr("ip_interface")?.unbind(),
            addresses: ["IPv4Address", "IPv6Address", "IPv4Interface", "IPv6Interface"]
                .into_iter()
                .map(class)
                .collect::<PyResult<_>>()?,
            range: values.getattr("Range")?.cast_into::<PyType>()?.unbind(),
            interval: values.getattr("Interval")?.cast_into::<PyType>()?.unbind(),
        })
    })
}

impl Special {
    /// An address, and an interface where there is a network, too.
    pub(crate) fn inet<'py>(&self, py: Python<'py>, value: Inet) -> PyResult<Bound<'py, PyAny>> {
        let make = if value.is_host() { &self.address } else { &self.interface };
        make.bind(py).call1((value.to_string(),))
    }

    /// Whether an object is an address or an interface.
    pub(crate) fn is_address(&self, object: &Bound<'_, PyAny>) -> PyResult<bool> {
        let kind = object.get_type();
        Ok(self.addresses.iter().any(|known| kind.is(known.bind(object.py()))))
    }

    /// Whether an object is a `Range`.
    pub(crate) fn is_range(&self, object: &Bound<'_, PyAny>) -> PyResult<bool> {
        object.is_instance(self.range.bind(object.py()))
    }

    /// Whether an object is an `Interval`.
    pub(crate) fn is_interval(&self, object: &Bound<'_, PyAny>) -> PyResult<bool> {
        object.is_instance(self.interval.bind(object.py()))
    }

    /// A `Range` of objects.
    pub(crate) fn range<'py>(
        &self,
        py: Python<'py>,
        range: Range<Bound<'py, PyAny>>,
    ) -> PyResult<Bound<'py, PyAny>> {
        let none = || py.None().into_bound(py);
        let part = |bound| match bound {
            RangeBound::Included(value) => (value, true),
            RangeBound::Excluded(value) => (value, false),
            RangeBound::Unbounded => (none(), false),
        };
        let class = self.range.bind(py);
        let make = intern!(py, "_made");
        match range {
            Range::Empty => class.call_method1(make, (none(), none(), "()", true)),
            Range::Between(lower, upper) => {
                let ((lower, from), (upper, to)) = (part(lower), part(upper));
                let bounds = match (from, to) {
                    (true, true) => "[]",
                    (true, false) => "[)",
                    (false, true) => "(]",
                    (false, false) => "()",
                };
                class.call_method1(make, (lower, upper, bounds, false))
            }
        }
    }

    /// An `Interval`.
    pub(crate) fn interval<'py>(
        &self,
        py: Python<'py>,
        value: Interval,
    ) -> PyResult<Bound<'py, PyAny>> {
        let parts = (
            value.months.into_bound_py_any(py)?,
            value.days.into_bound_py_any(py)?,
            value.micros.into_bound_py_any(py)?,
        );
        self.interval.bind(py).call_method1(intern!(py, "_made"), parts)
    }
}
