//! Several batches under way on one connection, and what each request of one is told.

use crate::support::*;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Waker};
use yara_core::backend::Access;
use yara_core::value::Value;

#[test]
fn batches_are_answered_in_the_order_of_their_first_poll() {
    let connection = memory();
    let mut futures: Vec<Pin<Box<dyn Future<Output = _> + '_>>> = Vec::new();
    for step in 0..8 {
        futures.push(Box::pin(run_async(&*connection, vec![insert(step..step + 1)])));
        futures.push(Box::pin(run_async(&*connection, vec![read("select count(*) from t")])));
    }
    let mut answers = Vec::new();
    for future in &mut futures {
        let _ = future.as_mut().poll(&mut Context::from_waker(Waker::noop())).map(|done| {
            answers.push(done);
        });
    }
    for (at, future) in futures.into_iter().enumerate().skip(answers.len()) {
        let answer = block(future).unwrap();
        if at % 2 == 1 {
            // A read sees the writes before it, and those only: it overtakes nothing.
            assert_eq!(answer.ints(), [(at / 2 + 1) as i64]);
        }
    }
}

#[test]
fn every_request_is_told_its_columns_and_its_end() {
    let connection = memory();
    let batch = vec![
        insert(0..3),
        read("select a as one, a * 2 as two from t where a > 5"),
        write("update t set a = a + 1 where a > 0 returning a"),
        write("delete from t where a = 0"),
        write("create table u (x)"),
        write("update t set a = 9 where a = 77"),
    ];
    let answer = run(&connection, batch).unwrap();
    let names = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>();
    assert_eq!(
        answer.columns,
        [
            (0, vec![]),
            (1, names(&["one", "two"])),
            (2, names(&["a"])),
            (3, vec![]),
            (4, vec![]),
            (5, vec![])
        ]
    );
    assert_eq!(answer.done, [(0, 3), (1, 0), (2, 2), (3, 1), (4, 0), (5, 0)]);
    assert_eq!(answer.ints(), [2, 3]);
}

#[test]
fn repeated_runs_give_the_rows_of_one_request_in_order() {
    let connection = memory();
    let sql = "insert into t (a) values (?1) returning a, ?2";
    let values = (0..50).flat_map(|at| [Value::I64(at), Value::Text("x".into())]).collect();
    let mut request = with(Access::Write, sql, values);
    request.repeat = 50;
    let answer = run(&connection, vec![request]).unwrap();
    assert_eq!(answer.ints(), (0..50).collect::<Vec<i64>>());
    assert_eq!((answer.columns.len(), answer.done), (1, vec![(0, 50)]));
}

#[test]
fn nothing_to_run_is_fine() {
    let connection = memory();
    assert!(run(&connection, vec![]).unwrap().rows.is_empty());
    let mut none = insert(0..0);
    none.repeat = 0;
    assert_eq!(run(&connection, vec![none]).unwrap().done, [(0, 0)]);
}

#[test]
fn columns_are_those_after_a_change_of_the_table() {
    let connection = memory();
    let all = read("select * from t");
    run(&connection, vec![insert(0..1), all.clone()]).unwrap();
    run(&connection, vec![once("alter table t add column b text default 'x'")]).unwrap();
    let answer = run(&connection, vec![all]).unwrap();
    assert_eq!(answer.columns, [(0, vec!["a".to_owned(), "b".to_owned()])]);
    assert_eq!(answer.rows[0].1, [Cell::Int(0), Cell::Text("x".into())]);
}

#[test]
fn the_number_of_values_must_fit() {
    let connection = memory();
    for values in [vec![], vec![Value::I64(1), Value::I64(2)]] {
        let error = run(&connection, vec![with(Access::Read, "select ?1", values)]).unwrap_err();
        assert_eq!(error.kind(), yara_core::error::ErrorKind::InvalidQuery);
    }
}
