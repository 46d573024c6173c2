//! Changing and deleting rows by a query: exactly those that the query selects.

use crate::models::{Author, Book, Tag};
use crate::support::{World, library, scenarios};
use yara_orm::prelude::*;

scenarios! {
    updates_take_values_and_expressions,
    joined_sliced_and_ordered_updates_touch_what_the_query_selects,
    deletes,
    an_update_of_nothing_is_refused,
}

async fn views(world: &World) -> Vec<i64> {
    Book::query().order_by(Book::id).select(Book::views).all(&world.db).await.unwrap()
}

async fn updates_take_values_and_expressions(world: World) {
    library(&world.db).await;
    let update = Book::filter(Book::title.eq("Notes")).update().set(Book::views, Book::views + 1);
    assert_eq!(world.counting(1, update.exec(&world.db)).await.unwrap(), 1);
    assert_eq!(views(&world).await, [11, 500, 5, 1000]);
    let update =
        Book::filter(Book::views.gt(100)).update().set(Book::views, 7).set(Book::rating, None);
    assert_eq!(update.exec(&world.db).await.unwrap(), 2);
    assert_eq!(views(&world).await, [11, 7, 5, 7]);
    assert_eq!(Book::filter(Book::rating.is_null()).count(&world.db).await.unwrap(), 3);
    let rows = Book::filter(Book::views.eq(7))
        .update()
        .set(Book::views, Book::id * 0 - 0 + 9)
        .all(&world.db)
        .await
        .unwrap();
    assert_eq!(rows.iter().map(|book| book.views).collect::<Vec<_>>(), [9, 9]);
    assert_eq!(
        Book::filter(Book::views.eq(12345))
            .update()
            .set(Book::views, 1)
            .exec(&world.db)
            .await
            .unwrap(),
        0
    );
}

async fn joined_sliced_and_ordered_updates_touch_what_the_query_selects(world: World) {
    library(&world.db).await;
    let update = Book::filter(Book::author.name.eq("Ada")).update().set(Book::views, 0);
    assert_eq!(world.counting(1, update.exec(&world.db)).await.unwrap(), 2);
    assert_eq!(views(&world).await, [0, 0, 5, 1000]);
    let top = Book::query().order_by(Book::views.desc()).limit(1).update().set(Book::views, 1);
    assert_eq!(top.exec(&world.db).await.unwrap(), 1);
    assert_eq!(views(&world).await, [0, 0, 5, 1]);
    let tagged = Book::filter(Book::tags.any(Tag::name.eq("rust"))).update().set(Book::views, 42);
    assert_eq!(tagged.exec(&world.db).await.unwrap(), 1);
    assert_eq!(views(&world).await, [0, 0, 5, 42]);
}

async fn deletes(world: World) {
    library(&world.db).await;
    let gone = Book::query().order_by(Book::views).limit(1).delete().all(&world.db).await.unwrap();
    assert_eq!(gone[0].title, "École");
    assert_eq!(
        Book::filter(Book::author.name.eq("Ada")).delete().exec(&world.db).await.unwrap(),
        2
    );
    assert_eq!(Book::query().count(&world.db).await.unwrap(), 1);
    Author::filter(Author::name.eq("Cy")).delete().exec(&world.db).await.unwrap();
    assert_eq!(Book::query().count(&world.db).await.unwrap(), 0, "on_delete = Cascade");
    assert_eq!(Book::query().delete().exec(&world.db).await.unwrap(), 0);
}

/// Refused before anything is sent.
async fn an_update_of_nothing_is_refused(world: World) {
    let error = world.counting(0, Book::query().update().exec(&world.db)).await.unwrap_err();
    assert!(error.is_invalid_query());
    assert_eq!(error.to_string(), "an update of Book sets nothing; add `.set(column, value)`");
    let update = Book::query().update().set(Book::author.name, "x");
    let error = world.counting(0, update.exec(&world.db)).await.unwrap_err();
    assert_eq!(
        error.to_string(),
        "an update of Book sets columns of Book only, not `author.name`; update the other model instead"
    );
    let update = Book::query().update().set(Book::title, "x".repeat(201));
    assert!(world.counting(0, update.exec(&world.db)).await.unwrap_err().is_invalid_value());
}
