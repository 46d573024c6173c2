//! Cursors in a transaction.

use super::Place;
use super::root::Root;
use super::statement::{Unfinished, flush, note};
use crate::backend::{Cursor, Request, RowSink};
use crate::error::Result;
use crate::future::BoxFuture;
use crate::pool::Lease;
use std::sync::Arc;

pub(super) async fn open(place: &Place, request: Request) -> Result<Box<dyn Cursor>> {
    let root = &place.root;
    root.permit(std::slice::from_ref(&request))?;
    root.in_time(async {
        let _turn = root.queue.lock().await;
        flush(place).await?;
        let lease = {
            let mut state = root.state();
            state.usable(place)?;
            let (lease, _) = state.send()?;
            state.cursor = true;
            lease
        };
        let mark = Mark(root.clone());
        let mut unfinished = Unfinished::new(place);
        let opened = lease.watch(lease.connection().clone().open(request)).await;
        unfinished.is_over = true;
        let cursor = note(place, opened, true)?;
        Ok(Box::new(TransactionCursor {
            open: Some(Open { cursor, _mark: mark, lease }),
            place: place.clone(),
        }) as Box<dyn Cursor>)
    })
    .await
}

/// Says that a cursor is open until it is dropped.
struct Mark(Arc<Root>);

impl Drop for Mark {
    fn drop(&mut self) {
        self.0.state().cursor = false;
    }
}

/// Dropped in this order: nothing else is sent before the cursor has gone.
struct Open {
    cursor: Box<dyn Cursor>,
    _mark: Mark,
    lease: Arc<Lease>,
}

struct TransactionCursor {
    open: Option<Open>,
    place: Place,
}

impl Cursor for TransactionCursor {
    fn next(&mut self, sink: Box<dyn RowSink>) -> BoxFuture<'_, Result<(Box<dyn RowSink>, bool)>> {
        Box::pin(async move {
            let Some(open) = &mut self.open else { return Ok((sink, false)) };
            let place = &self.place;
            let portion = place.root.in_time(async {
                place.root.state().level(place)?;
                let mut unfinished = Unfinished::new(place);
                let portion = open.lease.watch(open.cursor.next(sink)).await;
                unfinished.is_over = true;
                note(place, portion, true)
            });
            let portion = portion.await;
            if !matches!(portion, Ok((_, true))) {
                self.open = None;
            }
            portion
        })
    }
}
