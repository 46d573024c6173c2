//! Connections that are not given out again.
use super::*;

#[tokio::test]
async fn a_connection_found_closed_is_passed_over() {
    let (pool, script) = pool(4, 2);
    let lease = pool.shared(Access::Read).await.unwrap();
    assert!(run(&lease, "die").await.unwrap_err().is_connection_lost());
    drop(lease);
    assert_eq!(pool.status().connections, 0);
    let idle = pool.shared(Access::Read).await.unwrap();
    let connection = idle.connection().clone();
    drop(idle);
    connection.close().await;
    let lease = pool.shared(Access::Read).await.unwrap();
    assert_eq!(lease.origin(), Origin::Fresh);
    assert_eq!(script.opened(), 3);
}

#[tokio::test]
async fn what_a_user_leaves_is_cleared_before_the_next_one() {
    let (pool, script) = pool(4, 1);
    let lease = pool.exclusive(Purpose::Transaction).await.unwrap();
    run(&lease, "BEGIN").await.unwrap();
    run(&lease, "insert x").await.unwrap();
    drop(lease);
    let lease = pool.exclusive(Purpose::Transaction).await.unwrap();
    assert_eq!(lease.origin(), Origin::Idle);
    assert!(!lease.connection().needs_reset());
    assert_eq!(script.take_log(), ["BEGIN", "insert x", "reset"]);
    assert!(script.committed().is_empty());
}

#[tokio::test]
async fn a_connection_that_cannot_be_cleared_is_closed() {
    let (pool, script) = pool(4, 1);
    let lease = pool.exclusive(Purpose::Transaction).await.unwrap();
    run(&lease, "BEGIN").await.unwrap();
    script.kill_connections();
    drop(lease);
    let lease = pool.exclusive(Purpose::Transaction).await.unwrap();
    assert_eq!(lease.origin(), Origin::Fresh);
    settle().await;
    assert_eq!((script.opened(), script.closed()), (2, 1));
}

#[tokio::test]
async fn old_connections_are_replaced_at_checkout() {
    for aged in [true, false] {
        let limit = Some(Duration::from_millis(20));
        let mut options = options(2);
        if aged {
            options.max_lifetime = limit;
        } else {
            options.idle_timeout = limit;
        }
        let (pool, script) = pool_with(4, options);
        drop(pool.shared(Access::Read).await.unwrap());
        assert_eq!(pool.shared(Access::Read).await.unwrap().origin(), Origin::Idle);
        std::thread::sleep(Duration::from_millis(25));
        assert_eq!(pool.shared(Access::Read).await.unwrap().origin(), Origin::Fresh);
        settle().await;
        assert_eq!((script.opened(), script.closed()), (2, 1));
    }
}

#[tokio::test]
async fn idle_connections_that_nobody_takes_are_closed_and_the_least_number_kept() {
    let mut options = options(5);
    options.idle_timeout = Some(Duration::from_millis(40));
    options.min_size = 2;
    let (pool, script) = pool_with(4, options);
    let mut leases = Vec::new();
    for _ in 0..5 {
        leases.push(pool.shared(Access::Read).await.unwrap());
    }
    drop(leases);
    assert_eq!(pool.status().connections, 5);
    for _ in 0..8 {
        std::thread::sleep(Duration::from_millis(10));
        drop(pool.shared(Access::Read).await.unwrap());
    }
    settle().await;
    assert_eq!(pool.status().connections, 2);
    assert!(script.closed() >= 3);
}

#[tokio::test]
async fn the_least_number_is_opened_beside_the_program() {
    let (pool, script) = pool_with(4, PoolOptions { min_size: 3, ..options(5) });
    pool.check().await.unwrap();
    settle().await;
    assert_eq!(script.opened(), 3);
    let status = pool.status();
    assert_eq!((status.connections, status.idle, status.in_use), (3, 3, 0));
}
