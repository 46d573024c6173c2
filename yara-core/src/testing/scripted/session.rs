//! The server's side of a scripted connection: transactions by PostgreSQL's rules.

use super::Script;
use crate::error::{DatabaseError, Error, ErrorKind, Result};

/// What a statement gave.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Answer {
    pub(super) rows: u64,
}

/// A savepoint: its name, and how many rows there were.
type Mark = (String, usize);

pub(super) struct Session {
    script: Script,
    /// Rows of the open transaction.
    transaction: Option<Vec<String>>,
    /// Whether it takes no more statements.
    failed: bool,
    marks: Vec<Mark>,
    /// Whether the batch under way is the transaction.
    is_implicit: bool,
    pub(super) cursors: usize,
}

impl Session {
    pub(super) fn new(script: Script) -> Session {
        Session {
            script,
            transaction: None,
            failed: false,
            marks: Vec::new(),
            is_implicit: false,
            cursors: 0,
        }
    }

    pub(super) fn has_remains(&self) -> bool {
        self.transaction.is_some() || self.cursors > 0
    }

    pub(super) fn reset(&mut self) {
        self.rollback();
    }

    fn rollback(&mut self) {
        if self.transaction.take().is_some() && !self.is_implicit {
            self.script.count_transactions(false);
        }
        self.failed = false;
        self.marks.clear();
        self.is_implicit = false;
    }

    /// Outside a transaction a batch is one. Says whether this one is.
    pub(super) fn begin_batch(&mut self) -> bool {
        if self.is_implicit {
            // The remains of a batch that was dropped.
            self.rollback();
        }
        let is_atomic = self.transaction.is_none();
        if is_atomic {
            self.transaction = Some(Vec::new());
            self.is_implicit = true;
        }
        is_atomic
    }

    pub(super) fn end_batch(&mut self, is_atomic: bool, succeeded: bool) {
        if is_atomic && self.is_implicit {
            let rows = self.transaction.take();
            self.is_implicit = false;
            self.failed = false;
            if succeeded {
                self.script.commit(rows.unwrap_or_default());
            }
        } else if !succeeded && self.transaction.is_some() {
            self.failed = true;
        }
    }

    pub(super) fn statement(&mut self, sql: &str) -> Result<Answer> {
        let (verb, rest) = sql.split_once(' ').unwrap_or((sql, ""));
        let is_control = matches!(verb, "ROLLBACK" | "COMMIT" | "reset");
        if self.failed && !is_control {
            return Err(refused(ErrorKind::Transaction, "current transaction is aborted"));
        }
        match verb {
            "BEGIN" if self.transaction.is_some() && !self.is_implicit => {
                return Err(refused(ErrorKind::Transaction, "there is a transaction already"));
            }
            "BEGIN" => {
                self.is_implicit = false;
                self.transaction.get_or_insert_with(Vec::new);
                self.script.count_transactions(true);
            }
            "COMMIT" => {
                if !self.failed
                    && !self.is_implicit
                    && let Some(rows) = &mut self.transaction
                {
                    self.script.commit(rows.drain(..));
                }
                self.rollback();
            }
            "ROLLBACK" if rest.is_empty() => self.rollback(),
            "ROLLBACK" | "RELEASE" => {
                let name = rest.rsplit(' ').next().unwrap_or_default();
                let Some(at) = self.marks.iter().rposition(|(mark, _)| mark == name) else {
                    self.failed = self.transaction.is_some();
                    return Err(refused(ErrorKind::Transaction, "no such savepoint"));
                };
                if verb == "ROLLBACK" {
                    let length = self.marks[at].1;
                    self.failed = false;
                    self.marks.truncate(at + 1);
                    if let Some(rows) = &mut self.transaction {
                        rows.truncate(length);
                    }
                } else {
                    self.marks.truncate(at);
                }
            }
            "SAVEPOINT" => {
                let length = self.transaction.as_ref().map_or(0, Vec::len);
                self.marks.push((rest.to_owned(), length));
            }
            "insert" => {
                if let Some(rows) = &mut self.transaction {
                    rows.push(rest.to_owned());
                }
                return Ok(Answer { rows: 0 });
            }
            "rows" => return Ok(Answer { rows: rest.parse().unwrap_or(0) }),
            "fail" => return Err(failure(rest)),
            _ => {}
        }
        Ok(Answer::default())
    }
}

fn failure(name: &str) -> Error {
    let kind = match name {
        "unique" => ErrorKind::UniqueViolation,
        "serialization" => ErrorKind::SerializationFailure,
        "deadlock" => ErrorKind::Deadlock,
        "busy" => ErrorKind::Busy,
        "canceled" => ErrorKind::QueryCanceled,
        _ => ErrorKind::Programming,
    };
    refused(kind, &format!("failed by the script: {name}"))
}

fn refused(kind: ErrorKind, message: &str) -> Error {
    Error::from_database(kind, DatabaseError { message: message.into(), ..Default::default() })
}
