//! PostgreSQL's SQL.
//!
//! Text matches that ignore case fold by ICU (`translate(lower(x COLLATE "und-x-icu"), 'ς', 'σ')`), because
//! PostgreSQL's own folding is that of the database's locale, and under `C` knows ASCII alone. Every build that
//! distributions and clouds ship has ICU; an index for such matches is one on that expression. Text
//! is ordered by the database's collation.

mod aggregate;
mod expr;
mod functions;
mod lock;
mod moment;
mod rows;
mod text;
mod types;

use super::ddl::{CreateOptions, Subject, identity, quoted, table_name};
use super::{
    AutoColumn, BulkInsert, Capabilities, Dialect, ExplainFormat, ExplainOptions, Level, Writer,
    constant, expr as standard,
};
use crate::error::Result;
use crate::schema::definition::{ColumnDefinition, FulltextDefinition, TableDefinition, TableName};
use crate::transaction::{Isolation, TransactionOptions};
use crate::tree::{
    Aggregate, BinaryOperator, Expr, Function, InList, InRows, Literal, Lock, TextMatch, Window,
};
use crate::value::{Type, Value};
use std::borrow::Cow;

/// PostgreSQL's SQL.
#[derive(Debug, Clone, Copy)]
pub struct Postgres;

impl Dialect for Postgres {
    fn name(&self) -> &'static str {
        "PostgreSQL"
    }

    fn capabilities(&self) -> &'static Capabilities {
        &Capabilities {
            bulk_insert: BulkInsert::Unnest,
            alter_table: true,
            concurrent_indexes: true,
            literal_limit: false,
            offset_needs_limit: false,
            null_is_greatest: true,
            schemas: true,
            comments: true,
            name_bytes: 63,
            drop_cascade: true,
            lateral: true,
            writing_commons: true,
            most_combined: None,
            distinct_on: true,
            conflict_constraint: true,
            copy: true,
            index_methods: true,
            index_nulls: true,
            conflict_needs_where: false,
            list_order: true,
            dropped_collation: Some(text::UNFOLDED),
        }
    }

    fn begin(&self, options: &TransactionOptions) -> Result<String> {
        let mut sql = String::from("BEGIN");
        if let Some(isolation) = options.isolation {
            sql.push_str(" ISOLATION LEVEL ");
            sql.push_str(match isolation {
                Isolation::ReadCommitted => "READ COMMITTED",
                Isolation::RepeatableRead => "REPEATABLE READ",
                Isolation::Serializable => "SERIALIZABLE",
            });
        }
        if options.read_only {
            sql.push_str(" READ ONLY");
        }
        if options.deferrable {
            sql.push_str(" DEFERRABLE");
        }
        Ok(sql)
    }

    /// A lock of the application's own, of which there is one for each schema: its first number is
    /// this library's, and the second one is made of the schema's name.
    ///
    /// It is asked for and not waited for: a statement that waits has a snapshot, and what builds
    /// an index beside writers waits for all that have (source: PostgreSQL documentation,
    /// "Building Indexes Concurrently").
    fn migration_lock(&self) -> Option<&'static str> {
        Some(
            "SELECT pg_try_advisory_xact_lock(2036429409, \
             ('x' || left(md5(coalesce(current_schema(), '')), 8))::bit(32)::integer)",
        )
    }

    fn explain(&self, options: &ExplainOptions) -> Result<String> {
        let mut words = String::from("EXPLAIN (");
        words.push_str(if options.analyze { "ANALYZE, BUFFERS, " } else { "" });
        words.push_str(if options.verbose { "VERBOSE, " } else { "" });
        words.push_str(match options.format {
            ExplainFormat::Text => "FORMAT TEXT) ",
            ExplainFormat::Json => "FORMAT JSON) ",
        });
        Ok(words)
    }

    fn placeholder(&self) -> &'static str {
        "$"
    }

    /// Texts are sent without a type, so that they fit columns of any type that reads text; lists
    /// are cast to be sure of what their items are.
    fn parameter_cast(&self, kind: Type) -> Option<Cow<'static, str>> {
        matches!(kind, Type::Text | Type::Foreign(_) | Type::Array(_)).then(|| types::name(kind))
    }

    fn check_kind(&self, kind: Type) -> Result<()> {
        types::check(kind)
    }

    fn constant(&self, value: &Value) -> Result<String> {
        match value {
            Value::Numeric(number) if number.is_finite() => Ok(format!("({number})")),
            value => match constant::moment(value) {
                Some(text) => {
                    Ok(format!("{}::{}", constant::quoted(&text?)?, types::name(value.kind())))
                }
                None => constant::standard(value),
            },
        }
    }

    fn clock(&self, kind: Type) -> Option<&'static str> {
        Some(match kind {
            Type::TimestampTz => "CURRENT_TIMESTAMP",
            Type::Timestamp => "CURRENT_TIMESTAMP AT TIME ZONE 'UTC'",
            Type::Date => "(CURRENT_TIMESTAMP AT TIME ZONE 'UTC')::date",
            Type::Time => "(CURRENT_TIMESTAMP AT TIME ZONE 'UTC')::time",
            _ => return None,
        })
    }

    /// Of random UUIDs, each of which has more random bits than a digest needs to differ, and which
    /// no extension is needed for.
    fn random_hex(&self, bytes: u32) -> String {
        let digests = bytes.div_ceil(16).max(1) as usize;
        let digits = vec!["md5(gen_random_uuid()::text)"; digests].join(" || ");
        format!("substr({digits}, 1, {})", u64::from(bytes) * 2)
    }

    fn column_type(&self, column: &ColumnDefinition) -> Cow<'static, str> {
        types::of_column(column)
    }

    fn auto_column(&self, table: Subject<'_>, column: &ColumnDefinition) -> Result<AutoColumn> {
        identity(table, column, || {
            let kind = types::of_column(column);
            AutoColumn {
                definition: format!("{kind} GENERATED BY DEFAULT AS IDENTITY"),
                is_key: false,
            }
        })
    }

    fn column_check(&self, _column: &ColumnDefinition, _name: &str) -> Option<String> {
        None
    }

    fn create_fulltext(
        &self,
        table: Subject<'_>,
        index: &FulltextDefinition,
        options: CreateOptions,
    ) -> Result<Vec<String>> {
        functions::create_fulltext(self, table, index, options)
    }

    fn create_extension(&self, name: &str) -> Option<String> {
        Some(format!("CREATE EXTENSION IF NOT EXISTS {name}"))
    }

    fn add_constraint(&self, table: &str, constraint: &str, if_absent: bool) -> String {
        let alter = format!("ALTER TABLE {table} ADD {constraint}");
        if !if_absent {
            return alter;
        }
        // There is no `add constraint if not exists`.
        format!("DO $yara$ BEGIN {alter}; EXCEPTION WHEN duplicate_object THEN NULL; END $yara$")
    }

    /// Only the connection knows which schema is its default one.
    fn set_schema(&self, table: &str, schema: Option<&str>) -> Option<String> {
        let alter = format!("ALTER TABLE {table} SET SCHEMA");
        Some(match schema {
            Some(schema) => format!("{alter} {schema}"),
            None => {
                let alter = alter.replace('%', "%%").replace('\'', "''");
                format!(
                    "DO $yara$ BEGIN EXECUTE format('{alter} %I', current_schema()); END $yara$"
                )
            }
        })
    }

    fn count_up(&self, table: Subject<'_>, column: &ColumnDefinition) -> Result<Vec<String>> {
        let own = table_name(&table.table.name, self);
        let name = quoted(&column.name, self);
        let auto = self.auto_column(table, column)?.definition;
        let kind = types::of_column(column);
        let identity = auto.strip_prefix(kind.as_ref()).unwrap_or(&auto);
        let sequence = format!(
            "pg_get_serial_sequence({}, {})",
            constant::quoted(&own)?,
            constant::quoted(&column.name)?
        );
        Ok(vec![
            format!("ALTER TABLE {own} ALTER COLUMN {name} ADD{identity}"),
            format!(
                "SELECT setval({sequence}, greatest(coalesce(max({name}), 0) + 1, 1), false) \
                 FROM {own}"
            ),
        ])
    }

    fn remove_fulltext(&self, table: &TableDefinition, index: &FulltextDefinition) -> Vec<String> {
        let schema = table.name.schema.clone();
        let name = TableName { schema, name: index.name.clone() };
        vec![format!("DROP INDEX {}", table_name(&name, self))]
    }

    /// Of foreign kinds only the text is known.
    fn write_read(&self, writer: &mut Writer<'_>, column: &Expr) {
        if matches!(column.kind(), Some(Type::Foreign(_))) {
            writer.push("::text");
        }
    }

    fn write_in(&self, writer: &mut Writer<'_>, list: &InList) -> Result<Level> {
        expr::in_list(writer, list)
    }

    fn write_in_rows(&self, writer: &mut Writer<'_>, rows: &InRows) -> Result<Level> {
        expr::in_rows(writer, rows)
    }

    fn same_operator(&self, negated: bool) -> &'static str {
        if negated { " IS DISTINCT FROM " } else { " IS NOT DISTINCT FROM " }
    }

    fn write_match(&self, writer: &mut Writer<'_>, text: &TextMatch) -> Result<Level> {
        text::matches(writer, text)
    }

    fn write_cast(&self, writer: &mut Writer<'_>, operand: &Expr, kind: Type) -> Result<Level> {
        expr::cast(writer, operand, kind)
    }

    fn write_call(
        &self,
        writer: &mut Writer<'_>,
        function: Function,
        arguments: &[Expr],
    ) -> Result<Level> {
        functions::call(writer, function, arguments)
    }

    fn write_lock(&self, writer: &mut Writer<'_>, lock: &Lock) -> Result<()> {
        lock::lock(writer, lock)
    }

    fn write_numbered(
        &self,
        writer: &mut Writer<'_>,
        columns: &[Literal],
        numbers: &Literal,
    ) -> Result<()> {
        rows::numbered(writer, columns, numbers)
    }

    fn write_row_number(&self, writer: &mut Writer<'_>) {
        rows::number(writer);
    }

    fn write_is_new(&self, writer: &mut Writer<'_>) {
        rows::is_new(writer);
    }

    fn write_compared(
        &self,
        writer: &mut Writer<'_>,
        operand: &Expr,
        other: &Expr,
        _first: bool,
    ) -> Result<()> {
        expr::compared(writer, operand, other)
    }

    fn write_key(&self, writer: &mut Writer<'_>, expr: &Expr) -> Result<()> {
        expr::key(writer, expr)
    }

    fn write_arithmetic(
        &self,
        writer: &mut Writer<'_>,
        operator: BinaryOperator,
        left: &Expr,
        right: &Expr,
    ) -> Result<Level> {
        match super::moment::operation(operator, left, right)? {
            Some(planned) => moment::arithmetic(writer, planned),
            None => standard::arithmetic(writer, operator, left, right),
        }
    }

    fn write_aggregate(
        &self,
        writer: &mut Writer<'_>,
        aggregate: &Aggregate,
        over: Option<&Window>,
    ) -> Result<Level> {
        aggregate::aggregate(writer, aggregate, over)
    }
}
