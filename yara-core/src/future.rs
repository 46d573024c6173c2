//! The futures of object-safe traits, and two ways of awaiting that need no reactor.

use crate::runtime::Runtime;
use std::future::{Future, poll_fn};
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::task::Poll;
use std::time::Duration;

/// A future on the heap. It needs no reactor of any runtime: see [`Runtime`].
pub type BoxFuture<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// The output of `future`, or `None` when it takes longer than `limit`.
///
/// No timer is made for a future that is ready at once.
pub(crate) async fn within<F: Future>(
    runtime: &Arc<dyn Runtime>,
    limit: Duration,
    future: F,
) -> Option<F::Output> {
    let mut future = pin!(future);
    let mut timer: Option<BoxFuture<'static, ()>> = None;
    poll_fn(|context| {
        if let Poll::Ready(output) = future.as_mut().poll(context) {
            return Poll::Ready(Some(output));
        }
        let timer = timer.get_or_insert_with(|| runtime.sleep(limit));
        timer.as_mut().poll(context).map(|()| None)
    })
    .await
}

/// One of two outputs.
pub(crate) enum First<A, B> {
    /// That of the first future, which wins where both are ready.
    Left(A),
    /// That of the second.
    Right(B),
}

/// The output of whichever future is ready first; the other one is dropped.
pub(crate) async fn first<A: Future, B: Future>(left: A, right: B) -> First<A::Output, B::Output> {
    let mut left = pin!(left);
    let mut right = pin!(right);
    poll_fn(|context| {
        if let Poll::Ready(output) = left.as_mut().poll(context) {
            return Poll::Ready(First::Left(output));
        }
        right.as_mut().poll(context).map(First::Right)
    })
    .await
}
