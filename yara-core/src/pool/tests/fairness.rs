//! The order in which requests are served.
use super::*;
use crate::testing::{drop_after, yield_times};

#[tokio::test]
async fn those_who_come_later_do_not_join_while_one_waits_for_a_whole_connection() {
    let (pool, _) = pool(8, 1);
    let order = Arc::new(Mutex::new(Vec::new()));
    let first = pool.shared(Access::Read).await.unwrap();
    let exclusive = tokio::spawn({
        let (pool, order) = (pool.clone(), order.clone());
        async move {
            let lease = pool.exclusive(Purpose::Transaction).await.unwrap();
            order.lock().unwrap().push("exclusive");
            yield_times(20).await;
            drop(lease);
        }
    });
    settle().await;
    let later = tokio::spawn({
        let (pool, order) = (pool.clone(), order.clone());
        async move {
            let _lease = pool.shared(Access::Read).await.unwrap();
            order.lock().unwrap().push("shared");
        }
    });
    settle().await;
    assert_eq!(pool.status().waiting, 2);
    drop(first);
    exclusive.await.unwrap();
    later.await.unwrap();
    assert_eq!(*order.lock().unwrap(), ["exclusive", "shared"]);
}

#[tokio::test]
async fn when_one_stops_waiting_for_a_whole_connection_the_others_join() {
    let (pool, _) = pool(8, 1);
    let _first = pool.shared(Access::Read).await.unwrap();
    let exclusive = tokio::spawn({
        let pool = pool.clone();
        async move { pool.exclusive(Purpose::Transaction).await.map(drop) }
    });
    settle().await;
    let later = tokio::spawn({
        let pool = pool.clone();
        async move { pool.shared(Access::Read).await.unwrap().origin() }
    });
    settle().await;
    assert!(!later.is_finished());
    exclusive.abort();
    assert_eq!(later.await.unwrap(), Origin::Joined);
}

#[tokio::test]
async fn requests_for_whole_connections_are_served_in_order() {
    let (pool, _) = pool(1, 1);
    let held = pool.exclusive(Purpose::Transaction).await.unwrap();
    let order = Arc::new(Mutex::new(Vec::new()));
    let mut tasks = Vec::new();
    for number in 0..20 {
        tasks.push(tokio::spawn({
            let (pool, order) = (pool.clone(), order.clone());
            async move {
                let _lease = pool.exclusive(Purpose::Transaction).await.unwrap();
                order.lock().unwrap().push(number);
            }
        }));
        settle().await;
    }
    drop(held);
    for task in tasks {
        task.await.unwrap();
    }
    assert_eq!(*order.lock().unwrap(), (0..20).collect::<Vec<_>>());
}

#[tokio::test]
async fn a_request_dropped_at_any_await_takes_nothing_with_it() {
    for pipeline in [1, 4] {
        for is_exclusive in [true, false] {
            let (pool, script) = pool(pipeline, 1);
            script.set_connect_polls(3);
            let request = |pool: Pool| async move {
                match is_exclusive {
                    true => pool.exclusive(Purpose::Transaction).await,
                    false => pool.shared(Access::Read).await,
                }
            };
            for polls in 1.. {
                if drop_after(polls, request(pool.clone())).await.is_some() {
                    break;
                }
            }
            let held = pool.exclusive(Purpose::Transaction).await.unwrap();
            for _ in 0..4 {
                assert!(drop_after(1, request(pool.clone())).await.is_none());
            }
            drop(held);
            settle().await;
            assert_eq!(pool.status().waiting, 0);
            assert_eq!(pool.status().in_use, 0);
            drop(pool.exclusive(Purpose::Transaction).await.unwrap());
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn many_tasks_on_many_threads_all_come_to_their_turn() {
    for pipeline in [1, 4] {
        let (pool, script) = pool(pipeline, 3);
        script.set_statement_polls(2);
        let mut tasks = Vec::new();
        for number in 0..200_usize {
            let pool = pool.clone();
            tasks.push(tokio::spawn(async move {
                for turn in 0..20 {
                    match (number + turn) % 7 {
                        0 => {
                            let lease = pool.exclusive(Purpose::Transaction).await.unwrap();
                            run(&lease, "rows 1").await.unwrap();
                        }
                        1 => {
                            let lease = pool.shared(Access::Write).await.unwrap();
                            run(&lease, "insert x").await.unwrap();
                        }
                        2 => {
                            let future = async {
                                let lease = pool.shared(Access::Read).await?;
                                run(&lease, "rows 1").await
                            };
                            drop_after(1 + turn % 5, future).await;
                        }
                        _ => {
                            let lease = pool.shared(Access::Read).await.unwrap();
                            run(&lease, "rows 1").await.unwrap();
                        }
                    }
                }
            }));
        }
        for task in tasks {
            task.await.unwrap();
        }
        for _ in 0..1000 {
            if pool.status().in_use == 0 {
                break;
            }
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        let status = pool.status();
        assert_eq!((status.in_use, status.waiting), (0, 0));
        assert!(status.connections <= 3, "{status:?}");
        assert_eq!(script.opened() - script.closed(), status.connections);
    }
}
