//! Rows that may be there already.

use crate::models::{Account, Author, Book, Seat, Tag};
use crate::support::{Kind, World, library, scenarios};
use rust_decimal::Decimal;
use yara_orm::prelude::*;
use yara_orm::typed::{UpsertCount, Upserted};

scenarios! {
    one_row_is_inserted_or_updated,
    many_rows_are_one_statement_and_each_is_told,
    a_condition_leaves_rows_as_they_are,
    ignoring_tells_what_was_skipped,
    a_constraint_by_its_name,
    a_partial_index,
    a_unique_index_by_its_name,
    a_key_of_several_columns,
    rows_of_different_shapes_are_told_too,
    versions_and_times_go_on,
    what_cannot_be_an_upsert_is_refused,
    a_failed_upsert_leaves_no_mark,
    a_row_is_created_once,
    a_row_is_got_or_created_in_a_transaction,
    update_or_create,
    upserts_side_by_side,
    nothing_of_an_upsert_is_left_after_a_violation,
    the_rows_of_a_query,
    the_rows_of_a_query_are_checked,
}

/// What became of each row, in words.
fn fates<M>(each: &[Upserted<M>]) -> String {
    let fate = |row: &Upserted<M>| match row {
        Upserted::Inserted(_) => 'i',
        Upserted::Updated(_) => 'u',
        Upserted::Skipped => 's',
    };
    each.iter().map(fate).collect()
}

async fn one_row_is_inserted_or_updated(world: World) {
    library(&world.db).await;
    let new = |views| Book::create().title("Notes").author_id(1).views(views);
    let upsert = new(7)
        .on_conflict((Book::author, Book::title))
        .set(Book::views, Book::views + excluded(Book::views))
        .update(Book::rating);
    let outcome = world.counting(1, upsert.insert(&world.db)).await.unwrap();
    assert!(outcome.is_updated());
    let book = outcome.into_row().unwrap();
    assert_eq!((book.id, book.views, book.rating), (1, 17, None));
    let other = Book::create().title("Poems").author_id(1).views(1);
    let upsert = other.on_conflict((Book::title, Book::author)).update(Book::views);
    let outcome = world.counting(1, upsert.insert(&world.db)).await.unwrap();
    assert!(outcome.is_inserted());
    assert_eq!(Book::query().count(&world.db).await.unwrap(), 5);
}

/// One statement for any number of rows; keys and fates in the order in which rows were given.
async fn many_rows_are_one_statement_and_each_is_told(world: World) {
    let rows = |from: usize, to: usize| {
        (from..to).map(|at| Account::create().owner(format!("o{at}")).balance(Decimal::from(at)))
    };
    Account::insert_many(rows(0, 500).step_by(2)).exec(&world.db).await.unwrap();
    let upsert =
        Account::insert_many(rows(0, 1000)).on_conflict(Account::owner).update(Account::balance);
    let each = world.counting(1, upsert.each(&world.db)).await.unwrap();
    assert_eq!(each.len(), 1000);
    for (at, outcome) in each.iter().enumerate() {
        assert_eq!(outcome.is_updated(), at < 500 && at % 2 == 0, "{at}");
        assert_eq!(outcome.row().unwrap().owner, format!("o{at}"));
    }
    let again =
        Account::insert_many(rows(990, 1003)).on_conflict(Account::owner).update(Account::balance);
    let count = world.counting(1, again.exec(&world.db)).await.unwrap();
    assert_eq!(count, UpsertCount { inserted: 3, updated: 10, skipped: 0 });
    let none =
        Account::insert_many(rows(0, 0)).on_conflict(Account::owner).update(Account::balance);
    assert!(world.counting(0, none.each(&world.db)).await.unwrap().is_empty());
}

async fn a_condition_leaves_rows_as_they_are(world: World) {
    library(&world.db).await;
    let rows = [("Notes", 11), ("Engine", 11), ("New", 11)]
        .map(|(title, views)| Book::create().title(title).author_id(1).views(views));
    let upsert = Book::insert_many(rows)
        .on_conflict((Book::author, Book::title))
        .update(Book::views)
        .filter(Book::views.lt(excluded(Book::views)) & Book::author.name.eq("Ada"));
    let each = world.counting(1, upsert.each(&world.db)).await.unwrap();
    assert_eq!(fates(&each), "usi");
    let views = Book::filter(Book::author_id.eq(1)).order_by(Book::id).select(Book::views);
    assert_eq!(views.all(&world.db).await.unwrap(), [11, 500, 11]);
}

