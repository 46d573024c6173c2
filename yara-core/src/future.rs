//! The futures of object-safe traits.

use std::future::Future;
use std::pin::Pin;

/// A future on the heap. It needs no reactor of any runtime: see [`Runtime`](crate::runtime::Runtime).
pub type BoxFuture<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;
