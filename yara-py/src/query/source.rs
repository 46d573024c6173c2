//! What a query joins, or reads from, by a name: tables, queries, common table expressions.

use super::select::{OutputColumn, columns_of};
use super::write::Statement;
use super::{Node, Select, refuse};
use crate::schema::Table;
use pyo3::prelude::*;
use std::sync::Arc;
use yara_core::plan;
use yara_core::schema::TableRef;
use yara_core::tree::{self, Common, CommonQuery, Name, Origin, Output};

/// Rows of a model, or what a query reads of them, by a name.
#[pyclass(frozen, module = "yara_orm._engine")]
pub(crate) struct Source {
    pub(super) name: Name,
    pub(super) source: tree::Source,
    /// The model that the rows are of.
    table: TableRef,
    /// Whether they are whole rows.
    whole: bool,
    columns: Arc<[OutputColumn]>,
    /// What stands behind the name of a common table expression.
    pub(super) definition: Option<Common>,
}

impl Source {
    /// What a query gives; `source` where it is read from.
    fn of(select: &Select, name: &str, source: tree::Source) -> Source {
        Source {
            name: name.into(),
            source,
            table: select.tree().table,
            whole: plan::is_whole(select.tree()),
            columns: select.columns.clone(),
            definition: None,
        }
    }

    /// Rows that are read by the name of a common table expression.
    fn common_of(
        select: &Select,
        name: &str,
        query: CommonQuery,
        materialized: Option<bool>,
    ) -> Source {
        let definition = Some(Common { name: name.into(), query, materialized });
        Source { definition, ..Source::of(select, name, tree::Source::Common(name.into())) }
    }
}

#[pymethods]
impl Source {
    /// A table.
    #[staticmethod]
    fn rows(table: &Table, name: &str) -> Source {
        Source {
            name: name.into(),
            source: tree::Source::Table(TableRef(table.inner)),
            table: TableRef(table.inner),
            whole: true,
            columns: columns_of(table),
            definition: None,
        }
    }

    /// The rows of a query.
    #[staticmethod]
    fn query(select: &Select, name: &str) -> Source {
        let rows = Box::new(plan::part(select.tree().clone()));
        Source::of(select, name, tree::Source::Query(rows))
    }

    /// The rows of a query, as a common table expression.
    #[staticmethod]
    #[pyo3(signature = (select, name, materialized = None))]
    fn common(select: &Select, name: &str, materialized: Option<bool>) -> Source {
        let query = CommonQuery::Select(Box::new(plan::part(select.tree().clone())));
        Source::common_of(select, name, query, materialized)
    }

    /// The rows that the last round of a recursive query has found.
    #[staticmethod]
    fn found_last(base: &Select, name: &str) -> Source {
        Source::of(base, name, tree::Source::Common(name.into()))
    }

    /// The rows of a query, and those that `step` makes of the rows found last, round after round;
    /// with `all`, rows that are there already count again.
    #[staticmethod]
    fn recursive(base: &Select, name: &str, step: &Select, all: bool) -> Source {
        let part = |select: &Select| Box::new(plan::part(select.tree().clone()));
        let query = CommonQuery::Recursive { base: part(base), step: part(step), all };
        Source::common_of(base, name, query, None)
    }

    /// The rows that a statement writes and gives back whole.
    #[staticmethod]
    fn written(table: &Table, statement: &Statement, name: &str) -> PyResult<Source> {
        let whole = || vec![tree::Expr::fields(TableRef(table.inner))];
        let query = match statement.asked.tree().into_owned() {
            tree::Statement::Insert(insert) => {
                let insert = tree::Insert { returning: whole(), ..insert };
                CommonQuery::Insert(Box::new(insert))
            }
            tree::Statement::Update(update) => {
                let update = tree::Update { returning: whole(), ..update };
                CommonQuery::Update(Box::new(update))
            }
            tree::Statement::Delete(delete) => {
                let delete = tree::Delete { returning: whole(), ..delete };
                CommonQuery::Delete(Box::new(delete))
            }
            _ => return Err(refuse("only inserts, updates and deletes have names, and queries")),
        };
        Ok(Source::common_of(&Select::all_of(table), name, query, None))
    }

    /// The same rows by another name.
    fn renamed(&self, name: &str) -> Source {
        Source {
            name: name.into(),
            source: self.source.clone(),
            table: self.table,
            whole: self.whole,
            columns: self.columns.clone(),
            definition: None,
        }
    }

    /// The name.
    #[getter]
    fn name(&self) -> &str {
        &self.name
    }

    /// How many columns the rows have.
    #[getter]
    fn width(&self) -> usize {
        self.columns.len()
    }

    /// Whether the rows are whole rows of the model.
    #[getter]
    fn is_whole(&self) -> bool {
        self.whole
    }

    /// A column by its position.
    fn column(&self, at: usize) -> PyResult<Node> {
        let Some(column) = self.columns.get(at) else {
            return Err(refuse(format!("`{}` has no column {at}", self.name)));
        };
        let origin = Origin::Named(self.name.clone());
        let node = tree::Expr::Output(Output { origin, ..Output::new(at) });
        Ok(Node { node, kind: column.kind, codec: column.codec.clone() })
    }

    /// A query for the rows.
    fn select(&self) -> Select {
        let mut inner = tree::Select::new(self.table.0);
        inner.name = Some(self.name.clone());
        if !matches!(self.source, tree::Source::Table(_)) {
            inner.from = Some(self.source.clone());
        }
        inner.columns = plan::outputs(self.whole, self.table, self.columns.len());
        inner.with.extend(self.definition.clone());
        Select::new_of(inner, self.columns.clone())
    }

    fn __repr__(&self) -> String {
        format!("<rows `{}` of {}>", self.name, self.table.model)
    }
}