async fn ignoring_tells_what_was_skipped(world: World) {
    library(&world.db).await;
    let rows = || ["new", "maths", "newer", "new"].map(|name| Tag::create().name(name));
    let ignoring = Tag::insert_many(rows()).on_conflict(Tag::name).ignore();
    let each = world.counting(1, ignoring.each(&world.db)).await.unwrap();
    assert_eq!(fates(&each), "isis");
    assert_eq!(each[2].row().unwrap().name, "newer");
    let each =
        world.counting(1, Tag::insert_many(rows()).or_ignore().each(&world.db)).await.unwrap();
    assert!(each.iter().all(Option::is_none));
    let rows = ["newest", "maths"].map(|name| Tag::create().name(name));
    let each = world.counting(1, Tag::insert_many(rows).or_ignore().each(&world.db)).await.unwrap();
    assert_eq!(each[0].as_ref().unwrap().name, "newest");
    assert!(each[1].is_none());
}

async fn a_constraint_by_its_name(world: World) {
    library(&world.db).await;
    let new = || Book::create().title("Notes").author_id(1).views(12);
    let upsert = new().on_constraint("book_author_id_title_key").update(Book::views);
    assert!(world.counting(1, upsert.insert(&world.db)).await.unwrap().is_updated());
    let upsert = new().id(1).on_constraint("book_pkey").update(Book::views);
    assert!(upsert.insert(&world.db).await.unwrap().is_updated());
    // PostgreSQL may know one that the model does not.
    let unknown = new().on_constraint("book_titel_key").update(Book::views).insert(&world.db);
    match world.kind {
        Kind::Postgres => assert_eq!(unknown.await.unwrap_err().sqlstate(), Some("42704")),
        Kind::Sqlite => {
            let error = world.counting(0, unknown).await.unwrap_err();
            assert!(error.is_invalid_query());
            assert!(error.to_string().contains("`book_author_id_title_key`"), "{error}");
        }
    }
}

async fn a_partial_index(world: World) {
    sql("create unique index one_bare on book (title) where rating is null")
        .exec(&world.db)
        .await
        .unwrap();
    library(&world.db).await;
    let upsert = Book::create()
        .title("École")
        .author_id(3)
        .views(6)
        .on_conflict(Book::title)
        .partial(Book::rating.is_null())
        .update(Book::views);
    let outcome = upsert.insert(&world.db).await.unwrap();
    assert_eq!((outcome.is_updated(), outcome.row().unwrap().views), (true, 6));
    let rated = Book::create()
        .title("Engine")
        .author_id(3)
        .on_conflict(Book::title)
        .partial(Book::rating.is_null())
        .update(Book::views);
    assert!(rated.insert(&world.db).await.unwrap().is_inserted(), "the other one is rated");
    // The index is found by its condition, values included, however often the statement runs.
    sql("drop index one_bare").exec(&world.db).await.unwrap();
    sql("create unique index one_big on book (title) where views > 100 and title <> 'it''s'")
        .exec(&world.db)
        .await
        .unwrap();
    let big = |than: i64| {
        let condition = Book::views.gt(than) & sql("title <> 'it''s'").condition();
        Book::create()
            .title("Engine")
            .author_id(2)
            .views(700)
            .on_conflict(Book::title)
            .partial(condition)
            .update(Book::views)
    };
    for _ in 0..12 {
        assert!(big(100).insert(&world.db).await.unwrap().is_updated());
    }
    let error = big(50).insert(&world.db).await.unwrap_err();
    assert_eq!((error.kind(), error.sqlstate()), (ErrorKind::Programming, Some("42P10")));
    assert!(big(100).insert(&world.db).await.unwrap().is_updated());
}

#[derive(Model, Debug, Clone, PartialEq)]
#[model(
    table = "handle",
    unique(name = "handle_by_name", Handle::name.lower(), kind),
    unique(name = "handle_initial", Handle::name.substring(1, 1).concat(Handle::code))
)]
struct Handle {
    id: i64,
    name: String,
    #[field(default = 0)]
    kind: i32,
    #[field(default = "-")]
    code: String,
    #[field(default = 1)]
    seen: i64,
}

