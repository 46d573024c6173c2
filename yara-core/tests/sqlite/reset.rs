//! What is left over is ended, and the connection is as new.

use crate::support::*;
use std::time::{Duration, Instant};

#[test]
fn an_abandoned_transaction_is_rolled_back() {
    let connection = memory();
    assert!(!connection.needs_reset());
    block(connection.reset()).unwrap();
    run(&connection, vec![control("BEGIN IMMEDIATE"), insert(0..5)]).unwrap();
    assert!(connection.needs_reset());
    block(connection.reset()).unwrap();
    assert!(!connection.needs_reset());
    assert_eq!(ints(&connection, "select count(*) from t"), [0]);
}

#[test]
fn a_write_that_runs_on_in_a_transaction_is_stopped() {
    let connection = memory();
    run(&connection, vec![control("BEGIN IMMEDIATE"), insert(0..5)]).unwrap();
    poll_and_drop(run_async(&*connection, vec![write(&format!("insert into t {ENDLESS}"))]), 5);
    assert!(connection.needs_reset());
    let start = Instant::now();
    block(connection.reset()).unwrap();
    assert!(start.elapsed() < Duration::from_secs(2));
    assert!(!connection.needs_reset());
    assert_eq!(ints(&connection, "select count(*) from t"), [0]);
}

#[test]
fn a_reset_that_is_dropped_can_be_asked_again() {
    let connection = memory();
    for polls in 0..5 {
        run(&connection, vec![control("BEGIN IMMEDIATE"), insert(0..5)]).unwrap();
        poll_and_drop(connection.reset(), polls);
        block(connection.reset()).unwrap();
        assert!(!connection.needs_reset());
        assert_eq!(ints(&connection, "select count(*) from t"), [0]);
    }
}

#[test]
fn a_closed_connection_says_so() {
    let connection = memory();
    block(connection.close());
    assert!(!connection.is_open());
    let error = run(&connection, vec![read("select 1")]).unwrap_err();
    assert!(error.is_connection_lost(), "{error}");
    assert!(block(connection.clone().open(read("select 1"))).is_err());
    block(connection.close());
}

#[test]
fn a_dropped_connection_ends_its_thread_and_closes_the_file() {
    let (folder, backend) = file();
    let wal = folder.path().join("test.db-wal");
    let connection = connect(&backend);
    for inline in [false, true] {
        assert_eq!(run(&connection, vec![insert(0..1)]).unwrap().inline(), inline);
    }
    assert!(wal.exists());
    drop(connection);
    // SQLite removes it when the last connection is closed.
    let start = Instant::now();
    while wal.exists() {
        assert!(start.elapsed() < Duration::from_secs(5), "the database is never closed");
        std::thread::sleep(Duration::from_millis(1));
    }
}

struct Panics;

impl yara_core::backend::RowSink for Panics {
    fn row(
        &mut self,
        _: usize,
        _: &[yara_core::value::ValueRef<'_>],
    ) -> yara_core::error::Result<()> {
        panic!("on purpose")
    }

    fn restart(&mut self) {}

    fn into_any(self: Box<Self>) -> Box<dyn std::any::Any + Send> {
        self
    }
}

#[test]
fn a_sink_that_panics_closes_the_connection_and_hangs_nobody() {
    let connection = memory();
    let on_the_thread = vec![once("insert into t values (1) returning a")];
    let error = block(connection.run(on_the_thread, Box::new(Panics)));
    assert!(error.err().unwrap().is_connection_lost());
    assert!(!connection.is_open());
    assert!(run(&connection, vec![read("select 1")]).is_err());

    let connection = memory();
    let inline = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
        block(connection.run(vec![read("select 1")], Box::new(Panics))).is_ok()
    }));
    assert!(inline.is_err());
    assert!(run(&connection, vec![read("select 1")]).is_err());
    assert!(!connection.is_open());
}
