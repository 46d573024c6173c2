//! What queries become, on both databases. Every statement shown here is prepared by SQLite, and
//! printed for PostgreSQL where `YARA_PRINT_SQL` is set.
#![allow(clippy::unwrap_used, clippy::panic, reason = "tests")]

mod models;
mod prepare;
mod queries;

use super::{Compiled, compile};
use crate::sql::{Postgres, Sqlite};
use crate::tree::{Select, Statement};

/// The SQL of a statement on PostgreSQL and on SQLite, with numbers in place of limits.
fn sql(statement: &Statement) -> (String, String) {
    let postgres = compile(statement, &Postgres).unwrap();
    let request = postgres.request(statement).unwrap();
    prepare::print_postgres(&request);
    let sqlite = compile(statement, &Sqlite).unwrap();
    let text = sqlite.request(statement).unwrap().command.sql.to_string();
    prepare::prepare_sqlite(&text);
    (request.command.sql.to_string(), text)
}

fn select_sql(select: &Select) -> (String, String) {
    sql(&Statement::Select(select.clone()))
}

/// The message of the error that a statement is refused with before anything is written.
fn refusal(statement: &Statement) -> String {
    let error = compile(statement, &Postgres).unwrap_err();
    assert!(error.is_invalid_query(), "{error:?}");
    error.to_string()
}

fn compiled(statement: &Statement) -> (Compiled, Compiled) {
    (compile(statement, &Postgres).unwrap(), compile(statement, &Sqlite).unwrap())
}
