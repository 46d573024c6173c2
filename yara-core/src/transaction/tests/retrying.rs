//! Running a transaction again.
use super::*;

fn retries(retries: u32) -> TransactionOptions {
    TransactionOptions { retries, ..TransactionOptions::default() }
}

#[tokio::test(start_paused = true)]
async fn a_serialization_failure_is_tried_again_as_often_as_said() {
    for kind in [ErrorKind::SerializationFailure, ErrorKind::Deadlock, ErrorKind::Busy] {
        for place in ["insert", "COMMIT", "BEGIN"] {
            let (db, script, probe) = database();
            probe.inject(Fault::fail(kind).matching(place).times(2));
            let runs = Arc::new(AtomicUsize::new(0));
            let run = async |tx: Transaction| {
                runs.fetch_add(1, Ordering::SeqCst);
                tx.execute("insert a").await
            };
            db.transaction_with(retries(2), run).await.unwrap();
            assert_eq!(runs.load(Ordering::SeqCst), 3);
            assert_eq!(script.committed(), ["a"]);

            probe.inject(Fault::fail(kind).matching(place).times(3));
            let error = db.transaction_with(retries(2), run).await.unwrap_err();
            assert_eq!(error.kind(), kind);
            assert_eq!(script.committed(), ["a"]);
            assert_clean(&db, &script).await;
        }
    }
}

#[tokio::test]
async fn other_errors_are_not_tried_again() {
    let (db, _, probe) = database();
    probe.inject(Fault::fail(ErrorKind::UniqueViolation).matching("insert"));
    let error =
        db.transaction_with(retries(5), async |tx| tx.execute("insert a").await).await.unwrap_err();
    assert!(error.is_unique_violation());
    assert_eq!(probe.take(), ["BEGIN", "insert a"]);
}

#[tokio::test(start_paused = true)]
async fn an_embedded_database_that_is_busy_at_begin_is_tried_again() {
    let (db, script, probe) = embedded();
    probe.inject(Fault::fail(ErrorKind::Busy).matching("BEGIN").times(3));
    db.transaction_with(retries(3), async |tx| tx.execute("insert a").await).await.unwrap();
    assert_eq!(script.committed(), ["a"]);
    assert_clean(&db, &script).await;
}

#[tokio::test(start_paused = true)]
async fn a_block_that_wraps_the_error_is_tried_again_too() {
    #[derive(Debug)]
    struct Mine;
    impl From<Error> for Mine {
        fn from(_: Error) -> Mine {
            Mine
        }
    }
    let (db, script, probe) = database();
    probe.inject(Fault::fail(ErrorKind::SerializationFailure).matching("insert"));
    db.transaction_with(retries(1), async |tx| {
        tx.execute("insert a").await?;
        Ok::<_, Mine>(())
    })
    .await
    .unwrap();
    assert_eq!(script.committed(), ["a"]);
}
