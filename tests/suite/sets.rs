//! The rows of several queries as those of one.

use crate::models::{Account, Author, Book, Tag};
use crate::support::{Kind, World, library, postgres_scenarios, scenarios};
use yara_orm::prelude::*;

scenarios! {
    whole_rows_are_combined,
    projections_of_several_models_are_combined,
    each_query_keeps_its_order_and_slice,
    operators_group_to_the_left,
    the_result_is_a_query_like_any_other,
    equal_rows_are_equal_as_values,
    combined_queries_within_queries,
    loads_and_streams,
    what_cannot_be_combined_is_refused,
    very_many_queries,
}

postgres_scenarios! { rows_that_stand_several_times }

fn by_views(least: i64, most: i64) -> Query<Book> {
    Book::filter(Book::views.between(least, most))
}

async fn ids(world: &World, query: Query<Book>) -> Vec<i64> {
    let query = query.order_by(Book::id).select(Book::id);
    world.counting(1, query.all(&world.db)).await.unwrap()
}

async fn whole_rows_are_combined(world: World) {
    library(&world.db).await;
    let (low, high) = (|| by_views(0, 500), || by_views(10, 1000));
    assert_eq!(ids(&world, low().union(high())).await, [1, 2, 3, 4]);
    assert_eq!(ids(&world, low().union_all(high())).await, [1, 1, 2, 2, 3, 4]);
    assert_eq!(ids(&world, low().intersect(high())).await, [1, 2]);
    assert_eq!(ids(&world, low().except(high())).await, [3]);
    assert_eq!(ids(&world, high().except(low())).await, [4]);
    let rows = low().intersect(high()).order_by(Book::views.desc()).all(&world.db).await.unwrap();
    assert_eq!((rows[0].title.as_str(), rows[0].rating, rows.len()), ("Engine", Some(3.0), 2));
}

async fn projections_of_several_models_are_combined(world: World) {
    library(&world.db).await;
    let names = Author::query()
        .select((Author::name, Author::id * 10))
        .union(Tag::query().select((Tag::name, Tag::books.count())))
        .union_all(Book::filter(Book::rating.is_null()).select((Book::title, Book::views)));
    let rows = names.clone().order_by(Author::name).all(&world.db).await.unwrap();
    assert_eq!(rows.len(), 8);
    let mut sorted: Vec<_> = rows.iter().map(|(name, number)| (name.as_str(), *number)).collect();
    sorted.sort_unstable();
    let expected = [
        ("Ada", 10),
        ("Bob", 20),
        ("Cy", 30),
        ("Dan", 40),
        ("maths", 2),
        ("poetry", 1),
        ("rust", 1),
        ("École", 5),
    ];
    assert_eq!(sorted, expected);
    let most = names.clone().order_by((Author::id * 10).desc());
    assert_eq!(most.first(&world.db).await.unwrap(), Some(("Dan".into(), 40)));
    assert_eq!(names.clone().filter((Author::id * 10).lt(10)).count(&world.db).await.unwrap(), 4);
    assert_eq!(
        names.filter(Author::name.starts_with("p")).one(&world.db).await.unwrap(),
        ("poetry".into(), 1)
    );
}

async fn each_query_keeps_its_order_and_slice(world: World) {
    library(&world.db).await;
    let most = Book::query().order_by(Book::views.desc()).limit(1);
    let least = Book::query().order_by(Book::views).limit(1);
    assert_eq!(ids(&world, most.clone().union(least.clone())).await, [3, 4]);
    let sliced = most.union_all(least.offset(1)).order_by(Book::views).limit(1);
    assert_eq!(sliced.clone().one(&world.db).await.unwrap().title, "Notes");
    assert_eq!(sliced.clone().count(&world.db).await.unwrap(), 1);
    assert_eq!(sliced.clone().offset(1).count(&world.db).await.unwrap(), 1);
    assert_eq!(ids(&world, sliced.union(by_views(5, 5))).await, [1, 3]);
    let without = by_views(0, 1000).except(by_views(0, 1000).order_by(Book::id.desc()).offset(1));
    assert_eq!(ids(&world, without).await, [4]);
}

