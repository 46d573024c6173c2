//! Who shares which connection.
use super::*;

#[tokio::test]
async fn an_idle_connection_is_used_before_another_is_opened() {
    let (pool, script) = pool(8, 3);
    for _ in 0..5 {
        let lease = pool.shared(Access::Read).await.unwrap();
        run(&lease, "rows 1").await.unwrap();
    }
    assert_eq!(script.opened(), 1);
}

#[tokio::test]
async fn below_the_limit_each_batch_has_a_connection_and_above_it_they_join_the_least_loaded() {
    let (pool, script) = pool(3, 2);
    let mut leases = Vec::new();
    for _ in 0..6 {
        leases.push(pool.shared(Access::Read).await.unwrap());
    }
    assert_eq!(script.opened(), 2);
    let origins: Vec<Origin> = leases.iter().map(Lease::origin).collect();
    use Origin::{Fresh, Joined};
    assert_eq!(origins, [Fresh, Fresh, Joined, Joined, Joined, Joined]);
    for connection in leases.iter().map(Lease::connection) {
        let users = leases.iter().filter(|one| Arc::ptr_eq(one.connection(), connection)).count();
        assert_eq!(users, 3);
    }
    // All three places of both connections are taken.
    let waiting = tokio::spawn({
        let pool = pool.clone();
        async move { pool.shared(Access::Read).await.map(|lease| lease.origin()) }
    });
    settle().await;
    assert_eq!(pool.status().waiting, 1);
    leases.pop();
    assert_eq!(waiting.await.unwrap().unwrap(), Joined);
}

#[tokio::test]
async fn a_backend_that_does_not_pipeline_shares_nothing() {
    let (pool, _) = pool(1, 1);
    let lease = pool.shared(Access::Read).await.unwrap();
    let second = pool.clone();
    let waiting = tokio::spawn(async move { second.shared(Access::Read).await.unwrap().origin() });
    settle().await;
    assert!(!waiting.is_finished());
    drop(lease);
    assert_eq!(waiting.await.unwrap(), Origin::Idle);
}

#[tokio::test]
async fn nobody_joins_behind_a_batch_that_writes() {
    let (pool, _) = pool(8, 1);
    let reader = pool.shared(Access::Read).await.unwrap();
    let writer = pool.shared(Access::Write).await.unwrap();
    assert_eq!(writer.origin(), Origin::Joined);
    let second = pool.clone();
    let waiting = tokio::spawn(async move { second.shared(Access::Read).await.unwrap().origin() });
    settle().await;
    assert!(!waiting.is_finished());
    drop(reader);
    settle().await;
    assert!(!waiting.is_finished());
    drop(writer);
    assert_eq!(waiting.await.unwrap(), Origin::Idle);
}

#[tokio::test]
async fn a_connection_that_does_not_answer_is_avoided() {
    let (pool, _) = pool(8, 2);
    let slow = pool.shared(Access::Read).await.unwrap();
    let quick = pool.shared(Access::Read).await.unwrap();
    // Both have one batch; then the quick one answers and is joined again and again.
    let mut held = vec![quick];
    for _ in 0..6 {
        let next = pool.shared(Access::Read).await.unwrap();
        let joined_slow = Arc::ptr_eq(next.connection(), slow.connection());
        if !joined_slow {
            held.remove(0);
        }
        held.push(next);
    }
    // By now the slow one has answered nothing while the other answered more than is under way.
    let next = pool.shared(Access::Read).await.unwrap();
    assert!(!Arc::ptr_eq(next.connection(), slow.connection()));
}

#[tokio::test]
async fn an_abandoned_batch_lets_its_connection_drain_and_be_cleared() {
    let (pool, script) = pool(8, 1);
    let first = pool.shared(Access::Read).await.unwrap();
    let second = pool.shared(Access::Read).await.unwrap();
    {
        let lost = crate::testing::drop_after(1, run(&second, "wait gate"));
        assert!(lost.await.is_none());
    }
    drop(second);
    // Nobody joins it any more, although there is room.
    let other = pool.clone();
    let waiting = tokio::spawn(async move { other.shared(Access::Read).await.unwrap().origin() });
    settle().await;
    assert!(!waiting.is_finished());
    run(&first, "rows 1").await.unwrap();
    drop(first);
    assert_eq!(waiting.await.unwrap(), Origin::Idle);
    assert!(script.log().iter().any(|(_, sql)| sql == "reset"));
    assert_eq!(script.opened(), 1);
}
