//! What runs after a commit.
use super::*;

#[tokio::test]
async fn hooks_run_once_after_the_outermost_commit() {
    let (db, script, probe) = database();
    let seen = Arc::new(Mutex::new(Vec::new()));
    let hook = |name: &'static str| {
        let (seen, script) = (seen.clone(), script.clone());
        move || seen.lock().unwrap().push((name, script.committed().len()))
    };
    db.transaction(async |tx| {
        tx.on_commit(hook("outer"))?;
        tx.execute("insert a").await?;
        tx.transaction(async |tx| {
            tx.on_commit(hook("kept"))?;
            tx.execute("insert b").await
        })
        .await?;
        let _ = tx
            .transaction(async |tx| {
                tx.on_commit(hook("taken back"))?;
                tx.execute("fail unique").await
            })
            .await;
        assert!(seen.lock().unwrap().is_empty());
        tx.on_commit(hook("last"))
    })
    .await
    .unwrap();
    assert_eq!(*seen.lock().unwrap(), [("outer", 2), ("kept", 2), ("last", 2)]);

    seen.lock().unwrap().clear();
    probe.inject(Fault::fail(ErrorKind::SerializationFailure).matching("COMMIT"));
    for sql in ["insert c", "fail unique"] {
        let failed = db
            .transaction(async |tx| {
                tx.on_commit(hook("never"))?;
                tx.execute(sql).await
            })
            .await;
        assert!(failed.is_err());
    }
    assert!(seen.lock().unwrap().is_empty());
    // A transaction that sent nothing is committed too.
    db.transaction(async |tx| tx.on_commit(hook("empty"))).await.unwrap();
    assert_eq!(seen.lock().unwrap().len(), 1);
}
