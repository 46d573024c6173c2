//! Short writes run on the calling thread; what takes long, waits, or would wait for the disk, on
//! the connection's thread. Whatever happens, each has happened once, or not at all.

use crate::support::*;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use yara_core::backend::{Access, Command, Connection, Request, RowSink};
use yara_core::error::{ErrorKind, Result};
use yara_core::value::{Value, ValueRef};

/// The text of 5 000 rounds, more than any budget.
const SLOW: &str = "(with recursive n(i) as (select 1 union all select i + 1 from n limit 5000) \
    select max(i) from n)";

#[test]
fn a_short_write_is_done_at_the_first_poll() {
    let connection = memory();
    let batch = vec![
        insert(0..3),
        write("update t set a = a + 10 where a > 0 returning a"),
        read(COUNT),
        write("delete from t where a = 0"),
    ];
    let answer = poll_and_drop(run_async(&*connection, batch), 1).expect("done at once").unwrap();
    assert!(answer.inline());
    assert_eq!(answer.ints(), [11, 12, 3]);
    assert_eq!(answer.done, [(0, 3), (1, 2), (2, 1), (3, 1)]);
    assert_eq!(answer.restarts, 0);
    assert!(!connection.needs_reset());
    assert_eq!(ints(&connection, "select a from t"), [11, 12]);
}

#[test]
fn a_file_is_written_inline_once_its_log_has_begun() {
    for parameters in ["", "?synchronous=normal", "?synchronous=off"] {
        let folder = Folder::new();
        let connection = connect(&backend(&folder.url(&format!("t.db{parameters}"))));
        run(&connection, vec![once("create table t (a integer)")]).unwrap();
        for row in 0..3 {
            assert!(run(&connection, vec![insert(row..row + 1)]).unwrap().inline());
        }
        assert_eq!(ints(&connection, "select a from t"), [0, 1, 2]);
        // A new connection does not know of it.
        let other = connect(&backend(&folder.url(&format!("t.db{parameters}"))));
        assert!(!run(&other, vec![insert(3..4)]).unwrap().inline());
        assert!(run(&other, vec![insert(4..5)]).unwrap().inline());
        assert_eq!(ints(&connection, COUNT), [5]);
    }
}

#[test]
fn commits_that_wait_for_the_disk_are_made_on_the_thread() {
    let folder = Folder::new();
    let full = connect(&backend(&folder.url("full.db?synchronous=full")));
    let journal = connect(&backend(&folder.url("journal.db")));
    run(&journal, vec![control("PRAGMA journal_mode = DELETE")]).unwrap();
    for connection in [full, journal] {
        run(&connection, vec![once("create table t (a integer)")]).unwrap();
        for row in 0..3 {
            assert!(!run(&connection, vec![insert(row..row + 1)]).unwrap().inline());
        }
        assert_eq!(ints(&connection, COUNT), [3]);
    }
}

#[test]
fn what_is_large_or_cannot_be_foreseen_goes_to_the_thread() {
    let connection = memory();
    let text = |bytes: usize| {
        let value = Value::Text("x".repeat(bytes).into());
        with(Access::Write, "insert into t (a) values (?1)", vec![value])
    };
    for (batch, inline) in [
        (vec![insert(0..64)], true),
        (vec![insert(0..65)], false),
        (vec![insert(0..32), insert(0..33)], false),
        (vec![text(64 << 10)], true),
        (vec![text((64 << 10) + 1)], false),
        (vec![text(40 << 10), text(40 << 10)], false),
        (vec![write("delete from t where a = 1")], true),
        (vec![write("delete from t")], false),
        (vec![once("insert into t values (1)")], false),
        (vec![write("create table u (a)")], false),
        (vec![write("with x (a) as (select 1) insert into t select a from x")], false),
        (vec![write("/* tag */ insert into t values (1)")], true),
    ] {
        let shown = batch[0].command.sql.clone();
        let answer = run(&connection, batch).unwrap();
        assert_eq!(answer.inline(), inline, "{shown}");
        assert_eq!(answer.restarts, 0, "{shown}");
    }
}

