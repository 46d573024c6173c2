//! Pages by number and by key, the last row, rows by their keys.

use crate::models::{Author, Book, Seat, Tag};
use crate::support::{World, library, scenarios};
use yara_orm::prelude::*;
use yara_orm::typed::KeysetPage;

scenarios! {
    pages_by_number,
    pages_by_key_go_both_ways,
    pages_by_key_hold_nulls_and_mixed_directions,
    pages_by_key_survive_what_happens_meanwhile,
    pages_by_key_of_every_kind_of_value,
    pages_by_key_load_and_select,
    tokens_are_checked,
    what_has_no_pages_by_key,
    the_last_row,
    rows_by_their_keys,
}

async fn pages_by_number(world: World) {
    library(&world.db).await;
    let sorted = || Book::query().order_by(Book::views);
    let page = world.counting(2, sorted().page(1, 3, &world.db)).await.unwrap();
    let titles: Vec<&str> = page.rows.iter().map(|book| book.title.as_str()).collect();
    assert_eq!(titles, ["École", "Notes", "Engine"]);
    assert_eq!((page.total, page.number, page.size, page.pages()), (4, 1, 3, 2));
    assert!(page.has_next());
    let page = sorted().page(2, 3, &world.db).await.unwrap();
    assert_eq!((page.rows.len(), page.has_next()), (1, false));
    let page = sorted().page(9, 3, &world.db).await.unwrap();
    assert_eq!((page.rows.len(), page.total), (0, 4));

    // SEMANTICS 5: slices compose.
    let sliced = sorted().offset(1).limit(2);
    let page = sliced.clone().page(1, 5, &world.db).await.unwrap();
    assert_eq!((page.rows.len(), page.total), (2, 2));
    let page = sliced.page(2, 1, &world.db).await.unwrap();
    assert_eq!((page.rows[0].title.as_str(), page.total), ("Engine", 2));

    // The total is that of the rows: distinct ones, and of no row twice.
    let names = Book::query().select(Book::author.name).distinct().order_by(Book::author.name);
    let page = names.page(1, 2, &world.db).await.unwrap();
    assert_eq!((page.rows, page.total), (vec!["Ada".to_owned(), "Bob".to_owned()], 3));
    let page = Author::query().load(Author::books).page(1, 2, &world.db);
    let page = world.counting(3, page).await.unwrap();
    assert_eq!(page.rows[0].books.get().unwrap().len(), 2);

    for (number, size) in [(0, 3), (1, 0)] {
        let error = world.counting(0, sorted().page(number, size, &world.db)).await.unwrap_err();
        assert!(error.is_invalid_query());
    }
}

/// Every page from the first to the last, and back.
async fn walk<M: Model + PartialEq + std::fmt::Debug>(
    db: &Db,
    query: Query<M>,
    size: u64,
) -> Vec<M> {
    let mut pages: Vec<KeysetPage<M>> = Vec::new();
    let mut token: Option<String> = None;
    loop {
        let page = query.clone().keyset(size).after_if(token.clone()).fetch(db).await.unwrap();
        assert_eq!(page.previous.is_some(), token.is_some());
        token = page.next.clone();
        pages.push(page);
        if token.is_none() {
            break;
        }
    }
    for pair in pages.windows(2) {
        let token = pair[1].previous.clone().unwrap();
        let back = query.clone().keyset(size).before(token).fetch(db).await.unwrap();
        assert_eq!(back.rows, pair[0].rows);
        assert_eq!(back.next, pair[0].next);
        assert_eq!(back.previous, pair[0].previous);
    }
    pages.into_iter().flat_map(|page| page.rows).collect()
}

