//! Loading rows the fastest way.

use crate::models::{Account, Address, Author, Book, Booking, Level, Mood, Person, Tag};
use crate::support::{World, library, postgres_scenarios, scenarios};
use chrono::{DateTime, NaiveDate, NaiveDateTime, NaiveTime, TimeDelta, Utc};
use rust_decimal::Decimal;
use uuid::Uuid;
use yara_orm::prelude::*;
use yara_orm::testing::Fault;

scenarios! {
    any_number_of_rows_is_loaded,
    every_type_arrives_as_it_was,
    rows_of_different_shapes,
    an_error_in_the_middle_leaves_nothing,
    a_row_that_is_refused_leaves_nothing,
    a_load_that_is_dropped_leaves_nothing,
    in_a_transaction_it_is_a_savepoint,
    loads_side_by_side,
}

postgres_scenarios! {
    rows_are_streamed,
    a_copy_by_its_text_does_not_cost_the_connection,
    a_lost_connection_leaves_nothing,
}

async fn any_number_of_rows_is_loaded(world: World) {
    for (round, number) in [0_u64, 1, 63, 5_000, 12_345].into_iter().enumerate() {
        let mut load = Tag::bulk_load(&world.db).await.unwrap();
        let rows = (0..number).map(|at| Tag::create().name(format!("{round}: {at}")));
        load.extend(rows).await.unwrap();
        assert_eq!(load.finish().await.unwrap(), number);
        let loaded = Tag::filter(Tag::name.starts_with(format!("{round}: ")));
        assert_eq!(loaded.count(&world.db).await.unwrap(), number);
    }
    let names = Tag::filter(Tag::name.starts_with("4: ")).order_by(Tag::id).select(Tag::name);
    let names = names.all(&world.db).await.unwrap();
    assert!(names.iter().enumerate().all(|(at, name)| *name == format!("4: {at}")));
    // Keys go on.
    Tag::create().name("after").insert(&world.db).await.unwrap();
}

#[derive(Model, Debug, Clone, PartialEq)]
pub struct Wide {
    #[field(primary_key)]
    pub id: i64,
    pub small: i16,
    pub int: Option<i32>,
    pub float: f64,
    pub real: Option<f32>,
    pub flag: bool,
    pub text: String,
    pub bytes: Vec<u8>,
    pub uuid: Uuid,
    pub date: NaiveDate,
    pub time: NaiveTime,
    pub at: NaiveDateTime,
    pub instant: DateTime<Utc>,
    pub took: TimeDelta,
    #[field(precision = 20, scale = 6)]
    pub amount: Decimal,
    pub document: Json<serde_json::Value>,
    pub words: Vec<String>,
    pub numbers: Option<Vec<i64>>,
}

async fn every_type_arrives_as_it_was(world: World) {
    world.db.create_tables::<Wide>().await.unwrap();
    let date = NaiveDate::from_ymd_opt(2024, 2, 29).unwrap();
    let time = NaiveTime::from_hms_micro_opt(23, 59, 59, 999_999).unwrap();
    let row = |at: i64| Wide {
        id: at,
        small: -7,
        int: (at % 2 == 0).then_some(i32::MIN),
        float: 0.1,
        real: Some(1.5),
        flag: at % 2 == 0,
        text: "é\t\n\\N \"quoted\"".into(),
        bytes: vec![0, 1, 255],
        uuid: Uuid::from_u128(at as u128),
        date,
        time,
        at: date.and_time(time),
        instant: date.and_time(time).and_utc(),
        took: TimeDelta::microseconds(-5),
        amount: Decimal::new(-123_456_789, 6),
        document: Json(serde_json::json!({"a": [1, null, "x"]})),
        words: vec!["a".into(), "".into(), "NULL".into()],
        numbers: (at == 1).then(|| vec![i64::MAX]),
    };
    let mut load = Wide::bulk_load(&world.db).await.unwrap();
    for at in 1..=3 {
        let w = row(at);
        load.push(
            Wide::create()
                .id(w.id)
                .small(w.small)
                .int(w.int)
                .float(w.float)
                .real(w.real)
                .flag(w.flag)
                .text(w.text)
                .bytes(w.bytes)
                .uuid(w.uuid)
                .date(w.date)
                .time(w.time)
                .at(w.at)
                .instant(w.instant)
                .took(w.took)
                .amount(w.amount)
                .document(w.document)
                .words(w.words)
                .numbers(w.numbers),
        )
        .await
        .unwrap();
    }
    assert_eq!(load.finish().await.unwrap(), 3);
    let found = Wide::query().order_by(Wide::id).all(&world.db).await.unwrap();
    assert_eq!(found, (1..=3).map(row).collect::<Vec<_>>());

    let mut load = Person::bulk_load(&world.db).await.unwrap();
    let home = Address { street: "Elm".into(), zip: None };
    let person = || Person::create().home(home.clone()).mood(Mood::VerySad);
    load.push(person().level(Level::High)).await.unwrap();
    load.push(person()).await.unwrap();
    assert_eq!(load.finish().await.unwrap(), 2);
    let people = Person::filter(Person::mood.eq(Mood::VerySad)).order_by(Person::id);
    assert_eq!(people.all(&world.db).await.unwrap()[0].level, Some(Level::High));
    // Defaults are filled in.
    let mut load = Account::bulk_load(&world.db).await.unwrap();
    load.push(Account::create().owner("Ada")).await.unwrap();
    load.finish().await.unwrap();
    assert_eq!(Account::query().one(&world.db).await.unwrap().version, 1);
    let mut load = Booking::bulk_load(&world.db).await.unwrap();
    load.extend(["Ada", "Bob"].map(|guest| Booking::create().guest(guest))).await.unwrap();
    assert_eq!(load.finish().await.unwrap(), 2);
}

