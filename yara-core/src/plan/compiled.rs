//! A written statement, to be bound to the values of any tree of its shape.

use super::invalid;
use crate::backend::{Command, Request};
use crate::error::{Error, ErrorKind, Result};
use crate::sql::{Binding, BulkInsert, Dialect, Written, row_count};
use crate::tree::{Literal, Statement};
use crate::value::Value;
use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};

/// How many texts of one statement are kept, where numbers are part of the text.
const RENDERED: usize = 16;

/// So many rows are inserted by one statement, as long as there are as many, where a row would be
/// a statement otherwise. Few sizes, because each is a statement to be prepared.
const WIDE: [usize; 2] = [64, 8];
/// The number of parameters that SQLite takes (source: `SQLITE_LIMIT_VARIABLE_NUMBER`), as other
/// databases do.
const MOST_PARAMETERS: usize = 32_766;

/// A statement in the SQL of one database, see [`compile`](super::compile).
#[derive(Debug)]
pub struct Compiled {
    written: Written,
    same: Vec<(usize, usize)>,
    commands: Commands,
    /// Whether each value is used once, so that it can be moved.
    used_once: bool,
    /// The name of the database, for messages.
    database: &'static str,
}

/// The statement as a backend runs it.
#[derive(Debug)]
enum Commands {
    /// One text.
    One(Arc<Command>),
    /// A text for each choice of the numbers in it; the latest first.
    Rendered(Mutex<VecDeque<(Vec<i64>, Arc<Command>)>>),
}

impl Compiled {
    pub(super) fn new(
        written: Written,
        same: Vec<(usize, usize)>,
        dialect: &dyn Dialect,
    ) -> Compiled {
        let commands = match written.text() {
            Some(text) => Commands::One(Arc::new(Command {
                prepare: written.prepare,
                copy: matches!(written.binding, Binding::Rows { how: BulkInsert::Copy, .. }),
                wide: wide(&written, dialect),
                ..Command::new(text, written.access)
            })),
            None => Commands::Rendered(Mutex::default()),
        };
        let mut slots: Vec<usize> =
            written.parameters.iter().map(|parameter| parameter.slot).collect();
        slots.extend(written.holes.iter().map(|hole| hole.slot));
        slots.extend(same.iter().flat_map(|(a, b)| [*a, *b]));
        slots.sort_unstable();
        let used_once = slots.windows(2).all(|pair| pair[0] != pair[1]);
        Compiled { written, same, commands, used_once, database: dialect.name() }
    }

    /// What was written: text, parameters, and how rows are bound.
    pub fn written(&self) -> &Written {
        &self.written
    }

    /// Whether the values of a tree of this shape are equal where the plan took them to be.
    pub(super) fn fits(&self, statement: &Statement) -> bool {
        if self.same.is_empty() {
            return true;
        }
        let mut values: Vec<&Value> = Vec::with_capacity(self.written.parameters.len());
        statement.for_each_literal(|literal| values.push(&literal.value));
        self.same.iter().all(|(kept, replaced)| values.get(*kept) == values.get(*replaced))
    }

    /// The statement with the values of a tree, which must have the shape of the one that was
    /// compiled.
    pub fn request(&self, statement: &Statement) -> Result<Request> {
        let mut literals: Vec<&Literal> = Vec::with_capacity(self.written.parameters.len());
        statement.for_each_literal(|literal| literals.push(literal));
        let value = |slot: usize| literals.get(slot).map(|literal| &literal.value);
        self.check_same(&value)?;
        let command = self.command(&value)?;
        self.bind(command, |slot| value(slot).cloned())
    }

    /// Like [`Compiled::request`], but takes the values out of the tree where each is used once.
    pub fn take_request(&self, statement: &mut Statement) -> Result<Request> {
        if !self.used_once {
            return self.request(statement);
        }
        let mut values: Vec<Value> = Vec::with_capacity(self.written.parameters.len());
        statement.for_each_literal_mut(|literal| {
            let kind = literal.value.kind();
            values.push(std::mem::replace(&mut literal.value, Value::Null(kind)));
        });
        self.request_of(values)
    }

    /// Whether the statement is right for all values, and each of them is used once.
    pub(crate) fn is_of_any_values(&self) -> bool {
        self.used_once && self.same.is_empty()
    }

