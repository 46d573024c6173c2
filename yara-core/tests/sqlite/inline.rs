//! Short reads are answered at the first poll on the calling thread, long ones by the thread.

use crate::support::*;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use yara_core::backend::{Access, Command, Request};
use yara_core::value::Value;

#[test]
fn a_short_read_is_answered_at_the_first_poll() {
    let connection = memory();
    let future = run_async(&*connection, vec![read("select 1"), read("select 2")]);
    let answer = poll_and_drop(future, 1).expect("answered at once").unwrap();
    assert!(answer.inline());
    assert_eq!(answer.ints(), [1, 2]);
    assert_eq!(answer.done, [(0, 1), (1, 1)]);
}

#[test]
fn a_long_read_is_run_again_on_the_thread_and_remembered() {
    let connection = memory();
    let command = Arc::new(Command::new(LONG, Access::Read));
    for restarts in [1, 0] {
        let batch = vec![read("select 0"), Request::new(command.clone(), vec![])];
        let quick = batch[0].command.clone();
        let answer = run(&connection, batch).unwrap();
        assert!(!answer.inline());
        assert_eq!(answer.restarts, restarts);
        assert_eq!(answer.ints(), [0, 5000]);
        assert_eq!(command.slow.load(Ordering::Relaxed), 2);
        assert_eq!(quick.slow.load(Ordering::Relaxed), usize::MAX);
    }
}

#[test]
fn many_rows_go_to_the_thread_each_once() {
    let connection = memory();
    run(&connection, vec![insert(0..1000)]).unwrap();
    for (limit, inline) in [(200, true), (201, false), (1000, false)] {
        let sql = format!("select a from t limit {limit}");
        let answer = run(&connection, vec![read(&sql)]).unwrap();
        assert_eq!(answer.inline(), inline, "{limit} rows");
        assert_eq!(answer.ints(), (0..limit).collect::<Vec<i64>>());
        assert_eq!(answer.columns.len(), 1);
    }
    // Together, too.
    let part = || read("select a from t limit 150");
    let answer = run(&connection, vec![part(), part()]).unwrap();
    assert!(!answer.inline() && answer.ints().len() == 300);
}

#[test]
fn a_write_that_claims_to_read_is_not_run_inline() {
    let connection = memory();
    let answer = run(&connection, vec![read("insert into t values (7) returning a")]).unwrap();
    assert!(!answer.inline());
    assert_eq!(ints(&connection, "select a from t"), [7]);
}

#[test]
fn reads_of_a_transaction_see_it_and_are_inline_too() {
    let connection = memory();
    run(&connection, vec![control("BEGIN IMMEDIATE"), insert(0..3)]).unwrap();
    let answer = run(&connection, vec![read("select a from t")]).unwrap();
    assert!(answer.inline() && answer.ints() == [0, 1, 2]);
    // Past the budget, the transaction lives on.
    assert_eq!(ints(&connection, LONG), [5000]);
    run(&connection, vec![control("COMMIT")]).unwrap();
    assert_eq!(ints(&connection, "select count(*) from t"), [3]);
}

#[test]
fn a_sink_that_refuses_a_row_ends_the_run_and_nothing_else() {
    let connection = memory();
    run(&connection, vec![insert(0..1000)]).unwrap();
    for sql in ["select a from t limit 10", "select a from t"] {
        let sink = Box::new(Taken { refuse: Some(5), ..Taken::default() });
        let error = block(connection.run(vec![read(sql)], sink)).err().unwrap();
        assert!(error.is_decode_error(), "{error}");
        assert_eq!(ints(&connection, "select count(*) from t"), [1000]);
    }
}

#[test]
fn what_is_short_is_answered_without_a_future() {
    let connection = memory();
    let mut taken = Taken::default();
    let answer = connection.run_now(&[read("select 1"), read("select 2")], &mut taken);
    answer.expect("answered at once").unwrap();
    assert!(taken.inline());
    assert_eq!((taken.ints(), taken.done), (vec![1, 2], vec![(0, 1), (1, 1)]));
    let mut taken = Taken::default();
    let error = connection.run_now(&[read("select nothing")], &mut taken);
    assert!(error.expect("refused at once").unwrap_err().to_string().contains("nothing"));
}

#[test]
fn what_is_not_short_is_left_for_a_future() {
    let connection = memory();
    run(&connection, vec![insert(0..1000)]).unwrap();
    for batch in [vec![read(LONG)], vec![read("select a from t")], vec![control("BEGIN")]] {
        let mut taken = Taken::default();
        assert!(connection.run_now(&batch, &mut taken).is_none());
        assert!(taken.rows.is_empty() && taken.done.is_empty());
    }
    let answer = run(&connection, vec![read("select a from t")]).unwrap();
    assert_eq!(answer.ints(), (0..1000).collect::<Vec<i64>>());
    block(connection.close());
    assert!(connection.run_now(&[read("select 1")], &mut Taken::default()).is_none());
}

#[test]
fn a_statement_that_was_long_once_is_tried_again_when_it_is_short() {
    let connection = memory();
    run(&connection, vec![insert(0..1000)]).unwrap();
    let command = Arc::new(Command::new("select a from t where rowid <= ?1", Access::Read));
    let upto = |limit: i64| vec![Request::new(command.clone(), vec![Value::I64(limit)])];
    for _ in 0..2 {
        let answer = run(&connection, upto(900)).unwrap();
        assert!(!answer.inline() && answer.rows.len() == 900);
        assert_ne!(command.slow.load(Ordering::Relaxed), usize::MAX);
        // The first goes to the thread all the same, and so do some on a busy machine.
        let short = (0..10_000).position(|_| run(&connection, upto(1)).unwrap().inline());
        assert!(short.is_some_and(|tries| tries > 0), "{short:?}");
    }
}
