//! Prepared statements: kept, bounded, and prepared anew where they have gone.

use crate::support::{
    Cell, big, connect, connect_with, control, in_step, int, once, one, read, run, text, write,
};
use yara_core::backend::Connection;
use yara_core::value::{Type, Value};

async fn prepared(connection: &dyn Connection, like: &str) -> i64 {
    let sql = "SELECT count(*) FROM pg_prepared_statements WHERE statement LIKE $1";
    match run(connection, vec![read(sql, vec![Value::Text(like.into())])]).await.unwrap().cell() {
        Cell::Value(Value::I64(count)) => count,
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
#[ignore = "needs PostgreSQL; `make test` brings one"]
async fn a_statement_is_prepared_once_for_the_types_of_its_values() {
    let connection = connect().await;
    for values in [
        vec![Value::I64(1)],
        vec![Value::I64(2)],
        vec![Value::Null(Type::I64)],
        vec![Value::Text("3".into())],
    ] {
        run(&*connection, vec![read("SELECT 'kept', $1", values)]).await.unwrap();
    }
    assert_eq!(prepared(&*connection, "SELECT 'kept'%").await, 2);
    run(&*connection, vec![once("SELECT 'kept not'")]).await.unwrap();
    assert_eq!(prepared(&*connection, "SELECT 'kept not'%").await, 0);
}

#[tokio::test]
#[ignore = "needs PostgreSQL; `make test` brings one"]
async fn the_oldest_are_closed_on_the_server() {
    let connection = connect_with("statement_cache_size=5").await;
    for number in 0..30 {
        assert_eq!(one(&*connection, &format!("SELECT {number}")).await, int(number));
    }
    in_step(&*connection).await;
    let count = prepared(&*connection, "%").await;
    assert!(count <= 6, "{count}");
    // More at once than are kept.
    let batch = (0..12).map(|number| read(&format!("SELECT {number} + 100"), vec![])).collect();
    let rows = run(&*connection, batch).await.unwrap().table();
    assert_eq!(rows, (100..112).map(|number| vec![int(number)]).collect::<Vec<_>>());
    in_step(&*connection).await;
    assert!(prepared(&*connection, "%").await <= 6);
    // A failure skips messages: closing is not among them.
    for number in 0..10 {
        let batch = vec![
            read(&format!("SELECT {number} / 0"), vec![]),
            read(&format!("SELECT {number} + 7"), vec![]),
        ];
        run(&*connection, batch).await.unwrap_err();
    }
    in_step(&*connection).await;
    assert!(prepared(&*connection, "%").await <= 6);
}

#[tokio::test]
#[ignore = "needs PostgreSQL; `make test` brings one"]
async fn nothing_is_kept_where_the_cache_is_off() {
    let connection = connect_with("statement_cache_size=0").await;
    for number in 0..3 {
        let batch = vec![
            read("SELECT $1 + 1", vec![Value::I64(number)]),
            read("SELECT $1::text", vec![Value::Text("x".into())]),
            read("SELECT $1 + 1", vec![Value::I64(number)]),
        ];
        let rows = run(&*connection, batch).await.unwrap().table();
        assert_eq!(rows, [vec![big(number + 1)], vec![text("x")], vec![big(number + 1)]]);
    }
    assert_eq!(prepared(&*connection, "%").await, 0);
    in_step(&*connection).await;
}

#[tokio::test]
#[ignore = "needs PostgreSQL; `make test` brings one"]
async fn a_change_of_the_table_is_not_noticed() {
    let connection = connect().await;
    run(&*connection, vec![once("CREATE TEMP TABLE t (id int); INSERT INTO t VALUES (1)")])
        .await
        .unwrap();
    let select = || read("SELECT * FROM t", vec![]);
    assert_eq!(run(&*connection, vec![select()]).await.unwrap().table(), [vec![int(1)]]);
    run(&*connection, vec![once("ALTER TABLE t ADD COLUMN name text DEFAULT 'x'")]).await.unwrap();
    // After rows of another request: the sink starts again.
    let answer = run(&*connection, vec![read("SELECT 5", vec![]), select()]).await.unwrap();
    assert_eq!(answer.table(), [vec![int(5)], vec![int(1), text("x")]]);
    assert_eq!(answer.restarts, 1);

    // With writes before it, which were rolled back, and ran once.
    run(&*connection, vec![once("ALTER TABLE t ADD COLUMN more int")]).await.unwrap();
    let update = write("UPDATE t SET id = id + 1", vec![]);
    let error = run(&*connection, vec![update, select()]).await.unwrap_err();
    assert!(error.is_unsupported(), "{error}");
    let answer = run(&*connection, vec![select()]).await.unwrap();
    assert_eq!(answer.table(), [vec![int(1), text("x"), Cell::Null]]);
    let returning = || write("UPDATE t SET id = id + 1 RETURNING *", vec![]);
    run(&*connection, vec![returning()]).await.unwrap();
    run(&*connection, vec![once("ALTER TABLE t DROP COLUMN more")]).await.unwrap();
    let answer = run(&*connection, vec![returning()]).await.unwrap();
    assert_eq!(answer.table(), [vec![int(3), text("x")]]);
    assert_eq!(answer.restarts, 0);
    in_step(&*connection).await;
}

#[tokio::test]
#[ignore = "needs PostgreSQL; `make test` brings one"]
async fn a_change_of_the_table_in_a_transaction() {
    let connection = connect().await;
    run(&*connection, vec![once("CREATE TEMP TABLE t (id int); INSERT INTO t VALUES (1)")])
        .await
        .unwrap();
    let select = || read("SELECT * FROM t", vec![]);
    run(&*connection, vec![select()]).await.unwrap();
    run(&*connection, vec![once("ALTER TABLE t ADD COLUMN name text")]).await.unwrap();
    // The transaction begins with the statement: nothing is lost by beginning again.
    let answer = run(&*connection, vec![control("BEGIN"), select()]).await.unwrap();
    assert_eq!(answer.table(), [vec![int(1), Cell::Null]]);
    run(&*connection, vec![once("ALTER TABLE t ADD COLUMN more text")]).await.unwrap();
    // Here something would be: the caller is told, and the next transaction works.
    let error = run(&*connection, vec![select()]).await.unwrap_err();
    assert_eq!(error.sqlstate(), Some("0A000"));
    connection.reset().await.unwrap();
    let answer = run(&*connection, vec![control("BEGIN"), select(), control("COMMIT")]).await;
    assert_eq!(answer.unwrap().table(), [vec![int(1), Cell::Null]]);
    in_step(&*connection).await;
}

#[tokio::test]
#[ignore = "needs PostgreSQL; `make test` brings one"]
async fn statements_that_the_server_has_lost_are_prepared_anew() {
    let connection = connect().await;
    let batch = || vec![read("SELECT $1 + 1", vec![Value::I64(1)]), read("SELECT 'x'", vec![])];
    run(&*connection, batch()).await.unwrap();
    run(&*connection, vec![once("DISCARD ALL")]).await.unwrap();
    let answer = run(&*connection, batch()).await.unwrap();
    assert_eq!(answer.table(), [vec![big(2)], vec![text("x")]]);
    in_step(&*connection).await;
}

#[tokio::test]
#[ignore = "needs PostgreSQL; `make test` brings one"]
async fn a_statement_that_could_not_be_prepared_is_not_kept() {
    let connection = connect().await;
    let select = || read("SELECT id FROM not_yet", vec![]);
    let spoilt = || read("SELECT 'spoilt'", vec![]);
    for _ in 0..2 {
        run(&*connection, vec![select(), spoilt()]).await.unwrap_err();
    }
    assert_eq!(prepared(&*connection, "SELECT 'spoilt'").await, 0);
    run(&*connection, vec![once("CREATE TEMP TABLE not_yet (id int)")]).await.unwrap();
    run(&*connection, vec![select(), spoilt()]).await.unwrap();
    // Refused by this side: it was never sent.
    let bad = vec![read("SELECT 'unsent'", vec![]), read("SELECT $1", vec![Value::Time(-1)])];
    run(&*connection, bad).await.unwrap_err();
    assert_eq!(one(&*connection, "SELECT 'unsent'").await, text("unsent"));
    in_step(&*connection).await;
}
