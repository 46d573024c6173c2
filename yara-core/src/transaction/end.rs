//! The end of a transaction, and of a savepoint.

use super::Place;
use super::failure::{End, not_committed};
use super::prelude;
use super::statement::control;
use crate::error::Result;
use crate::pool::Lease;

pub(super) async fn commit(place: &Place) -> Result<()> {
    let outcome = place
        .root
        .in_time(async {
            let turn = place.root.queue.lock().await;
            let failure = place.root.state().innermost(place)?.failure.take();
            match failure {
                Some(first) => {
                    // Whatever becomes of it, what went wrong first is what the caller must know.
                    let _ = take_back(place).await;
                    Err(not_committed(place.depth, &first))
                }
                None if place.depth > 0 => {
                    place.root.state().release_savepoint(place);
                    Ok(None)
                }
                None => Ok(Some(turn)),
            }
        })
        .await;
    match outcome {
        // Outside of the time limit: once it is sent, nothing but its answer can tell.
        Ok(Some(_turn)) => commit_root(place).await,
        Ok(None) => Ok(()),
        Err(error) => {
            place.root.abandon(place);
            Err(error)
        }
    }
}

async fn commit_root(place: &Place) -> Result<()> {
    let root = &place.root;
    let (lease, prelude, was_sent) = {
        let mut state = root.state();
        state.innermost(place)?;
        let was_sent = !state.is_unsent();
        let (lease, prelude) = state.send()?;
        // What others begin from here on is too late.
        drop(state.end(End::Unknown));
        (lease, prelude, was_sent)
    };
    if was_sent && let Err(error) = control(&lease, prelude, [prelude::commit()]).await {
        if error.is_retryable() {
            root.note_retryable();
        }
        if error.is_connection_lost() {
            return Err(error.context(
                "the connection was lost at COMMIT, so that it is not known whether the \
                 transaction was committed",
            ));
        }
        root.state().end = Some(End::RolledBack);
        // SQLite leaves the transaction open where others are reading.
        let _ = roll_back_on(&lease).await;
        return Err(error);
    }
    let hooks = {
        let mut state = root.state();
        state.end = Some(End::Committed);
        state.take_hooks()
    };
    drop(lease);
    for hook in hooks {
        hook();
    }
    Ok(())
}

pub(super) async fn rollback(place: &Place) -> Result<()> {
    let outcome = place
        .root
        .in_time(async {
            let _turn = place.root.queue.lock().await;
            place.root.state().level(place)?;
            take_back(place).await
        })
        .await;
    place.root.abandon(place);
    outcome
}

/// Takes back what a level did; the queue is the caller's.
async fn take_back(place: &Place) -> Result<()> {
    let root = &place.root;
    let (lease, prelude) = {
        let mut state = root.state();
        if state.cursor {
            // Nothing can be sent: the pool does it, or the next statement of the level around.
            if place.depth == 0 {
                drop(state.end(End::RolledBack));
            } else {
                state.drop_savepoint(place);
            }
            return Ok(());
        }
        if place.depth == 0 {
            let was_sent = !state.is_unsent();
            let sent = state.send();
            drop(state.end(End::RolledBack));
            match sent {
                Ok(sent) if was_sent => sent,
                // Nothing was sent, or there is no connection left that it could have been on.
                _ => return Ok(()),
            }
        } else {
            if !state.take_savepoint(place) {
                return Ok(());
            }
            state.send()?
        }
    };
    if place.depth == 0 {
        // What was to be sent first is taken back as well.
        return roll_back_on(&lease).await;
    }
    let mut unsent = Unsent { place, release_only: false };
    let [rollback_to, _] = prelude::rollback_to(place.depth);
    let outcome = control(&lease, prelude, [rollback_to]).await;
    unsent.release_only = true;
    let parent = root.state().parent_of(place);
    if let (Err(error), Some(id)) = (&outcome, parent) {
        let parent = Place { root: root.clone(), id, depth: place.depth - 1 };
        root.fail(&parent, format!("a savepoint could not be rolled back: {error}"));
    }
    outcome
}

/// What goes before the next statement when a savepoint is being taken back. `ROLLBACK TO` does no
/// harm a second time, so that it is sent again where its future was dropped.
struct Unsent<'a> {
    place: &'a Place,
    release_only: bool,
}

impl Drop for Unsent<'_> {
    fn drop(&mut self) {
        let [rollback_to, release] = prelude::rollback_to(self.place.depth);
        let mut state = self.place.root.state();
        state.send_first(release);
        if !self.release_only {
            state.send_first(rollback_to);
        }
    }
}

/// `ROLLBACK`. That there is nothing left to roll back is no error: the connection was lost, or the
/// database did it by itself.
async fn roll_back_on(lease: &Lease) -> Result<()> {
    let connection = lease.connection();
    if !connection.is_open() || !connection.needs_reset() {
        return Ok(());
    }
    match control(lease, Vec::new(), [prelude::rollback()]).await {
        Err(error) if connection.is_open() && connection.needs_reset() => Err(error),
        _ => Ok(()),
    }
}
