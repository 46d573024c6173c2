//! Transactions over a scripted database, which follows PostgreSQL's rules.

mod blocks;
mod cursors;
mod drops;
mod failing;
mod hooks;
mod retrying;
mod savepoints;
mod timeouts;
mod wire;

use super::*;
use crate::backend::{Access, Command};
use crate::error::{Error, ErrorKind};
use crate::pool::PoolOptions;
use crate::runtime::TokioRuntime;
use crate::testing::{Collect, Fault, Instrumented, Probe, Script, Scripted};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

fn options(max_size: usize) -> PoolOptions {
    PoolOptions {
        max_size: Some(max_size),
        acquire_timeout: Duration::from_secs(2),
        ..PoolOptions::default()
    }
}

/// A database with one connection.
fn database() -> (Db, Script, Probe) {
    database_of(Scripted::new(8), 1)
}

fn embedded() -> (Db, Script, Probe) {
    database_of(Scripted::embedded(), 1)
}

fn database_of((backend, script): (Arc<Scripted>, Script), max_size: usize) -> (Db, Script, Probe) {
    let runtime = Arc::new(TokioRuntime::default());
    let (backend, probe) = Instrumented::new(backend, runtime.clone());
    (Db::from_backend(backend, runtime, options(max_size)).unwrap(), script, probe)
}

async fn rows(executor: &impl Executor, sql: &str) -> Result<usize> {
    let request = Request::new(Arc::new(Command::new(sql, Access::Read)), Vec::new());
    let sink = executor.run(vec![request], Collect::new()).await?;
    Ok(Collect::from_sink(sink)?.rows.len())
}

/// Lets other tasks, and tasks that they spawn, run.
async fn settle() {
    for _ in 0..50 {
        tokio::task::yield_now().await;
    }
}

/// That nothing stays open: every connection is back, and no transaction is on the server.
async fn assert_clean(db: &Db, script: &Script) {
    for _ in 0..100 {
        if db.status().in_use == 0 {
            break;
        }
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    let status = db.status();
    assert_eq!((status.in_use, status.waiting), (0, 0));
    assert_eq!(script.open_transactions(), 0);
    let inserted = script.committed().len();
    db.execute("insert after").await.unwrap();
    assert_eq!(script.committed().len(), inserted + 1);
}
