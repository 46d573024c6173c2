//! Lists: what is in them, and lists that are changed.

use crate::evaluator::shelf::Dice;
use crate::support::{Kind, World, scenarios};
use chrono::NaiveDate;
use rust_decimal::Decimal;
use uuid::Uuid;
use yara_orm::error::ErrorKind;
use yara_orm::prelude::*;

scenarios! {
    items_are_found,
    an_item_that_is_null_equals_nothing,
    lists_are_changed,
    no_list_counts_as_an_empty_one,
    items_compare_by_their_kind,
    lists_of_decimals_are_equal_as_numbers,
    an_order_of_lists_is_to_be_had_or_refused,
    lists_of_lists_and_of_documents_are_refused,
    random_lists_mean_what_they_say,
}

#[derive(Model, Debug, Clone)]
struct Page {
    id: i64,
    tags: Vec<String>,
    marks: Option<Vec<Option<i32>>>,
    #[field(default = 0)]
    views: i32,
}

fn texts(items: &[&str]) -> Vec<String> {
    items.iter().map(|item| (*item).to_owned()).collect()
}

async fn pages(world: &World) {
    world.db.create_tables::<Page>().await.unwrap();
    let rows = [
        Page::create().tags(texts(&["rust", "sql"])).marks(vec![Some(1), None, Some(3)]).views(3),
        Page::create().tags(texts(&[])).marks(Vec::new()).views(0),
        Page::create().tags(texts(&["é\"\\,{}", "NULL", "", "rust", "rust"])).marks(None).views(1),
    ];
    Page::insert_many(rows).exec(&world.db).await.unwrap();
}

async fn ids(world: &World, condition: Pred<Page>) -> Vec<i64> {
    Page::filter(condition).order_by(Page::id).select(Page::id).all(&world.db).await.unwrap()
}

async fn items_are_found(world: World) {
    pages(&world).await;
    let owned = texts(&["sql", "rust", "rust"]);
    for (condition, wanted) in [
        (Page::tags.has("rust"), vec![1, 3]),
        (Page::tags.has("é\"\\,{}"), vec![3]),
        (Page::tags.has("NULL") & Page::tags.has(""), vec![3]),
        (!Page::tags.has("sql"), vec![2, 3]),
        (Page::tags.contains_all(&owned), vec![1]),
        (Page::tags.contains_all(Vec::<String>::new()), vec![1, 2, 3]),
        (Page::tags.contained_by(owned.as_slice()), vec![1, 2]),
        (!Page::tags.contained_by(["rust", "sql"]), vec![3]),
        (Page::tags.overlaps(["sql", "NULL"]), vec![1, 3]),
        (Page::tags.overlaps(Vec::<String>::new()), vec![]),
        (Page::tags.overlaps(Page::tags), vec![1, 3]),
        (Page::marks.has(Page::views), vec![1]),
        (Page::tags.array_length().eq(0), vec![2]),
        (Page::tags.item(1).eq("sql"), vec![1]),
        (Page::tags.item(Page::views - 1).eq("é\"\\,{}"), vec![3]),
        (Page::tags.item(-1).is_null(), vec![1, 2, 3]),
        (Page::tags.item(i32::MAX).is_not_null(), vec![]),
    ] {
        let found = world.counting(1, ids(&world, condition.clone())).await;
        assert_eq!(found, wanted, "{condition:?}");
    }
}

async fn an_item_that_is_null_equals_nothing(world: World) {
    pages(&world).await;
    for (condition, wanted) in [
        (Page::marks.has(1), vec![1]),
        (Page::marks.has(2), vec![]),
        (!Page::marks.has(2), vec![1, 2, 3]),
        (Page::marks.has(None), vec![1]),
        (!Page::marks.has(None), vec![2, 3]),
        (Page::marks.contains_all([Some(1), None]), vec![]),
        (Page::marks.contained_by([1, 3]), vec![2]),
        (Page::marks.overlaps([None, Some(2)]), vec![]),
        (!Page::marks.overlaps([Some(3)]), vec![2, 3]),
        (Page::marks.array_length().is_null(), vec![3]),
        (Page::marks.item(1).is_null(), vec![1, 2, 3]),
        (Page::marks.item(2).ge(3), vec![1]),
    ] {
        assert_eq!(ids(&world, condition.clone()).await, wanted, "{condition:?}");
    }
}

