//! Expressions wherever an expression may stand.

use crate::models::{Author, Book};
use crate::support::{Kind, World, library, scenarios};
use chrono::{DateTime, NaiveDate, NaiveDateTime, TimeDelta, Utc};
use rust_decimal::Decimal;
use yara_orm::prelude::*;

scenarios! {
    in_filters_orders_and_selections,
    in_what_is_written,
    in_checks,
    generated_columns_are_computed_by_the_database,
    generated_columns_cannot_be_set,
    in_indexes,
    functions_of_the_user,
    fragments_take_values_and_columns,
}

#[derive(Model, Debug, Clone, PartialEq)]
#[model(
    check(told, Visit::place.trim().length().gt(0)),
    check(in_order, Visit::left.unwrap_or(Visit::came).ge(Visit::came)),
    check(in_time, Visit::came.ge(start()) & Visit::stay.lt(TimeDelta::days(400))),
    check(sized, func::case().when(Visit::guests.gt(10), Visit::price).otherwise(Decimal::ONE).gt(Decimal::ZERO)),
    unique(name = "visit_place_lower", Visit::place.lower(), guests),
    index(name = "visit_month", Visit::came.truncate(DatePart::Month)),
    index(name = "visit_price_rounded", Visit::price.round_to(0), id)
)]
pub struct Visit {
    #[field(primary_key)]
    pub id: i64,
    #[field(max_length = 50)]
    pub place: String,
    pub guests: i32,
    #[field(precision = 10, scale = 2)]
    pub price: Decimal,
    pub came: NaiveDateTime,
    pub left: Option<NaiveDateTime>,
    pub stay: TimeDelta,
    #[field(generated = Visit::place.trim().upper())]
    pub label: String,
    #[field(generated = Visit::price * Visit::guests.cast::<Decimal>())]
    pub total: Decimal,
    #[field(generated = Visit::left - Visit::came, index)]
    pub length: Option<TimeDelta>,
    #[field(generated = func::coalesce((Visit::left, Visit::came)).cast::<NaiveDate>())]
    pub day: NaiveDate,
    #[field(generated = func::case().when(Visit::guests.ge(100), "crowd").otherwise("few"), max_length = 5)]
    pub size: String,
}

fn start() -> NaiveDateTime {
    at(2000, 1, 1)
}

fn at(year: i32, month: u32, day: u32) -> NaiveDateTime {
    NaiveDate::from_ymd_opt(year, month, day).unwrap().and_hms_opt(1, 2, 3).unwrap()
}

async fn visits(world: &World) -> Vec<Visit> {
    world.db.create_tables::<Visit>().await.unwrap();
    let visit = |place: &str, guests: i32, cents: i64, came| {
        Visit::create()
            .place(place.to_owned())
            .guests(guests)
            .price(Decimal::new(cents, 2))
            .came(came)
            .stay(TimeDelta::hours(2))
    };
    Visit::insert_many([
        visit(" Café ", 3, 250, at(2024, 2, 29)).left(at(2024, 3, 1)),
        visit("Zoo", 120, 1025, at(2023, 12, 31)).left(None),
    ])
    .all(&world.db)
    .await
    .unwrap()
}

async fn in_filters_orders_and_selections(world: World) {
    library(&world.db).await;
    let long = Book::filter(Book::title.length().gt(5) & Book::author.name.lower().ne("ada"));
    assert_eq!(world.counting(1, long.count(&world.db)).await.unwrap(), 1);
    let sorted = Book::query()
        .order_by((Book::title.length().desc(), Book::views.abs()))
        .select((Book::title.reverse(), Book::rating.unwrap_or(0.0).round()));
    let rows = world.counting(1, sorted.all(&world.db)).await.unwrap();
    assert_eq!(rows[0], ("erus %001".into(), 5.0));
    let related = Author::books.any(Book::title.substring(1, 1).eq("É"));
    assert_eq!(Author::filter(related).one(&world.db).await.unwrap().name, "Bob");
    let negated =
        Book::query().exclude(Book::rating.round().ge(5.0)).count(&world.db).await.unwrap();
    assert_eq!(negated, 2);
    let longest = Author::books.max(Book::title.length());
    let most = Author::query().order_by(Author::id).select(longest).all(&world.db).await.unwrap();
    assert_eq!(most, [Some(6), Some(5), Some(9), None]);
}

