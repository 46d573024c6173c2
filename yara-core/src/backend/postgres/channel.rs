//! The socket of a connection, and the batches whose answers are still to come.
//!
//! [`Channel::send`] writes a batch and puts a slot at the end of the queue; the [`Exchange`] that
//! it gives waits for the answer. Whoever waits reads the socket, for all: messages are cut out of
//! the buffer without being copied and laid into the slot of the oldest batch, whose owner decodes
//! them in its own time. An exchange that is dropped leaves its slot as abandoned; what arrives
//! for it is thrown away by whoever reads.
//!
//! The lock is held within a poll only, and never while a sink or a waker is called.

use super::readers::Readers;
use super::report::Report;
use super::statements::{Prepared, Statements};
use super::types::{Catalogue, Description, Found, Kind};
use super::wire::{self, Frame};
use crate::error::{Error, ErrorKind, Result};
use crate::runtime::Socket;
use crate::value::Value;
use bytes::{Buf, Bytes, BytesMut};
use postgres_protocol::message::frontend;
use std::collections::VecDeque;
use std::fmt;
use std::future::poll_fn;
use std::io;
use std::pin::{Pin, pin};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker};
use tokio::io::AsyncReadExt;

/// How much is asked of the socket at a time, and how much once a read has filled that.
const SMALL_READ: usize = 16 * 1024;
const LARGE_READ: usize = 128 * 1024;
/// How much the buffer grows at once for a message that is larger than what is there already.
const LARGEST_STEP: usize = 16 * 1024 * 1024;
/// Buffers that grew past this are given back when they are empty.
const KEPT_BUFFER: usize = 1024 * 1024;
/// So many reads within one poll, then others on the event loop have their turn.
const READS_IN_A_ROW: usize = 16;

/// Where the session stands, as the server last said.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Status {
    /// Outside a transaction.
    Idle,
    /// Inside one.
    Transaction,
    /// Inside one that has failed.
    Failed,
}

/// What a batch leaves in the queue: what the server will say about it, in order.
#[derive(Debug, Default)]
pub(super) struct Expected {
    /// Statements that it parses.
    pub(super) parses: VecDeque<Arc<Prepared>>,
    /// Statements that it asks to be described.
    pub(super) describes: VecDeque<Arc<Prepared>>,
}

/// A batch under way.
#[derive(Debug, Default)]
struct Slot {
    id: u64,
    expected: Expected,
    /// Whole messages that the owner has not taken yet.
    chunks: Vec<Bytes>,
    /// The server is ready for what comes after.
    finished: bool,
    /// Nobody waits for it any more.
    abandoned: bool,
    /// No `Sync` has been sent: a cursor.
    open: bool,
    /// Its owner has waited for it.
    polled: bool,
}

/// Which slot, checked by number: an index is used again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Ticket {
    index: usize,
    id: u64,
}

/// A socket, and who waits for what from it. See the [module](self).
pub(super) struct Channel {
    state: Mutex<State>,
    readers: Arc<Readers>,
    /// The one that the socket knows.
    waker: Waker,
}

/// Why nothing works any more.
#[derive(Debug, Clone)]
struct Closed {
    place: Arc<str>,
    reason: Arc<str>,
}

impl Closed {
    fn error(&self, effect: &str) -> Error {
        let Closed { place, reason } = self;
        Error::new(
            ErrorKind::ConnectionLost,
            format!("the connection to {place} was lost: {reason}{effect}"),
        )
    }
}