async fn lists_are_changed(world: World) {
    pages(&world).await;
    let changed = (
        Page::tags.append("new").remove("rust"),
        Page::tags.extend(["a", "b"]),
        Page::marks.append(Page::views).remove(None),
        Page::marks.remove(1),
    );
    let rows =
        Page::query().order_by(Page::id).limit(2).select(changed).all(&world.db).await.unwrap();
    let (less, more) = (texts(&["sql", "new"]), texts(&["rust", "sql", "a", "b"]));
    assert_eq!(
        rows[0],
        (less, more, Some(vec![Some(1), Some(3), Some(3)]), Some(vec![None, Some(3)]))
    );
    assert_eq!(rows[1], (texts(&["new"]), texts(&["a", "b"]), Some(vec![Some(0)]), Some(vec![])));

    let update = Page::filter(Page::tags.has("sql"))
        .update()
        .set(Page::tags, Page::tags.append("é\"\\,\n"))
        .set(Page::marks, Page::marks.append(None));
    let row = world.counting(1, update.all(&world.db)).await.unwrap().remove(0);
    assert_eq!(row.tags, ["rust", "sql", "é\"\\,\n"]);
    assert_eq!(row.marks, Some(vec![Some(1), None, Some(3), None]));
    // What was appended is written as any list is.
    assert_eq!(ids(&world, Page::tags.eq(row.tags)).await, [1]);
}

async fn no_list_counts_as_an_empty_one(world: World) {
    pages(&world).await;
    let changed = (Page::marks.append(7), Page::marks.extend([Some(8)]), Page::marks.remove(7));
    let row = Page::filter(Page::id.eq(3)).select(changed).one(&world.db).await.unwrap();
    assert_eq!(row, (Some(vec![Some(7)]), Some(vec![Some(8)]), None));
}

async fn items_compare_by_their_kind(world: World) {
    #[derive(Model, Debug, Clone)]
    struct Kinds {
        id: i64,
        flags: Vec<bool>,
        small: Vec<i16>,
        large: Vec<i64>,
        floats: Vec<f64>,
        prices: Vec<Decimal>,
        keys: Vec<Uuid>,
        days: Vec<NaiveDate>,
    }
    world.db.create_tables::<Kinds>().await.unwrap();
    let price = |digits: &str| digits.parse::<Decimal>().unwrap();
    let (key, day) = (Uuid::from_u128(7), NaiveDate::from_ymd_opt(2024, 2, 29).unwrap());
    Kinds::create()
        .flags(vec![true, false])
        .small(vec![1, -2])
        .large(vec![i64::MAX])
        .floats(vec![1.0, f64::NAN, f64::INFINITY, 1e300])
        .prices(vec![price("1.50"), price("-0.10")])
        .keys(vec![key])
        .days(vec![day])
        .insert(&world.db)
        .await
        .unwrap();
    let holds =
        async |condition: Pred<Kinds>| Kinds::filter(condition).exists(&world.db).await.unwrap();
    assert!(holds(Kinds::flags.has(true) & !Kinds::flags.contained_by([true])).await);
    assert!(holds(Kinds::small.has(-2) & Kinds::large.has(i64::MAX)).await);
    assert!(
        holds(
            Kinds::floats.has(1.0) & Kinds::floats.has(f64::NAN) & Kinds::floats.has(f64::INFINITY)
        )
        .await
    );
    assert!(holds(Kinds::prices.has(price("1.5")) & !Kinds::prices.has(price("1.51"))).await);
    assert!(holds(Kinds::prices.contains_all([price("1.500"), price("-0.1")])).await);
    assert!(holds(Kinds::keys.has(key) & Kinds::days.overlaps([day])).await);
    assert!(holds(Kinds::prices.item(0).eq(price("1.5")) & Kinds::floats.item(3).gt(1e299)).await);

    let changed = (
        Kinds::flags.append(true),
        Kinds::floats.append(2.0).remove(f64::NAN),
        Kinds::prices.remove(price("1.5")).append(price("3.00")),
        Kinds::keys.append(key),
        Kinds::days.append(day).remove(day),
        Kinds::large.extend([i64::MIN]),
    );
    let row = Kinds::query().select(changed).one(&world.db).await.unwrap();
    assert_eq!(row.0, [true, false, true]);
    assert_eq!(row.1, [1.0, f64::INFINITY, 1e300, 2.0]);
    assert_eq!(row.2.iter().map(ToString::to_string).collect::<Vec<_>>(), ["-0.10", "3.00"]);
    assert_eq!((row.3, row.4, row.5), (vec![key, key], vec![], vec![i64::MAX, i64::MIN]));
    let items =
        (Kinds::flags.item(1), Kinds::keys.item(0), Kinds::days.item(0), Kinds::floats.item(0));
    let row = Kinds::query().select(items).one(&world.db).await.unwrap();
    assert_eq!(row, (Some(false), Some(key), Some(day), Some(1.0)));
}

