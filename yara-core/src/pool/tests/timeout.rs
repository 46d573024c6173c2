//! What a request is told that waited too long.
use super::*;

#[tokio::test(start_paused = true)]
async fn the_error_says_who_holds_what() {
    let (pool, _) = pool(4, 3);
    let _transaction = pool.exclusive(Purpose::Transaction).await.unwrap();
    let _cursor = pool.exclusive(Purpose::Cursor).await.unwrap();
    let _write = pool.shared(Access::Write).await.unwrap();
    let other = pool.clone();
    tokio::spawn(async move {
        tokio::time::sleep(Duration::from_secs(1)).await;
        let _ = other.shared(Access::Read).await;
    });
    let started = tokio::time::Instant::now();
    let error = pool.exclusive(Purpose::Transaction).await.err().unwrap();
    assert_eq!(started.elapsed().as_secs(), 2);
    assert!(error.is_pool_timeout());
    assert_eq!(
        error.to_string(),
        "no connection to the script became free within 2.0 s: there are 3 of at most 3 \
         (1 by a transaction since 0.0 s, 1 by a cursor since 0.0 s, 1 shared by 1 batch), \
         and 1 other waits too; end transactions and cursors sooner, raise max_size, or raise \
         acquire_timeout"
    );
}

#[tokio::test(start_paused = true)]
async fn a_server_that_does_not_answer_is_named_as_the_reason() {
    let (pool, script) = pool(4, 3);
    script.set_connect_polls(usize::MAX);
    // The clock only moves while all tasks sleep, and the connection wakes itself.
    let advance = tokio::spawn(async {
        for _ in 0..40 {
            tokio::time::advance(Duration::from_millis(100)).await;
        }
    });
    let error = pool.shared(Access::Read).await.err().unwrap();
    advance.await.unwrap();
    assert_eq!(
        error.to_string(),
        "no connection to the script became free within 2.0 s: there are 0 of at most 3 \
         (1 being opened); the \
         server takes long to accept a connection: see whether it can be reached, or raise \
         acquire_timeout"
    );
}
