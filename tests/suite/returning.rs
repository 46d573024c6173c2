//! What a statement that writes gives back.

use crate::models::{Author, Book, Tag};
use crate::support::{Kind, World, library, scenarios};
use yara_orm::prelude::*;

scenarios! {
    an_update_gives_what_is_asked_for,
    a_delete_gives_what_was_there,
    rows_that_go_with_each_other,
    an_insert_gives_what_is_asked_for,
    a_row_that_cannot_be_read_names_the_column,
}

#[derive(Row, Debug, PartialEq)]
struct Line {
    title: String,
    doubled: i64,
}

async fn an_update_gives_what_is_asked_for(world: World) {
    library(&world.db).await;
    let update = Book::filter(Book::author.name.eq("Ada"))
        .update()
        .set(Book::views, Book::views + 1)
        .returning((Book::title, Book::views, Book::author.name, Book::tags.count()));
    let mut rows = world.counting(1, update.all(&world.db)).await.unwrap();
    rows.sort();
    assert_eq!(rows[0], ("Engine".into(), 501, "Ada".into(), 1));
    assert_eq!(rows[1], ("Notes".into(), 11, "Ada".into(), 2));
    let update = Book::filter(Book::title.eq("Notes"))
        .update()
        .set(Book::rating, None)
        .returning(LineColumns { title: Book::title, doubled: Book::views * 2 });
    let lines = update.all(&world.db).await.unwrap();
    assert_eq!(lines, [Line { title: "Notes".into(), doubled: 22 }]);
    let top = Book::query().order_by(Book::views.desc()).limit(1).update().set(Book::views, 0);
    assert_eq!(top.returning(Book::title).all(&world.db).await.unwrap(), ["100% sure"]);
    let nothing = Book::query().update().returning(Book::id);
    assert!(world.counting(0, nothing.all(&world.db)).await.unwrap_err().is_invalid_query());
}

async fn a_delete_gives_what_was_there(world: World) {
    library(&world.db).await;
    Book::tags.of(&Book::find(1).one(&world.db).await.unwrap()).clear(&world.db).await.unwrap();
    let delete = Book::find(1).delete().returning((Book::title, Book::author.name));
    let rows = world.counting(1, delete.all(&world.db)).await.unwrap();
    assert_eq!(rows, [("Notes".into(), "Ada".into())]);
    let rows = Book::find(1).delete().returning_rows().all(&world.db).await.unwrap();
    assert!(rows.is_empty());
}

async fn an_insert_gives_what_is_asked_for(world: World) {
    library(&world.db).await;
    let new = Book::create().title("New").author_id(2);
    let insert = new.returning((Book::id, Book::views, Book::author.mentor.name)).insert(&world.db);
    let row = world.counting(1, insert).await.unwrap();
    assert_eq!(row, (5, 0, Some("Ada".into())));
    let rows = (0..100).map(|at| Tag::create().name(format!("t{at}")));
    let insert = Tag::insert_many(rows).returning((Tag::name, Tag::id)).all(&world.db);
    let rows = world.counting(1, insert).await.unwrap();
    assert!(rows.iter().enumerate().all(|(at, (name, _))| *name == format!("t{at}")));
    assert!(rows.windows(2).all(|pair| pair[0].1 < pair[1].1));
    let author = Author::create().name("x".repeat(101)).returning(Author::id).insert(&world.db);
    assert!(world.counting(0, author).await.unwrap_err().is_invalid_value());
}

async fn a_row_that_cannot_be_read_names_the_column(world: World) {
    library(&world.db).await;
    let wrong = Book::find(1)
        .update()
        .set(Book::views, 1)
        .returning((Book::title, sql("'no number'").value::<Book, i64>()));
    let error = wrong.all(&world.db).await.unwrap_err();
    assert!(error.is_decode_error(), "{error:?}");
}

#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "branch")]
struct Branch {
    id: i64,
    #[relation(on_delete = Cascade)]
    stem: Option<ForeignKey<Branch>>,
    #[relation(reverse = "branch")]
    leaves: HasMany<Leaf>,
}

#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "leaf")]
struct Leaf {
    id: i64,
    #[relation(on_delete = Cascade)]
    branch: ForeignKey<Branch>,
}

/// SQLite deletes what refers to a row before it comes to the next one.
async fn rows_that_go_with_each_other(world: World) {
    let db = &world.db;
    db.create_tables::<(Branch, Leaf)>().await.unwrap();
    let stem = Branch::create().insert(db).await.unwrap();
    let branch = Branch::create().stem(&stem).insert(db).await.unwrap();
    Leaf::create().branch(&branch).insert(db).await.unwrap();
    let gone = Leaf::query().delete().all(db).await.unwrap();
    assert_eq!(gone.len(), 1);
    let all = Branch::query().delete().returning(Branch::stem_id);
    match world.kind {
        Kind::Postgres => {
            let mut stems = world.counting(1, all.all(db)).await.unwrap();
            stems.sort();
            assert_eq!(stems, [None, Some(stem.id)]);
        }
        Kind::Sqlite => {
            let error = world.counting(0, all.all(db)).await.unwrap_err();
            assert!(error.is_unsupported(), "{error}");
            assert!(error.to_string().contains("by `stem` they go or change with"), "{error}");
            Branch::query().delete().exec(db).await.unwrap();
        }
    }
    assert!(!Branch::query().exists(db).await.unwrap());
}
