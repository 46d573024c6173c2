//! The batches whose answers are still to come, and the sorting of what the server sends.

use super::channel::Channel;
use super::report::Report;
use super::statements::{Prepared, Statements};
use super::stream::Stream;
use super::types::{Catalogue, Description};
use super::wire::{self, Frame};
use crate::error::{Error, ErrorKind, Result};
use bytes::{Buf, Bytes};
use postgres_protocol::message::frontend;
use std::collections::VecDeque;
use std::io;
use std::sync::Arc;
use std::task::{Context, Poll, Waker};

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
    /// How many statements in it may ask for rows; what they are answered stands behind each.
    pub(super) copies: usize,
}

/// A batch under way.
#[derive(Debug, Default)]
pub(super) struct Slot {
    pub(super) id: u64,
    expected: Expected,
    /// Whole messages that the owner has not taken yet.
    chunks: Vec<Bytes>,
    /// The server is ready for what comes after.
    finished: bool,
    /// Nobody waits for it any more.
    pub(super) abandoned: bool,
    /// No `Sync` has been sent: a cursor.
    pub(super) open: bool,
    /// Its owner has waited for it.
    polled: bool,
}

/// Which slot, checked by number: an index is used again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Ticket {
    pub(super) index: usize,
    pub(super) id: u64,
}

/// Why nothing works any more.
#[derive(Debug, Clone)]
pub(super) struct Closed {
    place: Arc<str>,
    reason: Arc<str>,
}

impl Closed {
    /// The error, with what it means for whoever gets it.
    pub(super) fn error(&self, effect: &str) -> Error {
        let Closed { place, reason } = self;
        Error::new(
            ErrorKind::ConnectionLost,
            format!("the connection to {place} was lost: {reason}{effect}"),
        )
    }
}

/// What a connection knows, under one lock.
pub(super) struct State {
    pub(super) stream: Stream,
    pub(super) slots: Vec<Slot>,
    free: Vec<usize>,
    /// Slots whose answers are to come, oldest first.
    pub(super) queue: VecDeque<usize>,
    next_id: u64,
    pub(super) status: Status,
    pub(super) statements: Statements,
    pub(super) types: Catalogue,
    /// Where the server is.
    place: Arc<str>,
    pub(super) closed: Option<Closed>,
}

impl State {
    /// Nothing is under way on `stream`.
    pub(super) fn new(stream: Stream, statements: usize, place: &str) -> State {
        State {
            stream,
            slots: Vec::new(),
            free: Vec::new(),
            queue: VecDeque::new(),
            next_id: 0,
            status: Status::Idle,
            statements: Statements::new(statements),
            types: Catalogue::default(),
            place: place.into(),
            closed: None,
        }
    }

    pub(super) fn enqueue(&mut self, expected: Expected, open: bool) -> Ticket {
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

    /// The owner of a batch goes, whatever has become of the batch.
    pub(super) fn leave(&mut self, ticket: Ticket) {
        match self.slots.get(ticket.index) {
            Some(slot) if slot.id != ticket.id => {}
            Some(slot) if slot.finished => self.release(ticket.index),
            Some(_) => self.abandon(ticket.index),
            None => {}
        }
    }

    /// Frees a slot whose answer is complete.
    fn release(&mut self, index: usize) {
        let slot = &mut self.slots[index];
        slot.id = 0;
        slot.chunks.clear();
        self.free.push(index);
    }

    pub(super) fn abandon(&mut self, index: usize) {
        let slot = &mut self.slots[index];
        slot.abandoned = true;
        slot.chunks.clear();
        if std::mem::take(&mut slot.open) && self.closed.is_none() {
            frontend::sync(&mut self.stream.out);
        }
    }

    pub(super) fn poll(
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
    pub(super) fn pump(&mut self, channel: &Channel) {
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
        let flushed = self.stream.flush(context);
        let read = match self.stream.fill(context) {
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

    /// Lays whole messages into the slots that they belong to.
    fn sort(&mut self, wake: &mut Vec<u64>) -> Result<(), String> {
        let mut at = 0;
        loop {
            match wire::frame(&self.stream.input, at) {
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
                    self.stream.missing =
                        if self.stream.input.len() - at < 5 { 0 } else { missing };
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
                slot.chunks.push(self.stream.input.split_to(end).freeze());
                if wake.last() != Some(&slot.id) {
                    wake.push(slot.id);
                }
            }
            _ => self.stream.input.advance(end),
        }
    }

    /// `ReadyForQuery`: the oldest batch is complete.
    fn ready(&mut self, body: usize, end: usize, wake: &mut Vec<u64>) -> Result<(), String> {
        self.status = match self.stream.input[body..end] {
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
        let body = &self.stream.input[body..end];
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
            // CopyInResponse: the rows have been sent, or that there are none.
            (b'G', Some(slot)) if slot.expected.copies > 0 => slot.expected.copies -= 1,
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

    pub(super) fn fail(&mut self, reason: &str) {
        if self.closed.is_none() {
            self.closed = Some(Closed { place: self.place.clone(), reason: reason.into() });
        }
        self.stream.close();
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

/// Of a batch that is not in the queue any more.
pub(super) fn gone() -> Error {
    Error::new(ErrorKind::InvalidQuery, "a reset of the connection ended this cursor")
}
