//! When a running statement stops before its end: the [budget](super::inline::Budget) of an inline
//! attempt, and statements that nobody waits for any more.
//!
//! Both are decided in SQLite's progress handler and busy handler, which ask about the job that is
//! running *now*. `sqlite3_interrupt` is not used: what it stops is whatever runs when it arrives,
//! which may be the next statement.

use super::inline::{Budget, INTERVAL, Inline};
use rusqlite::hooks::Wal;
use std::sync::atomic::{AtomicBool, AtomicI64, AtomicU8, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant, SystemTime};

/// How many pages the write-ahead log may have before they are copied into the database: as many as
/// where SQLite does it by itself.
const LOG_PAGES: i32 = 1000;
/// How long to wait for a lock before asking again, in milliseconds, growing as in SQLite's own
/// busy handler; short enough for a wait to end soon after its caller is gone.
const DELAYS: [u64; 8] = [1, 2, 5, 10, 15, 20, 25, 25];

/// What may stop the running statement.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub(super) enum Mode {
    /// An inline read: the budget, and any lock.
    InlineRead,
    /// An inline write: the budget until it commits, and any lock.
    InlineWrite,
    /// It stops when nobody waits for it.
    Normal,
    /// It stops only when the connection is reset or dropped: inside a transaction, SQLite answers
    /// an interrupted write by rolling back all of it, and what the program runs next would run
    /// outside (source: SQLite documentation, `sqlite3_interrupt`).
    Gentle,
    /// Nothing stops it: a rollback.
    Shielded,
}

/// One job of a connection, shared by the future that waits for it and the thread that does it.
#[derive(Debug, Default)]
pub(super) struct Ticket {
    state: AtomicU8,
    killed: AtomicBool,
}

impl Ticket {
    const WAITING: u8 = 0;
    const ABANDONED: u8 = 1;
    const DONE: u8 = 2;

    /// Nobody waits for the job any more. `orphans` counts such jobs until they are over.
    pub(super) fn abandon(&self, orphans: &AtomicUsize) {
        // Counted first: the job must never be over and uncounted, nor unfinished and uncounted.
        orphans.fetch_add(1, Ordering::SeqCst);
        let waiting = self.state.compare_exchange(
            Self::WAITING,
            Self::ABANDONED,
            Ordering::SeqCst,
            Ordering::SeqCst,
        );
        if waiting.is_err() {
            orphans.fetch_sub(1, Ordering::SeqCst);
        }
    }

    /// The job is over.
    pub(super) fn finish(&self, orphans: &AtomicUsize) {
        if self.state.swap(Self::DONE, Ordering::SeqCst) == Self::ABANDONED {
            orphans.fetch_sub(1, Ordering::SeqCst);
        }
    }

    pub(super) fn is_abandoned(&self) -> bool {
        self.state.load(Ordering::SeqCst) == Self::ABANDONED
    }
}

/// What SQLite's handlers look at. One belongs to each connection; all but
/// [`stop_abandoned`](Control::stop_abandoned) is used by the one who holds the connection.
#[derive(Debug)]
pub(super) struct Control {
    mode: AtomicU8,
    pub(super) budget: Budget,
    /// A write may run inline: the database is in memory, or the log has begun and has room.
    pub(super) has_room: AtomicBool,
    current: Mutex<Option<Arc<Ticket>>>,
    busy_timeout: Duration,
    /// When the transaction began, in microseconds since 1970: what `yara_now()` gives.
    pub(super) clock: Arc<AtomicI64>,
}

impl Control {
    pub(super) fn new(busy_timeout: Duration) -> Control {
        Control {
            mode: AtomicU8::new(Mode::Normal as u8),
            budget: Budget::new(),
            has_room: AtomicBool::new(false),
            current: Mutex::new(None),
            busy_timeout,
            clock: Arc::default(),
        }
    }

    /// A transaction begins now.
    pub(super) fn tick(&self) {
        let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
        self.clock.store(i64::try_from(now.as_micros()).unwrap_or_default(), Ordering::Relaxed);
    }

