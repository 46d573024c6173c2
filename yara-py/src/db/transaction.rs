//! A transaction, or a savepoint in one.

use super::engine::EngineCore;
use super::script::statement_methods;
use super::{Target, elsewhere};
use crate::bridge::Home;
use crate::bridge::operation::Operation;
use crate::errors::{raise, to_python};
use crate::exit;
use pyo3::prelude::*;
use std::sync::Arc;
use yara_core::transaction as core;

/// What a [`Transaction`] is made of, for Rust.
pub(crate) struct TransactionCore {
    engine: Arc<EngineCore>,
    inner: core::Transaction,
    home: Home,
}

impl TransactionCore {
    /// Whether its database runs inside the program.
    pub(crate) fn is_embedded(&self) -> bool {
        self.engine.is_embedded()
    }

    /// The transaction where the program is. Errs where it belongs elsewhere.
    pub(crate) fn at(&self, py: Python<'_>, home: &Home) -> PyResult<core::Transaction> {
        if self.engine.is_embedded() || self.home.is(home) {
            Ok(self.inner.clone())
        } else {
            Err(elsewhere(py, "transaction", &self.home, home))
        }
    }
}

/// A transaction, or a savepoint in one. Statements that are issued side by side run one after the
/// other. Dropped before its end, it is rolled back.
///
/// An error of the database fails it: it takes no more statements and cannot be committed. What may
/// fail alone goes into a savepoint.
#[pyclass(frozen, weakref, module = "yara_orm._engine")]
pub(crate) struct Transaction {
    core: Arc<TransactionCore>,
}

impl Transaction {
    pub(crate) fn new(
        engine: Arc<EngineCore>,
        inner: core::Transaction,
        home: Home,
    ) -> Transaction {
        Transaction { core: Arc::new(TransactionCore { engine, inner, home }) }
    }

    pub(crate) fn core(&self) -> &Arc<TransactionCore> {
        &self.core
    }

    pub(super) fn target(&self) -> Target {
        Target::Transaction(self.core.clone())
    }

    /// Ends it in one way or the other.
    fn end<F>(
        &self,
        name: &'static str,
        end: impl FnOnce(core::Transaction) -> F + Send + 'static,
    ) -> Operation
    where
        F: Future<Output = yara_core::error::Result<()>> + Send + 'static,
    {
        let core = self.core.clone();
        Operation::new(name, move |py, home| {
            let ending = end(core.at(py, home)?);
            Ok(Box::pin(async move {
                ending.await.map_err(raise)?;
                Ok(Python::attach(|py| py.None()))
            }))
        })
    }
}

statement_methods!(Transaction);

#[pymethods]
impl Transaction {
    /// Whether it takes statements: it is not over and has not failed.
    #[getter]
    fn is_open(&self) -> bool {
        self.core.inner.is_open()
    }

    /// Makes it permanent; for a savepoint, makes it part of the transaction around it.
    fn commit(&self) -> Operation {
        self.end("commit", core::Transaction::commit)
    }

    /// Takes everything back that was done in it; for a savepoint, in the savepoint.
    fn rollback(&self) -> Operation {
        self.end("rollback", core::Transaction::rollback)
    }

    /// Begins a savepoint: a part that can fail, or be rolled back, by itself. Until it is over,
    /// statements go through it.
    fn savepoint(&self) -> Operation {
        let core = self.core.clone();
        Operation::new("savepoint", move |py, home| {
            let outer = core.at(py, home)?;
            Ok(Box::pin(async move {
                let inner = outer.savepoint().await.map_err(raise)?;
                Python::attach(|py| {
                    let made = Transaction::new(core.engine.clone(), inner, core.home.clone());
                    Ok(Py::new(py, made)?.into_any())
                })
            }))
        })
    }

    /// Ends it without waiting, unless it is over: it is rolled back beside the program.
    fn abandon(&self) {
        self.core.inner.abandon();
    }

    /// Calls a function once, after the outermost transaction has been committed. What it raises is
    /// shown, and changes nothing.
    fn on_commit(&self, py: Python<'_>, function: Py<PyAny>) -> PyResult<()> {
        let call = move || {
            let _ = exit::attach(|py| {
                if let Err(raised) = function.call0(py) {
                    raised.write_unraisable(py, Some(function.bind(py)));
                }
            });
        };
        self.core.inner.on_commit(call).map_err(|error| to_python(py, &error))
    }

    fn __repr__(&self) -> String {
        let state = if self.core.inner.is_open() { "open" } else { "over, or failed" };
        format!("<Transaction ({state})>")
    }
}
