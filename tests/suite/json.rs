//! JSON documents: paths, comparisons by JSON type, containment, and documents that are changed.

mod naive;

use crate::evaluator::shelf::Dice;
use crate::support::{World, scenarios};
use naive::{contains, document, small_path, step_into};
use serde_json::{Value, json};
use yara_orm::error::ErrorKind;
use yara_orm::func;
use yara_orm::prelude::*;
use yara_orm::typed::JsonStep;
use yara_orm::value::Numeric;

scenarios! {
    a_path_leads_through_keys_and_indexes,
    comparisons_go_by_json_type,
    nothing_is_not_null,
    documents_contain_others,
    lengths_keys_and_types,
    changes_keep_the_order_of_keys,
    changes_at_the_edges,
    documents_are_built_of_columns,
    typed_documents,
    numbers_of_any_size_survive,
    what_cannot_be_json_is_refused,
    random_questions_mean_what_they_say,
    random_changes_do_what_they_say,
}

#[derive(Model, Debug, Clone)]
struct Page {
    id: i64,
    data: Value,
    extra: Option<Value>,
    #[field(default = 0)]
    views: i64,
    title: Option<String>,
}

/// The documents, whose keys count from 1.
async fn pages(world: &World, documents: impl IntoIterator<Item = Value>) {
    world.db.create_tables::<Page>().await.unwrap();
    let rows = documents.into_iter().map(|data| Page::create().data(data));
    Page::insert_many(rows).exec(&world.db).await.unwrap();
}

async fn ids(world: &World, condition: Pred<Page>) -> Vec<i64> {
    Page::filter(condition).order_by(Page::id).select(Page::id).all(&world.db).await.unwrap()
}

async fn one<T: Send + 'static>(
    world: &World,
    value: impl yara_orm::typed::Projection<Page, Row = T>,
) -> T {
    Page::query().order_by(Page::id).limit(1).select(value).one(&world.db).await.unwrap()
}