    /// Installs the handlers for the life of the connection. That costs nothing measurable, and
    /// installing them for each inline read would.
    pub(super) fn install(
        self: &Arc<Self>,
        database: &mut rusqlite::Connection,
    ) -> rusqlite::Result<()> {
        let control = self.clone();
        database.progress_handler(INTERVAL, Some(move || control.must_stop()))?;
        let control = self.clone();
        database.commit_hook(Some(move || {
            // True refuses the commit.
            control.is_mode(Mode::InlineWrite) && !control.budget.commits()
        }))?;
        let control = self.clone();
        let mut since = Instant::now();
        database.busy_handler(Some(move |count: i32| {
            if count == 0 {
                since = Instant::now();
            }
            control.wait_for_lock(usize::try_from(count).unwrap_or(0), since)
        }))
    }

    /// Looks after the write-ahead log instead of SQLite, whose own checkpoints run, and wait for the
    /// disk, in whatever commit passes the limit: an inline write leaves it to the thread.
    ///
    /// The first commit into a log that is begun anew waits for the disk as well. So after a
    /// checkpoint, and at first, there is room only when a commit on the thread has said so; of a
    /// checkpoint by somebody else, nobody knows. Where the file has another kind of journal, SQLite
    /// never calls, and nothing is written inline.
    pub(super) fn keep_log_short(
        self: &Arc<Self>,
        database: &mut rusqlite::Connection,
    ) -> rusqlite::Result<()> {
        let control = self.clone();
        database.wal_hook(Some(move |log: &mut Wal, pages: i32| {
            control.has_room.store(pages < LOG_PAGES, Ordering::Relaxed);
            if pages >= LOG_PAGES && !control.is_inline() {
                // Where others read, the next commit tries again.
                let _ = log.checkpoint();
            }
            Ok(())
        }))
    }

    pub(super) fn set_mode(&self, mode: Mode) {
        self.mode.store(mode as u8, Ordering::Relaxed);
    }

    fn is_mode(&self, mode: Mode) -> bool {
        self.mode.load(Ordering::Relaxed) == mode as u8
    }

    /// What runs inline now, if anything.
    fn inline(&self) -> Option<Inline> {
        if self.is_mode(Mode::InlineRead) {
            Some(Inline::Reads)
        } else {
            self.is_mode(Mode::InlineWrite).then_some(Inline::Writes)
        }
    }

    pub(super) fn is_inline(&self) -> bool {
        self.inline().is_some()
    }

    /// Begins an inline attempt; [`set_mode`](Control::set_mode) ends it.
    pub(super) fn begin_inline(&self, inline: Inline) {
        self.budget.begin(inline);
        self.set_mode(match inline {
            Inline::Reads => Mode::InlineRead,
            Inline::Writes => Mode::InlineWrite,
        });
    }

    /// The job that runs from now on.
    pub(super) fn set_current(&self, ticket: Option<Arc<Ticket>>) {
        *self.current.lock().unwrap_or_else(PoisonError::into_inner) = ticket;
    }

    /// Stops the running statement, whatever it is, if nobody waits for it.
    pub(super) fn stop_abandoned(&self) {
        if let Some(ticket) = &*self.current.lock().unwrap_or_else(PoisonError::into_inner)
            && ticket.is_abandoned()
        {
            ticket.killed.store(true, Ordering::SeqCst);
        }
    }

    fn must_stop(&self) -> bool {
        if let Some(inline) = self.inline() {
            return self.budget.must_stop(inline);
        }
        if self.is_mode(Mode::Shielded) {
            return false;
        }
        match &*self.current.lock().unwrap_or_else(PoisonError::into_inner) {
            Some(ticket) => {
                ticket.killed.load(Ordering::SeqCst)
                    || (self.is_mode(Mode::Normal) && ticket.is_abandoned())
            }
            None => false,
        }
    }

    /// Waits for a lock that others hold; false gives up.
    fn wait_for_lock(&self, count: usize, since: Instant) -> bool {
        if self.is_inline() {
            return false;
        }
        let left = self.busy_timeout.saturating_sub(since.elapsed());
        if left.is_zero() || self.must_stop() {
            return false;
        }
        let delay = DELAYS.get(count).or(DELAYS.last()).copied().unwrap_or(25);
        std::thread::sleep(Duration::from_millis(delay).min(left));
        true
    }
}
