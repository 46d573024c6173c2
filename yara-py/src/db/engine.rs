//! A named connection of the program.

use super::Target;
use super::homes::Homes;
use super::observe::Hook;
use super::options::transaction_options;
use super::script::statement_methods;
use super::transaction::Transaction;
use crate::bridge::Home;
use crate::bridge::operation::Operation;
use crate::errors::{self, raise};
use crate::exit;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyString};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use yara_core::backend::Password;
use yara_core::db::Db;
use yara_core::error::{Error, ErrorKind, Result};

/// What an [`Engine`] is made of, for Rust.
pub(crate) struct EngineCore {
    name: String,
    location: String,
    dialect: &'static str,
    homes: Homes,
    hook: Arc<Hook>,
    closed: AtomicBool,
}

impl EngineCore {
    /// The database where the program is.
    pub(crate) fn db(&self, py: Python<'_>, home: &Home) -> PyResult<Db> {
        if self.closed.load(Ordering::SeqCst) {
            let message = format!("the connection `{}` has been closed", self.name);
            return Err(errors::to_python(py, &Error::new(ErrorKind::PoolClosed, message)));
        }
        self.homes.db(home).map_err(|error| errors::to_python(py, &error))
    }

    /// Whether the database runs inside the program, so that it has no home.
    pub(crate) fn is_embedded(&self) -> bool {
        self.homes.is_embedded()
    }
}

/// A database that the program is connected to: `Engine("sqlite://app.db")`.
///
/// Nothing is opened before the first statement. An event loop has connections of its own, and so
/// have blocking calls (`.run()`), because a socket lives at one place; SQLite has one set for all.
/// They are closed by `close()`, and when their loop is.
#[pyclass(frozen, weakref, module = "yara_orm._engine")]
pub(crate) struct Engine {
    core: Arc<EngineCore>,
}

impl Engine {
    pub(crate) fn core(&self) -> &Arc<EngineCore> {
        &self.core
    }

    pub(super) fn target(&self) -> Target {
        Target::Engine(self.core.clone())
    }
}

statement_methods!(Engine);

#[pymethods]
impl Engine {
    /// Errs with `ConfigurationError` where the URL is wrong.
    #[new]
    #[pyo3(signature = (url, name = "default", *, on_statement = None))]
    fn new(url: &str, name: &str, on_statement: Option<Py<PyAny>>) -> PyResult<Engine> {
        let hook = Arc::new(Hook::default());
        hook.set(on_statement);
        let homes = Homes::new(url, hook.clone()).map_err(raise)?;
        let db = homes.db(&Home::Thread).map_err(raise)?;
        let core = EngineCore {
            name: name.to_owned(),
            location: db.location().to_owned(),
            dialect: db.backend().dialect().name(),
            homes,
            hook,
            closed: AtomicBool::new(false),
        };
        Ok(Engine { core: Arc::new(core) })
    }

    /// What the program calls it.
    #[getter]
    fn name(&self) -> &str {
        &self.core.name
    }

    /// Where it is, without a password.
    #[getter]
    fn location(&self) -> &str {
        &self.core.location
    }

    /// The name of the database system.
    #[getter]
    fn dialect(&self) -> &str {
        self.core.dialect
    }

    /// Whether it has been closed.
    #[getter]
    fn is_closed(&self) -> bool {
        self.core.closed.load(Ordering::SeqCst)
    }

    /// A function that is called after each statement, with the SQL text, how many seconds it
    /// took, and the message of the error or `None`; or `None`.
    #[getter]
    fn get_on_statement(&self, py: Python<'_>) -> Option<Py<PyAny>> {
        self.core.hook.get(py)
    }

    #[setter]
    fn set_on_statement(&self, function: Option<Py<PyAny>>) {
        self.core.hook.set(function);
    }

    /// Logs in with another password from the next connection on; those that are open stay. A
    /// function is asked for it each time; what it raises, connecting raises.
    fn set_password(&self, password: &Bound<'_, PyAny>) -> PyResult<()> {
        self.core.homes.set_password(read_password(password)?).map_err(raise)
    }

