//! How long to wait before a transaction is run again.

use std::hash::{BuildHasher, Hasher, RandomState};
use std::time::Duration;

const FIRST: Duration = Duration::from_millis(10);
const LONGEST: Duration = Duration::from_secs(1);

/// Twice as long each time, and by chance up to half of that shorter, so that transactions that
/// met once do not meet again.
pub(super) fn pause(attempt: u32) -> Duration {
    let full = FIRST.saturating_mul(2_u32.saturating_pow(attempt)).min(LONGEST);
    let chance = RandomState::new().build_hasher().finish() % 1024;
    let half = full / 2;
    half + half.mul_f64(chance as f64 / 1024.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_grow_and_have_an_end() {
        for (attempt, full) in [(0, 10), (1, 20), (2, 40), (7, 1000), (4_000_000_000, 1000)] {
            let pause = pause(attempt);
            assert!(pause >= Duration::from_millis(full) / 2, "{pause:?}");
            assert!(pause <= Duration::from_millis(full), "{pause:?}");
        }
    }
}
