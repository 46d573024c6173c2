//! [`PostgresConnection`]: the parts of this folder behind the engine's trait.

use super::channel::Channel;
use super::connect::Server;
use super::{cursor, reset, run};
use crate::backend::{Connection, Cursor, Request, RowSink};
use crate::error::Result;
use crate::future::BoxFuture;
use std::sync::Arc;

/// A connection to a PostgreSQL server.
pub(super) struct PostgresConnection {
    channel: Arc<Channel>,
    server: Server,
}

impl PostgresConnection {
    pub(super) fn new(channel: Arc<Channel>, server: Server) -> PostgresConnection {
        PostgresConnection { channel, server }
    }
}

impl Connection for PostgresConnection {
    fn run(
        &self,
        batch: Vec<Request>,
        sink: Box<dyn RowSink>,
    ) -> BoxFuture<'_, Result<Box<dyn RowSink>>> {
        Box::pin(run::run(&self.channel, batch, sink))
    }

    fn open(self: Arc<Self>, request: Request) -> BoxFuture<'static, Result<Box<dyn Cursor>>> {
        Box::pin(async move {
            let cursor = cursor::open(self.channel.clone(), request).await?;
            Ok(Box::new(cursor) as Box<dyn Cursor>)
        })
    }

    fn is_open(&self) -> bool {
        self.channel.is_open()
    }

    fn needs_reset(&self) -> bool {
        self.channel.needs_reset()
    }

    fn stop_abandoned(&self) -> BoxFuture<'_, Result<()>> {
        Box::pin(reset::stop_abandoned(&self.channel, &self.server))
    }

    fn reset(&self) -> BoxFuture<'_, Result<()>> {
        Box::pin(reset::reset(&self.channel, &self.server))
    }

    fn close(&self) -> BoxFuture<'_, ()> {
        Box::pin(self.channel.close())
    }
}