async fn lists_of_lists_and_of_documents_are_refused(world: World) {
    #[derive(Model, Debug, Clone)]
    struct Nested {
        id: i64,
        rows: Vec<Vec<i32>>,
        documents: Vec<serde_json::Value>,
    }
    world.db.create_tables::<Nested>().await.unwrap();
    let documents = vec![serde_json::json!({"a": [1]}), serde_json::Value::Null];
    Nested::create()
        .rows(vec![vec![1]])
        .documents(documents.clone())
        .insert(&world.db)
        .await
        .unwrap();
    let refused = async |condition: Pred<Nested>, words: &str| {
        let error =
            world.counting(0, Nested::filter(condition).count(&world.db)).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidQuery);
        assert!(error.to_string().contains(words), "{error}");
    };
    refused(Nested::rows.has(vec![1]), "list of lists").await;
    refused(Nested::rows.array_length().eq(1), "list of lists").await;
    refused(Nested::documents.has(serde_json::json!(1)), "no equality").await;
    let row = (Nested::documents.item(0), Nested::documents.append(serde_json::json!("x\"")));
    let row = Nested::query().select(row).one(&world.db).await.unwrap();
    assert_eq!(row.0, Some(documents[0].clone()));
    assert_eq!(row.1[2], serde_json::json!("x\""));
}

async fn random_lists_mean_what_they_say(world: World) {
    world.db.create_tables::<Page>().await.unwrap();
    let mut dice = Dice(17);
    let list = |dice: &mut Dice| -> Vec<Option<i32>> {
        (0..dice.below(4)).map(|_| Some(dice.below(4) as i32).filter(|item| *item > 0)).collect()
    };
    let lists: Vec<Vec<Option<i32>>> = (0..40).map(|_| list(&mut dice)).collect();
    let rows = lists.iter().map(|it| Page::create().tags(Vec::new()).marks(it.clone()));
    Page::insert_many(rows).exec(&world.db).await.unwrap();
    let has = |list: &[Option<i32>], item: &Option<i32>| item.is_some() && list.contains(item);
    for round in 0..100 {
        let (other, item) = (list(&mut dice), dice.below(5) as i32);
        type Holds<'h> = Box<dyn Fn(&Vec<Option<i32>>) -> bool + Send + Sync + 'h>;
        let (asked, holds): (Pred<Page>, Holds<'_>) = match round % 5 {
            0 => (
                Page::marks.contains_all(&other),
                Box::new(|it| other.iter().all(|item| has(it, item))),
            ),
            1 => (
                Page::marks.contained_by(&other),
                Box::new(|it| it.iter().all(|item| has(&other, item))),
            ),
            2 => (
                Page::marks.overlaps(&other),
                Box::new(|it| it.iter().any(|item| has(&other, item))),
            ),
            3 => (Page::marks.has(item), Box::new(move |it| it.contains(&Some(item)))),
            _ => (
                Page::marks.item(item).is_null(),
                Box::new(move |it| it.get(item as usize).is_none_or(Option::is_none)),
            ),
        };
        let held: Vec<i64> =
            (1..).zip(&lists).filter(|(_, it)| holds(it)).map(|(id, _)| id).collect();
        assert_eq!(ids(&world, asked.clone()).await, held, "{asked:?} {other:?}");
        assert_eq!(ids(&world, !asked).await.len(), lists.len() - held.len(), "not {other:?}");
    }
}