/// What rows are told by is an expression, which the index has in its declaration.
async fn a_unique_index_by_its_name(world: World) {
    let db = &world.db;
    db.create_tables::<Handle>().await.unwrap();
    let new = |name: &str, code: &str| Handle::create().name(name).code(code);
    new("ÉCOLE", "a").insert(db).await.unwrap();
    let upsert = |name: &str, code: &str| {
        new(name, code).on_constraint("handle_by_name").set(Handle::seen, Handle::seen + 1)
    };
    for seen in 2..5 {
        let outcome = world.counting(1, upsert("école", "b").insert(db)).await.unwrap();
        assert_eq!((outcome.is_updated(), outcome.row().unwrap().seen), (true, seen));
    }
    assert!(upsert("other", "c").insert(db).await.unwrap().is_inserted());
    let clash = upsert("over", "c").insert(db).await.unwrap_err();
    assert!(clash.is_unique_violation(), "by another index");
    let rows = ["obst", "elm", "pear"].map(|name| new(name, "c"));
    let each = Handle::insert_many(rows).on_constraint("handle_initial").ignore();
    assert_eq!(fates(&world.counting(1, each.each(db)).await.unwrap()), "sii");
    let count = Handle::insert_many(["pea", "Peach"].map(|name| new(name, "c")))
        .on_constraint("handle_initial")
        .update(Handle::name);
    let count = world.counting(1, count.exec(db)).await.unwrap();
    assert_eq!(count, UpsertCount { inserted: 1, updated: 1, skipped: 0 });
    let unknown = new("x", "x").on_constraint("handle_by_nam").ignore().insert(db);
    if world.kind == Kind::Sqlite {
        let error = world.counting(0, unknown).await.unwrap_err();
        assert!(error.to_string().contains("`handle_by_name`"), "{error}");
    }
}

async fn a_key_of_several_columns(world: World) {
    let rows = || {
        [("A", 1), ("A", 2), ("B", 1)]
            .map(|(row, number)| Seat::create().row(row).number(number).comfortable(number == 2))
    };
    Seat::insert_many(rows()).exec(&world.db).await.unwrap();
    let more = [("A", 2), ("C", 1)]
        .map(|(row, number)| Seat::create().row(row).number(number).comfortable(false));
    let upsert =
        Seat::insert_many(more).on_conflict((Seat::row, Seat::number)).update(Seat::comfortable);
    assert_eq!(fates(&upsert.each(&world.db).await.unwrap()), "ui");
    assert_eq!(Seat::filter(Seat::comfortable.is_true()).count(&world.db).await.unwrap(), 0);
}

async fn rows_of_different_shapes_are_told_too(world: World) {
    library(&world.db).await;
    let rows = [
        Book::create().title("Notes").author_id(1),
        Book::create().title("A").author_id(1).rating(1.0),
        Book::create().title("Engine").author_id(1).rating(2.0),
        Book::create().title("B").author_id(1).views(sql("2 * $1").bind(3i64).value::<Book, i64>()),
        Book::create()
            .title("École")
            .author_id(2)
            .views(sql("2 * $1").bind(3i64).value::<Book, i64>()),
    ];
    let upsert = Book::insert_many(rows)
        .on_conflict((Book::author, Book::title))
        .update((Book::views, Book::rating));
    let each = world.counting(4, upsert.each(&world.db)).await.unwrap();
    assert_eq!(fates(&each), "uiuiu");
    let views: Vec<i64> = each.iter().map(|row| row.row().unwrap().views).collect();
    assert_eq!(views, [0, 0, 0, 6, 6]);
}

async fn versions_and_times_go_on(world: World) {
    let account = Account::create().owner("Eve").insert(&world.db).await.unwrap();
    let new = Account::create().owner("Eve").balance(Decimal::ONE);
    let outcome = new.on_conflict(Account::owner).update(Account::balance).insert(&world.db).await;
    let fresh = outcome.unwrap().into_row().unwrap();
    assert_eq!((fresh.version, fresh.created), (2, account.created));
    assert!(fresh.changed >= account.changed);
}

/// Refused before anything is sent.
async fn what_cannot_be_an_upsert_is_refused(world: World) {
    let new = || Book::create().title("Notes").author_id(1);
    let undecided = new().on_conflict((Book::author, Book::title)).insert(&world.db);
    let error = world.counting(0, undecided).await.unwrap_err();
    assert!(error.is_invalid_query() && error.to_string().contains(".ignore()"), "{error}");
    let unknown = new().on_conflict(Book::title).update(Book::views).insert(&world.db);
    let error = world.counting(0, unknown).await.unwrap_err();
    assert_eq!(
        error.to_string(),
        "no two rows of Book are told apart by (title), so an upsert cannot go by that; it can by \
         (id) or (author_id, title)"
    );
    let rows = ["a", "b", "a"].map(|name| Tag::create().name(name));
    let twice = Tag::insert_many(rows).on_conflict(Tag::name).update(Tag::name).each(&world.db);
    let error = world.counting(0, twice).await.unwrap_err();
    assert_eq!(
        error.to_string(),
        "rows 0 and 2 of Tag have the same name; an upsert writes a row once"
    );
    let path = new().on_conflict(Book::author.name).update(Book::views).insert(&world.db);
    assert!(world.counting(0, path).await.unwrap_err().is_invalid_query());
    let elsewhere = Book::query().select(excluded(Book::views)).all(&world.db);
    let error = world.counting(0, elsewhere).await.unwrap_err();
    assert!(error.is_invalid_query(), "{error}");
    let long = Tag::create().name("x".repeat(51)).on_conflict(Tag::name).ignore().insert(&world.db);
    assert!(world.counting(0, long).await.unwrap_err().is_invalid_value());
}

