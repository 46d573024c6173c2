//! SQLite, compiled in.
//!
//! Text, values and rows go in and out; nothing here knows a model. A connection is a database
//! handle behind a lock, and a thread of its own from the first job that needs one:
//!
//! ```text
//! run(batch) ── short? ──► here and now: a few thousand operations, 200 rows, no waiting
//!     │                         │ past that, or locked: undone, and restart
//!     └── everything else ──────┴──► the connection's thread: one hop for the batch
//! ```
//!
//! - Reads are tried inline inside a transaction as well: stopping one never touches it.
//! - Writes are tried inline outside of a transaction, where they are few, insert, update or delete
//!   rows, and their commit waits for no disk: in memory, and in a file's write-ahead log unless
//!   `synchronous` is `full`. The log is copied into the file by the thread. What is stopped has
//!   not been committed, and what is being committed is not stopped, so that each write happens
//!   once. It happens within one poll: dropping the future comes before it, or after it.
//! - A batch that writes in several executions is one transaction: `BEGIN IMMEDIATE … COMMIT`
//!   around it, or a savepoint where the program has begun a transaction. A batch that holds an
//!   [`Access::Control`](super::Access::Control) statement is taken as it is.
//! - A future that is dropped stops its statement, and undoes what it wrote: a batch has happened
//!   as a whole or not at all. Inside a transaction of the program's a write runs on to its end,
//!   because SQLite would undo the whole transaction; the connection says so by
//!   [`needs_reset`](super::Connection::needs_reset).
//! - Where SQLite rolls a transaction back by itself (a full disk, `RAISE(ROLLBACK)`), later
//!   statements of it are refused until the program ends it: they never run outside.
//! - `:memory:` is one database for all connections of a backend, by SQLite's `memdb`. It has no
//!   write-ahead log: a writer waits for readers and readers for a writer, up to `busy_timeout`,
//!   where a file lets them go on side by side.
//! - Writers of several connections wait for each other on their own threads, up to `busy_timeout`.
//!
//! # URL
//!
//! `sqlite://` and a path as it is, relative or absolute, or `sqlite://:memory:`; then, after `?`:
//!
//! | parameter | values | default |
//! |---|---|---|
//! | `mode` | `ro`, `rw` (the file must be there), `rwc` (it is created) | `rwc` |
//! | `busy_timeout` | seconds to wait for a lock | `5` |
//! | `statement_cache_size` | prepared statements that a connection keeps | `128` |
//! | `foreign_keys` | `on`, `off` | `on` |
//! | `synchronous` | `off`, `normal`, `full` | `normal` |
//! | `pipeline` | batches that may be queued on one connection | `8` |
//!
//! Others are returned by [`SqliteBackend::from_url`] as they are: those of a pool, say.
//!
//! # Functions
//!
//! What every connection offers to SQL beyond SQLite's own. NULL in, NULL out; all but
//! `yara_now` are deterministic, so that indexes and checks may use them. `number` is TEXT digits as `Numeric`
//! stores them, or an INTEGER, or a REAL; a numeric result is TEXT digits with the scale that
//! PostgreSQL would give.
//!
//! | name | result |
//! |---|---|
//! | collation `yara_numeric` | compares TEXT digits as numbers: `-Infinity`, finite, `Infinity`, `NaN` |
//! | `yara_lower(text)`, `yara_upper(text)` | TEXT, by Unicode |
//! | `yara_fold(text)` | TEXT in which case no longer counts |
//! | `yara_contains(text, part, ignore_case)` | 0 or 1 |
//! | `yara_starts_with(text, part, ignore_case)` | 0 or 1 |
//! | `yara_ends_with(text, part, ignore_case)` | 0 or 1 |
//! | `yara_like(text, pattern, ignore_case)` | 0 or 1; `%`, `_`, and `\` before either of them or itself |
//! | `yara_numeric_add(number, number)`, `…_sub`, `…_mul` | TEXT, exact |
//! | `yara_numeric_div(number, number)` | TEXT, at least 16 significant digits; zero is an error |
//! | `yara_numeric_neg(number)` | TEXT |
//! | `yara_numeric_rem(number, number)` | TEXT, what a division leaves, with the sign of the first |
//! | `yara_numeric_cmp(number, number)` | -1, 0 or 1 |
//! | `yara_add(integer, integer, bits)`, `yara_subtract`, `yara_multiply` | the result; past so many bits is an error |
//! | `yara_divide(number, number)` | the quotient of integers or floats; by zero is an error |
//! | `yara_remainder(integer, integer)` | what the division leaves; by zero is an error |
//! | aggregate `yara_numeric_sum(number)` | TEXT, exact; NULL of no rows |
//! | aggregate `yara_numeric_avg(number)` | TEXT, as `div`; NULL of no rows |
//! | aggregates `yara_float_sum(number)`, `yara_float_avg` | REAL, or the TEXT `NaN`; added one after the other, as PostgreSQL does |
//! | aggregates `yara_var_samp(number)`, `yara_var_pop`, `yara_stddev_samp`, `yara_stddev_pop` | REAL, by the steps of PostgreSQL |
//! | aggregate `yara_interval_avg(micros)` | INTEGER, rounded half to even |
//! | aggregates `yara_array_agg(value)`, `yara_array_agg_bool` | TEXT: a list as it is stored |
//! | aggregates `yara_json_agg(value)`, `yara_json_agg_bool`, `yara_json_agg_raw` | TEXT: a JSON array of values, of 0 and 1 as booleans, of documents |
//! | aggregate `yara_distinct_concat(text, separator)` | TEXT: texts that come in order, each once |
//! | aggregates `yara_float_sum_over(number)`, … | the above for windows, where each of the others is the same |
//! | `yara_abs(number, bits)`, `yara_round(number, digits, bits)`, `yara_trunc(…)` | of the same kind; past so many bits is an error |
//! | `yara_floor(number)`, `yara_ceil(number)` | of the same kind |
//! | `yara_sign(number)`, `yara_numeric_sign(number)` | -1, 0 or 1; NaN is 0, or an error |
//! | `yara_power(number, number)`, `yara_sqrt(number)`, `yara_exp`, `yara_ln` | REAL; no result is an error |
//! | `yara_substring(text, start[, length])`, `yara_reverse(text)`, `yara_repeat(text, times)` | TEXT, by characters |
//! | `yara_pad_left(text, length[, fill])`, `yara_pad_right(…)` | TEXT of so many characters |
//! | `yara_greatest(value, …)`, `yara_least(…)` | NULLs are passed over; `yara_numeric_…` of decimals, `yara_interval_…` of intervals |
//! | `yara_numeric_nullif(number, number)`, `yara_interval_nullif(…)` | NULL where both are equal |
//! | `yara_to_integer(number, bits)`, `yara_text_to_integer(text, bits)`, `yara_to_float(value, bits)` | rounded half away from zero; what does not fit is an error |
//! | `yara_to_numeric(value, bits)`, `yara_to_text(value, bits)` | by the digits with which a float of so many bits is written |
//! | `yara_to_bool(value)`, `yara_to_uuid(text)`, `yara_to_json(text)` | what cannot be read is an error |
//! | `yara_to_date(moment)`, `yara_to_time`, `yara_to_timestamp`, `yara_to_timestamptz` | TEXT as it is stored |
//! | `yara_moment_text(moment)` | TEXT as PostgreSQL writes it |
//! | `yara_refuse(reason)` | always an error, with this reason; not deterministic |
//! | `yara_now()` | when the transaction began; not deterministic |
//! | `yara_extract(part, value)` | a part of a moment or an interval |
//! | `yara_truncate(unit, moment)` | the start of the unit |
//! | `yara_moment_add(moment, interval)`, `yara_moment_sub(…)` | a moment; of a date a timestamp |
//! | `yara_date_add(date, days)`, `yara_date_sub(…)` | a date |
//! | `yara_moment_diff(moment, moment)` | days of dates, else microseconds |
//! | `yara_age(moment, moment)` | an interval: INTEGER microseconds, or with months and days TEXT such as `P1M2DT3.500000S` |
//! | `yara_interval_add(interval, interval)`, `yara_interval_sub(…)` | an interval |
//! | `yara_interval_micros(interval)` | by which intervals compare: a month has 30 days |
//! | `yara_interval_exact(interval)` | microseconds; months and days are an error |
//! | table `rarray(?1)` | the items of a list that is bound, in the column `value` |

