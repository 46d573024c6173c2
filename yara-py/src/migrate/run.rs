//! Running migrations. The engine runs statements; where it is a step's turn, Python runs that
//! within the migration's transaction, and asks the engine to go on.

use super::files::Migration;
use crate::bridge::Home;
use crate::bridge::operation::Operation;
use crate::db::engine::{Engine, EngineCore};
use crate::db::transaction::Transaction;
use crate::errors::{self, raise};
use pyo3::prelude::*;
use pyo3::types::PyTuple;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use yara_core::error::{Error, ErrorKind};
use yara_core::migrate::{self, Direction, Goal};

/// Migrations in order, of one label.
#[pyclass(frozen, module = "yara_orm._engine")]
pub(crate) struct Migrations {
    inner: Arc<migrate::Migrations>,
}

#[pymethods]
impl Migrations {
    #[new]
    #[pyo3(signature = (
        migrations, app, *, out_of_order = false, ignore_missing = false, lock_timeout = None
    ))]
    fn new(
        migrations: Vec<PyRef<'_, Migration>>,
        app: String,
        out_of_order: bool,
        ignore_missing: bool,
        lock_timeout: Option<f64>,
    ) -> PyResult<Migrations> {
        let given = migrations.iter().map(|migration| migration.inner.clone()).collect();
        let mut inner = migrate::Migrations::given(given)
            .app(app)
            .out_of_order(out_of_order)
            .ignore_missing(ignore_missing);
        if let Some(seconds) = lock_timeout {
            let limit = Duration::try_from_secs_f64(seconds).map_err(|_| {
                crate::query::configuration(format!(
                    "lock_timeout is a number of seconds, not {seconds}"
                ))
            })?;
            inner = inner.lock_timeout(limit);
        }
        Ok(Migrations { inner: Arc::new(inner) })
    }

    /// Decides what is to be done: up to a migration or to the last one; or down by so many, or down
    /// to a migration. Nothing is changed yet.
    #[pyo3(signature = (engine, backward, target = None, count = 1))]
    fn run(
        &self,
        engine: &Engine,
        backward: bool,
        target: Option<String>,
        count: usize,
    ) -> Operation {
        let goal = match (backward, target) {
            (false, None) => Goal::Latest,
            (false, Some(target)) => Goal::UpTo(target),
            (true, None) => Goal::Back(count),
            (true, Some(target)) => Goal::DownTo(target),
        };
        let (migrations, engine) = (self.inner.clone(), engine.core().clone());
        Operation::new("migrations", move |py, home| {
            let (db, home) = (engine.db(py, home)?, home.clone());
            Ok(Box::pin(async move {
                let run = migrations.run(&db, &goal).await.map_err(raise)?;
                Python::attach(|py| {
                    Ok(Py::new(py, MigrationRun::new(run, engine, home))?.into_any())
                })
            }))
        })
    }

    /// Name of each migration, when it was applied, and whether there is a file of it.
    fn status(&self, engine: &Engine) -> Operation {
        let (migrations, engine) = (self.inner.clone(), engine.core().clone());
        Operation::new("status", move |py, home| {
            let db = engine.db(py, home)?;
            Ok(Box::pin(async move {
                let found = migrations.status(&db).await.map_err(raise)?;
                Python::attach(|py| {
                    let rows: Vec<_> = found
                        .into_iter()
                        .map(|one| {
                            let micros = one.applied_at.map(|at| at.timestamp_micros());
                            (one.name, micros, one.has_file)
                        })
                        .collect();
                    Ok(rows.into_pyobject(py)?.into_any().unbind())
                })
            }))
        })
    }

    /// Notes migrations as applied without running them; gives those that were not noted yet.
    #[pyo3(signature = (engine, target = None))]
    fn fake(&self, engine: &Engine, target: Option<String>) -> Operation {
        let (migrations, engine) = (self.inner.clone(), engine.core().clone());
        Operation::new("fake", move |py, home| {
            let db = engine.db(py, home)?;
            Ok(Box::pin(async move {
                let noted = migrations.fake(&db, target.as_deref()).await.map_err(raise)?;
                Python::attach(|py| Ok(noted.into_pyobject(py)?.into_any().unbind()))
            }))
        })
    }

    /// The statements of a migration, in the SQL of an engine's database.
    fn sql(
        &self,
        py: Python<'_>,
        engine: &Engine,
        name: &str,
        backward: bool,
    ) -> PyResult<Vec<String>> {
        let db = engine.core().db(py, &Home::Thread)?;
        let direction = if backward { Direction::Down } else { Direction::Up };
        self.inner.sql(name, direction, db.backend().dialect()).map_err(raise)
    }
}