/// An upsert that fails half-way tells the next one nothing.
async fn a_failed_upsert_leaves_no_mark(world: World) {
    library(&world.db).await;
    let negative = Book::create().title("Notes").author_id(1).views(-1);
    let upsert =
        negative.on_conflict((Book::author, Book::title)).set(Book::views, Book::views - 100);
    assert!(upsert.insert(&world.db).await.unwrap_err().is_check_violation());
    let new = Book::create().title("Fresh").author_id(1);
    let upsert = new.on_conflict((Book::author, Book::title)).update(Book::views);
    assert!(upsert.insert(&world.db).await.unwrap().is_inserted());
}

/// Whoever comes at the same time gets the same row, and exactly one creates it.
async fn a_row_is_created_once(world: World) {
    let mut tasks = Vec::new();
    for at in 0..16 {
        let db = world.db.clone();
        tasks.push(tokio::spawn(async move {
            let name = format!("tag {}", at % 2);
            let new = Tag::create().name(&name);
            Tag::filter(Tag::name.eq(&name)).get_or_create(new, &db).await.unwrap()
        }));
    }
    let mut created = 0;
    for task in tasks {
        created += usize::from(task.await.unwrap().1);
    }
    assert_eq!((created, Tag::query().count(&world.db).await.unwrap()), (2, 2));
    let found =
        Tag::filter(Tag::name.eq("tag 0")).get_or_create(Tag::create().name("tag 0"), &world.db);
    assert!(!world.counting(1, found).await.unwrap().1);
    let new = Tag::filter(Tag::name.eq("new")).get_or_create(Tag::create().name("new"), &world.db);
    assert!(world.counting(2, new).await.unwrap().1);
    let several =
        Tag::filter(Tag::name.starts_with("tag")).get_or_create(Tag::create().name("x"), &world.db);
    assert!(several.await.unwrap_err().is_multiple_found());
    let clash =
        Tag::filter(Tag::name.eq("other")).get_or_create(Tag::create().name("new"), &world.db);
    assert!(clash.await.unwrap_err().is_unique_violation(), "another row is in the way");
}

/// A row that another transaction is about to commit is waited for; nothing fails.
async fn a_row_is_got_or_created_in_a_transaction(world: World) {
    let first = world.db.begin().await.unwrap();
    Tag::create().name("shared").insert(&first).await.unwrap();
    let db = world.db.clone();
    let second = tokio::spawn(async move {
        db.transaction(async |tx| {
            let new = Tag::create().name("shared");
            let got = Tag::filter(Tag::name.eq("shared")).get_or_create(new, &tx).await?;
            Tag::create().name("after").insert(&tx).await?;
            Ok(got)
        })
        .await
    });
    tokio::time::sleep(std::time::Duration::from_millis(100)).await;
    first.commit().await.unwrap();
    let (tag, created) = second.await.unwrap().unwrap();
    assert_eq!((tag.name.as_str(), created), ("shared", false));
    assert_eq!(Tag::query().count(&world.db).await.unwrap(), 2);
}

async fn update_or_create(world: World) {
    let mut tasks = Vec::new();
    for _ in 0..12 {
        let db = world.db.clone();
        tasks.push(tokio::spawn(async move {
            let one = Decimal::ONE;
            Account::filter(Account::owner.eq("Eve"))
                .update()
                .set(Account::balance, Account::balance + one)
                .or_create(Account::create().owner("Eve").balance(one), &db)
                .await
                .unwrap()
        }));
    }
    let mut created = 0;
    for task in tasks {
        created += usize::from(task.await.unwrap().1);
    }
    let account = Account::query().one(&world.db).await.unwrap();
    assert_eq!((created, account.balance, account.version), (1, Decimal::from(12), 12));
    let update =
        || Account::filter(Account::owner.eq("Eve")).update().set(Account::balance, Decimal::TWO);
    let (fresh, created) = world
        .counting(2, update().or_create(Account::create().owner("Eve"), &world.db))
        .await
        .unwrap();
    assert_eq!((fresh.balance, created), (Decimal::TWO, false));
    let nothing = Account::query().update().or_create(Account::create().owner("Eve"), &world.db);
    assert!(world.counting(0, nothing).await.unwrap_err().is_invalid_query());
    Account::create().owner("Fay").insert(&world.db).await.unwrap();
    let several = Account::query().update().set(Account::balance, Decimal::ZERO);
    let error = several.or_create(Account::create().owner("Gil"), &world.db).await.unwrap_err();
    assert!(error.is_multiple_found());
    let untouched =
        Account::filter(Account::balance.eq(Decimal::TWO)).count(&world.db).await.unwrap();
    assert_eq!(untouched, 1);
}

