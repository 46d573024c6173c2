//! What a test tells a scripted database, and what the database tells the test.

use std::collections::HashMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::sync::Semaphore;

/// The other side of a [`Scripted`](super::Scripted) database. Clones are the same one.
#[derive(Clone, Default)]
pub struct Script {
    shared: Arc<Shared>,
}

#[derive(Default)]
struct Shared {
    log: Mutex<Vec<(usize, String)>>,
    committed: Mutex<Vec<String>>,
    gates: Mutex<HashMap<String, Arc<Semaphore>>>,
    statement_polls: AtomicUsize,
    connect_polls: AtomicUsize,
    opened: AtomicUsize,
    closed: AtomicUsize,
    killed_below: AtomicUsize,
    open_transactions: AtomicUsize,
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Script {
    /// Statements are answered at this poll, counted from 0.
    pub fn set_statement_polls(&self, polls: usize) {
        self.shared.statement_polls.store(polls, Ordering::SeqCst);
    }

    /// Connections are open at this poll, counted from 0.
    pub fn set_connect_polls(&self, polls: usize) {
        self.shared.connect_polls.store(polls, Ordering::SeqCst);
    }

    /// The statements in the order in which they began to run, with the number of the connection,
    /// counted from 1.
    pub fn log(&self) -> Vec<(usize, String)> {
        lock(&self.shared.log).clone()
    }

    /// The statements without the connections, and forgets them.
    pub fn take_log(&self) -> Vec<String> {
        std::mem::take(&mut *lock(&self.shared.log)).into_iter().map(|(_, sql)| sql).collect()
    }

    /// What was inserted and committed, in order.
    pub fn committed(&self) -> Vec<String> {
        lock(&self.shared.committed).clone()
    }

    /// Lets so many statements `wait <gate>` go on.
    pub fn release(&self, gate: &str, statements: usize) {
        self.gate(gate).add_permits(statements);
    }

    /// How many connections have been opened.
    pub fn opened(&self) -> usize {
        self.shared.opened.load(Ordering::SeqCst)
    }

    /// How many connections have ended.
    pub fn closed(&self) -> usize {
        self.shared.closed.load(Ordering::SeqCst)
    }

    /// How many transactions are open on the server.
    pub fn open_transactions(&self) -> usize {
        self.shared.open_transactions.load(Ordering::SeqCst)
    }

    /// The server drops all connections there are. Clients learn of it when they next send.
    pub fn kill_connections(&self) {
        self.shared.killed_below.store(self.opened(), Ordering::SeqCst);
    }

    pub(super) fn is_killed(&self, connection: usize) -> bool {
        connection <= self.shared.killed_below.load(Ordering::SeqCst)
    }

    pub(super) fn gate(&self, gate: &str) -> Arc<Semaphore> {
        let mut gates = lock(&self.shared.gates);
        gates.entry(gate.to_owned()).or_insert_with(|| Arc::new(Semaphore::new(0))).clone()
    }

    pub(super) fn statement_polls(&self) -> usize {
        self.shared.statement_polls.load(Ordering::SeqCst)
    }

    pub(super) fn connect_polls(&self) -> usize {
        self.shared.connect_polls.load(Ordering::SeqCst)
    }

    pub(super) fn begun(&self, connection: usize, sql: &str) {
        lock(&self.shared.log).push((connection, sql.to_owned()));
    }

    pub(super) fn commit(&self, rows: impl IntoIterator<Item = String>) {
        lock(&self.shared.committed).extend(rows);
    }

    pub(super) fn count_opened(&self) -> usize {
        self.shared.opened.fetch_add(1, Ordering::SeqCst) + 1
    }

    pub(super) fn count_closed(&self) {
        self.shared.closed.fetch_add(1, Ordering::SeqCst);
    }

    pub(super) fn count_transactions(&self, more: bool) {
        if more {
            self.shared.open_transactions.fetch_add(1, Ordering::SeqCst);
        } else {
            self.shared.open_transactions.fetch_sub(1, Ordering::SeqCst);
        }
    }
}
