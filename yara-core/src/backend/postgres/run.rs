//! Running a batch: send it, read its answer, and once more where a prepared statement had gone.

use super::answer::{Answer, Stop};
use super::batch;
use super::channel::{Channel, Exchange};
use super::queue::Status;
use super::types;
use crate::backend::{Access, Request, RowSink};
use crate::error::Result;
use bytes::Bytes;
use std::future::poll_fn;
use std::sync::Arc;
use std::task::Poll;

/// After so many bytes of rows, others on the event loop have their turn.
const SLICE: usize = 256 * 1024;

/// Runs a batch and gives the sink back, filled.
pub(super) async fn run(
    channel: &Arc<Channel>,
    batch: Vec<Request>,
    mut sink: Box<dyn RowSink>,
) -> Result<Box<dyn RowSink>> {
    if batch.is_empty() {
        return Ok(sink);
    }
    let mut again = true;
    loop {
        let (mut exchange, (steps, fresh)) =
            channel.send(false, |draft| Ok((batch::write(draft, &batch)?, draft.fresh)))?;
        let mut answer = Answer::new(steps);
        let lost = read(channel, &mut exchange, &mut answer, &mut *sink).await.err();
        drop(exchange);
        let stale = answer.is_stale();
        let outcome = answer.outcome(lost);
        if stale {
            // All of them: DISCARD ALL, or a proxy, loses all at once.
            channel.forget(answer.statements().filter(|prepared| !prepared.name.is_empty()));
            if again && may_repeat(channel, &batch, &answer, fresh).await {
                again = false;
                if answer.heard() > 0 {
                    sink.restart();
                }
                continue;
            }
        }
        return outcome.map(|()| sink);
    }
}

/// Whether nothing of a failed batch has happened, neither on the server nor to the sink.
async fn may_repeat(
    channel: &Arc<Channel>,
    batch: &[Request],
    answer: &Answer,
    fresh: bool,
) -> bool {
    let is = |request: &Request, access| request.command.access == access;
    // A sink need not be able to take back what it heard of a write.
    if batch.iter().take(answer.heard()).any(|request| is(request, Access::Write)) {
        return false;
    }
    if batch.iter().skip(1).any(|request| is(request, Access::Control)) {
        return false;
    }
    match (batch.first().is_some_and(|first| is(first, Access::Control)), channel.status()) {
        // The implicit transaction was rolled back.
        (false, status) => status == Status::Idle,
        // The batch began a transaction by itself, and it is the one that failed.
        (true, Status::Failed) if fresh => roll_back(channel).await.is_ok(),
        (true, _) => false,
    }
}

/// Ends a transaction.
pub(super) async fn roll_back(channel: &Arc<Channel>) -> Result<()> {
    let (mut exchange, steps) = channel.send(false, |draft| {
        let request = super::reset::statement("ROLLBACK");
        batch::write(draft, &[request])
    })?;
    let mut answer = Answer::new(steps);
    let lost = read(channel, &mut exchange, &mut answer, &mut super::reset::Nothing).await.err();
    answer.outcome(lost)
}

/// Reads the answer to its end.
async fn read(
    channel: &Arc<Channel>,
    exchange: &mut Exchange,
    answer: &mut Answer,
    sink: &mut dyn RowSink,
) -> Result<()> {
    let mut chunks: Vec<Bytes> = Vec::new();
    let mut slice = 0;
    loop {
        let complete = exchange.next(&mut chunks).await?;
        for chunk in chunks.drain(..) {
            slice += chunk.len();
            let mut at = 0;
            loop {
                match answer.read(&chunk, &mut at, sink)? {
                    Stop::End => break,
                    Stop::Unknown(prepared) => types::resolve(channel, &prepared).await,
                    Stop::Suspended | Stop::Complete | Stop::Refused => {}
                }
            }
        }
        if complete {
            return Ok(());
        }
        if slice >= SLICE {
            slice = 0;
            give_way().await;
        }
    }
}

/// Lets others on the event loop run.
pub(super) async fn give_way() {
    let mut given = false;
    poll_fn(|context| {
        if std::mem::replace(&mut given, true) {
            return Poll::Ready(());
        }
        context.waker().wake_by_ref();
        Poll::Pending
    })
    .await;
}
