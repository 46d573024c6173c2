//! The pool over a scripted database.

mod closing;
mod fairness;
mod replacing;
mod sharing;
mod timeout;

use super::*;
use crate::backend::{Command, Request};
use crate::runtime::TokioRuntime;
use crate::testing::{Collect, Script, Scripted};
use std::time::Duration;

fn options(max_size: usize) -> PoolOptions {
    PoolOptions {
        max_size: Some(max_size),
        acquire_timeout: Duration::from_secs(2),
        ..PoolOptions::default()
    }
}

fn pool_with(pipeline: usize, options: PoolOptions) -> (Pool, Script) {
    let (backend, script) = Scripted::new(pipeline);
    (Pool::new(backend, Arc::new(TokioRuntime::default()), options).unwrap(), script)
}

fn pool(pipeline: usize, max_size: usize) -> (Pool, Script) {
    pool_with(pipeline, options(max_size))
}

async fn run(lease: &Lease, sql: &str) -> Result<Collect> {
    let request = Request::new(Arc::new(Command::new(sql, Access::Read)), Vec::new());
    let sink = lease.watch(lease.connection().run(vec![request], Collect::new())).await?;
    Collect::from_sink(sink)
}

/// Lets other tasks, and tasks that they spawn, run.
async fn settle() {
    for _ in 0..50 {
        tokio::task::yield_now().await;
    }
}
