//! Windows: values of the rows around a row, and queries that filter by them.

use crate::aggregates::{Sample, samples};
use crate::models::{Author, Book, Tag};
use crate::support::{World, library, postgres_scenarios, scenarios};
use chrono::TimeDelta;
use rust_decimal::Decimal;
use yara_orm::prelude::*;
use yara_orm::typed::Window;

scenarios! {
    rows_are_numbered_and_ranked,
    values_of_other_rows_are_read,
    aggregates_over_frames,
    every_aggregate_slides,
    decimals_slide_without_losing_digits,
    frames_by_distance,
    windows_over_groups,
    groups_are_filtered_by_a_window,
    a_filter_by_a_window_keeps_whole_rows,
    a_filter_by_a_window_holds_in_every_shape,
    a_filter_by_a_window_selects_what_was_numbered,
    a_filter_by_a_window_is_written_through,
    a_filter_by_a_window_within_a_question,
    loads_are_filtered_by_windows_for_each_owner,
    orders_by_a_window,
    distinct_rows_of_a_filter_by_a_window,
    windows_in_the_wrong_place_are_refused,
}
postgres_scenarios! { frames_by_distance_of_times }

fn by_views() -> Window<Book> {
    func::window().order_by(Book::views.desc())
}

fn of_author() -> Window<Book> {
    func::window().partition_by(Book::author).order_by(Book::views.desc())
}

async fn rows_are_numbered_and_ranked(world: World) {
    samples(&world).await;
    let by_name = || func::window().order_by(Sample::name);
    let query = Sample::query().filter(Sample::id.ne(3)).order_by(Sample::id).select((
        func::row_number().over(func::window().order_by((Sample::name, Sample::id.desc()))),
        func::rank().over(by_name()),
        func::dense_rank().over(by_name()),
        func::percent_rank().over(by_name()),
        func::cume_dist().over(by_name()),
        func::ntile(2).over(func::window().order_by(Sample::id)),
        func::rank().over(by_name()) * 10,
    ));
    let rows = query.all(&world.db).await.unwrap();
    let third = 2.0 / 3.0;
    assert_eq!(rows[0], (3, 3, 2, 1.0, 1.0, 1, 30)); // beta
    assert_eq!(rows[1], (2, 1, 1, 0.0, third, 1, 10)); // alpha
    assert_eq!(rows[2], (1, 1, 1, 0.0, third, 2, 10)); // alpha
}

async fn values_of_other_rows_are_read(world: World) {
    let samples = samples(&world).await;
    let by_id = || func::window().order_by(Sample::id);
    let query = Sample::query().order_by(Sample::id).select((
        func::lag(Sample::name, 1).over(by_id()),
        func::lead(Sample::moment, 2).over(by_id()),
        func::lag_or(Sample::name, 2, "none").over(by_id()),
        func::lead_or(Sample::large, 1, -1).over(by_id()),
        func::lag_or(Sample::price, 1, Decimal::ONE).over(by_id()),
        func::first_value(Sample::number).over(by_id()),
        func::last_value(Sample::flag).over(by_id().rows(..)),
        func::nth_value(Sample::code, 2).over(by_id()),
        func::lead(Sample::number, 0).over(by_id()),
    ));
    let rows = query.all(&world.db).await.unwrap();
    for (at, row) in rows.into_iter().enumerate() {
        let before = |by: usize| at.checked_sub(by).map(|at| &samples[at]);
        let after = |by: usize| samples.get(at + by);
        assert_eq!(row.0, before(1).map(|row| row.name.clone()));
        assert_eq!(row.1, after(2).map(|row| row.moment));
        assert_eq!(row.2, before(2).map_or("none".into(), |row| row.name.clone()));
        assert_eq!(row.3, after(1).map_or(-1, |row| row.large));
        assert_eq!(row.4, before(1).map_or(Some(Decimal::ONE), |row| row.price));
        assert_eq!(row.5, samples[0].number);
        assert_eq!(row.6, Some(true));
        assert_eq!(row.7, (at > 0).then_some(samples[1].code));
        assert_eq!(row.8, samples[at].number);
    }
}

