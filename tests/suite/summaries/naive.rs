//! What aggregates and windows are, row by row.

use super::cell::{Cell, compare};
use super::spec::{AggregateSpec, Condition, Field, FrameSpec, Orders, WindowCall, WindowSpec};
use crate::evaluator::shelf::Shelf;
use crate::models::Book;
use std::cmp::Ordering;
use yara_orm::tree::{AggregateFunction, FrameUnit};

pub struct Naive<'s> {
    pub shelf: &'s Shelf,
}

impl<'s> Naive<'s> {
    pub fn value(&self, book: &Book, field: Field) -> Cell {
        match field {
            Field::Id => Cell::Int(book.id),
            Field::Views => Cell::Int(book.views),
            Field::Rating => book.rating.into(),
            Field::Title => Cell::Text(book.title.clone()),
            Field::Author => Cell::Int(*book.author.key()),
            Field::Born => self.shelf.writer(book).born.map_or(Cell::Null, Cell::Day),
            Field::Guide => {
                self.shelf.guide(book).map_or(Cell::Null, |guide| Cell::Text(guide.name.clone()))
            }
        }
    }

    /// Whether a condition is true; `None` where it is NULL.
    fn truth(&self, book: &Book, asked: &Condition) -> Option<bool> {
        match self.value(book, asked.field) {
            Cell::Null => None,
            Cell::Float(number) => Some(number <= asked.number as f64 / 2.0),
            Cell::Int(number) => Some(number <= asked.number / 2),
            other => panic!("{other:?} is never asked about"),
        }
    }

