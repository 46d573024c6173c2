//! Inserting many rows.

use crate::models::{Account, Author, Book, Tag};
use crate::support::{World, library, scenarios};
use yara_orm::prelude::*;

scenarios! {
    many_rows_are_one_statement,
    a_long_list_is_one_parameter,
    any_number_of_rows_is_written,
    every_list_is_longer_than_a_limit_of_parameters,
    all_or_nothing,
    or_ignore_tells_how_many_were_new,
    rows_of_different_shapes,
    defaults_versions_and_times_are_filled_in,
}

/// One statement, whatever the number; generated keys in the order in which rows were given.
async fn many_rows_are_one_statement(world: World) {
    let rows = (0..40_000).map(|at| Tag::create().name(format!("tag {at}")));
    let tags = world.counting(1, Tag::insert_many(rows).all(&world.db)).await.unwrap();
    assert_eq!(tags.len(), 40_000);
    assert!(tags.iter().enumerate().all(|(at, tag)| tag.name == format!("tag {at}")));
    assert!(tags.windows(2).all(|pair| pair[0].id < pair[1].id));
    assert_eq!(Tag::query().count(&world.db).await.unwrap(), 40_000);
    let more = (0..3).map(|at| Tag::create().name(format!("more {at}")));
    assert_eq!(world.counting(1, Tag::insert_many(more).exec(&world.db)).await.unwrap(), 3);
    let none: [yara_orm::typed::NewRow<Tag>; 0] = [];
    assert_eq!(world.counting(0, Tag::insert_many(none).exec(&world.db)).await.unwrap(), 0);
}

/// Far more values than a statement takes parameters.
async fn a_long_list_is_one_parameter(world: World) {
    library(&world.db).await;
    let many = Book::filter(Book::id.is_in(0..200_000) & Book::title.not_in(["Notes"]));
    assert_eq!(world.counting(1, many.clone().count(&world.db)).await.unwrap(), 3);
    let changed = many.update().set(Book::views, 1).exec(&world.db);
    assert_eq!(world.counting(1, changed).await.unwrap(), 3);
}

/// Rows reach a database without arrays in portions; every row does, in order, once.
async fn any_number_of_rows_is_written(world: World) {
    for number in [1, 7, 8, 9, 63, 64, 65, 137] {
        let rows = || (0..number).map(move |at| Tag::create().name(format!("{number}: {at}")));
        let count = world.counting(1, Tag::insert_many(rows()).exec(&world.db)).await.unwrap();
        assert_eq!(count, number);
        let named = Tag::query().filter(Tag::name.starts_with(format!("{number}: ")));
        let tags = named.order_by(Tag::id).all(&world.db).await.unwrap();
        let names: Vec<String> = tags.into_iter().map(|tag| tag.name).collect();
        assert!(names.iter().cloned().eq((0..number).map(|at| format!("{number}: {at}"))));
        // One more, and all of them again.
        let more = rows().chain([Tag::create().name(format!("more than {number}"))]);
        let new = Tag::insert_many(more).or_ignore();
        assert_eq!(new.exec(&world.db).await.unwrap(), 1);
    }
}

async fn all_or_nothing(world: World) {
    library(&world.db).await;
    let rows = ["new", "newer", "maths", "newest"].map(|name| Tag::create().name(name));
    let error = Tag::insert_many(rows).exec(&world.db).await.unwrap_err();
    assert!(error.is_unique_violation());
    assert_eq!(Tag::query().count(&world.db).await.unwrap(), 3);
    let rows = ["new", &"x".repeat(51)].map(|name| Tag::create().name(name));
    let error = world.counting(0, Tag::insert_many(rows).exec(&world.db)).await.unwrap_err();
    assert_eq!(
        error.to_string(),
        "row 1: Tag.name: the text has 51 characters, and the field holds at most 50"
    );
}

async fn or_ignore_tells_how_many_were_new(world: World) {
    library(&world.db).await;
    let rows = || ["new", "maths", "newer", "new"].map(|name| Tag::create().name(name));
    assert_eq!(Tag::insert_many(rows()).or_ignore().exec(&world.db).await.unwrap(), 2);
    assert_eq!(Tag::insert_many(rows()).or_ignore().all(&world.db).await.unwrap(), []);
    assert_eq!(Tag::query().count(&world.db).await.unwrap(), 5);
}

