//! Values of random summaries, and how they are read and compared.

use chrono::NaiveDate;
use std::any::Any;
use std::cmp::Ordering;
use yara_orm::Result;
use yara_orm::backend::RowSink;
use yara_orm::tree::Select;
use yara_orm::value::{FieldType, Item, RowReader, ValueRef};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Int,
    Float,
    Text,
    Day,
    Bool,
    Ints,
    Floats,
    Texts,
    Days,
}

impl Kind {
    /// Of a list of such values.
    pub fn list(self) -> Kind {
        match self {
            Kind::Int => Kind::Ints,
            Kind::Float => Kind::Floats,
            Kind::Text => Kind::Texts,
            Kind::Day => Kind::Days,
            other => panic!("{other:?} are never listed"),
        }
    }
}

#[derive(Debug, Clone, PartialEq)]
pub enum Cell {
    Null,
    Int(i64),
    Float(f64),
    Text(String),
    Day(NaiveDate),
    Bool(bool),
    List(Vec<Cell>),
}

impl Cell {
    pub fn is_null(&self) -> bool {
        *self == Cell::Null
    }

    pub fn float(&self) -> f64 {
        match self {
            Cell::Int(number) => *number as f64,
            Cell::Float(number) => *number,
            other => panic!("{other:?} is no number"),
        }
    }
}

impl<T: Into<Cell>> From<Option<T>> for Cell {
    fn from(value: Option<T>) -> Cell {
        value.map_or(Cell::Null, Into::into)
    }
}

impl From<f64> for Cell {
    fn from(value: f64) -> Cell {
        Cell::Float(value)
    }
}

impl From<bool> for Cell {
    fn from(value: bool) -> Cell {
        Cell::Bool(value)
    }
}

/// The order of two values; NULL is the greatest.
pub fn compare(left: &Cell, right: &Cell) -> Ordering {
    match (left, right) {
        (Cell::Null, Cell::Null) => Ordering::Equal,
        (Cell::Null, _) => Ordering::Greater,
        (_, Cell::Null) => Ordering::Less,
        (Cell::Int(a), Cell::Int(b)) => a.cmp(b),
        (Cell::Float(a), Cell::Float(b)) => a.total_cmp(b),
        (Cell::Text(a), Cell::Text(b)) => a.cmp(b),
        (Cell::Day(a), Cell::Day(b)) => a.cmp(b),
        (left, right) => panic!("{left:?} and {right:?} are not compared"),
    }
}

/// Rows are the same, in order; deviations up to their last digits.
pub fn assert_same(found: &[Vec<Cell>], expected: &[Vec<Cell>], select: &Select) {
    let near = |a: &Cell, b: &Cell| match (a, b) {
        (Cell::Float(a), Cell::Float(b)) => (a - b).abs() <= 1e-9 * a.abs().max(1.0),
        (a, b) => a == b,
    };
    let same = found.len() == expected.len()
        && found.iter().zip(expected).all(|(one, two)| {
            one.len() == two.len() && one.iter().zip(two).all(|(one, two)| near(one, two))
        });
    let first = found.iter().zip(expected).find(|(one, two)| one != two);
    assert!(same, "first {first:?}\nfound {found:?}\nexpected {expected:?}\nby {select:#?}");
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

fn one<T: FieldType>(row: &mut RowReader<'_, '_>, cell: fn(T) -> Cell) -> Cell {
    row.read::<Option<T>>().unwrap().map_or(Cell::Null, cell)
}

fn list<T: Item>(row: &mut RowReader<'_, '_>, cell: fn(T) -> Cell) -> Cell {
    let items = row.read::<Option<Vec<Option<T>>>>().unwrap();
    items.map_or(Cell::Null, |items| {
        Cell::List(items.into_iter().map(|item| item.map_or(Cell::Null, cell)).collect())
    })
}

impl RowSink for Rows {
    fn row(&mut self, _request: usize, cells: &[ValueRef<'_>]) -> Result<()> {
        let mut row = RowReader::new(cells);
        let cells = self.kinds.iter().map(|kind| match kind {
            Kind::Int => one(&mut row, Cell::Int),
            Kind::Float => one(&mut row, Cell::Float),
            Kind::Text => one(&mut row, Cell::Text),
            Kind::Day => one(&mut row, Cell::Day),
            Kind::Bool => one(&mut row, Cell::Bool),
            Kind::Ints => list(&mut row, Cell::Int),
            Kind::Floats => list(&mut row, Cell::Float),
            Kind::Texts => list(&mut row, Cell::Text),
            Kind::Days => list(&mut row, Cell::Day),
        });
        let cells = cells.collect();
        self.rows.push(cells);
        Ok(())
    }

    fn restart(&mut self) {
        self.rows.clear();
    }

    fn into_any(self: Box<Self>) -> Box<dyn Any + Send> {
        self
    }
}
