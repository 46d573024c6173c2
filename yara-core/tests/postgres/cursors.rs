//! Reading in portions.

use crate::support::{
    Cancellable, Cell, Collected, big, connect, connect_with, control, in_step, int, once, one,
    read, run, write,
};
use std::sync::Arc;
use yara_core::backend::{Connection, Cursor, Request};
use yara_core::error::Result;
use yara_core::value::Value;

async fn portion(cursor: &mut dyn Cursor) -> Result<(Collected, bool)> {
    let (sink, more) = cursor.next(Box::new(Collected::default())).await?;
    Ok((*sink.into_any().downcast::<Collected>().unwrap(), more))
}

fn numbers(count: i64) -> Request {
    read("SELECT n FROM generate_series(1, $1) n", vec![Value::I64(count)])
}

async fn open(connection: &Arc<dyn Connection>, request: Request) -> Box<dyn Cursor> {
    connection.clone().open(request).await.unwrap()
}

#[tokio::test]
#[ignore = "needs PostgreSQL; `make test` brings one"]
async fn rows_come_in_portions() {
    let connection = connect().await;
    for count in [0, 1, 999, 1000, 1001, 2500] {
        for request in
            [numbers(count), read(&format!("SELECT generate_series(1, {count})::int8"), vec![])]
        {
            let mut cursor = open(&connection, request).await;
            assert!(connection.needs_reset());
            let mut rows = Vec::new();
            let mut columns = 0;
            loop {
                let (sink, more) = portion(&mut *cursor).await.unwrap();
                assert!(sink.rows.len() <= 1000);
                columns += sink.columns.len();
                rows.extend(sink.rows);
                if !more {
                    break;
                }
            }
            assert_eq!(columns, 1);
            let wanted: Vec<(usize, Vec<Cell>)> = (1..=count).map(|n| (0, vec![big(n)])).collect();
            assert_eq!(rows, wanted);
            let (sink, more) = portion(&mut *cursor).await.unwrap();
            assert!(sink.rows.is_empty() && !more);
            // It need not be dropped to be over.
            in_step(&*connection).await;
        }
    }
}

#[tokio::test]
#[ignore = "needs PostgreSQL; `make test` brings one"]
async fn a_cursor_that_is_dropped_leaves_nothing() {
    let connection = connect().await;
    for portions in 0..3 {
        let mut cursor = open(&connection, numbers(100_000)).await;
        for _ in 0..portions {
            assert!(portion(&mut *cursor).await.unwrap().1);
        }
        drop(cursor);
        assert!(connection.needs_reset());
        if portions % 2 == 0 {
            connection.reset().await.unwrap();
        } else {
            assert_eq!(one(&*connection, "SELECT 1").await, int(1));
        }
        in_step(&*connection).await;
    }
    for polls in 0..10 {
        if let Some(cursor) = Cancellable::new(connection.clone().open(numbers(5000)), polls).await
        {
            let mut cursor = cursor.unwrap();
            let sink = Box::new(Collected::default());
            if Cancellable::new(cursor.next(sink), polls).await.is_none() {
                // Rows are lost: the cursor says so, rather than go on behind them.
                assert!(portion(&mut *cursor).await.unwrap_err().is_invalid_query());
            }
        }
        connection.reset().await.unwrap();
        in_step(&*connection).await;
    }
}

#[tokio::test]
#[ignore = "needs PostgreSQL; `make test` brings one"]
async fn a_cursor_in_a_transaction_may_be_dropped_too() {
    let connection = connect().await;
    let setup = vec![control("BEGIN"), once("CREATE TEMP TABLE t (id int)")];
    run(&*connection, setup).await.unwrap();
    let mut cursor = open(&connection, numbers(5000)).await;
    portion(&mut *cursor).await.unwrap();
    let error = run(&*connection, vec![read("SELECT 1", vec![])]).await.unwrap_err();
    assert!(error.is_invalid_query(), "{error}");
    drop(cursor);
    run(&*connection, vec![write("INSERT INTO t VALUES (1)", vec![])]).await.unwrap();
    run(&*connection, vec![control("COMMIT")]).await.unwrap();
    assert_eq!(one(&*connection, "SELECT count(*) FROM t").await, big(1));
    in_step(&*connection).await;
}