struct State {
    socket: Box<dyn Socket>,
    out: BytesMut,
    /// Something was written since the socket was last flushed.
    unflushed: bool,
    input: BytesMut,
    /// So many bytes are missing from the message that `input` begins with.
    missing: usize,
    /// The last read filled what it was given.
    large: bool,
    slots: Vec<Slot>,
    free: Vec<usize>,
    /// Slots whose answers are to come, oldest first.
    queue: VecDeque<usize>,
    next_id: u64,
    status: Status,
    statements: Statements,
    types: Catalogue,
    /// Where the server is.
    place: Arc<str>,
    closed: Option<Closed>,
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
        let readers = Arc::new(Readers::default());
        Arc::new(Channel {
            state: Mutex::new(State {
                socket,
                out: BytesMut::with_capacity(4 * 1024),
                unflushed: false,
                input,
                missing: 0,
                large: false,
                slots: Vec::new(),
                free: Vec::new(),
                queue: VecDeque::new(),
                next_id: 0,
                status: Status::Idle,
                statements: Statements::new(statements),
                types: Catalogue::default(),
                place: place.into(),
                closed: None,
            }),
            waker: Waker::from(readers.clone()),
            readers,
        })
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
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
        let start = state.out.len();
        let closing = state.statements.closing.len();
        for name in &state.statements.closing {
            frontend::close(b'S', name, &mut state.out).map_err(internal)?;
        }
        let fresh = state.queue.is_empty() && state.status == Status::Idle;
        let mut draft = Draft {
            out: &mut state.out,
            statements: &mut state.statements,
            expected: Expected::default(),
            fresh,
        };
        match write(&mut draft) {
            Ok(value) => {
                let expected = draft.expected;
                state.statements.closing.drain(..closing);
                if !open {
                    frontend::sync(&mut state.out);
                }
                let ticket = state.enqueue(expected, open);
                let exchange = Exchange { channel: self.clone(), ticket: Some(ticket) };
                Ok((exchange, value))
            }
            Err(error) => {
                for prepared in std::mem::take(&mut draft.expected.parses) {
                    state.statements.forget(&prepared);
                }
                state.out.truncate(start);
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
                frontend::terminate(&mut state.out);
                let _ = state.flush(context);
                let _ = Pin::new(&mut *state.socket).poll_shutdown(context);
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
            write(&mut state.out).map_err(internal)?;
            if end {
                frontend::sync(&mut state.out);
                slot.open = false;
            }
        }
        Ok(())
    }
}

impl Drop for Exchange {
    fn drop(&mut self) {
        let Some(ticket) = self.ticket.take() else { return };
        let dropped = {
            let mut state = self.channel.lock();
            match state.slots.get(ticket.index) {
                Some(slot) if slot.id == ticket.id && slot.finished => {
                    Some(state.release(ticket.index))
                }
                Some(slot) if slot.id == ticket.id => {
                    state.abandon(ticket.index);
                    None
                }
                _ => None,
            }
        };
        drop(dropped);
        self.channel.readers.leave(ticket.id);
    }
}

impl State {
    fn enqueue(&mut self, expected: Expected, open: bool) -> Ticket {
        self.next_id += 1;
        let id = self.next_id;
        let index = self.free.pop().unwrap_or_else(|| {
            self.slots.push(Slot::default());
            self.slots.len() - 1
        });
        let slot = &mut self.slots[index];
        *slot = Slot {
            id,
            expected,
            open,
            chunks: std::mem::take(&mut slot.chunks),
            ..Slot::default()
        };
        self.queue.push_back(index);
        Ticket { index, id }
    }

    /// Frees a slot whose answer is complete.
    fn release(&mut self, index: usize) -> Vec<Bytes> {
        let slot = &mut self.slots[index];
        slot.id = 0;
        self.free.push(index);
        std::mem::take(&mut slot.chunks)
    }

    fn abandon(&mut self, index: usize) {
        let slot = &mut self.slots[index];
        slot.abandoned = true;
        slot.chunks.clear();
        if std::mem::take(&mut slot.open) && self.closed.is_none() {
            frontend::sync(&mut self.out);
        }
    }