mod bind;
mod calendar;
mod connection;
mod constraint;
mod control;
mod cursor;
mod decimal;
mod document;
mod error;
mod format;
mod functions;
mod inline;
mod list;
mod open;
mod run;
mod scan;
mod statement;
mod url;
mod worker;

use super::{Backend, Connection};
use crate::error::{Error, ErrorKind, Result};
use crate::future::BoxFuture;
use crate::sql::{Dialect, Sqlite};
use connection::SqliteConnection;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use tokio::sync::oneshot;
use url::{Options, Place};

/// Registers what a connection brings along, for the tests of those who write SQL.
#[cfg(test)]
pub(crate) fn register_functions(database: &rusqlite::Connection) -> rusqlite::Result<()> {
    functions::register(database, Arc::default())
}

/// An SQLite database that connections can be made to.
pub struct SqliteBackend {
    options: Arc<Options>,
    /// The name by which connections share a database in memory.
    memory: Arc<str>,
    /// Keeps a database in memory alive while there is no other connection.
    _anchor: Option<Mutex<rusqlite::Connection>>,
}

impl SqliteBackend {
    /// Reads a URL, see the [module](self); nothing is opened yet but a database in memory.
    /// Parameters that are not SQLite's are returned for the caller, who refuses what is unknown.
    ///
    /// ```
    /// use yara_core::backend::sqlite::SqliteBackend;
    /// let (_backend, others) = SqliteBackend::from_url("sqlite://app.db?mode=rw&max_size=2")?;
    /// assert_eq!(others, [("max_size".to_owned(), "2".to_owned())]);
    /// # Ok::<(), yara_core::error::Error>(())
    /// ```
    pub fn from_url(url: &str) -> Result<(SqliteBackend, Vec<(String, String)>)> {
        static MEMORIES: AtomicU64 = AtomicU64::new(0);
        let (options, others) = url::parse(url)?;
        let number = MEMORIES.fetch_add(1, Ordering::Relaxed);
        let memory: Arc<str> =
            format!("file:/yara-{}-{number}?vfs=memdb", std::process::id()).into();
        let anchor = match options.place {
            Place::File(_) => None,
            Place::Memory => Some(Mutex::new(open::open_memory(&memory).map_err(|cause| {
                Error::new(ErrorKind::Connect, "the database in memory cannot be opened")
                    .with_cause(cause)
            })?)),
        };
        Ok((SqliteBackend { options: Arc::new(options), memory, _anchor: anchor }, others))
    }
}