#[test]
fn a_transaction_of_the_program_is_written_on_the_thread() {
    let (_folder, _backend, connection) = begun();
    run(&connection, vec![control("BEGIN IMMEDIATE")]).unwrap();
    for _ in 0..2 {
        let answer = run(&connection, vec![insert(0..1)]).unwrap();
        assert!(!answer.inline() && answer.restarts == 0);
    }
    assert!(connection.needs_reset());
    run(&connection, vec![control("COMMIT")]).unwrap();
    assert!(!connection.needs_reset());
    assert!(run(&connection, vec![insert(0..1)]).unwrap().inline());
    assert_eq!(ints(&connection, COUNT), [3]);
}

/// Runs a write twice: too long inline, it is done once on the thread, and remembered.
fn overruns(connection: &Arc<dyn Connection>, sql: &str, rows: u64) {
    let command = Arc::new(Command::new(sql, Access::Write));
    for restarts in [1, 0] {
        let answer = run(connection, vec![Request::new(command.clone(), vec![])]).unwrap();
        assert!(!answer.inline(), "{sql}");
        assert_eq!(answer.restarts, restarts, "{sql}");
        assert_eq!(answer.done, [(0, rows)], "{sql}");
        assert_eq!(command.slow.load(Ordering::Relaxed), 1);
        assert!(!connection.needs_reset());
    }
}

#[test]
fn what_takes_too_long_is_undone_and_done_once_on_the_thread() {
    let (_folder, _backend, file) = begun();
    for connection in [memory(), file] {
        run(&connection, vec![insert(0..3)]).unwrap();
        overruns(&connection, &format!("update t set a = a + 100 where {SLOW} > a"), 3);
        assert_eq!(ints(&connection, "select a from t"), [200, 201, 202]);

        let many = "with recursive n(i) as (select 1 union all select i + 1 from n limit 5000) \
            select i from n";
        run(
            &connection,
            vec![
                once("create table log (a integer)"),
                once(&format!("create trigger many after insert on t begin insert into log select * from ({many}); end")),
            ],
        )
        .unwrap();
        overruns(&connection, "insert into t values (7)", 1);
        assert_eq!(ints(&connection, "select count(*) from log"), [10_000]);
        assert_eq!(ints(&connection, "select count(*) from t where a = 7"), [2]);

        // Together with others.
        let rows = ints(&connection, COUNT)[0];
        let slow = format!("update t set a = a + 100 where {SLOW} > a");
        let answer = run(&connection, vec![write(&slow), write("update t set a = 0 where 1")]);
        assert_eq!(answer.unwrap().restarts, 1);
        assert_eq!(ints(&connection, "select sum(a) from t"), [0]);
        assert_eq!(ints(&connection, COUNT), [rows]);
    }
}

#[test]
fn a_write_that_returns_many_rows_is_done_once() {
    let (_folder, _backend, file) = begun();
    for connection in [memory(), file] {
        let rows = "with recursive n(i) as (select 1 union all select i + 1 from n limit 201)";
        let sql = format!("insert into t {rows} select i from n returning a");
        let answer = run(&connection, vec![write(&sql)]).unwrap();
        assert!(!answer.inline() && answer.restarts == 1);
        assert_eq!(answer.ints(), (1..=201).collect::<Vec<i64>>());
        assert_eq!(ints(&connection, COUNT), [201]);
        // With few operations of its own, and the rows of another.
        let batch =
            || vec![write("update t set a = 0 where a = 1 returning a"), read("select a from t")];
        let answer = run(&connection, batch()).unwrap();
        assert!(!answer.inline() && answer.restarts == 1);
        assert_eq!(answer.ints().len(), 202);
        assert_eq!(ints(&connection, "select count(*) from t where a = 0"), [1]);
    }
}

