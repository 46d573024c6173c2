//! What migrations do to one database, statement by statement, before anything is sent.

use super::{Direction, names};
use crate::error::{Error, ErrorKind, Result};
use crate::migrate::history::{APP_LENGTH, Applied, NAME_LENGTH};
use crate::migrate::{NamedMigration, Operation, State};
use crate::schema::definition::Sql;
use crate::sql::Dialect;
use crate::sql::ddl;
use std::collections::BTreeSet;
use std::fmt;

/// What one migration does.
#[derive(Debug)]
pub(super) struct Planned {
    /// Its name.
    pub(super) name: String,
    /// Whether it is one transaction.
    pub(super) is_whole: bool,
    /// Whether it makes a table anew, under which foreign keys must not be looked at.
    pub(super) rebuilds: bool,
    /// The names that the history has when it begins.
    pub(super) expected: BTreeSet<String>,
    /// What is to be done, in order.
    pub(super) work: Vec<Work>,
}

/// What an operation does.
#[derive(Debug)]
pub(super) enum Work {
    /// Statements.
    Statements {
        /// What for.
        what: String,
        /// In order.
        texts: Vec<String>,
        /// Whether they cannot, or need not, be in a transaction.
        outside: bool,
    },
    /// Code of the program.
    Step(String),
}

impl fmt::Display for Work {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Work::Statements { what, .. } => f.write_str(what),
            Work::Step(name) => write!(f, "step {name}"),
        }
    }
}

/// What the chosen migrations do, one after the other.
pub(super) fn plan(
    migrations: &[NamedMigration],
    applied: &[Applied],
    chosen: &[&NamedMigration],
    direction: Direction,
    dialect: &dyn Dialect,
) -> Result<Vec<Planned>> {
    // In the order in which the database has had them, which need not be that of the files.
    let mut had: Vec<&str> = applied.iter().map(|row| row.name.as_str()).collect();
    let mut expected = names(applied);
    let mut planned = Vec::with_capacity(chosen.len());
    let mut state = state_of(migrations, &had)?;
    for one in chosen {
        if direction == Direction::Down {
            had.retain(|name| *name != one.name);
            state = state_of(migrations, &had)?;
        }
        let mut next = planned_one(one, &mut state, direction, dialect)?;
        next.expected = expected.clone();
        planned.push(next);
        match direction {
            Direction::Up => expected.insert(one.name.clone()),
            Direction::Down => expected.remove(&one.name),
        };
    }
    Ok(planned)
}

/// The tables after some migrations; those without a file are passed over.
fn state_of(migrations: &[NamedMigration], had: &[&str]) -> Result<State> {
    let of_name = |name: &&str| migrations.iter().find(|migration| migration.name == *name);
    let had: Vec<NamedMigration> = had.iter().filter_map(of_name).cloned().collect();
    State::after(&had)
}

/// What one migration does: `state` is that before it, and becomes that after it, whichever way.
pub(super) fn planned_one(
    one: &NamedMigration,
    state: &mut State,
    direction: Direction,
    dialect: &dyn Dialect,
) -> Result<Planned> {
    check(one)?;
    // A database without such a lock has the program's transaction alone, and nothing there has to
    // be done outside of one.
    let is_whole = one.migration.atomic || dialect.migration_lock().is_none();
    let mut planned = Planned {
        name: one.name.clone(),
        is_whole,
        rebuilds: false,
        expected: BTreeSet::new(),
        work: Vec::new(),
    };
    for (at, operation) in one.migration.operations.iter().enumerate() {
        let before = state.clone();
        state.apply(operation).map_err(|error| about(one, at, operation, error))?;
        let work = match direction {
            Direction::Up => work(at, operation, &before, state, dialect, &mut planned.rebuilds),
            Direction::Down => {
                unwork(at, operation, &before, state, dialect, &mut planned.rebuilds)
            }
        };
        planned.work.extend(work.map_err(|error| about(one, at, operation, error))?);
    }
    if direction == Direction::Down {
        planned.work.reverse();
    }
    Ok(planned)
}

