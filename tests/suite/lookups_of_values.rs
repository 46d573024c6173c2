//! Lookups of dates, documents, lists and patterns, on both databases.

use crate::support::{World, library, scenarios};
use chrono::{DateTime, NaiveDate, Utc};
use serde_json::json;
use yara_orm::lookup::{self, Expected, Lookup, LookupValue};
use yara_orm::prelude::*;
use yara_orm::value::{Type, Value};

scenarios! {
    parts_of_moments,
    numbers_and_texts,
    patterns,
    documents_by_path,
    documents_as_a_whole,
    conditions_on_documents,
    lists,
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

async fn patterns(world: World) {
    pets(&world).await;
    assert_eq!(names(&world, "name__regex", "^[A-Z]e").await, ["Rex"]);
    assert_eq!(names(&world, "name__regex", "^é").await, [""; 0]);
    assert_eq!(names(&world, "name__iregex", "^é").await, ["Élan"]);
    assert_eq!(names(&world, "name__posix_regex", "o.o").await, ["nobody"]);
    assert_eq!(names(&world, "data__breed__regex", "^pu").await, ["Rex"]);
    assert_eq!(names(&world, "data__breed__iposix_regex", "^pu").await, ["Rex", "Élan"]);
}

/// SEMANTICS 13: a path compares by JSON type.
async fn documents_by_path(world: World) {
    pets(&world).await;
    let rex = ["Rex"];
    assert_eq!(names(&world, "data__breed", "pug").await, rex);
    assert_eq!(names(&world, "data__age", 5).await, rex);
    assert_eq!(names(&world, "data__age", 5.0).await, rex);
    assert_eq!(names(&world, "data__age", "5").await, ["Élan"]);
    assert_eq!(names(&world, "data__age__not", 5).await, ["Élan", "nobody"]);
    assert_eq!(names(&world, "data__age__gte", 5).await, rex);
    assert_eq!(names(&world, "data__age__lt", 5.5).await, rex);
    assert_eq!(names(&world, "data__age__gt", "4").await, ["Élan"]);
    assert_eq!(names(&world, "data__weight__range", [7, 8]).await, rex);
    assert_eq!(names(&world, "data__age__in", vec![5_i32, 6]).await, rex);
    let mixed = LookupValue::from([LookupValue::from(5), "5".into()]);
    assert_eq!(names(&world, "data__age__in", mixed.clone()).await, ["Rex", "Élan"]);
    assert_eq!(names(&world, "data__age__not_in", mixed).await, ["nobody"]);
    assert_eq!(names(&world, "data__good", true).await, rex);
    assert_eq!(names(&world, "data__chip", None::<i32>).await, rex);
    assert_eq!(names(&world, "data__chip__isnull", false).await, rex);
    assert_eq!(names(&world, "data__nothing__isnull", true).await.len(), 3);
    assert_eq!(names(&world, "data__owner__name", "Bob").await, ["Élan"]);
    assert_eq!(names(&world, "data__owner__name__icontains", "AD").await, rex);
    assert_eq!(names(&world, "data__owner__name__startswith", "B").await, ["Élan"]);
    assert_eq!(names(&world, "data__age__startswith", "5").await, ["Élan"], "of texts only");
    assert_eq!(names(&world, "data__owner__tags__0", "a").await, rex);
    assert_eq!(names(&world, "data__owner__tags__-1", "b").await, rex);
    assert_eq!(names(&world, "data__owner__tags__len", 2).await, rex);
    assert_eq!(names(&world, "data__owner__tags__len__lt", 1).await, ["Élan"]);
    assert_eq!(names(&world, "data__gt__gt", 0).await, rex, "a key called as an operator is");
    assert_eq!(names(&world, "data__owner", json!({"tags": [], "name": "Bob"})).await, ["Élan"]);
    let sorted = Pet::query().order_by_lookups(["-data__owner__name"]);
    let error = world.counting(0, sorted.all(&world.db)).await.unwrap_err();
    assert!(error.to_string().contains("JSON has no order that both databases agree on"));
    let sorted = Pet::query().order_by_lookups(["-data__owner__tags__len"]);
    assert_eq!(sorted.first(&world.db).await.unwrap().unwrap().name, "nobody");
}

async fn documents_as_a_whole(world: World) {
    pets(&world).await;
    assert_eq!(names(&world, "data__isnull", true).await, ["nobody"]);
    assert_eq!(names(&world, "data", None::<serde_json::Value>).await, ["nobody"]);
    let whole = json!({"owner": {"tags": [], "name": "Bob"}, "age": "5", "breed": "Puma"});
    assert_eq!(names(&world, "data", whole.clone()).await, ["Élan"], "keys have no order");
    assert_eq!(names(&world, "data__not", whole).await, ["Rex", "nobody"]);
    assert_eq!(names(&world, "data__contains", json!({"owner": {"tags": ["b"]}})).await, ["Rex"]);
    assert_eq!(names(&world, "data__owner__contains", json!({"name": "Bob"})).await, ["Élan"]);
    let around = json!({"breed": "Puma", "age": "5", "owner": {"name": "Bob", "tags": []}, "x": 1});
    assert_eq!(names(&world, "data__contained_by", around).await, ["Élan"]);
    assert_eq!(names(&world, "data__has_key", "chip").await, ["Rex"]);
    assert_eq!(names(&world, "data__owner__has_key", "name").await, ["Rex", "Élan"]);
    assert_eq!(names(&world, "data__has_any_keys", ["chip", "x"]).await, ["Rex"]);
    assert_eq!(names(&world, "data__has_keys", ["age", "breed"]).await, ["Rex", "Élan"]);
    let wrong = |lookup: &str, value: LookupValue| {
        lookup::condition(Pet::table(), lookup, value).unwrap_err().to_string()
    };
    let order = Lookup::parse(Pet::table(), "data__gt").unwrap_err().to_string();
    assert!(
        order.starts_with("lookup `data__gt`: `data` of Pet is JSON and has no `gt`"),
        "{order}"
    );
    assert_eq!(
        wrong("data__age__gt", json!([1]).into()),
        "lookup `data__age__gt`: only numbers, texts and booleans of JSON are less or greater than \
         others"
    );
    assert_eq!(
        wrong("data__has_key", 5.into()),
        "lookup `data__has_key`: it compares with a value of kind text, and was given 32-bit integer"
    );
    let expected = |text| Lookup::parse(Pet::table(), text).unwrap().expected();
    assert_eq!(expected("data__age__gt"), Expected::One(Some(Type::Json)));
    assert_eq!(expected("data__age__len"), Expected::One(Some(Type::I32)));
    assert_eq!(expected("data__has_keys"), Expected::Many(Some(Type::Text)));
    assert_eq!(expected("born__year"), Expected::One(Some(Type::I32)));
}

async fn conditions_on_documents(world: World) {
    pets(&world).await;
    assert_eq!(
        names(&world, "data__filter", json!({"breed": "pug", "age__gte": 5})).await,
        ["Rex"]
    );
    let nested = json!({"owner__name__icontains": "B", "owner__tags__len": 0});
    assert_eq!(names(&world, "data__filter", nested).await, ["Élan"]);
    assert_eq!(
        names(&world, "data__filter", json!({"gt": 1})).await,
        ["Rex"],
        "a key, not an order"
    );
    assert_eq!(names(&world, "data__filter", json!({"chip__isnull": true})).await.len(), 2);
    assert_eq!(names(&world, "data__filter", json!({"age__in": [5, 7]})).await, ["Rex"]);
    assert_eq!(names(&world, "data__owner__filter", json!({"name": "Ada"})).await, ["Rex"]);
    assert_eq!(names(&world, "data__filter", json!({})).await.len(), 3);
    let error = lookup::condition(Pet::table(), "data__filter", json!([1])).unwrap_err();
    assert!(error.to_string().contains("it takes an object of lookups and their values"));
    let error = lookup::condition(Pet::table(), "data__filter", json!({"age__isnull": 1}));
    assert_eq!(
        error.unwrap_err().to_string(),
        "lookup `data__age__isnull`: it takes true or false, not JSON"
    );
}

async fn lists(world: World) {
    pets(&world).await;
    assert_eq!(names(&world, "tags__contains", ["dog"]).await, ["Rex"]);
    assert_eq!(names(&world, "tags__contains", "cat").await, ["Élan"]);
    assert_eq!(names(&world, "tags__contains", ["dog", "cat"]).await, [""; 0]);
    assert_eq!(names(&world, "tags__contained_by", ["cat", "x"]).await, ["Élan", "nobody"]);
    assert_eq!(names(&world, "tags__overlap", ["cat", "dog"]).await, ["Rex", "Élan"]);
    assert_eq!(names(&world, "tags__len", 2).await, ["Rex"]);
    assert_eq!(names(&world, "tags__len__lt", 2).await, ["Élan", "nobody"]);
    assert_eq!(names(&world, "tags__0", "dog").await, ["Rex"]);
    assert_eq!(names(&world, "tags__1__startswith", "sm").await, ["Rex"]);
    assert_eq!(names(&world, "scores__0__gt", 2).await, ["Rex"]);
    assert_eq!(names(&world, "scores__contains", [1_i64, 2]).await, ["Rex"]);
    assert_eq!(names(&world, "scores", vec![3, 1, 2]).await, ["Rex"]);
    assert_eq!(names(&world, "scores__isnull", true).await, ["nobody"]);
    let expected = |text| Lookup::parse(Pet::table(), text).unwrap().expected();
    assert_eq!(expected("scores__contains"), Expected::One(Some(Type::Array(&Type::I32))));
    assert_eq!(expected("scores__0"), Expected::One(Some(Type::I32)));
    let error = lookup::condition(Pet::table(), "scores__overlap", ["x"]).unwrap_err().to_string();
    assert_eq!(
        error,
        "lookup `scores__overlap`: it compares with a value of kind 32-bit integer, and was given \
         text"
    );
    let error = Lookup::parse(Pet::table(), "tags__gt").unwrap_err().to_string();
    assert!(error.contains("`tags` of Pet is array and has no `gt`"), "{error}");
    let null = lookup::condition(Pet::table(), "tags__0", Value::Null(Type::Text)).unwrap();
    assert!(matches!(null, yara_orm::tree::Expr::IsNull(..)));
}
