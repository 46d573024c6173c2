//! Making a connection fit for the next one: what runs is cancelled, a transaction rolled back.

use super::channel::{Channel, Exchange};
use super::connect::Server;
use super::queue::Status;
use super::run;
use crate::backend::{Access, Command, Request, RowSink};
use crate::error::{Error, ErrorKind, Result};
use crate::value::ValueRef;
use std::any::Any;
use std::future::poll_fn;
use std::pin::pin;
use std::sync::Arc;
use std::task::Poll;
use std::time::Duration;

/// How long a statement that nobody waits for has to end by itself: most do, and cancelling one
/// costs a connection.
const GRACE: Duration = Duration::from_millis(10);
/// How long until the next look, and the next cancellation: one for each batch that nobody waits for.
const PATIENCE: Duration = Duration::from_millis(200);
/// So many cancellations, then the connection is given up.
const CANCELLATIONS: usize = 25;

/// Brings a connection into the state of a new one, as far as transactions and statements go.
pub(super) async fn reset(channel: &Arc<Channel>, server: &Server) -> Result<()> {
    let result = clean(channel, server).await;
    if let Err(error) = &result {
        channel.fail(&format!("it could not be reset: {error}"));
    }
    result
}

/// Ends what nobody waits for, and leaves a transaction as it is.
pub(super) async fn stop_abandoned(channel: &Arc<Channel>, server: &Server) -> Result<()> {
    channel.abandon_cursors();
    let result = drain(channel, server).await;
    if let Err(error) = &result {
        channel.fail(&format!("a statement that nobody waits for did not end: {error}"));
    }
    result
}

async fn clean(channel: &Arc<Channel>, server: &Server) -> Result<()> {
    channel.abandon_cursors();
    drain(channel, server).await?;
    for _ in 0..3 {
        if channel.status() == Status::Idle {
            return Ok(());
        }
        match run::roll_back(channel).await {
            // A cancellation that came late.
            Err(error) if error.is_query_canceled() => {}
            other => other?,
        }
    }
    Err(Error::new(ErrorKind::Internal, "the transaction did not end"))
}

/// Waits until everything before is answered, cancelling what nobody waits for.
async fn drain(channel: &Arc<Channel>, server: &Server) -> Result<()> {
    let mut exchange = ping(channel)?;
    let mut patience = GRACE;
    let mut cancelled = 0;
    while !within(server, patience, &mut exchange).await? {
        patience = PATIENCE;
        // Others may have asked too: a cancellation could hit what they wait for.
        if !channel.only_abandoned_before(&exchange) {
            continue;
        }
        if cancelled == CANCELLATIONS {
            return Err(Error::new(ErrorKind::Timeout, "a statement could not be cancelled"));
        }
        server.cancel().await?;
        cancelled += 1;
    }
    if cancelled > 0 {
        // The cancellation has reached the server before this: it can hit nothing that comes after
        // the answer.
        finish(&mut ping(channel)?).await?;
    }
    Ok(())
}

/// A round trip that does nothing.
fn ping(channel: &Arc<Channel>) -> Result<Exchange> {
    channel.send(false, |_| Ok(())).map(|(exchange, ())| exchange)
}

async fn finish(exchange: &mut Exchange) -> Result<()> {
    let mut chunks = Vec::new();
    while !exchange.next(&mut chunks).await? {
        chunks.clear();
    }
    Ok(())
}

/// Whether the answer is complete in time.
async fn within(server: &Server, limit: Duration, exchange: &mut Exchange) -> Result<bool> {
    let mut sleep = server.sleep(limit);
    let mut answer = pin!(finish(exchange));
    poll_fn(|context| {
        if let Poll::Ready(result) = answer.as_mut().poll(context) {
            return Poll::Ready(result.map(|()| true));
        }
        sleep.as_mut().poll(context).map(|()| Ok(false))
    })
    .await
}

/// A statement of the connection's own.
pub(super) fn statement(sql: &str) -> Request {
    Request::new(Arc::new(Command::once(sql, Access::Control)), Vec::new())
}

/// A sink for statements without rows.
pub(super) struct Nothing;

impl RowSink for Nothing {
    fn row(&mut self, _request: usize, _cells: &[ValueRef<'_>]) -> Result<()> {
        Ok(())
    }

    fn restart(&mut self) {}

    fn into_any(self: Box<Self>) -> Box<dyn Any + Send> {
        self
    }
}
