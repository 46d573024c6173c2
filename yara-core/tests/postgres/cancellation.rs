//! Futures that are dropped: no answer goes to anyone else, nothing stays open.

use crate::support::{
    Cancellable, big, connect, control, in_step, int, once, one, process, read, run, text, write,
};
use std::time::{Duration, Instant};
use yara_core::backend::{Access, Command, Request};
use yara_core::value::Value;

#[tokio::test]
#[ignore = "needs PostgreSQL; `make test` brings one"]
async fn dropped_after_any_number_of_polls() {
    let connection = connect().await;
    let mut dropped = 0;
    for polls in 0..20 {
        // The first time each statement is new, then it is prepared.
        for sql in [
            "SELECT n, repeat('x', 1000) FROM generate_series(1, 3000) n".to_owned(),
            format!("SELECT pg_sleep(0.002), {polls}"),
            "SELECT point(1, 2), n FROM generate_series(1, 10) n".to_owned(),
        ] {
            let batch = vec![read(&sql, vec![]), read("SELECT 'of nobody'", vec![])];
            let cancelled = Cancellable::new(run(&*connection, batch), polls).await;
            dropped += usize::from(cancelled.is_none());
            // Right behind, without a reset.
            let number = polls as i64;
            let answer = run(&*connection, vec![read("SELECT $1 + 1", vec![Value::I64(number)])]);
            assert_eq!(answer.await.unwrap().cell(), big(number + 1));
            in_step(&*connection).await;
        }
    }
    assert!(dropped > 10, "{dropped}");
}

#[tokio::test]
#[ignore = "needs PostgreSQL; `make test` brings one"]
async fn dropped_in_the_middle_of_others() {
    let connection = connect().await;
    for polls in 1..20 {
        let victim = || {
            let sql = "SELECT n, 'of nobody' FROM generate_series(1, 2000) n";
            Cancellable::new(run(&*connection, vec![read(sql, vec![])]), polls)
        };
        let get =
            |number: i64| run(&*connection, vec![read("SELECT $1", vec![Value::I64(number)])]);
        let all = async { tokio::join!(get(1), victim(), get(2), victim(), get(3)) };
        let (a, _, b, _, c) = tokio::time::timeout(Duration::from_secs(5), all).await.unwrap();
        assert_eq!([a, b, c].map(|answer| answer.unwrap().cell()), [big(1), big(2), big(3)]);
    }
    in_step(&*connection).await;
}

#[tokio::test]
#[ignore = "needs PostgreSQL; `make test` brings one"]
async fn the_reader_is_dropped_while_others_wait() {
    let connection = connect().await;
    for _ in 0..20 {
        let reader = {
            let connection = connection.clone();
            tokio::spawn(async move {
                run(&*connection, vec![read("SELECT pg_sleep(0.01)", vec![])]).await
            })
        };
        tokio::task::yield_now().await;
        let waiter = {
            let connection = connection.clone();
            tokio::spawn(async move { one(&*connection, "SELECT 7").await })
        };
        tokio::time::sleep(Duration::from_millis(3)).await;
        reader.abort();
        let answer = tokio::time::timeout(Duration::from_secs(5), waiter).await;
        assert_eq!(answer.unwrap().unwrap(), int(7));
    }
}

#[tokio::test]
#[ignore = "needs PostgreSQL; `make test` brings one"]
async fn dropped_in_a_transaction() {
    let connection = connect().await;
    run(&*connection, vec![once("CREATE TEMP TABLE t (id int)")]).await.unwrap();
    for polls in 0..20 {
        run(&*connection, vec![control("BEGIN")]).await.unwrap();
        let batch = vec![
            write("INSERT INTO t VALUES (1)", vec![]),
            read("SELECT n, 'of nobody' FROM generate_series(1, 2000) n", vec![]),
        ];
        Cancellable::new(run(&*connection, batch), polls).await;
        assert!(connection.needs_reset());
        if polls % 2 == 0 {
            // The transaction is still there for whoever goes on with it.
            assert_eq!(one(&*connection, "SELECT 'mine'").await, text("mine"));
        }
        connection.reset().await.unwrap();
        assert!(!connection.needs_reset());
        assert_eq!(one(&*connection, "SELECT count(*) FROM t").await, big(0));
        in_step(&*connection).await;
    }
    for polls in 0..6 {
        for batch in [vec![control("BEGIN")], vec![control("BEGIN"), read("SELECT 1 / 0", vec![])]]
        {
            Cancellable::new(run(&*connection, batch), polls).await;
            connection.reset().await.unwrap();
            in_step(&*connection).await;
        }
    }
}