async fn a_path_leads_through_keys_and_indexes(world: World) {
    let data = json!({"a": [1, {"b": "x y"}, null], "0": true, "é\"'\\": {"": 1.50}});
    pages(&world, [data]).await;
    let path = |steps: Vec<JsonStep>| Page::data.path(steps);
    for (steps, found, text) in [
        (vec!["a".into(), 0.into()], Some(json!(1)), Some("1")),
        (vec!["a".into(), (-2).into(), "b".into()], Some(json!("x y")), Some("x y")),
        (vec!["a".into(), 2.into()], Some(Value::Null), None),
        (vec!["a".into(), 3.into()], None, None),
        (vec!["a".into(), (-4).into()], None, None),
        // A key is no index, and an index no key.
        (vec!["a".into(), "0".into()], None, None),
        (vec!["0".into()], Some(json!(true)), Some("true")),
        (vec![0.into()], None, None),
        (vec!["é\"'\\".into(), "".into()], Some(json!(1.5)), Some("1.5")),
        (vec!["a".into(), 1.into()], Some(json!({"b": "x y"})), Some(r#"{"b":"x y"}"#)),
        (vec!["a".into(), 0.into(), "b".into()], None, None),
    ] {
        let row = world.counting(1, one(&world, (path(steps.clone()), path(steps.clone()).text())));
        assert_eq!(row.await, (found, text.map(str::to_owned)), "{steps:?}");
    }
    let further = Page::data.path("a").path((1, "b"));
    assert_eq!(ids(&world, further.eq("x y")).await, [1]);
    assert_eq!(ids(&world, Page::extra.path("a").eq("x y")).await, [0; 0]);
}

async fn comparisons_go_by_json_type(world: World) {
    let values = [json!(5), json!(5.0), json!("5"), json!(true), json!("true"), json!(null)];
    let more = [json!([5]), json!({"x": 5, "y": 6}), json!(1e2), json!(-7)];
    pages(&world, values.into_iter().chain(more).map(|value| json!({"v": value}))).await;
    Page::create().data(json!({})).insert(&world.db).await.unwrap();
    Page::filter(Page::id.eq(9)).update().set(Page::views, 100).exec(&world.db).await.unwrap();
    let v = || Page::data.path("v");
    for (condition, wanted) in [
        (v().eq(5), vec![1, 2]),
        (v().eq(5.0), vec![1, 2]),
        (v().eq("5"), vec![3]),
        (v().eq(true), vec![4]),
        (v().eq("true"), vec![5]),
        (v().eq(None::<i64>), vec![6]),
        (v().eq(json!([5.0])), vec![7]),
        (v().eq(json!({"y": 6, "x": 5})), vec![8]),
        (v().eq("100".parse::<Numeric>().unwrap()), vec![9]),
        (v().eq(Page::views), vec![9]),
        (v().ne(5), vec![3, 4, 5, 6, 7, 8, 9, 10, 11]),
        (v().is_in([5, 100]), vec![1, 2, 9]),
        (v().is_in(Vec::<i64>::new()), vec![]),
        (v().not_in([5, 100]), vec![3, 4, 5, 6, 7, 8, 10, 11]),
        (v().lt(6), vec![1, 2, 10]),
        (v().ge(5) & v().le(100), vec![1, 2, 9]),
        (v().gt(4.5), vec![1, 2, 9]),
        (v().gt(Page::views), vec![1, 2]),
        (!v().gt(4), vec![3, 4, 5, 6, 7, 8, 10, 11]),
        (v().gt("4"), vec![3, 5]),
        (v().le("5"), vec![3]),
        (v().string().is_not_null(), vec![3, 5]),
        (v().boolean().is_true(), vec![4]),
        (Page::data.same_json(json!({"v": 5e0})), vec![1, 2]),
    ] {
        assert_eq!(ids(&world, condition.clone()).await, wanted, "{condition:?}");
    }
    let query = Page::filter(v().number().is_not_null()).order_by(v().number().desc());
    let numbers = query.select(v().number()).all(&world.db).await.unwrap();
    let numbers: Vec<Numeric> = numbers.into_iter().flatten().collect();
    let wanted = ["100", "5", "5", "-7"].map(|digits| digits.parse::<Numeric>().unwrap());
    assert_eq!(numbers, wanted);
    let sum = Page::query().select(v().number()).distinct().count(&world.db).await.unwrap();
    assert_eq!(sum, 4); // 5 and 5.0 are one number; NULL counts
    // As documents they are what is written.
    let query = Page::filter(v().gt(0)).select(v()).distinct();
    assert_eq!(query.clone().count(&world.db).await.unwrap(), 3);
    assert_eq!(query.order_by(v().asc()).all(&world.db).await.unwrap().len(), 3);
}

async fn nothing_is_not_null(world: World) {
    pages(&world, [json!({"a": null}), json!({"a": 1}), json!({}), json!(null)]).await;
    let extra = |value: Option<Value>| Page::query().update().set(Page::extra, value);
    let a = || Page::data.path("a");
    assert_eq!(ids(&world, a().is_null()).await, [3, 4]);
    assert_eq!(ids(&world, a().is_not_null()).await, [1, 2]);
    assert_eq!(ids(&world, a().is_json_null()).await, [1]);
    assert_eq!(ids(&world, !a().is_json_null()).await, [2, 3, 4]);
    assert_eq!(ids(&world, Page::extra.is_null()).await, [1, 2, 3, 4]);
    assert_eq!(ids(&world, Page::extra.same_json(Value::Null)).await, [0; 0]);
    assert_eq!(ids(&world, !Page::extra.has_key("a")).await, [1, 2, 3, 4]);
    // A column that is NULL is no document, and equals and adds nothing.
    assert_eq!(ids(&world, a().eq(Page::extra)).await, [0; 0]);
    assert_eq!(ids(&world, Page::data.contains_json(Page::extra)).await, [0; 0]);
    let merged = Page::query().order_by(Page::id).select(Page::data.json_merge(Page::extra));
    assert_eq!(merged.all(&world.db).await.unwrap()[1], json!({"a": 1}));
    extra(Some(Value::Null)).exec(&world.db).await.unwrap();
    assert_eq!(ids(&world, Page::extra.is_null()).await, [0; 0]);
    assert_eq!(ids(&world, Page::extra.same_json(Value::Null)).await, [1, 2, 3, 4]);
}

async fn documents_contain_others(world: World) {
    let documents = [
        json!({"tags": ["a", "b"], "size": {"w": 10, "h": 2}}),
        json!(["a", ["b", "c"], {"d": 1}]),
        json!("a"),
        json!({}),
    ];
    pages(&world, documents).await;
    for (part, wanted) in [
        (json!({"tags": ["b"]}), vec![1]),
        (json!({"size": {"w": 10.0}}), vec![1]),
        (json!({"tags": "a"}), vec![]),
        (json!({}), vec![1, 4]),
        (json!("a"), vec![2, 3]),
        (json!(["a"]), vec![2]),
        (json!([["c"]]), vec![2]),
        (json!([{"d": 1}]), vec![2]),
        (json!({"d": 1}), vec![]),
        (json!([]), vec![2]),
    ] {
        assert_eq!(ids(&world, Page::data.contains_json(&part)).await, wanted, "{part}");
    }
    let tags = Page::data.path("tags");
    assert_eq!(ids(&world, tags.contains_json(json!("a"))).await, [1]);
    for (condition, wanted) in [
        (Page::data.has_key("tags"), vec![1]),
        (Page::data.has_key("a"), vec![2, 3]),
        (Page::data.has_any_key(["size", "b", "a"]), vec![1, 2, 3]),
        (Page::data.has_all_keys(["size", "tags"]), vec![1]),
        (Page::data.has_any_key(Vec::<String>::new()), vec![]),
        (Page::data.has_all_keys(Vec::<String>::new()), vec![1, 2, 3, 4]),
        (!Page::data.has_key("tags"), vec![2, 3, 4]),
    ] {
        assert_eq!(ids(&world, condition.clone()).await, wanted, "{condition:?}");
    }
    Page::filter(Page::id.eq(1))
        .update()
        .set(Page::extra, json!(["a"]))
        .exec(&world.db)
        .await
        .unwrap();
    assert_eq!(ids(&world, Page::data.path("tags").contains_json(Page::extra)).await, [1]);
}

async fn lengths_keys_and_types(world: World) {
    let documents =
        [json!([1, [2, 3]]), json!({"z": 1, "a": {"b": 2}}), json!("x"), json!(1), json!(false)];
    pages(&world, documents.into_iter().chain([json!([]), json!(null)])).await;
    let query = Page::query().order_by(Page::id);
    let lengths = query.clone().select(Page::data.json_length()).all(&world.db).await.unwrap();
    assert_eq!(lengths, [Some(2), None, None, None, None, Some(0), None]);
    let kinds = query.clone().select(Page::data.json_type()).all(&world.db).await.unwrap();
    assert_eq!(kinds, ["array", "object", "string", "number", "boolean", "array", "null"]);
    let keys = query.select(Page::data.json_keys()).all(&world.db).await.unwrap();
    assert_eq!(keys[1], Some(vec!["z".to_owned(), "a".to_owned()]));
    assert!(keys.iter().enumerate().all(|(at, keys)| at == 1 || keys.is_none()));
    assert_eq!(ids(&world, Page::data.json_length().eq(2)).await, [1]);
}

async fn changes_keep_the_order_of_keys(world: World) {
    let text = r#"{"z":1,"b":{"y":[1,2],"x":null},"a":"ü\n\"","big":123456789012345678901}"#;
    world.db.create_tables::<Page>().await.unwrap();
    let insert = format!("insert into page (data, views) values ('{text}', 3)");
    sql(insert).exec(&world.db).await.unwrap();
    let written = |changed: yara_orm::typed::Expr<Page, Value>| {
        let changed =
            yara_orm::tree::Expr::Cast(Box::new(changed.into_tree()), yara_orm::value::Type::Text);
        one(&world, yara_orm::typed::Expr::<Page, String>::from_tree(changed))
    };
    for (changed, wanted) in [
        (
            Page::data.json_set("z", "new").json_set(("b", "w"), json!([1, {"k": 2}])),
            text.replace("\"z\":1", "\"z\":\"new\"").replace("null}", "null,\"w\":[1,{\"k\":2}]}"),
        ),
        (Page::data.json_set(("b", "y", -1), Page::views), text.replace("[1,2]", "[1,3]")),
        (Page::data.json_set(("b", "y", 7), Page::title), text.replace("[1,2]", "[1,2,null]")),
        (Page::data.json_set(("b", "y", -7), 0.5), text.replace("[1,2]", "[0.5,1,2]")),
        (
            Page::data.json_remove("b").json_remove("q"),
            text.replace(r#""b":{"y":[1,2],"x":null},"#, ""),
        ),
        (Page::data.json_remove(("b", "y", 0)), text.replace("[1,2]", "[2]")),
        (
            Page::data.json_merge(json!({"new": 1, "z": {"q": 2}})),
            text.replace("\"z\":1", "\"z\":{\"q\":2}").replace("901}", "901,\"new\":1}"),
        ),
        // A way that is not there changes nothing.
        (Page::data.json_set(("q", "w"), 1), text.to_owned()),
        (Page::data.json_set(("z", "w"), 1), text.to_owned()),
        (Page::data.json_set(("b", 0), 1), text.to_owned()),
        (Page::data.json_remove(("b", "y", 5)), text.to_owned()),
    ] {
        assert_eq!(written(changed).await, wanted);
    }
    let changed = Page::data.json_set("n", Page::views + 1).json_remove("big");
    let update = Page::query().update().set(Page::data, changed).set(Page::views, 4);
    assert_eq!(world.counting(1, update.exec(&world.db)).await.unwrap(), 1);
    assert_eq!(ids(&world, Page::data.path("n").eq(Page::views)).await, [1]);
}

async fn changes_at_the_edges(world: World) {
    pages(&world, [json!([]), json!({}), json!("x"), json!(null)]).await;
    let query = Page::query().order_by(Page::id);
    let changed = |value| query.clone().select(value).all(&world.db);
    let set = changed(Page::data.json_set("k", 1)).await.unwrap();
    assert_eq!(set, [json!([]), json!({"k": 1}), json!("x"), json!(null)]);
    let set = changed(Page::data.json_set(0, 1)).await.unwrap();
    assert_eq!(set, [json!([1]), json!({}), json!("x"), json!(null)]);
    let merged = changed(Page::data.json_merge(json!({"a": 1}))).await.unwrap();
    assert_eq!(merged, vec![json!({"a": 1}); 4]);
    let merged = changed(Page::data.json_merge(json!([1]))).await.unwrap();
    assert_eq!(merged, vec![json!([1]); 4]);
    let none = query.clone().select(Page::extra.json_set("k", 1)).all(&world.db).await.unwrap();
    assert_eq!(none, [None, None, None, None]);
    let none = query.select(Page::extra.json_merge(json!({}))).all(&world.db).await.unwrap();
    assert_eq!(none, [None, None, None, None]);
    let error = one_error(&world, Page::data.json_set(Vec::<JsonStep>::new(), 1)).await;
    assert!(error.to_string().contains("a path of no steps"), "{error}");
}

async fn one_error(world: &World, value: yara_orm::typed::Expr<Page, Value>) -> yara_orm::Error {
    world.counting(0, Page::query().select(value).all(&world.db)).await.unwrap_err()
}

async fn documents_are_built_of_columns(world: World) {
    use crate::models::{Author, Book};
    crate::support::library(&world.db).await;
    let card = func::json_object()
        .entry("title", Book::title)
        .entry("author", Book::author.name)
        .entry("views", Book::views)
        .entry("rating", Book::rating)
        .entry("born", Book::author.born)
        .entry("hot", Book::views.gt(100).as_value())
        .entry(
            "list",
            func::json_array().item(Book::id).item("a\"é\n").item(None::<bool>).item(1.5),
        );
    let cards = Book::query().order_by(Book::id).select(card).all(&world.db).await.unwrap();
    assert_eq!(
        cards[0].to_string(),
        r#"{"title":"Notes","author":"Ada","views":10,"rating":4.5,"born":null,"hot":false,"list":[1,"a\"é\n",null,1.5]}"#
    );
    assert_eq!(cards[1]["rating"], json!(3)); // a float that is whole
    assert_eq!(cards[2]["rating"], Value::Null);
    let born = chrono::NaiveDate::from_ymd_opt(1815, 12, 10).unwrap();
    Author::filter(Author::name.eq("Ada"))
        .update()
        .set(Author::born, born)
        .exec(&world.db)
        .await
        .unwrap();
    let born = func::json_array().item(Author::born);
    let born = Author::query().order_by(Author::id).select(born).first(&world.db).await.unwrap();
    assert_eq!(born, Some(json!(["1815-12-10"])));
    let empty = (func::json_object::<Book>(), func::json_array::<Book>());
    let empty = Book::query().limit(1).select(empty).one(&world.db).await.unwrap();
    assert_eq!(empty, (json!({}), json!([])));
}

async fn typed_documents(world: World) {
    #[derive(serde::Serialize, serde::Deserialize, Debug, Clone, PartialEq)]
    struct Theme {
        dark: bool,
        sizes: Vec<i32>,
    }
    #[derive(Model, Debug, Clone)]
    struct Settings {
        id: i64,
        theme: Json<Theme>,
        at: chrono::DateTime<chrono::Utc>,
        price: rust_decimal::Decimal,
        tags: Vec<String>,
        ratio: f32,
    }
    world.db.create_tables::<Settings>().await.unwrap();
    let at = chrono::DateTime::from_timestamp_micros(1_700_000_000_500_000).unwrap();
    let theme = Json(Theme { dark: true, sizes: vec![1, 2] });
    let row = Settings::create()
        .theme(theme)
        .at(at)
        .price("1.50".parse::<rust_decimal::Decimal>().unwrap());
    row.tags(vec!["a".into(), "b\"".into()]).ratio(0.1).insert(&world.db).await.unwrap();
    let dark = Settings::theme.path("dark").eq(true) & Settings::theme.path(("sizes", 1)).gt(1);
    let changed = Settings::theme.json_set(("sizes", 0), 7);
    let update = Settings::filter(dark).update().set(Settings::theme, changed);
    assert_eq!(update.all(&world.db).await.unwrap()[0].theme.sizes, [7, 2]);
    let all = func::json_array()
        .item(Settings::at)
        .item(Settings::price)
        .item(Settings::tags)
        .item(Settings::ratio)
        .item(Settings::theme)
        .item(Json(vec![1]));
    let row = Settings::query().select(all).one(&world.db).await.unwrap();
    assert_eq!(
        row.to_string(),
        r#"["2023-11-14T22:13:20.500000+00:00",1.5,["a","b\""],0.1,{"dark":true,"sizes":[7,2]},[1]]"#
    );
}

async fn numbers_of_any_size_survive(world: World) {
    world.db.create_tables::<Page>().await.unwrap();
    let text = r#"{"n":123456789012345678901234567890,"l":[[[1e2]],[0.10]]}"#;
    let insert = format!("insert into page (data, views) values ('{text}', 0)");
    sql(insert).exec(&world.db).await.unwrap();
    let exact: Numeric = "123456789012345678901234567890".parse().unwrap();
    let near: Numeric = "123456789012345678901234567891".parse().unwrap();
    let n = || Page::data.path("n");
    assert_eq!(ids(&world, n().eq(exact.clone())).await, [1]);
    assert_eq!(ids(&world, n().eq(near.clone())).await, [0; 0]);
    assert_eq!(ids(&world, n().lt(near)).await, [1]);
    assert_eq!(one(&world, n().number()).await, Some(exact));
    assert_eq!(one(&world, Page::data.path(("l", 0, 0, 0)).number()).await, Some(100.into()));
    assert_eq!(one(&world, Page::data.path(("l", 1, 0)).text()).await, Some("0.10".into()));
    let error = Page::query().select(n()).all(&world.db).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Decode); // `serde_json::Value` would round it
}

async fn what_cannot_be_json_is_refused(world: World) {
    #[derive(Model, Debug, Clone)]
    struct Blob {
        id: i64,
        bytes: Vec<u8>,
        data: Value,
    }
    pages(&world, [json!({})]).await;
    let db = &world.db;
    let error =
        world.counting(0, Blob::query().select(func::json_array().item(Blob::bytes)).all(db));
    let error = error.await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unsupported);
    assert!(error.to_string().contains("bytes"), "{error}");
    let error = world.counting(0, Page::filter(Page::data.path("a").eq(f64::NAN)).count(db)).await;
    assert!(error.unwrap_err().to_string().contains("JSON has no number NaN"));
    let error =
        world.counting(0, Blob::filter(Blob::data.path("a").gt(Blob::bytes)).count(db)).await;
    assert!(error.unwrap_err().to_string().contains("no order with a bytes"));
    let error = world.counting(0, Page::filter(Page::data.path("a\0").eq(1)).count(db)).await;
    assert!(error.unwrap_err().to_string().contains("NUL"));
}

async fn random_questions_mean_what_they_say(world: World) {
    let mut dice = Dice(11);
    let documents: Vec<Value> = (0..60).map(|_| document(&mut dice, 3)).collect();
    pages(&world, documents.clone()).await;
    for round in 0..200 {
        let (path, part) = (small_path(&mut dice), document(&mut dice, 2));
        let at = |document: &Value| step_into(document, &path).cloned();
        let number = dice.number();
        let here = || Page::data.path(path.clone());
        type Holds<'h> = Box<dyn Fn(&Value) -> bool + Send + Sync + 'h>;
        let (asked, holds): (Pred<Page>, Holds<'_>) = match round % 8 {
            0 => {
                (here().eq(&part), Box::new(|it| at(it).is_some_and(|it| naive::same(&it, &part))))
            }
            1 => {
                (here().ne(&part), Box::new(|it| !at(it).is_some_and(|it| naive::same(&it, &part))))
            }
            2 => (Page::data.contains_json(&part), Box::new(|it| contains(it, &part))),
            3 => (
                here().contains_json(&part),
                Box::new(|it| at(it).is_some_and(|it| contains(&it, &part))),
            ),
            4 => (
                here().lt(number),
                Box::new(|it| {
                    at(it).and_then(|it| it.as_f64()).is_some_and(|it| it < number as f64)
                }),
            ),
            5 => (here().is_null(), Box::new(|it| at(it).is_none())),
            6 => (
                here().has_key("a"),
                Box::new(|it| at(it).is_some_and(|it| naive::has_key(&it, "a"))),
            ),
            _ => (
                here().json_length().ge(1),
                Box::new(|it| {
                    at(it).and_then(|it| it.as_array().map(Vec::len)).is_some_and(|it| it >= 1)
                }),
            ),
        };
        let held: Vec<i64> =
            (1..).zip(&documents).filter(|(_, it)| holds(it)).map(|(id, _)| id).collect();
        assert_eq!(ids(&world, asked.clone()).await, held, "{path:?} {part} {asked:?}");
        let others = ids(&world, !asked).await;
        assert_eq!(others.len(), documents.len() - held.len(), "not {path:?} {part}");
    }
}

async fn random_changes_do_what_they_say(world: World) {
    let mut dice = Dice(13);
    let documents: Vec<Value> = (0..40).map(|_| document(&mut dice, 3)).collect();
    pages(&world, documents.clone()).await;
    let query = Page::query().order_by(Page::id);
    for round in 0..60 {
        let (mut path, part) = (small_path(&mut dice), document(&mut dice, 1));
        if path.is_empty() {
            path.push("a".into());
        }
        let (changed, naively): (_, Vec<Value>) = match round % 3 {
            0 => (
                Page::data.json_set(path.clone(), &part),
                documents.iter().map(|it| naive::set(it, &path, Some(&part))).collect(),
            ),
            1 => (
                Page::data.json_remove(path.clone()),
                documents.iter().map(|it| naive::set(it, &path, None)).collect(),
            ),
            _ => (
                Page::data.json_merge(&part),
                documents.iter().map(|it| naive::merge(it, &part)).collect(),
            ),
        };
        let found = query.clone().select(changed).all(&world.db).await.unwrap();
        for (found, wanted) in found.iter().zip(&naively) {
            assert_eq!(found.to_string(), wanted.to_string(), "{path:?} {part}");
        }
    }
}