/// Migrations under way. Closed or dropped, it takes back the one that is not over.
#[pyclass(frozen, module = "yara_orm._engine")]
pub(crate) struct MigrationRun {
    engine: Arc<EngineCore>,
    home: Home,
    inner: Arc<Mutex<Under>>,
    steps: Vec<(String, String)>,
}

/// Where a run is.
struct Under {
    /// Not there while it goes on, nor after its end.
    run: Option<migrate::Run>,
    done: Vec<String>,
}

impl MigrationRun {
    fn new(run: migrate::Run, engine: Arc<EngineCore>, home: Home) -> MigrationRun {
        let name = |(migration, step): (&str, &str)| (migration.to_owned(), step.to_owned());
        let steps = run.steps().map(name).collect();
        let inner = Arc::new(Mutex::new(Under { run: Some(run), done: Vec::new() }));
        MigrationRun { engine, home, inner, steps }
    }

    fn take(&self) -> Option<migrate::Run> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner).run.take()
    }
}

#[pymethods]
impl MigrationRun {
    /// Which steps will be handed out: their migrations, and their names.
    #[getter]
    fn steps<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyTuple>> {
        PyTuple::new(py, self.steps.iter().cloned())
    }

    /// What has been applied, or undone.
    #[getter]
    fn done(&self) -> Vec<String> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner).done.clone()
    }

    /// Runs statements up to the next step, and gives it; `None` at the end.
    fn next(&self) -> Operation {
        let (engine, inner, own) = (self.engine.clone(), self.inner.clone(), self.home.clone());
        Operation::new("migrations", move |py, home| {
            if !engine.is_embedded() && !own.is(home) {
                return Err(crate::db::elsewhere(py, "run of migrations", &own, home));
            }
            let taken = inner.lock().unwrap_or_else(PoisonError::into_inner).run.take();
            let Some(mut run) = taken else {
                return Err(errors::interface(py, "this run of migrations is over, or under way"));
            };
            Ok(Box::pin(async move {
                // Dropped with this future, it takes back what it did.
                let outcome = run.next().await;
                let mut under = inner.lock().unwrap_or_else(PoisonError::into_inner);
                under.done = run.done().to_vec();
                let step = match outcome {
                    Ok(Some(step)) => step,
                    Ok(None) => {
                        drop(under);
                        return Ok(Python::attach(|py| py.None()));
                    }
                    Err(error) => {
                        drop(under);
                        return Err(raise(error));
                    }
                };
                under.run = Some(run);
                drop(under);
                let (migration, name) = (step.migration().to_owned(), step.name().to_owned());
                let transaction = step.transaction().clone();
                Python::attach(|py| {
                    let made = Transaction::new(engine, transaction, own);
                    let transaction = Py::new(py, made)?;
                    let step = MigrationStep { migration, name, transaction };
                    Ok(Py::new(py, step)?.into_any())
                })
            }))
        })
    }

    /// Takes back the migration that is not over; gives what stays of it nevertheless.
    fn take_back(&self) -> Operation {
        let run = self.take();
        Operation::new("taking back", move |_, _| {
            Ok(Box::pin(async move {
                let mut remains = None;
                if let Some(mut run) = run {
                    remains = run.remains();
                    // The program has the error already.
                    let error = Error::new(ErrorKind::Decode, "a step failed");
                    drop(run.fail(error).await);
                }
                Python::attach(|py| Ok(remains.into_pyobject(py)?.into_any().unbind()))
            }))
        })
    }

    /// The same, without waiting for it.
    fn close(&self) {
        drop(self.take());
    }
}

/// A step whose turn it is.
#[pyclass(frozen, get_all, module = "yara_orm._engine")]
pub(crate) struct MigrationStep {
    /// The migration that asks for it.
    migration: String,
    /// Its name.
    name: String,
    /// Where it reads and writes.
    transaction: Py<Transaction>,
}
