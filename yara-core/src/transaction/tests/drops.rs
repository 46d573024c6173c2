//! Futures that are dropped at each of their awaits: nothing stays open, nothing is half done.
use super::*;
use crate::testing::drop_after;

async fn block(db: &Db) -> Result<u64> {
    db.transaction(async |tx| {
        tx.execute("insert a").await?;
        let _ = tx
            .transaction(async |tx| {
                tx.execute("insert b").await?;
                tx.execute("fail unique").await
            })
            .await;
        tx.transaction(async |tx| tx.execute("insert c").await).await?;
        tx.execute("insert d").await
    })
    .await
}

async fn guard(db: &Db) -> Result<u64> {
    let tx = db.begin_with(TransactionOptions { retries: 2, ..Default::default() }).await?;
    tx.execute("insert a").await?;
    let inner = tx.savepoint().await?;
    inner.execute("insert b").await?;
    inner.rollback().await?;
    let inner = tx.savepoint().await?;
    inner.execute("insert c").await?;
    inner.commit().await?;
    let request = Request::new(Arc::new(Command::new("rows 5", Access::Read)), Vec::new());
    let mut cursor = tx.open(request).await?;
    let mut sink: Box<dyn RowSink> = Collect::new();
    loop {
        let (given, more) = cursor.next(sink).await?;
        sink = given;
        if !more {
            break;
        }
    }
    tx.execute("insert d").await?;
    tx.commit().await?;
    Ok(0)
}

/// Drops at the first poll, the second and so on, until the future comes to its end.
async fn at_every_await(embedded: bool, is_block: bool) -> usize {
    for polls in 1.. {
        let (db, script, _) =
            database_of(if embedded { Scripted::embedded() } else { Scripted::new(8) }, 1);
        script.set_connect_polls(2);
        script.set_statement_polls(2);
        let done = if is_block {
            drop_after(polls, block(&db)).await
        } else {
            drop_after(polls, guard(&db)).await
        };
        settle().await;
        let committed = script.committed();
        // All or nothing; dropped at COMMIT, it may be either.
        assert!(
            committed.is_empty() || committed == ["a", "c", "d"],
            "dropped at poll {polls}: {committed:?}"
        );
        assert_clean(&db, &script).await;
        assert!(script.opened() - script.closed() <= 1);
        if let Some(outcome) = done {
            outcome.unwrap();
            assert_eq!(committed, ["a", "c", "d"]);
            return polls;
        }
    }
    0
}

#[tokio::test]
async fn blocks_and_guards_dropped_at_every_await() {
    for embedded in [false, true] {
        for is_block in [false, true] {
            assert!(at_every_await(embedded, is_block).await > 10);
        }
    }
}

#[tokio::test]
async fn a_savepoint_dropped_at_every_await_leaves_the_transaction_usable() {
    let mut dropped = 0;
    for polls in 1.. {
        let (db, script, _) = database();
        script.set_statement_polls(2);
        let mut is_over = false;
        db.transaction(async |tx| {
            tx.execute("insert a").await?;
            let inner = tx.transaction(async |tx| {
                tx.execute("insert b").await?;
                tx.execute("insert c").await?;
                Err::<(), _>(Error::new(ErrorKind::NotFound, "no"))
            });
            is_over = drop_after(polls, inner).await.is_some();
            dropped += usize::from(!is_over);
            tx.execute("insert d").await
        })
        .await
        .unwrap_or_else(|error| panic!("dropped at poll {polls}: {error}"));
        assert_eq!(script.committed(), ["a", "d"], "dropped at poll {polls}");
        assert_clean(&db, &script).await;
        if is_over {
            break;
        }
    }
    assert!(dropped > 4);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn many_transactions_on_many_threads() {
    let (db, script, _) = database_of(Scripted::new(4), 4);
    script.set_statement_polls(1);
    let mut tasks = Vec::new();
    for number in 0..100_usize {
        let db = db.clone();
        tasks.push(tokio::spawn(async move {
            let mut committed = 0;
            for turn in 0..10 {
                if (number + turn) % 3 == 0 {
                    drop_after(1 + turn, block(&db)).await;
                } else {
                    block(&db).await.unwrap();
                    committed += 1;
                }
                rows(&db, "rows 1").await.unwrap();
            }
            committed
        }));
    }
    let mut committed = 0;
    for task in tasks {
        committed += task.await.unwrap();
    }
    let rows = script.committed();
    assert!(rows.len() >= committed * 3);
    for name in ["a", "c", "d"] {
        assert_eq!(rows.iter().filter(|row| *row == name).count(), rows.len() / 3);
    }
    assert_clean(&db, &script).await;
}
