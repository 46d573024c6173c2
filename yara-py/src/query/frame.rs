//! Frames of windows: which of the rows around a row count.

use super::literal::guess;
use super::refuse;
use pyo3::prelude::*;
use yara_core::tree::{Frame, FrameBound, FrameUnit, Literal};

/// A bound as Python gives it: `None` for the end of the partition, else on which side of the row
/// it is (-1, 0 for the row itself, or 1), and how far away.
pub(super) type Bound<'py> = Option<(i8, pyo3::Bound<'py, PyAny>)>;

/// A frame as Python gives it: what its bounds count, and the bounds.
pub(super) type Given<'py> = (String, Bound<'py>, Bound<'py>);

/// A frame of rows, groups or distances.
pub(super) fn frame_of((unit, start, end): &Given<'_>) -> PyResult<Frame> {
    let unit = match unit.as_str() {
        "rows" => FrameUnit::Rows,
        "groups" => FrameUnit::Groups,
        "range" => FrameUnit::Range,
        other => return Err(refuse(format!("a frame does not count {other}"))),
    };
    Ok(Frame {
        unit,
        start: bound(start, FrameBound::UnboundedPreceding)?,
        end: bound(end, FrameBound::UnboundedFollowing)?,
    })
}

fn bound(given: &Bound<'_>, unbounded: FrameBound) -> PyResult<FrameBound> {
    let Some((side, size)) = given else { return Ok(unbounded) };
    Ok(match side {
        0 => FrameBound::CurrentRow,
        side if *side < 0 => FrameBound::Preceding(Literal::new(guess(size)?)),
        _ => FrameBound::Following(Literal::new(guess(size)?)),
    })
}
