//! SQLite's errors as those of the engine: the same kinds and SQLSTATEs that PostgreSQL gives.

use crate::error::{DatabaseError, Error, ErrorKind};
use rusqlite::ffi;

/// An error of SQLite's, without the statement.
pub(super) fn from_sqlite(error: rusqlite::Error) -> Error {
    match error {
        rusqlite::Error::SqliteFailure(failure, message) => {
            let message = message.unwrap_or_else(|| failure.to_string());
            classify(failure.extended_code, message, None, false)
        }
        rusqlite::Error::SqlInputError { error, msg, sql, offset } => {
            let position = usize::try_from(offset)
                .ok()
                .and_then(|offset| sql.get(..offset))
                .and_then(|before| u32::try_from(before.chars().count() + 1).ok());
            classify(error.extended_code, msg, position, true)
        }
        rusqlite::Error::MultipleStatement => Error::new(
            ErrorKind::InvalidQuery,
            "the text holds several statements; run them one by one, or without values as a script",
        ),
        rusqlite::Error::NulError(cause) => {
            Error::new(ErrorKind::InvalidQuery, "the statement holds a NUL character")
                .with_cause(cause)
        }
        other => Error::new(ErrorKind::Internal, format!("SQLite's driver: {other}")),
    }
}

fn classify(code: i32, message: String, position: Option<u32>, preparing: bool) -> Error {
    let mut report = DatabaseError { position, ..DatabaseError::default() };
    let (kind, state) = match code {
        ffi::SQLITE_CONSTRAINT_UNIQUE
        | ffi::SQLITE_CONSTRAINT_PRIMARYKEY
        | ffi::SQLITE_CONSTRAINT_ROWID => {
            match after_colon(&message).map(|what| (what, what.strip_prefix("index '"))) {
                Some((_, Some(index))) => {
                    report.constraint = Some(index.trim_end_matches('\'').to_owned());
                }
                Some((columns, None)) => name_column(&mut report, columns),
                None => {}
            }
            (ErrorKind::UniqueViolation, "23505")
        }
        ffi::SQLITE_CONSTRAINT_NOTNULL => {
            if let Some(column) = after_colon(&message) {
                name_column(&mut report, column);
            }
            (ErrorKind::NotNullViolation, "23502")
        }
        ffi::SQLITE_CONSTRAINT_CHECK => {
            report.constraint = after_colon(&message).map(str::to_owned);
            (ErrorKind::CheckViolation, "23514")
        }
        // `on delete restrict` is a trigger inside SQLite.
        ffi::SQLITE_CONSTRAINT_TRIGGER if message == "FOREIGN KEY constraint failed" => {
            (ErrorKind::ForeignKeyViolation, "23503")
        }
        ffi::SQLITE_CONSTRAINT_FOREIGNKEY => (ErrorKind::ForeignKeyViolation, "23503"),
        ffi::SQLITE_CONSTRAINT_DATATYPE => (ErrorKind::Data, "42804"),
        ffi::SQLITE_CONSTRAINT_TRIGGER => (ErrorKind::Database, "P0001"),
        code => match code & 0xff {
            ffi::SQLITE_CONSTRAINT => (ErrorKind::Database, "23000"),
            ffi::SQLITE_BUSY | ffi::SQLITE_LOCKED => {
                report.hint = Some(
                    "another connection holds the lock; keep its transactions short, or raise \
                     `busy_timeout` in the URL"
                        .into(),
                );
                (ErrorKind::Busy, "55P03")
            }
            ffi::SQLITE_INTERRUPT => (ErrorKind::QueryCanceled, "57014"),
            ffi::SQLITE_READONLY => (ErrorKind::Database, "25006"),
            ffi::SQLITE_PERM | ffi::SQLITE_AUTH => (ErrorKind::Database, "42501"),
            ffi::SQLITE_NOMEM => (ErrorKind::Database, "53200"),
            ffi::SQLITE_FULL => (ErrorKind::Database, "53100"),
            ffi::SQLITE_IOERR => (ErrorKind::Io, "58030"),
            ffi::SQLITE_CANTOPEN => (ErrorKind::Io, "58P01"),
            ffi::SQLITE_CORRUPT | ffi::SQLITE_NOTADB => (ErrorKind::Database, "XX001"),
            ffi::SQLITE_TOOBIG => (ErrorKind::Data, "54000"),
            ffi::SQLITE_RANGE => (ErrorKind::Data, "22003"),
            ffi::SQLITE_MISMATCH => (ErrorKind::Data, "42804"),
            ffi::SQLITE_ERROR => by_message(&message, preparing),
            _ => (ErrorKind::Database, "XX000"),
        },
    };
    report.sqlstate = Some(state.to_owned());
    report.message = message;
    Error::from_database(kind, report)
}

