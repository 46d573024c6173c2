//! Statements outside of a transaction: choosing a connection, and running a batch again where
//! that is safe.
//!
//! A batch is run again, once, if all of it only reads and the connection that was lost had been
//! there before: a server that was restarted, a firewall that forgot a connection. A connection
//! found closed before anything is sent is passed over by the pool, whatever the batch does.
//! Anything else may have happened already, so that running it again could do it twice.

use crate::backend::{Access, Cursor, Request, RowSink};
use crate::error::{Error, ErrorKind, Result};
use crate::executor::{HeldCursor, Keep};
use crate::pool::{Origin, Pool, Purpose, Want};

pub(super) async fn run(
    pool: &Pool,
    batch: Vec<Request>,
    sink: Box<dyn RowSink>,
) -> Result<Box<dyn RowSink>> {
    if batch.is_empty() {
        return Ok(sink);
    }
    let access = access(&batch);
    refuse_locks(&batch)?;
    if access == Access::Control {
        // What is set, or begun, is for this batch only: nobody else meets it on the connection.
        let lease = pool.exclusive(Purpose::Session).await?;
        lease.retire();
        return lease.watch(lease.connection().run(batch, sink)).await;
    }
    let lease = pool.shared(access).await?;
    let may_run_again =
        access == Access::Read && lease.origin() != Origin::Fresh && !pool.backend().embedded();
    if !may_run_again {
        return lease.watch(lease.connection().run(batch, sink)).await;
    }
    let copy = batch.clone();
    let (keep, kept) = Keep::new(sink);
    match lease.watch(lease.connection().run(batch, keep)).await {
        Ok(keep) => {
            drop(keep);
            kept.take().ok_or_else(lost_sink)
        }
        Err(error) if error.is_connection_lost() => {
            drop(lease);
            let Some(mut sink) = kept.take() else { return Err(error) };
            sink.restart();
            let lease = pool.proven(Want::Shared(Access::Read)).await?;
            lease.watch(lease.connection().run(copy, sink)).await
        }
        Err(error) => Err(error),
    }
}

/// Runs a batch at once, see [`Executor::run_now`](crate::executor::Executor::run_now).
pub(super) fn run_now(
    pool: &Pool,
    batch: &[Request],
    sink: &mut dyn RowSink,
) -> Option<Result<()>> {
    let access = access(batch);
    let plain = !batch.is_empty() && access != Access::Control && refuse_locks(batch).is_ok();
    if !plain || !pool.backend().embedded() {
        return None;
    }
    pool.shared_now(access)?.connection().run_now(batch, sink)
}

pub(super) async fn open(pool: &Pool, request: Request) -> Result<Box<dyn Cursor>> {
    refuse_locks(std::slice::from_ref(&request))?;
    let lease = pool.exclusive(Purpose::Cursor).await?;
    let cursor = lease.watch(lease.connection().clone().open(request)).await?;
    Ok(Box::new(HeldCursor::new(cursor, lease)))
}

/// What a batch does: the most that one of its statements does.
fn access(batch: &[Request]) -> Access {
    let mut most = Access::Read;
    for request in batch {
        match request.command.access {
            Access::Read | Access::Lock => {}
            Access::Write if most == Access::Read => most = Access::Write,
            Access::Write => {}
            Access::Control => return Access::Control,
        }
    }
    most
}

/// A lock ends with its transaction: outside of one it would be gone before anybody could use it.
fn refuse_locks(batch: &[Request]) -> Result<()> {
    match batch.iter().find(|request| request.command.access == Access::Lock) {
        None => Ok(()),
        Some(request) => Err(Error::new(
            ErrorKind::Transaction,
            "a query that locks rows needs a transaction, at whose end they are free again; run it \
             in one",
        )
        .with_statement(&request.command.sql)),
    }
}

fn lost_sink() -> Error {
    Error::new(ErrorKind::Internal, "a connection lost the sink that it was given")
}
