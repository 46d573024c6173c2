//! The socket of a connection, and the batches whose answers are still to come.
//!
//! [`Channel::send`] writes a batch and puts a slot at the end of the queue; the [`Exchange`] that
//! it gives waits for the answer. Whoever waits reads the socket, for all: messages are cut out of
//! the buffer without being copied and laid into the slot of the oldest batch, whose owner decodes
//! them in its own time. An exchange that is dropped leaves its slot as abandoned; what arrives
//! for it is thrown away by whoever reads.
//!
//! The lock is held within a poll only, and never while a sink or a waker is called.

use super::queue::{Expected, State, Status, Ticket, gone};
use super::readers::Readers;
use super::statements::{Prepared, Statements};
use super::stream::Stream;
use super::types::{Found, Kind};
use crate::error::{Error, ErrorKind, Result};
use crate::runtime::Socket;
use crate::value::Value;
use bytes::{Bytes, BytesMut};
use postgres_protocol::message::frontend;
use std::fmt;
use std::future::poll_fn;
use std::io;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, TryLockError};
use std::task::{Context, Poll, Waker};

/// A socket, and who waits for what from it. See the [module](self).
pub(super) struct Channel {
    state: Mutex<State>,
    /// Batches whose owners went while the state was locked. A socket of another loop may run
    /// anything while it is polled, such as a collection of garbage that drops a future of this
    /// very connection: dropping one waits for no lock.
    dropped: Mutex<Vec<Ticket>>,
    any_dropped: AtomicBool,
    pub(super) readers: Arc<Readers>,
    /// The one that the socket knows.
    pub(super) waker: Waker,
}

impl fmt::Debug for Channel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Channel").finish_non_exhaustive()
    }
}

impl Channel {
    /// A connection that the server is ready on. `input` is what has been read beyond that.
    pub(super) fn new(
        socket: Box<dyn Socket>,
        input: BytesMut,
        statements: usize,
        place: &str,
    ) -> Arc<Channel> {
        let state = State::new(Stream::new(socket, input), statements, place);
        let readers = Arc::new(Readers::default());
        Arc::new(Channel {
            state: Mutex::new(state),
            dropped: Mutex::default(),
            any_dropped: AtomicBool::new(false),
            waker: Waker::from(readers.clone()),
            readers,
        })
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        if self.any_dropped.swap(false, Ordering::Acquire) {
            let mut dropped = self.dropped.lock().unwrap_or_else(PoisonError::into_inner);
            for ticket in dropped.drain(..) {
                state.leave(ticket);
            }
        }
        state
    }

    /// The owner of a batch goes.
    fn leave(&self, ticket: Ticket) {
        match self.state.try_lock() {
            Ok(mut state) => state.leave(ticket),
            Err(TryLockError::Poisoned(state)) => state.into_inner().leave(ticket),
            Err(TryLockError::WouldBlock) => {
                self.dropped.lock().unwrap_or_else(PoisonError::into_inner).push(ticket);
                self.any_dropped.store(true, Ordering::Release);
            }
        }
        self.readers.leave(ticket.id);
    }

    /// Writes a batch to the buffer and queues for its answer. Where `write` errs, nothing of it is
    /// sent. With `open`, no `Sync` ends it yet.
    pub(super) fn send<T>(
        self: &Arc<Self>,
        open: bool,
        write: impl FnOnce(&mut Draft<'_>) -> Result<T>,
    ) -> Result<(Exchange, T)> {
        let mut state = self.lock();
        let state = &mut *state;
        // Notices that the server has gone before anything is sent, where that is known already.
        if state.queue.is_empty() {
            state.pump(self);
        }
        if let Some(closed) = &state.closed {
            return Err(closed.error("; nothing was sent"));
        }
        if state.queue.iter().any(|index| state.slots[*index].open) {
            return Err(Error::new(
                ErrorKind::InvalidQuery,
                "a cursor is being read on this connection: read it to its end or drop it first",
            ));
        }
        let start = state.stream.out.len();
        let closing = state.statements.closing.len();
        for name in &state.statements.closing {
            frontend::close(b'S', name, &mut state.stream.out).map_err(internal)?;
        }
        let fresh = state.queue.is_empty() && state.status == Status::Idle;
        let mut draft = Draft {
            out: &mut state.stream.out,
            statements: &mut state.statements,
            expected: Expected::default(),
            fresh,
        };
        match write(&mut draft) {
            Ok(value) => {
                let expected = draft.expected;
                state.statements.closing.drain(..closing);
                if !open {
                    frontend::sync(&mut state.stream.out);
                }
                let ticket = state.enqueue(expected, open);
                let exchange = Exchange { channel: self.clone(), ticket: Some(ticket) };
                Ok((exchange, value))
            }
            Err(error) => {
                for prepared in std::mem::take(&mut draft.expected.parses) {
                    state.statements.forget(&prepared);
                }
                state.stream.out.truncate(start);
                Err(error)
            }
        }
    }

    /// Whether the connection works, as far as is known without asking.
    pub(super) fn is_open(&self) -> bool {
        let mut state = self.lock();
        if state.closed.is_none() && state.queue.is_empty() {
            state.pump(self);
        }
        state.closed.is_none()
    }

    /// Whether something is left over that nobody sees to.
    pub(super) fn needs_reset(&self) -> bool {
        let state = self.lock();
        state.status != Status::Idle
            || state.queue.iter().any(|index| {
                let slot = &state.slots[*index];
                slot.abandoned || slot.open
            })
    }

    /// Where the session stands.
    pub(super) fn status(&self) -> Status {
        self.lock().status
    }

    /// Whether nobody waits for anything but `exchange`, so that what runs may be cancelled.
    pub(super) fn only_abandoned_before(&self, exchange: &Exchange) -> bool {
        let state = self.lock();
        let mut before = 0;
        for index in &state.queue {
            let slot = &state.slots[*index];
            if exchange.ticket.is_some_and(|ticket| ticket.id == slot.id) {
                continue;
            }
            if !slot.abandoned {
                return false;
            }
            before += 1;
        }
        before > 0
    }

    /// Ends cursors that are open, whoever has them.
    pub(super) fn abandon_cursors(&self) {
        let mut state = self.lock();
        for at in 0..state.queue.len() {
            let index = state.queue[at];
            if state.slots[index].open {
                state.abandon(index);
            }
        }
    }

    /// A statement that is prepared, and whose columns are known.
    pub(super) fn find(&self, sql: &str, values: &[Value]) -> Option<Arc<Prepared>> {
        let mut state = self.lock();
        state.statements.find(sql, values).filter(|prepared| prepared.kinds().is_some()).cloned()
    }

    /// Statements that are of no use any more.
    pub(super) fn forget<'a>(&self, statements: impl Iterator<Item = &'a Arc<Prepared>>) {
        let mut state = self.lock();
        statements.for_each(|prepared| state.statements.forget(prepared));
    }

