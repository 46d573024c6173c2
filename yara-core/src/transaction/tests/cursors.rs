//! Rows in portions, inside of transactions and outside.
use super::*;

fn request(sql: &str) -> Request {
    Request::new(Arc::new(Command::new(sql, Access::Read)), Vec::new())
}

async fn read(mut cursor: Box<dyn Cursor>) -> usize {
    let mut sink: Box<dyn RowSink> = Collect::new();
    loop {
        let (given, more) = cursor.next(sink).await.unwrap();
        sink = given;
        if !more {
            // At its end it stays at its end.
            let (sink, more) = cursor.next(sink).await.unwrap();
            assert!(!more);
            return Collect::from_sink(sink).unwrap().rows.len();
        }
    }
}

#[tokio::test]
async fn outside_of_a_transaction_a_cursor_owns_its_connection_until_its_end() {
    let (db, script, _) = database();
    let cursor = db.open(request("rows 5")).await.unwrap();
    assert_eq!(db.status().in_use, 1);
    assert_eq!(read(cursor).await, 5);
    assert_eq!(db.status().in_use, 0);
    drop(db.open(request("rows 5")).await.unwrap());
    assert_eq!(db.status().in_use, 0);
    assert_clean(&db, &script).await;
    let mut cursor = db.open(request("rows 5")).await.unwrap();
    let (_, more) = cursor.next(Collect::new()).await.unwrap();
    assert!(more);
    drop(db);
    assert!(cursor.next(Collect::new()).await.is_ok());
}

#[tokio::test]
async fn in_a_transaction_nothing_else_runs_while_a_cursor_is_open() {
    let (db, script, probe) = database();
    let tx = db.begin().await.unwrap();
    let cursor = tx.open(request("rows 5")).await.unwrap();
    for error in [tx.execute("insert a").await.unwrap_err(), tx.savepoint().await.err().unwrap()] {
        assert_eq!(
            error.to_string(),
            "a cursor of this transaction is open; read it to its end, or drop it, first"
        );
    }
    assert_eq!(read(cursor).await, 5);
    tx.execute("insert a").await.unwrap();
    drop(tx.open(request("rows 5")).await.unwrap());
    tx.execute("insert b").await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(script.committed(), ["a", "b"]);
    assert_eq!(probe.take(), ["BEGIN", "rows 5", "insert a", "rows 5", "insert b", "COMMIT"]);
}

#[tokio::test]
async fn a_cursor_ends_with_its_transaction() {
    let (db, script, _) = database();
    let tx = db.begin().await.unwrap();
    let mut cursor = tx.open(request("rows 5")).await.unwrap();
    assert!(tx.commit().await.is_err());
    let error = cursor.next(Collect::new()).await.err().unwrap();
    assert_eq!(
        error.to_string(),
        "the transaction is over: its block or guard was dropped, and it was rolled back; begin \
         another one"
    );
    assert_clean(&db, &script).await;
    let tx = db.begin().await.unwrap();
    let cursor = tx.open(request("rows 5")).await.unwrap();
    tx.rollback().await.unwrap();
    drop(cursor);
    assert_clean(&db, &script).await;
}

#[tokio::test]
async fn a_cursor_of_a_savepoint_that_is_dropped_gives_way() {
    let (db, script, _) = database();
    db.transaction(async |tx| {
        tx.execute("insert a").await?;
        let _ = tx
            .transaction(async |tx| {
                tx.execute("insert b").await?;
                let _cursor = tx.open(request("rows 5")).await?;
                Err::<(), _>(Error::new(ErrorKind::NotFound, "no"))
            })
            .await;
        tx.execute("insert c").await
    })
    .await
    .unwrap();
    assert_eq!(script.committed(), ["a", "c"]);
}