async fn aggregates_over_frames(world: World) {
    library(&world.db).await;
    let by_id = || func::window().order_by(Book::id);
    let query = Book::query().order_by(Book::id).select((
        func::sum(Book::views).over(by_id()),
        func::sum(Book::views).over(by_id().rows(-1..=1)),
        func::sum(Book::views).over(by_id().rows(-2..0)),
        func::count().over(by_id().rows(1..)),
        func::max(Book::views).over(func::window().partition_by(Book::author_id)),
        func::avg(Book::views).over(func::window()),
        func::count().filter(Book::rating.gt(4.0)).over(by_id()),
        func::min(Book::author.name).over(by_id().rows(0..)),
        func::count().over(func::window().order_by(Book::author_id).groups(..=0)),
        func::sum(Book::views).over(func::window().order_by(Book::author_id).groups(-1..=-1)),
    ));
    let rows = world.counting(1, query.all(&world.db)).await.unwrap();
    let name = |name: &str| Some(name.to_owned());
    let mean = Some(378.75);
    assert_eq!(rows[0], (Some(10), Some(510), None, 3, Some(500), mean, 1, name("Ada"), 2, None));
    assert_eq!(
        rows[1],
        (Some(510), Some(515), Some(10), 2, Some(500), mean, 1, name("Ada"), 2, None)
    );
    assert_eq!(
        rows[2],
        (Some(515), Some(1505), Some(510), 1, Some(5), mean, 1, name("Bob"), 3, Some(510))
    );
    assert_eq!(
        rows[3],
        (Some(1515), Some(1005), Some(505), 0, Some(1000), mean, 2, name("Cy"), 4, Some(5))
    );
}

async fn every_aggregate_slides(world: World) {
    let samples = samples(&world).await;
    let near = || func::window().order_by(Sample::id).rows(-1..=0);
    let query = Sample::query().order_by(Sample::id).select((
        func::string_agg(Sample::name, "+").over(near()),
        func::array_agg(Sample::flag).over(near()),
        func::json_agg(Sample::number).over(near()),
        func::all(Sample::number.gt(0)).over(near()),
        func::any(Sample::number.gt(0)).over(near()),
        func::var_pop(Sample::real).over(near()),
        func::stddev_samp(Sample::small).over(near()),
        func::sum(Sample::real).over(near()),
        func::avg(Sample::single).over(near()),
        func::max(Sample::price).over(near()),
        func::min(Sample::code).over(near()),
        func::max(Sample::bytes).over(near()),
    ));
    let rows = query.all(&world.db).await.unwrap();
    assert_eq!(rows[0].0.as_deref(), Some("beta"));
    assert_eq!(rows[2].0.as_deref(), Some("alpha+be\"t\\a"));
    assert_eq!(rows[3].1, Some(vec![false, true]));
    assert_eq!(rows[2].2, Some(serde_json::json!([null, 1])));
    let truths: Vec<_> = rows.iter().map(|row| (row.3, row.4)).collect();
    let of = |truth| (Some(truth), Some(truth));
    assert_eq!(truths, [of(false), of(false), of(true), of(true)]);
    let spreads: Vec<_> = rows.iter().map(|row| row.5).collect();
    assert_eq!(spreads, [Some(0.0), Some(0.015625), Some(0.0), Some(0.0)]);
    assert_eq!((rows[0].6, rows[1].6), (None, Some(50.0_f64.sqrt())));
    let sums: Vec<_> = rows.iter().map(|row| row.7).collect();
    assert_eq!(sums, [Some(0.25), Some(0.75), Some(0.5), Some(1.0)]);
    let two = f64::from(samples[0].single) + f64::from(samples[1].single);
    assert_eq!(rows[1].8, Some(two / 2.0));
    let prices: Vec<_> = rows.iter().map(|row| row.9).collect();
    assert_eq!(prices, samples.iter().map(|row| row.price).collect::<Vec<_>>());
    assert_eq!(rows[3].10, Some(samples[2].code));
    assert_eq!(rows[3].11, Some(samples[3].bytes.clone()));
}