async fn in_what_is_written(world: World) {
    library(&world.db).await;
    let changed = Book::filter(Book::title.position("n").gt(0))
        .update()
        .set(Book::title, Book::author.name.pad_end(5, "!").concat(Book::title.trim_matches("E")))
        .set(Book::rating, func::greatest((Book::rating, 3.5)))
        .set(Book::views, func::case().when(Book::views.gt(100), 1).otherwise(Book::views))
        .exec(&world.db)
        .await
        .unwrap();
    assert_eq!(changed, 1);
    let engine = Book::filter(Book::title.starts_with("Ada!!")).one(&world.db).await.unwrap();
    assert_eq!((engine.title.as_str(), engine.rating, engine.views), ("Ada!!ngine", Some(3.5), 1));
    let born: Option<NaiveDate> = NaiveDate::from_ymd_opt(1815, 12, 10);
    let new = Author::create()
        .name(func::value("ada".to_owned()).upper())
        .born(func::value(born).add_days(1))
        .insert(&world.db)
        .await
        .unwrap();
    assert_eq!((new.name.as_str(), new.born), ("ADA", NaiveDate::from_ymd_opt(1815, 12, 11)));
    let deleted =
        Author::filter(Author::born.year().eq(1815)).delete().exec(&world.db).await.unwrap();
    assert_eq!(deleted, 1);
}

async fn in_checks(world: World) {
    visits(&world).await;
    let visit = |came: NaiveDateTime| {
        let visit = Visit::create().place("Zoo").guests(11).price(Decimal::ONE).came(came);
        visit.left(came).stay(TimeDelta::hours(1))
    };
    visit(at(2024, 1, 1)).insert(&world.db).await.unwrap();
    let broken = [
        visit(at(2024, 1, 2)).place("  "),
        visit(at(2024, 1, 2)).left(at(2024, 1, 1)),
        visit(at(1999, 12, 31)),
        visit(at(2024, 1, 2)).stay(TimeDelta::days(400)),
        visit(at(2024, 1, 2)).price(Decimal::ZERO),
    ];
    for visit in broken {
        let error = visit.insert(&world.db).await.unwrap_err();
        assert!(error.is_check_violation(), "{error}");
    }
}

async fn generated_columns_are_computed_by_the_database(world: World) {
    let mut visits = visits(&world).await;
    let [cafe, zoo] = &mut visits[..] else { panic!("two") };
    assert_eq!((cafe.label.as_str(), zoo.label.as_str()), ("CAFÉ", "ZOO"));
    assert_eq!(cafe.total, Decimal::new(750, 2));
    assert_eq!((cafe.length, zoo.length), (Some(TimeDelta::days(1)), None));
    assert_eq!(cafe.day, NaiveDate::from_ymd_opt(2024, 3, 1).unwrap());
    assert_eq!((cafe.size.as_str(), zoo.size.as_str()), ("few", "crowd"));
    cafe.edit().set(Visit::guests, 100).save(&world.db).await.unwrap();
    assert_eq!((cafe.total, cafe.size.as_str()), (Decimal::new(25_000, 2), "crowd"));
    // Saving a whole row leaves them to the database.
    zoo.place = "zoo".into();
    zoo.save(&world.db).await.unwrap();
    assert_eq!(zoo.label, "ZOO");
    let query = Visit::filter(Visit::total.gt(Decimal::new(30_000, 2))).order_by(Visit::length);
    assert_eq!(query.select(Visit::label).all(&world.db).await.unwrap(), ["ZOO"]);
}

async fn generated_columns_cannot_be_set(world: World) {
    let mut visits = visits(&world).await;
    let update = Visit::query().update().set(Visit::label, "x");
    let error = world.counting(0, update.exec(&world.db)).await.unwrap_err();
    assert_eq!(
        error.to_string(),
        "Visit.label: the database computes it from other fields; it cannot be set"
    );
    let edit = visits[0].edit().set(Visit::total, Decimal::ONE);
    assert!(world.counting(0, edit.save(&world.db)).await.unwrap_err().is_invalid_query());
}

