//! The state of a transaction: its levels, what is still to be sent, how it ended.
//!
//! Plain data under one lock, which is never held across an await.

use super::Place;
use super::failure::{End, has_failed, over};
use super::prelude;
use crate::backend::Command;
use crate::error::{Error, ErrorKind, Result};
use crate::pool::Lease;
use std::sync::Arc;
use tokio::sync::oneshot;

pub(super) type Hook = Box<dyn FnOnce() + Send>;

/// The transaction itself, or a savepoint.
#[derive(Default)]
pub(super) struct Level {
    id: u64,
    /// Why it takes no more statements.
    pub(super) failure: Option<String>,
    /// What runs when the transaction is committed.
    pub(super) hooks: Vec<Hook>,
    /// Where its `BEGIN` or `SAVEPOINT` stands in the prelude; `None` once it is sent.
    unsent: Option<usize>,
}

/// See the [module](self).
pub(super) struct State {
    /// Innermost last.
    levels: Vec<Level>,
    /// What goes before the next statement.
    prelude: Vec<Arc<Command>>,
    lease: Option<Arc<Lease>>,
    pub(super) end: Option<End>,
    /// Whether a cursor is open.
    pub(super) cursor: bool,
    last_id: u64,
    /// Dropped at the end, so that nobody waits for the time limit any longer.
    pub(super) watchdog: Option<oneshot::Sender<()>>,
}

impl State {
    /// A transaction whose `BEGIN`, the last of the prelude, is still to be sent. Its level has the
    /// id 0.
    pub(super) fn new(lease: Lease, prelude: Vec<Arc<Command>>) -> State {
        State {
            levels: vec![Level { unsent: Some(0), ..Level::default() }],
            prelude,
            lease: Some(Arc::new(lease)),
            end: None,
            cursor: false,
            last_id: 0,
            watchdog: None,
        }
    }

    /// A level that is not over.
    pub(super) fn level(&mut self, place: &Place) -> Result<&mut Level> {
        if let Some(end) = self.end {
            return Err(over(end));
        }
        match self.levels.get_mut(place.depth) {
            Some(level) if level.id == place.id => Ok(level),
            _ => Err(Error::new(
                ErrorKind::Transaction,
                "the savepoint is over; use the transaction around it, or begin another one",
            )),
        }
    }

    /// A level on which something may be done now: the innermost, without a cursor on it.
    pub(super) fn innermost(&mut self, place: &Place) -> Result<&mut Level> {
        let is_innermost = self.levels.len() == place.depth + 1;
        let cursor = self.cursor;
        let level = self.level(place)?;
        let reason = if !is_innermost {
            "a savepoint of this transaction is open; use its handle, or wait for its end"
        } else if cursor {
            "a cursor of this transaction is open; read it to its end, or drop it, first"
        } else {
            return Ok(level);
        };
        Err(Error::new(ErrorKind::Transaction, reason))
    }

    /// As [`innermost`](State::innermost), and it has not failed.
    pub(super) fn usable(&mut self, place: &Place) -> Result<&mut Level> {
        let level = self.innermost(place)?;
        match &level.failure {
            None => Ok(level),
            Some(first) => Err(has_failed(place.depth, first)),
        }
    }

    /// The connection, and what is to be sent before anything else; from now on it counts as sent.
    pub(super) fn send(&mut self) -> Result<(Arc<Lease>, Vec<Arc<Command>>)> {
        let lease = self.lease.clone().ok_or_else(|| match self.end {
            Some(end) => over(end),
            None => Error::new(ErrorKind::ConnectionLost, "the transaction's connection is lost"),
        })?;
        for level in &mut self.levels {
            level.unsent = None;
        }
        Ok((lease, std::mem::take(&mut self.prelude)))
    }

    /// Gives a connection up that was lost, so that another one can take its place.
    pub(super) fn lose(&mut self) -> Option<Arc<Lease>> {
        self.lease.take()
    }

    /// Puts another connection in the place of one that was lost. Errs where the transaction is
    /// over meanwhile.
    pub(super) fn replace(&mut self, lease: &Arc<Lease>) -> Result<()> {
        if let Some(end) = self.end {
            return Err(over(end));
        }
        self.lease = Some(lease.clone());
        Ok(())
    }

    /// Whether nothing has been sent.
    pub(super) fn is_unsent(&self) -> bool {
        self.levels.first().is_some_and(|level| level.unsent.is_some())
    }

    /// Ends the transaction, unless it is over, and gives the connection.
    pub(super) fn end(&mut self, end: End) -> Option<Arc<Lease>> {
        self.end.get_or_insert(end);
        self.watchdog = None;
        self.lease.take()
    }

    /// The hooks of the transaction, to be run.
    pub(super) fn take_hooks(&mut self) -> Vec<Hook> {
        self.levels.first_mut().map(|level| std::mem::take(&mut level.hooks)).unwrap_or_default()
    }

    /// Begins a savepoint within the innermost level, and gives its id.
    pub(super) fn push_savepoint(&mut self) -> u64 {
        self.last_id += 1;
        let unsent = Some(self.prelude.len());
        self.prelude.push(prelude::savepoint(self.levels.len()));
        self.levels.push(Level { id: self.last_id, unsent, ..Level::default() });
        self.last_id
    }

    /// Makes a savepoint part of the level around it.
    pub(super) fn release_savepoint(&mut self, place: &Place) {
        let Some(level) = self.pop(place) else { return };
        match level.unsent {
            Some(at) => self.prelude.truncate(at),
            None => self.prelude.push(prelude::release(place.depth)),
        }
        if let Some(parent) = self.levels.last_mut() {
            parent.hooks.extend(level.hooks);
        }
    }

    /// Takes a savepoint back, before the next statement.
    pub(super) fn drop_savepoint(&mut self, place: &Place) {
        if self.take_savepoint(place) {
            self.prelude.extend(prelude::rollback_to(place.depth));
        }
    }

    /// Ends a savepoint, and says whether the database knows of it and must take it back.
    pub(super) fn take_savepoint(&mut self, place: &Place) -> bool {
        let Some(level) = self.pop(place) else { return false };
        if let Some(at) = level.unsent {
            self.prelude.truncate(at);
        }
        level.unsent.is_none()
    }

    /// Puts something before all that is to be sent.
    pub(super) fn send_first(&mut self, command: Arc<Command>) {
        self.prelude.insert(0, command);
    }

    /// The level around one, which may be over.
    pub(super) fn parent_of(&self, place: &Place) -> Option<u64> {
        place.depth.checked_sub(1).and_then(|depth| self.levels.get(depth)).map(|level| level.id)
    }

    /// Takes a level out, and those within it.
    fn pop(&mut self, place: &Place) -> Option<Level> {
        let is_there = self.level(place).is_ok();
        if !is_there {
            return None;
        }
        self.levels.truncate(place.depth + 1);
        self.levels.pop()
    }
}
