//! What runs on its caller's thread, and how far: which batches may, and the budget of each.
//!
//! A batch that passes its budget is run anew on the connection's thread. That is safe only where
//! nothing of it has happened. For a write it means that it is never stopped once SQLite commits
//! it, and never committed once it was stopped: [`Budget::commits`] decides between the two, from
//! SQLite's commit hook.

use super::scan;
use crate::backend::{Access, Request};
use crate::value::Value;
use std::sync::atomic::{AtomicBool, AtomicU32, AtomicU64, Ordering};
use std::time::{Duration, Instant};

/// The progress handler is called once in so many operations of SQLite's virtual machine.
pub(super) const INTERVAL: i32 = 250;
/// How many calls of the progress handler it survives: about 2 000 operations.
const CALLS: u32 = 8;
/// How many calls a write survives while it is quick: to begin anew costs more than to go on.
const QUICK_CALLS: u32 = 80;
/// How long a write is quick.
const QUICK: Duration = Duration::from_micros(200);
/// How many runs and how many bytes of values a write may have.
const MOST_RUNS: usize = 64;
const MOST_BYTES: usize = 64 << 10;

/// What a batch that may run inline does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Inline {
    /// It only reads.
    Reads,
    /// It writes a few rows.
    Writes,
}

/// What a batch does, if it looks short.
pub(super) fn looks_short(batch: &[Request]) -> Option<Inline> {
    let runs = runs(batch);
    let mut inline = Inline::Reads;
    for Request { command, .. } in batch {
        if runs >= command.slow.load(Ordering::Relaxed) {
            return None;
        }
        match command.access {
            Access::Read => {}
            Access::Write if command.prepare && scan::writes_rows(&command.sql) => {
                inline = Inline::Writes;
            }
            Access::Write | Access::Lock | Access::Control => return None,
        }
    }
    let is_small = || {
        let values = batch.iter().flat_map(|request| &request.values);
        runs <= MOST_RUNS && values.map(size).fold(0, usize::saturating_add) <= MOST_BYTES
    };
    (inline == Inline::Reads || is_small()).then_some(inline)
}

/// How many times statements run in a batch.
pub(super) fn runs(batch: &[Request]) -> usize {
    batch.iter().map(|request| request.repeat).fold(0, usize::saturating_add)
}

/// About the bytes of a value.
fn size(value: &Value) -> usize {
    match value {
        Value::Text(text) | Value::Json(text) => text.len(),
        Value::Bytes(bytes) => bytes.len(),
        Value::Numeric(number) => number.as_str().len(),
        Value::Foreign(value) => value.text.len(),
        Value::Array(array) => array.items.iter().map(size).fold(0, usize::saturating_add),
        _ => 8,
    }
}

/// How far the attempt is that runs now, or ran last. It is used by whoever holds the connection.
#[derive(Debug)]
pub(super) struct Budget {
    /// How often the progress handler was called.
    calls: AtomicU32,
    /// When it began, in microseconds after `origin`.
    began: AtomicU64,
    origin: Instant,
    overran: AtomicBool,
    committing: AtomicBool,
}

impl Budget {
    pub(super) fn new() -> Budget {
        Budget {
            calls: AtomicU32::new(0),
            began: AtomicU64::new(0),
            origin: Instant::now(),
            overran: AtomicBool::new(false),
            committing: AtomicBool::new(false),
        }
    }

    fn now(&self) -> u64 {
        u64::try_from(self.origin.elapsed().as_micros()).unwrap_or(u64::MAX)
    }

    /// An attempt begins.
    pub(super) fn begin(&self, inline: Inline) {
        self.calls.store(0, Ordering::Relaxed);
        self.overran.store(false, Ordering::Relaxed);
        self.committing.store(false, Ordering::Relaxed);
        if inline == Inline::Writes {
            self.began.store(self.now(), Ordering::Relaxed);
        }
    }

    /// The progress handler asks whether the attempt is over.
    pub(super) fn must_stop(&self, inline: Inline) -> bool {
        // SQLite asks even at the end of a statement that has just been committed.
        if self.has_committed() {
            return false;
        }
        let calls = self.calls.fetch_add(1, Ordering::Relaxed);
        let over = match inline {
            Inline::Reads => calls >= CALLS,
            Inline::Writes => calls >= CALLS && (calls >= QUICK_CALLS || !self.is_quick()),
        };
        if over {
            self.overrun();
        }
        self.has_overrun()
    }

    fn is_quick(&self) -> bool {
        let began = Duration::from_micros(self.began.load(Ordering::Relaxed));
        self.origin.elapsed().saturating_sub(began) < QUICK
    }

