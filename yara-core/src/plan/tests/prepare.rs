//! Lets the databases read what was written.

use crate::backend::Request;
use crate::value::{Type, Value};
#[cfg(feature = "sqlite")]
use {
    super::models,
    crate::sql::Sqlite,
    crate::sql::ddl::{CreateOptions, create_tables},
    std::cmp::Ordering,
};

/// A database with the tables of the models, and in place of what a real connection brings along
/// functions of the same names.
#[cfg(feature = "sqlite")]
pub(super) fn sqlite() -> rusqlite::Connection {
    use rusqlite::functions::FunctionFlags;
    let database = rusqlite::Connection::open_in_memory().unwrap();
    rusqlite::vtab::array::load_module(&database).unwrap();
    database.create_collation("yara_numeric", |_, _| Ordering::Equal).unwrap();
    let functions = [
        ("yara_lower", 1),
        ("yara_fold", 1),
        ("yara_upper", 1),
        ("yara_contains", 3),
        ("yara_starts_with", 3),
        ("yara_ends_with", 3),
        ("yara_like", 3),
        ("yara_numeric_add", 2),
        ("yara_numeric_sub", 2),
        ("yara_numeric_mul", 2),
        ("yara_numeric_div", 2),
        ("yara_numeric_neg", 1),
        ("yara_add", 3),
        ("yara_subtract", 3),
        ("yara_multiply", 3),
        ("yara_divide", 2),
        ("yara_remainder", 2),
        ("yara_new_row", 1),
        ("yara_old_row", 1),
        ("yara_is_new", 0),
    ];
    for (name, arguments) in functions {
        let flags = FunctionFlags::SQLITE_DETERMINISTIC;
        database.create_scalar_function(name, arguments, flags, |_| Ok(0)).unwrap();
    }
    for name in ["yara_numeric_sum", "yara_numeric_avg"] {
        database
            .create_aggregate_function(name, 1, FunctionFlags::SQLITE_DETERMINISTIC, Nothing)
            .unwrap();
    }
    for statement in create_tables(&models::all(), CreateOptions::default(), &Sqlite).unwrap() {
        database.execute_batch(&statement).unwrap();
    }
    database
}

/// Runs statements on a database without tables.
#[cfg(feature = "sqlite")]
pub(super) fn run_sqlite(statements: &[String]) {
    let database = rusqlite::Connection::open_in_memory().unwrap();
    database.create_collation("yara_numeric", |_, _| Ordering::Equal).unwrap();
    for statement in statements {
        if let Err(error) = database.execute_batch(statement) {
            panic!("{error}: {statement}");
        }
    }
}

#[cfg(not(feature = "sqlite"))]
pub(super) fn run_sqlite(_statements: &[String]) {}

#[cfg(feature = "sqlite")]
struct Nothing;

#[cfg(feature = "sqlite")]
impl rusqlite::functions::Aggregate<i64, i64> for Nothing {
    fn init(&self, _: &mut rusqlite::functions::Context<'_>) -> rusqlite::Result<i64> {
        Ok(0)
    }

    fn step(&self, _: &mut rusqlite::functions::Context<'_>, _: &mut i64) -> rusqlite::Result<()> {
        Ok(())
    }

    fn finalize(
        &self,
        _: &mut rusqlite::functions::Context<'_>,
        _: Option<i64>,
    ) -> rusqlite::Result<i64> {
        Ok(0)
    }
}

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
