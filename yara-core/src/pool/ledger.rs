//! The book of the pool: who uses which connection, and who waits.
//!
//! It is plain data under one lock, which is never held across an await or a call of a backend
//! other than [`is_open`](crate::backend::Connection::is_open).

use super::{Lease, Object, PoolOptions, Want};
use crate::backend::{Access, Connection};
use std::cmp::Reverse;
use std::collections::VecDeque;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::sync::oneshot;

/// What somebody has a connection to themselves for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Purpose {
    /// A transaction.
    Transaction,
    /// Rows that are read in portions.
    Cursor,
    /// Statements that change the session.
    Session,
}

/// How a connection is used.
#[derive(Debug, Clone, Copy)]
pub(super) enum UseKind {
    /// By one, since then.
    Exclusive { purpose: Purpose, since: Instant },
    /// By as many batches. Nobody joins behind one that writes, because it may wait for a lock,
    /// nor behind one that was abandoned, because the connection has to be cleared first.
    Shared { batches: usize, writes: bool, abandoned: bool },
}

impl UseKind {
    pub(super) fn of(want: Want, since: Instant) -> UseKind {
        match want {
            Want::Exclusive(purpose) => UseKind::Exclusive { purpose, since },
            Want::Shared(access) => {
                UseKind::Shared { batches: 1, writes: access != Access::Read, abandoned: false }
            }
        }
    }

    pub(super) fn is_shared(&self) -> bool {
        matches!(self, UseKind::Shared { .. })
    }
}

/// A connection in use.
pub(super) struct Use {
    pub(super) id: u64,
    pub(super) object: Object,
    pub(super) kind: UseKind,
    /// Whether it is closed instead of given back.
    pub(super) is_discarded: bool,
    /// The count of answers, over the pool, when this connection last gave one.
    pub(super) progress: u64,
}

/// A request that waits to share a connection.
struct Joiner {
    ticket: u64,
    access: Access,
    sender: oneshot::Sender<Lease>,
}

/// What is left of a connection's use when one user has gone.
#[allow(clippy::large_enum_variant, reason = "it is moved once, at once")]
pub(super) enum Left {
    /// Nobody uses it any more.
    Alone(Object),
    /// Nobody uses it any more, and nobody shall.
    Discarded(Object),
    /// Others do.
    Others,
}

/// See the [module](self).
pub(super) struct Ledger {
    /// The last id or ticket that was given out; tickets grow with time.
    last: u64,
    /// How many answers there were.
    progress: u64,
    pub(super) uses: Vec<Use>,
    /// Idle connections at hand, the one that came back last at the end. There are none while
    /// somebody waits: deadpool gives those out, in order.
    pub(super) warm: Vec<Object>,
    /// Tickets of those who wait for a connection of their own, oldest first.
    exclusive: VecDeque<u64>,
    /// Those who wait to share one, oldest first.
    joiners: VecDeque<Joiner>,
    /// When idle connections were last looked through.
    refreshed: Instant,
}

impl Ledger {
    pub(super) fn new() -> Ledger {
        Ledger {
            last: 0,
            progress: 0,
            uses: Vec::new(),
            warm: Vec::new(),
            exclusive: VecDeque::new(),
            joiners: VecDeque::new(),
            refreshed: Instant::now(),
        }
    }

    fn next(&mut self) -> u64 {
        self.last += 1;
        self.last
    }

    /// Notes a connection that is now in use.
    pub(super) fn add(&mut self, object: Object, kind: UseKind) -> u64 {
        let id = self.next();
        self.uses.push(Use { id, object, kind, is_discarded: false, progress: self.progress });
        id
    }

    /// Notes that one user has gone.
    pub(super) fn leave(&mut self, id: u64, was_abandoned: bool) -> Left {
        self.progress += 1;
        let Some(index) = self.uses.iter().position(|one| one.id == id) else {
            return Left::Others;
        };
        let one = &mut self.uses[index];
        one.progress = self.progress;
        if let UseKind::Shared { batches, abandoned, .. } = &mut one.kind
            && *batches > 1
        {
            *batches -= 1;
            *abandoned |= was_abandoned;
            return Left::Others;
        }
        let one = self.uses.swap_remove(index);
        if one.is_discarded { Left::Discarded(one.object) } else { Left::Alone(one.object) }
    }

