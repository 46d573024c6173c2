//! What goes wrong, and what the error says: the same kinds from every backend.

use crate::models::{Author, Book, Booking, Department, Seat, Tag};
use crate::support::{World, library, postgres_scenarios, scenarios};
use std::time::Duration;
use yara_orm::prelude::*;
use yara_orm::testing::Fault;

scenarios! {
    constraints_are_classified,
    wrong_sql_says_what_and_where,
    the_database_keeps_the_limits_too,
    an_exhausted_pool_says_who_has_the_connections,
    nothing_is_sent_for_what_cannot_mean_anything,
    tables_of_missing_models,
}

postgres_scenarios! {
    lost_connections,
}

async fn constraints_are_classified(world: World) {
    library(&world.db).await;
    let error = Tag::create().name("maths").insert(&world.db).await.unwrap_err();
    assert!(error.is_unique_violation() && error.is_constraint_violation());
    assert_eq!(error.sqlstate(), Some("23505"));
    assert_eq!(error.table(), Some("tag"));
    assert!(error.statement().unwrap().starts_with("INSERT INTO"));
    assert!(!error.statement().unwrap().contains("maths"), "values are no part of it");
    assert_eq!(error.constraint(), Some("tag_name_key"));
    let error = Tag::create().id(1).name("new").insert(&world.db).await.unwrap_err();
    assert_eq!((error.constraint(), error.table()), (Some("tag_pkey"), Some("tag")));
    let error = Book::create().title("Notes").author_id(1).insert(&world.db).await.unwrap_err();
    assert_eq!(error.constraint(), Some("book_author_id_title_key"));
    let seat = || Seat::create().row("A").number(1).comfortable(true).insert(&world.db);
    seat().await.unwrap();
    assert_eq!(seat().await.unwrap_err().constraint(), Some("seat_pkey"));
    sql("create unique index one_view on book (views)").exec(&world.db).await.unwrap();
    let error =
        Book::create().title("X").author_id(1).views(10).insert(&world.db).await.unwrap_err();
    assert_eq!(error.constraint(), Some("one_view"));

    let error = Book::create().title("X").author_id(12345).insert(&world.db).await.unwrap_err();
    assert!(error.is_foreign_key_violation());
    assert_eq!(error.sqlstate(), Some("23503"));

    let error = sql("insert into tag (name) values (null)").exec(&world.db).await.unwrap_err();
    assert!(error.is_not_null_violation());
    assert_eq!((error.table(), error.column()), (Some("tag"), Some("name")));

    let ada = Author::filter(Author::name.eq("Ada")).one(&world.db).await.unwrap();
    let error =
        Book::create().title("X").author(&ada).views(-1).insert(&world.db).await.unwrap_err();
    assert!(error.is_check_violation());
    assert_eq!(error.constraint(), Some("views_not_negative"));

    let error = Author::filter(Author::id.eq(ada.id)).delete().exec(&world.db).await.unwrap_err();
    assert!(error.is_foreign_key_violation(), "a pupil refers to her");
}

async fn wrong_sql_says_what_and_where(world: World) {
    let error = sql("selec 1").exec(&world.db).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Programming);
    let error = sql("select nope from tag").exec(&world.db).await.unwrap_err();
    assert_eq!((error.kind(), error.sqlstate()), (ErrorKind::Programming, Some("42703")));
    let error = sql("select 1 from nowhere").exec(&world.db).await.unwrap_err();
    assert_eq!(error.sqlstate(), Some("42P01"));
    assert_eq!(error.statement(), Some("select 1 from nowhere"));
    assert_eq!(Tag::query().count(&world.db).await.unwrap(), 0, "the connection goes on");
}

/// The database refuses what the library let pass: raw SQL meets the same limits.
async fn the_database_keeps_the_limits_too(world: World) {
    let long = "x".repeat(51);
    let error =
        sql("insert into tag (name) values ($1)").bind(long).exec(&world.db).await.unwrap_err();
    assert_eq!((error.kind(), error.sqlstate()), (ErrorKind::Data, Some("22001")));
    Seat::create().row("A").number(1).comfortable(true).insert(&world.db).await.unwrap();
    let past = Seat::query().update().set(Seat::number, Seat::number * i32::MAX + i32::MAX);
    let error = past.exec(&world.db).await.unwrap_err();
    assert_eq!((error.kind(), error.sqlstate()), (ErrorKind::Data, Some("22003")), "{error:?}");
    let error = sql("update seat set number = 3000000000").exec(&world.db).await.unwrap_err();
    assert_eq!((error.kind(), error.sqlstate()), (ErrorKind::Data, Some("22003")), "{error:?}");
}

async fn an_exhausted_pool_says_who_has_the_connections(world: World) {
    let db = Db::builder(&world.url)
        .max_size(1)
        .acquire_timeout(Duration::from_millis(100))
        .connect()
        .await
        .unwrap();
    let tx = db.begin().await.unwrap();
    Tag::query().count(&tx).await.unwrap();
    let error = Tag::query().count(&db).await.unwrap_err();
    assert!(error.is_pool_timeout() && error.is_timeout());
    let text = error.to_string();
    assert!(text.contains("transaction"), "{text}");
    drop(tx);
    assert_eq!(Tag::query().count(&db).await.unwrap(), 0);
    db.close().await;
    assert!(Tag::query().count(&db).await.unwrap_err().is_pool_closed());
}

