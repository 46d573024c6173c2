//! Transactions in which a statement failed.
use super::*;

#[tokio::test]
async fn a_failed_transaction_cannot_be_committed_unnoticed() {
    for (db, script, _) in [database(), embedded()] {
        let error = db
            .transaction(async |tx| {
                tx.execute("insert a").await?;
                assert!(tx.execute("fail unique").await.unwrap_err().is_unique_violation());
                assert!(!tx.is_open());
                let refused = tx.execute("insert b").await.unwrap_err();
                assert_eq!(
                    refused.to_string(),
                    "the transaction has failed and takes no more statements; put a statement \
                     that may fail into a savepoint of its own; it failed at: failed by the \
                     script: unique"
                );
                Ok::<_, Error>(())
            })
            .await
            .unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Transaction);
        assert_eq!(
            error.to_string(),
            "the transaction was rolled back, not committed, because a statement failed: failed \
             by the script: unique"
        );
        assert!(script.committed().is_empty());
        assert_eq!(script.take_log(), ["BEGIN", "insert a", "fail unique", "ROLLBACK"]);
        assert_clean(&db, &script).await;
    }
}

#[tokio::test]
async fn what_is_refused_before_it_is_sent_fails_nothing() {
    let (db, script, probe) = database();
    db.transaction(async |tx| {
        tx.execute("insert a").await?;
        let place = tx.place();
        for kind in [ErrorKind::InvalidValue, ErrorKind::Unsupported, ErrorKind::InvalidQuery] {
            let refused = Err::<(), _>(Error::new(kind, "no"));
            let _ = statement::note(place, refused, false);
        }
        let row = Err::<(), _>(Error::new(ErrorKind::Decode, "no"));
        let _ = statement::note(place, row, true);
        assert!(tx.is_open());
        Ok::<_, Error>(())
    })
    .await
    .unwrap();
    assert_eq!(script.committed(), ["a"]);
    assert_eq!(probe.resets(), 0);
}

#[tokio::test]
async fn a_statement_that_is_cancelled_fails_the_transaction() {
    let (db, script, _) = database();
    let error = db
        .transaction(async |tx| {
            tx.execute("insert a").await?;
            assert!(crate::testing::drop_after(1, tx.execute("wait gate")).await.is_none());
            Ok::<_, Error>(())
        })
        .await
        .unwrap_err();
    assert_eq!(
        error.to_string(),
        "the transaction was rolled back, not committed, because a statement failed: a statement \
         was cancelled before its end"
    );
    assert!(script.committed().is_empty());
    assert_clean(&db, &script).await;
}

#[tokio::test]
async fn a_statement_that_is_dropped_before_its_turn_fails_nothing() {
    let (db, script, _) = database();
    let tx = db.begin().await.unwrap();
    let waiting = tokio::spawn({
        let tx = tx.clone();
        async move { tx.execute("wait gate").await }
    });
    settle().await;
    assert!(crate::testing::drop_after(1, tx.execute("insert x")).await.is_none());
    script.release("gate", 1);
    waiting.await.unwrap().unwrap();
    tx.commit().await.unwrap();
    assert_eq!(script.take_log(), ["BEGIN", "wait gate", "COMMIT"]);
}