    /// A type that is not built in.
    pub(super) fn type_of(&self, oid: u32) -> Option<Kind> {
        self.lock().types.get(oid)
    }

    /// Remembers types, and says which must be asked for next.
    pub(super) fn learn_types(&self, found: Vec<Found>) -> Vec<u32> {
        self.lock().types.learn(found)
    }

    /// Gives the connection up: nothing works on it afterwards, and the socket is closed.
    pub(super) fn fail(&self, reason: &str) {
        self.lock().fail(reason);
        self.readers.wake_all();
    }

    /// Says goodbye, as far as that goes without waiting, and closes the socket.
    pub(super) async fn close(&self) {
        poll_fn(|context| {
            let mut state = self.lock();
            if state.closed.is_none() {
                frontend::terminate(&mut state.stream.out);
                state.stream.shut_down(context);
                state.fail("the program closed it");
            }
            Poll::Ready(())
        })
        .await;
        self.readers.wake_all();
    }
}

/// A batch that is being written.
pub(super) struct Draft<'a> {
    /// Where to.
    pub(super) out: &'a mut BytesMut,
    /// What is prepared.
    pub(super) statements: &'a mut Statements,
    /// What the server will say.
    pub(super) expected: Expected,
    /// Nothing is under way and there is no transaction.
    pub(super) fresh: bool,
}

/// The answer to a batch, as it comes. Dropping it abandons the batch: it may still run.
#[derive(Debug)]
pub(super) struct Exchange {
    channel: Arc<Channel>,
    /// `None` when the answer is complete.
    ticket: Option<Ticket>,
}

impl Exchange {
    /// Waits for more of the answer: whole messages are added to `chunks`. True when the server is
    /// ready for the next batch, so that nothing more comes.
    pub(super) async fn next(&mut self, chunks: &mut Vec<Bytes>) -> Result<bool> {
        poll_fn(|context| self.poll(context, chunks)).await
    }

    fn poll(&mut self, context: &mut Context<'_>, chunks: &mut Vec<Bytes>) -> Poll<Result<bool>> {
        let Some(ticket) = self.ticket else { return Poll::Ready(Ok(true)) };
        let channel = &*self.channel;
        let mut wake = Vec::new();
        let (polled, closed) = {
            let mut state = channel.lock();
            let polled = state.poll(channel, ticket, context.waker(), chunks, &mut wake);
            (polled, state.closed.is_some())
        };
        if !matches!(polled, Poll::Ready(Ok(false)) | Poll::Pending) {
            self.ticket = None;
            channel.readers.leave(ticket.id);
        }
        if closed {
            channel.readers.wake_all();
        } else {
            channel.readers.wake(&wake);
        }
        polled
    }

    /// Asks for more, on an exchange that is open: `write` adds the messages. With `end`, a `Sync`
    /// follows, and the exchange is open no more.
    pub(super) fn proceed(
        &self,
        end: bool,
        write: impl FnOnce(&mut BytesMut) -> io::Result<()>,
    ) -> Result<()> {
        let Some(ticket) = self.ticket else { return Ok(()) };
        let mut state = self.channel.lock();
        let state = &mut *state;
        if let Some(closed) = &state.closed {
            return Err(closed.error(""));
        }
        let Some(slot) = state.slots.get_mut(ticket.index).filter(|slot| slot.id == ticket.id)
        else {
            return Err(gone());
        };
        if slot.open {
            write(&mut state.stream.out).map_err(internal)?;
            if end {
                frontend::sync(&mut state.stream.out);
                slot.open = false;
            }
        }
        Ok(())
    }
}

impl Drop for Exchange {
    fn drop(&mut self) {
        if let Some(ticket) = self.ticket.take() {
            self.channel.leave(ticket);
        }
    }
}

fn internal(error: io::Error) -> Error {
    Error::new(ErrorKind::InvalidQuery, format!("the statement cannot be sent: {error}"))
}
