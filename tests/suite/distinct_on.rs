//! The first of the rows that are alike in something.

use crate::models::{Author, Book};
use crate::support::{World, library, scenarios};
use yara_orm::prelude::*;

scenarios! {
    the_first_of_each,
    every_shape_of_a_query_keeps_one,
    equal_rows_stand_in_the_order_of_their_keys,
    alike_in_a_question,
    one_of_the_related_rows_of_an_owner,
    the_order_has_to_begin_with_what_is_alike,
}

fn most_read() -> Query<Book> {
    Book::query().distinct_on(Book::author.id).order_by((Book::author.id, Book::views.desc()))
}

async fn titles(world: &World, query: Query<Book>) -> Vec<String> {
    query.select(Book::title).all(&world.db).await.unwrap()
}

async fn the_first_of_each(world: World) {
    library(&world.db).await;
    assert_eq!(titles(&world, most_read()).await, ["Engine", "École", "100% sure"]);
    let rows = world.counting(1, most_read().all(&world.db)).await.unwrap();
    assert_eq!(rows[0].views, 500, "whole rows");
    let least = Book::query()
        .distinct_on(Book::author.name)
        .order_by((Book::author.name.desc(), Book::views));
    assert_eq!(titles(&world, least).await, ["100% sure", "École", "Notes"]);
    let rated = Book::query().distinct_on((Book::rating.is_null().as_value(), Book::author.id));
    assert_eq!(titles(&world, rated).await, ["Notes", "100% sure", "École"]);
    let nulls = Book::query()
        .distinct_on(Book::rating)
        .order_by((Book::rating.asc().nulls_first(), Book::views));
    assert_eq!(titles(&world, nulls).await, ["École", "Engine", "Notes", "100% sure"]);
    // An expression with a value in it is the same in both places.
    let halves = Book::query()
        .distinct_on(Book::views / 501)
        .order_by((Book::views / 501, Book::views.desc()));
    assert_eq!(titles(&world, halves).await, ["Engine", "100% sure"]);
}

async fn every_shape_of_a_query_keeps_one(world: World) {
    library(&world.db).await;
    assert_eq!(most_read().count(&world.db).await.unwrap(), 3);
    assert!(most_read().exists(&world.db).await.unwrap());
    assert_eq!(titles(&world, most_read().limit(1).offset(1)).await, ["École"]);
    assert_eq!(most_read().limit(2).count(&world.db).await.unwrap(), 2);
    assert_eq!(most_read().first(&world.db).await.unwrap().unwrap().title, "Engine");
    assert_eq!(most_read().last(&world.db).await.unwrap().unwrap().title, "100% sure");
    let page = most_read().page(2, 2, &world.db).await.unwrap();
    assert_eq!((page.rows[0].title.as_str(), page.total), ("100% sure", 3));
    let hot = most_read().filter(Book::views.lt(500));
    assert_eq!(titles(&world, hot).await, ["Notes", "École"], "filters come first");
    let mut stream = most_read().stream(&world.db).await.unwrap();
    assert_eq!(stream.next().await.unwrap().unwrap().title, "Engine");
    drop(stream);
    let loaded = most_read().load(Book::author).all(&world.db).await.unwrap();
    assert_eq!(loaded[0].author.get().unwrap().name, "Ada");
    // Exactly the rows that the query gives.
    assert_eq!(most_read().update().set(Book::views, 1).exec(&world.db).await.unwrap(), 3);
    assert_eq!(Book::filter(Book::views.eq(1)).count(&world.db).await.unwrap(), 3);
    let deleted = most_read().delete().all(&world.db).await.unwrap();
    assert_eq!(deleted.len(), 3);
    assert_eq!(Book::query().count(&world.db).await.unwrap(), 1);
}

async fn equal_rows_stand_in_the_order_of_their_keys(world: World) {
    library(&world.db).await;
    Book::query().update().set(Book::views, 3).exec(&world.db).await.unwrap();
    assert_eq!(titles(&world, most_read()).await, ["Notes", "École", "100% sure"]);
    let unsorted = Book::query().distinct_on(Book::author.name);
    assert_eq!(titles(&world, unsorted).await, ["Notes", "École", "100% sure"]);
}

async fn one_of_the_related_rows_of_an_owner(world: World) {
    library(&world.db).await;
    let authors = Author::query().order_by(Author::id).all(&world.db).await.unwrap();
    let mut found = Vec::new();
    for author in &authors {
        let rated = Author::books.of(author).query().distinct_on(Book::author.id);
        found.push(rated.count(&world.db).await.unwrap());
    }
    assert_eq!(found, [1, 1, 1, 0]);
}

async fn the_order_has_to_begin_with_what_is_alike(world: World) {
    library(&world.db).await;
    let wrong = [
        Book::query().distinct_on(Book::author.id).order_by(Book::views),
        Book::query().distinct_on((Book::author.id, Book::rating)).order_by(Book::author.id),
        Book::query().distinct_on((Book::author.id, Book::rating)).order_by((
            Book::author.id,
            Book::views,
            Book::rating,
        )),
    ];
    for query in wrong {
        let error = world.counting(0, query.all(&world.db)).await.unwrap_err();
        assert!(error.is_invalid_query());
        assert!(error.to_string().contains("its order has to begin with that"), "{error}");
    }
}

async fn alike_in_a_question(world: World) {
    library(&world.db).await;
    let by_tags = || {
        Book::query().distinct_on(Book::tags.count()).order_by((Book::tags.count(), Book::views))
    };
    assert_eq!(titles(&world, by_tags()).await, ["École", "Engine", "Notes"]);
    assert_eq!(by_tags().offset(1).count(&world.db).await.unwrap(), 2);
    let hot = |least: i64| Author::books.count_where(Book::views.ge(least));
    let names = Author::query().distinct_on(hot(100)).order_by((hot(100).desc(), Author::name));
    assert_eq!(names.select(Author::name).all(&world.db).await.unwrap(), ["Ada", "Bob"]);
    let twice =
        Book::query().distinct_on((Book::author.id, Book::author.id)).order_by(Book::author.id);
    assert_eq!(titles(&world, twice).await, ["Notes", "École", "100% sure"]);
}
