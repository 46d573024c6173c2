//! Statements and fragments in SQL.

use crate::models::{Author, Book};
use crate::support::{Kind, World, library, scenarios};
use yara_orm::prelude::*;

scenarios! {
    rows_are_mapped_by_name_or_position,
    statements_that_write,
    fragments_stand_in_typed_queries,
    missing_and_unknown_columns_are_errors,
    values_are_bound_never_spliced,
    settings_do_not_leak,
    a_statement_without_text_is_refused,
}

#[derive(Row, Debug, PartialEq)]
struct Total {
    name: String,
    books: i64,
}

async fn rows_are_mapped_by_name_or_position(world: World) {
    library(&world.db).await;
    let books: Vec<Book> = sql("select * from book where views >= $1 order by id")
        .bind(500i64)
        .all(&world.db)
        .await
        .unwrap();
    assert_eq!(
        books.iter().map(|book| book.title.as_str()).collect::<Vec<_>>(),
        ["Engine", "100% sure"]
    );
    let author: Author = sql("select name, id, mentor_id, born from author where name = $1")
        .bind("Ada".to_owned())
        .one(&world.db)
        .await
        .unwrap();
    assert_eq!(author.name, "Ada");
    let totals: Vec<Total> = sql(
        "select count(*) as books, a.name from author a join book b on b.author_id = a.id group by a.name order by a.name",
    )
    .all(&world.db)
    .await
    .unwrap();
    assert_eq!(totals[0], Total { name: "Ada".into(), books: 2 });
    let pairs: Vec<(String, i64)> =
        sql("select title, views from book where views < $2 and views > $1 order by views")
            .bind(5i64)
            .bind(1000i64)
            .all(&world.db)
            .await
            .unwrap();
    assert_eq!(pairs, [("Notes".into(), 10), ("Engine".into(), 500)]);
}

async fn statements_that_write(world: World) {
    library(&world.db).await;
    let changed = sql("update book set views = views + $1 where views > $2")
        .bind(1i64)
        .bind(100i64)
        .exec(&world.db)
        .await
        .unwrap();
    assert_eq!(changed, 2);
    let found: Option<(i64,)> =
        sql("select views from book where title = 'Engine'").optional(&world.db).await.unwrap();
    assert_eq!(found, Some((501,)));
    let none: Option<(i64,)> =
        sql("select views from book where title = '$1'").optional(&world.db).await.unwrap();
    assert_eq!(none, None);
}

async fn fragments_stand_in_typed_queries(world: World) {
    library(&world.db).await;
    let rows = Book::filter(
        Book::author.name.eq("Ada") & sql("length(title) = $1").bind(5i32).condition(),
    )
    .select((Book::title, sql("$1 + 1").bind(41i64).value::<Book, i64>()))
    .all(&world.db)
    .await
    .unwrap();
    assert_eq!(rows, [("Notes".to_owned(), 42)]);
}

async fn missing_and_unknown_columns_are_errors(world: World) {
    library(&world.db).await;
    let error =
        sql("select id, title, views, rating from book").all::<Book>(&world.db).await.unwrap_err();
    assert_eq!(
        error.to_string(),
        "the rows have no column `author_id`; it has `id`, `rating`, `title`, `views`"
    );
    let error = sql("select *, 1 as viwes from book").all::<Book>(&world.db).await.unwrap_err();
    assert_eq!(
        error.to_string(),
        "the rows have a column `viwes` that is not asked for; did you mean `views`?"
    );
    let error = sql("select 1, 2").all::<(i64,)>(&world.db).await.unwrap_err();
    assert_eq!(error.to_string(), "the rows have 2 columns, and 1 were expected");
    let error = sql("select title from book").all::<(i64,)>(&world.db).await.unwrap_err();
    assert!(error.is_decode_error());
    assert_eq!(error.to_string(), "column `title`: it holds text, not 64-bit integer");
    let error = world.counting(0, sql("select $2").bind(1i64).exec(&world.db)).await.unwrap_err();
    assert_eq!(error.to_string(), "the statement has the placeholder $2, and 1 values are bound");
    let error = world.counting(0, sql("select 1").bind(1i64).exec(&world.db)).await.unwrap_err();
    assert_eq!(error.to_string(), "a value is bound for $1, which the statement does not have");
}

async fn values_are_bound_never_spliced(world: World) {
    library(&world.db).await;
    let evil = "'; drop table book; --".to_owned();
    let found: Vec<(i64,)> = sql("select id from author where name = $1")
        .bind(evil.clone())
        .all(&world.db)
        .await
        .unwrap();
    assert_eq!(found, []);
    let author = Author::create().name(evil.as_str()).insert(&world.db).await.unwrap();
    assert_eq!(Author::filter(Author::name.eq(&evil)).one(&world.db).await.unwrap(), author);
    assert_eq!(Book::query().count(&world.db).await.unwrap(), 4);
}

/// What is set of a session is not met by others on the same connection.
async fn settings_do_not_leak(world: World) {
    let db = Db::builder(&world.url).max_size(1).connect().await.unwrap();
    let (set, get) = match world.kind {
        Kind::Sqlite => (
            "PRAGMA foreign_keys = off",
            "select cast(foreign_keys as text) from pragma_foreign_keys",
        ),
        Kind::Postgres => ("SET work_mem = '8MB'", "select current_setting('work_mem')"),
    };
    let read = async || sql(get).one::<(String,)>(&db).await.unwrap().0;
    let before = read().await;
    sql(set).exec(&db).await.unwrap();
    assert_eq!(read().await, before);
    db.execute(set).await.unwrap();
    assert_eq!(read().await, before);
    let set_there = set.replace("foreign_keys = off", "case_sensitive_like = on");
    db.transaction(async |tx| sql(set_there).exec(&tx).await).await.unwrap();
    assert_eq!(read().await, before);
}

async fn a_statement_without_text_is_refused(world: World) {
    for text in ["", " \n\t"] {
        let error = world.counting(0, sql(text).exec(&world.db)).await.unwrap_err();
        assert!(error.is_invalid_query());
        assert_eq!(error.to_string(), "the statement is empty");
    }
}
