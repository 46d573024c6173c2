//! What differs between databases, as data and a few methods.

use super::ddl::{CreateOptions, Subject};
use super::{
    ExplainOptions, Level, Place, Transform, Writer, aggregate, custom, explain, expr, predicate,
};
use crate::error::Result;
use crate::schema::Table;
use crate::schema::definition::{ColumnDefinition, FulltextDefinition, TableDefinition, TableName};
use crate::transaction::TransactionOptions;
use crate::tree::{
    Aggregate, Alias, BinaryOperator, Custom, Expr, Frame, Function, InList, InRows, Literal, Lock,
    Nulls, Order, SetOperator, TextMatch, Window,
};
use crate::value::{Type, Value};
use std::borrow::Cow;

/// How many rows reach the database in one statement.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BulkInsert {
    /// One array parameter for each column: `insert … select … from unnest($1, $2)`.
    Unnest,
    /// A prepared insert of a row, run for each row within one request; where nothing can tell the
    /// difference, of a few fixed numbers of rows at once.
    Repeat,
    /// A stream of rows behind `copy … from stdin`, which gives no rows back.
    Copy,
}

/// What a database can do. Code asks here, never for a database by name.
#[derive(Debug, Clone, Copy)]
pub struct Capabilities {
    /// How many rows are inserted at once.
    pub bulk_insert: BulkInsert,
    /// Whether `alter table` changes columns and constraints of a table that exists; where not, it
    /// is made anew and its rows are copied.
    pub alter_table: bool,
    /// Whether an index can be built while rows are written.
    pub concurrent_indexes: bool,
    /// Whether `limit` must be written as a number: SQLite prepares a statement anew for each run
    /// in which it is bound.
    pub literal_limit: bool,
    /// Whether `offset` needs a `limit` before it.
    pub offset_needs_limit: bool,
    /// Whether NULL is greater than every value in an order that does not say; where not, the
    /// order says so each time.
    pub null_is_greatest: bool,
    /// Whether tables live in schemas.
    pub schemas: bool,
    /// Whether tables and columns have comments.
    pub comments: bool,
    /// The greatest number of bytes in a name.
    pub name_bytes: usize,
    /// Whether `drop table` can drop what refers to the table.
    pub drop_cascade: bool,
    /// Whether a subquery can be joined that reads columns of what stands before it.
    pub lateral: bool,
    /// Whether a common table expression can write.
    pub writing_commons: bool,
    /// How many queries can be combined by one `union` and its like, where there is a limit.
    pub most_combined: Option<usize>,
    /// Whether there is `distinct on (…)`.
    pub distinct_on: bool,
    /// Whether an upsert can name a constraint.
    pub conflict_constraint: bool,
    /// Whether many rows can be loaded by [`BulkInsert::Copy`].
    pub copy: bool,
    /// Whether an index has an access method, operator classes, and columns beside its keys.
    pub index_methods: bool,
    /// Whether an index says where NULL stands.
    pub index_nulls: bool,
    /// Whether an insert from a query needs a condition before `on conflict`, to be told from a
    /// join (source: SQLite documentation, "UPSERT", 2.2).
    pub conflict_needs_where: bool,
    /// Whether lists have an order: item by item.
    pub list_order: bool,
    /// The collation that the database takes off the end of an expression that an index is of; an
    /// upsert finds the index without it.
    pub dropped_collation: Option<&'static str>,
}