#[tokio::test]
#[ignore = "needs PostgreSQL; `make test` brings one"]
async fn errors_of_a_cursor() {
    let connection = connect().await;
    for sql in ["SELECT nothing", "SELEC 1"] {
        let error = connection.clone().open(read(sql, vec![])).await.err().unwrap();
        assert_eq!(error.statement(), Some(sql));
        in_step(&*connection).await;
    }
    // In the middle of the rows.
    let sql = "SELECT 1 / (1500 - n) FROM generate_series(1, 5000) n";
    let mut cursor = open(&connection, read(sql, vec![])).await;
    assert!(portion(&mut *cursor).await.unwrap().1);
    let error = portion(&mut *cursor).await.unwrap_err();
    assert_eq!((error.sqlstate(), error.statement()), (Some("22012"), Some(sql)));
    in_step(&*connection).await;

    // The sink.
    let mut cursor = open(&connection, numbers(3000)).await;
    let sink = Collected { refuse: Some(10), ..Collected::default() };
    let error = cursor.next(Box::new(sink)).await.err().unwrap();
    assert_eq!(error.to_string(), "the sink refused a row");
    drop(cursor);
    connection.reset().await.unwrap();
    in_step(&*connection).await;

    let several = connection.clone().open(once("SELECT 1; SELECT 2")).await.err().unwrap();
    assert!(several.is_invalid_query());
    let value =
        connection.clone().open(read("SELECT $1", vec![Value::Time(-1)])).await.err().unwrap();
    assert!(value.is_invalid_value());
    in_step(&*connection).await;
}

#[tokio::test]
#[ignore = "needs PostgreSQL; `make test` brings one"]
async fn a_cursor_that_writes_commits_at_its_end() {
    let connection = connect().await;
    run(&*connection, vec![once("CREATE TEMP TABLE t (id int)")]).await.unwrap();
    let insert = "INSERT INTO t SELECT generate_series(1, 1500) RETURNING id";
    let mut cursor = open(&connection, write(insert, vec![])).await;
    while portion(&mut *cursor).await.unwrap().1 {}
    assert_eq!(one(&*connection, "SELECT count(*) FROM t").await, big(1500));
}

#[tokio::test]
#[ignore = "needs PostgreSQL; `make test` brings one"]
async fn types_and_statements_are_as_elsewhere() {
    let connection = connect().await;
    let sql = "SELECT point(1, 2) FROM generate_series(1, 1001)";
    let mut cursor = open(&connection, read(sql, vec![])).await;
    let (sink, more) = portion(&mut *cursor).await.unwrap();
    assert!(more);
    assert_eq!(sink.rows[0].1, [Cell::Other("point".into())]);
    drop(cursor);
    in_step(&*connection).await;
    // Without prepared statements, and for one that is not worth it.
    let bare = connect_with("statement_cache_size=0").await;
    for request in [numbers(1500), once("SELECT generate_series(1, 1500)")] {
        let mut cursor = open(&bare, request).await;
        assert_eq!(portion(&mut *cursor).await.unwrap().0.rows.len(), 1000);
        assert_eq!(portion(&mut *cursor).await.unwrap().0.rows.len(), 500);
    }
    in_step(&*bare).await;
}

#[tokio::test]
#[ignore = "needs PostgreSQL; `make test` brings one"]
async fn a_cursor_survives_a_change_of_its_table() {
    let connection = connect().await;
    run(&*connection, vec![once("CREATE TEMP TABLE t (id int); INSERT INTO t VALUES (1)")])
        .await
        .unwrap();
    for columns in 1..4 {
        let mut cursor = open(&connection, read("SELECT * FROM t", vec![])).await;
        let (sink, _) = portion(&mut *cursor).await.unwrap();
        assert_eq!(sink.rows[0].1.len(), columns);
        drop(cursor);
        let alter = format!("ALTER TABLE t ADD COLUMN c{columns} int");
        run(&*connection, vec![once(&alter)]).await.unwrap();
    }
    in_step(&*connection).await;
}

#[tokio::test]
#[ignore = "needs PostgreSQL; `make test` brings one"]
async fn memory_holds_a_portion() {
    let connection = connect().await;
    // A gigabyte in all; ten megabytes in a portion.
    let sql = "SELECT repeat('x', 10000) FROM generate_series(1, 100000) n";
    let mut cursor = open(&connection, read(sql, vec![])).await;
    let before = resident();
    for _ in 0..20 {
        let (sink, more) = portion(&mut *cursor).await.unwrap();
        assert_eq!(sink.rows.len(), 1000);
        assert!(more);
    }
    assert!(resident() < before + 150_000, "{before} to {} kB", resident());
    drop(cursor);
    connection.reset().await.unwrap();
    in_step(&*connection).await;
}

/// The memory of this process in kilobytes; 0 where there is no way to know.
fn resident() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    line.and_then(|line| line.split_whitespace().next()).map_or(0, |kb| kb.parse().unwrap())
}
