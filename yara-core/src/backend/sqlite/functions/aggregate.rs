//! Sums and averages that lose no digit.

use super::super::decimal::DecimalError;
use super::{failed, numeric};
use crate::backend::sqlite::decimal::Decimal;
use rusqlite::Result;
use rusqlite::functions::{Aggregate, Context, WindowAggregate};
use rusqlite::types::ValueRef;
use std::collections::BTreeMap;

/// The sum of the numbers that are not NULL, and how many there are.
pub(super) struct Total {
    /// Of those that are finite.
    sum: Decimal,
    count: i64,
    nans: i64,
    infinite: i64,
    negative_infinite: i64,
    /// How many numbers have so many digits after the point: a sum has as many as the longest.
    scales: BTreeMap<usize, i64>,
}

impl Total {
    fn new() -> Total {
        Total {
            sum: Decimal::from(0),
            count: 0,
            nans: 0,
            infinite: 0,
            negative_infinite: 0,
            scales: BTreeMap::new(),
        }
    }

    /// Adds a number, or takes it away again.
    fn change(&mut self, context: &Context<'_>, by: i64) -> Result<()> {
        let Some(number) = numeric(context, 0)? else { return Ok(()) };
        self.count += by;
        match number {
            Decimal::NaN => self.nans += by,
            Decimal::Infinite(false) => self.infinite += by,
            Decimal::Infinite(true) => self.negative_infinite += by,
            number => {
                let scale = number.scale();
                let known = self.scales.entry(scale).or_default();
                *known += by;
                if *known == 0 {
                    self.scales.remove(&scale);
                }
                self.sum = self.sum.add(&if by < 0 { number.neg() } else { number });
            }
        }
        Ok(())
    }

    /// The sum, if there are numbers.
    fn sum(&self) -> Option<Decimal> {
        if self.count == 0 {
            return None;
        }
        Some(match (self.nans > 0, self.infinite > 0, self.negative_infinite > 0) {
            (true, ..) | (_, true, true) => Decimal::NaN,
            (_, true, _) => Decimal::Infinite(false),
            (.., true) => Decimal::Infinite(true),
            _ => {
                let scale = self.scales.last_key_value().map_or(0, |(scale, _)| *scale);
                self.sum.clone().cut(scale)
            }
        })
    }

    fn average(&self) -> Result<Option<String>> {
        let Some(sum) = self.sum() else { return Ok(None) };
        let average = sum.div(&Decimal::from(self.count));
        average.map(|average| Some(average.to_string())).map_err(|error| failed(Box::new(error)))
    }
}

/// `yara_numeric_sum`.
pub(super) struct Sum;

impl Aggregate<Total, Option<String>> for Sum {
    fn init(&self, _: &mut Context<'_>) -> Result<Total> {
        Ok(Total::new())
    }

    fn step(&self, context: &mut Context<'_>, total: &mut Total) -> Result<()> {
        total.change(context, 1)
    }

    fn finalize(&self, _: &mut Context<'_>, total: Option<Total>) -> Result<Option<String>> {
        Ok(total.and_then(|total| total.sum()).map(|sum| sum.to_string()))
    }
}

impl WindowAggregate<Total, Option<String>> for Sum {
    fn value(&self, total: Option<&mut Total>) -> Result<Option<String>> {
        Ok(total.and_then(|total| total.sum()).map(|sum| sum.to_string()))
    }

    fn inverse(&self, context: &mut Context<'_>, total: &mut Total) -> Result<()> {
        total.change(context, -1)
    }
}

/// `yara_numeric_avg`.
pub(super) struct Average;

impl Aggregate<Total, Option<String>> for Average {
    fn init(&self, _: &mut Context<'_>) -> Result<Total> {
        Ok(Total::new())
    }

    fn step(&self, context: &mut Context<'_>, total: &mut Total) -> Result<()> {
        total.change(context, 1)
    }

    fn finalize(&self, _: &mut Context<'_>, total: Option<Total>) -> Result<Option<String>> {
        total.map_or(Ok(None), |total| total.average())
    }
}

impl WindowAggregate<Total, Option<String>> for Average {
    fn value(&self, total: Option<&mut Total>) -> Result<Option<String>> {
        total.map_or(Ok(None), |total| total.average())
    }

    fn inverse(&self, context: &mut Context<'_>, total: &mut Total) -> Result<()> {
        total.change(context, -1)
    }
}

/// `yara_interval_avg`: the mean of whole microseconds, rounded as PostgreSQL rounds it.
pub(super) struct IntervalAverage;

/// The sum and the number of what is not NULL.
type Micros = (i128, i64);

impl IntervalAverage {
    fn change(context: &Context<'_>, (sum, count): &mut Micros, by: i64) {
        if let ValueRef::Integer(micros) = context.get_raw(0) {
            *sum += i128::from(micros) * i128::from(by);
            *count += by;
        }
    }

    fn mean((sum, count): Micros) -> Result<Option<i64>> {
        let sum = i64::try_from(sum).map_err(|_| failed(Box::new(DecimalError::Overflow)))?;
        let mean = || (sum as f64 / count as f64).round_ties_even() as i64;
        Ok((count > 0).then(mean))
    }
}

impl Aggregate<Micros, Option<i64>> for IntervalAverage {
    fn init(&self, _: &mut Context<'_>) -> Result<Micros> {
        Ok((0, 0))
    }

    fn step(&self, context: &mut Context<'_>, total: &mut Micros) -> Result<()> {
        IntervalAverage::change(context, total, 1);
        Ok(())
    }

    fn finalize(&self, _: &mut Context<'_>, total: Option<Micros>) -> Result<Option<i64>> {
        IntervalAverage::mean(total.unwrap_or_default())
    }
}

impl WindowAggregate<Micros, Option<i64>> for IntervalAverage {
    fn value(&self, total: Option<&mut Micros>) -> Result<Option<i64>> {
        IntervalAverage::mean(total.copied().unwrap_or_default())
    }

    fn inverse(&self, context: &mut Context<'_>, total: &mut Micros) -> Result<()> {
        IntervalAverage::change(context, total, -1);
        Ok(())
    }
}
