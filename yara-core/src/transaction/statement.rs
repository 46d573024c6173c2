//! Running statements in a transaction: in order, and noting what fails.

use super::Place;
use super::failure::fails;
use super::prelude::{Skip, prepend};
use crate::backend::{Access, Command, Request, RowSink};
use crate::error::{Error, ErrorKind, Result};
use crate::executor::{Count, Keep};
use crate::pool::{Lease, Origin, Purpose, Want};
use crate::sql;
use std::sync::Arc;

pub(super) async fn run(
    place: &Place,
    batch: Vec<Request>,
    sink: Box<dyn RowSink>,
) -> Result<Box<dyn RowSink>> {
    if batch.is_empty() {
        return Ok(sink);
    }
    place.root.permit(&batch)?;
    let reads = |request: &Request| matches!(request.command.access, Access::Read | Access::Lock);
    let only_reads = batch.iter().all(reads);
    place
        .root
        .in_time(async {
            let _turn = place.root.queue.lock().await;
            let (lease, prelude, is_first) = {
                let mut state = place.root.state();
                state.usable(place)?;
                let is_first = state.is_unsent();
                let (lease, prelude) = state.send()?;
                (lease, prelude, is_first)
            };
            let mut unfinished = Unfinished::new(place);
            let skipped = prelude.len();
            let batch = prepend(prelude, batch);
            let outcome = if is_first {
                first(place, lease, batch, skipped, sink).await
            } else {
                send(&lease, batch, skipped, sink).await
            };
            unfinished.is_over = true;
            note(place, outcome, only_reads)
        })
        .await
}

/// Sends what is still to be sent, and nothing else.
pub(super) async fn flush(place: &Place) -> Result<()> {
    let (lease, prelude, is_first) = {
        let mut state = place.root.state();
        state.usable(place)?;
        let is_first = state.is_unsent();
        let (lease, prelude) = state.send()?;
        (lease, prelude, is_first)
    };
    if prelude.is_empty() {
        return Ok(());
    }
    let mut unfinished = Unfinished::new(place);
    let batch = prepend(prelude, Vec::new());
    let outcome = if is_first {
        first(place, lease, batch, 0, Count::new()).await
    } else {
        send(&lease, batch, 0, Count::new()).await
    };
    unfinished.is_over = true;
    note(place, outcome, false).map(drop)
}

async fn send(
    lease: &Lease,
    batch: Vec<Request>,
    skipped: usize,
    sink: Box<dyn RowSink>,
) -> Result<Box<dyn RowSink>> {
    lease.stop_abandoned().await?;
    if batch.iter().any(|request| sql::outlives_transaction(&request.command.sql)) {
        lease.retire();
    }
    let sink = Skip::over(skipped, sink);
    Skip::remove(skipped, lease.watch(lease.connection().run(batch, sink)).await?)
}

/// Sends the first batch, `BEGIN` included. Where the connection had died while it was idle, it is
/// sent again on another one: without a `COMMIT` nothing of it has happened.
async fn first(
    place: &Place,
    lease: Arc<Lease>,
    batch: Vec<Request>,
    skipped: usize,
    sink: Box<dyn RowSink>,
) -> Result<Box<dyn RowSink>> {
    let pool = place.root.db.pool();
    if lease.origin() == Origin::Fresh || pool.backend().embedded() {
        return send(&lease, batch, skipped, sink).await;
    }
    let copy = batch.clone();
    let (keep, kept) = Keep::new(sink);
    match send(&lease, batch, skipped, keep).await {
        Ok(keep) => drop(keep),
        Err(error) if error.is_connection_lost() => {
            let Some(mut sink) = kept.take() else { return Err(error) };
            sink.restart();
            let lost = place.root.state().lose();
            drop((lease, lost));
            let fresh = Arc::new(pool.proven(Want::Exclusive(Purpose::Transaction)).await?);
            place.root.state().replace(&fresh)?;
            return send(&fresh, copy, skipped, sink).await;
        }
        Err(error) => return Err(error),
    }
    kept.take()
        .ok_or_else(|| Error::new(ErrorKind::Internal, "a connection lost the sink it was given"))
}

/// Runs one statement that ends something, after what is still to be sent.
pub(super) async fn control(
    lease: &Lease,
    prelude: Vec<Arc<Command>>,
    commands: impl IntoIterator<Item = Arc<Command>>,
) -> Result<()> {
    let ends = commands.into_iter().map(|command| Request::new(command, Vec::new()));
    send(lease, prepend(prelude, ends.collect()), 0, Count::new()).await.map(drop)
}

/// Notes what an outcome means for the transaction.
pub(super) fn note<T>(place: &Place, outcome: Result<T>, only_reads: bool) -> Result<T> {
    if let Err(error) = &outcome {
        if error.is_retryable() {
            place.root.note_retryable();
        }
        if fails(error, only_reads) {
            place.root.fail(place, error.to_string());
        }
    }
    outcome
}

/// A statement under way. Dropped before its end, nobody knows what it did.
pub(super) struct Unfinished<'a> {
    place: &'a Place,
    pub(super) is_over: bool,
}

impl<'a> Unfinished<'a> {
    pub(super) fn new(place: &'a Place) -> Unfinished<'a> {
        Unfinished { place, is_over: false }
    }
}

impl Drop for Unfinished<'_> {
    fn drop(&mut self) {
        if !self.is_over {
            self.place.root.fail(self.place, "a statement was cancelled before its end");
        }
    }
}
