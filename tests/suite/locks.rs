//! Locks on the rows that a query reads.

use crate::models::{Account, Author, Book, Tag};
use crate::support::{Kind, World, library, postgres_scenarios, scenarios};
use yara_orm::prelude::*;

scenarios! {
    rows_are_locked_in_a_transaction,
    a_lock_needs_a_transaction_that_may_write,
    a_lock_needs_rows,
    every_shape_of_a_query_locks,
    a_queue_is_shared,
}

postgres_scenarios! {
    others_wait_fail_or_pass_over,
    shared_locks,
    locks_of_relations,
}

async fn rows_are_locked_in_a_transaction(world: World) {
    library(&world.db).await;
    let titles = world
        .db
        .transaction(async |tx| {
            let books = Book::filter(Book::author.name.eq("Ada")).order_by(Book::id).for_update();
            let books =
                world.counting(1 + usize::from(world.kind == Kind::Postgres), books.all(&tx));
            let books = books.await?;
            for book in &books {
                Book::find(book.id).update().set(Book::views, book.views + 1).exec(&tx).await?;
            }
            Book::query().for_no_key_update().first(&tx).await?;
            Book::query().for_share().skip_locked().first(&tx).await?;
            Book::query().for_key_share().nowait().first(&tx).await?;
            Ok(books.into_iter().map(|book| book.title).collect::<Vec<_>>())
        })
        .await
        .unwrap();
    assert_eq!(titles, ["Notes", "Engine"]);
    assert_eq!(Book::find(1).one(&world.db).await.unwrap().views, 11);
}

async fn a_lock_needs_a_transaction_that_may_write(world: World) {
    library(&world.db).await;
    let locked = || Book::query().for_update();
    let error = world.counting(0, locked().all(&world.db)).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Transaction);
    assert!(error.to_string().starts_with("a query that locks rows needs a transaction"));
    let error = world.counting(0, locked().count(&world.db)).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Transaction);
    let error = world.counting(0, locked().stream(&world.db)).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Transaction);

    let options = TransactionOptions { read_only: true, ..TransactionOptions::default() };
    let tx = world.db.begin_with(options).await.unwrap();
    let error = locked().all(&tx).await.unwrap_err();
    assert!(error.to_string().contains("read-only, and this statement locks rows"), "{error}");
    assert_eq!(Book::query().count(&tx).await.unwrap(), 4, "nothing was sent, so nothing failed");
    tx.commit().await.unwrap();

    let error = Book::query().skip_locked().all(&world.db).await.unwrap_err();
    assert_eq!(
        error.to_string(),
        "`skip_locked` says how rows of Book are locked, and the query locks none; put \
         `for_update()` or `for_share()` before it"
    );
}

/// Refused before anything is sent, on both databases.
async fn a_lock_needs_rows(world: World) {
    library(&world.db).await;
    let tx = world.db.begin().await.unwrap();
    Book::query().count(&tx).await.unwrap();
    let distinct = Book::query().select(Book::author.name).distinct().for_update();
    let error = world.counting(0, distinct.all(&tx)).await.unwrap_err();
    assert!(error.is_invalid_query());
    assert!(error.to_string().starts_with("a query of Book that locks rows is distinct"));
    let optional = Author::query().for_update().lock_of(Author::mentor);
    let error = world.counting(0, optional.all(&tx)).await.unwrap_err();
    assert_eq!(
        error.to_string(),
        "Author.mentor may lead to no row, and what is not there cannot be locked; lock the related \
         rows in a query of their own"
    );
    tx.commit().await.unwrap();
}

/// SEMANTICS 4: locks hold in every shape of a query.
async fn every_shape_of_a_query_locks(world: World) {
    library(&world.db).await;
    let other = world.other().await;
    let tx = world.db.begin().await.unwrap();
    let hot = || Book::filter(Book::views.ge(500)).for_update();
    assert_eq!(hot().count(&tx).await.unwrap(), 2);
    assert!(hot().exists(&tx).await.unwrap());
    assert_eq!(hot().select(Book::title).all(&tx).await.unwrap().len(), 2);
    assert_eq!(hot().load(Book::author).all(&tx).await.unwrap().len(), 2);
    let tags_of = Book::tags.of(&Book::find(1).one(&tx).await.unwrap());
    assert_eq!(tags_of.query().for_update().all(&tx).await.unwrap().len(), 2);
    let mut stream = hot().order_by(Book::id).stream(&tx).await.unwrap();
    assert_eq!(stream.next().await.unwrap().unwrap().title, "Engine");
    drop(stream);
    if world.kind == Kind::Postgres {
        // The count alone has locked them.
        let open = other.begin().await.unwrap();
        let error = hot().nowait().count(&open).await.unwrap_err();
        assert!(error.is_busy(), "{error}");
        drop(open);
        let open = other.begin().await.unwrap();
        assert_eq!(Book::query().for_update().skip_locked().count(&open).await.unwrap(), 2);
        drop(open);
    }
    assert_eq!(hot().update().set(Book::views, 7).exec(&tx).await.unwrap(), 2);
    tx.commit().await.unwrap();
    other.close().await;
    assert_eq!(Book::filter(Book::views.eq(7)).count(&world.db).await.unwrap(), 2);
}

