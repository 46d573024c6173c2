//! A future dropped at any moment: the connection stays in step, and each batch has happened as a
//! whole or not at all.

use crate::support::*;
use std::time::{Duration, Instant};
use yara_core::backend::Connection;

fn settle(connection: &dyn Connection) {
    let start = Instant::now();
    while connection.needs_reset() {
        assert!(start.elapsed() < Duration::from_secs(10), "the connection never comes to rest");
        std::thread::sleep(Duration::from_millis(1));
    }
}

#[test]
fn outside_a_transaction() {
    let connection = memory();
    let mut rows = 0;
    for polls in 0..20 {
        for batch in [vec![insert(0..2000)], vec![insert(0..1), insert(1..2000)]] {
            poll_and_drop(run_async(&*connection, batch), polls);
            settle(&*connection);
            let now = ints(&connection, "select count(*) from t")[0];
            assert!(now == rows || now == rows + 2000, "{rows} rows became {now}");
            rows = now;
            assert_eq!(ints(&connection, "select 77"), [77]);
        }
    }
}

#[test]
fn in_a_transaction() {
    let connection = memory();
    for polls in 0..20 {
        run(&connection, vec![control("BEGIN IMMEDIATE"), insert(0..1)]).unwrap();
        poll_and_drop(run_async(&*connection, vec![insert(0..2000)]), polls);
        // The transaction is still the one that was begun.
        let now = ints(&connection, "select count(*) from t")[0];
        assert!(now == 1 || now == 2001, "{now} rows");
        assert!(connection.needs_reset());
        run(&connection, vec![control("ROLLBACK")]).unwrap();
        assert!(!connection.needs_reset());
        assert_eq!(ints(&connection, "select count(*) from t"), [0]);
    }
}

#[test]
fn a_transaction_begun_and_ended_in_dropped_futures_is_reset() {
    let connection = memory();
    for polls in 0..20 {
        let batch = vec![control("BEGIN IMMEDIATE"), insert(0..500), control("COMMIT")];
        poll_and_drop(run_async(&*connection, batch), polls);
        block(connection.reset()).unwrap();
        assert!(!connection.needs_reset());
        let now = ints(&connection, "select count(*) from t")[0];
        assert_eq!(now % 500, 0);
    }
}

#[test]
fn a_dropped_query_stops_and_the_next_is_not_hit() {
    let connection = memory();
    for _ in 0..20 {
        poll_and_drop(run_async(&*connection, vec![read(ENDLESS)]), 2);
        assert!(connection.needs_reset());
        // Queued behind it at once: it must neither wait for minutes nor be interrupted.
        assert_eq!(ints(&connection, LONG), [5000]);
    }
}

#[test]
fn what_was_queued_behind_and_dropped_never_runs() {
    let connection = memory();
    let mut endless = Box::pin(run_async(&*connection, vec![read(ENDLESS)]));
    let noop = std::task::Waker::noop();
    let _ = endless.as_mut().poll(&mut std::task::Context::from_waker(noop));
    poll_and_drop(run_async(&*connection, vec![insert(0..1)]), 1);
    drop(endless);
    settle(&*connection);
    assert_eq!(ints(&connection, "select count(*) from t"), [0]);
}

use std::future::Future;

#[test]
fn waiting_for_a_lock_ends_with_the_caller() {
    let (_folder, backend) = file();
    let (holder, waiter) = (connect(&backend), connect(&backend));
    run(&holder, vec![control("BEGIN IMMEDIATE")]).unwrap();
    poll_and_drop(run_async(&*waiter, vec![insert(0..1)]), 3);
    let start = Instant::now();
    block(waiter.reset()).unwrap();
    assert!(start.elapsed() < Duration::from_secs(1));
    run(&holder, vec![control("ROLLBACK")]).unwrap();
    assert_eq!(ints(&waiter, "select count(*) from t"), [0]);
}

#[test]
fn a_connection_dropped_while_it_works_ends() {
    let (folder, backend) = file();
    let connection = connect(&backend);
    poll_and_drop(run_async(&*connection, vec![write(&format!("insert into t {ENDLESS}"))]), 3);
    drop(connection);
    // Its lock is gone soon.
    let start = Instant::now();
    run(&connect(&backend), vec![insert(0..1)]).unwrap();
    assert!(start.elapsed() < Duration::from_secs(2));
    drop(folder);
}
