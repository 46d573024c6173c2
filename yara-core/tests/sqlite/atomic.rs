//! A batch happens as a whole or not at all.

use crate::support::*;
use yara_core::backend::Access;
use yara_core::value::Value;

#[test]
fn a_batch_that_fails_leaves_nothing() {
    let connection = memory();
    run(&connection, vec![once("create unique index u on t (a)")]).unwrap();
    let mut duplicate = insert(5..6);
    duplicate.values = [1, 2, 1].map(Value::I64).into();
    duplicate.repeat = 3;
    for batch in [
        vec![insert(0..3), insert(2..3)],
        vec![duplicate],
        vec![insert(0..1), read("select nothing from nowhere")],
        vec![once("insert into t values (1); insert into t values (1)")],
    ] {
        run(&connection, batch).unwrap_err();
        assert!(!connection.needs_reset());
        assert_eq!(ints(&connection, "select count(*) from t"), [0]);
    }
    run(&connection, vec![insert(0..3), insert(3..5)]).unwrap();
    assert_eq!(ints(&connection, "select count(*) from t"), [5]);
}

#[test]
fn nothing_runs_after_a_failure() {
    let connection = memory();
    let sink = Taken::default();
    let batch = vec![
        control("PRAGMA user_version = 1"),
        read("select x"),
        control("PRAGMA user_version = 2"),
    ];
    assert!(block(connection.run(batch, Box::new(sink))).is_err());
    assert_eq!(ints(&connection, "PRAGMA user_version"), [1]);
}

#[test]
fn a_sink_that_fails_undoes_a_batch() {
    let connection = memory();
    let sink = Box::new(Taken { refuse: Some(0), ..Taken::default() });
    let batch = vec![insert(0..3), read("select a from t")];
    assert!(block(connection.run(batch, sink)).is_err());
    assert_eq!(ints(&connection, "select count(*) from t"), [0]);
}

#[test]
fn in_a_transaction_the_batch_alone_is_undone() {
    let connection = memory();
    run(&connection, vec![once("create unique index u on t (a)")]).unwrap();
    run(&connection, vec![control("BEGIN IMMEDIATE")]).unwrap();
    assert!(connection.needs_reset());
    run(&connection, vec![insert(0..2)]).unwrap();
    run(&connection, vec![insert(5..9), insert(1..2)]).unwrap_err();
    run(&connection, vec![insert(2..3)]).unwrap();
    run(&connection, vec![control("COMMIT")]).unwrap();
    assert!(!connection.needs_reset());
    assert_eq!(ints(&connection, "select a from t order by a"), [0, 1, 2]);
}

#[test]
fn savepoints_are_the_program_s_own() {
    let connection = memory();
    run(&connection, vec![control("BEGIN"), control("SAVEPOINT a"), insert(0..2)]).unwrap();
    run(&connection, vec![control("ROLLBACK TO a"), control("RELEASE a")]).unwrap();
    run(&connection, vec![insert(7..8), control("COMMIT")]).unwrap();
    assert_eq!(ints(&connection, "select a from t"), [7]);
}

#[test]
fn a_commit_that_fails_ends_the_transaction() {
    let connection = memory();
    run(
        &connection,
        vec![
            once("create table p (id integer primary key)"),
            once("create table c (p integer references p (id) deferrable initially deferred)"),
        ],
    )
    .unwrap();
    run(&connection, vec![control("BEGIN"), write("insert into c values (1)")]).unwrap();
    let error = run(&connection, vec![control("COMMIT")]).unwrap_err();
    assert!(error.is_foreign_key_violation(), "{error}");
    assert!(!connection.needs_reset());
    assert_eq!(ints(&connection, "select count(*) from c"), [0]);
    // The same for a batch that is a transaction by itself.
    let batch = vec![insert(0..1), write("insert into c values (1)")];
    assert!(run(&connection, batch).unwrap_err().is_foreign_key_violation());
    assert_eq!(ints(&connection, "select count(*) from t"), [0]);
}

#[test]
fn a_transaction_that_sqlite_rolled_back_takes_no_more_statements() {
    let connection = memory();
    run(&connection, vec![once("create trigger no before insert on t when new.a < 0 begin select raise(rollback, 'no'); end")]).unwrap();
    for (end, fails) in [("ROLLBACK", false), ("COMMIT", true)] {
        run(&connection, vec![control("BEGIN"), insert(0..1)]).unwrap();
        run(&connection, vec![insert(-1..0)]).unwrap_err();
        for request in
            [insert(1..2), read("select 1"), control("SAVEPOINT a"), control("ROLLBACK TO a")]
        {
            let error = run(&connection, vec![request]).unwrap_err();
            assert_eq!(error.kind(), yara_core::error::ErrorKind::Transaction);
        }
        assert!(connection.needs_reset());
        assert_eq!(run(&connection, vec![control(end)]).is_err(), fails);
        assert!(!connection.needs_reset());
        assert_eq!(ints(&connection, "select count(*) from t"), [0]);
    }
    run(&connection, vec![control("BEGIN"), insert(0..1)]).unwrap();
    run(&connection, vec![insert(-1..0)]).unwrap_err();
    block(connection.reset()).unwrap();
    assert!(!connection.needs_reset());
    run(&connection, vec![insert(0..1)]).unwrap();
}

#[test]
fn scripts_create_what_they_use() {
    let connection = memory();
    let script = "create table a (x); -- ;\ninsert into a values (1), (2); create view v as select ';' as s;";
    let answer = run(&connection, vec![once(script)]).unwrap();
    assert_eq!(answer.done, [(0, 2)]);
    assert_eq!(ints(&connection, "select x from a"), [1, 2]);
    let error = run(&connection, vec![with(Access::Read, "select 1; select 2", vec![])]);
    assert_eq!(error.unwrap_err().kind(), yara_core::error::ErrorKind::InvalidQuery);
}

#[test]
fn a_refused_row_leaves_a_single_write_and_takes_several_back() {
    let many = "insert into t with recursive n(i) as \
        (select 1 union all select i + 1 from n limit 20000) select i from n returning a";
    let few = "insert into t values (1), (2), (3) returning a";
    for (sql, rows) in [(few, 3), (many, 20_000)] {
        let connection = memory();
        let refused = |batch| {
            let sink = Box::new(Taken { refuse: Some(1), ..Taken::default() });
            block(connection.run(batch, sink)).err().unwrap()
        };
        assert!(refused(vec![write(sql)]).is_decode_error());
        assert_eq!(ints(&connection, "select count(*) from t"), [rows]);
        assert!(refused(vec![insert(0..1), write(sql)]).is_decode_error());
        assert_eq!(ints(&connection, "select count(*) from t"), [rows]);
        assert!(connection.is_open() && !connection.needs_reset());
    }
}
