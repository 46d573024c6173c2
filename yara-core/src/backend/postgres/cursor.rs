//! Reading rows in portions.
//!
//! A portal that is run for so many rows at a time, with `Flush` in between; `Sync` would end it
//! outside a transaction, so that it comes at the end only. A cursor that is dropped sends the
//! `Sync`, which ends the portal on the server without a cancellation, inside a transaction too.

use super::answer::{Answer, Stop};
use super::batch::{self, Step};
use super::channel::{Channel, Exchange};
use super::copy;
use super::queue::Status;
use super::run::give_way;
use super::split::split;
use super::statements::Prepared;
use super::types;
use crate::backend::{Cursor, Request, RowSink};
use crate::error::{Error, ErrorKind, Result};
use crate::future::BoxFuture;
use bytes::Bytes;
use postgres_protocol::message::frontend;
use std::sync::Arc;

/// Rows in a portion.
const PORTION: i32 = 1000;

/// See the [module](self).
pub(super) struct PortalCursor {
    channel: Arc<Channel>,
    request: Request,
    exchange: Exchange,
    answer: Answer,
    /// Messages that have come and are not read yet.
    chunks: Vec<Bytes>,
    progress: Progress,
    /// Outside a transaction: a statement that has gone may be prepared once more.
    repeatable: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Progress {
    /// The next portion has been asked for.
    Asked,
    /// It has not.
    Suspended,
    /// The last row has been given.
    Ended,
    /// A portion was lost: it failed, or whoever waited for it went away.
    Interrupted,
}

/// Begins to read.
pub(super) async fn open(channel: Arc<Channel>, request: Request) -> Result<PortalCursor> {
    if request.repeat != 1 || split(&request.command.sql).len() != 1 {
        let error = Error::new(ErrorKind::InvalidQuery, "a cursor reads one statement, run once");
        return Err(error.with_statement(&request.command.sql));
    }
    copy::check_cursor(&request.command.sql)
        .map_err(|error| error.with_statement(&request.command.sql))?;
    let repeatable = channel.status() == Status::Idle;
    let prepared = describe(&channel, &request).await?;
    let (exchange, answer) = start(&channel, &request, &prepared)?;
    Ok(PortalCursor {
        channel,
        request,
        exchange,
        answer,
        chunks: Vec::new(),
        progress: Progress::Asked,
        repeatable,
    })
}

/// Makes sure that the columns of a statement and their types are known: there is no asking for
/// them while a portal is open.
async fn describe(channel: &Arc<Channel>, request: &Request) -> Result<Arc<Prepared>> {
    let command = &request.command;
    if command.prepare
        && let Some(prepared) = channel.find(&command.sql, &request.values)
    {
        return Ok(prepared);
    }
    let (mut exchange, prepared) = channel.send(false, |draft| {
        let found = match command.prepare {
            true => draft.statements.find(&command.sql, &request.values).cloned(),
            false => None,
        };
        let prepared = match found {
            Some(prepared) => prepared,
            None => batch::parse(draft, &command.sql, &request.values, command.prepare)
                .map_err(|error| error.with_statement(&command.sql))?,
        };
        if prepared.description.get().is_none() {
            frontend::describe(b'S', &prepared.name, draft.out)
                .map_err(|error| Error::new(ErrorKind::Internal, error.to_string()))?;
            draft.expected.describes.push_back(prepared.clone());
        }
        Ok(prepared)
    })?;
    let step = Step { request: 0, prepared: prepared.clone(), runs: 1, last: true, loads: false };
    let mut answer = Answer::new(vec![step]);
    let mut chunks = Vec::new();
    loop {
        let complete = exchange.next(&mut chunks).await?;
        for chunk in chunks.drain(..) {
            let mut at = 0;
            while !matches!(answer.read(&chunk, &mut at, &mut super::reset::Nothing)?, Stop::End) {}
        }
        if complete {
            break;
        }
    }
    answer.outcome(None)?;
    types::resolve(channel, &prepared).await;
    Ok(prepared)
}

/// Binds the portal and asks for the first portion.
fn start(
    channel: &Arc<Channel>,
    request: &Request,
    prepared: &Arc<Prepared>,
) -> Result<(Exchange, Answer)> {
    let (exchange, ()) = channel.send(true, |draft| {
        if prepared.name.is_empty() {
            // The unnamed statement may be another one by now. Its columns are known.
            batch::parse(draft, &prepared.sql, &request.values, false)?;
        }
        batch::bind(draft, prepared, &request.values)
            .map_err(|error| error.with_statement(&prepared.sql))
    })?;
    let step = Step { request: 0, prepared: prepared.clone(), runs: 1, last: true, loads: false };
    ask(&exchange)?;
    Ok((exchange, Answer::new(vec![step])))
}

/// Asks for a portion.
fn ask(exchange: &Exchange) -> Result<()> {
    exchange.proceed(false, |out| {
        frontend::execute("", PORTION, out)?;
        frontend::flush(out);
        Ok(())
    })
}

impl PortalCursor {
    async fn portion(&mut self, sink: &mut dyn RowSink) -> Result<bool> {
        match self.progress {
            Progress::Ended => return Ok(false),
            Progress::Interrupted => {
                return Err(Error::new(
                    ErrorKind::InvalidQuery,
                    "an earlier portion of this cursor failed or was given up",
                )
                .with_statement(&self.request.command.sql));
            }
            Progress::Suspended => ask(&self.exchange)?,
            Progress::Asked => {}
        }
        self.progress = Progress::Interrupted;
        loop {
            match self.until_stop(sink).await {
                Ok(true) => {
                    self.progress = Progress::Suspended;
                    return Ok(true);
                }
                Ok(false) => {
                    self.progress = Progress::Ended;
                    return Ok(false);
                }
                Err(_) if self.answer.is_stale() && self.repeatable && self.answer.heard() == 0 => {
                    self.repeatable = false;
                    self.channel.forget(self.answer.statements());
                    let prepared = describe(&self.channel, &self.request).await?;
                    self.chunks.clear();
                    (self.exchange, self.answer) = start(&self.channel, &self.request, &prepared)?;
                }
                Err(error) => {
                    if self.answer.is_stale() {
                        self.channel.forget(self.answer.statements());
                    }
                    return Err(error);
                }
            }
        }
    }