async fn the_rows_of_a_query(world: World) {
    library(&world.db).await;
    let names = Author::query().order_by(Author::name).select(Author::name);
    let tags = Tag::insert_from(Tag::name, names.clone()).returning_rows();
    let tags = world.counting(1, tags.all(&world.db)).await.unwrap();
    assert_eq!(
        tags.iter().map(|tag| tag.name.as_str()).collect::<Vec<_>>(),
        ["Ada", "Bob", "Cy", "Dan"]
    );
    let again = Tag::insert_from(Tag::name, names);
    assert_eq!(world.counting(1, again.or_ignore().exec(&world.db)).await.unwrap(), 0);
    // Filled in: what the library fills in for single rows.
    let accounts = Account::insert_from(Account::owner, Author::query().select(Author::name));
    let accounts =
        accounts.returning((Account::owner, Account::version)).all(&world.db).await.unwrap();
    assert_eq!(accounts.len(), 4);
    assert!(accounts.iter().all(|(_, version)| *version == 1));
    // A `T` fits an `Option<T>`.
    let copies = Book::filter(Book::rating.is_not_null()).select((
        Book::title,
        Book::author_id,
        Book::views,
    ));
    let upsert = Book::insert_from((Book::title, Book::author_id, Book::views), copies)
        .on_conflict((Book::author, Book::title))
        .set(Book::views, Book::views + excluded(Book::views))
        .filter(Book::views.ge(500));
    assert_eq!(world.counting(1, upsert.exec(&world.db)).await.unwrap(), 2);
    let views = Book::query().order_by(Book::id).select(Book::views).all(&world.db).await.unwrap();
    assert_eq!(views, [10, 1000, 5, 2000]);
}

async fn the_rows_of_a_query_are_checked(world: World) {
    let titles = Book::query().select(Book::title);
    let error = world
        .counting(0, Book::insert_from(Book::title, titles).exec(&world.db))
        .await
        .unwrap_err();
    assert!(error.is_invalid_query());
    assert_eq!(
        error.to_string(),
        "Book.author_id has no default; select a value for it, and name the column"
    );
}

/// However many write the same rows, each row is new once, and no change is lost.
async fn upserts_side_by_side(world: World) {
    let mut tasks = Vec::new();
    for _ in 0..8 {
        let db = world.db.clone();
        tasks.push(tokio::spawn(async move {
            let one = Decimal::ONE;
            let rows = (0..20).map(|at| Account::create().owner(format!("o{at}")).balance(one));
            Account::insert_many(rows)
                .on_conflict(Account::owner)
                .set(Account::balance, Account::balance + excluded(Account::balance))
                .exec(&db)
                .await
                .unwrap()
        }));
    }
    let mut total = UpsertCount::default();
    for task in tasks {
        let count = task.await.unwrap();
        total.inserted += count.inserted;
        total.updated += count.updated;
    }
    assert_eq!((total.inserted, total.updated), (20, 140));
    let full = Account::filter(Account::balance.eq(Decimal::from(8)) & Account::version.eq(8));
    assert_eq!(full.count(&world.db).await.unwrap(), 20);
}

async fn nothing_of_an_upsert_is_left_after_a_violation(world: World) {
    library(&world.db).await;
    let rows = [("Notes", 1), ("New", 2), ("Engine", -1)]
        .map(|(title, views)| Book::create().title(title).author_id(1).views(views));
    let upsert =
        Book::insert_many(rows).on_conflict((Book::author, Book::title)).update(Book::views);
    assert!(upsert.each(&world.db).await.unwrap_err().is_check_violation());
    let views = Book::query().order_by(Book::id).select(Book::views).all(&world.db).await.unwrap();
    assert_eq!(views, [10, 500, 5, 1000]);
}
