//! What the pool is doing, in numbers and in words.

use super::ledger::{Purpose, UseKind};
use super::{Inner, Pool};
use crate::error::{Error, ErrorKind};
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

/// The connections of a pool at one moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Status {
    /// The largest number of connections; 0 when the pool is closed.
    pub max_size: usize,
    /// How many there are.
    pub connections: usize,
    /// How many of them nobody uses.
    pub idle: usize,
    /// How many are in use, or are being cleared for the next user.
    pub in_use: usize,
    /// How many requests wait for one.
    pub waiting: usize,
}

impl Pool {
    /// The connections at this moment.
    pub(crate) fn status(&self) -> Status {
        let objects = self.inner.objects.status();
        let ledger = self.inner.ledger();
        let in_use = ledger.uses.len() + self.inner.cleaning.load(Ordering::Relaxed);
        Status {
            max_size: objects.max_size,
            connections: objects.size,
            idle: objects.size.saturating_sub(in_use),
            in_use: in_use.min(objects.size),
            waiting: ledger.waiting(),
        }
    }
}

impl Inner {
    /// The error of a request that waited too long: who holds what, and what to do.
    pub(super) fn timed_out(&self) -> Error {
        let size = self.objects.status().size;
        let opening = self.opening.load(Ordering::Relaxed);
        let cleaning = self.cleaning.load(Ordering::Relaxed);
        let ledger = self.ledger();
        let now = Instant::now();
        let mut users = Vec::new();
        for (purpose, one, many) in [
            (Purpose::Transaction, "a transaction", "transactions"),
            (Purpose::Cursor, "a cursor", "cursors"),
            (Purpose::Session, "a session statement", "session statements"),
        ] {
            let held: Vec<Duration> = ledger
                .uses
                .iter()
                .filter_map(|one| match one.kind {
                    UseKind::Exclusive { purpose: of, since } if of == purpose => {
                        Some(now.saturating_duration_since(since))
                    }
                    _ => None,
                })
                .collect();
            let longest = seconds(held.iter().max().copied().unwrap_or_default());
            match held.len() {
                0 => {}
                1 => users.push(format!("1 by {one} since {longest}")),
                count => users.push(format!("{count} by {many}, the longest since {longest}")),
            }
        }
        let batches: Vec<usize> = ledger
            .uses
            .iter()
            .filter_map(|one| match one.kind {
                UseKind::Shared { batches, .. } => Some(batches),
                UseKind::Exclusive { .. } => None,
            })
            .collect();
        if !batches.is_empty() {
            let total: usize = batches.iter().sum();
            users.push(format!(
                "{} shared by {}",
                batches.len(),
                counted(total, "batch", "batches")
            ));
        }
        if cleaning > 0 {
            users.push(format!("{cleaning} being cleared after a cancelled use"));
        }
        if opening > 0 {
            users.push(format!("{opening} being opened"));
        }
        // Where all connections are there, this request is one of those that wait.
        let others = ledger.waiting().saturating_sub(usize::from(size >= self.max_size));
        drop(ledger);
        let mut text = format!(
            "no connection to {} became free within {}: there {} of at most {}",
            self.backend.location(),
            seconds(self.options.acquire_timeout),
            if size == 1 { "is 1".into() } else { format!("are {size}") },
            self.max_size,
        );
        if !users.is_empty() {
            text.push_str(" (");
            text.push_str(&users.join(", "));
            text.push(')');
        }
        if others > 0 {
            text.push_str(&format!(", and {} too", counted(others, "other waits", "others wait")));
        }
        text.push_str(if opening > 0 && size < self.max_size {
            "; the server takes long to accept a connection: see whether it can be reached, or \
             raise acquire_timeout"
        } else {
            "; end transactions and cursors sooner, raise max_size, or raise acquire_timeout"
        });
        Error::new(ErrorKind::PoolTimeout, text)
    }
}

fn seconds(duration: Duration) -> String {
    let seconds = duration.as_secs_f64();
    if seconds < 10.0 { format!("{seconds:.1} s") } else { format!("{seconds:.0} s") }
}

fn counted(count: usize, one: &str, many: &str) -> String {
    format!("{count} {}", if count == 1 { one } else { many })
}
