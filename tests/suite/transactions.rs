//! Transactions: all or nothing, whatever happens to the code that runs them.

use crate::models::{Author, Book, Tag};
use crate::support::{Kind, World, library, scenarios};
use std::time::Duration;
use yara_orm::prelude::*;
use yara_orm::testing::{Fault, drop_after};

scenarios! {
    a_closure_commits_or_rolls_back,
    a_guard_commits_or_rolls_back,
    nested_ones_are_savepoints,
    a_failed_transaction_cannot_be_committed,
    a_dropped_transaction_leaves_nothing,
    dropped_queries_do_not_disturb_the_next,
    a_dropped_statement_ends_before_its_transaction,
    options,
    retries,
    concurrent_updates,
    a_handle_that_outlives_its_transaction_says_so,
}

async fn count(db: &impl Executor) -> u64 {
    Tag::query().count(db).await.unwrap()
}

async fn a_closure_commits_or_rolls_back(world: World) {
    let tag = world
        .db
        .transaction(async |tx| Tag::create().name("kept").insert(&tx).await)
        .await
        .unwrap();
    assert_eq!(tag.name, "kept");
    let outcome: Result<(), Error> = world
        .db
        .transaction(async |tx| {
            Tag::create().name("lost").insert(&tx).await?;
            assert_eq!(count(&tx).await, 2);
            Err(Error::new(ErrorKind::InvalidQuery, "changed my mind"))
        })
        .await;
    assert_eq!(outcome.unwrap_err().to_string(), "changed my mind");
    assert_eq!(count(&world.db).await, 1);
}

async fn a_guard_commits_or_rolls_back(world: World) {
    let tx = world.db.begin().await.unwrap();
    Tag::create().name("kept").insert(&tx).await.unwrap();
    assert_eq!(count(&world.other().await).await, 0, "nobody sees it yet");
    tx.commit().await.unwrap();
    let tx = world.db.begin().await.unwrap();
    Tag::create().name("lost").insert(&tx).await.unwrap();
    tx.rollback().await.unwrap();
    let tx = world.db.begin().await.unwrap();
    Tag::create().name("dropped").insert(&tx).await.unwrap();
    drop(tx);
    assert_eq!(count(&world.db).await, 1);
    Tag::create().name("after").insert(&world.db).await.unwrap();
}

async fn nested_ones_are_savepoints(world: World) {
    world
        .db
        .transaction(async |tx| {
            Tag::create().name("outer").insert(&tx).await?;
            let inner: Result<(), Error> = tx
                .transaction(async |inner| {
                    Tag::create().name("inner").insert(&inner).await?;
                    Tag::create().name("outer").insert(&inner).await?;
                    Ok(())
                })
                .await;
            assert!(inner.unwrap_err().is_unique_violation());
            tx.transaction(async |inner| Tag::create().name("second").insert(&inner).await).await?;
            Ok(())
        })
        .await
        .unwrap();
    let names = Tag::query().order_by(Tag::name).select(Tag::name).all(&world.db).await.unwrap();
    assert_eq!(names, ["outer", "second"]);
}

/// An error that was caught does not let half a transaction be committed.
async fn a_failed_transaction_cannot_be_committed(world: World) {
    let tx = world.db.begin().await.unwrap();
    Tag::create().name("a").insert(&tx).await.unwrap();
    assert!(Tag::create().name("a").insert(&tx).await.unwrap_err().is_unique_violation());
    assert!(tx.commit().await.is_err());
    assert_eq!(count(&world.db).await, 0);
}

/// Wherever the future is dropped, nothing stays open and nothing is half done.
async fn a_dropped_transaction_leaves_nothing(world: World) {
    library(&world.db).await;
    for polls in 1..40 {
        let db = world.db.clone();
        let finished = drop_after(polls, async move {
            db.transaction(async |tx| {
                Book::query().update().set(Book::views, 1).exec(&tx).await?;
                Author::query().count(&tx).await?;
                Book::query().update().set(Book::views, 2).exec(&tx).await?;
                Ok(())
            })
            .await
        })
        .await;
        let half = Book::filter(Book::views.eq(1)).count(&world.db).await.unwrap();
        assert_eq!(half, 0, "after {polls} polls");
        if let Some(outcome) = finished {
            outcome.unwrap();
        }
        Book::query().update().set(Book::views, 3).exec(&world.db).await.unwrap();
    }
    assert_eq!(count(&world.db).await, 3);
}

async fn dropped_queries_do_not_disturb_the_next(world: World) {
    library(&world.db).await;
    for polls in 1..25 {
        let query = Author::query().order_by(Author::id).load(Author::books.load(Book::tags));
        drop_after(polls, query.all(&world.db)).await;
        let (authors, books, tags) = tokio::join!(
            Author::query().count(&world.db),
            Book::query().order_by(Book::id).select(Book::title).all(&world.db),
            Tag::query().count(&world.db),
        );
        assert_eq!((authors.unwrap(), tags.unwrap()), (4, 3));
        assert_eq!(books.unwrap(), ["Notes", "Engine", "École", "100% sure"]);
    }
}