async fn pages_by_key_go_both_ways(world: World) {
    library(&world.db).await;
    let sorted = Book::query().order_by(Book::views.desc());
    let all = sorted.clone().all(&world.db).await.unwrap();
    for size in 1..6 {
        assert_eq!(walk(&world.db, sorted.clone(), size).await, all, "{size}");
    }
    let page = world.counting(1, sorted.clone().keyset(2).fetch(&world.db)).await.unwrap();
    assert_eq!(page.rows.len(), 2);
    let unsorted = walk(&world.db, Book::query(), 3).await;
    assert_eq!(unsorted, Book::query().order_by(Book::id).all(&world.db).await.unwrap());
    let related = walk(&world.db, Author::query().order_by(Author::mentor.name), 2).await;
    assert_eq!(related[0].name, "Bob");
    assert_eq!(related.len(), 4);
    let none = Book::filter(Book::views.gt(5000)).keyset(2).fetch(&world.db).await.unwrap();
    assert_eq!(none, KeysetPage { rows: Vec::new(), next: None, previous: None });
}

async fn pages_by_key_hold_nulls_and_mixed_directions(world: World) {
    library(&world.db).await;
    let ada = Author::find(1).one(&world.db).await.unwrap();
    let rows = (0..20).map(|at| {
        let rating = [None, Some(1.0), Some(2.0)][at % 3];
        let title = format!("book {at}");
        Book::create().title(title).author(&ada).views(at as i64 % 4).rating(rating)
    });
    Book::insert_many(rows).exec(&world.db).await.unwrap();
    let rating = || Book::rating;
    let orders: Vec<Vec<yara_orm::typed::Ordering<Book>>> = vec![
        vec![rating().asc()],
        vec![rating().desc()],
        vec![rating().asc().nulls_first(), Book::views.desc()],
        vec![rating().desc().nulls_last(), Book::views.asc()],
        vec![Book::views.desc(), rating().asc(), Book::title.desc()],
        vec![Book::views.asc(), rating().desc(), Book::id.desc()],
        vec![(Book::views * -1).asc(), rating().asc().nulls_first()],
        vec![Book::author.mentor.name.desc(), Book::author.name.asc()],
    ];
    for order in orders {
        let query = Book::query().order_by(order);
        let complete = query.clone().order_by(Book::id).all(&world.db).await.unwrap();
        for size in [1, 3, 7] {
            assert_eq!(walk(&world.db, query.clone(), size).await, complete, "{query:?}");
        }
    }
}

async fn pages_by_key_survive_what_happens_meanwhile(world: World) {
    let rows = (0..6).map(|at| Tag::create().name(format!("tag {at}")));
    Tag::insert_many(rows).exec(&world.db).await.unwrap();
    let pages = || Tag::query().order_by(Tag::name).keyset(2);
    let first = pages().fetch(&world.db).await.unwrap();
    // The row that the token names goes, and others come before it.
    Tag::filter(Tag::name.eq("tag 1")).delete().exec(&world.db).await.unwrap();
    Tag::create().name("tag 0a").insert(&world.db).await.unwrap();
    let second = pages().after(first.next.unwrap()).fetch(&world.db).await.unwrap();
    let names: Vec<String> = second.rows.into_iter().map(|tag| tag.name).collect();
    assert_eq!(names, ["tag 2", "tag 3"]);
    let back = pages().before(second.previous.unwrap()).fetch(&world.db).await.unwrap();
    let names: Vec<String> = back.rows.into_iter().map(|tag| tag.name).collect();
    assert_eq!(names, ["tag 0", "tag 0a"]);
}

async fn pages_by_key_of_every_kind_of_value(world: World) {
    use crate::models::Account;
    use rust_decimal::Decimal;
    for at in 0..7_i64 {
        let balance = Decimal::new(100 - 15 * at, 1);
        Account::create()
            .owner(format!("É {at}"))
            .balance(balance)
            .insert(&world.db)
            .await
            .unwrap();
    }
    for query in [
        Account::query().order_by(Account::balance),
        Account::query().order_by((Account::created.desc(), Account::balance.desc())),
        Account::query().order_by(Account::owner.upper().desc()),
        Account::query().order_by((Account::version, Account::balance * Decimal::TWO)),
    ] {
        let all = query.clone().order_by(Account::id).all(&world.db).await.unwrap();
        assert_eq!(walk(&world.db, query, 2).await, all);
    }
    for row in ["B", "A"] {
        for number in 1..4 {
            let seat = Seat::create().row(row).number(number).comfortable(number == 2);
            seat.insert(&world.db).await.unwrap();
        }
    }
    let seats = walk(&world.db, Seat::query().order_by(Seat::comfortable), 2).await;
    let keys: Vec<(String, i32)> = seats.iter().map(Model::key).collect();
    let key = |row: &str, number| (row.to_owned(), number);
    assert_eq!(keys[..4], [key("A", 1), key("A", 3), key("B", 1), key("B", 3)]);
    assert_eq!(keys[4..], [key("A", 2), key("B", 2)]);
}

