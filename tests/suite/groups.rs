//! Groups of rows: what they are made by, and what may be asked of them.

use crate::models::{Author, Book};
use crate::support::{World, library, scenarios};
use yara_orm::prelude::*;

scenarios! {
    rows_are_grouped_by_anything,
    a_relation_is_one_group_with_all_that_follows,
    groups_are_filtered_sorted_and_counted,
    what_is_made_of_groups_has_one_value,
    plain_queries_never_group,
    the_first_group_is_that_of_the_least,
    loose_columns_are_refused,
}

async fn rows_are_grouped_by_anything(world: World) {
    library(&world.db).await;
    let db = &world.db;
    let by_size = Book::query().group_by(Book::views / 100).order_by(Book::views / 100);
    let rows = by_size.select((Book::views / 100, func::count())).all(db).await.unwrap();
    assert_eq!(rows, [(0, 2), (5, 1), (10, 1)]);
    let rated = Book::rating.is_null();
    let query = Book::query().group_by((rated.clone(), Book::author.mentor.name));
    let query = query.order_by(Book::author.mentor.name.asc().nulls_first());
    let rows = query.select((Book::author.mentor.name, func::sum(Book::views))).all(db).await;
    assert_eq!(rows.unwrap(), [(None, Some(1510)), (Some("Ada".into()), Some(5))]);
    let query = Author::query().group_by(Author::books.count()).order_by(Author::books.count());
    let rows = query.select((Author::books.count(), func::count())).all(db).await.unwrap();
    assert_eq!(rows, [(0, 1), (1, 2), (2, 1)]);
    let hot = |least: i64| Author::books.count_where(Book::views.gt(least));
    let query =
        Author::query().group_by(hot(5) + 1).having((hot(5) + 1).ge(2)).order_by(hot(5) + 1);
    let rows = query.clone().select((hot(5) + 1, func::count())).all(db).await.unwrap();
    assert_eq!(rows, [(2, 1), (3, 1)]);
    assert_eq!(query.clone().select(func::count()).count(db).await.unwrap(), 2);
    assert!(query.select(hot(6) + 1).all(db).await.unwrap_err().is_invalid_query());
    let error = Book::query().group_by(Book::views / 100).select(Book::views / 10).all(db).await;
    assert!(error.unwrap_err().is_invalid_query());
}

async fn a_relation_is_one_group_with_all_that_follows(world: World) {
    library(&world.db).await;
    let db = &world.db;
    let query = Book::query().group_by(Book::author).order_by(Book::author.name).select((
        Book::author.name.upper(),
        Book::author.id,
        Book::author.mentor.name,
        Book::author.mentor.mentor.name,
        func::count(),
        Book::author.books.count(),
    ));
    let rows = world.counting(1, query.all(db)).await.unwrap();
    assert_eq!(rows[1], ("BOB".into(), 2, Some("Ada".into()), None, 1, 1));
    assert_eq!(rows.len(), 3);
    // By the key of the rows themselves, each is a group, and whole.
    let query = Book::query().group_by(Book::id).order_by(Book::id);
    let books = query.clone().all(db).await.unwrap();
    assert_eq!(books[0].title, "Notes");
    let rows = query.select((Book::title, Book::author.name)).all(db).await.unwrap();
    assert_eq!(rows[3], ("100% sure".into(), "Cy".into()));
}

async fn groups_are_filtered_sorted_and_counted(world: World) {
    library(&world.db).await;
    let db = &world.db;
    let query = Book::filter(Book::views.gt(1))
        .group_by(Book::author)
        .having(func::sum(Book::views).gt(5))
        .having(func::count_of(Book::rating).ge(1) & Book::author.name.ne("x"))
        .order_by((func::max(Book::views).desc(), Book::author.name))
        .select((Book::author.name, func::avg(Book::views)));
    let rows = query.clone().all(db).await.unwrap();
    assert_eq!(rows, [("Cy".into(), Some(1000.0)), ("Ada".into(), Some(255.0))]);
    assert_eq!(query.clone().count(db).await.unwrap(), 2);
    assert!(query.clone().exists(db).await.unwrap());
    assert_eq!(query.clone().limit(1).all(db).await.unwrap(), rows[..1]);
    assert_eq!(query.clone().offset(1).count(db).await.unwrap(), 1);
    assert_eq!(query.offset(1).one(db).await.unwrap().0, "Ada");
    let counts = Book::query().group_by(Book::author).select(func::count()).distinct();
    assert_eq!(counts.count(db).await.unwrap(), 2);
}

