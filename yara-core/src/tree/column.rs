//! A column, before planning and after.

use super::Origin;
use crate::schema::{Field, Table, TableRef};
use crate::value::Type;

/// A field reached from a table through relations: what a query says.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct ColumnRef {
    /// Where the path begins. A column of another table than its query's belongs to the query
    /// around it, which is how subqueries are correlated.
    pub table: TableRef,
    /// Which of the tables around, where several are of that model.
    pub origin: Origin,
    /// The relations to pass, by name.
    pub path: Vec<&'static str>,
    /// The field at the end, by name: that of a schema, or one typed by a user and still to be
    /// checked against it.
    pub field: std::borrow::Cow<'static, str>,
}

impl ColumnRef {
    /// A field of the table itself.
    pub fn own(table: &'static Table, field: &'static str) -> ColumnRef {
        ColumnRef {
            table: TableRef(table),
            origin: Origin::Query,
            path: Vec::new(),
            field: field.into(),
        }
    }
}

/// A table as it stands in the FROM of one statement; the writer spells it `t0`, `t1`, ….
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Alias(pub u32);

impl Alias {
    /// The table that an INSERT, UPDATE or DELETE writes; spelled by its own name, because SQLite
    /// knows no alias of it in RETURNING.
    pub const WRITTEN: Alias = Alias(u32::MAX);
    /// The row that an upsert could not insert: SQL's `excluded`.
    pub const EXCLUDED: Alias = Alias(u32::MAX - 1);
    /// The query whose rows are numbered, where a database has no other way to keep one of several;
    /// spelled `numbered`.
    pub const NUMBERED: Alias = Alias(u32::MAX - 2);
}

/// A column of an aliased table: what the planner makes of a [`ColumnRef`].
#[derive(Debug, Clone, Copy)]
pub struct Slot {
    /// The table in the FROM; `None` in statements that name their one table, such as DDL.
    pub alias: Option<Alias>,
    /// The column.
    pub field: &'static Field,
    /// Whether NULL is possible here, the joins on the way included.
    pub nullable: bool,
}

impl PartialEq for Slot {
    fn eq(&self, other: &Self) -> bool {
        self.alias == other.alias && std::ptr::eq(self.field, other.field)
    }
}

impl Eq for Slot {}

impl std::hash::Hash for Slot {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        self.alias.hash(state);
        std::ptr::from_ref(self.field).hash(state);
    }
}

/// A column of a query that a query reads from or joins, by position: see
/// [`Select::from`](super::Select::from).
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Output {
    /// Which query: that of the innermost `from`, of the one around it, or what was joined by a
    /// name.
    pub origin: Origin,
    /// The position among that query's columns.
    pub column: usize,
    /// The inner query's alias; given by the planner, as are the two below.
    pub alias: Option<Alias>,
    /// The kind of its values, where it is known.
    pub kind: Option<Type>,
    /// Whether NULL is possible.
    pub nullable: bool,
}

impl Output {
    /// A column of the query that is read from.
    pub fn new(column: usize) -> Output {
        Output { origin: Origin::Query, column, alias: None, kind: None, nullable: true }
    }
}
