//! SQLite's SQL.
//!
//! What SQLite lacks is a function or a collation that each connection brings along: `yara_lower`
//! and its like fold all of Unicode, and decimals, which are stored as text, are compared by the
//! collation `yara_numeric` and calculated with by `yara_numeric_add` and its like. Text is ordered
//! by code point.
//!
//! Dates and times are texts, and functions read and calculate with them.

mod aggregate;
mod cast;
mod explain;
mod expr;
mod fts;
mod functions;
mod moment;
mod numeric;
mod rebuild;
mod returning;
mod types;

use super::ddl::{CreateOptions, Subject, identity};
use super::{
    AutoColumn, BulkInsert, Capabilities, Dialect, ExplainOptions, Level, Writer, constant,
};
use crate::error::{Error, ErrorKind, Result};
use crate::schema::Table;
use crate::schema::definition::{ColumnDefinition, FulltextDefinition, TableDefinition, TableName};
use crate::transaction::TransactionOptions;
use crate::tree::{
    Aggregate, Alias, BinaryOperator, Expr, Frame, Function, InList, InRows, Literal, Lock, Order,
    SetOperator, TextMatch, Window,
};
use crate::value::{Type, Value};
use std::borrow::Cow;

/// SQLite's SQL.
#[derive(Debug, Clone, Copy)]
pub struct Sqlite;

