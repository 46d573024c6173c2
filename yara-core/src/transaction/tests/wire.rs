//! What is sent, and in how many round trips.
use super::*;

#[tokio::test]
async fn a_transaction_without_statements_sends_nothing() {
    let (db, _, probe) = database();
    db.transaction(async |_tx| Ok::<_, Error>(())).await.unwrap();
    db.transaction(async |tx| tx.transaction(async |_tx| Ok::<_, Error>(())).await).await.unwrap();
    db.begin().await.unwrap().rollback().await.unwrap();
    drop(db.begin().await.unwrap());
    assert_eq!(probe.count(), 0);
    assert_eq!(probe.resets(), 0);
}

#[tokio::test]
async fn begin_goes_with_the_first_statement() {
    let (db, _, probe) = database();
    db.transaction(async |tx| {
        assert_eq!(rows(&tx, "rows 3").await?, 3);
        tx.execute("insert a").await
    })
    .await
    .unwrap();
    assert_eq!(probe.batches(), 3);
    assert_eq!(probe.take(), ["BEGIN", "rows 3", "insert a", "COMMIT"]);
}

#[tokio::test]
async fn savepoints_cost_no_round_trip_of_their_own() {
    let (db, script, probe) = database();
    db.transaction(async |tx| {
        tx.transaction(async |tx| tx.execute("insert a").await).await?;
        tx.transaction(async |tx| tx.execute("insert b").await).await
    })
    .await
    .unwrap();
    assert_eq!(probe.batches(), 3);
    assert_eq!(
        probe.take(),
        [
            "BEGIN",
            "SAVEPOINT s1",
            "insert a",
            "RELEASE SAVEPOINT s1",
            "SAVEPOINT s1",
            "insert b",
            "RELEASE SAVEPOINT s1",
            "COMMIT"
        ]
    );
    assert_eq!(script.committed(), ["a", "b"]);
}

#[tokio::test]
async fn an_embedded_database_begins_when_it_is_told() {
    let (db, _, probe) = embedded();
    let tx = db.begin().await.unwrap();
    assert_eq!(probe.take(), ["BEGIN"]);
    tx.execute("insert a").await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(probe.take(), ["insert a", "COMMIT"]);
    probe.inject(Fault::fail(ErrorKind::Busy));
    assert!(db.begin().await.unwrap_err().is_busy());
}

#[tokio::test]
async fn a_connection_that_died_while_idle_is_replaced_at_the_first_statement() {
    let (db, script, _) = database();
    rows(&db, "rows 1").await.unwrap();
    script.kill_connections();
    db.transaction(async |tx| {
        assert_eq!(rows(&tx, "rows 2").await?, 2);
        tx.execute("insert a").await
    })
    .await
    .unwrap();
    assert_eq!(script.committed(), ["a"]);
    assert_eq!(script.opened(), 2);
    assert_clean(&db, &script).await;
}

#[tokio::test]
async fn a_connection_that_dies_later_is_not_replaced() {
    let (db, script, _) = database();
    let error = db
        .transaction(async |tx| {
            tx.execute("insert a").await?;
            script.kill_connections();
            tx.execute("insert b").await
        })
        .await
        .unwrap_err();
    assert!(error.is_connection_lost());
    assert!(script.committed().is_empty());
    assert_clean(&db, &script).await;
}

/// Whatever becomes of the transaction, and even where its connection had to be replaced.
#[tokio::test]
async fn what_was_set_before_a_transaction_nobody_else_meets() {
    let options = TransactionOptions::default();
    let (db, script, probe) = embedded();
    let tx = db.begin_after(Some("set x"), options).await.unwrap();
    assert_eq!(probe.take(), ["set x", "BEGIN"]);
    tx.execute("insert a").await.unwrap();
    tx.commit().await.unwrap();
    drop(db.begin_after(Some("set x"), options).await.unwrap());
    settle().await;
    assert_eq!((script.committed(), probe.opened(), probe.closed()), (vec!["a".into()], 2, 2));
    assert_clean(&db, &script).await;

    let (db, script, probe) = database();
    rows(&db, "rows 1").await.unwrap();
    script.kill_connections();
    let tx = db.begin_after(Some("set x"), options).await.unwrap();
    tx.execute("insert a").await.unwrap();
    tx.commit().await.unwrap();
    settle().await;
    assert_eq!((script.committed(), probe.opened(), probe.closed()), (vec!["a".into()], 2, 2));
}
