//! Several connections to one database.

use crate::support::*;
use std::io::{BufRead, BufReader};
use std::process::Stdio;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};
use yara_core::backend::Connection;

fn both(test: impl Fn(&yara_core::backend::sqlite::SqliteBackend)) {
    let memory = backend("sqlite://:memory:");
    run(&connect(&memory), vec![once("create table t (a integer)")]).unwrap();
    test(&memory);
    let (_folder, file) = file();
    test(&file);
}

#[test]
fn commits_are_seen_and_transactions_are_not() {
    both(|backend| {
        let (one, other) = (connect(backend), connect(backend));
        run(&one, vec![insert(0..3)]).unwrap();
        assert_eq!(ints(&other, "select count(*) from t"), [3]);
        run(&one, vec![control("BEGIN IMMEDIATE"), insert(0..3)]).unwrap();
        let reader = {
            let other = other.clone();
            std::thread::spawn(move || ints(&other, "select count(*) from t"))
        };
        std::thread::sleep(Duration::from_millis(50));
        assert_eq!(ints(&one, "select count(*) from t"), [6]);
        run(&one, vec![control("ROLLBACK")]).unwrap();
        assert_eq!(reader.join().unwrap(), [3]);
    });
}

#[test]
fn writers_wait_for_each_other() {
    both(|backend| {
        let writers: Vec<_> = (0..4)
            .map(|_| connect(backend))
            .map(|connection| {
                std::thread::spawn(move || {
                    for _ in 0..25 {
                        run(&connection, vec![insert(0..2), insert(2..4)]).unwrap();
                        run(&connection, vec![read("select count(*) from t")]).unwrap();
                    }
                })
            })
            .collect();
        for writer in writers {
            writer.join().unwrap();
        }
        assert_eq!(ints(&connect(backend), "select count(*) from t"), [400]);
    });
}

#[test]
fn a_file_is_read_during_a_write_transaction() {
    let (_folder, backend) = file();
    let (writer, reader) = (connect(&backend), connect(&backend));
    run(&writer, vec![control("BEGIN IMMEDIATE"), insert(0..3)]).unwrap();
    let answer = run(&reader, vec![read("select count(*) from t")]).unwrap();
    assert!(answer.inline() && answer.ints() == [0]);
    run(&writer, vec![control("COMMIT")]).unwrap();
    assert_eq!(ints(&reader, "select count(*) from t"), [3]);
}

#[test]
fn a_lock_that_is_held_too_long_is_busy() {
    let folder = Folder::new();
    let backend = backend(&folder.url("t.db?busy_timeout=0.2"));
    let (holder, waiter) = (connect(&backend), connect(&backend));
    run(&holder, vec![once("create table t (a)"), control("BEGIN IMMEDIATE")]).unwrap();
    let start = Instant::now();
    let error = run(&waiter, vec![insert(0..1)]).unwrap_err();
    assert!(error.is_busy() && error.is_retryable(), "{error:?}");
    assert_eq!(error.sqlstate(), Some("55P03"));
    assert!((150..2000).contains(&start.elapsed().as_millis()), "{:?}", start.elapsed());
    assert!(!waiter.needs_reset());
    run(&holder, vec![control("COMMIT")]).unwrap();
    run(&waiter, vec![insert(0..1)]).unwrap();
}

#[test]
fn a_memory_read_that_meets_a_writer_waits_on_the_thread() {
    let backend = backend("sqlite://:memory:");
    let (writer, reader) = (connect(&backend), connect(&backend));
    run(&writer, vec![once("create table t (a)"), control("BEGIN IMMEDIATE"), insert(0..3)])
        .unwrap();
    let query = read("select count(*) from t");
    let command = query.command.clone();
    let waiting = std::thread::spawn(move || (run(&reader, vec![query]), reader));
    std::thread::sleep(Duration::from_millis(50));
    run(&writer, vec![control("COMMIT")]).unwrap();
    let (answer, reader) = waiting.join().unwrap();
    let answer = answer.unwrap();
    assert_eq!((answer.restarts, answer.ints()), (1, vec![3]));
    // A lock is nothing to remember.
    assert_eq!(command.slow.load(Ordering::Relaxed), usize::MAX);
    assert!(run(&reader, vec![read("select count(*) from t")]).unwrap().inline());
}

#[test]
fn memories_are_private_to_their_backend_and_live_as_long() {
    let one = backend("sqlite://:memory:");
    let other = backend("sqlite://:memory:");
    run(&connect(&one), vec![once("create table t (a)")]).unwrap();
    // No connection is open now.
    assert_eq!(ints(&connect(&one), "select count(*) from t"), [0]);
    assert!(run(&connect(&other), vec![read("select count(*) from t")]).is_err());
    let connection: Arc<dyn Connection> = connect(&one);
    drop(one);
    assert_eq!(ints(&connection, "select count(*) from t"), [0]);
}