/// `INTERSECT` binds more tightly in PostgreSQL, and not in SQLite: here, what is said first is
/// done first.
async fn operators_group_to_the_left(world: World) {
    library(&world.db).await;
    let one = || Book::filter(Book::id.eq(1));
    let both = || Book::filter(Book::id.le(2));
    let last = || Book::filter(Book::id.ge(2));
    assert_eq!(ids(&world, one().union(both()).intersect(last())).await, [2]);
    assert_eq!(ids(&world, one().union(both().intersect(last()))).await, [1, 2]);
    assert_eq!(ids(&world, last().except(both()).intersect(last()).union(one())).await, [1, 3, 4]);
    assert_eq!(ids(&world, last().except(both().intersect(last()))).await, [3, 4]);
    assert_eq!(ids(&world, one().union_all(both()).union(one())).await, [1, 2]);
    assert_eq!(ids(&world, one().union_all(both().union_all(one()))).await, [1, 1, 1, 2]);
    assert_eq!(
        ids(&world, one().union(both()).intersect(last()).union(one()).intersect(both())).await,
        [1, 2]
    );
}

async fn the_result_is_a_query_like_any_other(world: World) {
    library(&world.db).await;
    let all = || by_views(0, 10).union(by_views(500, 1000));
    let db = &world.db;
    assert_eq!(world.counting(1, all().count(db)).await.unwrap(), 4);
    assert!(all().exists(db).await.unwrap());
    assert!(!by_views(3, 4).union(by_views(6, 7)).exists(db).await.unwrap());
    assert_eq!(all().first(db).await.unwrap().unwrap().id, 1);
    assert_eq!(ids(&world, all().filter(Book::author.name.eq("Ada"))).await, [1, 2]);
    assert_eq!(ids(&world, all().exclude(Book::rating.gt(4.0))).await, [2, 3]);
    assert_eq!(ids(&world, all().filter(Book::tags.any(Tag::name.eq("maths")))).await, [1, 2]);
    assert_eq!(ids(&world, all().filter(Book::author.mentor.name.eq("Ada"))).await, [3]);
    let rows = all()
        .order_by((Book::author.name, Book::views.desc()))
        .select((Book::author.name, Book::views * 2));
    assert_eq!(rows.all(db).await.unwrap()[0], ("Ada".into(), 1000));
    let titles = all().select(Book::author.name).distinct().order_by(Book::author.name);
    assert_eq!(titles.all(db).await.unwrap(), ["Ada", "Bob", "Cy"]);
    let other = Book::alias("other");
    let joined = all().join(&other, other.col(Book::views).gt(Book::views));
    assert_eq!(joined.count(db).await.unwrap(), 6);
    let first =
        Author::query().select(Author::name).union(Tag::query().select(Tag::name)).first(db);
    assert_eq!(first.await.unwrap(), Some("Ada".into()));
    assert_eq!(all().update().set(Book::views, 1).exec(db).await.unwrap(), 4);
    assert_eq!(
        Book::filter(Book::id.eq(1))
            .union(Book::filter(Book::id.eq(2)))
            .delete()
            .exec(db)
            .await
            .unwrap(),
        2
    );
    assert_eq!(Book::query().count(db).await.unwrap(), 2);
}

/// As values, whatever the text that a database keeps them as.
async fn equal_rows_are_equal_as_values(world: World) {
    for (owner, balance) in [("a", "1.50"), ("b", "1.5"), ("c", "2")] {
        let balance: rust_decimal::Decimal = balance.parse().unwrap();
        Account::create().owner(owner).balance(balance).insert(&world.db).await.unwrap();
    }
    let of = |owner: &'static str| {
        let one = rust_decimal::Decimal::new(1, 0);
        let one = if owner == "a" { one } else { "1.000".parse().unwrap() };
        Account::filter(Account::owner.eq(owner)).select(Account::balance * one)
    };
    let plain =
        |owner: &'static str| Account::filter(Account::owner.eq(owner)).select(Account::balance);
    let db = &world.db;
    assert_eq!(of("a").union(of("b")).count(db).await.unwrap(), 1);
    assert_eq!(of("a").intersect(of("b")).count(db).await.unwrap(), 1);
    assert_eq!(of("a").except(of("b")).count(db).await.unwrap(), 0);
    assert_eq!(plain("a").limit(1).union(plain("b").limit(1)).count(db).await.unwrap(), 1);
    assert_eq!(plain("a").union(plain("b")).intersect(plain("b")).count(db).await.unwrap(), 1);
    library(db).await;
    let rating = || Book::filter(Book::rating.is_null()).select(Book::rating);
    assert_eq!(rating().union(rating()).all(db).await.unwrap(), [None], "NULL is one row");
    assert_eq!(rating().intersect(rating()).count(db).await.unwrap(), 1);
    assert_eq!(rating().except(rating()).count(db).await.unwrap(), 0);
}