async fn rows_of_different_shapes(world: World) {
    library(&world.db).await;
    let mut load = Book::bulk_load(&world.db).await.unwrap();
    load.push(Book::create().title("A").author_id(1)).await.unwrap();
    load.push(Book::create().title("B").author_id(1).rating(2.0)).await.unwrap();
    let twice = sql("2 * $1").bind(3i64).value::<Book, i64>();
    load.push(Book::create().title("C").author_id(1).views(twice)).await.unwrap();
    assert_eq!(load.finish().await.unwrap(), 3);
    assert_eq!(Book::filter(Book::views.eq(6)).one(&world.db).await.unwrap().title, "C");
}

async fn an_error_in_the_middle_leaves_nothing(world: World) {
    library(&world.db).await;
    let mut load = Tag::bulk_load(&world.db).await.unwrap();
    load.extend((0..7_000).map(|at| Tag::create().name(format!("t{at}")))).await.unwrap();
    load.push(Tag::create().name("maths")).await.unwrap();
    let error = load.finish().await.unwrap_err();
    assert!(error.is_unique_violation(), "{error:?}");
    assert_eq!(error.table(), Some("tag"));
    assert_eq!(Tag::query().count(&world.db).await.unwrap(), 3);
    let mut load = Tag::bulk_load(&world.db).await.unwrap();
    load.push(Tag::create().name("maths")).await.unwrap();
    let rows = (0..5_000).map(|at| Tag::create().name(format!("t{at}")));
    assert!(load.extend(rows).await.unwrap_err().is_unique_violation());
    let error = load.finish().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Transaction);
    assert_eq!(Tag::query().count(&world.db).await.unwrap(), 3);
}

async fn a_row_that_is_refused_leaves_nothing(world: World) {
    let mut load = Tag::bulk_load(&world.db).await.unwrap();
    load.extend((0..6_000).map(|at| Tag::create().name(format!("t{at}")))).await.unwrap();
    load.push(Tag::create().name("x".repeat(51))).await.unwrap();
    let error = load.finish().await.unwrap_err();
    assert!(error.is_invalid_value());
    assert!(error.to_string().contains("row 1000: Tag.name"), "{error}");
    assert_eq!(Tag::query().count(&world.db).await.unwrap(), 0);
}

async fn a_load_that_is_dropped_leaves_nothing(world: World) {
    let mut load = Tag::bulk_load(&world.db).await.unwrap();
    load.extend((0..6_000).map(|at| Tag::create().name(format!("t{at}")))).await.unwrap();
    drop(load);
    assert_eq!(Tag::query().count(&world.db).await.unwrap(), 0);
    let mut load = Tag::bulk_load(&world.db).await.unwrap();
    let _ = tokio::time::timeout(
        std::time::Duration::ZERO,
        load.extend((0..6_000).map(|at| Tag::create().name(format!("t{at}")))),
    )
    .await;
    drop(load);
    assert_eq!(Tag::query().count(&world.db).await.unwrap(), 0);
    Tag::create().name("new").insert(&world.db).await.unwrap();
}

