//! Pages of a query by the values that its rows are ordered by.

use super::raise;
use super::select::{OutputColumn, Select};
use crate::bridge::Home;
use crate::db::Target;
use crate::encode::encode;
use pyo3::prelude::*;
use std::sync::Arc;
use yara_core::plan::{self, Position};
use yara_core::value::Value;

/// A query that is read page by page.
#[pyclass(frozen, module = "yara_orm._engine")]
pub(crate) struct Keyset {
    inner: plan::Keyset,
    columns: Arc<[OutputColumn]>,
}

#[pymethods]
impl Keyset {
    /// Errs where a row of the query has no single place.
    #[new]
    fn new(py: Python<'_>, target: Target, select: &Select) -> PyResult<Keyset> {
        let runner = target.runner(py, &Home::Thread)?;
        let dialect = runner.executor().dialect();
        let inner = plan::Keyset::new(select.tree().clone(), dialect).map_err(raise)?;
        Ok(Keyset { inner, columns: select.columns.clone() })
    }

    /// How many values say where a row is.
    #[getter]
    fn width(&self) -> usize {
        self.inner.kinds().count()
    }

    /// The query of a page: the values that say where a row is, and then what it reads. The rows
    /// before a place come in the opposite order.
    #[pyo3(signature = (rows, after = None, before = None))]
    fn page(&self, rows: u64, after: Option<&str>, before: Option<&str>) -> PyResult<Select> {
        let values = |token: &str| self.inner.values(token).map_err(raise);
        let position = match (after, before) {
            (Some(token), _) => Position::After(values(token)?),
            (None, Some(token)) => Position::Before(values(token)?),
            (None, None) => Position::Start,
        };
        let mut inner = self.inner.page(rows, &position).map_err(raise)?;
        inner.columns.rotate_right(self.width());
        let keys = self.inner.kinds().map(|kind| OutputColumn { kind: Some(kind), codec: None });
        let columns = keys.chain(self.columns.iter().cloned()).collect();
        Ok(Select::new_of(inner, columns))
    }

    /// The token of a row's place.
    fn token(&self, values: Vec<Bound<'_, PyAny>>) -> PyResult<String> {
        let values = values.iter().zip(self.inner.kinds()).map(|(value, kind)| encode(value, kind));
        let values = values.collect::<PyResult<Vec<Value>>>()?;
        self.inner.token(&values).map_err(raise)
    }
}