#[derive(Model, Debug, Clone)]
#[model(table = "quote")]
struct Quote {
    id: i64,
    prices: Vec<Decimal>,
}

async fn lists_of_decimals_are_equal_as_numbers(world: World) {
    let db = &world.db;
    db.create_tables::<Quote>().await.unwrap();
    let list = |texts: &[&str]| texts.iter().map(|text| text.parse().unwrap()).collect::<Vec<_>>();
    let rows = [&["1.50", "-2"][..], &["1.5", "-2.0"], &["0.0"], &[], &["0"], &["2", "1.5"]];
    Quote::insert_many(rows.map(|row| Quote::create().prices(list(row)))).exec(db).await.unwrap();
    let ids = async |condition: Pred<Quote>| {
        Quote::filter(condition).order_by(Quote::id).select(Quote::id).all(db).await.unwrap()
    };
    assert_eq!(ids(Quote::prices.eq(list(&["1.500", "-2"]))).await, [1, 2]);
    assert_eq!(ids(Quote::prices.ne(list(&["-0"]))).await, [1, 2, 4, 6]);
    let prices = || Quote::query().select(Quote::prices);
    assert_eq!(prices().distinct().count(db).await.unwrap(), 4);
    let groups = Quote::query().group_by(Quote::prices).order_by(func::min(Quote::id));
    let groups = groups.select((Quote::prices, func::count())).all(db).await.unwrap();
    assert_eq!(groups[1], (list(&["0"]), 2));
    assert_eq!(groups.len(), 4);
    let twice = Quote::filter(Quote::id.is_in([2, 4])).select(Quote::prices);
    assert_eq!(prices().intersect(twice.clone()).count(db).await.unwrap(), 2);
    let rest = prices().except(twice).all(db).await.unwrap();
    assert!(rest.len() == 2 && rest.contains(&list(&["0"])), "{rest:?}");
}

/// Item by item on PostgreSQL; SQLite would sort their texts.
async fn an_order_of_lists_is_to_be_had_or_refused(world: World) {
    pages(&world).await;
    let db = &world.db;
    let sorted = Page::query().order_by(Page::tags).select(Page::id);
    let ranked = func::rank().over(func::window().order_by(Page::tags.append("x")));
    let ranked = Page::query().order_by(Page::id).select(ranked);
    match world.kind {
        Kind::Postgres => {
            assert_eq!(sorted.all(db).await.unwrap(), [2, 1, 3]);
            assert_eq!(ranked.all(db).await.unwrap(), [1, 2, 3]);
        }
        Kind::Sqlite => {
            let error = world.counting(0, sorted.all(db)).await.unwrap_err();
            assert!(error.is_unsupported(), "{error}");
            assert_eq!(
                error.to_string(),
                "SQLite has no order of lists; order by an item of them, or by their length"
            );
            assert!(world.counting(0, ranked.all(db)).await.unwrap_err().is_unsupported());
        }
    }
    let longest = Page::query().order_by(Page::tags.array_length().desc()).select(Page::id);
    assert_eq!(longest.first(db).await.unwrap(), Some(3));
}
