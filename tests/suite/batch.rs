//! Several statements in one round trip.

use crate::models::{Author, Book, Tag};
use crate::support::{Kind, World, library, scenarios};
use yara_orm::prelude::*;
use yara_orm::testing::drop_after;

scenarios! {
    reads_and_writes_share_a_round_trip,
    every_kind_of_statement,
    all_or_nothing,
    a_list_of_one_kind,
    relations_are_loaded_afterwards,
    nothing_is_sent_if_one_is_wrong,
    in_a_transaction,
    raw_statements,
    dropped_batches_leave_nothing,
}

async fn reads_and_writes_share_a_round_trip(world: World) {
    library(&world.db).await;
    let before = world.probe.batches();
    let batch = world.db.batch((
        Tag::create().name("new"),
        Tag::query().into_count(),
        Book::filter(Book::views.gt(100)).order_by(Book::id).select(Book::title),
    ));
    let (tag, count, titles) = world.counting(3, batch).await.unwrap();
    assert_eq!(world.probe.batches() - before, 1);
    assert_eq!((tag.name.as_str(), count), ("new", 4), "each sees what those before it did");
    assert_eq!(titles, ["Engine", "100% sure"]);
}

async fn every_kind_of_statement(world: World) {
    library(&world.db).await;
    let before = world.probe.batches();
    let (inserted, id, upserted, many, changed, titles, deleted, first, one, none, exists, empty) =
        world
            .db
            .batch((
                Tag::insert_many((0..10).map(|at| Tag::create().name(format!("t{at}")))),
                Tag::create().name("x").returning(Tag::name),
                Tag::create().name("maths").on_conflict(Tag::name).ignore(),
                Tag::insert_many(["t1", "y"].map(|name| Tag::create().name(name)))
                    .on_conflict(Tag::name)
                    .set(Tag::name, "z"),
                Book::filter(Book::author_id.eq(1)).update().set(Book::views, Book::views + 1),
                Book::filter(Book::id.eq(1)).update().set(Book::views, 0).returning(Book::title),
                Tag::filter(Tag::name.starts_with("t")).delete(),
                Tag::query().order_by(Tag::name).into_first(),
                Book::filter(Book::id.eq(1)).into_one(),
                Book::filter(Book::id.eq(77)).into_optional(),
                Author::filter(Author::name.eq("Ada")).into_exists(),
                Author::filter(Author::name.eq("Zoe")),
            ))
            .await
            .unwrap();
    assert_eq!(world.probe.batches() - before, 1);
    assert_eq!((inserted, id.as_str(), changed, deleted), (10, "x", 2, 9));
    assert!(upserted.is_skipped() && many[0].is_updated() && many[1].is_inserted());
    assert_eq!(titles, ["Notes"]);
    assert_eq!(first.unwrap().name, "maths");
    assert_eq!(one.views, 0);
    assert!(none.is_none() && exists && empty.is_empty());
}

/// A statement that fails takes back those before it, and those after it do not run.
async fn all_or_nothing(world: World) {
    library(&world.db).await;
    let outcome = world
        .db
        .batch((Tag::create().name("new"), Tag::create().name("rust"), Tag::create().name("newer")))
        .await;
    assert!(outcome.unwrap_err().is_unique_violation());
    assert_eq!(Tag::query().count(&world.db).await.unwrap(), 3);
    // What the program could not take, as well; there the database may have done its work.
    let outcome = world.db.batch((Tag::query().into_one(), Tag::query().into_count())).await;
    assert!(outcome.unwrap_err().is_multiple_found());
    assert_eq!(Tag::query().count(&world.db).await.unwrap(), 3, "the connection goes on");
}

async fn a_list_of_one_kind(world: World) {
    library(&world.db).await;
    let counts: Vec<_> =
        (1..=4).map(|id| Book::filter(Book::author_id.eq(id)).into_count()).collect();
    let counts = world.counting(4, world.db.batch(counts)).await.unwrap();
    assert_eq!(counts, [2, 1, 1, 0]);
    let none: Vec<Query<Book>> = Vec::new();
    assert!(world.counting(0, world.db.batch(none)).await.unwrap().is_empty());
}

async fn relations_are_loaded_afterwards(world: World) {
    library(&world.db).await;
    let batch = world.db.batch((
        Author::query().order_by(Author::id).load(Author::books),
        Tag::query().into_count(),
    ));
    let (authors, tags) = world.counting(3, batch).await.unwrap();
    assert_eq!((authors[0].books.get().unwrap().len(), tags), (2, 3));
}

async fn nothing_is_sent_if_one_is_wrong(world: World) {
    library(&world.db).await;
    let batch = world.db.batch((Tag::create().name("new"), Tag::create().name("x".repeat(51))));
    let error = world.counting(0, batch).await.unwrap_err();
    assert_eq!(
        error.to_string(),
        "statement 2 of the batch: Tag.name: the text has 51 characters, and the field holds at \
         most 50"
    );
    let batch = world.db.batch((Tag::query(), Book::query().update()));
    assert!(world.counting(0, batch).await.unwrap_err().is_invalid_query());
}

async fn in_a_transaction(world: World) {
    library(&world.db).await;
    let tx = world.db.begin().await.unwrap();
    let before = world.probe.batches();
    let (_, count) =
        tx.batch((Tag::create().name("new"), Tag::query().into_count())).await.unwrap();
    assert_eq!(count, 4);
    let trips = world.probe.batches() - before;
    assert_eq!(trips, 1, "{:?}: BEGIN goes along", world.kind == Kind::Postgres);
    tx.rollback().await.unwrap();
    assert_eq!(Tag::query().count(&world.db).await.unwrap(), 3);
}

async fn raw_statements(world: World) {
    library(&world.db).await;
    let batch = world.db.batch((
        sql("update book set views = views + $1").bind(1i64),
        sql("select title, views from book order by id").into_rows::<(String, i64)>(),
        sql("select * from tag order by id").into_rows::<Tag>(),
    ));
    let (written, rows, tags) = world.counting(3, batch).await.unwrap();
    assert_eq!((written, &rows[0], tags.len()), (4, &("Notes".into(), 11), 3));
    let batch = world.db.batch((
        Tag::create().name("new"),
        sql("select name as nmae, id from tag").into_rows::<Tag>(),
    ));
    assert!(batch.await.unwrap_err().is_decode_error());
}

/// Dropped at any await: a batch has happened as a whole, or not at all.
async fn dropped_batches_leave_nothing(world: World) {
    library(&world.db).await;
    for polls in 1..12 {
        let rows = [format!("a{polls}"), format!("b{polls}")];
        let [first, second] = rows.map(|name| Tag::create().name(name));
        let _ = drop_after(polls, world.db.batch((first, second))).await;
        let new = Tag::filter(Tag::name.is_in([format!("a{polls}"), format!("b{polls}")]));
        let found = new.count(&world.db).await.unwrap();
        assert!(found == 0 || found == 2, "{found} after {polls} polls");
    }
}
