//! Questions about related rows, and changing relations.

use crate::models::{Author, Book, Tag};
use crate::support::{World, library, scenarios};
use yara_orm::prelude::*;

scenarios! {
    to_many_questions_do_not_multiply_rows,
    aggregates_do_not_disturb_each_other,
    the_related_rows_of_one_owner,
    many_to_many_add_remove_set_clear,
    keys_tell_whether_there_is_a_row_where_the_database_keeps_them,
}

/// A note about an author, who may be gone.
#[derive(Model, Debug, Clone)]
pub struct Note {
    pub id: i64,
    #[relation(db_constraint = false)]
    pub about: Option<ForeignKey<Author>>,
    pub by: Option<ForeignKey<Author>>,
}

async fn keys_tell_whether_there_is_a_row_where_the_database_keeps_them(world: World) {
    world.db.create_tables::<(Note, Author)>().await.unwrap();
    library(&world.db).await;
    Note::create().about_id(99).by_id(1).insert(&world.db).await.unwrap();
    Note::create().about_id(2).insert(&world.db).await.unwrap();
    Note::create().by_id(2).insert(&world.db).await.unwrap();
    let ids = async |condition: Pred<Note>| -> Vec<i64> {
        let notes = Note::filter(condition).order_by(Note::id);
        notes.select(Note::id).all(&world.db).await.unwrap()
    };
    assert_eq!(ids(Note::about.exists()).await, [2]);
    assert_eq!(ids(Note::about.is_none()).await, [1, 3]);
    assert_eq!(ids(Note::by.exists()).await, [1, 3]);
    assert_eq!(ids(Note::by.is_none()).await, [2]);
    assert_eq!(ids(Note::by.mentor.exists()).await, [3]);
    assert_eq!(ids(!Note::by.mentor.exists()).await, [1, 2]);
    let text = |condition| Note::filter(condition).sql(&world.db).unwrap().text;
    assert!(text(Note::about.exists()).contains("EXISTS"));
    assert!(text(Note::by.exists()).ends_with("\"by_id\" IS NOT NULL"));
    assert!(text(Note::by.is_none()).ends_with("\"by_id\" IS NULL"));
    let found = Note::query().lookup("about__isnull", true).count(&world.db).await.unwrap();
    assert_eq!(found, 2, "the same question by text");
}

async fn names(world: &World, condition: Pred<Author>) -> Vec<String> {
    Author::filter(condition)
        .order_by(Author::id)
        .select(Author::name)
        .all(&world.db)
        .await
        .unwrap()
}

/// Never a join: an author with two books that match is one row.
async fn to_many_questions_do_not_multiply_rows(world: World) {
    library(&world.db).await;
    assert_eq!(names(&world, Author::books.any(Book::views.ge(10))).await, ["Ada", "Cy"]);
    assert_eq!(names(&world, Author::books.any(Book::views.ge(0))).await, ["Ada", "Bob", "Cy"]);
    assert_eq!(names(&world, Author::books.none(Book::views.ge(10))).await, ["Bob", "Dan"]);
    assert_eq!(names(&world, Author::books.all(Book::views.ge(100))).await, ["Cy", "Dan"]);
    assert_eq!(names(&world, Author::books.exists()).await, ["Ada", "Bob", "Cy"]);
    assert_eq!(names(&world, Author::books.is_empty()).await, ["Dan"]);
    assert_eq!(names(&world, !Author::books.any(Book::views.ge(10))).await, ["Bob", "Dan"]);
    assert_eq!(names(&world, Author::books.all(Book::rating.gt(0.0))).await, ["Ada", "Cy", "Dan"]);
    assert_eq!(names(&world, Author::pupils.any(Author::name.eq("Bob"))).await, ["Ada"]);
    assert_eq!(
        names(&world, Author::books.any(Book::tags.any(Tag::name.eq("maths")))).await,
        ["Ada"]
    );
    assert_eq!(names(&world, Author::books.any(Book::author.name.eq("Ada"))).await, ["Ada"]);
    assert_eq!(names(&world, Author::profile.exists()).await, ["Ada"]);
    assert_eq!(names(&world, Author::profile.bio.eq("Countess")).await, ["Ada"]);
    assert_eq!(names(&world, Author::profile.is_none()).await, ["Bob", "Cy", "Dan"]);
    assert_eq!(names(&world, Author::mentor.books.any(Book::views.gt(10))).await, ["Bob"]);
}

