//! Sums, means and deviations of floats, by the steps that PostgreSQL takes, so that the last digits
//! are the same where the rows come in one order. NaN, which is stored as a word, makes NaN.

use super::super::decimal::DecimalError;
use super::failed;
use rusqlite::Result;
use rusqlite::functions::{Aggregate, Context, WindowAggregate};
use rusqlite::types::{Value, ValueRef};
use std::collections::VecDeque;

/// What is asked of the numbers.
#[derive(Debug, Clone, Copy)]
pub(super) enum Answer {
    Sum,
    Mean,
    Variance,
    VarianceAll,
    Deviation,
    DeviationAll,
}

/// Numbers one after the other, by the method of Youngs and Cramer (source: `float8_accum` in
/// PostgreSQL's `src/backend/utils/adt/float.c`).
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Floats {
    count: f64,
    sum: f64,
    /// The sum of the squares of the distances from the mean.
    squares: f64,
    /// Whether one of the numbers is not finite.
    boundless: bool,
}

impl Floats {
    fn add(&mut self, number: f64) {
        let before = self.count;
        self.count += 1.0;
        self.sum += number;
        self.boundless |= !number.is_finite();
        if before > 0.0 {
            let distance = number * self.count - self.sum;
            self.squares += distance * distance / (self.count * before);
        }
        if self.boundless {
            self.squares = f64::NAN;
        }
    }

    fn answer(&self, answer: Answer) -> Result<Value> {
        let least = match answer {
            Answer::Variance | Answer::Deviation => 2.0,
            _ => 1.0,
        };
        if self.count < least {
            return Ok(Value::Null);
        }
        let result = match answer {
            Answer::Sum => self.sum,
            Answer::Mean => self.sum / self.count,
            Answer::Variance => self.squares / (self.count - 1.0),
            Answer::VarianceAll => self.squares / self.count,
            Answer::Deviation => (self.squares / (self.count - 1.0)).sqrt(),
            Answer::DeviationAll => (self.squares / self.count).sqrt(),
        };
        if !result.is_finite() && !self.boundless {
            return Err(failed(Box::new(DecimalError::Overflow)));
        }
        Ok(if result.is_nan() { Value::Text("NaN".into()) } else { Value::Real(result) })
    }
}

/// The argument as a float; `None` for NULL.
fn float(context: &Context<'_>) -> Result<Option<f64>> {
    Ok(match context.get_raw(0) {
        ValueRef::Null => None,
        ValueRef::Integer(number) => Some(number as f64),
        ValueRef::Real(number) => Some(number),
        ValueRef::Text(text) | ValueRef::Blob(text) => {
            let number = std::str::from_utf8(text).ok().and_then(|text| text.parse().ok());
            let refuse = || DecimalError::NotANumber(String::from_utf8_lossy(text).into_owned());
            Some(number.ok_or_else(|| failed(Box::new(refuse())))?)
        }
    })
}

impl Aggregate<Floats, Value> for Answer {
    fn init(&self, _: &mut Context<'_>) -> Result<Floats> {
        Ok(Floats::default())
    }

    fn step(&self, context: &mut Context<'_>, floats: &mut Floats) -> Result<()> {
        if let Some(number) = float(context)? {
            floats.add(number);
        }
        Ok(())
    }

    fn finalize(&self, _: &mut Context<'_>, floats: Option<Floats>) -> Result<Value> {
        floats.unwrap_or_default().answer(*self)
    }
}

/// An answer for each row of a window. A number is never taken from a sum of floats again, which
/// would leave its rounding behind; the sum is made anew.
pub(super) struct Over(pub(super) Answer);

/// The numbers of a frame.
#[derive(Debug, Default)]
pub(super) struct Sliding {
    numbers: VecDeque<Option<f64>>,
    floats: Floats,
    stale: bool,
}

impl Sliding {
    fn answer(&mut self, answer: Answer) -> Result<Value> {
        if std::mem::take(&mut self.stale) {
            self.floats = Floats::default();
            self.numbers.iter().flatten().for_each(|number| self.floats.add(*number));
        }
        self.floats.answer(answer)
    }
}

impl Aggregate<Sliding, Value> for Over {
    fn init(&self, _: &mut Context<'_>) -> Result<Sliding> {
        Ok(Sliding::default())
    }

    fn step(&self, context: &mut Context<'_>, sliding: &mut Sliding) -> Result<()> {
        let number = float(context)?;
        sliding.numbers.push_back(number);
        if let Some(number) = number {
            sliding.floats.add(number);
        }
        Ok(())
    }

    fn finalize(&self, _: &mut Context<'_>, sliding: Option<Sliding>) -> Result<Value> {
        sliding.unwrap_or_default().answer(self.0)
    }
}

impl WindowAggregate<Sliding, Value> for Over {
    fn value(&self, sliding: Option<&mut Sliding>) -> Result<Value> {
        sliding.map_or(Ok(Value::Null), |sliding| sliding.answer(self.0))
    }

    fn inverse(&self, _: &mut Context<'_>, sliding: &mut Sliding) -> Result<()> {
        sliding.stale |= sliding.numbers.pop_front().flatten().is_some();
        Ok(())
    }
}
