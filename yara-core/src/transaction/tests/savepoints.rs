//! Savepoints: what is kept, what is taken back, and who may be used when.
use super::*;

#[tokio::test]
async fn a_savepoint_fails_alone() {
    for (db, script, _) in [database(), embedded()] {
        db.transaction(async |tx| {
            tx.execute("insert a").await?;
            let inner = tx
                .transaction(async |tx| {
                    tx.execute("insert b").await?;
                    tx.execute("fail unique").await
                })
                .await;
            assert!(inner.unwrap_err().is_unique_violation());
            tx.execute("insert c").await
        })
        .await
        .unwrap();
        assert_eq!(script.committed(), ["a", "c"]);
        assert_clean(&db, &script).await;
    }
}

#[tokio::test]
async fn a_savepoint_that_fails_at_its_first_statement_fails_alone() {
    let (db, script, _) = database();
    db.transaction(async |tx| {
        let inner = tx.transaction(async |tx| tx.execute("fail unique").await).await;
        assert!(inner.unwrap_err().is_unique_violation());
        tx.execute("insert c").await
    })
    .await
    .unwrap();
    assert_eq!(script.committed(), ["c"]);
}

#[tokio::test]
async fn a_failed_savepoint_cannot_become_part_of_the_transaction_unnoticed() {
    let (db, script, _) = database();
    db.transaction(async |tx| {
        let inner = tx
            .transaction(async |tx| {
                tx.execute("insert b").await?;
                let _ = tx.execute("fail unique").await;
                Ok::<_, Error>(())
            })
            .await
            .unwrap_err();
        assert_eq!(
            inner.to_string(),
            "the savepoint was rolled back, not committed, because a statement failed: failed by \
             the script: unique"
        );
        tx.execute("insert c").await
    })
    .await
    .unwrap();
    assert_eq!(script.committed(), ["c"]);
}

#[tokio::test]
async fn savepoints_within_savepoints() {
    let (db, script, _) = database();
    db.transaction(async |tx| {
        tx.execute("insert a").await?;
        tx.transaction(async |tx| {
            tx.execute("insert b").await?;
            let inner = tx
                .transaction(async |tx| {
                    tx.execute("insert c").await?;
                    Err::<(), _>(Error::new(ErrorKind::NotFound, "no"))
                })
                .await;
            assert!(inner.unwrap_err().is_not_found());
            tx.transaction(async |tx| tx.execute("insert d").await).await
        })
        .await?;
        let inner = tx
            .transaction(async |tx| {
                tx.transaction(async |tx| tx.execute("insert e").await).await?;
                Err::<(), _>(Error::new(ErrorKind::NotFound, "no"))
            })
            .await;
        assert!(inner.unwrap_err().is_not_found());
        tx.execute("insert f").await
    })
    .await
    .unwrap();
    assert_eq!(script.committed(), ["a", "b", "d", "f"]);
}

#[tokio::test]
async fn while_a_savepoint_is_open_statements_go_through_its_handle() {
    let (db, script, _) = database();
    let tx = db.begin().await.unwrap();
    let inner = tx.savepoint().await.unwrap();
    for error in [tx.execute("insert a").await.unwrap_err(), tx.savepoint().await.err().unwrap()] {
        assert_eq!(
            error.to_string(),
            "a savepoint of this transaction is open; use its handle, or wait for its end"
        );
    }
    inner.execute("insert b").await.unwrap();
    inner.clone().commit().await.unwrap();
    assert_eq!(
        inner.execute("insert c").await.unwrap_err().to_string(),
        "the savepoint is over; use the transaction around it, or begin another one"
    );
    tx.execute("insert d").await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(script.committed(), ["b", "d"]);
}

#[tokio::test]
async fn a_savepoint_that_is_dropped_is_taken_back_before_the_next_statement() {
    let (db, script, probe) = database();
    let tx = db.begin().await.unwrap();
    tx.execute("insert a").await.unwrap();
    let inner = tx.savepoint().await.unwrap();
    inner.execute("insert b").await.unwrap();
    let innermost = inner.savepoint().await.unwrap();
    innermost.execute("fail unique").await.unwrap_err();
    drop(inner);
    drop(innermost);
    probe.take();
    tx.execute("insert c").await.unwrap();
    assert_eq!(probe.take(), ["ROLLBACK TO SAVEPOINT s1", "RELEASE SAVEPOINT s1", "insert c"]);
    tx.commit().await.unwrap();
    assert_eq!(script.committed(), ["a", "c"]);
}

#[tokio::test]
async fn a_transaction_with_an_open_savepoint_is_not_committed() {
    let (db, script, _) = database();
    let tx = db.begin().await.unwrap();
    let inner = tx.savepoint().await.unwrap();
    inner.execute("insert b").await.unwrap();
    let error = tx.commit().await.unwrap_err();
    assert_eq!(
        error.to_string(),
        "a savepoint of this transaction is open; use its handle, or wait for its end"
    );
    assert!(inner.execute("insert c").await.is_err());
    assert!(script.committed().is_empty());
    assert_clean(&db, &script).await;
}

#[tokio::test]
async fn a_savepoint_that_cannot_be_taken_back_fails_the_transaction() {
    let (db, script, probe) = database();
    probe.inject(Fault::fail(ErrorKind::Database).matching("ROLLBACK TO"));
    let error = db
        .transaction(async |tx| {
            tx.execute("insert a").await?;
            let _ = tx.transaction(async |tx| tx.execute("fail unique").await).await;
            Ok::<_, Error>(())
        })
        .await
        .unwrap_err();
    assert!(error.to_string().contains("a savepoint could not be rolled back"), "{error}");
    assert!(script.committed().is_empty());
    assert_clean(&db, &script).await;
}