/// The end of a transaction, or of a savepoint, does not wait for a statement that nobody waits for.
async fn a_dropped_statement_ends_before_its_transaction(world: World) {
    // They would take a minute, or for ever.
    let endless = match world.kind {
        Kind::Sqlite => {
            "WITH RECURSIVE c(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c) SELECT max(n) FROM c"
        }
        Kind::Postgres => "SELECT pg_sleep(60)",
    };
    let leave = async |tx: &Transaction| {
        let running = sql(endless).exec(tx);
        let left = tokio::time::timeout(Duration::from_millis(100), running).await;
        assert!(left.is_err(), "{left:?}");
    };
    let work = async {
        for ends_by_commit in [false, true] {
            let tx = world.db.begin().await.unwrap();
            Tag::create().name("kept").insert(&tx).await.unwrap();
            let savepoint = tx.savepoint().await.unwrap();
            Tag::create().name("lost").insert(&savepoint).await.unwrap();
            leave(&savepoint).await;
            match ends_by_commit {
                true => assert!(savepoint.commit().await.is_err()),
                false => savepoint.rollback().await.unwrap(),
            }
            // The transaction around goes on.
            assert_eq!(count(&tx).await, 1);
            leave(&tx).await;
            match ends_by_commit {
                true => assert!(tx.commit().await.is_err()),
                false => tx.rollback().await.unwrap(),
            }
            assert_eq!(count(&world.db).await, 0);
        }
    };
    tokio::time::timeout(Duration::from_secs(20), work).await.expect("nothing waits");
    let session = world.db.begin().await.unwrap();
    leave(&session).await;
    drop(session);
    let next = tokio::time::timeout(Duration::from_secs(10), count(&world.db)).await;
    assert_eq!(next.expect("nothing waits"), 0);
}

async fn options(world: World) {
    let options = TransactionOptions {
        isolation: Some(Isolation::Serializable),
        ..TransactionOptions::default()
    };
    let tx = world.db.begin_with(options).await.unwrap();
    Tag::create().name("a").insert(&tx).await.unwrap();
    tx.commit().await.unwrap();
    let options = TransactionOptions { read_only: true, ..TransactionOptions::default() };
    let tx = world.db.begin_with(options).await.unwrap();
    assert_eq!(count(&tx).await, 1);
    let error = world.counting(0, Tag::create().name("b").insert(&tx)).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Transaction);
    assert_eq!(error.to_string(), "the transaction is read-only, and this statement writes");
    drop(tx);
    let options = TransactionOptions {
        timeout: Some(Duration::from_millis(50)),
        ..TransactionOptions::default()
    };
    let outcome: Result<(), Error> = world
        .db
        .transaction_with(options, async |tx| {
            Tag::create().name("b").insert(&tx).await?;
            tokio::time::sleep(Duration::from_secs(5)).await;
            Ok(())
        })
        .await;
    assert!(outcome.unwrap_err().is_timeout());
    assert_eq!(count(&world.db).await, 1);
}

/// A serialization failure runs the transaction again, from its start.
async fn retries(world: World) {
    let options = TransactionOptions { retries: 3, ..TransactionOptions::default() };
    world.probe.inject(Fault::fail(ErrorKind::SerializationFailure).matching("INSERT").times(2));
    let runs = std::sync::Arc::new(std::sync::atomic::AtomicUsize::new(0));
    let counted = runs.clone();
    world
        .db
        .transaction_with(options, async move |tx| {
            counted.fetch_add(1, std::sync::atomic::Ordering::SeqCst);
            Tag::create().name("a").insert(&tx).await
        })
        .await
        .unwrap();
    assert_eq!(runs.load(std::sync::atomic::Ordering::SeqCst), 3);
    assert_eq!(count(&world.db).await, 1);
    world.probe.inject(Fault::fail(ErrorKind::Deadlock).matching("INSERT").times(9));
    let outcome = world
        .db
        .transaction_with(options, async |tx| Tag::create().name("b").insert(&tx).await)
        .await;
    assert!(outcome.unwrap_err().is_deadlock());
    world.probe.clear_faults();
}

/// Of many that change the same row, each counts.
async fn concurrent_updates(world: World) {
    library(&world.db).await;
    let tasks: Vec<_> = (0..20)
        .map(|_| {
            let db = world.db.clone();
            tokio::spawn(async move {
                Book::filter(Book::title.eq("Notes"))
                    .update()
                    .set(Book::views, Book::views + 1)
                    .exec(&db)
                    .await
            })
        })
        .collect();
    for task in tasks {
        assert_eq!(task.await.unwrap().unwrap(), 1);
    }
    let views =
        Book::filter(Book::title.eq("Notes")).select(Book::views).one(&world.db).await.unwrap();
    assert_eq!(views, 30);
}

async fn a_handle_that_outlives_its_transaction_says_so(world: World) {
    let mut kept = None;
    world
        .db
        .transaction(async |tx| {
            Tag::create().name("a").insert(&tx).await?;
            kept = Some(tx.clone());
            Ok(())
        })
        .await
        .unwrap();
    let error = Tag::query().count(&kept.unwrap()).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Transaction);
    assert_eq!(count(&world.db).await, 1);
}