#[test]
fn many_runs_that_take_too_long_do_not_keep_one_from_running_inline() {
    let connection = memory();
    let some = "with recursive n(i) as (select 1 union all select i + 1 from n limit 60) \
        select max(i) from n";
    let trigger =
        format!("create trigger some after insert on t when ({some}) > 60 begin select 1; end");
    run(&connection, vec![once(&trigger)]).unwrap();
    let many = insert(0..64);
    let one = Request { values: vec![Value::I64(1)], repeat: 1, ..many.clone() };
    let answer = run(&connection, vec![many.clone()]).unwrap();
    assert!(!answer.inline() && answer.restarts == 1);
    assert_eq!(many.command.slow.load(Ordering::Relaxed), 64);
    let answer = run(&connection, vec![many]).unwrap();
    assert!(!answer.inline() && answer.restarts == 0);
    assert!(run(&connection, vec![one]).unwrap().inline());
    assert_eq!(ints(&connection, COUNT), [129]);
}

/// Counts how often it has to begin anew, even where the run fails.
struct Restarts(Arc<AtomicUsize>);

impl RowSink for Restarts {
    fn row(&mut self, _: usize, _: &[ValueRef<'_>]) -> Result<()> {
        Ok(())
    }

    fn restart(&mut self) {
        self.0.fetch_add(1, Ordering::SeqCst);
    }

    fn into_any(self: Box<Self>) -> Box<dyn std::any::Any + Send> {
        self
    }
}

#[test]
fn what_fails_as_it_is_committed_fails_once() {
    let connection = memory();
    run(
        &connection,
        vec![
            once("create table p (id integer primary key)"),
            once("create table c (p integer references p (id) deferrable initially deferred)"),
        ],
    )
    .unwrap();
    let orphan = || write("insert into c values (1)");
    for batch in [vec![orphan()], vec![orphan(), insert(0..1)]] {
        let restarts = Arc::new(AtomicUsize::new(0));
        let run_one = connection.run(batch, Box::new(Restarts(restarts.clone())));
        // Already the first poll tells.
        let error = poll_and_drop(run_one, 1).expect("inline").err().unwrap();
        assert_eq!(error.kind(), ErrorKind::ForeignKeyViolation, "{error:?}");
        assert_eq!(restarts.load(Ordering::SeqCst), 0);
        assert!(!connection.needs_reset());
        assert_eq!(ints(&connection, "select count(*) from c"), [0]);
        assert_eq!(ints(&connection, COUNT), [0]);
    }
    let mended = vec![orphan(), write("insert into p values (1)")];
    assert!(run(&connection, mended).unwrap().inline());
    assert_eq!(ints(&connection, "select count(*) from c"), [1]);
}

#[test]
fn a_constraint_that_is_violated_undoes_the_batch() {
    let connection = memory();
    run(&connection, vec![once("create unique index u on t (a)")]).unwrap();
    for batch in [vec![insert(0..3), insert(2..3)], vec![write("insert into t values (1), (1)")]] {
        let run_one = run_async(&*connection, batch);
        let error = poll_and_drop(run_one, 1).expect("inline").unwrap_err();
        assert_eq!(error.kind(), ErrorKind::UniqueViolation);
        assert_eq!(ints(&connection, COUNT), [0]);
    }
    // What SQL says is kept, is kept, and the error is told once.
    let fail = write("insert or fail into t values (1), (2), (1), (3)");
    let error = poll_and_drop(run_async(&*connection, vec![fail]), 1).expect("inline");
    assert_eq!(error.unwrap_err().kind(), ErrorKind::UniqueViolation);
    assert_eq!(ints(&connection, "select a from t"), [1, 2]);
}

struct Panics;

impl RowSink for Panics {
    fn row(&mut self, _: usize, _: &[ValueRef<'_>]) -> Result<()> {
        panic!("on purpose")
    }

    fn restart(&mut self) {}

    fn into_any(self: Box<Self>) -> Box<dyn std::any::Any + Send> {
        self
    }
}

#[test]
fn a_sink_that_panics_leaves_no_lock() {
    let (folder, _, connection) = begun();
    let batch = vec![insert(0..1), write("insert into t values (1) returning a")];
    let panicked = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
        block(connection.run(batch, Box::new(Panics))).is_ok()
    }));
    assert!(panicked.is_err());
    assert!(!connection.is_open());
    // The broken connection is still there, and its transaction is not.
    let other = connect(&backend(&folder.url("test.db?busy_timeout=0")));
    run(&other, vec![insert(5..6)]).unwrap();
    assert_eq!(ints(&other, "select a from t"), [5]);
    assert!(run(&connection, vec![insert(0..1)]).unwrap_err().is_connection_lost());
}

