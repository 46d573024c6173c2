//! Lets the databases read what was written.

use crate::backend::Request;
use crate::value::{Type, Value};
#[cfg(feature = "sqlite")]
use {
    super::models,
    crate::sql::Sqlite,
    crate::sql::ddl::{CreateOptions, create_tables},
};

/// A database with the tables of the models, and the functions that a connection brings along.
#[cfg(feature = "sqlite")]
pub(super) fn sqlite() -> rusqlite::Connection {
    let database = rusqlite::Connection::open_in_memory().unwrap();
    crate::backend::sqlite::register_functions(&database).unwrap();
    for statement in create_tables(&models::all(), CreateOptions::default(), &Sqlite).unwrap() {
        database.execute_batch(&statement).unwrap();
    }
    database
}

/// Runs statements on a database without tables.
#[cfg(feature = "sqlite")]
pub(super) fn run_sqlite(statements: &[String]) {
    let database = rusqlite::Connection::open_in_memory().unwrap();
    crate::backend::sqlite::register_functions(&database).unwrap();
    for statement in statements {
        if let Err(error) = database.execute_batch(statement) {
            panic!("{error}: {statement}");
        }
    }
}

#[cfg(not(feature = "sqlite"))]
pub(super) fn run_sqlite(_statements: &[String]) {}

#[cfg(feature = "sqlite")]
pub(super) fn prepare_sqlite(text: &str) {
    if let Err(error) = sqlite().prepare(text) {
        panic!("{error}: {text}");
    }
}

#[cfg(not(feature = "sqlite"))]
pub(super) fn prepare_sqlite(_text: &str) {}

/// Appends the statement to the file `YARA_PRINT_SQL`, for psql to prepare: with the types that the
/// backend sends.
pub(super) fn print_postgres(request: &Request) {
    print(&format!("{} DEALLOCATE p;\n", prepare_statement(request)));
}

/// Appends a check that PostgreSQL counts as many rows; of whole numbers and lists of them.
#[cfg(feature = "sqlite")]
pub(super) fn print_count(request: &Request, number: i64) {
    let spelled = |value: &Value| match value {
        Value::I64(number) => number.to_string(),
        Value::Array(array) => {
            let items: Vec<String> =
                array
                    .items
                    .iter()
                    .map(|item| {
                        if let Value::I64(number) = item {
                            number.to_string()
                        } else {
                            "NULL".into()
                        }
                    })
                    .collect();
            format!("'{{{}}}'", items.join(","))
        }
        _ => "NULL".into(),
    };
    let values: Vec<String> = request.values.iter().map(spelled).collect();
    let values =
        if values.is_empty() { String::new() } else { format!(" ({})", values.join(", ")) };
    print(&format!(
        "{}\nEXECUTE p{values} \\gset\nSELECT {number} = :count AS same \\gset\n\\if :same\n\\else\n\\echo DIFFERS :count {number}\n\\endif\nDEALLOCATE p;\n",
        prepare_statement(request)
    ));
}

fn prepare_statement(request: &Request) -> String {
    let types: Vec<String> = request.values.iter().map(Value::kind).map(sent_as).collect();
    let types = if types.is_empty() { String::new() } else { format!(" ({})", types.join(", ")) };
    format!("PREPARE p{types} AS {};", request.command.sql)
}

/// Appends to the file that `YARA_PRINT_SQL` names, if it does.
fn print(text: &str) {
    let Ok(path) = std::env::var("YARA_PRINT_SQL") else { return };
    use std::io::Write;
    let mut file = std::fs::OpenOptions::new().create(true).append(true).open(path).unwrap();
    file.write_all(text.as_bytes()).unwrap();
}

fn sent_as(kind: Type) -> String {
    match kind {
        Type::Bool => "bool".into(),
        Type::I16 => "int2".into(),
        Type::I32 => "int4".into(),
        Type::I64 => "int8".into(),
        Type::F32 => "float4".into(),
        Type::F64 => "float8".into(),
        Type::Text => "unknown".into(),
        Type::Bytes => "bytea".into(),
        Type::TimestampTz => "timestamptz".into(),
        Type::Array(Type::Text) => "text[]".into(),
        Type::Array(item) => format!("{}[]", sent_as(*item)),
        kind => kind.name().to_lowercase().replace(" without time zone", ""),
    }
}