async fn pages_by_key_load_and_select(world: World) {
    library(&world.db).await;
    let pages = Author::query().order_by(Author::name).load(Author::books).keyset(3);
    let page = world.counting(2, pages.fetch(&world.db)).await.unwrap();
    assert_eq!(page.rows[0].books.get().unwrap().len(), 2);
    let titles = Book::query().order_by(Book::views.desc()).select(Book::title).keyset(2);
    let page = titles.clone().fetch(&world.db).await.unwrap();
    assert_eq!(page.rows, ["100% sure", "Engine"]);
    let page = titles.after(page.next.unwrap()).fetch(&world.db).await.unwrap();
    assert_eq!(page.rows, ["Notes", "École"]);
    let ada = Author::find(1).one(&world.db).await.unwrap();
    let books = Author::books.of(&ada).order_by(Book::title).keyset(1);
    let page = books.clone().fetch(&world.db).await.unwrap();
    assert_eq!(page.rows[0].title, "Engine");
    let page = books.after(page.next.unwrap()).fetch(&world.db).await.unwrap();
    assert_eq!((page.rows[0].title.as_str(), page.next), ("Notes", None));
    let notes = Book::find(1).one(&world.db).await.unwrap();
    let tags = walk(&world.db, Book::tags.of(&notes).query().order_by(Tag::name.desc()), 1).await;
    assert_eq!(tags.iter().map(|tag| tag.name.as_str()).collect::<Vec<_>>(), ["poetry", "maths"]);
}

async fn tokens_are_checked(world: World) {
    library(&world.db).await;
    let by_views = || Book::query().order_by(Book::views).keyset(2);
    let token = by_views().fetch(&world.db).await.unwrap().next.unwrap();
    let again = by_views().fetch(&world.db).await.unwrap().next.unwrap();
    assert_eq!(token, again, "the same place has the same token");
    assert!(token.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte)));
    let filtered = Book::filter(Book::views.gt(5)).order_by(Book::views).keyset(2);
    assert_eq!(filtered.after(&token).fetch(&world.db).await.unwrap().rows.len(), 2);
    for other in [
        Book::query().order_by(Book::views.desc()),
        Book::query().order_by((Book::views, Book::title)),
        Book::query().order_by(Book::views + 1),
        Book::query(),
    ] {
        let page = other.keyset(2).after(&token);
        let error = world.counting(0, page.fetch(&world.db)).await.unwrap_err();
        assert!(error.is_invalid_value());
        assert_eq!(
            error.to_string(),
            "the token of a page cannot be used: it is of a query in another order; begin at the \
             first page"
        );
    }
    let plus = |by: i64| Book::query().order_by(Book::views + by).keyset(2);
    let token = plus(1).fetch(&world.db).await.unwrap().next.unwrap();
    assert!(plus(2).after(token).fetch(&world.db).await.is_err(), "values count as well");
    for wrong in ["", "x", "AAAA", "not a token", "'; drop table book; --"] {
        let error = world.counting(0, by_views().after(wrong).fetch(&world.db)).await.unwrap_err();
        assert!(error.is_invalid_value(), "{wrong}");
    }
}