#[test]
fn a_sink_that_refuses_undoes_a_batch_and_no_single_write() {
    let connection = memory();
    let returning = || write("insert into t values (1), (2) returning a");
    for (batch, rows) in [(vec![insert(0..1), returning()], 0), (vec![returning()], 2)] {
        let sink = Box::new(Taken { refuse: Some(1), ..Taken::default() });
        let error = poll_and_drop(connection.run(batch, sink), 1).expect("inline").err().unwrap();
        assert!(error.is_decode_error(), "{error}");
        assert_eq!(ints(&connection, COUNT), [rows]);
        assert!(connection.is_open() && !connection.needs_reset());
    }
}

#[test]
fn a_future_that_is_polled_has_written_and_one_that_is_not_has_not() {
    let (_folder, _backend, connection) = begun();
    for (polls, rows) in [(0, 0), (1, 3), (0, 3), (1, 6)] {
        let done = poll_and_drop(run_async(&*connection, vec![insert(0..1), insert(1..3)]), polls);
        assert_eq!(done.is_some(), polls == 1);
        assert!(!connection.needs_reset());
        assert_eq!(ints(&connection, COUNT), [rows]);
    }
    // Past its budget it is a batch like any other: whole, or not there.
    let mut rows = 6;
    for polls in 0..20 {
        let slow = write(&format!("update t set a = a where {SLOW} > a"));
        poll_and_drop(run_async(&*connection, vec![insert(0..1), slow]), polls);
        block(connection.reset()).unwrap();
        let now = ints(&connection, COUNT)[0];
        assert!(now == rows || now == rows + 1, "{rows} rows became {now}");
        rows = now;
    }
}

#[test]
fn what_was_asked_earlier_is_written_earlier() {
    let connection = memory();
    let slow = format!("insert into t select {}", SLOW.replace("5000", "300000"));
    let mut first = Box::pin(run_async(&*connection, vec![write(&slow)]));
    let over = poll(first.as_mut()).is_ready();
    let second = run(&connection, vec![insert(1..2)]).unwrap();
    // Not even tried before it is its turn.
    assert_eq!(second.restarts, 0);
    if !over {
        block(first).unwrap();
    }
    assert_eq!(ints(&connection, "select a from t order by rowid"), [300_000, 1]);
}

#[test]
fn many_tasks_of_one_connection_write_each_once() {
    let (_folder, _backend, connection) = begun();
    let threads: Vec<_> = (0..4)
        .map(|thread| {
            let connection = connection.clone();
            std::thread::spawn(move || {
                for row in 0..300 {
                    let slow = format!("update t set a = a where {SLOW} < 0");
                    let mut batch = vec![insert(row..row + 1)];
                    if (row + thread) % 50 == 0 {
                        batch.push(write(&slow));
                    }
                    run(&connection, batch).unwrap();
                }
            })
        })
        .collect();
    for thread in threads {
        thread.join().unwrap();
    }
    assert_eq!(ints(&connection, "select count(*) from t"), [1_200]);
    assert_eq!(ints(&connection, "select count(distinct a) from t"), [300]);
    assert!(!connection.needs_reset());
}
