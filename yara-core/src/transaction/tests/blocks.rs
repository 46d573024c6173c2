//! Blocks: what commits, what rolls back, and that their futures can be spawned.
use super::*;

#[tokio::test]
async fn ok_commits_and_err_rolls_back() {
    let (db, script, _) = database();
    let value: Result<u32> = db
        .transaction(async |tx| {
            tx.execute("insert a").await?;
            Ok(7)
        })
        .await;
    assert_eq!(value.unwrap(), 7);
    let error = db
        .transaction(async |tx| {
            tx.execute("insert b").await?;
            Err::<(), _>(Error::new(ErrorKind::NotFound, "no"))
        })
        .await
        .unwrap_err();
    assert!(error.is_not_found());
    assert_eq!(script.committed(), ["a"]);
    assert_eq!(script.take_log(), ["BEGIN", "insert a", "COMMIT", "BEGIN", "insert b", "ROLLBACK"]);
    assert_clean(&db, &script).await;
}

#[tokio::test]
async fn errors_of_the_programs_own_type_pass_through() {
    #[derive(Debug)]
    enum Mine {
        Engine(Error),
        Refused(u32),
    }
    impl From<Error> for Mine {
        fn from(error: Error) -> Mine {
            Mine::Engine(error)
        }
    }
    let (db, _, probe) = database();
    let options = TransactionOptions::default();
    let outcome = db.transaction_with(options, async |_tx| Err::<(), _>(Mine::Refused(3))).await;
    assert!(matches!(outcome, Err(Mine::Refused(3))));
    probe.inject(Fault::fail(ErrorKind::ForeignKeyViolation).matching("COMMIT"));
    let outcome = db
        .transaction_with(options, async |tx| {
            tx.execute("insert a").await?;
            Ok::<_, Mine>(())
        })
        .await;
    assert!(matches!(outcome, Err(Mine::Engine(error)) if error.is_foreign_key_violation()));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_future_of_a_block_is_send() {
    let (db, script, _) = database();
    let name = String::from("a");
    let task = tokio::spawn(async move {
        let mut seen = Vec::new();
        db.transaction(async |tx| {
            tx.execute(&format!("insert {name}")).await?;
            seen.push(rows(&tx, "rows 2").await?);
            tx.transaction(async |tx| {
                seen.push(rows(&tx, "rows 3").await?);
                Ok::<_, Error>(())
            })
            .await
        })
        .await?;
        let four = db
            .transaction_with(TransactionOptions::default(), async |tx| {
                tx.execute(&format!("insert {name}")).await?;
                rows(&tx, "rows 4").await
            })
            .await?;
        seen.push(four);
        db.transaction_with(TransactionOptions::default(), async move |tx| {
            tx.execute(&format!("insert moved {name}")).await
        })
        .await?;
        let tx = db.begin().await?;
        tx.execute("insert guard").await?;
        tx.commit().await?;
        Ok::<_, Error>(seen)
    });
    assert_eq!(task.await.unwrap().unwrap(), [2, 3, 4]);
    assert_eq!(script.committed(), ["a", "a", "moved a", "guard"]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_generic_function_that_takes_a_block_is_send_too() {
    async fn twice<F>(db: Db, block: F) -> Result<()>
    where
        F: AsyncFnOnce(Transaction) -> Result<()> + Clone,
    {
        db.transaction(block.clone()).await?;
        db.transaction_with(TransactionOptions::default(), block).await
    }
    let (db, script, _) = database();
    let count = Arc::new(AtomicUsize::new(0));
    let task = tokio::spawn({
        let count = count.clone();
        async move {
            twice(db, async |tx: Transaction| {
                count.fetch_add(1, Ordering::SeqCst);
                tx.execute("insert x").await.map(drop)
            })
            .await
        }
    });
    task.await.unwrap().unwrap();
    assert_eq!(count.load(Ordering::SeqCst), 2);
    assert_eq!(script.committed(), ["x", "x"]);
}

#[tokio::test]
async fn a_handle_that_outlives_its_block_is_refused() {
    let (db, script, _) = database();
    let kept = db.transaction(async |tx| Ok::<_, Error>(tx.clone())).await.unwrap();
    for error in [
        kept.execute("insert late").await.unwrap_err(),
        kept.savepoint().await.err().unwrap(),
        kept.on_commit(|| ()).unwrap_err(),
        kept.clone().commit().await.unwrap_err(),
    ] {
        assert_eq!(error.kind(), ErrorKind::Transaction);
        assert_eq!(
            error.to_string(),
            "the transaction is over: it was committed; begin another one"
        );
    }
    let mut kept = None;
    let _ = db
        .transaction(async |tx| {
            tx.execute("insert x").await?;
            kept = Some(tx.clone());
            Err::<(), _>(Error::new(ErrorKind::NotFound, "no"))
        })
        .await;
    assert!(!kept.as_ref().unwrap().is_open());
    assert_eq!(
        kept.unwrap().execute("insert late").await.unwrap_err().to_string(),
        "the transaction is over: it was rolled back; begin another one"
    );
    assert!(script.committed().is_empty());
    assert_clean(&db, &script).await;
}

#[tokio::test]
async fn a_block_may_end_its_transaction_by_itself() {
    let (db, script, _) = database();
    db.transaction(async |tx| {
        tx.execute("insert a").await?;
        tx.rollback().await
    })
    .await
    .unwrap();
    db.transaction(async |tx| {
        tx.execute("insert b").await?;
        tx.commit().await
    })
    .await
    .unwrap();
    assert_eq!(script.committed(), ["b"]);
    assert_clean(&db, &script).await;
}

#[tokio::test]
async fn a_guard_commits_or_is_rolled_back_when_it_is_dropped() {
    let (db, script, _) = database();
    let tx = db.begin().await.unwrap();
    tx.execute("insert a").await.unwrap();
    tx.commit().await.unwrap();
    let tx = db.begin().await.unwrap();
    tx.execute("insert b").await.unwrap();
    drop(tx);
    let tx = db.begin().await.unwrap();
    tx.execute("insert c").await.unwrap();
    tx.rollback().await.unwrap();
    assert_eq!(script.committed(), ["a"]);
    assert_clean(&db, &script).await;
}

#[tokio::test]
async fn statements_issued_side_by_side_run_in_order() {
    let (db, script, _) = database();
    script.set_statement_polls(3);
    db.transaction(async |tx| {
        let (a, b, c) =
            tokio::join!(tx.execute("insert a"), tx.execute("insert b"), tx.execute("insert c"));
        a.and(b).and(c)
    })
    .await
    .unwrap();
    assert_eq!(script.committed(), ["a", "b", "c"]);
}

#[tokio::test]
async fn commit_errors_reach_the_caller() {
    let (db, script, probe) = database();
    probe.inject(Fault::fail(ErrorKind::UniqueViolation).matching("COMMIT"));
    let tx = db.begin().await.unwrap();
    tx.execute("insert a").await.unwrap();
    assert!(tx.commit().await.unwrap_err().is_unique_violation());
    assert_clean(&db, &script).await;
    probe.inject(Fault::lose_answer().matching("COMMIT"));
    let tx = db.begin().await.unwrap();
    tx.execute("insert b").await.unwrap();
    let error = tx.commit().await.unwrap_err();
    assert!(error.is_connection_lost());
    assert!(error.to_string().starts_with(
        "the connection was lost at COMMIT, so that it is not known whether the transaction was \
         committed: "
    ));
    assert_clean(&db, &script).await;
}

#[tokio::test]
async fn a_block_that_panics_is_rolled_back() {
    let (db, script, _) = database();
    let task = tokio::spawn({
        let db = db.clone();
        async move {
            db.transaction(async |tx| {
                tx.execute("insert a").await?;
                panic!("in the block");
                #[allow(unreachable_code, reason = "it gives the block its type")]
                Ok::<_, Error>(())
            })
            .await
        }
    });
    assert!(task.await.unwrap_err().is_panic());
    assert!(script.committed().is_empty());
    assert_clean(&db, &script).await;
}

#[tokio::test]
async fn a_task_may_share_a_transaction_while_it_is_open() {
    let (db, script, _) = database();
    let late = db
        .transaction(async |tx| {
            let child = tx.clone();
            tokio::spawn(async move { child.execute("insert a").await }).await.unwrap()?;
            let child = tx.clone();
            Ok::<_, Error>(async move { child.execute("insert b").await })
        })
        .await
        .unwrap();
    assert_eq!(tokio::spawn(late).await.unwrap().unwrap_err().kind(), ErrorKind::Transaction);
    assert_eq!(script.committed(), ["a"]);
    assert_clean(&db, &script).await;
}