impl Backend for SqliteBackend {
    fn dialect(&self) -> &'static dyn Dialect {
        &Sqlite
    }

    fn location(&self) -> String {
        match &self.options.place {
            Place::Memory => ":memory:".into(),
            Place::File(path) => path.display().to_string(),
        }
    }

    fn connect(&self) -> BoxFuture<'_, Result<Arc<dyn Connection>>> {
        Box::pin(async move {
            let shared = match open::connect(&self.options, &self.memory, false) {
                // Another connection holds the lock, or the schema is large: not here.
                Err(error)
                    if matches!(error.kind(), ErrorKind::Busy | ErrorKind::QueryCanceled) =>
                {
                    let (reply, answer) = oneshot::channel();
                    let (options, memory) = (self.options.clone(), self.memory.clone());
                    std::thread::Builder::new()
                        .name("yara-sqlite-open".into())
                        .spawn(move || {
                            // Where nobody waits any more, the connection is closed again here.
                            let _ = reply.send(open::connect(&options, &memory, true));
                        })
                        .map_err(|cause| error.with_cause(cause))?;
                    answer.await.map_err(|_| {
                        Error::new(ErrorKind::Internal, "the thread that opens SQLite ended")
                    })??
                }
                result => result?,
            };
            Ok(Arc::new(SqliteConnection::new(shared)) as Arc<dyn Connection>)
        })
    }

    fn parameters(&self) -> &'static [&'static str] {
        &["mode", "busy_timeout", "statement_cache_size", "foreign_keys", "synchronous", "pipeline"]
    }

    fn embedded(&self) -> bool {
        true
    }

    fn pipeline(&self) -> usize {
        self.options.pipeline
    }

    /// Readers go on side by side, and only one can write.
    fn default_max_size(&self) -> usize {
        match self.options.place {
            Place::Memory => 4,
            Place::File(_) => {
                std::thread::available_parallelism().map_or(4, usize::from).clamp(4, 8)
            }
        }
    }
}