/// Several workers take what nobody else has.
async fn a_queue_is_shared(world: World) {
    let rows = (0..20).map(|at| Tag::create().name(format!("task {at}")));
    Tag::insert_many(rows).exec(&world.db).await.unwrap();
    let other = world.other().await;
    let next = || Tag::query().order_by(Tag::id).limit(3).for_update().skip_locked();
    let worker = async |db: &Db| {
        let mut taken = Vec::new();
        loop {
            // Outside of a transaction, too: a statement that writes is one.
            let rows = next().delete().all(db).await.unwrap();
            if rows.is_empty() {
                return taken;
            }
            assert!(rows.len() <= 3);
            taken.extend(rows.into_iter().map(|tag| tag.id));
        }
    };
    let (mut first, second) = tokio::join!(worker(&world.db), worker(&other));
    other.close().await;
    first.extend(second);
    first.sort_unstable();
    assert_eq!(first, (1..=20).collect::<Vec<_>>());
}

async fn others_wait_fail_or_pass_over(world: World) {
    library(&world.db).await;
    let other = world.other().await;
    let tx = world.db.begin().await.unwrap();
    Book::find(1).for_update().one(&tx).await.unwrap();
    let open = other.begin().await.unwrap();
    let free = Book::query().order_by(Book::id).for_update().skip_locked();
    let free = free.select(Book::title).all(&open).await.unwrap();
    assert_eq!(free, ["Engine", "École", "100% sure"]);
    let error = Book::find(1).for_update().nowait().one(&open).await.unwrap_err();
    assert!(error.is_busy());
    drop(open);
    let waiting = tokio::spawn({
        let other = other.clone();
        async move { other.transaction(async |tx| Book::find(1).for_update().one(&tx).await).await }
    });
    tokio::time::sleep(std::time::Duration::from_millis(100)).await;
    assert!(!waiting.is_finished());
    Book::find(1).update().set(Book::views, 77).exec(&tx).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(waiting.await.unwrap().unwrap().views, 77, "it sees what was committed");
    other.close().await;
}

async fn shared_locks(world: World) {
    library(&world.db).await;
    let other = world.other().await;
    let (tx, open) = (world.db.begin().await.unwrap(), other.begin().await.unwrap());
    Book::find(1).for_share().one(&tx).await.unwrap();
    Book::find(1).for_share().nowait().one(&open).await.unwrap();
    Author::find(1).for_no_key_update().one(&tx).await.unwrap();
    // A row that refers to the author can still be inserted.
    Book::create().title("New").author_id(1).insert(&open).await.unwrap();
    let error = Book::find(1).for_update().nowait().one(&open).await.unwrap_err();
    assert!(error.is_busy());
    drop((tx, open));
    other.close().await;
}

async fn locks_of_relations(world: World) {
    library(&world.db).await;
    let other = world.other().await;
    let tx = world.db.begin().await.unwrap();
    Book::find(1).for_update().lock_of(Book::author).one(&tx).await.unwrap();
    let open = other.begin().await.unwrap();
    Book::find(1).for_update().nowait().one(&open).await.unwrap();
    let author = Author::find(1).for_update().nowait().one(&open).await;
    assert!(author.unwrap_err().is_busy());
    drop(open);
    let open = other.begin().await.unwrap();
    // Joined for a condition only: not locked.
    let books = Book::filter(Book::author.name.eq("Ada")).for_update().nowait();
    assert_eq!(books.count(&open).await.unwrap(), 2);
    let both = Book::find(1).for_update().lock_of(((), Book::author)).nowait();
    assert!(both.one(&open).await.unwrap_err().is_busy());
    drop((tx, open));
    let account = Account::query().for_update().first(&world.db).await.unwrap_err();
    assert_eq!(account.kind(), ErrorKind::Transaction);
    other.close().await;
}