/// A database's SQL.
///
/// The methods that take a [`Writer`] write one node and say how tightly it holds together. Most
/// have a default, which is standard SQL.
pub trait Dialect: Send + Sync + 'static {
    /// The name of the database, for messages: `PostgreSQL`.
    fn name(&self) -> &'static str;

    /// What it can do.
    fn capabilities(&self) -> &'static Capabilities;

    /// The statement that begins a transaction. Errs where an option is not to be had.
    fn begin(&self, options: &TransactionOptions) -> Result<String>;

    /// A statement of one row, whose one column says whether the transaction has the lock now that
    /// only one program has at a time, which changes the tables of the connection's default schema.
    /// It keeps the lock to its end, and nothing waits. `None` where a transaction that may write
    /// has the database to itself.
    fn migration_lock(&self) -> Option<&'static str> {
        None
    }

    /// A statement that stands before a transaction, after which foreign keys are not looked at for
    /// as long as the connection lives; for changes that can only be made so.
    fn foreign_keys_off(&self) -> Option<&'static str> {
        None
    }

    /// A statement that gives a row for each foreign key that leads nowhere, with the table in the
    /// first column and the table referred to in the third; needed where there is
    /// [`foreign_keys_off`](Dialect::foreign_keys_off).
    fn foreign_key_check(&self) -> Option<&'static str> {
        None
    }

    /// What stands before a statement to ask how it would be run. Errs where an option is not to
    /// be had.
    fn explain(&self, options: &ExplainOptions) -> Result<String>;

    /// The plan in the rows that the database gives for it.
    fn explained(&self, options: &ExplainOptions, rows: &[Vec<String>]) -> String {
        let _ = options;
        explain::lines(rows)
    }

    /// What stands before the number of a parameter.
    fn placeholder(&self) -> &'static str;

    /// Errs where the database has no values of a kind.
    fn check_kind(&self, kind: Type) -> Result<()>;

    /// The type that a parameter of this kind must be cast to where nothing else tells it.
    fn parameter_cast(&self, kind: Type) -> Option<Cow<'static, str>>;

    /// A value as a constant of SQL text, for DDL.
    fn constant(&self, value: &Value) -> Result<String>;

    /// The time of a statement, as a column of this kind holds it; `None` where it is no time.
    fn clock(&self, kind: Type) -> Option<&'static str>;

    /// So many random bytes as hexadecimal digits, anew for each row.
    fn random_hex(&self, bytes: u32) -> String;

    /// The declared type of a column, without NOT NULL, default and key.
    fn column_type(&self, column: &ColumnDefinition) -> Cow<'static, str>;

    /// What follows the name of a column whose values the database counts up, type included; it
    /// may make it the primary key. Errs where the database cannot count there.
    fn auto_column(&self, table: Subject<'_>, column: &ColumnDefinition) -> Result<AutoColumn>;

    /// A condition that refuses what the declared type alone would let in, of a column whose name is
    /// quoted already.
    fn column_check(&self, column: &ColumnDefinition, name: &str) -> Option<String>;

    /// Adds a constraint to a table; both are written already. With `if_absent` it is no error
    /// that the constraint is there.
    fn add_constraint(&self, table: &str, constraint: &str, if_absent: bool) -> String {
        let _ = if_absent;
        format!("ALTER TABLE {table} ADD {constraint}")
    }

    /// Moves a table, whose name is written already, into a schema whose name is quoted already, or
    /// into the connection's default one; none where there are no schemas.
    fn set_schema(&self, table: &str, schema: Option<&str>) -> Option<String> {
        let _ = (table, schema);
        None
    }

    /// What makes the database count up a column that is there, from the greatest number on; only
    /// where `alter table` can.
    fn count_up(&self, table: Subject<'_>, column: &ColumnDefinition) -> Result<Vec<String>> {
        let _ = (table, column);
        Ok(Vec::new())
    }

    /// The statement that makes an extension ready whose name is quoted already; none where there
    /// are no extensions.
    fn create_extension(&self, name: &str) -> Option<String> {
        let _ = name;
        None
    }

    /// The statements that create an index for full-text searches.
    fn create_fulltext(
        &self,
        table: Subject<'_>,
        index: &FulltextDefinition,
        options: CreateOptions,
    ) -> Result<Vec<String>>;

    /// What drops such an index, unless it goes with its table.
    fn drop_fulltext(&self, index: &FulltextDefinition) -> Option<String> {
        let _ = index;
        None
    }

    /// What drops such an index of a table that stays.
    fn remove_fulltext(&self, table: &TableDefinition, index: &FulltextDefinition) -> Vec<String>;

    /// What keeps such an index in step with a table that was made anew.
    fn keep_fulltext(&self, table: Subject<'_>, index: &FulltextDefinition) -> Result<Vec<String>> {
        let _ = (table, index);
        Ok(Vec::new())
    }

    /// What goes before a table is made anew: it errs where something would be lost that the
    /// engine has not made, which it knows by the names of indexes and triggers.
    fn before_rebuild(
        &self,
        table: &TableName,
        indexes: &[String],
        fulltext: &[&FulltextDefinition],
    ) -> Result<Vec<String>> {
        let _ = (table, indexes, fulltext);
        Ok(Vec::new())
    }

    /// What gives each row of a table another integer, where rows have numbers of their own.
    fn row_number(&self) -> Option<&'static str> {
        None
    }

    /// What puts a new table, under a name for a while, into the place of the old one; with
    /// `counted` its numbers go on where the old one's were. Only where tables are made anew.
    fn swap_tables(&self, old: &str, new: &str, counted: bool) -> Result<Vec<String>> {
        let _ = (old, new, counted);
        Ok(Vec::new())
    }

    /// A statement that goes before those that drop tables, in one transaction with them.
    fn before_drop(&self) -> Option<&'static str> {
        None
    }

    /// What follows a column that the program reads, so that it comes in a form that is known.
    fn write_read(&self, writer: &mut Writer<'_>, column: &Expr) {
        let _ = (writer, column);
    }

    /// `operand in (…)`, without the NULL that may be in the list.
    fn write_in(&self, writer: &mut Writer<'_>, list: &InList) -> Result<Level>;

    /// Several operands in a list of rows.
    fn write_in_rows(&self, writer: &mut Writer<'_>, rows: &InRows) -> Result<Level>;

    /// What stands between two operands that are compared with NULL being a value; negated, or not.
    fn same_operator(&self, negated: bool) -> &'static str;

    /// Whether a text matches.
    fn write_match(&self, writer: &mut Writer<'_>, text: &TextMatch) -> Result<Level>;

    /// The value of an expression as another kind.
    fn write_cast(&self, writer: &mut Writer<'_>, operand: &Expr, kind: Type) -> Result<Level>;

    /// A function.
    fn write_call(
        &self,
        writer: &mut Writer<'_>,
        function: Function,
        arguments: &[Expr],
    ) -> Result<Level>;

    /// Several rows to insert, given by column; gives what `insert` has after the column names.
    fn write_unnest(&self, writer: &mut Writer<'_>, columns: &[Literal]) -> Result<()> {
        predicate::unnest(writer, columns)
    }

    /// Several rows as [`write_unnest`](Dialect::write_unnest) writes them, with a number for each
    /// that [`write_row_number`](Dialect::write_row_number) can give back.
    fn write_numbered(
        &self,
        writer: &mut Writer<'_>,
        columns: &[Literal],
        numbers: &Literal,
    ) -> Result<()>;

    /// In `returning`: the number of the row that was given by
    /// [`write_numbered`](Dialect::write_numbered).
    fn write_row_number(&self, writer: &mut Writer<'_>);

    /// In `returning` of an upsert: whether the row is new.
    fn write_is_new(&self, writer: &mut Writer<'_>);

    /// Functions that have to be called for [`write_is_new`](Dialect::write_is_new) to know: with a
    /// value of the row that is inserted, and with a new value of the old row. They give it back.
    fn upsert_marks(&self) -> Option<(&'static str, &'static str)> {
        None
    }

    /// An operand of a comparison, beside the other operand; `first` where it is the left one.
    fn write_compared(
        &self,
        writer: &mut Writer<'_>,
        operand: &Expr,
        other: &Expr,
        first: bool,
    ) -> Result<()> {
        let _ = first;
        writer.operand_beside(operand, Level::Concat, other)
    }

    /// An expression whose values are told apart or put in order: of `group by`, `order by`,
    /// `distinct`, and the aggregates that compare.
    fn write_key(&self, writer: &mut Writer<'_>, expr: &Expr) -> Result<()> {
        writer.expr(expr)
    }

    /// Two operands and what they make, unless they are compared.
    fn write_arithmetic(
        &self,
        writer: &mut Writer<'_>,
        operator: BinaryOperator,
        left: &Expr,
        right: &Expr,
    ) -> Result<Level> {
        expr::arithmetic(writer, operator, left, right)
    }

    /// `-x`
    fn write_negate(&self, writer: &mut Writer<'_>, operand: &Expr) -> Result<Level> {
        writer.push("-");
        writer.operand(operand, Level::Atom)?;
        Ok(Level::Unary)
    }

    /// An aggregate, over the rows of a window if there is one.
    fn write_aggregate(
        &self,
        writer: &mut Writer<'_>,
        aggregate: &Aggregate,
        over: Option<&Window>,
    ) -> Result<Level> {
        aggregate::aggregate(writer, aggregate, over)
    }

    /// What an update reads from whose new values are read of the same table, where the database would otherwise
    /// write a row before it has computed the values of the next one.
    fn values_first(&self) -> Option<&'static str> {
        None
    }

    /// Errs where what a statement that writes `table` gives back would not be what it is on other
    /// databases: `from` is what an update reads from, and `deletes` says that rows go.
    fn check_returning(
        &self,
        table: &'static Table,
        from: Option<Alias>,
        deletes: bool,
        exprs: &[Expr],
    ) -> Result<()> {
        let _ = (table, from, deletes, exprs);
        Ok(())
    }

    /// Errs where the database does not know a frame over rows in this order.
    fn check_frame(&self, frame: &Frame, order: &[Order]) -> Result<()> {
        let _ = (frame, order);
        Ok(())
    }

    /// A function or operator that the user names.
    fn write_custom(&self, writer: &mut Writer<'_>, custom: &Custom) -> Result<Level> {
        custom::custom(writer, custom)
    }

    /// What stands between two queries that are combined, spaces included.
    fn set_operator(&self, operator: SetOperator) -> Result<&'static str> {
        Ok(match operator {
            SetOperator::Union => " UNION ",
            SetOperator::UnionAll => " UNION ALL ",
            SetOperator::Intersect => " INTERSECT ",
            SetOperator::IntersectAll => " INTERSECT ALL ",
            SetOperator::Except => " EXCEPT ",
            SetOperator::ExceptAll => " EXCEPT ALL ",
        })
    }

    /// What locks the rows that a query reads.
    fn write_lock(&self, writer: &mut Writer<'_>, lock: &Lock) -> Result<()>;

    /// What follows an expression to sort by.
    fn write_direction(&self, writer: &mut Writer<'_>, order: &Order) {
        if order.descending {
            writer.push(" DESC");
        }
        let greatest = self.capabilities().null_is_greatest || !order.expr.is_nullable();
        writer.push(match (order.nulls, order.descending) {
            (Nulls::First, _) => " NULLS FIRST",
            (Nulls::Last, _) => " NULLS LAST",
            (Nulls::Greatest, _) if greatest => "",
            (Nulls::Greatest, true) => " NULLS FIRST",
            (Nulls::Greatest, false) => " NULLS LAST",
        });
    }

    /// How many rows at most, or are passed over.
    fn write_row_count(
        &self,
        writer: &mut Writer<'_>,
        what: &'static str,
        count: &Literal,
    ) -> Result<()> {
        if self.capabilities().literal_limit {
            writer.hole(count, what);
            return Ok(());
        }
        writer.value(count, Transform::RowCount(what), Place::Free).map(|_| ())
    }
}

/// A column that the database fills with numbers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AutoColumn {
    /// What follows the name.
    pub definition: String,
    /// Whether that makes it the primary key already.
    pub is_key: bool,
}
