//! What an instrumented backend does to a program.

use crate::error::ErrorKind;
use std::time::Duration;

/// Something that goes wrong at a statement.
///
/// It strikes once, at the next statement, unless [`at`](Fault::at), [`matching`](Fault::matching)
/// or [`times`](Fault::times) says otherwise.
#[derive(Debug, Clone)]
pub struct Fault {
    pub(super) effect: Effect,
    pub(super) skip: usize,
    pub(super) text: Option<String>,
    pub(super) times: usize,
}

#[derive(Debug, Clone, Copy)]
pub(super) enum Effect {
    Fail(ErrorKind),
    Lose,
    LoseAnswer,
    Delay(Duration),
}

impl Fault {
    fn new(effect: Effect) -> Fault {
        Fault { effect, skip: 0, text: None, times: 1 }
    }

    /// The database refuses the statement; nothing of its batch is sent.
    pub fn fail(kind: ErrorKind) -> Fault {
        Fault::new(Effect::Fail(kind))
    }

    /// The connection is lost before the batch is sent.
    pub fn lose() -> Fault {
        Fault::new(Effect::Lose)
    }

    /// The batch is run, and the connection is lost before it is answered.
    pub fn lose_answer() -> Fault {
        Fault::new(Effect::LoseAnswer)
    }

    /// The batch is sent later.
    pub fn delay(duration: Duration) -> Fault {
        Fault::new(Effect::Delay(duration))
    }

    /// At the n-th statement from now, or the n-th that matches; the next one is 1.
    #[must_use]
    pub fn at(mut self, position: usize) -> Fault {
        self.skip = position.saturating_sub(1);
        self
    }

    /// Only at statements with this in their text.
    #[must_use]
    pub fn matching(mut self, text: impl Into<String>) -> Fault {
        self.text = Some(text.into());
        self
    }

    /// At so many statements, not only one.
    #[must_use]
    pub fn times(mut self, times: usize) -> Fault {
        self.times = times;
        self
    }

    /// Whether it strikes at this statement.
    pub(super) fn strikes(&mut self, sql: &str) -> bool {
        if self.times == 0 || self.text.as_deref().is_some_and(|text| !sql.contains(text)) {
            return false;
        }
        if self.skip > 0 {
            self.skip -= 1;
            return false;
        }
        self.times -= 1;
        true
    }
}