/// `SQLITE_ERROR` stands for everything else; only the words tell what.
fn by_message(message: &str, preparing: bool) -> (ErrorKind, &'static str) {
    const WORDS: [(&str, ErrorKind, &str); 32] = [
        ("division by zero", ErrorKind::Data, "22012"),
        ("is not a decimal number", ErrorKind::Data, "22P02"),
        ("integer overflow", ErrorKind::Data, "22003"),
        ("the number is out of range", ErrorKind::Data, "22003"),
        ("cannot be read as", ErrorKind::Data, "22P02"),
        ("the logarithm of", ErrorKind::Data, "2201E"),
        ("is undefined", ErrorKind::Data, "2201F"),
        ("has a negative length", ErrorKind::Data, "22011"),
        ("the text would be too long", ErrorKind::Database, "54000"),
        ("has no exact length", ErrorKind::Data, "22015"),
        ("cannot become an integer", ErrorKind::Unsupported, "0A000"),
        ("is outside of the years", ErrorKind::Data, "22008"),
        ("malformed JSON", ErrorKind::Data, "22P02"),
        ("cannot start a transaction within", ErrorKind::Transaction, "25001"),
        ("no transaction is active", ErrorKind::Transaction, "25P01"),
        ("no such savepoint", ErrorKind::Transaction, "3B001"),
        ("from within a transaction", ErrorKind::Transaction, "25001"),
        ("syntax error", ErrorKind::Programming, "42601"),
        ("unrecognized token", ErrorKind::Programming, "42601"),
        ("incomplete input", ErrorKind::Programming, "42601"),
        ("no such table", ErrorKind::Programming, "42P01"),
        ("no such view", ErrorKind::Programming, "42P01"),
        ("no such column", ErrorKind::Programming, "42703"),
        ("has no column named", ErrorKind::Programming, "42703"),
        ("no such function", ErrorKind::Programming, "42883"),
        ("no such index", ErrorKind::Programming, "42704"),
        ("no such collation sequence", ErrorKind::Programming, "42704"),
        ("duplicate column name", ErrorKind::Programming, "42701"),
        ("ambiguous column name", ErrorKind::Programming, "42702"),
        ("ON CONFLICT clause does not match", ErrorKind::Programming, "42P10"),
        ("already exists", ErrorKind::Programming, "42P07"),
        ("already another table", ErrorKind::Programming, "42P07"),
    ];
    WORDS
        .iter()
        .find(|(words, ..)| message.contains(words))
        .map(|(_, kind, state)| (*kind, *state))
        .unwrap_or(if preparing {
            (ErrorKind::Programming, "42000")
        } else {
            (ErrorKind::Database, "XX000")
        })
}

fn after_colon(message: &str) -> Option<&str> {
    message.split_once(": ").map(|(_, what)| what)
}

/// Table and column of the first of `t.a, t.b`.
fn name_column(report: &mut DatabaseError, columns: &str) {
    let first = columns.split(", ").next().unwrap_or(columns);
    if let Some((table, column)) = first.split_once('.') {
        report.table = Some(table.to_owned());
        report.column = Some(column.to_owned());
    }
}