async fn what_has_no_pages_by_key(world: World) {
    library(&world.db).await;
    let wrong = [
        Book::query().limit(3).order_by(Book::id),
        Book::query().distinct(),
        Book::query().distinct_on(Book::author.id),
        Book::query().order_by_lookups(["?"]),
    ];
    for query in wrong {
        let shown = format!("{query:?}");
        let page = query.keyset(2).fetch(&world.db);
        let error = world.counting(0, page).await.expect_err(&shown);
        assert!(error.is_invalid_query(), "{error}");
    }
    let error = Book::query().keyset(0).fetch(&world.db).await.unwrap_err();
    assert!(error.is_invalid_query());
}

async fn the_last_row(world: World) {
    library(&world.db).await;
    let title = async |query: Query<Book>| {
        let last = world.counting(1, query.last(&world.db)).await.unwrap();
        last.map(|book| book.title)
    };
    assert_eq!(title(Book::query()).await.unwrap(), "100% sure");
    assert_eq!(title(Book::query().order_by(Book::views)).await.unwrap(), "100% sure");
    assert_eq!(title(Book::query().order_by(Book::views.desc())).await.unwrap(), "École");
    assert_eq!(title(Book::query().order_by(Book::rating)).await.unwrap(), "École");
    assert_eq!(title(Book::query().order_by(Book::rating.desc())).await.unwrap(), "Engine");
    let first = Book::query().order_by(Book::rating.asc().nulls_first());
    assert_eq!(title(first).await.unwrap(), "100% sure");
    let sorted = || Book::query().order_by(Book::views);
    assert_eq!(title(sorted().limit(2)).await.unwrap(), "Notes");
    assert_eq!(title(sorted().offset(1).limit(2)).await.unwrap(), "Engine");
    assert_eq!(title(sorted().offset(9)).await, None);
    let joined = Book::query().order_by((Book::author.name.desc(), Book::views)).limit(3);
    assert_eq!(title(joined).await.unwrap(), "Notes");
    assert_eq!(title(Book::filter(Book::views.gt(5000))).await, None);
    let one = Book::query().select((Book::title, Book::views)).order_by(Book::views * 2).limit(2);
    assert_eq!(one.last(&world.db).await.unwrap(), Some(("Notes".to_owned(), 10)));
    let names = || Book::query().select(Book::author.name).distinct();
    let last = names().order_by(Book::author.name).last(&world.db).await.unwrap();
    assert_eq!(last.unwrap(), "Cy");
    let last = names().order_by(Book::author.name).limit(2).last(&world.db).await.unwrap();
    assert_eq!(last.unwrap(), "Bob");
    let error = names().last(&world.db).await.unwrap_err();
    assert!(error.to_string().contains("has no order"), "{error}");
    let loaded = Book::query().order_by(Book::views).limit(3).load(Book::author);
    let loaded = loaded.last(&world.db).await.unwrap().unwrap();
    assert_eq!(loaded.author.get().unwrap().name, "Ada");
}

async fn rows_by_their_keys(world: World) {
    library(&world.db).await;
    let books = Book::query().by_keys([3, 1, 99, 1], &world.db);
    let books = world.counting(1, books).await.unwrap();
    assert_eq!(books.len(), 2);
    assert_eq!((books[&1].title.as_str(), books[&3].title.as_str()), ("Notes", "École"));
    let hot = Book::filter(Book::views.gt(100)).by_keys(1..=4, &world.db).await.unwrap();
    assert_eq!(hot.len(), 2);
    assert!(Book::query().by_keys([], &world.db).await.unwrap().is_empty());
    for number in 1..=3 {
        let seat = Seat::create().row("A").number(number).comfortable(true);
        seat.insert(&world.db).await.unwrap();
    }
    let key = |number| ("A".to_owned(), number);
    let seats = Seat::query().by_keys([key(1), key(3), key(9)], &world.db).await.unwrap();
    assert_eq!((seats.len(), seats[&key(3)].number), (2, 3));
    let many = Book::query().by_keys(1..=100_000, &world.db).await.unwrap();
    assert_eq!(many.len(), 4);
}