#[tokio::test]
#[ignore = "needs PostgreSQL; `make test` brings one"]
async fn a_dropped_statement_is_cancelled_on_the_server() {
    let connection = connect().await;
    let before = process(&*connection).await;
    // Two batches, each of which must be cancelled.
    for _ in 0..2 {
        let sleep = run(&*connection, vec![read("SELECT pg_sleep(10)", vec![])]);
        assert!(Cancellable::new(sleep, 1).await.is_none());
    }
    assert!(connection.needs_reset());
    let start = Instant::now();
    connection.reset().await.unwrap();
    assert!(start.elapsed() < Duration::from_secs(1), "{:?}", start.elapsed());
    assert_eq!(process(&*connection).await, before);
    in_step(&*connection).await;
}

#[tokio::test]
#[ignore = "needs PostgreSQL; `make test` brings one"]
async fn a_late_cancellation_hits_nobody() {
    let connection = connect().await;
    for round in 0..30 {
        // Ends at about the time when it would be cancelled.
        let sql = format!("SELECT pg_sleep({})", 0.008 + f64::from(round) / 5000.0);
        let command = Command::once(sql, Access::Read);
        let sleep = run(&*connection, vec![Request::new(command.into(), vec![])]);
        assert!(Cancellable::new(sleep, 1).await.is_none());
        connection.reset().await.unwrap();
        in_step(&*connection).await;
        one(&*connection, "SELECT count(*) FROM generate_series(1, 1000)").await;
    }
}

#[tokio::test]
#[ignore = "needs PostgreSQL; `make test` brings one"]
async fn a_reset_does_not_cancel_what_others_wait_for() {
    let connection = connect().await;
    let others = run(&*connection, vec![read("SELECT 'done' FROM pg_sleep(0.5)", vec![])]);
    let (answer, reset) = tokio::join!(others, connection.reset());
    assert_eq!(answer.unwrap().cell(), text("done"));
    reset.unwrap();
    in_step(&*connection).await;
}

#[tokio::test]
#[ignore = "needs PostgreSQL; `make test` brings one"]
async fn a_dropped_reset_can_be_done_again() {
    let connection = connect().await;
    for polls in 0..8 {
        run(&*connection, vec![control("BEGIN")]).await.unwrap();
        let sleep = run(&*connection, vec![read("SELECT pg_sleep(10)", vec![])]);
        assert!(Cancellable::new(sleep, 1).await.is_none());
        Cancellable::new(connection.reset(), polls).await;
        connection.reset().await.unwrap();
        in_step(&*connection).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
#[ignore = "needs PostgreSQL; `make test` brings one"]
async fn aborted_at_any_time_on_several_threads() {
    let connection = connect().await;
    for round in 0..40_i64 {
        let tasks: Vec<_> = (0..32_i64)
            .map(|task| {
                let connection = connection.clone();
                tokio::spawn(async move {
                    let sql = "SELECT n, repeat('x', 50) FROM generate_series(1, $1) n";
                    let count = task * 20 + 1;
                    let request = read(sql, vec![Value::I64(count)]);
                    let rows = run(&*connection, vec![request]).await.unwrap().table();
                    assert_eq!(rows.len() as i64, count);
                    assert!(rows.iter().zip(1..).all(|(row, n)| row[0] == big(n)));
                })
            })
            .collect();
        tokio::time::sleep(Duration::from_micros(round as u64 * 50)).await;
        for task in tasks.iter().step_by(3) {
            task.abort();
        }
        for task in tasks {
            let ended = tokio::time::timeout(Duration::from_secs(10), task).await.unwrap();
            assert!(ended.is_ok() || ended.unwrap_err().is_cancelled());
        }
    }
    in_step(&*connection).await;
}