async fn decimals_slide_without_losing_digits(world: World) {
    samples(&world).await;
    let db = &world.db;
    let large: Decimal = "12345678901234567.1234567891".parse().unwrap();
    Sample::filter(Sample::id.eq(2)).update().set(Sample::price, large).exec(db).await.unwrap();
    let near = || func::window().order_by(Sample::id).rows(-1..=0);
    let query = Sample::query().order_by(Sample::id).select((
        func::sum(Sample::price).over(near()),
        func::avg(Sample::price * Decimal::ONE).over(near()),
    ));
    let rows = query.all(db).await.unwrap();
    let decimal = |text: &str| Some(text.parse::<Decimal>().unwrap());
    let sums: Vec<_> = rows.iter().map(|row| row.0).collect();
    assert_eq!(sums, [None, Some(large), Some(large + Decimal::new(999, 3)), decimal("2.331")]);
    assert_eq!(rows[3].1, decimal("1.1655"));
}

async fn frames_by_distance(world: World) {
    samples(&world).await;
    let db = &world.db;
    let by = |order| func::window().order_by(order);
    let query = Sample::query().order_by(Sample::id).select((
        func::count().over(by(Sample::small.asc()).range(-10..=10)),
        func::count().over(by(Sample::number.asc()).range(..=1)),
        func::count().over(by(Sample::number.desc()).range(-1..=0)),
        func::count().over(by(Sample::real.asc()).range(-0.25..=0.25)),
        func::count().over(by(Sample::large.asc()).range(0_i64..)),
        func::count().over(by(Sample::span.asc()).range(..=TimeDelta::microseconds(3))),
        func::count().over(by(Sample::single.desc()).range(-0.05..=0.05)),
    ));
    let rows = query.all(db).await.unwrap();
    // small 10 20 30 40, number -1 NULL 1 2, real 0.25 0.5 NULL 1.0, span 3 6 9 12
    assert_eq!(rows[0], (2, 1, 1, 2, 4, 2, 1));
    assert_eq!(rows[1], (3, 4, 1, 2, 3, 3, 1));
    assert_eq!(rows[2], (3, 3, 2, 1, 2, 4, 1));
    assert_eq!(rows[3], (2, 3, 1, 1, 1, 4, 1));
}

async fn frames_by_distance_of_times(world: World) {
    samples(&world).await;
    let near =
        func::window().order_by(Sample::moment).range(TimeDelta::hours(-1)..=TimeDelta::zero());
    let query = Sample::query().order_by(Sample::id).select(func::count().over(near));
    assert_eq!(query.all(&world.db).await.unwrap(), [1, 1, 2, 2]);
    let price = func::window().order_by(Sample::price).range(Decimal::ONE..=Decimal::ONE);
    let query = Sample::query().order_by(Sample::id).select(func::count().over(price));
    assert_eq!(query.all(&world.db).await.unwrap(), [1, 0, 0, 0]);
}

async fn windows_over_groups(world: World) {
    library(&world.db).await;
    let place = func::rank().over(func::window().order_by(func::sum(Book::views).desc()));
    let share = func::sum(func::sum(Book::views)).over(func::window());
    let query = Book::query().group_by(Book::author).order_by(place.clone()).select((
        Book::author.name,
        place,
        share,
    ));
    let rows = query.all(&world.db).await.unwrap();
    assert_eq!(rows[0], ("Cy".into(), 1, Some(1515)));
    assert_eq!(rows[2], ("Bob".into(), 3, Some(1515)));
}

