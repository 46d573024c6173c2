//! Values of random rows, and how they are read and compared.

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use rust_decimal::Decimal;
use std::any::Any;
use std::cmp::Ordering;
use uuid::Uuid;
use yara_orm::Result;
use yara_orm::backend::RowSink;
use yara_orm::value::{FieldType, RowReader, Type, Value, ValueRef};

/// The kinds of random values.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Int,
    Small,
    Float,
    Decimal,
    Text,
    Bool,
    Day,
    Instant,
    Span,
    Uuid,
    Bytes,
}

impl Kind {
    pub const ALL: [Kind; 11] = [
        Kind::Int,
        Kind::Small,
        Kind::Float,
        Kind::Decimal,
        Kind::Text,
        Kind::Bool,
        Kind::Day,
        Kind::Instant,
        Kind::Span,
        Kind::Uuid,
        Kind::Bytes,
    ];

    pub fn stored(self) -> Type {
        match self {
            Kind::Int => Type::I64,
            Kind::Small => Type::I32,
            Kind::Float => Type::F64,
            Kind::Decimal => Type::Numeric,
            Kind::Text => Type::Text,
            Kind::Bool => Type::Bool,
            Kind::Day => Type::Date,
            Kind::Instant => Type::TimestampTz,
            Kind::Span => Type::Interval,
            Kind::Uuid => Type::Uuid,
            Kind::Bytes => Type::Bytes,
        }
    }

    pub fn is_number(self) -> bool {
        matches!(self, Kind::Int | Kind::Small | Kind::Float | Kind::Decimal)
    }
}

/// A value.
#[derive(Debug, Clone, PartialEq)]
pub enum Cell {
    Null,
    Int(i64),
    Float(f64),
    Decimal(Decimal),
    Text(String),
    Bool(bool),
    Day(NaiveDate),
    Instant(DateTime<Utc>),
    Span(TimeDelta),
    Uuid(Uuid),
    Bytes(Vec<u8>),
}

impl Cell {
    /// The value that is sent.
    pub fn value(&self, kind: Kind) -> Value {
        let encoded = match self {
            Cell::Null => Ok(Value::Null(kind.stored())),
            Cell::Int(number) if kind == Kind::Small => (*number as i32).encode(),
            Cell::Int(number) => number.encode(),
            Cell::Float(number) => number.encode(),
            Cell::Decimal(number) => number.encode(),
            Cell::Text(text) => text.encode(),
            Cell::Bool(truth) => truth.encode(),
            Cell::Day(day) => day.encode(),
            Cell::Instant(time) => time.encode(),
            Cell::Span(span) => span.encode(),
            Cell::Uuid(uuid) => uuid.encode(),
            Cell::Bytes(bytes) => bytes.encode(),
        };
        encoded.unwrap()
    }

    /// The cell of a value that was drawn.
    pub fn of(value: &Value) -> Cell {
        match value {
            Value::Null(_) => Cell::Null,
            Value::I32(number) => Cell::Int(i64::from(*number)),
            Value::I64(number) => Cell::Int(*number),
            Value::F64(number) => Cell::Float(*number),
            Value::Numeric(number) => Cell::Decimal(number.as_str().parse().unwrap()),
            Value::Text(text) => Cell::Text(text.to_string()),
            Value::Bool(truth) => Cell::Bool(*truth),
            Value::Date(_) => Cell::Day(value.decode().unwrap()),
            Value::TimestampTz(_) => Cell::Instant(value.decode().unwrap()),
            Value::Interval(_) => Cell::Span(value.decode().unwrap()),
            Value::Uuid(uuid) => Cell::Uuid(*uuid),
            Value::Bytes(bytes) => Cell::Bytes(bytes.to_vec()),
            other => panic!("{other:?} is never drawn"),
        }
    }

    pub fn is_null(&self) -> bool {
        *self == Cell::Null
    }

    pub fn is_true(&self) -> bool {
        *self == Cell::Bool(true)
    }

