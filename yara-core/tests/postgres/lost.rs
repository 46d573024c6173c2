//! Connections that break.

use crate::support::{connect, control, once, process, read, run};
use std::time::Duration;
use yara_core::backend::Connection;
use yara_core::error::Error;

async fn kill(process: i32) {
    let killer = connect().await;
    let sql = format!("SELECT pg_terminate_backend({process})");
    run(&*killer, vec![read(&sql, vec![])]).await.unwrap();
    tokio::time::sleep(Duration::from_millis(100)).await;
}

async fn is_over(connection: &dyn Connection) {
    assert!(!connection.is_open());
    let error = run(connection, vec![read("SELECT 1", vec![])]).await.unwrap_err();
    assert!(error.is_connection_lost(), "{error}");
    assert!(error.to_string().contains("nothing was sent"), "{error}");
    assert!(connection.reset().await.unwrap_err().is_connection_lost());
    connection.close().await;
}

#[tokio::test]
#[ignore = "needs PostgreSQL; `make test` brings one"]
async fn while_idle() {
    let connection = connect().await;
    kill(process(&*connection).await).await;
    is_over(&*connection).await;
    let error = run(&*connection, vec![read("SELECT 1", vec![])]).await.unwrap_err();
    assert!(error.to_string().contains("terminating connection"), "{error}");
}

#[tokio::test]
#[ignore = "needs PostgreSQL; `make test` brings one"]
async fn while_a_query_runs() {
    let connection = connect().await;
    let process = process(&*connection).await;
    let sleep = || run(&*connection, vec![read("SELECT pg_sleep(10)", vec![])]);
    let behind = run(&*connection, vec![read("SELECT 1", vec![])]);
    let (first, second, ()) = tokio::join!(sleep(), behind, async {
        tokio::time::sleep(Duration::from_millis(50)).await;
        kill(process).await;
    });
    let first: Error = first.unwrap_err();
    assert!(first.is_connection_lost(), "{first}");
    assert_eq!(first.sqlstate(), Some("57P01"));
    assert_eq!(first.statement(), Some("SELECT pg_sleep(10)"));
    let second = second.unwrap_err();
    assert!(second.is_connection_lost(), "{second}");
    assert!(second.to_string().contains("may or may not have happened"), "{second}");
    is_over(&*connection).await;
}

#[tokio::test]
#[ignore = "needs PostgreSQL; `make test` brings one"]
async fn while_a_cursor_is_read() {
    let connection = connect().await;
    let process = process(&*connection).await;
    let sql = "SELECT generate_series(1, 100000)";
    let mut cursor = connection.clone().open(read(sql, vec![])).await.unwrap();
    cursor.next(Box::new(crate::support::Collected::default())).await.unwrap();
    kill(process).await;
    let mut result = Ok(());
    for _ in 0..100 {
        result = cursor.next(Box::new(crate::support::Collected::default())).await.map(|_| ());
        if result.is_err() {
            break;
        }
    }
    assert!(result.unwrap_err().is_connection_lost());
    drop(cursor);
    is_over(&*connection).await;
}

#[tokio::test]
#[ignore = "needs PostgreSQL; `make test` brings one"]
async fn while_nobody_waits() {
    let connection = connect().await;
    let process = process(&*connection).await;
    run(&*connection, vec![control("BEGIN")]).await.unwrap();
    let sleep = run(&*connection, vec![read("SELECT pg_sleep(10)", vec![])]);
    assert!(crate::support::Cancellable::new(sleep, 1).await.is_none());
    kill(process).await;
    assert!(connection.reset().await.unwrap_err().is_connection_lost());
    is_over(&*connection).await;
}

#[tokio::test]
#[ignore = "needs PostgreSQL; `make test` brings one"]
async fn closed_by_this_side() {
    let connection = connect().await;
    let process = process(&*connection).await;
    let sleep = run(&*connection, vec![read("SELECT pg_sleep(0.2)", vec![])]);
    let (answer, ()) = tokio::join!(sleep, async {
        tokio::time::sleep(Duration::from_millis(20)).await;
        connection.close().await;
    });
    assert!(answer.unwrap_err().is_connection_lost());
    connection.close().await;
    is_over(&*connection).await;
    let other = connect().await;
    let sql = format!("SELECT count(*) FROM pg_stat_activity WHERE pid = {process}");
    for _ in 0..50 {
        let gone = crate::support::one(&*other, &sql).await == crate::support::big(0);
        if gone {
            return;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    panic!("the server still has the session");
}

#[tokio::test]
#[ignore = "needs PostgreSQL; `make test` brings one"]
async fn a_session_that_the_server_ends_says_why() {
    let connection = connect().await;
    let set = once("SET idle_in_transaction_session_timeout = 50");
    run(&*connection, vec![set]).await.unwrap();
    run(&*connection, vec![control("BEGIN")]).await.unwrap();
    tokio::time::sleep(Duration::from_millis(200)).await;
    let error = run(&*connection, vec![read("SELECT 1", vec![])]).await.unwrap_err();
    assert!(error.is_connection_lost());
    assert!(error.to_string().contains("idle-in-transaction timeout"), "{error}");
}
