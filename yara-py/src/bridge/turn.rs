//! How long a task goes on without a turn of its event loop.
//!
//! What is answered at once needs none, so that a loop of such answers would hold the event loop,
//! and with it timeouts, cancellation and everybody else, until it ends. So from time to time a task
//! gives way though it has its answer.

use std::cell::Cell;
use std::time::{Duration, Instant};

/// After so long, the others have their turn.
const LONGEST: Duration = Duration::from_millis(2);

thread_local! {
    static GAVE_WAY: Cell<Option<Instant>> = const { Cell::new(None) };
}

/// Whether a task of this thread that has an answer at once is to give way; then it does.
pub(crate) fn is_over() -> bool {
    let now = Instant::now();
    GAVE_WAY.with(|gave_way| {
        let before = gave_way.get();
        let over = before.is_some_and(|before| now.duration_since(before) > LONGEST);
        if over || before.is_none() {
            gave_way.set(Some(now));
        }
        over
    })
}
