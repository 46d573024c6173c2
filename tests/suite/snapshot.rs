//! Statements that read the rows that they write: what they read is as it was before.

use crate::models::{Author, Book, Tag};
use crate::support::{Kind, World, library, scenarios};
use yara_orm::func;
use yara_orm::prelude::*;

scenarios! {
    new_values_are_computed_before_a_row_is_written,
    a_statement_cannot_return_what_it_changes_elsewhere,
}

async fn views(world: &World) -> Vec<i64> {
    Book::query().order_by(Book::id).select(Book::views).all(&world.db).await.unwrap()
}

async fn new_values_are_computed_before_a_row_is_written(world: World) {
    library(&world.db).await;
    // A relation back to the rows that are written.
    let total = Book::author.books.sum(Book::views).unwrap_or(0);
    let update = Book::query().update().set(Book::views, total.clone());
    assert_eq!(world.counting(1, update.exec(&world.db)).await.unwrap(), 4);
    assert_eq!(views(&world).await, [510, 510, 5, 1000]);

    // A slice of them.
    let top = Book::filter(Book::author.name.eq("Ada")).order_by(Book::id).limit(1);
    let changed = top.update().set(Book::views, total).returning((Book::id, Book::views));
    assert_eq!(changed.all(&world.db).await.unwrap(), [(1, 1020)]);

    // A subquery: each book takes over the views of the next one in views.
    let below = Book::filter(Book::views.lt(outer(Book::views))).order_by(Book::views.desc());
    let below = below.select(Book::views).scalar().unwrap_or(0);
    Book::query().update().set(Book::views, below).exec(&world.db).await.unwrap();
    assert_eq!(views(&world).await, [1000, 5, 0, 510]);

    // A condition, and a path to another row of the same table.
    let best = !func::exists(Book::filter(Book::views.gt(outer(Book::views))));
    let doubled = func::case().when(best, Book::views * 2).otherwise(Book::views);
    Book::query().update().set(Book::views, doubled).exec(&world.db).await.unwrap();
    assert_eq!(views(&world).await, [2000, 5, 0, 510]);
    Author::filter(Author::name.eq("Cy"))
        .update()
        .set(Author::mentor_id, 2)
        .exec(&world.db)
        .await
        .unwrap();
    let mentor = Author::mentor.name.unwrap_or("nobody");
    Author::query().update().set(Author::name, mentor).exec(&world.db).await.unwrap();
    let names = Author::query().order_by(Author::id).select(Author::name);
    assert_eq!(names.all(&world.db).await.unwrap(), ["nobody", "Ada", "Bob", "nobody"]);
}

async fn a_statement_cannot_return_what_it_changes_elsewhere(world: World) {
    library(&world.db).await;
    let hot = || Book::filter(Book::views.ge(500)).order_by(Book::id);
    let writer = Author::alias("writer");
    let joined =
        Book::filter(Book::id.eq(4)).join(&writer, Book::author.id.eq(writer.col(Author::id)));
    let siblings = Book::author.books.count();
    let outcomes = [
        hot().update().set(Book::views, 0).returning(siblings.clone()).all(&world.db).await,
        Book::create()
            .title("New")
            .author_id(1)
            .returning(siblings.clone())
            .insert(&world.db)
            .await
            .map(|n| vec![n]),
        Book::insert_many([Book::create().title("Newer").author_id(3)])
            .returning(siblings)
            .all(&world.db)
            .await,
        joined.update().set(Book::views, 1).returning(writer.col(Author::id)).all(&world.db).await,
        // The rows between go with the book.
        Book::filter(Book::id.eq(1)).delete().returning(Book::tags.count()).all(&world.db).await,
    ];
    match world.kind {
        Kind::Postgres => {
            let rows = outcomes.map(|outcome| outcome.unwrap());
            assert_eq!(rows, [vec![2, 1], vec![2], vec![1], vec![3], vec![2]]);
        }
        Kind::Sqlite => {
            for outcome in outcomes {
                assert!(outcome.unwrap_err().is_unsupported());
            }
            assert_eq!(views(&world).await, [10, 500, 5, 1000], "nothing was sent");
        }
    }
    // What the statement does not change is returned on both.
    let left = Tag::filter(Tag::id.eq(3)).update().set(Tag::name, "crabs");
    assert_eq!(left.returning(Tag::name).all(&world.db).await.unwrap(), ["crabs"]);
    let gone =
        Book::filter(Book::id.eq(3)).delete().returning((Book::title, Book::author.mentor.name));
    let gone = gone.all(&world.db).await.unwrap();
    assert_eq!(gone, [("École".into(), Some("Ada".into()))]);
}
