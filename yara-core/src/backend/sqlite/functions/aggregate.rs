//! Sums and averages that lose no digit.

use super::{failed, numeric};
use crate::backend::sqlite::decimal::Decimal;
use rusqlite::Result;
use rusqlite::functions::{Aggregate, Context};

/// The sum of the numbers that are not NULL, and how many there are.
pub(super) struct Total {
    sum: Decimal,
    count: i64,
}

impl Total {
    fn step(&mut self, context: &Context<'_>) -> Result<()> {
        if let Some(number) = numeric(context, 0)? {
            // The first as it is: its scale is that of the sum.
            self.sum = if self.count == 0 { number } else { self.sum.add(&number) };
            self.count += 1;
        }
        Ok(())
    }
}

/// `yara_numeric_sum`.
pub(super) struct Sum;

impl Aggregate<Total, Option<String>> for Sum {
    fn init(&self, _: &mut Context<'_>) -> Result<Total> {
        Ok(Total { sum: Decimal::from(0), count: 0 })
    }

    fn step(&self, context: &mut Context<'_>, total: &mut Total) -> Result<()> {
        total.step(context)
    }

    fn finalize(&self, _: &mut Context<'_>, total: Option<Total>) -> Result<Option<String>> {
        Ok(total.filter(|total| total.count > 0).map(|total| total.sum.to_string()))
    }
}

/// `yara_numeric_avg`.
pub(super) struct Average;

impl Aggregate<Total, Option<String>> for Average {
    fn init(&self, _: &mut Context<'_>) -> Result<Total> {
        Ok(Total { sum: Decimal::from(0), count: 0 })
    }

    fn step(&self, context: &mut Context<'_>, total: &mut Total) -> Result<()> {
        total.step(context)
    }

    fn finalize(&self, _: &mut Context<'_>, total: Option<Total>) -> Result<Option<String>> {
        let Some(total) = total.filter(|total| total.count > 0) else { return Ok(None) };
        let average = total.sum.div(&Decimal::from(total.count));
        average.map(|average| Some(average.to_string())).map_err(|error| failed(Box::new(error)))
    }
}