/// Aggregates over different relations in one query are each right.
async fn aggregates_do_not_disturb_each_other(world: World) {
    library(&world.db).await;
    let rows = Author::query()
        .order_by(Author::id)
        .select((
            Author::name,
            Author::books.count(),
            Author::pupils.count(),
            Author::books.sum(Book::views),
            Author::books.max(Book::rating),
            Author::books.count_where(Book::tags.exists()),
        ))
        .all(&world.db)
        .await
        .unwrap();
    assert_eq!(
        rows,
        [
            ("Ada".to_owned(), 2, 1, Some(510), Some(4.5), 2),
            ("Bob".to_owned(), 1, 0, Some(5), None, 0),
            ("Cy".to_owned(), 1, 0, Some(1000), Some(5.0), 1),
            ("Dan".to_owned(), 0, 0, None, None, 0),
        ]
    );
    assert_eq!(names(&world, Author::books.count().ge(2)).await, ["Ada"]);
    let by_count = Author::query().order_by((Author::books.count().desc(), Author::name));
    let first = by_count.first(&world.db).await.unwrap().unwrap();
    assert_eq!(first.name, "Ada");
}

async fn the_related_rows_of_one_owner(world: World) {
    library(&world.db).await;
    let ada = Author::filter(Author::name.eq("Ada")).one(&world.db).await.unwrap();
    let books = Author::books.of(&ada);
    assert_eq!(world.counting(1, books.count(&world.db)).await.unwrap(), 2);
    let hot = Author::books.of(&ada).filter(Book::views.gt(100)).all(&world.db).await.unwrap();
    assert_eq!(hot[0].title, "Engine");
    let bob = Author::pupils.of(&ada).first(&world.db).await.unwrap().unwrap();
    assert_eq!(bob.name, "Bob");
    assert_eq!(Author::mentor.of(&bob).one(&world.db).await.unwrap().name, "Ada");
    assert!(Author::mentor.of(&ada).optional(&world.db).await.unwrap().is_none());
    assert_eq!(Book::author.of(&hot[0]).one(&world.db).await.unwrap().name, "Ada");
}

async fn many_to_many_add_remove_set_clear(world: World) {
    library(&world.db).await;
    let book = Book::filter(Book::title.eq("École")).one(&world.db).await.unwrap();
    let tags = Tag::query().order_by(Tag::name).all(&world.db).await.unwrap();
    let (maths, poetry, rust) = (&tags[0], &tags[1], &tags[2]);
    let names = async || -> Vec<String> {
        let tags = Book::tags.of(&book).order_by(Tag::name).all(&world.db).await.unwrap();
        tags.into_iter().map(|tag| tag.name).collect()
    };
    assert_eq!(names().await, [""; 0]);
    let added =
        world.counting(1, Book::tags.of(&book).add(&world.db, [rust, maths])).await.unwrap();
    assert_eq!(added, 2);
    let again = Book::tags.of(&book).add(&world.db, [rust, poetry, poetry]).await.unwrap();
    assert_eq!(again, 1, "those that are related already stay so, once");
    assert_eq!(names().await, ["maths", "poetry", "rust"]);
    let removed = world.counting(1, Book::tags.of(&book).remove(&world.db, [maths])).await.unwrap();
    assert_eq!(removed, 1);
    world.counting(2, Book::tags.of(&book).set(&world.db, [maths, rust])).await.unwrap();
    assert_eq!(names().await, ["maths", "rust"]);
    world.counting(0, Book::tags.of(&book).add(&world.db, [])).await.unwrap();
    Book::tags.of(&book).set(&world.db, []).await.unwrap();
    assert_eq!(names().await, [""; 0]);
    Tag::books.of(rust).add(&world.db, [&book]).await.unwrap();
    assert_eq!(names().await, ["rust"]);
    assert_eq!(Book::tags.of(&book).clear(&world.db).await.unwrap(), 1);
    let elsewhere = Book::filter(Book::tags.exists()).count(&world.db).await.unwrap();
    assert_eq!(elsewhere, 3, "the tags of other books stay");
}