async fn combined_queries_within_queries(world: World) {
    library(&world.db).await;
    let names = Author::query().select(Author::name).union(Tag::query().select(Tag::name));
    assert_eq!(Tag::filter(Tag::name.is_in(names.clone())).count(&world.db).await.unwrap(), 3);
    let table = names.as_table("names");
    let rows = Author::query()
        .join(&table, table.columns().gt(Author::name))
        .order_by((Author::id, table.columns()));
    let rows = rows.filter(Author::id.eq(3) & table.columns::<Author>().lt("E"));
    assert_eq!(rows.select(table.columns()).all(&world.db).await.unwrap(), ["Dan"]);
    let mine = Book::filter(Book::author.id.eq(outer(Author::id)) & Book::views.gt(400));
    let either =
        mine.union(Book::filter(Book::author.id.eq(outer(Author::id)) & Book::rating.is_null()));
    let authors =
        Author::filter(yara_orm::func::exists(either)).order_by(Author::id).select(Author::name);
    assert_eq!(world.counting(1, authors.all(&world.db)).await.unwrap(), ["Ada", "Bob", "Cy"]);
}

async fn loads_and_streams(world: World) {
    library(&world.db).await;
    let query = by_views(0, 5)
        .load(Book::author)
        .union(by_views(1000, 1000))
        .load(Book::tags)
        .order_by(Book::id);
    let books = world.counting(3, query.all(&world.db)).await.unwrap();
    assert_eq!(books[0].author.get().unwrap().name, "Bob");
    assert_eq!(books[1].tags.get().unwrap()[0].name, "rust");
    let mut stream = by_views(0, 5)
        .union(by_views(500, 1000))
        .select(Book::views)
        .stream(&world.db)
        .await
        .unwrap();
    let mut sum = 0;
    while let Some(views) = stream.next().await {
        sum += views.unwrap();
    }
    assert_eq!(sum, 1505);
}

async fn what_cannot_be_combined_is_refused(world: World) {
    library(&world.db).await;
    let titles = Book::query().select(Book::title).union(Author::query().select(Author::name));
    for query in [titles.clone().filter(Book::views.gt(1)), titles.order_by(Book::rating)] {
        let error = world.counting(0, query.all(&world.db)).await.unwrap_err();
        assert!(error.is_invalid_query(), "{error}");
        assert!(error.to_string().contains("does not select it"), "{error}");
    }
    if world.kind == Kind::Sqlite {
        for query in [
            by_views(0, 5).intersect_all(by_views(0, 9)),
            by_views(0, 5).except_all(by_views(0, 9)),
        ] {
            let error = world.counting(0, query.count(&world.db)).await.unwrap_err();
            assert!(error.is_unsupported(), "{error}");
            assert!(error.to_string().contains("`row_number`"), "{error}");
        }
    }
}

async fn very_many_queries(world: World) {
    library(&world.db).await;
    let mut query = by_views(10, 10);
    for _ in 0..499 {
        query = query.union(by_views(500, 500));
    }
    assert_eq!(query.clone().count(&world.db).await.unwrap(), 2);
    let more = query.union(by_views(5, 5)).count(&world.db).await;
    match world.kind {
        Kind::Sqlite => {
            let error = more.unwrap_err();
            assert!(error.is_unsupported(), "{error}");
            assert!(error.to_string().contains("combination of 501 queries"), "{error}");
        }
        Kind::Postgres => assert_eq!(more.unwrap(), 3),
    }
}

async fn rows_that_stand_several_times(world: World) {
    library(&world.db).await;
    let twice = || by_views(10, 10).union_all(by_views(10, 500));
    assert_eq!(ids(&world, twice().except_all(by_views(10, 10))).await, [1, 2]);
    assert_eq!(
        ids(&world, twice().intersect_all(by_views(0, 10).union_all(by_views(10, 10)))).await,
        [1, 1]
    );
}
