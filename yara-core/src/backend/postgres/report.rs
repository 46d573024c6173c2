//! What the server says when it refuses: `ErrorResponse` as an [`Error`].

use super::wire::Reader;
use crate::error::{DatabaseError, Error, ErrorKind};
use std::sync::Arc;

/// The fields of an `ErrorResponse` or a `NoticeResponse`.
#[derive(Debug, Default)]
pub(super) struct Report {
    database: DatabaseError,
    /// In English, whatever the language of the server.
    severity: String,
    /// The function of the server that reported.
    routine: String,
}

impl Report {
    /// Reads the body of the message.
    pub(super) fn parse(body: &[u8]) -> Report {
        let mut report = Report::default();
        let mut reader = Reader::new(body);
        let database = &mut report.database;
        while let Some(field) = reader.u8().filter(|field| *field != 0) {
            let Some(value) = reader.terminated() else { break };
            // Before the encoding is agreed on, a report may be in any.
            let value = String::from_utf8_lossy(value).into_owned();
            match field {
                b'V' => report.severity = value,
                b'C' => database.sqlstate = Some(value),
                b'M' => database.message = value,
                b'D' => database.detail = Some(value),
                b'H' => database.hint = Some(value),
                b'P' => database.position = value.parse().ok(),
                b's' => database.schema = Some(value),
                b't' => database.table = Some(value),
                b'c' => database.column = Some(value),
                b'n' => database.constraint = Some(value),
                b'R' => report.routine = value,
                _ => {}
            }
        }
        report
    }

    /// Five characters, or nothing from a server that sent none.
    pub(super) fn sqlstate(&self) -> &str {
        self.database.sqlstate.as_deref().unwrap_or_default()
    }

    pub(super) fn message(&self) -> &str {
        &self.database.message
    }

    /// Whether the server ends the connection after this report.
    pub(super) fn is_fatal(&self) -> bool {
        matches!(self.severity.as_str(), "FATAL" | "PANIC")
    }

    /// Whether a statement that was thought prepared is gone, or gives other columns than it did.
    /// It is worth preparing anew.
    pub(super) fn is_stale_statement(&self) -> bool {
        match self.sqlstate() {
            "26000" => true,
            // The code alone says "not supported"; the message is translated, the routine is not.
            "0A000" => self.routine == "RevalidateCachedQuery",
            _ => false,
        }
    }

    /// The error of a server that refused the session.
    pub(super) fn into_login_error(mut self, user: &str, database: &str) -> Error {
        let advice = match self.sqlstate() {
            "28P01" => format!("is the password of `{user}` in the URL right?"),
            "28000" => format!("may `{user}` log in from here? pg_hba.conf says who may, and how"),
            "3D000" => format!("`createdb {database}` creates it"),
            "53300" => "a smaller pool (`max_size`) leaves connections to others".to_owned(),
            _ => String::new(),
        };
        if self.database.hint.is_none() && !advice.is_empty() {
            self.database.hint = Some(advice);
        }
        let kind = match ErrorKind::from_sqlstate(self.sqlstate()) {
            ErrorKind::Authentication => ErrorKind::Authentication,
            _ => ErrorKind::Connect,
        };
        Error::from_database(kind, self.database)
    }

    /// The error, for the caller of the statement.
    pub(super) fn into_error(self, statement: Option<&Arc<str>>) -> Error {
        let kind = match ErrorKind::from_sqlstate(self.sqlstate()) {
            ErrorKind::Database if self.is_fatal() => ErrorKind::ConnectionLost,
            kind => kind,
        };
        let error = Error::from_database(kind, self.database);
        match statement {
            Some(sql) => error.with_statement(sql),
            None => error,
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn every_field_arrives() {
        let body = b"SERREUR\0VERROR\0C23505\0Mdoppelt\0Ddetail\0Hhint\0P7\0spublic\0tbook\0cid\0nbook_pkey\0R_bt_check_unique\0\0";
        let error = Report::parse(body).into_error(Some(&Arc::from("insert …")));
        assert!(error.is_unique_violation());
        assert_eq!(
            error.database().unwrap(),
            &DatabaseError {
                message: "doppelt".into(),
                sqlstate: Some("23505".into()),
                detail: Some("detail".into()),
                hint: Some("hint".into()),
                schema: Some("public".into()),
                table: Some("book".into()),
                column: Some("id".into()),
                constraint: Some("book_pkey".into()),
                position: Some(7),
            }
        );
        assert_eq!(error.statement(), Some("insert …"));
    }

    #[test]
    fn a_fatal_report_is_a_lost_connection() {
        let error = Report::parse(b"VFATAL\0C57P05\0Mtoo idle\0\0").into_error(None);
        assert!(error.is_connection_lost());
        assert!(Report::parse(b"VERROR\0C0A000\0RRevalidateCachedQuery\0\0").is_stale_statement());
        assert!(!Report::parse(b"VERROR\0C0A000\0Rother\0\0").is_stale_statement());
    }
}
