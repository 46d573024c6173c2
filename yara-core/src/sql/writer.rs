//! The text that is being written.

use super::{Access, Binding, Dialect, Hole, Level, Parameter, Transform, Written};
use crate::error::{Error, ErrorKind, Result};
use crate::schema::Table;
use crate::schema::definition::TableName;
use crate::tree::{Alias, Expr, Literal};

/// Where a value stands, for databases that infer the type of a text from its surroundings.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// Beside a column, or as its new value: it is of the column's type.
    Column,
    /// Anywhere else: nothing tells its type.
    Free,
}

/// Text, parameters, and the dialect that both are for.
pub struct Writer<'d> {
    /// What the database does differently.
    pub(super) dialect: &'d dyn Dialect,
    /// The table that the statement writes, which has no alias.
    pub(super) written: Option<&'static Table>,
    /// Whether values are written as constants: DDL has no parameters.
    pub(super) constants: bool,
    /// Whether a query in the statement locks rows.
    pub(super) locks: bool,
    sql: String,
    holes: Vec<Hole>,
    parameters: Vec<Parameter>,
}

impl<'d> Writer<'d> {
    pub(super) fn new(dialect: &'d dyn Dialect) -> Writer<'d> {
        Writer {
            dialect,
            written: None,
            constants: false,
            locks: false,
            sql: String::with_capacity(256),
            holes: Vec::new(),
            parameters: Vec::new(),
        }
    }

    pub(super) fn finish(self, access: Access, binding: Binding) -> Written {
        let Writer { sql, holes, parameters, .. } = self;
        Written { sql, holes, parameters, access, prepare: true, binding }
    }

    /// How many bytes have been written.
    pub(super) fn length(&self) -> usize {
        self.sql.len()
    }

    /// How many parameters there are so far.
    pub(super) fn parameter_count(&self) -> usize {
        self.parameters.len()
    }

    pub(super) fn into_text(self) -> String {
        self.sql
    }

    /// Text as it is: keywords and punctuation, never what a user gave.
    pub fn push(&mut self, text: &str) {
        self.sql.push_str(text);
    }

    /// Takes `end` off what is written, if it ends so.
    pub(super) fn drop_end(&mut self, end: &str) {
        if self.sql.ends_with(end) {
            self.sql.truncate(self.sql.len() - end.len());
        }
    }

    /// An identifier, quoted.
    pub fn name(&mut self, name: &str) {
        self.sql.push('"');
        for character in name.chars() {
            if character == '"' {
                self.sql.push('"');
            }
            self.sql.push(character);
        }
        self.sql.push('"');
    }

    /// The name of a table, with its schema.
    pub fn table(&mut self, table: &Table) {
        if let Some(schema) = table.schema {
            self.name(schema);
            self.push(".");
        }
        self.name(table.name);
    }

    /// The same of a table that no model need stand for.
    pub fn table_name(&mut self, table: &TableName) {
        if let Some(schema) = &table.schema {
            self.name(schema);
            self.push(".");
        }
        self.name(&table.name);
    }

    /// The name by which a statement's columns are told apart.
    pub fn alias(&mut self, alias: Alias) -> Result<()> {
        match (alias, self.written) {
            (Alias::EXCLUDED, _) => self.push("excluded"),
            (Alias::NUMBERED, _) => self.push("numbered"),
            (Alias::WRITTEN, Some(table)) => self.name(table.name),
            (Alias::WRITTEN, None) => {
                return Err(internal("a column of no table was to be written"));
            }
            (Alias(number), _) => self.name(&format!("t{number}")),
        }
        Ok(())
    }

    /// An expression, whatever stands at its top.
    pub fn expr(&mut self, expr: &Expr) -> Result<()> {
        self.wrapped(Level::Raw, |writer| super::expr::expr(writer, expr, Place::Free))
    }

    /// An expression as an operand: in parentheses where it holds together more loosely than
    /// `least`.
    pub fn operand(&mut self, expr: &Expr, least: Level) -> Result<()> {
        self.wrapped(least, |writer| super::expr::expr(writer, expr, Place::Free))
    }

    /// An operand of a comparison with `other`, or a new value of a column.
    pub fn operand_beside(&mut self, expr: &Expr, least: Level, other: &Expr) -> Result<()> {
        let place = if matches!(other, Expr::Slot(_)) { Place::Column } else { Place::Free };
        self.wrapped(least, |writer| super::expr::expr(writer, expr, place))
    }

    /// The new value of a column.
    pub fn new_value(&mut self, expr: &Expr) -> Result<()> {
        self.wrapped(Level::Raw, |writer| super::expr::expr(writer, expr, Place::Column))
    }

    /// What `write` writes, in parentheses where it holds together more loosely than `least`.
    pub fn wrapped(
        &mut self,
        least: Level,
        write: impl FnOnce(&mut Self) -> Result<Level>,
    ) -> Result<()> {
        let start = self.sql.len();
        if write(self)? < least {
            self.sql.insert(start, '(');
            self.sql.push(')');
            for hole in self.holes.iter_mut().filter(|hole| hole.at >= start) {
                hole.at += 1;
            }
        }
        Ok(())
    }

    /// Things with commas between them.
    pub fn list<T>(
        &mut self,
        items: impl IntoIterator<Item = T>,
        mut write: impl FnMut(&mut Self, T) -> Result<()>,
    ) -> Result<()> {
        for (at, item) in items.into_iter().enumerate() {
            if at > 0 {
                self.push(", ");
            }
            write(self, item)?;
        }
        Ok(())
    }

    /// A statement within the statement, which writes a table of its own.
    pub(super) fn apart(&mut self, write: impl FnOnce(&mut Self) -> Result<()>) -> Result<()> {
        let written = self.written.take();
        let result = write(self);
        self.written = written;
        result
    }

    /// Errs where the database cannot do something, and says what it can do instead.
    pub fn require(&self, can: bool, what: &str, instead: &str) -> Result<()> {
        if can {
            return Ok(());
        }
        Err(Error::new(
            ErrorKind::Unsupported,
            format!("{} has no {what}; {instead}", self.dialect.name()),
        ))
    }

    /// A call: `name(argument, …)`.
    pub fn call(&mut self, name: &str, arguments: &[&Expr]) -> Result<Level> {
        self.push(name);
        self.push("(");
        self.list(arguments, |writer, argument| writer.expr(argument))?;
        self.push(")");
        Ok(Level::Atom)
    }

    /// A value: a parameter, or in DDL a constant.
    pub fn value(
        &mut self,
        literal: &Literal,
        transform: Transform,
        place: Place,
    ) -> Result<Level> {
        self.dialect.check_kind(literal.value.kind())?;
        if self.constants {
            let value = transform.apply(literal.value.clone())?;
            let constant = self.dialect.constant(&value)?;
            self.push(&constant);
            return Ok(Level::Atom);
        }
        let number = self.parameter(literal, transform);
        self.push(self.dialect.placeholder());
        self.push(&number.to_string());
        if place == Place::Free
            && let Some(suffix) = self.dialect.parameter_cast(literal.value.kind())
        {
            self.push("::");
            self.push(&suffix);
        }
        Ok(Level::Atom)
    }

    /// The number of a parameter, from 1; the same for the same literal.
    pub fn parameter(&mut self, literal: &Literal, transform: Transform) -> usize {
        let parameter = Parameter { slot: literal.slot, transform };
        let known = self.parameters.iter().position(|known| *known == parameter);
        let at = known.unwrap_or_else(|| {
            self.parameters.push(parameter);
            self.parameters.len() - 1
        });
        at + 1
    }

    /// A number that is part of the text, see [`Hole`].
    pub fn hole(&mut self, literal: &Literal, what: &'static str) {
        self.holes.push(Hole { at: self.sql.len(), slot: literal.slot, what });
    }
}

/// A fault of the planner.
pub(super) fn internal(reason: &str) -> Error {
    Error::new(ErrorKind::Internal, reason)
}