    /// Lets a connection be closed when its last user has gone, and nobody join it any more.
    pub(super) fn discard(&mut self, id: u64) {
        if let Some(one) = self.uses.iter_mut().find(|one| one.id == id) {
            one.is_discarded = true;
            if let UseKind::Shared { abandoned, .. } = &mut one.kind {
                *abandoned = true;
            }
        }
    }

    /// Puts a request for a connection of its own into the queue; not where one is at hand.
    pub(super) fn wait_exclusive(&mut self) -> Option<u64> {
        if !self.warm.is_empty() {
            return None;
        }
        let ticket = self.next();
        self.exclusive.push_back(ticket);
        Some(ticket)
    }

    /// Puts a request for a share of a connection into the queue; not where one is at hand.
    pub(super) fn wait_to_join(
        &mut self,
        access: Access,
        sender: oneshot::Sender<Lease>,
    ) -> Option<u64> {
        if !self.warm.is_empty() {
            return None;
        }
        let ticket = self.next();
        self.joiners.push_back(Joiner { ticket, access, sender });
        Some(ticket)
    }

    /// Takes a request out of the queues.
    pub(super) fn stop_waiting(&mut self, ticket: u64) {
        self.exclusive.retain(|waiting| *waiting != ticket);
        self.joiners.retain(|joiner| joiner.ticket != ticket);
    }

    /// Whether somebody waits to share a connection.
    pub(super) fn has_joiners(&self) -> bool {
        !self.joiners.is_empty()
    }

    /// How many wait.
    pub(super) fn waiting(&self) -> usize {
        self.exclusive.len() + self.joiners.len()
    }

    /// The request that has waited longest to share a connection, and the connection it joins;
    /// none while there is no room, or while a request for a whole connection has waited longer.
    pub(super) fn next_to_join(
        &mut self,
        pipeline: usize,
    ) -> Option<(u64, Arc<dyn Connection>, oneshot::Sender<Lease>)> {
        let first = self.joiners.front()?;
        if self.exclusive.front().is_some_and(|ticket| *ticket < first.ticket) {
            return None;
        }
        let chosen = self.least_loaded(pipeline)?;
        let joiner = self.joiners.pop_front()?;
        let one = &mut self.uses[chosen];
        if let UseKind::Shared { batches, writes, .. } = &mut one.kind {
            *batches += 1;
            *writes |= joiner.access != Access::Read;
        }
        Some((one.id, one.object.connection.clone(), joiner.sender))
    }

    /// The connection that will answer soonest: not one that has answered nothing while the others
    /// answered all that is under way; then the one with the fewest batches; then the one that
    /// answered last.
    fn least_loaded(&self, pipeline: usize) -> Option<usize> {
        let under_way: usize = self.uses.iter().map(|one| one.kind.batches()).sum();
        let candidates = self.uses.iter().enumerate().filter_map(|(index, one)| match one.kind {
            UseKind::Shared { batches, writes: false, abandoned: false }
                if batches < pipeline && one.object.connection.is_open() =>
            {
                let is_stuck = self.progress - one.progress > under_way as u64;
                Some(((is_stuck, batches, Reverse(one.progress)), index))
            }
            _ => None,
        });
        candidates.min().map(|(_, index)| index)
    }

    /// Whether idle connections should be looked through again.
    pub(super) fn is_time_to_refresh(&mut self, now: Instant, options: &PoolOptions) -> bool {
        let limits = [options.idle_timeout, options.max_lifetime];
        let shortest = limits.into_iter().flatten().min();
        let pause = shortest.unwrap_or(Duration::from_secs(60)) / 2;
        let due = now.saturating_duration_since(self.refreshed) >= pause;
        if due {
            self.refreshed = now;
        }
        due
    }
}

impl UseKind {
    fn batches(&self) -> usize {
        match self {
            UseKind::Exclusive { .. } => 0,
            UseKind::Shared { batches, .. } => *batches,
        }
    }
}