    fn poll(
        &mut self,
        channel: &Channel,
        ticket: Ticket,
        waker: &Waker,
        chunks: &mut Vec<Bytes>,
        wake: &mut Vec<u64>,
    ) -> Poll<Result<bool>> {
        let mut waiting = false;
        for _ in 0..READS_IN_A_ROW {
            let Some(slot) = self.slots.get_mut(ticket.index).filter(|slot| slot.id == ticket.id)
            else {
                return Poll::Ready(Err(gone()));
            };
            if slot.finished || !slot.chunks.is_empty() {
                chunks.append(&mut slot.chunks);
                if slot.finished {
                    self.release(ticket.index);
                    return Poll::Ready(Ok(true));
                }
                return Poll::Ready(Ok(false));
            }
            if let Some(closed) = &self.closed {
                let error = closed.error("; what was running may or may not have happened");
                return Poll::Ready(Err(error));
            }
            if !waiting {
                channel.readers.enter(ticket.id, waker);
                waiting = true;
            }
            // Others are under way, and more may come before the event loop turns: they are
            // written together.
            if !std::mem::replace(&mut slot.polled, true) && self.queue.len() > 1 {
                wake.push(ticket.id);
                return Poll::Pending;
            }
            let context = &mut Context::from_waker(&channel.waker);
            channel.readers.arm();
            let polled = self.transfer(context, wake);
            // The own part of what came is taken by the owner itself.
            wake.retain(|id| *id != ticket.id);
            match polled {
                Poll::Pending => return Poll::Pending,
                Poll::Ready(Ok(())) => channel.readers.disarm(),
                Poll::Ready(Err(reason)) => self.fail(&reason),
            }
        }
        // Much has come, and none of it for this one: let others run.
        wake.push(ticket.id);
        Poll::Pending
    }

    /// Reads and writes what can be without anyone waiting for it.
    fn pump(&mut self, channel: &Channel) {
        let context = &mut Context::from_waker(&channel.waker);
        let mut wake = Vec::new();
        for _ in 0..READS_IN_A_ROW {
            match self.transfer(context, &mut wake) {
                Poll::Pending => return,
                Poll::Ready(Ok(())) => {}
                Poll::Ready(Err(reason)) => return self.fail(&reason),
            }
            if self.closed.is_some() {
                return;
            }
        }
    }

    /// Writes what waits to be written, and reads once.
    fn transfer(
        &mut self,
        context: &mut Context<'_>,
        wake: &mut Vec<u64>,
    ) -> Poll<Result<(), String>> {
        // Both, always: a server that cannot get rid of its answers takes no more questions.
        let flushed = self.flush(context);
        let read = match self.fill(context) {
            Poll::Pending => match flushed {
                Ok(()) => return Poll::Pending,
                Err(error) => return Poll::Ready(Err(broken(&error))),
            },
            Poll::Ready(Ok(0)) => Err("the server closed it".to_owned()),
            Poll::Ready(Ok(_)) => Ok(()),
            Poll::Ready(Err(error)) => Err(broken(&error)),
        };
        // A server that ends the connection says why before; that is the better reason.
        Poll::Ready(self.sort(wake).and(read))
    }

    fn flush(&mut self, context: &mut Context<'_>) -> io::Result<()> {
        while !self.out.is_empty() {
            match Pin::new(&mut *self.socket).poll_write(context, &self.out) {
                Poll::Pending => return Ok(()),
                Poll::Ready(Ok(0)) => return Err(io::ErrorKind::WriteZero.into()),
                Poll::Ready(Ok(count)) => {
                    self.out.advance(count);
                    self.unflushed = true;
                }
                Poll::Ready(Err(error)) => return Err(error),
            }
        }
        if self.unflushed {
            if self.out.capacity() > KEPT_BUFFER {
                self.out = BytesMut::new();
            }
            if let Poll::Ready(flushed) = Pin::new(&mut *self.socket).poll_flush(context) {
                flushed?;
                self.unflushed = false;
            }
        }
        Ok(())
    }

    fn fill(&mut self, context: &mut Context<'_>) -> Poll<io::Result<usize>> {
        if self.input.is_empty() && self.input.capacity() > KEPT_BUFFER {
            self.input = BytesMut::new();
        }
        let usual = if self.large { LARGE_READ } else { SMALL_READ };
        // What the server announces is believed step by step.
        let missing = self.missing.min(self.input.len().max(LARGEST_STEP));
        let room = self.input.capacity() - self.input.len();
        if room < missing || room < usual / 4 {
            self.input.reserve(missing.max(usual));
        }
        let room = self.input.capacity() - self.input.len();
        let read = pin!(self.socket.read_buf(&mut self.input)).poll(context);
        if let Poll::Ready(Ok(count)) = read {
            self.large = count == room;
            self.missing = self.missing.saturating_sub(count);
        }
        read
    }