    /// The connections at this moment: those of all event loops, and of blocking calls.
    fn status<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
        let mut sums = [0; 5];
        for db in self.core.homes.all() {
            let status = db.status();
            let numbers =
                [status.max_size, status.connections, status.idle, status.in_use, status.waiting];
            sums.iter_mut().zip(numbers).for_each(|(sum, number)| *sum += number);
        }
        let result = PyDict::new(py);
        let names = ["max_size", "connections", "idle", "in_use", "waiting"];
        for (name, number) in names.into_iter().zip(sums) {
            result.set_item(name, number)?;
        }
        Ok(result)
    }

    /// Opens a connection, or takes an idle one: the proof that the database answers.
    fn check(&self) -> Operation {
        self.target().operation("check", |runner| async move {
            if let Some(db) = runner.db() {
                db.check().await.map_err(raise)?;
            }
            Ok(Python::attach(|py| py.None()))
        })
    }

    /// Begins a transaction. `isolation` is `"read committed"`, `"repeatable read"` or
    /// `"serializable"`; `timeout` is how many seconds it may take in all.
    #[pyo3(signature = (isolation = None, *, read_only = false, deferrable = false, timeout = None))]
    fn begin(
        &self,
        isolation: Option<&str>,
        read_only: bool,
        deferrable: bool,
        timeout: Option<f64>,
    ) -> PyResult<Operation> {
        let options = transaction_options(isolation, read_only, deferrable, timeout)?;
        let core = self.core.clone();
        Ok(Operation::new("begin", move |py, home| {
            let (db, home) = (core.db(py, home)?, home.clone());
            Ok(Box::pin(async move {
                let begun = db.begin_with(options).await.map_err(raise)?;
                Python::attach(|py| {
                    let transaction = Transaction::new(core, begun, home);
                    Ok(Py::new(py, transaction)?.into_any())
                })
            }))
        }))
    }

    /// Closes the connections of all places, and refuses further statements. Connections that are
    /// in use are closed when they come back.
    fn close(&self) -> Operation {
        let core = self.core.clone();
        Operation::new("close", move |_, home| {
            core.closed.store(true, Ordering::SeqCst);
            let db = core.homes.close(home);
            Ok(Box::pin(async move {
                if let Some(db) = db {
                    db.close().await;
                }
                Ok(Python::attach(|py| py.None()))
            }))
        })
    }

    fn __repr__(&self) -> String {
        format!("<Engine {} on {} ({})>", self.core.name, self.core.location, self.core.dialect)
    }
}

/// A text, or a function that gives one.
fn read_password(given: &Bound<'_, PyAny>) -> PyResult<Password> {
    let py = given.py();
    if let Ok(text) = given.cast::<PyString>() {
        // The error of Python's own would hold the password.
        let text = text.to_cow().map_err(|_| {
            errors::invalid_value(py, "the password holds lone surrogates, which are no text")
        })?;
        return Ok(Password::from(text.into_owned()));
    }
    if !given.is_callable() {
        let message = "a password is a str, or a function that gives one";
        return Err(errors::invalid_value(py, message));
    }
    let function = given.clone().unbind();
    Ok(Password::asked(move || std::future::ready(ask(&function))))
}

/// What the function of a password says. Nothing that it gave is shown.
fn ask(function: &Py<PyAny>) -> Result<String> {
    exit::attach(|py| {
        let given = function.call0(py).map_err(errors::carry)?;
        let given = given.bind(py);
        given.extract::<String>().map_err(|_| {
            let kind = given.get_type();
            let raised = errors::invalid_value(
                py,
                &format!(
                    "the function that gives the password gave {}, and a str is wanted",
                    kind.name().map_or_else(|_| "no str".into(), |name| name.to_string())
                ),
            );
            // A coroutine that nobody will await.
            let _ = given.call_method0("close");
            errors::carry(raised)
        })
    })?
}