    /// The statement with the values of a tree, in its order, each of which is used once.
    pub(crate) fn request_of(&self, mut values: Vec<Value>) -> Result<Request> {
        let command = self.command(&|slot| values.get(slot))?;
        self.bind(command, |slot| {
            let value = values.get_mut(slot)?;
            let kind = value.kind();
            Some(std::mem::replace(value, Value::Null(kind)))
        })
    }

    /// The values of the parameters, for each row where rows are bound one by one.
    fn bind(
        &self,
        command: Arc<Command>,
        mut take: impl FnMut(usize) -> Option<Value>,
    ) -> Result<Request> {
        let mut values = Vec::with_capacity(self.written.parameters.len());
        for parameter in &self.written.parameters {
            let value = take(parameter.slot).ok_or_else(|| self.wrong_shape())?;
            values.push(parameter.transform.apply(value)?);
        }
        match &self.written.binding {
            Binding::Once => Ok(Request::new(command, values)),
            Binding::Rows { how, columns, .. } => {
                let rows = self.row_count(&values, columns)?;
                match how {
                    BulkInsert::Unnest => Ok(Request::new(command, values)),
                    BulkInsert::Repeat | BulkInsert::Copy => {
                        let values = by_row(values, columns, rows);
                        Ok(Request { command, values, repeat: rows })
                    }
                }
            }
        }
    }

    /// The number of rows; all columns must give as many values.
    fn row_count(&self, values: &[Value], columns: &[usize]) -> Result<usize> {
        let mut rows = None;
        for column in columns {
            let Some(Value::Array(array)) = values.get(*column) else {
                return Err(self.wrong_shape());
            };
            let length = array.items.len();
            if *rows.get_or_insert(length) != length {
                return Err(invalid(format!(
                    "the columns of an insert differ in length: {} and {length} values",
                    rows.unwrap_or_default()
                )));
            }
        }
        Ok(rows.unwrap_or_default())
    }

    fn check_same<'v>(&self, value: &impl Fn(usize) -> Option<&'v Value>) -> Result<()> {
        for (kept, replaced) in &self.same {
            if value(*kept) != value(*replaced) {
                return Err(invalid(format!(
                    "an expression of a query differs from the one it groups or orders by only in \
                     a value ({:?} and {:?}); they must be the same expression",
                    value(*replaced),
                    value(*kept)
                )));
            }
        }
        Ok(())
    }

    /// The command, with the numbers of this tree in its text if it has such.
    fn command<'v>(&self, value: &dyn Fn(usize) -> Option<&'v Value>) -> Result<Arc<Command>> {
        let rendered = match &self.commands {
            Commands::One(command) => return Ok(command.clone()),
            Commands::Rendered(rendered) => rendered,
        };
        let mut numbers = Vec::with_capacity(self.written.holes.len());
        for hole in &self.written.holes {
            let value = value(hole.slot).ok_or_else(|| self.wrong_shape())?;
            numbers.push(row_count(value, hole.what)?);
        }
        let mut rendered = rendered.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(at) = rendered.iter().position(|(known, _)| *known == numbers) {
            return Ok(rendered[at].1.clone());
        }
        let text = self.written.render(&numbers);
        let command = Arc::new(Command::new(text, self.written.access));
        rendered.push_front((numbers, command.clone()));
        rendered.truncate(RENDERED);
        Ok(command)
    }

    fn wrong_shape(&self) -> Error {
        Error::new(
            ErrorKind::Internal,
            format!("a statement for {} was bound to a tree of another shape", self.database),
        )
    }
}

/// The texts for several rows at once.
fn wide(written: &Written, dialect: &dyn Dialect) -> Vec<(usize, Arc<str>)> {
    WIDE.into_iter()
        .filter(|rows| rows * written.parameters.len() <= MOST_PARAMETERS)
        .filter_map(|rows| Some((rows, written.for_rows(rows, dialect.placeholder())?.into())))
        .collect()
}

/// The values of one row after the other; what is not a column is given to each row.
fn by_row(values: Vec<Value>, columns: &[usize], rows: usize) -> Vec<Value> {
    let width = values.len();
    let mut sources: Vec<Result<std::vec::IntoIter<Value>, Value>> = values
        .into_iter()
        .enumerate()
        .map(|(at, value)| match value {
            Value::Array(array) if columns.contains(&at) => Ok(array.items.into_iter()),
            value => Err(value),
        })
        .collect();
    let mut flat = Vec::with_capacity(width * rows);
    for _ in 0..rows {
        for source in &mut sources {
            match source {
                Ok(items) => flat.extend(items.next()),
                Err(shared) => flat.push(shared.clone()),
            }
        }
    }
    flat
}