async fn in_a_transaction_it_is_a_savepoint(world: World) {
    library(&world.db).await;
    let tx = world.db.begin().await.unwrap();
    let mut load = Tag::bulk_load(&tx).await.unwrap();
    load.push(Tag::create().name("rust")).await.unwrap();
    assert!(load.finish().await.unwrap_err().is_unique_violation());
    let mut load = Tag::bulk_load(&tx).await.unwrap();
    load.extend(["a", "b"].map(|name| Tag::create().name(name))).await.unwrap();
    assert_eq!(load.finish().await.unwrap(), 2);
    tx.commit().await.unwrap();
    assert_eq!(Tag::query().count(&world.db).await.unwrap(), 5);
}

async fn loads_side_by_side(world: World) {
    let load = |name: &'static str| {
        let db = world.db.clone();
        tokio::spawn(async move {
            let mut load = Author::bulk_load(&db).await?;
            load.extend((0..3_000).map(|at| Author::create().name(format!("{name} {at}")))).await?;
            load.finish().await
        })
    };
    let (first, second) = (load("a"), load("b"));
    assert_eq!(first.await.unwrap().unwrap() + second.await.unwrap().unwrap(), 6_000);
    assert_eq!(Author::query().count(&world.db).await.unwrap(), 6_000);
}

/// Two portions and the transaction: four statements, whatever the number of rows in them.
async fn rows_are_streamed(world: World) {
    let mut load = Tag::bulk_load(&world.db).await.unwrap();
    let rows = (0..7_000).map(|at| Tag::create().name(format!("t{at}")));
    world.counting(2, load.extend(rows)).await.unwrap();
    world.counting(2, load.finish()).await.unwrap();
    let sent = world.probe.take();
    assert!(sent[1].starts_with("COPY \"tag\" (\"name\") FROM STDIN"), "{sent:?}");
}

async fn a_copy_by_its_text_does_not_cost_the_connection(world: World) {
    library(&world.db).await;
    let opened = world.probe.opened();
    for text in ["copy tag (name) from stdin", "-- a comment\nCOPY tag FROM STDIN (FORMAT binary)"]
    {
        let error = sql(text).exec(&world.db).await.unwrap_err();
        assert!(error.is_unsupported(), "{error:?}");
        assert!(error.to_string().contains("bulk_load"), "{error}");
    }
    let script = "insert into tag (name) values ('x'); copy tag (name) from stdin; select 1";
    assert!(sql(script).exec(&world.db).await.is_err());
    assert!(sql("copy tag (name) to stdout").exec(&world.db).await.unwrap_err().is_unsupported());
    assert!(sql("copy nowhere from stdin").exec(&world.db).await.is_err());
    assert_eq!(Tag::query().count(&world.db).await.unwrap(), 3);
    let reads = (0..8).map(|_| {
        let db = world.db.clone();
        tokio::spawn(async move { Tag::query().count(&db).await })
    });
    let copies = (0..4).map(|_| {
        let db = world.db.clone();
        tokio::spawn(async move { sql("copy tag (name) from stdin").exec(&db).await })
    });
    let (reads, copies): (Vec<_>, Vec<_>) = (reads.collect(), copies.collect());
    for read in reads {
        assert_eq!(read.await.unwrap().unwrap(), 3);
    }
    for copy in copies {
        assert!(copy.await.unwrap().unwrap_err().is_unsupported());
    }
    let tx = world.db.begin().await.unwrap();
    assert!(sql("copy tag (name) from stdin").exec(&tx).await.unwrap_err().is_unsupported());
    assert!(!tx.is_open());
    tx.rollback().await.unwrap();
    assert_eq!(world.probe.closed(), 0);
    let _ = opened;
}

async fn a_lost_connection_leaves_nothing(world: World) {
    let mut load = Tag::bulk_load(&world.db).await.unwrap();
    load.extend((0..5_000).map(|at| Tag::create().name(format!("t{at}")))).await.unwrap();
    world.probe.inject(Fault::lose().matching("COPY"));
    load.push(Tag::create().name("last")).await.unwrap();
    assert!(load.finish().await.unwrap_err().is_connection_lost());
    assert_eq!(Tag::query().count(&world.db).await.unwrap(), 0);
}