async fn groups_are_filtered_by_a_window(world: World) {
    library(&world.db).await;
    let place = || func::rank().over(func::window().order_by(func::sum(Book::views).desc()));
    let query = Book::filter(Book::views.gt(1))
        .group_by((Book::author, Book::views / 10_000))
        .having(func::count().ge(1) & place().le(2))
        .order_by(Book::author.name);
    let asked = (Book::author.name, func::sum(Book::views), place() * 10, Book::views / 10_000);
    let rows = world.counting(1, query.clone().select(asked).all(&world.db)).await.unwrap();
    assert_eq!(rows, [("Ada".into(), Some(510), 20, 0), ("Cy".into(), Some(1000), 10, 0)]);
    let query = query.select(func::sum(Book::views));
    assert_eq!(query.clone().count(&world.db).await.unwrap(), 2);
    assert!(query.clone().offset(1).exists(&world.db).await.unwrap());
    let most = query.aggregate(func::max(func::sum(Book::views))).one(&world.db).await.unwrap();
    assert_eq!(most, Some(1000));
    // Rows that are filtered by a window, in groups that are, too.
    let best = Book::filter(func::row_number().over(of_author()).eq(1));
    let query = best.group_by(Book::author).having(place().eq(3)).select(Book::author.name);
    assert_eq!(query.all(&world.db).await.unwrap(), ["Bob"]);
}

async fn a_filter_by_a_window_keeps_whole_rows(world: World) {
    library(&world.db).await;
    let db = &world.db;
    let best = Book::filter(func::row_number().over(of_author()).le(1)).order_by(Book::id);
    let books = world.counting(1, best.clone().all(db)).await.unwrap();
    let whole = Book::filter(Book::title.ne("Notes")).order_by(Book::id).all(db).await.unwrap();
    assert_eq!(books, whole);
    // Paths, other conditions, and loads.
    let query = best
        .filter(Book::author.name.ne("Cy"))
        .filter(Book::tags.any(Tag::name.eq("maths")) | Book::author.mentor.name.eq("Ada"))
        .load(Book::author)
        .load(Book::tags);
    let books = world.counting(3, query.all(db)).await.unwrap();
    assert_eq!(books.len(), 2);
    assert_eq!(books[1].author.get().unwrap().name, "Bob");
    assert_eq!(books[0].tags.get().unwrap()[0].name, "maths");
    let either = func::rank().over(by_views()).eq(1) | Book::title.eq("Notes");
    assert_eq!(Book::filter(either).count(db).await.unwrap(), 2);
    let others = Book::query().exclude(func::rank().over(by_views()).le(2));
    assert_eq!(others.count(db).await.unwrap(), 2);
}

async fn a_filter_by_a_window_holds_in_every_shape(world: World) {
    library(&world.db).await;
    let db = &world.db;
    // Engine, École and 100% sure.
    let best = Book::filter(func::row_number().over(of_author()).eq(1));
    assert_eq!(world.counting(1, best.clone().count(db)).await.unwrap(), 3);
    assert!(best.clone().exists(db).await.unwrap());
    assert!(!best.clone().offset(3).exists(db).await.unwrap());
    assert_eq!(best.clone().offset(1).limit(5).count(db).await.unwrap(), 2);
    assert_eq!(best.clone().first(db).await.unwrap().unwrap().title, "Engine");
    let last = best.clone().order_by(Book::author.name.desc()).limit(1).one(db).await.unwrap();
    assert_eq!(last.title, "100% sure");
    let row = best.clone().aggregate((func::count(), func::sum(Book::views))).one(db).await;
    assert_eq!(row.unwrap(), (3, Some(1505)));
    let groups =
        best.clone().group_by(Book::rating.is_null()).order_by(Book::rating.is_null().as_value());
    let groups = groups.select((Book::rating.is_null().as_value(), func::sum(Book::views)));
    let rows = groups.all(db).await.unwrap();
    assert_eq!(rows, [(Some(false), Some(1500)), (Some(true), Some(5))]);
    let years = best.clone().select(Book::rating.is_null().as_value()).distinct();
    assert_eq!(years.count(db).await.unwrap(), 2);
    let mut stream = best.clone().order_by(Book::id).stream(db).await.unwrap();
    let mut titles = Vec::new();
    while let Some(book) = stream.next().await {
        titles.push(book.unwrap().title);
    }
    assert_eq!(titles, ["Engine", "École", "100% sure"]);
    let loose = best.group_by(Book::author_id).select(Book::title).all(db).await.unwrap_err();
    assert!(loose.to_string().contains("`title` of Book is neither grouped by"), "{loose}");
}