    /// Lays whole messages into the slots that they belong to.
    fn sort(&mut self, wake: &mut Vec<u64>) -> Result<(), String> {
        let mut at = 0;
        loop {
            match wire::frame(&self.input, at) {
                Frame::Whole { tag: b'D', end, .. } => at = end,
                Frame::Whole { tag, body, end } => {
                    at = end;
                    if tag == b'Z' {
                        self.ready(body, end, wake)?;
                        at = 0;
                    } else {
                        self.note(tag, body, end)?;
                    }
                }
                Frame::Partial(missing) => {
                    // Of a header, only that it is there is known.
                    self.missing = if self.input.len() - at < 5 { 0 } else { missing };
                    break;
                }
                Frame::Malformed => return Err("the server sent an impossible message".into()),
            }
        }
        self.hand_over(at, wake);
        Ok(())
    }

    /// Gives the first `end` bytes to the oldest batch.
    fn hand_over(&mut self, end: usize, wake: &mut Vec<u64>) {
        if end == 0 {
            return;
        }
        match self.queue.front().map(|index| &mut self.slots[*index]) {
            Some(slot) if !slot.abandoned => {
                slot.chunks.push(self.input.split_to(end).freeze());
                if wake.last() != Some(&slot.id) {
                    wake.push(slot.id);
                }
            }
            _ => self.input.advance(end),
        }
    }

    /// `ReadyForQuery`: the oldest batch is complete.
    fn ready(&mut self, body: usize, end: usize, wake: &mut Vec<u64>) -> Result<(), String> {
        self.status = match self.input[body..end] {
            [b'I'] => Status::Idle,
            [b'T'] => Status::Transaction,
            [b'E'] => Status::Failed,
            _ => return Err("the server is in an unknown state".into()),
        };
        self.hand_over(end, wake);
        let index = self.queue.pop_front().ok_or("the server answered what nobody asked")?;
        self.slots[index].finished = true;
        if self.slots[index].abandoned {
            self.release(index);
        }
        Ok(())
    }

    /// What the connection itself must know of a message.
    fn note(&mut self, tag: u8, body: usize, end: usize) -> Result<(), String> {
        let body = &self.input[body..end];
        let slot = self.queue.front().map(|index| &mut self.slots[*index]);
        match (tag, slot) {
            // ParseComplete.
            (b'1', Some(slot)) => {
                slot.expected.parses.pop_front();
            }
            // RowDescription, NoData.
            (b'T' | b'n', Some(slot)) => {
                let description = match tag {
                    b'T' => Description::parse(body).ok_or("a description of rows is cut off")?,
                    _ => Description::none(),
                };
                if let Some(prepared) = slot.expected.describes.pop_front() {
                    let _ = prepared.description.set(description);
                }
            }
            // ErrorResponse: everything up to the Sync is skipped.
            (b'E', Some(slot)) => {
                for prepared in std::mem::take(&mut slot.expected.parses) {
                    self.statements.forget(&prepared);
                }
            }
            (b'E', None) => {
                let report = Report::parse(body);
                return Err(format!("the server ended it: {}", report.message()));
            }
            // CopyInResponse, CopyBothResponse: the server waits for data, and has taken the Sync
            // for a part of it. There is no way back into step.
            (b'G' | b'W', _) => {
                return Err("COPY from the client is not supported, and it was begun".into());
            }
            // NoticeResponse, ParameterStatus, NotificationResponse: nothing depends on them.
            (b'N' | b'S' | b'A', _) => {}
            (_, Some(_)) => {}
            (tag, None) => {
                return Err(format!("the server sent {:?} unasked", char::from(tag)));
            }
        }
        Ok(())
    }

    fn fail(&mut self, reason: &str) {
        if self.closed.is_none() {
            self.closed = Some(Closed { place: self.place.clone(), reason: reason.into() });
        }
        // Closes the file descriptor.
        self.socket = Box::new(tokio::io::empty());
        self.out = BytesMut::new();
        self.input = BytesMut::new();
        while let Some(index) = self.queue.pop_front() {
            if self.slots[index].abandoned {
                self.release(index);
            }
        }
        self.status = Status::Idle;
    }
}

fn broken(error: &io::Error) -> String {
    format!("the network failed: {error}")
}

fn internal(error: io::Error) -> Error {
    Error::new(ErrorKind::InvalidQuery, format!("the statement cannot be sent: {error}"))
}

fn gone() -> Error {
    Error::new(ErrorKind::InvalidQuery, "a reset of the connection ended this cursor")
}
