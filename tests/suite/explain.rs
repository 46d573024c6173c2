//! What a query becomes, how the database runs it, and how it is found in a log.

use crate::models::{Author, Book};
use crate::support::{Kind, World, library, postgres_scenarios, scenarios};
use yara_orm::prelude::*;
use yara_orm::sql::{ExplainFormat, ExplainOptions};
use yara_orm::value::Value;

scenarios! {
    the_text_and_the_values_of_a_query,
    plans,
    tags,
    tags_cannot_leave_their_comment,
}

postgres_scenarios! {
    plans_that_were_run,
}

async fn the_text_and_the_values_of_a_query(world: World) {
    let query = Book::filter(Book::views.gt(5) & Book::author.name.eq("Ada")).limit(3);
    let written = query.sql(&world.db).unwrap();
    assert_eq!(world.probe.count(), 0, "nothing is sent");
    let limit = match world.kind {
        Kind::Sqlite => " LIMIT 3",
        Kind::Postgres => " LIMIT $3",
    };
    assert!(written.text.starts_with("SELECT \"t0\".\"id\", "), "{}", written.text);
    assert!(written.text.ends_with(limit), "{}", written.text);
    assert_eq!(written.values[..2], [Value::I64(5), Value::Text("Ada".into())]);
    let error = Book::query().lookup("titel", "x").sql(&world.db).unwrap_err();
    assert!(error.is_invalid_query());
}

async fn plans(world: World) {
    library(&world.db).await;
    let query = Author::filter(Author::books.any(Book::views.gt(100))).order_by(Author::name);
    let text = world.counting(1, query.explain(&world.db)).await.unwrap();
    assert!(text.lines().count() > 1, "{text}");
    let json = ExplainOptions { format: ExplainFormat::Json, ..ExplainOptions::default() };
    let plan = query.explain_with(json, &world.db).await.unwrap();
    let plan: serde_json::Value = serde_json::from_str(&plan).unwrap();
    assert!(!plan.as_array().unwrap().is_empty());
    // Asking how rows would be locked locks none.
    Book::query().for_update().explain(&world.db).await.unwrap();
    if world.kind == Kind::Sqlite {
        let analyze = ExplainOptions { analyze: true, ..ExplainOptions::default() };
        let run = query.explain_with(analyze, &world.db);
        let error = world.counting(0, run).await.unwrap_err();
        assert!(error.is_unsupported());
        assert!(error.to_string().starts_with("SQLite does not tell"), "{error}");
        let verbose = ExplainOptions { verbose: true, ..ExplainOptions::default() };
        let run = query.explain_with(verbose, &world.db);
        assert!(world.counting(0, run).await.unwrap_err().is_unsupported());
    }
}

async fn plans_that_were_run(world: World) {
    library(&world.db).await;
    let analyze = ExplainOptions { analyze: true, ..ExplainOptions::default() };
    let plan = Book::query().explain_with(analyze, &world.db).await.unwrap();
    assert!(plan.contains("actual time"), "{plan}");
    let json = ExplainOptions { format: ExplainFormat::Json, analyze: true, verbose: true };
    let plan = Book::query().explain_with(json, &world.db).await.unwrap();
    assert!(plan.contains("\"Actual Rows\": 4"), "{plan}");
    assert!(plan.contains("\"Output\""), "{plan}");
    let locked = Book::query().for_update();
    let error = locked.explain_with(analyze, &world.db).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Transaction, "this one would lock");
}

async fn tags(world: World) {
    library(&world.db).await;
    let tagged = || Book::filter(Book::views.gt(5)).tag("job: hot");
    let before = world.probe.count();
    tagged().all(&world.db).await.unwrap();
    tagged().count(&world.db).await.unwrap();
    tagged().order_by(Book::id).limit(2).count(&world.db).await.unwrap();
    tagged().exists(&world.db).await.unwrap();
    tagged().first(&world.db).await.unwrap();
    tagged().limit(2).last(&world.db).await.unwrap();
    tagged().keyset(2).fetch(&world.db).await.unwrap();
    tagged().distinct_on(Book::author.id).all(&world.db).await.unwrap();
    tagged().update().set(Book::views, 9).exec(&world.db).await.unwrap();
    tagged()
        .order_by(Book::id)
        .limit(1)
        .update()
        .set(Book::views, 8)
        .exec(&world.db)
        .await
        .unwrap();
    tagged().delete().exec(&world.db).await.unwrap();
    drop(tagged().stream(&world.db).await.unwrap());
    let sent = world.probe.statements();
    for statement in &sent[before..] {
        assert!(statement.starts_with("/* job: hot */ "), "{statement}");
    }
    // Another tag is another statement.
    let text = |tag: &'static str| Book::query().tag(tag).sql(&world.db).unwrap().text;
    assert_ne!(text("a"), text("b"));
    assert!(Book::query().sql(&world.db).unwrap().text.starts_with("SELECT"));
}

async fn tags_cannot_leave_their_comment(world: World) {
    library(&world.db).await;
    for tag in [
        "*/ DROP TABLE book; --",
        "/* a */ b /*",
        "*/*/*/",
        "/*/",
        "$1 ?1 ' \" \\",
        "line\nline -- and more",
        "École 🎈",
        "",
    ] {
        let titles = Book::filter(Book::views.eq(10)).tag(tag).select(Book::title);
        assert_eq!(titles.all(&world.db).await.unwrap(), ["Notes"], "{tag}");
    }
    let error = Book::query().tag("a\0b").count(&world.db).await.unwrap_err();
    assert!(error.is_invalid_query());
    assert_eq!(Book::query().count(&world.db).await.unwrap(), 4);
}