async fn in_indexes(world: World) {
    visits(&world).await;
    let again = |guests: i32| {
        let visit = Visit::create().place(" CAFÉ ").guests(guests).price(Decimal::ONE);
        visit.came(start()).stay(TimeDelta::zero())
    };
    let error = again(3).insert(&world.db).await.unwrap_err();
    assert!(error.is_unique_violation(), "{error}");
    again(4).insert(&world.db).await.unwrap();
    let text = match world.kind {
        Kind::Sqlite => "select sql from sqlite_master where name = 'visit_month'",
        Kind::Postgres => {
            "select indexdef::text from pg_indexes where schemaname = current_schema() and indexname = 'visit_month'"
        }
    };
    let (definition,): (String,) = sql(text).one(&world.db).await.unwrap();
    assert!(definition.contains("trunc"), "{definition}");
    // It is there already.
    world.db.create_tables::<Visit>().await.unwrap();
    if world.kind == Kind::Sqlite {
        let plan: Vec<(i64, i64, i64, String)> =
            sql("explain query plan select * from visit where yara_lower(place) = 'zoo'")
                .all(&world.db)
                .await
                .unwrap();
        assert!(plan[0].3.contains("visit_place_lower"), "{plan:?}");
    }
}

async fn functions_of_the_user(world: World) {
    library(&world.db).await;
    let name = match world.kind {
        Kind::Sqlite => "instr",
        Kind::Postgres => "pg_catalog.strpos",
    };
    let found = func::custom::<Book, i64>(name, (Book::title, "n"));
    let places =
        Book::query().order_by(Book::id).select(found.clone() + 1).all(&world.db).await.unwrap();
    assert_eq!(places, [1, 3, 1, 1]);
    assert_eq!(Book::filter(found.gt(0)).count(&world.db).await.unwrap(), 1);
    let bits = func::operator::<Book, i64>("&", Book::views, 4_i64);
    assert_eq!(Book::filter(bits.eq(4)).count(&world.db).await.unwrap(), 2);
    for broken in ["--", "/*", "", "+x", "; drop"] {
        let query = Book::filter(func::operator::<Book, i64>(broken, Book::views, 4_i64).eq(4));
        let error = world.counting(0, query.count(&world.db)).await.unwrap_err();
        assert!(error.to_string().contains("is no operator"), "{error}");
    }
    // A name is quoted, whatever it is.
    let query = Book::query().select(func::custom::<Book, i64>("f(1); drop table book; --", ()));
    let error = query.all(&world.db).await.unwrap_err();
    assert_eq!(error.sqlstate(), Some("42883"), "{error}");
}

async fn fragments_take_values_and_columns(world: World) {
    library(&world.db).await;
    let size = || sql("length($1) * $2").expr(Book::author.name).bind(10_i32).value::<Book, i32>();
    let sizes = Book::query().order_by((size().desc(), Book::id)).select(size() + 1);
    assert_eq!(sizes.all(&world.db).await.unwrap(), [31, 31, 31, 21]);
    let name = "'; drop table book; --".to_owned();
    let condition = sql("$1 = $2").expr(Book::title.lower()).bind(name).condition::<Book>();
    assert_eq!(Book::filter(condition).count(&world.db).await.unwrap(), 0);
    // The text has a type: it is calculated with as a decimal, and compared as an instant.
    let third = sql("$1").bind(Decimal::new(10, 1)).value::<Book, Decimal>() / Decimal::new(30, 1);
    let thirds = Book::query().select(third.round_to(3)).first(&world.db).await.unwrap();
    assert_eq!(thirds, Some(Decimal::new(333, 3)));
    let hour = sql("$1").bind(Utc::now()).value::<Book, DateTime<Utc>>() - TimeDelta::hours(1);
    let earlier = Book::filter(hour.lt(func::now())).count(&world.db).await.unwrap();
    assert_eq!(earlier, 4);
    let unused = sql("1").expr(Book::title).value::<Book, i64>();
    let error = world.counting(0, Book::query().select(unused).all(&world.db)).await.unwrap_err();
    assert!(error.to_string().contains("a value is bound for $1"), "{error}");
}
