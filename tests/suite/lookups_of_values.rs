//! Lookups of dates, numbers and texts by parts of them, on both databases.

use crate::support::{World, library, scenarios};
use chrono::{DateTime, NaiveDate, Utc};
use serde_json::json;
use yara_orm::lookup::LookupValue;
use yara_orm::prelude::*;

scenarios! {
    parts_of_moments,
    numbers_and_texts,
}

#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "pet")]
struct Pet {
    id: i64,
    name: String,
    born: Option<DateTime<Utc>>,
    seen: Option<NaiveDate>,
    data: Option<serde_json::Value>,
    tags: Vec<String>,
    scores: Option<Vec<i32>>,
}

async fn pets(world: &World) {
    world.db.create_tables::<Pet>().await.unwrap();
    let time = |text: &str| Some(text.parse::<DateTime<Utc>>().unwrap());
    let rows = [
        Pet::create()
            .name("Rex")
            .born(time("2020-02-29T23:30:15.000250Z"))
            .seen(NaiveDate::from_ymd_opt(2024, 12, 30))
            .data(json!({
                "breed": "pug", "age": 5, "weight": 7.5, "good": true, "chip": null,
                "owner": {"name": "Ada", "tags": ["a", "b"]}, "gt": 1,
            }))
            .tags(vec!["dog".to_owned(), "small".to_owned()])
            .scores(Some(vec![3, 1, 2])),
        Pet::create()
            .name("Élan")
            .born(time("2021-07-01T00:00:00Z"))
            .seen(NaiveDate::from_ymd_opt(2021, 1, 3))
            .data(json!({"breed": "Puma", "age": "5", "owner": {"name": "Bob", "tags": []}}))
            .tags(vec!["cat".to_owned()])
            .scores(Some(vec![])),
        Pet::create().name("nobody").born(None).seen(None).data(None).tags(vec![]).scores(None),
    ];
    Pet::insert_many(rows).exec(&world.db).await.unwrap();
}

async fn names(world: &World, lookup: &str, value: impl Into<LookupValue>) -> Vec<String> {
    let query = Pet::query().lookup(lookup, value).order_by(Pet::id).select(Pet::name);
    query.all(&world.db).await.unwrap_or_else(|error| panic!("{lookup}: {error}"))
}

async fn parts_of_moments(world: World) {
    pets(&world).await;
    let rex = ["Rex"];
    assert_eq!(names(&world, "born__year", 2020).await, rex);
    assert_eq!(names(&world, "born__year__gte", 2021).await, ["Élan"]);
    assert_eq!(names(&world, "born__year__in", [2020, 2021]).await, ["Rex", "Élan"]);
    assert_eq!(names(&world, "born__month__range", [1, 3]).await, rex);
    assert_eq!(names(&world, "born__day", 29).await, rex);
    assert_eq!(names(&world, "born__quarter", 3).await, ["Élan"]);
    assert_eq!(names(&world, "born__hour", 23).await, rex);
    assert_eq!(names(&world, "born__minute", 30).await, rex);
    assert_eq!(names(&world, "born__second", 15).await, rex);
    assert_eq!(names(&world, "born__microsecond", 250).await, rex);
    assert_eq!(names(&world, "born__date", NaiveDate::from_ymd_opt(2020, 2, 29)).await, rex);
    assert_eq!(names(&world, "born__date__lt", NaiveDate::from_ymd_opt(2021, 1, 1)).await, rex);
    assert_eq!(names(&world, "born__date__year", 2020).await, rex);
    assert_eq!(names(&world, "born__year__isnull", true).await, ["nobody"]);
    assert_eq!(names(&world, "born__year__not", 2020).await, ["Élan", "nobody"]);
    // ISO 8601: the 30th of December 2024 is a Monday of the first week.
    assert_eq!(names(&world, "seen__week", 1).await, rex);
    assert_eq!(names(&world, "seen__iso_week_day", 1).await, rex);
    assert_eq!(names(&world, "seen__week", 53).await, ["Élan"]);
    assert_eq!(names(&world, "seen__year_day", 3).await, ["Élan"]);
    let by_month = Pet::query().order_by_lookups(["-born__month", "id"]).select(Pet::name);
    assert_eq!(by_month.all(&world.db).await.unwrap(), ["nobody", "Élan", "Rex"]);
}

async fn numbers_and_texts(world: World) {
    library(&world.db).await;
    use crate::models::Book;
    let titles = async |lookup: &str, value: LookupValue| {
        let query = Book::query().lookup(lookup, value).order_by(Book::id).select(Book::title);
        query.all(&world.db).await.unwrap()
    };
    assert_eq!(titles("title__length", 5.into()).await, ["Notes", "École"]);
    assert_eq!(titles("title__len__gt", 6.into()).await, ["100% sure"]);
    assert_eq!(titles("title__upper", "ÉCOLE".into()).await, ["École"]);
    assert_eq!(titles("title__reverse__startswith", "el".into()).await, ["École"]);
    assert_eq!(titles("title__trim__lower__in", ["notes", "x"].into()).await, ["Notes"]);
    assert_eq!(titles("rating__floor", 4.into()).await, ["Notes"]);
    assert_eq!(titles("rating__ceil__gte", 5.into()).await, ["Notes", "100% sure"]);
    assert_eq!(titles("views__abs__lt", 6.into()).await, ["École"]);
}
