//! Orders, slices, and the ends of a query.

use crate::models::{Author, Book};
use crate::support::{World, library, scenarios};
use yara_orm::prelude::*;

scenarios! {
    orders,
    nulls_stand_where_they_are_put,
    slices,
    the_ends_of_a_query,
    distinct,
    distinct_outranks_the_order_of_the_model_and_of_first,
    a_model_has_its_own_order,
}

async fn titles(world: &World, query: Query<Book>) -> Vec<String> {
    query.select(Book::title).all(&world.db).await.unwrap()
}

async fn orders(world: World) {
    library(&world.db).await;
    assert_eq!(
        titles(&world, Book::query().order_by(Book::views)).await,
        ["École", "Notes", "Engine", "100% sure"]
    );
    assert_eq!(
        titles(&world, Book::query().order_by(Book::views.desc())).await,
        ["100% sure", "Engine", "Notes", "École"]
    );
    let by_author = Book::query().order_by((Book::author.name.desc(), Book::views));
    assert_eq!(titles(&world, by_author).await, ["100% sure", "École", "Notes", "Engine"]);
    assert_eq!(
        titles(&world, Book::query().order_by(-Book::views)).await,
        ["100% sure", "Engine", "Notes", "École"]
    );
}

/// Without a word about it, NULL is greater than every value.
async fn nulls_stand_where_they_are_put(world: World) {
    library(&world.db).await;
    assert_eq!(titles(&world, Book::query().order_by(Book::rating)).await.last().unwrap(), "École");
    assert_eq!(titles(&world, Book::query().order_by(Book::rating.desc())).await[0], "École");
    assert_eq!(
        titles(&world, Book::query().order_by(Book::rating.asc().nulls_first())).await[0],
        "École"
    );
    assert_eq!(
        titles(&world, Book::query().order_by(Book::rating.desc().nulls_last()))
            .await
            .last()
            .unwrap(),
        "École"
    );
}

async fn slices(world: World) {
    library(&world.db).await;
    let sorted = || Book::query().order_by(Book::id);
    assert_eq!(titles(&world, sorted().limit(2)).await, ["Notes", "Engine"]);
    assert_eq!(titles(&world, sorted().limit(2).offset(1)).await, ["Engine", "École"]);
    assert_eq!(titles(&world, sorted().offset(3)).await, ["100% sure"]);
    assert_eq!(titles(&world, sorted().limit(0)).await, [""; 0]);
    assert_eq!(sorted().limit(2).count(&world.db).await.unwrap(), 2);
    assert_eq!(sorted().offset(3).count(&world.db).await.unwrap(), 1);
    assert!(!sorted().offset(4).exists(&world.db).await.unwrap());
    assert!(sorted().limit(1).exists(&world.db).await.unwrap());
    for limit in 0..6 {
        assert_eq!(titles(&world, sorted().limit(limit)).await.len(), limit.min(4) as usize);
    }
}

async fn the_ends_of_a_query(world: World) {
    library(&world.db).await;
    assert_eq!(
        Book::query().first(&world.db).await.unwrap().unwrap().title,
        "Notes",
        "by primary key"
    );
    assert!(Book::filter(Book::views.gt(5000)).first(&world.db).await.unwrap().is_none());
    assert_eq!(Book::filter(Book::views.eq(5)).one(&world.db).await.unwrap().title, "École");
    let none = Book::filter(Book::views.gt(5000)).one(&world.db).await.unwrap_err();
    assert!(none.is_not_found());
    assert_eq!(none.to_string(), "no Book matches the query");
    let several = Book::filter(Book::views.gt(5)).one(&world.db).await.unwrap_err();
    assert!(several.is_multiple_found());
    assert!(
        Book::filter(Book::views.gt(5)).optional(&world.db).await.unwrap_err().is_multiple_found()
    );
    assert!(Book::filter(Book::views.gt(5000)).optional(&world.db).await.unwrap().is_none());
    assert_eq!(Book::query().count(&world.db).await.unwrap(), 4);
    let one = Book::query().order_by(Book::id).limit(1);
    assert_eq!(one.one(&world.db).await.unwrap().title, "Notes", "a limit is kept");
}

async fn distinct(world: World) {
    library(&world.db).await;
    let names = Book::query().select(Book::author.name).distinct().all(&world.db).await.unwrap();
    assert_eq!(names.len(), 3);
    let count = Book::query().select(Book::author.name).distinct().count(&world.db).await.unwrap();
    assert_eq!(count, 3);
    assert_eq!(Author::query().distinct().count(&world.db).await.unwrap(), 4);
}

/// An order that nobody asked for gives way: to read each rank once is no question about names.
async fn distinct_outranks_the_order_of_the_model_and_of_first(world: World) {
    world.db.create_tables::<Runner>().await.unwrap();
    let rows =
        [("b", 1), ("a", 1), ("c", 2)].map(|(name, rank)| Runner::create().name(name).rank(rank));
    Runner::insert_many(rows).exec(&world.db).await.unwrap();
    let ranks = || Runner::query().select(Runner::rank).distinct();
    assert_eq!(ranks().order_by(Runner::rank).all(&world.db).await.unwrap(), [1, 2]);
    assert_eq!(ranks().all(&world.db).await.unwrap().len(), 2);
    assert!(ranks().first(&world.db).await.unwrap().is_some());
    assert_eq!(ranks().limit(1).all(&world.db).await.unwrap().len(), 1);
    library(&world.db).await;
    assert!(
        Book::query()
            .select(Book::author.name)
            .distinct()
            .first(&world.db)
            .await
            .unwrap()
            .is_some()
    );
    let both = Runner::query()
        .select((Runner::name, Runner::rank))
        .distinct()
        .all(&world.db)
        .await
        .unwrap();
    assert_eq!(both[0], ("c".to_owned(), 2), "the order of the model holds where it can");
    let error = ranks().order_by(Runner::name).all(&world.db).await.unwrap_err();
    assert!(error.to_string().contains("ordered by what it does not select"), "{error}");
}

#[derive(Model, Debug, Clone)]
#[model(ordering(rank.desc(), name))]
pub struct Runner {
    #[field(primary_key)]
    pub id: i64,
    pub name: String,
    pub rank: i32,
}

async fn a_model_has_its_own_order(world: World) {
    world.db.create_tables::<Runner>().await.unwrap();
    let rows =
        [("b", 1), ("a", 1), ("c", 2)].map(|(name, rank)| Runner::create().name(name).rank(rank));
    Runner::insert_many(rows).exec(&world.db).await.unwrap();
    let names = |runners: Vec<Runner>| -> String {
        runners.into_iter().map(|runner| runner.name).collect()
    };
    assert_eq!(names(Runner::query().all(&world.db).await.unwrap()), "cab");
    assert_eq!(names(Runner::query().order_by(Runner::name).all(&world.db).await.unwrap()), "abc");
    assert_eq!(Runner::query().first(&world.db).await.unwrap().unwrap().name, "c");
}