    /// SQLite is about to commit; false turns that into a rollback. From here on nothing stops the
    /// attempt. An attempt that was stopped, on the other hand, must not be committed: SQLite would
    /// do that even to a statement that is given up between two of the rows that it returns.
    pub(super) fn commits(&self) -> bool {
        let commits = !self.has_overrun();
        self.committing.store(commits, Ordering::Relaxed);
        commits
    }

    /// Notes that the attempt took too long.
    pub(super) fn overrun(&self) {
        self.overran.store(true, Ordering::Relaxed);
    }

    /// Whether the last attempt took too long. Then nothing of it has happened.
    pub(super) fn has_overrun(&self) -> bool {
        self.overran.load(Ordering::Relaxed)
    }

    /// Whether the last attempt came as far as a commit, successful or not.
    pub(super) fn has_committed(&self) -> bool {
        self.committing.load(Ordering::Relaxed)
    }
}

#[cfg(test)]
mod tests {
    use super::super::control::{Control, Mode};
    use super::super::run::{Session, run_batch};
    use super::*;
    use crate::backend::{Command, RowSink};
    use crate::error::Result;
    use crate::value::ValueRef;
    use std::sync::Arc;

    struct Nothing;

    impl RowSink for Nothing {
        fn row(&mut self, _: usize, _: &[ValueRef<'_>]) -> Result<()> {
            Ok(())
        }

        fn restart(&mut self) {}

        fn into_any(self: Box<Self>) -> Box<dyn std::any::Any + Send> {
            self
        }
    }

    fn open() -> (Session, Arc<Control>) {
        let control = Arc::new(Control::new(Duration::ZERO));
        let mut database = rusqlite::Connection::open_in_memory().unwrap();
        control.install(&mut database).unwrap();
        database.execute_batch("create table t (a)").unwrap();
        (Session::new(database), control)
    }

    fn write(sql: &str) -> Request {
        Request::new(Arc::new(Command::new(sql, Access::Write)), vec![])
    }

    /// Runs a batch of which so many calls of the progress handler are over, with all the time in
    /// the world, and gives how many rows there are now.
    fn attempt(
        (session, control): &mut (Session, Arc<Control>),
        calls: u32,
        batch: &[Request],
    ) -> (bool, i64) {
        control.begin_inline(Inline::Writes);
        control.budget.calls.store(calls, Ordering::Relaxed);
        control.budget.began.store(u64::MAX / 2, Ordering::Relaxed);
        let done = run_batch(session, control, batch, &mut Nothing).is_ok();
        control.set_mode(Mode::Normal);
        assert!(session.database.is_autocommit());
        assert_eq!(control.budget.has_committed(), done);
        assert_eq!(control.budget.has_overrun(), !done);
        let count = session.database.query_row("select count(*) from t", [], |row| row.get(0));
        (done, count.unwrap())
    }

    #[test]
    fn nothing_is_stopped_once_it_is_committed() {
        let mut open = open();
        let one = write("insert into t values (1)");
        let mut rows = 0;
        let mut stopped = 0;
        // SQLite asks at the end of every twentieth statement or so.
        for batch in [vec![one.clone()], vec![one.clone(), one.clone(), one]] {
            for _ in 0..300 {
                let (done, now) = attempt(&mut open, QUICK_CALLS, &batch);
                rows += if done { i64::try_from(batch.len()).unwrap() } else { 0 };
                stopped += i64::from(!done);
                assert_eq!(now, rows, "done: {done}");
            }
        }
        assert!((1..300).contains(&stopped), "{stopped} were stopped");
    }

    #[test]
    fn nothing_is_committed_once_it_was_stopped() {
        let mut open = open();
        let rows = |count: usize| {
            let values = vec!["(1)"; count].join(", ");
            write(&format!("insert into t values {values} returning a"))
        };
        // Given up between two rows, when all are written already.
        assert_eq!(attempt(&mut open, 0, &[rows(201)]), (false, 0));
        assert_eq!(attempt(&mut open, 0, &[rows(101), rows(100)]), (false, 0));
        assert_eq!(attempt(&mut open, 0, &[rows(200)]), (true, 200));
    }

    #[test]
    fn a_write_goes_on_while_it_is_quick() {
        let budget = Budget::new();
        let calls = |began: u64| {
            budget.begin(Inline::Writes);
            budget.began.store(began, Ordering::Relaxed);
            (0..).find(|_| budget.must_stop(Inline::Writes))
        };
        assert_eq!(calls(u64::MAX / 2), Some(QUICK_CALLS));
        std::thread::sleep(QUICK);
        assert_eq!(calls(0), Some(CALLS));
    }
}
