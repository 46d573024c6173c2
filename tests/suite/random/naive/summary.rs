//! Aggregates and windows, row by row.

use super::super::cell::{Cell, compare};
use super::value::calculated;
use super::{About, Here, Naive, Place, in_order};
use rust_decimal::Decimal;
use std::cmp::Ordering;
use yara_orm::tree::{Aggregate, AggregateFunction, BinaryOperator, Window, WindowFunction};

impl Naive<'_> {
    /// An aggregate over rows of the query that `here` is about.
    pub(super) fn aggregated(
        &self,
        aggregate: &Aggregate,
        places: &[Place],
        here: &Here<'_>,
    ) -> Cell {
        let row = |place: &Place| Here { about: About::Row(*place), ..*here };
        let counts = |place: &&Place| {
            let filter = aggregate.filter.as_ref();
            filter.is_none_or(|it| self.value(it, &row(place)).is_true())
        };
        let places = places.iter().filter(counts);
        let Some(argument) = &aggregate.argument else { return Cell::Int(places.count() as i64) };
        let mut values: Vec<Cell> = places
            .map(|place| self.value(argument, &row(place)))
            .filter(|value| !value.is_null())
            .collect();
        if aggregate.distinct {
            let mut seen = Vec::new();
            values.retain(|value| {
                let new = !seen.contains(value);
                seen.push(value.clone());
                new
            });
        }
        let count = values.len() as i64;
        let mut values = values.into_iter();
        let sum = |a, b| calculated(BinaryOperator::Add, a, b);
        match aggregate.function {
            AggregateFunction::Count => Cell::Int(count),
            AggregateFunction::Min => values.min_by(compare).unwrap_or(Cell::Null),
            AggregateFunction::Max => values.max_by(compare).unwrap_or(Cell::Null),
            AggregateFunction::Sum => values.reduce(sum).unwrap_or(Cell::Null),
            AggregateFunction::All | AggregateFunction::Any if count == 0 => Cell::Null,
            AggregateFunction::All => Cell::Bool(values.all(|value| value.is_true())),
            AggregateFunction::Any => Cell::Bool(values.any(|value| value.is_true())),
            AggregateFunction::Avg => match values.by_ref().reduce(sum) {
                None => Cell::Null,
                Some(Cell::Int(total)) => Cell::Float(total as f64 / count as f64),
                Some(Cell::Float(total)) => Cell::Float(total / count as f64),
                Some(Cell::Decimal(total)) => Cell::Decimal(total / Decimal::from(count)),
                Some(other) => unreachable!("{other:?} has no mean"),
            },
            other => unreachable!("{other:?} is never drawn"),
        }
    }

    /// The value of a window for a row.
    pub(super) fn windowed(&self, window: &Window, here: &Here<'_>) -> Cell {
        let of = |place: &Place| {
            let row = Here { about: About::Row(*place), ..*here };
            let partition: Vec<Cell> =
                window.partition.iter().map(|expr| self.value(expr, &row)).collect();
            let order: Vec<Cell> =
                window.order.iter().map(|order| self.value(&order.expr, &row)).collect();
            (partition, order)
        };
        let (own_partition, own_order) = of(&here.one());
        let mut before: Vec<Vec<Cell>> = Vec::new();
        let mut up_to_here = 0;
        for place in here.rows {
            let (partition, order) = of(place);
            if partition != own_partition {
                continue;
            }
            match in_order(&window.order, &order, &own_order) {
                Ordering::Less => before.push(order),
                Ordering::Equal => {}
                Ordering::Greater => continue,
            }
            up_to_here += 1;
        }
        let rank = before.len() as i64 + 1;
        match &window.function {
            WindowFunction::RowNumber | WindowFunction::Rank => Cell::Int(rank),
            WindowFunction::DenseRank => {
                before.sort_by(|one, two| in_order(&window.order, one, two));
                before.dedup();
                Cell::Int(before.len() as i64 + 1)
            }
            WindowFunction::Aggregate(_) => Cell::Int(up_to_here),
            other => unreachable!("{other:?} is never drawn"),
        }
    }
}
