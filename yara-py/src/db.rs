//! What Python runs statements on: [`Engine`](engine::Engine), a named connection of the program,
//! and [`Transaction`](transaction::Transaction) on it.
//!
//! Every call gives an [`Operation`], which is awaited, or run by `.run()`: one interface for both.
//! Where it runs decides which connections it uses; see [`homes`].

mod annotate;
pub(crate) mod cursor;
pub(crate) mod engine;
mod homes;
mod observe;
mod options;
mod script;
pub(crate) mod sql;
pub(crate) mod statement;
pub(crate) mod transaction;

use crate::bridge::Home;
use crate::bridge::operation::Operation;
use crate::errors;
use engine::{Engine, EngineCore};
use pyo3::exceptions::PyTypeError;
use pyo3::prelude::*;
use std::sync::Arc;
use transaction::{Transaction, TransactionCore};
use yara_core::backend::Request;
use yara_core::db::Db;
use yara_core::error::Result;
use yara_core::executor::{Executor, request, tagged};
use yara_core::sql as text;
use yara_core::transaction as core;
use yara_core::tree::Statement;

/// What a statement runs on, as Python names it.
#[derive(Clone)]
pub(crate) enum Target {
    /// A database, outside of a transaction.
    Engine(Arc<EngineCore>),
    /// A transaction.
    Transaction(Arc<TransactionCore>),
}

/// What a statement runs on, at a place.
#[derive(Clone)]
pub(crate) struct Runner {
    ground: Ground,
    /// What the program has to say of its statements.
    words: Option<Arc<str>>,
}

#[derive(Clone)]
enum Ground {
    Db(Db),
    Transaction(core::Transaction),
}

impl Runner {
    /// What takes statements.
    pub(crate) fn executor(&self) -> &dyn Executor {
        match &self.ground {
            Ground::Db(db) => db,
            Ground::Transaction(transaction) => transaction,
        }
    }

    /// The database, outside of a transaction.
    pub(crate) fn db(&self) -> Option<&Db> {
        match &self.ground {
            Ground::Db(db) => Some(db),
            Ground::Transaction(_) => None,
        }
    }

    /// Asks the program what it has to say of the statements to come. It is asked where they begin,
    /// so that it finds the context variables of whoever awaits them.
    fn annotated(mut self, py: Python<'_>) -> PyResult<Runner> {
        self.words = annotate::words(py)?;
        Ok(self)
    }

    /// A request with what the program has to say.
    pub(crate) fn tag(&self, request: Request) -> Result<Request> {
        match &self.words {
            Some(words) => tagged(request, words),
            None => Ok(request),
        }
    }

    /// SQL text with what the program has to say.
    pub(crate) fn tagged(&self, sql: String) -> Result<String> {
        match &self.words {
            Some(words) => text::tagged(&sql, words),
            None => Ok(sql),
        }
    }

    /// The request that a tree becomes here.
    pub(crate) fn request(&self, statement: &mut Statement) -> Result<Request> {
        self.tag(request(self.executor(), statement)?)
    }
}

impl Target {
    /// What to run on, where the program is. Errs where a transaction belongs elsewhere.
    pub(crate) fn runner(&self, py: Python<'_>, home: &Home) -> PyResult<Runner> {
        let ground = match self {
            Target::Engine(engine) => Ground::Db(engine.db(py, home)?),
            Target::Transaction(transaction) => Ground::Transaction(transaction.at(py, home)?),
        };
        Ok(Runner { ground, words: None })
    }

    /// Whether the database runs inside the program, so that it is the same everywhere.
    pub(crate) fn is_embedded(&self) -> bool {
        match self {
            Target::Engine(engine) => engine.is_embedded(),
            Target::Transaction(transaction) => transaction.is_embedded(),
        }
    }

    /// Work that begins when it is awaited, or run: `work` is given what it runs on.
    pub(crate) fn operation<W, F>(self, name: &'static str, work: W) -> Operation
    where
        W: FnOnce(Runner) -> F + Send + 'static,
        F: Future<Output = PyResult<Py<PyAny>>> + Send + 'static,
    {
        Operation::new(name, move |py, home| {
            Ok(Box::pin(work(self.runner(py, home)?.annotated(py)?)))
        })
    }
}

impl<'py> FromPyObject<'_, 'py> for Target {
    type Error = PyErr;

    fn extract(object: Borrowed<'_, 'py, PyAny>) -> PyResult<Target> {
        if let Ok(engine) = object.cast::<Engine>() {
            return Ok(Target::Engine(engine.get().core().clone()));
        }
        if let Ok(transaction) = object.cast::<Transaction>() {
            return Ok(Target::Transaction(transaction.get().core().clone()));
        }
        let kind = object.get_type().name()?;
        Err(PyTypeError::new_err(format!(
            "{kind} was given, and an Engine or Transaction is wanted"
        )))
    }
}

/// Something was made at one place and is used at another one.
pub(crate) fn elsewhere(py: Python<'_>, what: &str, made: &Home, used: &Home) -> PyErr {
    let message = match (made, used) {
        (Home::Loop(_), Home::Loop(_)) => format!(
            "this {what} belongs to another event loop, or to one that is closed; a connection \
             lives on one loop"
        ),
        (made, used) => format!(
            "this {what} was made by {}, and is used by {}; a connection lives at one place",
            made.name(),
            used.name()
        ),
    };
    errors::interface(py, &message)
}

/// Registers the classes.
pub(crate) fn register(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add_class::<Engine>()?;
    module.add_class::<Transaction>()?;
    annotate::register(module)?;
    module.add_class::<cursor::Cursor>()
}
