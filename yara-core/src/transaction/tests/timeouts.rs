//! Transactions that take too long.
use super::*;

const TEXT: &str = "the transaction took longer than its timeout of 0.5 s, and was rolled back";

fn half_a_second() -> TransactionOptions {
    TransactionOptions {
        timeout: Some(Duration::from_millis(500)),
        ..TransactionOptions::default()
    }
}

#[tokio::test]
async fn a_block_is_dropped_and_rolled_back() {
    let (db, script, _) = database();
    let kept = Mutex::new(None);
    let error = db
        .transaction_with(half_a_second(), async |tx| {
            *kept.lock().unwrap() = Some(tx.clone());
            tx.execute("insert a").await?;
            std::future::pending::<Result<()>>().await
        })
        .await
        .unwrap_err();
    assert!(error.is_timeout());
    assert_eq!(error.to_string(), TEXT);
    assert_eq!(
        kept.into_inner().unwrap().unwrap().execute("insert b").await.unwrap_err().to_string(),
        TEXT
    );
    assert!(script.committed().is_empty());
    assert_clean(&db, &script).await;
}

#[tokio::test]
async fn a_guard_is_rolled_back_although_nobody_awaits_it() {
    let (db, script, _) = database();
    let tx = db.begin_with(half_a_second()).await.unwrap();
    tx.execute("insert a").await.unwrap();
    tokio::time::sleep(Duration::from_millis(600)).await;
    assert_clean(&db, &script).await;
    assert_eq!(tx.execute("insert b").await.unwrap_err().to_string(), TEXT);
    assert_eq!(tx.commit().await.unwrap_err().to_string(), TEXT);
}

#[tokio::test]
async fn a_statement_ends_with_the_time() {
    let (db, script, _) = database();
    let tx = db.begin_with(half_a_second()).await.unwrap();
    let error = tx.execute("wait gate").await.unwrap_err();
    assert_eq!(error.to_string(), TEXT);
    assert_eq!(tx.commit().await.unwrap_err().to_string(), TEXT);
    assert_clean(&db, &script).await;
}

#[tokio::test]
async fn waiting_for_a_connection_counts() {
    let (db, script, _) = database();
    let held = db.begin().await.unwrap();
    let error = db.begin_with(half_a_second()).await.unwrap_err();
    assert_eq!(error.to_string(), TEXT);
    let error =
        db.transaction_with(half_a_second(), async |_tx| Ok::<_, Error>(())).await.unwrap_err();
    assert_eq!(error.to_string(), TEXT);
    drop(held);
    assert_clean(&db, &script).await;
}

#[tokio::test]
async fn in_time_nothing_happens() {
    let (db, script, _) = database();
    db.transaction_with(half_a_second(), async |tx| tx.execute("insert a").await).await.unwrap();
    assert_eq!(script.committed(), ["a"]);
    assert_clean(&db, &script).await;
}