async fn a_filter_by_a_window_selects_what_was_numbered(world: World) {
    library(&world.db).await;
    let place = func::row_number().over(by_views());
    let before = func::lag(Book::title, 1).over(by_views());
    let query = Book::filter(place.clone().between(2, 3) & Book::views.gt(5))
        .order_by(place.clone())
        .select((place, Book::title, before, Book::author.name.upper(), Book::tags.count()));
    let rows = world.counting(1, query.all(&world.db)).await.unwrap();
    assert_eq!(rows[0], (2, "Engine".into(), Some("100% sure".into()), "ADA".into(), 1));
    assert_eq!(rows[1], (3, "Notes".into(), Some("Engine".into()), "ADA".into(), 2));
    assert_eq!(rows.len(), 2);
    // Windows that differ in a value alone are two.
    let parts = |parts| func::ntile(parts).over(by_views());
    let query = Book::filter(parts(4).eq(2) & parts(2).eq(1)).select((parts(4), parts(2)));
    assert_eq!(query.all(&world.db).await.unwrap(), [(2, 1)]);
}

async fn a_filter_by_a_window_is_written_through(world: World) {
    library(&world.db).await;
    let db = &world.db;
    let best = || Book::filter(func::row_number().over(of_author()).eq(1));
    let update =
        best().filter(Book::rating.is_not_null()).update().set(Book::views, Book::views + 1);
    assert_eq!(world.counting(1, update.exec(db)).await.unwrap(), 2);
    let views = Book::query().order_by(Book::id).select(Book::views).all(db).await.unwrap();
    assert_eq!(views, [10, 501, 5, 1001]);
    let deleted = best().order_by(Book::views.desc()).limit(2).delete().all(db).await.unwrap();
    let mut titles: Vec<_> = deleted.iter().map(|book| book.title.as_str()).collect();
    titles.sort_unstable();
    assert_eq!(titles, ["100% sure", "Engine"]);
    assert_eq!(best().delete().exec(db).await.unwrap(), 2);
}

async fn a_filter_by_a_window_within_a_question(world: World) {
    library(&world.db).await;
    let db = &world.db;
    // The rows of each author are numbered by themselves, as in `Author::books.of(&author)`.
    let least = func::row_number().over(func::window().order_by(Book::views)).eq(1);
    let query = Author::filter(Author::books.any(least.clone() & Book::views.gt(5)));
    let names = query.order_by(Author::name).select(Author::name).all(db).await.unwrap();
    assert_eq!(names, ["Ada", "Cy"]);
    let ada = Author::filter(Author::name.eq("Ada")).one(db).await.unwrap();
    assert_eq!(Author::books.of(&ada).filter(least.clone()).one(db).await.unwrap().title, "Notes");
    let query = Author::query().order_by(Author::id);
    let sums = query.select(Author::books.filter(least).aggregate(func::sum(Book::views)));
    assert_eq!(sums.all(db).await.unwrap(), [Some(10), Some(5), Some(1000), None]);
    let first = func::row_number().over(func::window().order_by(Tag::name)).eq(1);
    let named = Book::filter(Book::tags.any(first & Tag::name.eq("maths")));
    assert_eq!(named.count(db).await.unwrap(), 2);
}

async fn loads_are_filtered_by_windows_for_each_owner(world: World) {
    library(&world.db).await;
    let db = &world.db;
    let most = || func::row_number().over(by_views());
    let books = Author::books.filter(most().eq(1)).load(Book::tags);
    let query = Author::query().order_by(Author::id).load(books);
    let authors = world.counting(3, query.all(db)).await.unwrap();
    let titles: Vec<Vec<&str>> = authors
        .iter()
        .map(|author| author.books.get().unwrap().iter().map(|book| &*book.title).collect())
        .collect();
    assert_eq!(titles, [vec!["Engine"], vec!["École"], vec!["100% sure"], vec![]]);
    // Both a window and a limit for each owner, and through a table.
    let books = Author::books.filter(most().le(2)).order_by(Book::views).limit(1);
    let tags =
        Book::tags.filter(func::rank().over(func::window().order_by(Tag::name.desc())).eq(1));
    let authors =
        Author::query().order_by(Author::id).load(books.load(tags)).all(db).await.unwrap();
    let book = &authors[0].books.get().unwrap()[0];
    assert_eq!(book.title, "Notes");
    assert_eq!(book.tags.get().unwrap()[0].name, "poetry");
}