    /// Reads to the end of the portion, true, or of the rows.
    async fn until_stop(&mut self, sink: &mut dyn RowSink) -> Result<bool> {
        loop {
            let complete = match self.exchange.next(&mut self.chunks).await {
                Ok(complete) => complete,
                Err(lost) => return self.answer.outcome(Some(lost)).map(|()| false),
            };
            let mut suspended = false;
            for chunk in self.chunks.drain(..) {
                let mut at = 0;
                loop {
                    match self.answer.read(&chunk, &mut at, sink)? {
                        Stop::End => break,
                        Stop::Suspended => suspended = true,
                        Stop::Complete | Stop::Refused => {
                            self.exchange.proceed(true, |_| Ok(()))?
                        }
                        Stop::Unknown(_) => {
                            return Err(Error::new(
                                ErrorKind::Internal,
                                "the types of a cursor's columns are unknown",
                            ));
                        }
                    }
                }
            }
            if complete {
                return self.answer.outcome(None).map(|()| false);
            }
            if suspended {
                // Rows that could not be read end the cursor; dropping it ends the portal.
                return self.answer.outcome(None).map(|()| true);
            }
            give_way().await;
        }
    }
}

impl Cursor for PortalCursor {
    fn next(
        &mut self,
        mut sink: Box<dyn RowSink>,
    ) -> BoxFuture<'_, Result<(Box<dyn RowSink>, bool)>> {
        Box::pin(async move {
            let more = self.portion(&mut *sink).await?;
            Ok((sink, more))
        })
    }
}