/// Rows that set different fields come back in order too, and are still all or nothing.
async fn rows_of_different_shapes(world: World) {
    library(&world.db).await;
    let ada = Author::filter(Author::name.eq("Ada")).one(&world.db).await.unwrap();
    let rows = [
        Book::create().title("A").author(&ada),
        Book::create().title("B").author(&ada).rating(1.0),
        Book::create().title("C").author(&ada).rating(2.0),
        Book::create().title("D").author(&ada).views(sql("2 * $1").bind(3i64).value::<Book, i64>()),
    ];
    let books = Book::insert_many(rows).all(&world.db).await.unwrap();
    let shown: Vec<(&str, Option<f64>, i64)> =
        books.iter().map(|book| (book.title.as_str(), book.rating, book.views)).collect();
    assert_eq!(shown, [("A", None, 0), ("B", Some(1.0), 0), ("C", Some(2.0), 0), ("D", None, 6)]);
    let rows = [
        Book::create().title("E").author(&ada),
        Book::create().title("A").author(&ada).rating(1.0),
    ];
    assert!(Book::insert_many(rows).exec(&world.db).await.unwrap_err().is_unique_violation());
    assert_eq!(Book::filter(Book::title.eq("E")).count(&world.db).await.unwrap(), 0);
}

async fn defaults_versions_and_times_are_filled_in(world: World) {
    let rows = ["a", "b"].map(|owner| Account::create().owner(owner));
    let accounts = Account::insert_many(rows).all(&world.db).await.unwrap();
    assert!(
        accounts.iter().all(|account| account.version == 1 && account.created == account.changed)
    );
    assert_eq!(Account::query().order_by(Account::id).all(&world.db).await.unwrap(), accounts);
}

/// More than PostgreSQL and SQLite take parameters, by every call that takes a list: each is one
/// statement, or one for each kind of rows.
async fn every_list_is_longer_than_a_limit_of_parameters(world: World) {
    const MANY: i64 = 66_000;
    let db = &world.db;
    let tags = |from: i64, to: i64| (from..to).map(|at| Tag::create().id(at).name(format!("{at}")));
    let half = Tag::insert_many(tags(0, MANY).step_by(2)).exec(db);
    assert_eq!(world.counting(1, half).await.unwrap(), MANY as u64 / 2);
    // Conflicts all along.
    let ignored = Tag::insert_many(tags(0, MANY)).or_ignore().each(db);
    let each = world.counting(1, ignored).await.unwrap();
    assert!(each.iter().enumerate().all(|(at, row)| row.is_some() == (at % 2 == 1)));
    let renamed = (1..=MANY).map(|at| Tag::create().id(at).name(format!("tag {at}")));
    let upsert = Tag::insert_many(renamed).on_conflict(Tag::id).update(Tag::name).exec(db);
    let count = world.counting(1, upsert).await.unwrap();
    assert_eq!((count.inserted, count.updated, count.skipped), (1, MANY as u64 - 1, 0));
    // The last row is refused, and with it all.
    let clash = (MANY + 1..2 * MANY).map(|at| Tag::create().id(at).name(format!("{at}")));
    let clash = Tag::insert_many(clash.chain([Tag::create().name("tag 1")])).exec(db).await;
    assert!(clash.unwrap_err().is_unique_violation());
    assert_eq!(Tag::query().count(db).await.unwrap(), MANY as u64 + 1);

    let mut rows = world.counting(1, Tag::query().order_by(Tag::id).all(db)).await.unwrap();
    rows.iter_mut().for_each(|tag| tag.name.push('!'));
    let update = Tag::update_many(&rows, Tag::name).exec(db);
    // It begins and ends a transaction.
    assert_eq!(world.counting(3, update).await.unwrap(), MANY as u64 + 1);
    let keys: Vec<i64> = rows.iter().map(|tag| tag.id).collect();
    let found = world.counting(1, Tag::query().by_keys(keys.clone(), db)).await.unwrap();
    assert!(found.values().all(|tag| tag.name.ends_with('!')));

    let author = Author::create().name("Ada").insert(db).await.unwrap();
    let book = Book::create().title("All").author(&author).insert(db).await.unwrap();
    world.counting(1, Book::tags.of(&book).add(db, &rows)).await.unwrap();
    let loaded = Tag::query().load(Tag::books).order_by(Tag::id).all(db);
    let loaded = world.counting(2, loaded).await.unwrap();
    assert!(loaded.iter().all(|tag| tag.books.get().unwrap().len() == 1));
    let other = Tag::filter(Tag::id.not_in(keys.clone()) | Tag::name.eq("tag 1!"));
    assert_eq!(world.counting(1, other.count(db)).await.unwrap(), 1);
    let gone = Tag::filter(Tag::id.is_in(keys)).delete().exec(db);
    assert_eq!(world.counting(1, gone).await.unwrap(), MANY as u64 + 1);
}
