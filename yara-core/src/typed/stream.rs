//! Rows one after the other.

use super::fetch::{Collect, Decode, collected, named, request};
use crate::backend::{Cursor, RowSink};
use crate::error::Result;
use crate::executor::Executor;
use crate::future::BoxFuture;
use crate::tree::Statement;
use futures_core::Stream;
use std::collections::VecDeque;
use std::pin::Pin;
use std::task::{Context, Poll};

/// A portion under way: it owns the cursor, and gives it back.
type Portion<R> = BoxFuture<'static, (Box<dyn Cursor>, Result<(Vec<R>, bool)>)>;

/// The rows of a query, as a [`Stream`]; see [`Query::stream`](super::Query::stream).
///
/// Memory holds one portion of rows, however many there are. Dropping the stream ends the query and
/// frees its connection.
///
/// ```
/// # use library::*;
/// # run(async |db| {
/// let mut books = Book::query().stream(&db).await?;
/// let first = books.next().await.expect("there are books")?;
/// assert!(first.views >= 0);
/// drop(books); // frees the connection, read to the end or not
/// # Ok(()) })
/// ```
pub struct RowStream<R> {
    state: State<R>,
    ready: VecDeque<R>,
    decode: Decode<R>,
    statement: Statement,
}

enum State<R> {
    Idle(Box<dyn Cursor>),
    Reading(Portion<R>),
    Finished,
}

impl<R> std::fmt::Debug for RowStream<R> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("RowStream").field("ready", &self.ready.len()).finish_non_exhaustive()
    }
}

impl<R: Send + 'static> RowStream<R> {
    pub(super) async fn open(
        db: &dyn Executor,
        mut statement: Statement,
        decode: Decode<R>,
    ) -> Result<RowStream<R>> {
        let cursor = db.open(request(db, &mut statement)?).await?;
        Ok(RowStream { state: State::Idle(cursor), ready: VecDeque::new(), decode, statement })
    }

    /// The next row; `None` after the last.
    pub async fn next(&mut self) -> Option<Result<R>> {
        std::future::poll_fn(|context| Pin::new(&mut *self).poll_next(context)).await
    }
}

/// Reads the next portion.
async fn portion<R: Send + 'static>(
    cursor: &mut dyn Cursor,
    decode: Decode<R>,
) -> Result<(Vec<R>, bool)> {
    let sink: Box<dyn RowSink> = Box::new(Collect::new(decode));
    let (sink, more) = cursor.next(sink).await?;
    Ok((collected::<R>(sink)?.rows, more))
}

// The rows are owned values, never pinned in place.
impl<R> Unpin for RowStream<R> {}

impl<R: Send + 'static> Stream for RowStream<R> {
    type Item = Result<R>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Result<R>>> {
        loop {
            if let Some(row) = self.ready.pop_front() {
                return Poll::Ready(Some(Ok(row)));
            }
            let decode = self.decode;
            match std::mem::replace(&mut self.state, State::Finished) {
                State::Finished => return Poll::Ready(None),
                State::Idle(mut cursor) => {
                    self.state = State::Reading(Box::pin(async move {
                        let rows = portion(&mut *cursor, decode).await;
                        (cursor, rows)
                    }));
                }
                State::Reading(mut reading) => {
                    let Poll::Ready((cursor, rows)) = reading.as_mut().poll(context) else {
                        self.state = State::Reading(reading);
                        return Poll::Pending;
                    };
                    match rows {
                        Ok((rows, more)) => {
                            self.ready = rows.into();
                            if more {
                                self.state = State::Idle(cursor);
                            }
                        }
                        Err(error) => return Poll::Ready(Some(Err(named(error, &self.statement)))),
                    }
                }
            }
        }
    }
}