impl Dialect for Sqlite {
    fn name(&self) -> &'static str {
        "SQLite"
    }

    fn capabilities(&self) -> &'static Capabilities {
        &Capabilities {
            bulk_insert: BulkInsert::Repeat,
            alter_table: false,
            concurrent_indexes: false,
            literal_limit: true,
            offset_needs_limit: true,
            null_is_greatest: false,
            schemas: false,
            comments: false,
            // There is no limit of its own; this is that of PostgreSQL, so that a schema fits both.
            name_bytes: 63,
            drop_cascade: false,
            lateral: false,
            writing_commons: false,
            // Source: `SQLITE_LIMIT_COMPOUND_SELECT`.
            most_combined: Some(500),
            distinct_on: false,
            conflict_constraint: false,
            copy: false,
            index_methods: false,
            index_nulls: false,
            conflict_needs_where: true,
            list_order: false,
            dropped_collation: None,
        }
    }

    /// Every isolation level is met: SQLite's transactions are serializable. One that may write
    /// takes the lock at once, because a reader that becomes a writer can fail halfway
    /// (source: SQLite documentation, "Transactions", 2.2).
    fn begin(&self, options: &TransactionOptions) -> Result<String> {
        Ok(if options.read_only { "BEGIN" } else { "BEGIN IMMEDIATE" }.into())
    }

    /// It does nothing in a transaction (source: SQLite documentation, "PRAGMA foreign_keys").
    fn foreign_keys_off(&self) -> Option<&'static str> {
        Some("PRAGMA foreign_keys = OFF")
    }

    /// As a table, because the pragma of this name would be taken for one that sets something.
    fn foreign_key_check(&self) -> Option<&'static str> {
        Some("SELECT \"table\", rowid, parent FROM pragma_foreign_key_check")
    }

    fn explain(&self, options: &ExplainOptions) -> Result<String> {
        explain::before(options)
    }

    fn explained(&self, options: &ExplainOptions, rows: &[Vec<String>]) -> String {
        explain::plan(options, rows)
    }

    fn placeholder(&self) -> &'static str {
        "?"
    }

    fn check_kind(&self, kind: Type) -> Result<()> {
        types::check_kind(kind)
    }

    fn parameter_cast(&self, _kind: Type) -> Option<Cow<'static, str>> {
        None
    }

    fn constant(&self, value: &Value) -> Result<String> {
        match value {
            Value::Numeric(number) => constant::quoted(number.as_str()),
            Value::Interval(interval) => match interval.as_micros() {
                Some(micros) => Ok(format!("({micros})")),
                None => constant::standard(value),
            },
            value => match constant::moment(value) {
                Some(text) => constant::quoted(&text?),
                None => constant::standard(value),
            },
        }
    }

    /// To the millisecond, which is what SQLite's own clock gives; other tools can insert, too.
    fn clock(&self, kind: Type) -> Option<&'static str> {
        Some(match kind {
            Type::TimestampTz => "strftime('%Y-%m-%d %H:%M:%f', 'now') || '000+00:00'",
            Type::Timestamp => "strftime('%Y-%m-%d %H:%M:%f', 'now') || '000'",
            Type::Date => "date('now')",
            Type::Time => "strftime('%H:%M:%f', 'now') || '000'",
            _ => return None,
        })
    }

    fn random_hex(&self, bytes: u32) -> String {
        format!("lower(hex(randomblob({bytes})))")
    }

    fn column_type(&self, column: &ColumnDefinition) -> Cow<'static, str> {
        types::of_column(column)
    }

    /// AUTOINCREMENT, so that the key of a deleted row is never given to another one.
    fn auto_column(&self, table: Subject<'_>, column: &ColumnDefinition) -> Result<AutoColumn> {
        if table.table.primary_key != [column.name.as_str()] {
            return Err(Error::new(
                ErrorKind::Unsupported,
                format!(
                    "SQLite counts up a primary key of one column only, and {} is not one; give its \
                     values from the program",
                    table.path(&column.name)
                ),
            ));
        }
        identity(table, column, || AutoColumn {
            definition: "INTEGER PRIMARY KEY AUTOINCREMENT".into(),
            is_key: true,
        })
    }

    fn column_check(&self, column: &ColumnDefinition, name: &str) -> Option<String> {
        types::check(column, name)
    }

    fn create_fulltext(
        &self,
        table: Subject<'_>,
        index: &FulltextDefinition,
        options: CreateOptions,
    ) -> Result<Vec<String>> {
        fts::create(self, table, index, options)
    }

    fn drop_fulltext(&self, index: &FulltextDefinition) -> Option<String> {
        Some(fts::drop(self, index))
    }

    fn remove_fulltext(&self, _: &TableDefinition, index: &FulltextDefinition) -> Vec<String> {
        fts::remove(self, index)
    }

    fn keep_fulltext(&self, table: Subject<'_>, index: &FulltextDefinition) -> Result<Vec<String>> {
        fts::triggers(self, table, index, CreateOptions::default())
    }

    fn before_rebuild(
        &self,
        table: &TableName,
        indexes: &[String],
        fulltext: &[&FulltextDefinition],
    ) -> Result<Vec<String>> {
        rebuild::before(table, indexes, fulltext)
    }

    fn row_number(&self) -> Option<&'static str> {
        Some("rowid")
    }

    fn swap_tables(&self, old: &str, new: &str, counted: bool) -> Result<Vec<String>> {
        rebuild::swap(self, old, new, counted)
    }

    /// Rows that refer to each other in a circle can go only together: foreign keys are checked
    /// when the transaction ends (source: SQLite documentation, "PRAGMA defer_foreign_keys").
    fn before_drop(&self) -> Option<&'static str> {
        Some("PRAGMA defer_foreign_keys = ON")
    }

    fn write_in(&self, writer: &mut Writer<'_>, list: &InList) -> Result<Level> {
        expr::in_list(writer, list)
    }

    fn write_in_rows(&self, writer: &mut Writer<'_>, rows: &InRows) -> Result<Level> {
        expr::in_rows(writer, rows)
    }

    fn same_operator(&self, negated: bool) -> &'static str {
        if negated { " IS NOT " } else { " IS " }
    }

    fn write_match(&self, writer: &mut Writer<'_>, text: &TextMatch) -> Result<Level> {
        expr::matches(writer, text)
    }

    fn write_cast(&self, writer: &mut Writer<'_>, operand: &Expr, kind: Type) -> Result<Level> {
        cast::cast(writer, operand, kind)
    }

    fn write_call(
        &self,
        writer: &mut Writer<'_>,
        function: Function,
        arguments: &[Expr],
    ) -> Result<Level> {
        functions::call(writer, function, arguments)
    }

    /// Rows are given one by one here, each with its number as a parameter.
    fn write_numbered(
        &self,
        writer: &mut Writer<'_>,
        columns: &[Literal],
        _numbers: &Literal,
    ) -> Result<()> {
        self.write_unnest(writer, columns)
    }

    fn write_row_number(&self, writer: &mut Writer<'_>) {
        writer.push("NULL");
    }

    fn write_is_new(&self, writer: &mut Writer<'_>) {
        writer.push("yara_is_new()");
    }

    /// SQLite says nowhere which of the two an upsert did. But it evaluates the values of a row,
    /// then the new values of the old one if there is one, then what is returned of it; so the
    /// functions leave a mark.
    fn upsert_marks(&self) -> Option<(&'static str, &'static str)> {
        Some(("yara_new_row", "yara_old_row"))
    }

    fn set_operator(&self, operator: SetOperator) -> Result<&'static str> {
        functions::set_operator(operator)
    }

    /// A transaction that may write has the database to itself from its beginning, and there are
    /// no locks but in one: nobody waits, and nothing is to be passed over.
    fn write_lock(&self, _writer: &mut Writer<'_>, _lock: &Lock) -> Result<()> {
        Ok(())
    }

    fn write_compared(
        &self,
        writer: &mut Writer<'_>,
        operand: &Expr,
        other: &Expr,
        first: bool,
    ) -> Result<()> {
        numeric::compared(writer, operand, other, first)
    }

    fn write_key(&self, writer: &mut Writer<'_>, expr: &Expr) -> Result<()> {
        numeric::key(writer, expr)
    }

    fn write_arithmetic(
        &self,
        writer: &mut Writer<'_>,
        operator: BinaryOperator,
        left: &Expr,
        right: &Expr,
    ) -> Result<Level> {
        numeric::arithmetic(writer, operator, left, right)
    }

    fn write_negate(&self, writer: &mut Writer<'_>, operand: &Expr) -> Result<Level> {
        numeric::negate(writer, operand)
    }

    fn write_aggregate(
        &self,
        writer: &mut Writer<'_>,
        aggregate: &Aggregate,
        over: Option<&Window>,
    ) -> Result<Level> {
        aggregate::aggregate(writer, aggregate, over)
    }

    /// SQLite writes each row as soon as its values are computed, so that a query in them would
    /// read rows that are new already; unless there is something to read from, then it computes the
    /// values of all rows before (source: `updateFromSelect` in SQLite's `update.c`).
    fn values_first(&self) -> Option<&'static str> {
        Some("(SELECT 1) AS \"values_first\"")
    }

    fn check_returning(
        &self,
        table: &'static Table,
        from: Option<Alias>,
        deletes: bool,
        exprs: &[Expr],
    ) -> Result<()> {
        returning::check(table, from, deletes, exprs)
    }

    fn check_frame(&self, frame: &Frame, order: &[Order]) -> Result<()> {
        aggregate::check_frame(frame, order)
    }
}
