//! Tables, as migrations leave them or models ask for them.

use super::adopt::adopt;
use super::change::{Change, changes};
use super::definition::Definition;
use super::table_name;
use crate::encode::encode;
use crate::query::raise;
use crate::schema::Table;
use pyo3::prelude::*;
use std::collections::BTreeMap;
use yara_core::backend::DIALECTS;
use yara_core::migrate::{self, Hints};
use yara_core::schema::definition::{Sql, TableName};
use yara_core::sql::ddl;

/// The tables there are.
#[pyclass(module = "yara_orm._engine")]
#[derive(Default, Clone)]
pub(crate) struct State {
    pub(super) inner: migrate::State,
}

#[pymethods]
impl State {
    #[new]
    fn new() -> State {
        State::default()
    }

    /// The tables that models ask for, those between two models included.
    #[staticmethod]
    fn of(tables: Vec<PyRef<'_, Table>>) -> PyResult<State> {
        let tables: Vec<_> = tables.iter().map(|table| table.inner).collect();
        let tables = ddl::define_all(&tables, false, &DIALECTS).map_err(raise)?;
        Ok(State { inner: migrate::State { tables } })
    }

    /// Changes what a change changes. Errs where it names what is not there.
    fn apply(&mut self, change: &Change) -> PyResult<()> {
        self.inner.apply(&change.operation).map_err(raise)
    }

    /// The table of a name.
    fn table(&self, name: &str) -> PyResult<Option<Definition>> {
        let found = self.inner.table(&table_name(name)?);
        Ok(found.map(|inner| Definition { inner: inner.clone() }))
    }

    /// The names of the tables.
    #[getter]
    fn tables(&self) -> Vec<String> {
        self.inner.tables.iter().map(|table| table.name.to_string()).collect()
    }

    /// What is `wanted`, with what files in Python do not say of these tables as it is here.
    fn adopted(&self, wanted: &State, tables: Vec<String>) -> State {
        let mut wanted = wanted.clone();
        adopt(&self.inner, &mut wanted.inner, &tables);
        wanted
    }

    /// What makes these tables those that are `wanted`. `constants` are what models give members
    /// where nothing is said.
    #[pyo3(signature = (
        wanted, *, rename, drop, fill, constants, partial, allow_destructive
    ))]
    #[allow(clippy::too_many_arguments, reason = "each has a name in Python")]
    fn diff(
        &self,
        wanted: &State,
        rename: Vec<(String, String)>,
        drop: Vec<String>,
        fill: Vec<(String, Texts)>,
        constants: Vec<(PyRef<'_, Table>, String, Bound<'_, PyAny>)>,
        partial: bool,
        allow_destructive: bool,
    ) -> PyResult<Vec<Change>> {
        let mut hints = Hints::new().partial(partial).allow_destructive(allow_destructive);
        hints = rename.into_iter().fold(hints, |hints, (from, to)| hints.rename(from, to));
        hints = drop.into_iter().fold(hints, |hints, name| hints.drop(name));
        for (column, texts) in fill {
            hints = hints.fill(column, texts.sql());
        }
        for (table, member, value) in constants {
            let field = table.inner.field(&member).map_err(raise)?;
            let value = encode(&value, field.kind)?;
            let schema = table.inner.schema.map(str::to_owned);
            let name = TableName { schema, name: table.inner.name.to_owned() };
            let mut texts = BTreeMap::new();
            for dialect in DIALECTS {
                if let Ok(text) = dialect.constant(&value) {
                    texts.insert(dialect.name().to_ascii_lowercase(), text);
                }
            }
            let Some(first) = texts.values().next() else { continue };
            let same = texts.len() == DIALECTS.len() && texts.values().all(|text| text == first);
            let sql = if same { Sql::Same(first.clone()) } else { Sql::Each(texts) };
            hints = hints.constant(name, field.column, sql);
        }
        migrate::diff(&self.inner, &wanted.inner, &hints).map(changes).map_err(raise)
    }

    fn __repr__(&self) -> String {
        format!("<tables {}>", self.tables().join(", "))
    }
}

/// SQL: one text, or one for each database.
#[derive(FromPyObject)]
enum Texts {
    Same(String),
    Each(BTreeMap<String, String>),
}

impl Texts {
    fn sql(self) -> Sql {
        match self {
            Texts::Same(text) => Sql::Same(text),
            Texts::Each(texts) => Sql::Each(texts),
        }
    }
}