async fn orders_by_a_window(world: World) {
    library(&world.db).await;
    let of = func::count().over(func::window().partition_by(Book::author));
    let query = Book::query().order_by((of.desc(), Book::views.desc())).select(Book::title);
    let titles = query.clone().all(&world.db).await.unwrap();
    assert_eq!(titles, ["Engine", "Notes", "100% sure", "École"]);
    assert_eq!(
        query.limit(2).aggregate(func::sum(Book::views)).one(&world.db).await.unwrap(),
        Some(510)
    );
}

async fn windows_in_the_wrong_place_are_refused(world: World) {
    // A range that is written out backwards is refused by the linter alone.
    let (first, last) = (1, 0);
    let backwards = first..=last;
    library(&world.db).await;
    let db = &world.db;
    world.probe.take();
    let place = || func::row_number().over(by_views());
    let by_id = || func::window().order_by(Book::id);
    let refused = [
        (Book::query().group_by(place()).count(db).await.err(), "made by a window"),
        (Book::query().update().set(Book::views, place()).exec(db).await.err(), "no rows around"),
        (
            Book::query().select(func::sum(place())).all(db).await.err(),
            "windows are computed after groups",
        ),
        (
            Book::query().select(func::max(place()).over(func::window())).all(db).await.err(),
            "stands within another one",
        ),
        (
            Book::query()
                .select(func::sum(Book::views).distinct().over(by_id()))
                .all(db)
                .await
                .err(),
            "neither `distinct`",
        ),
        (
            Book::query().select(func::count().over(by_id().rows(backwards))).all(db).await.err(),
            "ends before it begins",
        ),
        (
            Book::query()
                .select(func::count().over(func::window().groups(..=0)))
                .all(db)
                .await
                .err(),
            "give the window an order",
        ),
        (
            Book::query()
                .select(func::count().over(func::window().range(-1..=0)))
                .all(db)
                .await
                .err(),
            "about one order",
        ),
        (Book::query().select(func::ntile(0).over(by_id())).all(db).await.err(), "`parts`"),
    ];
    for (error, part) in refused {
        let error = error.expect(part);
        assert!(error.is_invalid_query() && error.to_string().contains(part), "{part}: {error}");
    }
    // Over the rows of a query of its own it is an aggregate like others.
    let most = Book::query().aggregate(func::max(place())).one(db).await.unwrap();
    assert_eq!(most, Some(4));
    assert_eq!(world.probe.count(), 1);
}

/// What is selected and sorted by is one expression, values in it included.
async fn distinct_rows_of_a_filter_by_a_window(world: World) {
    library(&world.db).await;
    let db = &world.db;
    let first = || Book::filter(func::row_number().over(by_views()).le(3));
    let halves = |by: i64| Book::views / by;
    let query = first().select(halves(300)).distinct().order_by(halves(300).desc());
    assert_eq!(world.counting(1, query.clone().all(db)).await.unwrap(), [3, 1, 0]);
    assert_eq!(query.count(db).await.unwrap(), 3);
    let other = first().select(halves(300)).distinct().order_by(halves(200).desc());
    let error = world.counting(0, other.all(db)).await.unwrap_err();
    assert!(error.is_invalid_query(), "{error}");
    let rated = first().select(Book::tags.count() + 1).distinct().order_by(Book::tags.count() + 1);
    assert_eq!(rated.all(db).await.unwrap(), [2, 3]);
    // Of rows that are alike and equal in order, the one of the least key.
    let alike = first().distinct_on(Book::views.ge(10).as_value()).select(Book::title);
    assert_eq!(alike.all(db).await.unwrap(), ["Notes"]);
}