#[test]
fn a_lock_of_another_connection_is_waited_for_on_the_thread() {
    let (_folder, backend, connection) = begun();
    let holder = connect(&backend);
    run(&holder, vec![control("BEGIN IMMEDIATE"), insert(0..2)]).unwrap();
    for batch in [vec![insert(2..3)], vec![insert(3..4), insert(4..5)]] {
        let command = batch[0].command.clone();
        let mut waiting = Box::pin(run_async(&*connection, batch));
        assert!(poll(waiting.as_mut()).is_pending());
        std::thread::sleep(Duration::from_millis(20));
        run(&holder, vec![control("COMMIT")]).unwrap();
        let answer = block(waiting).unwrap();
        assert!(!answer.inline() && answer.restarts == 1);
        assert_eq!(command.slow.load(Ordering::Relaxed), usize::MAX);
        run(&holder, vec![control("BEGIN IMMEDIATE")]).unwrap();
    }
    assert_eq!(ints(&connection, "select a from t"), [0, 1, 2, 3, 4]);
}

#[test]
fn a_lock_that_is_held_too_long_is_busy_where_writes_are_inline() {
    let (folder, _, _connection) = begun();
    let backend = backend(&folder.url("test.db?busy_timeout=0.1"));
    let (holder, waiter) = (connect(&backend), connect(&backend));
    run(&waiter, vec![insert(0..1)]).unwrap();
    run(&holder, vec![control("BEGIN IMMEDIATE")]).unwrap();
    let start = Instant::now();
    assert!(run(&waiter, vec![insert(1..2)]).unwrap_err().is_busy());
    assert!(start.elapsed() >= Duration::from_millis(80));
    run(&holder, vec![control("COMMIT")]).unwrap();
    assert!(run(&waiter, vec![insert(2..3)]).unwrap().inline());
    assert_eq!(ints(&waiter, "select a from t"), [0, 2]);
}

/// Where another process finds the database whose lock it is to hold.
const HELD: &str = "YARA_TEST_SQLITE_HELD";

#[test]
fn a_lock_of_another_process_is_waited_for_on_the_thread() {
    let (folder, _backend, connection) = begun();
    let mut child = std::process::Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "busy::holds_a_lock_for_another_process", "--nocapture"])
        .env(HELD, folder.url("test.db"))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    assert!(lines.any(|line| line.unwrap().contains("the lock is held")));
    let mut waiting = Box::pin(run_async(&*connection, vec![insert(1..2)]));
    assert!(poll(waiting.as_mut()).is_pending());
    // The other one commits when it has nothing more to read.
    drop(child.stdin.take());
    assert_eq!(block(waiting).unwrap().restarts, 1);
    assert_eq!(ints(&connection, "select a from t"), [0, 1]);
    assert!(lines.all(|line| line.is_ok()) && child.wait().unwrap().success());
}

/// Does nothing by itself: it is the other process.
#[test]
fn holds_a_lock_for_another_process() {
    let Ok(url) = std::env::var(HELD) else { return };
    let connection = connect(&backend(&url));
    run(&connection, vec![control("BEGIN IMMEDIATE"), insert(0..1)]).unwrap();
    println!("\nthe lock is held");
    std::io::stdin().lines().for_each(drop);
    run(&connection, vec![control("COMMIT")]).unwrap();
}

#[test]
fn a_memory_that_is_being_read_is_written_once_the_reader_is_done() {
    let backend = backend("sqlite://:memory:");
    let (writer, reader) = (connect(&backend), connect(&backend));
    run(&writer, vec![once("create table t (a integer)"), insert(0..600)]).unwrap();
    let mut rows = 600;
    for batch in [vec![insert(0..1)], vec![insert(0..1), insert(0..1)]] {
        let wanted = rows + batch.len() as i64;
        let mut cursor = block(reader.clone().open(read("select a from t"))).unwrap();
        block(cursor.next(Box::new(Taken::default()))).unwrap();
        let mut waiting = Box::pin(run_async(&*writer, batch));
        assert!(poll(waiting.as_mut()).is_pending());
        drop(cursor);
        assert_eq!(block(waiting).unwrap().restarts, 1);
        rows = ints(&writer, COUNT)[0];
        assert_eq!(rows, wanted);
    }
    assert!(run(&writer, vec![insert(0..1)]).unwrap().inline());
}