    pub fn text(self) -> Option<String> {
        match self {
            Cell::Text(text) => Some(text),
            Cell::Null => None,
            other => panic!("{other:?} is no text"),
        }
    }
}

/// The order of two values that are not NULL; NULL is the greatest.
pub fn compare(left: &Cell, right: &Cell) -> Ordering {
    match (left, right) {
        (Cell::Null, Cell::Null) => Ordering::Equal,
        (Cell::Null, _) => Ordering::Greater,
        (_, Cell::Null) => Ordering::Less,
        (Cell::Int(a), Cell::Int(b)) => a.cmp(b),
        (Cell::Float(a), Cell::Float(b)) => a.total_cmp(b),
        (Cell::Decimal(a), Cell::Decimal(b)) => a.cmp(b),
        (Cell::Text(a), Cell::Text(b)) => a.cmp(b),
        (Cell::Bool(a), Cell::Bool(b)) => a.cmp(b),
        (Cell::Day(a), Cell::Day(b)) => a.cmp(b),
        (Cell::Instant(a), Cell::Instant(b)) => a.cmp(b),
        (Cell::Span(a), Cell::Span(b)) => a.cmp(b),
        (Cell::Uuid(a), Cell::Uuid(b)) => a.cmp(b),
        (Cell::Bytes(a), Cell::Bytes(b)) => a.cmp(b),
        (left, right) => panic!("{left:?} and {right:?} are of different kinds"),
    }
}

/// Rows are the same, in order; means of floats up to their last digits.
pub fn assert_same(found: &[Vec<Cell>], expected: &[Vec<Cell>], statement: &str) {
    let near = |a: &Cell, b: &Cell| match (a, b) {
        (Cell::Float(a), Cell::Float(b)) => (a - b).abs() <= 1e-9 * a.abs().max(1.0),
        (Cell::Decimal(a), Cell::Decimal(b)) => a.round_dp(12) == b.round_dp(12),
        (a, b) => a == b,
    };
    let same = found.len() == expected.len()
        && found.iter().zip(expected).all(|(one, two)| {
            one.len() == two.len() && one.iter().zip(two).all(|(one, two)| near(one, two))
        });
    assert!(same, "found {found:?}\nexpected {expected:?}\nby {statement}");
}

/// Reads rows of columns of known kinds.
pub struct Rows {
    kinds: Vec<Kind>,
    pub rows: Vec<Vec<Cell>>,
}

impl Rows {
    pub fn new(kinds: Vec<Kind>) -> Rows {
        Rows { kinds, rows: Vec::new() }
    }
}

fn read<T: FieldType>(row: &mut RowReader<'_, '_>, cell: fn(T) -> Cell) -> Cell
where
    Option<T>: FieldType,
{
    row.read::<Option<T>>().unwrap().map_or(Cell::Null, cell)
}

impl RowSink for Rows {
    fn row(&mut self, _request: usize, cells: &[ValueRef<'_>]) -> Result<()> {
        let mut row = RowReader::new(cells);
        let cells = self.kinds.iter().map(|kind| match kind {
            Kind::Int => read(&mut row, Cell::Int),
            Kind::Small => read(&mut row, |number: i32| Cell::Int(i64::from(number))),
            Kind::Float => read(&mut row, Cell::Float),
            Kind::Decimal => read(&mut row, Cell::Decimal),
            Kind::Text => read(&mut row, Cell::Text),
            Kind::Bool => read(&mut row, Cell::Bool),
            Kind::Day => read(&mut row, Cell::Day),
            Kind::Instant => read(&mut row, Cell::Instant),
            Kind::Span => read(&mut row, Cell::Span),
            Kind::Uuid => read(&mut row, Cell::Uuid),
            Kind::Bytes => read(&mut row, Cell::Bytes),
        });
        let row = cells.collect();
        self.rows.push(row);
        Ok(())
    }

    fn restart(&mut self) {
        self.rows.clear();
    }

    fn into_any(self: Box<Self>) -> Box<dyn Any + Send> {
        self
    }
}
