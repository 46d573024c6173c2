//! The surface of DESIGN.md, section 2: that it compiles is the test.
#![allow(dead_code, missing_docs, unused_variables)]

use yara_orm::executor::Executor;
use yara_orm::prelude::*;

#[derive(Model, Debug, Clone)]
pub struct Author {
    id: i64,
    #[field(max_length = 100)]
    name: String,
    mentor: Option<ForeignKey<Author>>,
    #[relation(reverse = "author")]
    books: HasMany<Book>,
}

#[derive(Model, Debug, Clone)]
#[model(table = "book", unique(author, title), index(views))]
pub struct Book {
    #[field(primary_key)]
    id: i64,
    #[field(max_length = 200)]
    title: String,
    #[field(default = 0)]
    views: i64,
    #[relation(on_delete = Cascade)]
    author: ForeignKey<Author>,
    tags: ManyToMany<Tag>,
}

#[derive(Model, Debug, Clone)]
pub struct Tag {
    id: i64,
    name: String,
    #[relation(reverse = "tags")]
    books: ManyToMany<Book>,
}

/// Every call is checked by the compiler; none runs.
async fn surface(db: &impl Executor) -> yara_orm::error::Result<()> {
    let ada = Author::create().name("Ada").insert(db).await?;
    let hot: Vec<Book> = Book::filter(Book::author.name.eq("Ada") & Book::views.gt(10))
        .order_by(Book::id.desc())
        .limit(10)
        .all(db)
        .await?;
    let who: Vec<Option<String>> =
        Book::query().select(Book::author.mentor.mentor.name).all(db).await?;
    Book::filter(Book::id.eq(7)).update().set(Book::views, Book::views + 1).exec(db).await?;
    let rows: Vec<(String, String, i64)> =
        Book::query().select((Book::title, Book::author.name, Book::views * 2)).all(db).await?;
    let a = Author::filter(Author::books.any(Book::views.gt(1000)))
        .load(Author::books.filter(Book::views.gt(0)).load(Book::tags))
        .all(db)
        .await?;
    let mut book = hot[0].clone();
    let t: Vec<Tag> = vec![];
    Book::tags.of(&book).add(db, &t).await?;
    Book::tags.of(&book).add(db, [&t[0], &t[1]]).await?;
    Author::books.of(&ada).filter(Book::views.gt(3)).count(db).await?;
    book.edit().set(Book::title, "New").save(db).await?;
    book.save(db).await?;
    Author::filter(
        Author::mentor_id.eq(3)
            | Author::mentor.is(&ada)
            | Author::mentor_id.is_null()
            | Author::name.ne("x"),
    )
    .all(db)
    .await?;
    Author::filter(
        Author::name.is_in(["a", "b"])
            & Author::id.is_in([1, 2])
            & Author::mentor_id.is_in([Some(1), None]),
    )
    .order_by((Author::name, Author::id.desc().nulls_first()))
    .all(db)
    .await?;
    let n: Vec<(String, i64)> =
        Author::query().select((Author::name, Author::books.count())).all(db).await?;
    let x: Vec<(i64, String)> =
        sql("select id, name from author where id > $1").bind(3i64).all(db).await?;
    Author::insert_many([Author::create().name("x"), Author::create().name("y")]).all(db).await?;
    let m: Vec<(String, Option<i64>)> =
        Author::query().select((Author::name, Author::books.sum(Book::views))).all(db).await?;
    Ok(())
}

/// The future of a query can go to another thread.
fn assert_send<T: Send>(_: T) {}

fn futures_are_send(db: &'static impl Executor) {
    assert_send(async move { surface(db).await });
}
