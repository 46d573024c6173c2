//! Many batches at once on one connection: everyone gets the own answer.

use crate::support::{Cell, Collected, big, connect, in_step, int, read, run, run_into, text};
use std::sync::Arc;
use tokio::task::JoinSet;
use yara_core::value::Value;

async fn everyone_gets_the_own_answer() {
    let connection = connect().await;
    for round in 0..4_i64 {
        let mut tasks = JoinSet::new();
        for task in 0..50_i64 {
            let connection = connection.clone();
            tasks.spawn(async move {
                let number = round * 100 + task;
                match task % 5 {
                    0 => {
                        let sql = "SELECT n, repeat('x', 200) FROM generate_series(1, $1) n";
                        let answer = run(&*connection, vec![read(sql, vec![Value::I64(number)])]);
                        let rows = answer.await.unwrap().table();
                        assert_eq!(rows.len() as i64, number);
                        assert!(rows.iter().zip(1..).all(|(row, n)| row[0] == big(n)));
                    }
                    1 => {
                        let sql = format!("SELECT 1 / 0, {number}");
                        let error = run(&*connection, vec![read(&sql, vec![])]).await.unwrap_err();
                        assert_eq!(error.statement(), Some(sql.as_str()));
                    }
                    2 => {
                        let sink = Collected { refuse: Some(2), ..Collected::default() };
                        let sql = "SELECT generate_series(1, 3)";
                        run_into(&*connection, vec![read(sql, vec![])], sink).await.unwrap_err();
                    }
                    _ => {
                        let batch = vec![
                            read("SELECT $1 + 1", vec![Value::I64(number)]),
                            read(&format!("SELECT {number}"), vec![]),
                        ];
                        let rows = run(&*connection, batch).await.unwrap().table();
                        assert_eq!(rows, [vec![big(number + 1)], vec![int(number as i32)]]);
                    }
                }
            });
        }
        while let Some(task) = tasks.join_next().await {
            task.unwrap();
        }
    }
    in_step(&*connection).await;
}

#[tokio::test]
#[ignore = "needs PostgreSQL; `make test` brings one"]
async fn on_one_thread() {
    everyone_gets_the_own_answer().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
#[ignore = "needs PostgreSQL; `make test` brings one"]
async fn on_several_threads() {
    everyone_gets_the_own_answer().await;
}

#[tokio::test]
#[ignore = "needs PostgreSQL; `make test` brings one"]
async fn within_one_task() {
    let connection = connect().await;
    let get =
        |number: i64| run(&*connection, vec![read("SELECT $1 * 2", vec![Value::I64(number)])]);
    let (a, b, c) = tokio::join!(get(1), get(2), get(3));
    let cells = [a, b, c].map(|answer| answer.unwrap().cell());
    assert_eq!(cells, [big(2), big(4), big(6)]);
}

#[tokio::test]
#[ignore = "needs PostgreSQL; `make test` brings one"]
async fn a_future_that_is_held_and_not_polled_keeps_nobody_waiting() {
    let connection = connect().await;
    let get = |number: i64| {
        let connection = connection.clone();
        async move { run(&*connection, vec![read("SELECT $1", vec![Value::I64(number)])]).await }
    };
    let mut held = Box::pin(get(1));
    let now = std::future::poll_fn(|context| {
        std::task::Poll::Ready(held.as_mut().poll(context).is_ready())
    });
    assert!(!now.await);
    // Another task asks behind the one that nobody polls.
    let other = tokio::spawn(get(2));
    let answer = tokio::time::timeout(std::time::Duration::from_secs(5), other).await;
    assert_eq!(answer.unwrap().unwrap().unwrap().cell(), big(2));
    assert_eq!(held.await.unwrap().cell(), big(1));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "needs PostgreSQL; `make test` brings one"]
async fn large_parameters_go_side_by_side() {
    let connection = connect().await;
    let document: Arc<str> = "0123456789abcdef".repeat(512 * 1024).into();
    let mut tasks = JoinSet::new();
    for task in 0..4_i64 {
        let (connection, document) = (connection.clone(), document.clone());
        tasks.spawn(async move {
            // 8 MB there, and 8 MB back.
            let values = vec![Value::Text((&*document).into()), Value::I64(task)];
            let answer =
                run(&*connection, vec![read("SELECT $1::text, $2", values)]).await.unwrap();
            let row = &answer.table()[0];
            assert_eq!(row[1], big(task));
            assert!(row[0] == text(&document));
        });
    }
    let all = async {
        while let Some(task) = tasks.join_next().await {
            task.unwrap();
        }
    };
    tokio::time::timeout(std::time::Duration::from_secs(60), all).await.unwrap();
    in_step(&*connection).await;
}

#[tokio::test]
#[ignore = "needs PostgreSQL; `make test` brings one"]
async fn one_that_fails_to_prepare_does_not_spoil_the_others() {
    let connection = connect().await;
    // The second statement of the first batch is never parsed; those behind rely on it.
    let shared = || read("SELECT $1::int4 + 40", vec![Value::I32(2)]);
    let spoilt = run(&*connection, vec![read("SELECT nothing", vec![]), shared()]);
    let (spoilt, a, b) =
        tokio::join!(spoilt, run(&*connection, vec![shared()]), run(&*connection, vec![shared()]));
    assert_eq!(spoilt.unwrap_err().sqlstate(), Some("42703"));
    assert_eq!([a, b].map(|answer| answer.unwrap().cell()), [int(42), int(42)]);
    assert!(matches!(run(&*connection, vec![shared()]).await.unwrap().cell(), Cell::Value(_)));
    in_step(&*connection).await;
}
