//! Rows one after the other.

use crate::models::{Author, Book, Tag};
use crate::support::{World, library, scenarios};
use yara_orm::prelude::*;

scenarios! {
    a_stream_gives_every_row_in_order,
    a_stream_that_is_dropped_leaves_nothing,
    a_stream_in_a_transaction,
    errors_of_a_stream,
    a_stream_of_every_shape,
}

async fn a_stream_gives_every_row_in_order(world: World) {
    let rows = (0..5_000).map(|at| Tag::create().name(format!("tag {at}")));
    Tag::insert_many(rows).exec(&world.db).await.unwrap();
    let mut stream = Tag::query().order_by(Tag::id).stream(&world.db).await.unwrap();
    let mut seen = 0;
    while let Some(tag) = stream.next().await {
        assert_eq!(tag.unwrap().name, format!("tag {seen}"));
        seen += 1;
    }
    assert_eq!(seen, 5_000);
    assert!(stream.next().await.is_none());
}

/// Dropping a stream midway frees its connection, and the next query gets its own answer.
async fn a_stream_that_is_dropped_leaves_nothing(world: World) {
    let rows = (0..5_000).map(|at| Tag::create().name(format!("tag {at}")));
    Tag::insert_many(rows).exec(&world.db).await.unwrap();
    for taken in [0, 1, 700] {
        for _ in 0..20 {
            let mut stream = Tag::query().stream(&world.db).await.unwrap();
            for _ in 0..taken {
                stream.next().await.unwrap().unwrap();
            }
            drop(stream);
            assert_eq!(Tag::query().count(&world.db).await.unwrap(), 5_000);
        }
    }
    assert_eq!(Tag::insert_many([Tag::create().name("after")]).exec(&world.db).await.unwrap(), 1);
}

async fn a_stream_in_a_transaction(world: World) {
    library(&world.db).await;
    let names = world
        .db
        .transaction(async |tx| {
            let mut names: Vec<String> = Vec::new();
            let mut stream = Tag::query().order_by(Tag::name).select(Tag::name).stream(&tx).await?;
            while let Some(name) = stream.next().await {
                names.push(name?);
            }
            drop(stream);
            Tag::query().update().set(Tag::name, Tag::name.concat("!")).exec(&tx).await?;
            Ok(names)
        })
        .await
        .unwrap();
    assert_eq!(names, ["maths", "poetry", "rust"]);
    assert_eq!(Tag::filter(Tag::name.ends_with("!")).count(&world.db).await.unwrap(), 3);
}

async fn errors_of_a_stream(world: World) {
    library(&world.db).await;
    let error = Tag::query().load(Tag::books).stream(&world.db).await.unwrap_err();
    assert!(error.is_invalid_query());
    let mut stream = Tag::query()
        .select(sql("1 / (id - id)").value::<Tag, i64>())
        .stream(&world.db)
        .await
        .unwrap();
    let outcome = stream.next().await;
    // SQLite divides by zero to NULL, which is no i64; PostgreSQL refuses.
    assert!(outcome.unwrap().is_err());
    assert_eq!(Tag::query().count(&world.db).await.unwrap(), 3);
}

/// What a stream gives is what `all` gives, whatever the query.
async fn a_stream_of_every_shape(world: World) {
    library(&world.db).await;
    async fn same<Row>(world: &World, query: Query<Book, Row>)
    where
        Row: Send + PartialEq + std::fmt::Debug + 'static,
    {
        let shown = format!("{query:?}");
        let all = query.clone().all(&world.db).await.unwrap();
        let mut stream = query.stream(&world.db).await.unwrap();
        let mut rows = Vec::new();
        while let Some(row) = stream.next().await {
            rows.push(row.unwrap());
        }
        assert_eq!(rows, all, "{shown}");
        assert!(!rows.is_empty(), "{shown}");
    }
    let sorted = || Book::query().order_by(Book::id);
    same(&world, sorted()).await;
    same(&world, sorted().offset(1).limit(2)).await;
    same(&world, sorted().filter(Book::tags.any(Tag::name.eq("maths")))).await;
    same(&world, sorted().select((Book::title, Book::author.mentor.name))).await;
    let names = Book::query().select(Book::author.name).distinct();
    same(&world, names.order_by(Book::author.name)).await;
    same(&world, Book::query().distinct_on(Book::author.id)).await;
    same(&world, sorted().lookup("author__books__views__gt", 100).tag("a stream")).await;
    let ada = Author::find(1).one(&world.db).await.unwrap();
    same(&world, Author::books.of(&ada).order_by(Book::views)).await;
    let maths = Tag::find(1).one(&world.db).await.unwrap();
    same(&world, Tag::books.of(&maths).order_by(Book::views)).await;
}