async fn plain_queries_never_group(world: World) {
    library(&world.db).await;
    let rows = Author::query().order_by(Author::id).select((
        Author::name.upper(),
        Author::books.count(),
        Author::books.sum(Book::views),
    ));
    assert_eq!(rows.clone().count(&world.db).await.unwrap(), 4);
    let rows = rows.all(&world.db).await.unwrap();
    assert_eq!(rows[3], ("DAN".into(), 0, None));
    let sent = world.probe.statements();
    assert!(sent.iter().all(|sql| !sql.to_uppercase().contains("GROUP BY")), "{sent:?}");
}

async fn the_first_group_is_that_of_the_least(world: World) {
    library(&world.db).await;
    let db = &world.db;
    let groups = Book::query().group_by(Book::views % 10).select((Book::views % 10, func::count()));
    assert_eq!(groups.first(db).await.unwrap(), Some((0, 3)));
    // A total is one row, whatever runs the query.
    let total = Book::query().order_by(Book::title).select(func::count());
    assert_eq!(total.clone().first(db).await.unwrap(), Some(4));
    assert_eq!(total.clone().one(db).await.unwrap(), 4);
    assert_eq!(total.count(db).await.unwrap(), 1);
}

async fn loose_columns_are_refused(world: World) {
    library(&world.db).await;
    let db = &world.db;
    world.probe.take();
    let by_author = || Book::query().group_by(Book::author);
    let of_group = |error: Error| error.to_string().contains("neither grouped by");
    assert!(of_group(by_author().select(Book::title).all(db).await.unwrap_err()));
    assert!(of_group(
        by_author().order_by(Book::id).select(func::count()).all(db).await.unwrap_err()
    ));
    assert!(of_group(by_author().having(Book::views.gt(1)).count(db).await.unwrap_err()));
    assert!(of_group(by_author().all(db).await.unwrap_err()));
    let by_name = Book::query().group_by(Book::author.name).select(Book::author_id);
    assert!(of_group(by_name.all(db).await.unwrap_err()));
    let rank = func::rank().over(func::window().order_by(Book::views));
    assert!(of_group(by_author().select(rank).all(db).await.unwrap_err()));
    assert_eq!(world.probe.count(), 0);
}

async fn what_is_made_of_groups_has_one_value(world: World) {
    library(&world.db).await;
    let db = &world.db;
    let unrated = || Book::rating.is_null();
    let query = Book::query().group_by(unrated()).order_by((!unrated()).as_value());
    let rows = query.select(((!unrated()).as_value(), (!!unrated()).as_value(), func::count()));
    let rows = rows.all(db).await.unwrap();
    assert_eq!(rows, [(Some(false), Some(true), 1), (Some(true), Some(false), 3)]);
    let good = || !Book::rating.gt(4.0);
    let query = Book::query().group_by(good()).having(!good()).select((!good()).as_value());
    assert_eq!(query.all(db).await.unwrap(), [Some(true)]);
    // What differs from a group in a value alone, and is made of groups.
    let plus = |by: i64| Book::views + by;
    let query = Book::query().group_by((Book::views, plus(1))).having(plus(2).lt(8));
    let rows = query.select((plus(1), plus(3), Book::views)).all(db).await.unwrap();
    assert_eq!(rows, [(6, 8, 5)]);
    let ada = || Book::author.mentor.name.ne("Ada");
    let query = Book::query().group_by(ada()).having(!ada()).select(func::count());
    assert_eq!(query.all(db).await.unwrap(), [1]);
}
