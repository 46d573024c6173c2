//! What queries become, on both databases. Every statement shown here is prepared by SQLite, and
//! where `YARA_PRINT_SQL` names a file, appended to it for PostgreSQL to prepare.
#![allow(clippy::unwrap_used, clippy::panic, reason = "tests")]

mod binding;
mod columns;
#[cfg(feature = "sqlite")]
mod complement;
mod ddl;
mod definitions;
mod functions;
mod groups;
mod joins;
mod loads;
mod models;
mod predicates;
mod prepare;
mod prepared;
mod related;
mod slices;
mod values;
mod windows;
mod writes;

use super::compile;
use crate::schema::Table;
use crate::sql::{Postgres, Sqlite};
use crate::tree::{Expr, Literal, Nulls, Order, Select, Statement};
use crate::value::Value;

/// The SQL of a statement on PostgreSQL and on SQLite, with numbers in place of limits.
fn sql(statement: &Statement) -> (String, String) {
    let postgres = compile(statement, &Postgres).unwrap().request(statement).unwrap();
    prepare::print_postgres(&postgres);
    let sqlite = compile(statement, &Sqlite).unwrap().request(statement).unwrap();
    prepare::prepare_sqlite(&sqlite.command.sql);
    (postgres.command.sql.to_string(), sqlite.command.sql.to_string())
}

/// The statement is `postgres` on PostgreSQL and `sqlite` on SQLite.
#[track_caller]
fn assert_sql(statement: impl Into<Statement>, postgres: &str, sqlite: &str) {
    let written = sql(&statement.into());
    assert_eq!(written.0, postgres, "on PostgreSQL");
    assert_eq!(written.1, sqlite, "on SQLite");
}

/// The statement is `both` on both databases, but for the spelling of parameters.
#[track_caller]
fn assert_both(statement: impl Into<Statement>, both: &str) {
    assert_sql(statement, both, &both.replace('$', "?"));
}

/// The condition, in a query of books, is `postgres` and `sqlite`.
#[track_caller]
fn assert_filter(condition: Expr, postgres: &str, sqlite: &str) {
    let select = query(models::book(), &["id"]).filtered(condition);
    let start = "SELECT \"t0\".\"id\" FROM \"book\" AS \"t0\" WHERE ";
    assert_sql(select, &format!("{start}{postgres}"), &format!("{start}{sqlite}"));
}

/// Like [`assert_filter`], where both are alike but for the spelling of parameters.
#[track_caller]
fn assert_filter_both(condition: Expr, both: &str) {
    assert_filter(condition, both, &both.replace('$', "?"));
}

/// The message of the error that a statement is refused with before anything is written.
#[track_caller]
fn refusal(statement: impl Into<Statement>) -> String {
    let error = compile(&statement.into(), &Postgres).unwrap_err();
    assert!(error.is_invalid_query(), "{error:?}");
    error.to_string()
}

impl From<Select> for Statement {
    fn from(select: Select) -> Statement {
        Statement::Select(select)
    }
}

/// A query of the columns at these paths.
fn query(table: &'static Table, columns: &[&'static str]) -> Select {
    let mut select = Select::new(table);
    select.columns = columns.iter().map(|path| models::col(table, path)).collect();
    select
}

/// Builds queries in one expression.
impl Select {
    fn filtered(mut self, condition: Expr) -> Select {
        self.filter.push(condition);
        self
    }

    fn reading(mut self, column: Expr) -> Select {
        self.columns.push(column);
        self
    }

    fn ordered(mut self, path: &'static str, descending: bool) -> Select {
        let expr = models::col(self.table.0, path);
        self.order_by.push(Order { expr, descending, nulls: Nulls::Greatest });
        self
    }

    fn limited(mut self, limit: i64) -> Select {
        self.limit = Some(Literal::new(Value::I64(limit)));
        self
    }

    fn starting_at(mut self, offset: i64) -> Select {
        self.offset = Some(Literal::new(Value::I64(offset)));
        self
    }
}