/// A connection that dies while it is idle is replaced without the caller seeing it; one that
/// dies in a write is an error, and the next call works.
async fn lost_connections(world: World) {
    library(&world.db).await;
    world.probe.inject(Fault::lose().matching("SELECT"));
    assert_eq!(Tag::query().count(&world.db).await.unwrap(), 3, "a read is run again");
    world.probe.inject(Fault::lose().matching("INSERT"));
    let error = Tag::create().name("new").insert(&world.db).await.unwrap_err();
    assert!(error.is_connection_lost());
    Tag::create().name("newer").insert(&world.db).await.unwrap();
    let other = world.other().await;
    sql("select pg_terminate_backend(pid) from pg_stat_activity where pid <> pg_backend_pid() and application_name = current_setting('application_name')")
        .exec(&other)
        .await
        .unwrap();
    assert!(Tag::query().count(&world.db).await.unwrap() >= 4);
}

/// Refused before anything is sent, by name.
async fn nothing_is_sent_for_what_cannot_mean_anything(world: World) {
    let error = world.counting(0, Book::query().update().exec(&world.db)).await.unwrap_err();
    assert!(error.is_invalid_query());
    let outer = Book::query().filter(Pred::from_tree(Author::name.eq("Ada").into_tree()));
    let error = world.counting(0, outer.all(&world.db)).await.unwrap_err();
    assert!(error.is_invalid_query());
    assert!(error.to_string().contains("Author"), "{error}");
}

async fn tables_of_missing_models(world: World) {
    let error = world.counting(0, world.db.create_tables::<Booking>()).await.unwrap_err();
    assert!(error.is_configuration_error());
    let text = error.to_string();
    assert!(text.contains("Booking.seat") && text.contains("Seat"), "{text}");
    world.db.create_tables::<(Booking, Seat)>().await.unwrap();
    assert!(world.db.create_tables::<Department>().await.is_err());
}

/// What a URL is refused with.
async fn refusal(url: &str) -> Error {
    Db::builder(url).connect().await.unwrap_err()
}

#[tokio::test]
async fn wrong_urls_are_refused_by_name() {
    let cases = [
        ("postgers://localhost/app", "postgers", "`postgres://`"),
        ("mysql://localhost/app", "mysql", "sqlite"),
        ("app.db", "scheme", "sqlite://app.db"),
        ("sqlite://:memory:?max_szie=3", "max_szie", "max_size"),
        ("sqlite://:memory:?max_size=many", "max_size", "many"),
        ("postgres://someone@localhost/app?sslmod=require", "sslmod", "sslmode"),
        ("postgres://someone@localhost/app?sslmode=yes", "sslmode", "require"),
        ("postgres://someone@localhost:port/app", "port", "number"),
    ];
    for (url, wrong, fix) in cases {
        let error = refusal(url).await;
        assert!(error.is_configuration_error(), "{url}: {error:?}");
        let text = error.to_string();
        assert!(text.contains(wrong) && text.contains(fix), "{url}: {text}");
    }
}

#[tokio::test]
async fn a_missing_folder_is_named() {
    let error = refusal("sqlite:///no/such/folder/app.db").await;
    assert!(error.is_connect_error(), "{error:?}");
    assert!(error.to_string().contains("/no/such/folder"), "{error}");
}

#[tokio::test]
async fn a_server_that_is_down_is_named() {
    let error = refusal("postgres://someone:secret@127.0.0.1:1/app").await;
    assert!(error.is_connect_error(), "{error:?}");
    assert!(error.to_string().contains("127.0.0.1:1"), "{error}");
    assert!(!format!("{error:?} {error}").contains("secret"));
}

#[tokio::test]
async fn passwords_are_never_shown() {
    let url = "postgres://someone:s3cret@127.0.0.1:1/app?passwrd=t0psecret";
    let builder = Db::builder(url);
    assert!(!format!("{builder:?}").contains("s3cret"));
    let error = builder.connect().await.unwrap_err();
    assert!(!format!("{error:?} {error}").contains("s3cret"), "{error:?}");
    let db = Db::connect("sqlite://:memory:").await.unwrap();
    assert!(format!("{db:?}").contains("SQLite"));
}

#[tokio::test]
#[ignore = "needs PostgreSQL; `make test` brings one"]
async fn a_wrong_password_is_an_authentication_failure() {
    let Ok(url) = std::env::var("YARA_TEST_POSTGRES_PASSWORD_URL") else {
        return; // a server that was given from outside may trust everyone
    };
    Db::connect(&url).await.unwrap();
    let wrong = url.replace("correct%20horse", "wr0ng");
    let error = refusal(&wrong).await;
    assert!(error.is_authentication_failure(), "{error:?}");
    assert!(!format!("{error:?} {error}").contains("wr0ng"));
}

/// A reason, not a panic of tokio's. Nothing is sent, so no server is needed.
#[test]
fn connecting_outside_of_a_runtime_is_an_error() {
    let mut connecting = Box::pin(Db::connect("postgres://somebody@127.0.0.1:1/nowhere"));
    let mut context = std::task::Context::from_waker(std::task::Waker::noop());
    let std::task::Poll::Ready(Err(error)) = connecting.as_mut().poll(&mut context) else {
        panic!("there is nothing to wait for");
    };
    assert!(error.to_string().contains("not made within a tokio runtime"), "{error}");
}
