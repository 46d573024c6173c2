//! Rows in portions.

use crate::support::*;
use std::sync::Arc;
use yara_core::backend::{Access, Connection, Cursor};
use yara_core::error::{ErrorKind, Result};
use yara_core::value::Value;

fn filled(rows: i64) -> Arc<dyn Connection> {
    let connection = memory();
    run(&connection, vec![insert(0..rows)]).unwrap();
    connection
}

fn open(connection: &Arc<dyn Connection>, sql: &str) -> Result<Box<dyn Cursor>> {
    block(connection.clone().open(read(sql)))
}

fn next(cursor: &mut Box<dyn Cursor>) -> Result<(Taken, bool)> {
    let (sink, more) = block(cursor.next(Box::new(Taken::default())))?;
    Ok((taken(sink), more))
}

#[test]
fn every_row_comes_once_in_portions() {
    for rows in [0, 1, 499, 500, 501, 2345] {
        let connection = filled(rows);
        let mut cursor = open(&connection, "select a from t").unwrap();
        assert!(connection.needs_reset());
        let (mut all, mut columns, mut done) = (Vec::new(), 0, Vec::new());
        loop {
            let (portion, more) = next(&mut cursor).unwrap();
            assert!(portion.rows.len() <= 500);
            all.extend(portion.ints());
            columns += portion.columns.len();
            done.extend(portion.done);
            if !more {
                break;
            }
        }
        assert_eq!(all, (0..rows).collect::<Vec<i64>>());
        assert_eq!((columns, done), (1, vec![(0, rows as u64)]));
        // At its end the connection is free, the cursor still there.
        assert!(!connection.needs_reset());
        assert_eq!(ints(&connection, "select count(*) from t"), [rows]);
        assert!(!next(&mut cursor).unwrap().1);
        let mut second = open(&connection, "select a from t").unwrap();
        drop(cursor);
        assert!(next(&mut second).is_ok());
    }
}

#[test]
fn dropped_midway_it_ends() {
    let connection = filled(2000);
    for portions in 0..3 {
        let mut cursor = open(&connection, "select a from t").unwrap();
        for _ in 0..portions {
            next(&mut cursor).unwrap();
        }
        drop(cursor);
        run(&connection, vec![insert(0..1)]).unwrap();
        assert!(!connection.needs_reset());
    }
}

#[test]
fn nothing_else_runs_meanwhile() {
    let connection = filled(2000);
    let mut cursor = open(&connection, "select a from t").unwrap();
    for request in [read("select 1"), insert(0..1)] {
        let error = run(&connection, vec![request]).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Transaction);
    }
    assert!(open(&connection, "select 1").is_err());
    assert_eq!(next(&mut cursor).unwrap().0.ints(), (0..500).collect::<Vec<i64>>());
}

#[test]
fn errors_come_where_they_happen() {
    let connection = filled(1000);
    let error = open(&connection, "select missing from t").err().unwrap();
    assert_eq!(
        (error.kind(), error.statement()),
        (ErrorKind::Programming, Some("select missing from t"))
    );
    assert!(!connection.needs_reset());
    let mut cursor = open(&connection, "select yara_numeric_div(1, 700 - a) from t").unwrap();
    next(&mut cursor).unwrap();
    assert_eq!(next(&mut cursor).unwrap_err().sqlstate(), Some("22012"));
    assert!(next(&mut cursor).is_err());
    assert!(!connection.needs_reset());
}

#[test]
fn a_cancelled_fetch_ends_it() {
    let connection = filled(1);
    for polls in 0..20 {
        let mut cursor = open(&connection, ENDLESS).unwrap();
        let fetched = poll_and_drop(cursor.next(Box::new(Taken::default())), polls);
        assert!(fetched.is_none());
        if polls > 0 {
            assert!(next(&mut cursor).is_err());
        }
        drop(cursor);
        block(connection.reset()).unwrap();
        assert!(!connection.needs_reset());
        assert_eq!(ints(&connection, LONG), [5000]);
    }
}

#[test]
fn an_opening_that_is_dropped_leaves_nothing() {
    let connection = filled(1000);
    for polls in 0..20 {
        let request = with(Access::Read, "select a from t where a > ?1", vec![Value::I64(1)]);
        poll_and_drop(connection.clone().open(request), polls);
        block(connection.reset()).unwrap();
        assert!(!connection.needs_reset());
        assert_eq!(ints(&connection, "select count(*) from t"), [1000]);
    }
}

#[test]
fn reset_ends_a_cursor_that_is_still_held() {
    let connection = filled(1000);
    run(&connection, vec![control("BEGIN"), insert(0..1)]).unwrap();
    let mut cursor = open(&connection, "select a from t").unwrap();
    next(&mut cursor).unwrap();
    block(connection.reset()).unwrap();
    assert!(!connection.needs_reset());
    assert!(next(&mut cursor).is_err());
    assert_eq!(ints(&connection, "select count(*) from t"), [1000]);
}

#[test]
fn in_a_transaction_it_reads_what_was_written() {
    let connection = filled(600);
    run(&connection, vec![control("BEGIN"), insert(600..700)]).unwrap();
    let mut cursor = open(&connection, "select a from t").unwrap();
    assert_eq!(next(&mut cursor).unwrap().0.rows.len(), 500);
    assert_eq!(next(&mut cursor).unwrap().0.rows.len(), 200);
    run(&connection, vec![control("ROLLBACK")]).unwrap();
    assert_eq!(ints(&connection, "select count(*) from t"), [600]);
}