    pub fn matching(&self, books: &'s [Book], asked: Option<&Condition>) -> Vec<&'s Book> {
        let holds = |asked: &Condition, book| self.truth(book, asked) == Some(true);
        books.iter().filter(|book| asked.is_none_or(|asked| holds(asked, book))).collect()
    }

    fn order(&self, one: &Book, two: &Book, orders: &Orders) -> Ordering {
        let each = orders.0.iter().map(|(field, descending)| {
            let order = compare(&self.value(one, *field), &self.value(two, *field));
            if *descending { order.reverse() } else { order }
        });
        each.fold(Ordering::Equal, Ordering::then)
    }

    pub fn sort(&self, books: &mut [&Book], orders: &Orders) {
        books.sort_by(|one, two| self.order(one, two, orders));
    }

    pub fn by_id(&self, books: &mut [&Book]) {
        books.sort_by_key(|book| book.id);
    }

    /// Groups in the order of their keys.
    pub fn groups(&self, books: &[&'s Book], keys: &[Field]) -> Vec<(Vec<Cell>, Vec<&'s Book>)> {
        let mut groups: Vec<(Vec<Cell>, Vec<&Book>)> = Vec::new();
        for book in books {
            let key: Vec<Cell> = keys.iter().map(|field| self.value(book, *field)).collect();
            match groups.iter_mut().find(|(known, _)| *known == key) {
                Some((_, books)) => books.push(book),
                None => groups.push((key, vec![book])),
            }
        }
        groups.sort_by(|(one, _), (two, _)| {
            one.iter().zip(two).map(|(a, b)| compare(a, b)).fold(Ordering::Equal, Ordering::then)
        });
        groups
    }

    pub fn aggregate(&self, books: &[&Book], spec: &AggregateSpec) -> Cell {
        use AggregateFunction::*;
        let mut books: Vec<&Book> = books
            .iter()
            .copied()
            .filter(|book| spec.filter.is_none_or(|asked| self.truth(book, &asked) == Some(true)))
            .collect();
        self.sort(&mut books, &spec.order);
        if let Some(asked) = &spec.asked {
            let mut truths = books.iter().filter_map(|book| self.truth(book, asked)).peekable();
            return match (truths.peek(), spec.function) {
                (None, _) => Cell::Null,
                (Some(_), All) => truths.all(|truth| truth).into(),
                (Some(_), _) => truths.any(|truth| truth).into(),
            };
        }
        let Some(field) = spec.field else { return Cell::Int(books.len() as i64) };
        let mut values: Vec<Cell> = books.iter().map(|book| self.value(book, field)).collect();
        if spec.distinct {
            values.sort_by(compare);
            values.dedup();
        }
        if spec.function == Array {
            return if values.is_empty() { Cell::Null } else { Cell::List(values) };
        }
        values.retain(|value| !value.is_null());
        if spec.function == Count {
            return Cell::Int(values.len() as i64);
        }
        if values.is_empty() {
            return Cell::Null;
        }
        combine(spec.function, values)
    }

    pub fn windows(&self, books: &[&Book], specs: &[WindowSpec]) -> Vec<Vec<Cell>> {
        let row = |book: &&Book| {
            let values = specs.iter().map(|spec| self.window(books, book, spec));
            std::iter::once(Cell::Int(book.id)).chain(values).collect()
        };
        books.iter().map(row).collect()
    }

    /// The keys of the rows that come first in their partition.
    pub fn first_of_each(
        &self,
        books: &[&Book],
        partition: Field,
        order: &Orders,
        most: usize,
    ) -> Vec<Cell> {
        let mut books = books.to_vec();
        self.sort(&mut books, order);
        let mut kept: Vec<(Cell, Cell)> = Vec::new();
        for book in books {
            let key = self.value(book, partition);
            if kept.iter().filter(|(known, _)| *known == key).count() < most {
                kept.push((key, Cell::Int(book.id)));
            }
        }
        kept.into_iter().map(|(_, id)| id).collect()
    }

    fn window(&self, books: &[&Book], book: &Book, spec: &WindowSpec) -> Cell {
        let same = |other: &&&Book| {
            spec.partition.iter().all(|field| self.value(other, *field) == self.value(book, *field))
        };
        let mut rows: Vec<&Book> = books.iter().filter(same).copied().collect();
        self.sort(&mut rows, &spec.order);
        let at = rows.iter().position(|row| row.id == book.id).unwrap();
        let groups = self.group_numbers(&rows, &spec.order);
        let peers = || groups.iter().filter(|group| **group == groups[at]).count();
        let before = groups.iter().filter(|group| **group < groups[at]).count();
        let frame = self.frame(&rows, &groups, at, spec);
        let value = |row: Option<&&Book>, field: &Field| {
            row.map_or(Cell::Null, |row| self.value(row, *field))
        };
        match &spec.call {
            WindowCall::RowNumber => Cell::Int(at as i64 + 1),
            WindowCall::Rank => Cell::Int(before as i64 + 1),
            WindowCall::DenseRank => Cell::Int(groups[at] as i64 + 1),
            WindowCall::PercentRank if rows.len() == 1 => Cell::Float(0.0),
            WindowCall::PercentRank => Cell::Float(before as f64 / (rows.len() - 1) as f64),
            WindowCall::CumeDist => Cell::Float((before + peers()) as f64 / rows.len() as f64),
            WindowCall::Ntile(parts) => Cell::Int(ntile(rows.len(), *parts as usize, at)),
            WindowCall::Lag(field, by) => {
                value(at.checked_sub(*by as usize).and_then(|at| rows.get(at)), field)
            }
            WindowCall::Lead(field, by) => value(rows.get(at + *by as usize), field),
            WindowCall::First(field) => value(frame.first(), field),
            WindowCall::Last(field) => value(frame.last(), field),
            WindowCall::Nth(field, number) => value(frame.get(*number as usize - 1), field),
            WindowCall::Aggregate(spec) => self.aggregate(&frame, spec),
        }
    }

    /// For each row the number of its group of rows that are equal in order.
    fn group_numbers(&self, rows: &[&Book], orders: &Orders) -> Vec<usize> {
        let mut number = 0;
        let numbers = rows.iter().enumerate().map(|(at, row)| {
            if at > 0 && self.order(rows[at - 1], row, orders) != Ordering::Equal {
                number += 1;
            }
            number
        });
        numbers.collect()
    }

    fn frame<'b>(
        &self,
        rows: &[&'b Book],
        groups: &[usize],
        at: usize,
        spec: &WindowSpec,
    ) -> Vec<&'b Book> {
        let up_to_here = FrameSpec { unit: FrameUnit::Groups, start: None, end: Some(0) };
        let FrameSpec { unit, start, end } = spec.frame.unwrap_or(up_to_here);
        let distance = |other: usize| match unit {
            FrameUnit::Rows => other as i64 - at as i64,
            FrameUnit::Groups => groups[other] as i64 - groups[at] as i64,
            FrameUnit::Range => {
                let by = rows[other].views - rows[at].views;
                if spec.order.0[0].1 { -by } else { by }
            }
        };
        let within = |other: &usize| {
            start.is_none_or(|start| distance(*other) >= start)
                && end.is_none_or(|end| distance(*other) <= end)
        };
        (0..rows.len()).filter(within).map(|other| rows[other]).collect()
    }
}

/// The part of a row: the first parts are larger by one where they cannot be equal.
fn ntile(rows: usize, parts: usize, at: usize) -> i64 {
    let sizes = (0..parts).map(|part| rows / parts + usize::from(part < rows % parts));
    let mut end = 0;
    for (part, size) in sizes.enumerate() {
        end += size;
        if at < end {
            return part as i64 + 1;
        }
    }
    panic!("row {at} of {rows} has no part");
}

fn combine(function: AggregateFunction, values: Vec<Cell>) -> Cell {
    use AggregateFunction::*;
    let count = values.len() as f64;
    let spread = |of: f64| {
        let mean = values.iter().map(Cell::float).sum::<f64>() / count;
        let squares = values.iter().map(|value| (value.float() - mean).powi(2)).sum::<f64>();
        (of > 0.0).then_some(squares / of)
    };
    match function {
        Min => values.into_iter().min_by(compare).unwrap(),
        Max => values.into_iter().max_by(compare).unwrap(),
        Sum => match values[0] {
            Cell::Int(_) => Cell::Int(values.iter().map(|value| value.float() as i64).sum()),
            _ => Cell::Float(values.iter().map(Cell::float).sum()),
        },
        Avg => Cell::Float(values.iter().map(Cell::float).sum::<f64>() / count),
        Text => {
            let texts = values.into_iter().map(|value| match value {
                Cell::Text(text) => text,
                other => panic!("{other:?} is no text"),
            });
            Cell::Text(texts.collect::<Vec<_>>().join("/"))
        }
        Variance => spread(count - 1.0).into(),
        VarianceAll => spread(count).into(),
        StdDev => spread(count - 1.0).map(f64::sqrt).into(),
        StdDevAll => spread(count).map(f64::sqrt).into(),
        other => panic!("{other:?} is done elsewhere"),
    }
}
