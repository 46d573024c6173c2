//! Futures that are dropped half-way.

use crate::future::BoxFuture;
use std::future::poll_fn;
use std::pin::Pin;
use std::task::{Context, Poll};

/// A future that is dropped when it has been polled a number of times and is still not ready.
///
/// Called in a loop with 1, 2, 3 … until it gives an output, it drops a future at each of its
/// awaits.
pub fn drop_after<'a, T>(
    polls: usize,
    future: impl Future<Output = T> + Send + 'a,
) -> DropAfter<'a, T> {
    DropAfter { future: Some(Box::pin(future)), left: polls }
}

/// See [`drop_after`]. Its output is `None` if the future was dropped.
pub struct DropAfter<'a, T> {
    future: Option<BoxFuture<'a, T>>,
    left: usize,
}

impl<T> Future for DropAfter<'_, T> {
    type Output = Option<T>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<T>> {
        if self.left == 0 {
            self.future = None;
        }
        let Some(future) = &mut self.future else { return Poll::Ready(None) };
        if let Poll::Ready(output) = future.as_mut().poll(context) {
            self.future = None;
            return Poll::Ready(Some(output));
        }
        self.left -= 1;
        if self.left == 0 {
            self.future = None;
            return Poll::Ready(None);
        }
        Poll::Pending
    }
}

/// Is not ready for a number of polls, and wakes itself each time.
pub async fn yield_times(count: usize) {
    let mut left = count;
    poll_fn(|context| {
        if left == 0 {
            return Poll::Ready(());
        }
        left -= 1;
        context.waker().wake_by_ref();
        Poll::Pending
    })
    .await;
}
