//! Closing a pool.
use super::*;

#[tokio::test]
async fn idle_connections_end_at_once_and_others_when_they_come_back() {
    let (pool, script) = pool(4, 3);
    let (first, second) =
        (pool.shared(Access::Read).await.unwrap(), pool.shared(Access::Read).await.unwrap());
    drop(second);
    let waiting = tokio::spawn({
        let pool = pool.clone();
        async move {
            let _two = (
                pool.exclusive(Purpose::Cursor).await.unwrap(),
                pool.exclusive(Purpose::Cursor).await.unwrap(),
            );
            pool.exclusive(Purpose::Transaction).await.err()
        }
    });
    settle().await;
    pool.close().await;
    assert!(waiting.await.unwrap().unwrap().is_pool_closed());
    settle().await;
    assert_eq!(script.opened() - script.closed(), 1);
    run(&first, "rows 1").await.unwrap();
    drop(first);
    settle().await;
    assert_eq!(script.opened() - script.closed(), 0);
    for error in [
        pool.shared(Access::Read).await.err().unwrap(),
        pool.exclusive(Purpose::Transaction).await.err().unwrap(),
    ] {
        assert!(error.is_pool_closed());
        assert_eq!(
            error.to_string(),
            "the connections to the script have been closed by `close()`"
        );
    }
    assert_eq!(pool.status().connections, 0);
}

#[tokio::test]
async fn a_doubtful_connection_is_not_cleared_for_a_closed_pool() {
    let (pool, script) = pool(4, 1);
    let lease = pool.exclusive(Purpose::Transaction).await.unwrap();
    run(&lease, "BEGIN").await.unwrap();
    pool.close().await;
    drop(lease);
    settle().await;
    assert_eq!(script.opened() - script.closed(), 0);
    assert_eq!(script.open_transactions(), 0);
}
