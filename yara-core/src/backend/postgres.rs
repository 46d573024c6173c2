//! PostgreSQL, over its own wire protocol.
//!
//! No task owns a socket, and no channel carries rows from one task to another: **whoever waits
//! for an answer reads the socket**. That is what lets the same code run on tokio, inside an
//! asyncio loop, and under a call that blocks.
//!
//! ```text
//!  task A: run(batch) ──┐ Parse Bind Execute Sync          ┌──────────────┐
//!  task B: run(batch) ──┼────────────── out ──────────────▶│              │
//!  task C: run(batch) ──┘                                  │    server    │
//!                        queue: A, B, C                    │              │
//!                ┌─────────────── in ◀─────────────────────└──────────────┘
//!                │  one of A, B, C is woken and reads;
//!                ▼  whole messages, not copied, go to the front of the queue
//!      A: [bytes] [bytes]     B: [bytes]     C:
//!           │                      │
//!           ▼ decoded by A         ▼ decoded by B, who is woken
//!         sink                   sink
//! ```
//!
//! A batch ends in one `Sync`, so that outside a transaction it is atomic, and its answer ends in
//! one `ReadyForQuery`, by which the next answer is told apart. A future that is dropped leaves its
//! place in the queue: its answer is thrown away by whoever reads, and
//! [`needs_reset`](super::Connection::needs_reset) says so until then.
//!
//! - `channel.rs`: sending a batch and waiting for its answer
//! - `queue.rs`, `stream.rs`: what is under way, and the bytes of it
//! - `readers.rs`: who is woken, to read
//! - `batch.rs`, `encode.rs`, `split.rs`: requests to messages
//! - `answer.rs`, `decode.rs`, `types.rs`: messages to rows
//! - `statements.rs`: what is prepared
//! - `run.rs`, `cursor.rs`, `reset.rs`: the calls of a connection
//! - `url.rs`, `settings.rs`, `connect.rs`, `startup.rs`, `tls.rs`: how one begins
//! - `wire.rs`, `report.rs`: frames, and the server's errors

mod answer;
mod batch;
mod channel;
mod connect;
mod connection;
mod copy;
mod cursor;
mod decode;
mod encode;
mod queue;
mod readers;
mod report;
mod reset;
mod run;
mod settings;
mod split;
mod startup;
mod statements;
mod stream;
mod tls;
mod types;
mod url;
mod wire;

use self::connect::Origin;
use self::connection::PostgresConnection;
use super::{Backend, Connection, Password};
use crate::error::Result;
use crate::future::BoxFuture;
use crate::runtime::Runtime;
use crate::sql::{Dialect, Postgres};
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

/// A PostgreSQL server, or several of which one will do.
pub struct PostgresBackend {
    origin: Arc<Origin>,
}

impl PostgresBackend {
    /// Reads a URL, `postgres://user:password@host/database?parameter=value`, as libpq does, and
    /// gives back the parameters that it does not know.
    ///
    /// What the URL leaves out comes from `PGHOST`, `PGPORT`, `PGUSER`, `PGPASSWORD` and
    /// `PGDATABASE`. Besides libpq's, there are `statement_cache_size` — how many statements are
    /// kept prepared on a connection, 256, or 0 for none, as some proxies need — and `pipeline`,
    /// how many autocommit batches may be under way on one, 16.
    pub fn from_url(
        url: &str,
        runtime: Arc<dyn Runtime>,
    ) -> Result<(PostgresBackend, Vec<(String, String)>)> {
        let (mut settings, others) = url::parse(url, |name| std::env::var(name).ok())?;
        let tls = tls::connector(&settings)?;
        let password = Mutex::new(settings.password.take().map(Password::from));
        let origin = Arc::new(Origin { settings, password, runtime, tls });
        Ok((PostgresBackend { origin }, others))
    }
}

impl fmt::Debug for PostgresBackend {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PostgresBackend").field("settings", &self.origin.settings).finish()
    }
}

impl Backend for PostgresBackend {
    fn dialect(&self) -> &'static dyn Dialect {
        &Postgres
    }

    fn location(&self) -> String {
        self.origin.settings.to_string()
    }

    fn connect(&self) -> BoxFuture<'_, Result<Arc<dyn Connection>>> {
        Box::pin(async move {
            let (channel, server) = connect::connect(&self.origin).await?;
            Ok(Arc::new(PostgresConnection::new(channel, server)) as Arc<dyn Connection>)
        })
    }

    fn parameters(&self) -> &'static [&'static str] {
        url::PARAMETERS
    }

    fn set_password(&self, password: Password) -> Result<()> {
        let mut place = self.origin.password.lock().unwrap_or_else(PoisonError::into_inner);
        let before = place.replace(password);
        drop(place);
        // What it held may be anything of the program's.
        drop(before);
        Ok(())
    }

    fn pipeline(&self) -> usize {
        self.origin.settings.pipeline
    }

    fn default_max_size(&self) -> usize {
        10
    }
}
