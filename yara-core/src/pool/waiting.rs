//! A place in the queues of the pool, given up when it is dropped. There is none to be had while a
//! connection is at hand, which is taken instead.

use super::{Inner, Lease};
use crate::backend::Access;
use std::sync::Arc;
use tokio::sync::oneshot;

/// See the [module](self).
pub(super) struct Waiting<'a> {
    inner: &'a Arc<Inner>,
    ticket: u64,
    is_exclusive: bool,
}

impl<'a> Waiting<'a> {
    /// For a connection of its own: those who come later do not join a shared one meanwhile.
    pub(super) fn exclusive(inner: &'a Arc<Inner>) -> Option<Waiting<'a>> {
        let ticket = inner.ledger().wait_exclusive()?;
        Some(Waiting { inner, ticket, is_exclusive: true })
    }

    /// For a share of a connection, which `sender` may be given before this returns.
    pub(super) fn to_join(
        inner: &'a Arc<Inner>,
        access: Access,
        sender: oneshot::Sender<Lease>,
    ) -> Option<Waiting<'a>> {
        let ticket = inner.ledger().wait_to_join(access, sender)?;
        inner.admit();
        Some(Waiting { inner, ticket, is_exclusive: false })
    }
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        self.inner.ledger().stop_waiting(self.ticket);
        if self.is_exclusive {
            self.inner.admit();
        }
    }
}