/// What does an operation, which is the one at this position.
fn work(
    at: usize,
    operation: &Operation,
    before: &State,
    after: &State,
    dialect: &dyn Dialect,
    rebuilds: &mut bool,
) -> Result<Vec<Work>> {
    if let Operation::Step { name } = operation {
        return Ok(vec![Work::Step(name.clone())]);
    }
    let mut texts = ddl::alter(operation, &before.tables, &after.tables, dialect)?;
    // Such as what undoes a statement of the user's that needs no undoing.
    texts.retain(|text| !text.trim().is_empty());
    *rebuilds |= ddl::needs_foreign_keys_off(operation, dialect);
    let outside = matches!(
        operation,
        Operation::Sql { .. }
            | Operation::AddIndex { concurrently: true, .. }
            | Operation::DropIndex { concurrently: true, .. }
    );
    let what = numbered(at, operation);
    let is_empty = texts.is_empty();
    Ok(if is_empty { Vec::new() } else { vec![Work::Statements { what, texts, outside }] })
}

/// What undoes an operation.
fn unwork(
    at: usize,
    operation: &Operation,
    before: &State,
    after: &State,
    dialect: &dyn Dialect,
    rebuilds: &mut bool,
) -> Result<Vec<Work>> {
    if let Operation::Step { name } = operation {
        return Ok(vec![Work::Step(name.clone())]);
    }
    let Some(undo) = before.undo(operation)? else {
        let message = "it cannot be undone: nothing says how; give it `down`";
        return Err(Error::new(ErrorKind::Configuration, message));
    };
    work(at, &undo, after, before, dialect, rebuilds)
}

/// Refuses what no database could run.
fn check(one: &NamedMigration) -> Result<()> {
    if one.name.chars().count() > NAME_LENGTH as usize {
        return Err(Error::new(
            ErrorKind::Configuration,
            format!("the name `{}` has more than {NAME_LENGTH} characters", one.name),
        ));
    }
    for (at, operation) in one.migration.operations.iter().enumerate() {
        let concurrent = matches!(
            operation,
            Operation::AddIndex { concurrently: true, .. }
                | Operation::DropIndex { concurrently: true, .. }
        );
        let reason = if concurrent && one.migration.atomic {
            "an index that is built, or dropped, while rows are written cannot be part of a \
             transaction; put it into a migration of its own, with `atomic = false` before its \
             first operation"
        } else if ends_transaction(operation) {
            "a migration begins and ends its transaction by itself; leave BEGIN, COMMIT and \
             ROLLBACK out, and where it is not to be in one, put `atomic = false` before the first \
             operation"
        } else {
            continue;
        };
        let error = Error::new(ErrorKind::Configuration, reason);
        return Err(about(one, at, operation, error));
    }
    Ok(())
}

/// Whether a statement of the user's is one that begins or ends a transaction.
fn ends_transaction(operation: &Operation) -> bool {
    let Operation::Sql { up, down } = operation else { return false };
    let texts = [Some(up), down.as_ref()].into_iter().flatten().flat_map(|sql| match sql {
        Sql::Same(text) => vec![text],
        Sql::Each(texts) => texts.values().collect(),
    });
    let words = ["begin", "begin transaction", "start transaction", "commit", "rollback"];
    // `END` is left out: it ends the body of a trigger, too.
    texts.flat_map(|text| text.split(';')).any(|statement| {
        let statement = statement.split_ascii_whitespace().collect::<Vec<_>>().join(" ");
        words.iter().any(|word| statement.eq_ignore_ascii_case(word))
    })
}

/// Refuses a label that the history cannot hold.
pub(super) fn check_app(app: &str) -> Result<()> {
    let length = app.chars().count();
    if length == 0 || length > APP_LENGTH as usize {
        return Err(Error::new(
            ErrorKind::Configuration,
            format!(
                "the label of migrations has 1 to {APP_LENGTH} characters, and `{app}` has {length}"
            ),
        ));
    }
    Ok(())
}

fn about(one: &NamedMigration, at: usize, operation: &Operation, error: Error) -> Error {
    error.context(format!("{}, {}", one.name, numbered(at, operation)))
}

fn numbered(at: usize, operation: &Operation) -> String {
    format!("operation {} ({operation})", at + 1)
}
