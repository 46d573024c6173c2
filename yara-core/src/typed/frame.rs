//! Frames of windows, from Rust's ranges.

use crate::tree::{Frame, FrameBound, FrameUnit, Literal};
use crate::value::{FieldType, Value};
use std::cmp::Ordering;
use std::ops::{Bound, RangeBounds};

/// How far a value may be from that of the row, see [`Window::range`](super::Window::range): below
/// zero before it in order, above zero after it.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no distance between values",
    note = "distances are i32, i64, f64, decimals and chrono's `TimeDelta`"
)]
pub trait Distance: Sized + Clone {
    /// On which side of the row.
    fn side(&self) -> Ordering;
    /// How far, without the side. Errs where the value has no room for it.
    fn size(&self) -> Result<Value, String>;
}

macro_rules! distances {
    ($($rust:ty: $zero:expr, $size:expr;)+) => {$(
        impl Distance for $rust {
            fn side(&self) -> Ordering {
                self.partial_cmp(&$zero).unwrap_or(Ordering::Equal)
            }

            fn size(&self) -> Result<Value, String> {
                let size: fn(&$rust) -> Option<Value> = $size;
                size(self).ok_or_else(|| format!("{self} is no distance between values"))
            }
        }
    )+};
}

distances! {
    i32: 0, |by| Some(Value::I64(i64::from(*by).abs()));
    i64: 0, |by| by.checked_abs().map(Value::I64);
    f64: 0.0, |by| (!by.is_nan()).then(|| Value::F64(by.abs()));
    chrono::TimeDelta: chrono::TimeDelta::zero(), |by| by.abs().encode().ok();
}

#[cfg(feature = "decimal")]
distances! {
    rust_decimal::Decimal: rust_decimal::Decimal::ZERO, |by| by.abs().encode().ok();
}

/// A frame that counts.
pub(super) fn by_number(unit: FrameUnit, range: &impl RangeBounds<i64>) -> Result<Frame, String> {
    let step = |by: &i64, step: i64| by.saturating_add(step);
    let start = match range.start_bound() {
        Bound::Unbounded => FrameBound::UnboundedPreceding,
        Bound::Included(by) => bound(by)?,
        Bound::Excluded(by) => bound(&step(by, 1))?,
    };
    let end = match range.end_bound() {
        Bound::Unbounded => FrameBound::UnboundedFollowing,
        Bound::Included(by) => bound(by)?,
        Bound::Excluded(by) => bound(&step(by, -1))?,
    };
    Ok(Frame { unit, start, end })
}

/// A frame that measures.
pub(super) fn by_distance<D: Distance>(range: &impl RangeBounds<D>) -> Result<Frame, String> {
    let start = match range.start_bound() {
        Bound::Unbounded => FrameBound::UnboundedPreceding,
        Bound::Included(by) => bound(by)?,
        Bound::Excluded(_) => return Err(EXCLUDED.to_owned()),
    };
    let end = match range.end_bound() {
        Bound::Unbounded => FrameBound::UnboundedFollowing,
        Bound::Included(by) => bound(by)?,
        Bound::Excluded(_) => return Err(EXCLUDED.to_owned()),
    };
    Ok(Frame { unit: FrameUnit::Range, start, end })
}

const EXCLUDED: &str = "a frame by distance has its bounds in it; write `..=`";

fn bound<D: Distance>(by: &D) -> Result<FrameBound, String> {
    Ok(match by.side() {
        Ordering::Less => FrameBound::Preceding(Literal::new(by.size()?)),
        Ordering::Equal => FrameBound::CurrentRow,
        Ordering::Greater => FrameBound::Following(Literal::new(by.size()?)),
    })
}
