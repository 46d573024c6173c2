//! Aggregates: of a whole query, of related rows, and which values they give.

use crate::models::{Author, Book, Tag};
use crate::support::{Kind, World, library, scenarios};
use chrono::{DateTime, NaiveDate, NaiveDateTime, NaiveTime, TimeDelta, Utc};
use rust_decimal::Decimal;
use uuid::Uuid;
use yara_orm::prelude::*;

scenarios! {
    a_whole_query_becomes_one_row,
    a_slice_and_distinct_rows_are_aggregated_as_they_are,
    groups_are_aggregated_again,
    filters_and_distinct_are_about_the_aggregated_rows,
    aggregates_of_several_relations_do_not_disturb_each_other,
    related_rows_are_aggregated_by_any_aggregate,
    sums_and_means_have_one_kind_everywhere,
    means_of_integers_have_the_same_last_digit,
    values_are_collected_in_their_types,
    json_keeps_types,
    distinct_texts_come_in_their_own_order,
    spreads_are_the_same_floats,
    floats_that_are_not_finite_are_counted,
    sums_past_the_range_are_errors,
    nothing_aggregates_to_none,
    aggregates_of_the_database_go_by_name,
    totals_are_one_row_in_every_shape,
    aggregates_in_the_wrong_place_are_refused,
}

/// A row of every type.
#[derive(Model, Debug, Clone, PartialEq)]
pub struct Sample {
    #[field(primary_key)]
    pub id: i64,
    pub small: i16,
    pub number: Option<i32>,
    pub large: i64,
    pub single: f32,
    pub real: Option<f64>,
    #[field(precision = 30, scale = 10)]
    pub price: Option<Decimal>,
    #[field(max_length = 20)]
    pub name: String,
    pub flag: bool,
    pub code: Uuid,
    pub day: NaiveDate,
    pub time: NaiveTime,
    pub plain: NaiveDateTime,
    pub moment: DateTime<Utc>,
    pub span: TimeDelta,
    pub bytes: Vec<u8>,
    pub document: serde_json::Value,
    pub list: Vec<i32>,
}

pub fn sample(at: i64, name: &str) -> impl yara_orm::typed::IntoNewRow<Sample> {
    let day = NaiveDate::from_ymd_opt(2024, 2, 28 + (at % 2) as u32).unwrap();
    let time = NaiveTime::from_hms_micro_opt(1, 2, 3, 500 * at as u32).unwrap();
    Sample::create()
        .small(at as i16 * 10)
        .number((at != 2).then_some(at as i32 - 2))
        .large(at * 1_000_000_007)
        .single(at as f32 / 10.0)
        .real((at != 3).then_some(at as f64 / 4.0))
        .price((at != 1).then(|| Decimal::new(at * 333, 3)))
        .name(name)
        .flag(at % 2 == 0)
        .code(Uuid::from_u128(at as u128 * 77))
        .day(day)
        .time(time)
        .plain(day.and_time(time))
        .moment(day.and_time(time).and_utc())
        .span(TimeDelta::microseconds(at * 3))
        .bytes(vec![at as u8, 255])
        .document(serde_json::json!({ "at": at }))
        .list(vec![at as i32, 7])
}

pub async fn samples(world: &World) -> Vec<Sample> {
    world.db.create_tables::<Sample>().await.unwrap();
    let names = ["beta", "alpha", "be\"t\\a", "alpha"];
    let rows = names.iter().enumerate().map(|(at, name)| sample(at as i64 + 1, name));
    let samples = Sample::insert_many(rows).all(&world.db).await.unwrap();
    world.probe.take();
    samples
}

async fn a_whole_query_becomes_one_row(world: World) {
    library(&world.db).await;
    let asked = (
        func::count(),
        func::count_of(Book::rating),
        func::sum(Book::views),
        func::avg(Book::rating),
        func::min(Book::views),
        func::max(Book::author.name),
        func::sum(Book::views) / func::count() * 2,
    );
    let query = Book::filter(Book::views.le(500)).aggregate(asked).one(&world.db);
    let row = world.counting(1, query).await.unwrap();
    assert_eq!(row, (3, 2, Some(515), Some(3.75), Some(5), Some("Bob".into()), Some(342)));
    let of = Author::filter(Author::name.eq("Ada")).one(&world.db).await.unwrap();
    let sum = Author::books.of(&of).aggregate(func::sum(Book::views)).one(&world.db).await.unwrap();
    assert_eq!(sum, Some(510));
}

async fn a_slice_and_distinct_rows_are_aggregated_as_they_are(world: World) {
    library(&world.db).await;
    let db = &world.db;
    let top = Book::query().order_by(Book::views.desc()).limit(2);
    let asked = || (func::count(), func::sum(Book::views), func::avg(Book::views * 2));
    let row = world.counting(1, top.aggregate(asked()).one(db)).await.unwrap();
    assert_eq!(row, (2, Some(1500), Some(1500.0)));
    let rest = Book::query().order_by(Book::views).offset(3).aggregate(asked()).one(db).await;
    assert_eq!(rest.unwrap(), (1, Some(1000), Some(2000.0)));

    // Every kind of expression, a slice of related rows, a case of texts.
    let second = Book::query().order_by(Book::id).offset(1).limit(2);
    let named = func::string_agg(Book::title.concat("/").concat(Book::author.name), "; ");
    let named = named.order_by(Book::title.upper().desc()).filter(!Book::title.eq("x"));
    let much = func::sum(Book::views).gt(100).as_value();
    let row = second.aggregate((named, much, func::count().eq(2).as_value())).one(db).await;
    let row = row.unwrap();
    assert_eq!((row.1, row.2), (Some(true), Some(true)));
    let texts: Vec<_> = row.0.as_deref().unwrap().split("; ").collect();
    assert!(texts.contains(&"École/Bob") && texts.contains(&"Engine/Ada"), "{texts:?}");

    let writers = Book::query().select(Book::author_id).distinct();
    let row = writers.aggregate((func::count(), func::sum(Book::author_id))).one(db).await;
    assert_eq!(row.unwrap(), (3, Some(6)));
    let lost = Book::query().select(Book::author_id).distinct().aggregate(func::max(Book::views));
    let error = lost.one(db).await.unwrap_err();
    assert!(error.is_invalid_query(), "{error}");
    assert!(error.to_string().contains("select it too"), "{error}");
}

async fn groups_are_aggregated_again(world: World) {
    library(&world.db).await;
    let groups = Book::query()
        .group_by(Book::author)
        .having(func::count().ge(1))
        .select((Book::author.name, func::sum(Book::views)));
    assert_eq!(groups.clone().count(&world.db).await.unwrap(), 3);
    let asked = (func::count(), func::max(func::sum(Book::views)), func::min(Book::author.name));
    let row = groups.aggregate(asked).one(&world.db).await.unwrap();
    assert_eq!(row, (3, Some(1000), Some("Ada".into())));
}

async fn filters_and_distinct_are_about_the_aggregated_rows(world: World) {
    library(&world.db).await;
    let asked = (
        func::count().filter(Book::views.gt(100)),
        func::count_of(Book::author_id).distinct(),
        func::sum(Book::views).filter(Book::rating.ge(4.0)).filter(Book::views.lt(100)),
        func::count_of(Book::rating.gt(3.5).as_value()).distinct(),
        func::sum(Book::views / 100).distinct(),
        func::count().filter(Book::tags.any(Tag::name.eq("maths"))),
        func::sum(Book::tags.count()),
        func::all(Book::views.ge(5)),
        func::any(Book::rating.gt(4.9)),
    );
    let row = Book::query().aggregate(asked).one(&world.db).await.unwrap();
    assert_eq!(row, (2, 3, Some(10), 2, Some(15), 2, Some(4), Some(true), Some(true)));
}

async fn aggregates_of_several_relations_do_not_disturb_each_other(world: World) {
    library(&world.db).await;
    let query = Author::query().order_by(Author::id).select((
        Author::name,
        Author::books.count(),
        Author::books.sum(Book::views),
        Author::books.avg(Book::views),
        Author::pupils.count(),
        Author::books.max(Book::tags.count()),
        Author::books.filter(Book::views.gt(100)).count(),
    ));
    let rows = world.counting(1, query.all(&world.db)).await.unwrap();
    assert_eq!(rows[0], ("Ada".into(), 2, Some(510), Some(255.0), 1, Some(2), 1));
    assert_eq!(rows[3], ("Dan".into(), 0, None, None, 0, None, 0));
}

async fn related_rows_are_aggregated_by_any_aggregate(world: World) {
    library(&world.db).await;
    let titles = func::string_agg(Book::title, "|").order_by(Book::views.desc());
    let views = func::array_agg(Book::views).order_by(Book::views);
    let tags = func::count_of(Book::tags.count()).distinct();
    let query = Author::query().order_by(Author::id).select((
        Author::books.aggregate(titles),
        Author::books.aggregate(views.clone().filter(Book::views.gt(5))),
        Author::books.filter(Book::rating.is_not_null()).aggregate(tags),
        Author::mentor.books.aggregate(views),
    ));
    let rows = query.all(&world.db).await.unwrap();
    assert_eq!(rows[0], (Some("Engine|Notes".into()), Some(vec![10, 500]), 2, None));
    assert_eq!(rows[1], (Some("École".into()), None, 0, Some(vec![10, 500])));
    assert_eq!(rows[3], (None, None, 0, None));
    let sliced = Author::filter(Author::books.limit(1).count().eq(1)).count(&world.db).await;
    assert!(sliced.unwrap_err().to_string().contains("row_number"));
}

async fn sums_and_means_have_one_kind_everywhere(world: World) {
    let samples = samples(&world).await;
    let db = &world.db;
    let asked = (
        func::sum(Sample::small),
        func::sum(Sample::number),
        func::sum(Sample::large),
        func::sum(Sample::single),
        func::sum(Sample::real),
        func::sum(Sample::price),
        func::avg(Sample::small),
        func::avg(Sample::number),
        func::avg(Sample::real),
        func::avg(Sample::price),
        func::avg(Sample::single),
    );
    let row = Sample::query().aggregate(asked).one(db).await.unwrap();
    let singles: f64 = samples.iter().map(|row| f64::from(row.single)).sum();
    assert_eq!(row.0, Some(100));
    assert_eq!(row.1, Some(2));
    assert_eq!(row.2, Some(10_000_000_070));
    assert_eq!(row.3, Some(singles));
    assert_eq!(row.4, Some(1.75));
    assert_eq!(row.5, Some(Decimal::new(2997, 3)));
    assert_eq!(row.6, Some(25.0));
    assert_eq!(row.7, Some(2.0 / 3.0));
    assert_eq!(row.8, Some(1.75 / 3.0));
    assert_eq!(row.9, Some(Decimal::new(999, 3)));
    assert_eq!(row.10, Some(singles / 4.0));
    let asked = (
        func::min(Sample::code),
        func::max(Sample::bytes),
        func::min(Sample::flag),
        func::max(Sample::flag),
        func::max(Sample::price),
        func::min(Sample::moment),
        func::max(Sample::span),
        func::max(Sample::time),
        func::count_of(Sample::document),
        func::count_of(Sample::price * Decimal::ZERO).distinct(),
    );
    let row = Sample::query().aggregate(asked).one(db).await.unwrap();
    assert_eq!(row.0, Some(samples[0].code));
    assert_eq!(row.1, Some(samples[3].bytes.clone()));
    assert_eq!((row.2, row.3), (Some(false), Some(true)));
    assert_eq!(row.4, samples[3].price);
    assert_eq!(row.5, Some(samples[1].moment));
    assert_eq!(row.6, Some(samples[3].span));
    assert_eq!(row.7, Some(samples[3].time));
    assert_eq!((row.8, row.9), (4, 1));
}

async fn means_of_integers_have_the_same_last_digit(world: World) {
    world.db.create_tables::<Sample>().await.unwrap();
    let mut next = 12_345_u64;
    let mut numbers = Vec::new();
    for _ in 0..120 {
        next = next.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        numbers.push((next >> 40) as i64 - 3_000_000);
    }
    let rows = numbers.iter().map(|number| sample_of(*number));
    Sample::insert_many(rows).exec(&world.db).await.unwrap();
    let mean = func::avg(Sample::large).over(func::window().order_by(Sample::id));
    let query = Sample::query().order_by(Sample::id).select(mean);
    let found = query.all(&world.db).await.unwrap();
    let mut sum = 0;
    for (at, number) in numbers.iter().enumerate() {
        sum += number;
        assert_eq!(found[at], Some(sum as f64 / (at + 1) as f64), "row {at}");
        let whole =
            Sample::filter(Sample::id.le(at as i64 + 1)).aggregate(func::avg(Sample::large));
        if at % 10 == 0 {
            assert_eq!(whole.one(&world.db).await.unwrap(), found[at]);
        }
    }
}

fn sample_of(large: i64) -> impl yara_orm::typed::IntoNewRow<Sample> {
    let day = NaiveDate::from_ymd_opt(2024, 1, 1).unwrap();
    Sample::create()
        .small(1)
        .large(large)
        .single(0.0)
        .name("")
        .flag(true)
        .code(Uuid::nil())
        .day(day)
        .time(NaiveTime::MIN)
        .plain(day.and_time(NaiveTime::MIN))
        .moment(day.and_time(NaiveTime::MIN).and_utc())
        .span(TimeDelta::zero())
        .bytes(vec![])
        .document(serde_json::Value::Null)
        .list(vec![])
}

async fn values_are_collected_in_their_types(world: World) {
    let samples = samples(&world).await;
    macro_rules! same {
        ($($column:ident),+) => {$(
            let list = func::array_agg(Sample::$column).order_by(Sample::id.desc());
            let found = Sample::query().aggregate(list).one(&world.db).await.unwrap();
            let expected: Vec<_> = samples.iter().rev().map(|row| row.$column.clone()).collect();
            assert_eq!(found, Some(expected), stringify!($column));
        )+};
    }
    same!(small, number, large, single, real, price, name, flag, code, day, time, plain, moment);
    same!(document);
    let list = func::array_agg(Sample::flag).distinct();
    let found = Sample::query().aggregate(list).one(&world.db).await.unwrap();
    assert_eq!(found, Some(vec![false, true]));
    let list = func::array_agg(Sample::number).distinct().order_by(Sample::number.desc());
    let found = Sample::query().aggregate(list).one(&world.db).await.unwrap();
    assert_eq!(found, Some(vec![None, Some(2), Some(1), Some(-1)]));
    let lists = Sample::query().aggregate(func::array_agg(Sample::list)).one(&world.db).await;
    assert!(lists.unwrap_err().is_invalid_query());
}

async fn json_keeps_types(world: World) {
    samples(&world).await;
    macro_rules! same {
        ($($column:ident: $json:literal;)+) => {$(
            let list = func::json_agg(Sample::$column).order_by(Sample::id).filter(Sample::id.le(3));
            let found = Sample::query().aggregate(list).one(&world.db).await.unwrap();
            let expected: serde_json::Value = serde_json::from_str($json).unwrap();
            assert_eq!(found, Some(expected), stringify!($column));
        )+};
    }
    same! {
        small: "[10, 20, 30]";
        number: "[-1, null, 1]";
        large: "[1000000007, 2000000014, 3000000021]";
        real: "[0.25, 0.5, null]";
        name: r#"["beta", "alpha", "be\"t\\a"]"#;
        flag: "[false, true, false]";
        day: r#"["2024-02-29", "2024-02-28", "2024-02-29"]"#;
        time: r#"["01:02:03.000500", "01:02:03.001000", "01:02:03.001500"]"#;
        plain: r#"["2024-02-29T01:02:03.000500", "2024-02-28T01:02:03.001000", "2024-02-29T01:02:03.001500"]"#;
        moment: r#"["2024-02-29T01:02:03.000500+00:00", "2024-02-28T01:02:03.001000+00:00", "2024-02-29T01:02:03.001500+00:00"]"#;
        bytes: r#"["\\x01ff", "\\x02ff", "\\x03ff"]"#;
        document: r#"[{"at": 1}, {"at": 2}, {"at": 3}]"#;
        list: "[[1, 7], [2, 7], [3, 7]]";
        price: "[null, 0.6660000000, 0.9990000000]";
    }
    let doubles = func::json_agg(Sample::real * 4e15).order_by(Sample::id);
    let found = Sample::query().aggregate(doubles).one(&world.db).await.unwrap().unwrap();
    assert_eq!(found, serde_json::json!([1e15, 2e15, null, 4e15]));
}

async fn distinct_texts_come_in_their_own_order(world: World) {
    samples(&world).await;
    let db = &world.db;
    let texts = func::string_agg(Sample::name, ",").distinct().filter(Sample::id.ne(3));
    let found = Sample::query().aggregate(texts.clone()).one(db).await.unwrap();
    assert_eq!(found.as_deref(), Some("alpha,beta"));
    let backwards = texts.clone().order_by(Sample::name.desc());
    let found = Sample::query().aggregate(backwards).one(db).await.unwrap();
    assert_eq!(found.as_deref(), Some("beta,alpha"));
    let error = Sample::query().aggregate(texts.order_by(Sample::id)).one(db).await.unwrap_err();
    assert!(error.is_invalid_query() && error.to_string().contains("distinct"), "{error}");
    let between = func::string_agg(Sample::name, Sample::name.upper()).order_by(Sample::id);
    let found = Sample::filter(Sample::id.le(2)).aggregate(between).one(db).await.unwrap();
    assert_eq!(found.as_deref(), Some("betaALPHAalpha"));
}

async fn spreads_are_the_same_floats(world: World) {
    let samples = samples(&world).await;
    let asked = (
        func::stddev_samp(Sample::small),
        func::stddev_pop(Sample::large),
        func::var_samp(Sample::real),
        func::var_pop(Sample::price),
        func::var_samp(Sample::single),
        func::var_samp(Sample::small).filter(Sample::id.eq(1)),
        func::var_pop(Sample::small).filter(Sample::id.eq(1)),
        func::var_pop(Sample::small / 20).distinct(),
    );
    let row = Sample::query().aggregate(asked).one(&world.db).await.unwrap();
    let singles = samples.iter().map(|row| f64::from(row.single));
    assert_eq!(row.0, Some((500.0_f64 / 3.0).sqrt()));
    assert_eq!(
        row.1,
        Some(squares([1, 2, 3, 4].map(|at| at as f64 * 1_000_000_007.0)) / 4.0).map(f64::sqrt)
    );
    assert_eq!(row.2, Some(squares([0.25, 0.5, 1.0]) / 2.0));
    assert_eq!(row.3, Some(squares([0.666, 0.999, 1.332]) / 3.0));
    assert_eq!(row.4, Some(squares(singles) / 3.0));
    assert_eq!((row.5, row.6), (None, Some(0.0)));
    assert_eq!(row.7, Some(squares([0.0, 1.0, 2.0]) / 3.0));
}

/// The sum of the squares of the distances from the mean, step by step as both databases go.
fn squares(numbers: impl IntoIterator<Item = f64>) -> f64 {
    let (mut count, mut sum, mut squares) = (0.0, 0.0, 0.0);
    for number in numbers {
        count += 1.0;
        sum += number;
        if count > 1.0 {
            let distance: f64 = number * count - sum;
            squares += distance * distance / (count * (count - 1.0));
        }
    }
    squares
}

async fn floats_that_are_not_finite_are_counted(world: World) {
    samples(&world).await;
    let db = &world.db;
    Sample::filter(Sample::id.eq(2)).update().set(Sample::real, f64::NAN).exec(db).await.unwrap();
    let asked = (func::sum(Sample::real), func::avg(Sample::real), func::stddev_pop(Sample::real));
    let row = Sample::query().aggregate(asked).one(db).await.unwrap();
    assert!(row.0.unwrap().is_nan() && row.1.unwrap().is_nan() && row.2.unwrap().is_nan());
    let update = Sample::filter(Sample::id.eq(2)).update().set(Sample::real, f64::NEG_INFINITY);
    update.exec(db).await.unwrap();
    let asked = (func::sum(Sample::real), func::min(Sample::real));
    let row = Sample::query().aggregate(asked).one(db).await.unwrap();
    assert_eq!(row, (Some(f64::NEG_INFINITY), Some(f64::NEG_INFINITY)));
}

async fn sums_past_the_range_are_errors(world: World) {
    samples(&world).await;
    let db = &world.db;
    Sample::query().update().set(Sample::large, i64::MAX).exec(db).await.unwrap();
    let error = Sample::query().aggregate(func::sum(Sample::large)).one(db).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Data, "{error}");
    Sample::query().update().set(Sample::real, f64::MAX).exec(db).await.unwrap();
    let error = Sample::query().aggregate(func::sum(Sample::real)).one(db).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Data, "{error}");
}

async fn nothing_aggregates_to_none(world: World) {
    world.db.create_tables::<Sample>().await.unwrap();
    let asked = (
        func::count(),
        func::sum(Sample::large),
        func::avg(Sample::price),
        func::max(Sample::name),
        func::string_agg(Sample::name, ","),
        func::array_agg(Sample::small),
        func::json_agg(Sample::small),
        func::all(Sample::flag.is_true()),
        func::any(Sample::flag.is_true()),
        func::stddev_pop(Sample::real),
        func::sum(Sample::real),
    );
    let row = Sample::query().aggregate(asked).one(&world.db).await.unwrap();
    assert_eq!(row, (0, None, None, None, None, None, None, None, None, None, None));
    let sliced = Sample::query().limit(3).aggregate(func::count()).one(&world.db).await.unwrap();
    assert_eq!(sliced, 0);
}

async fn aggregates_of_the_database_go_by_name(world: World) {
    library(&world.db).await;
    let db = &world.db;
    let name = if world.kind == Kind::Sqlite { "group_concat" } else { "string_agg" };
    let titles =
        func::custom_aggregate::<Option<String>, Book>(name, (Book::title, Book::author.name));
    let titles = titles.order_by(Book::id).filter(Book::id.le(3));
    let most = func::custom_aggregate::<Option<i64>, Book>("max", Book::views);
    let most = most.clone() + most.filter(Book::views.lt(500));
    let row = Book::query().aggregate((titles, most)).one(db).await.unwrap();
    assert_eq!(row, (Some("NotesAdaEngineBobÉcole".into()), Some(1010)));
    let so_far = func::custom_aggregate::<i64, Book>("max", Book::views);
    let so_far = so_far.over(func::window().order_by(Book::id));
    let rows = Book::query().order_by(Book::id).select(so_far).all(db).await.unwrap();
    assert_eq!(rows, [10, 500, 500, 1000]);
    let unknown = func::custom_aggregate::<i64, Book>("no\"thing", Book::views);
    assert!(Book::query().aggregate(unknown).one(db).await.is_err());

    // SQL text is of the kind that it was given.
    let length = sql("length(title)").value::<Book, i32>();
    let asked = (func::sum(length.clone()), func::avg(length.clone()), func::var_pop(length));
    let row = Book::filter(Book::id.le(2)).aggregate(asked).one(db).await.unwrap();
    assert_eq!(row, (Some(11), Some(5.5), Some(0.25)));
}

async fn totals_are_one_row_in_every_shape(world: World) {
    library(&world.db).await;
    let db = &world.db;
    let total =
        || Book::filter(Book::views.gt(5000)).select((func::count(), func::sum(Book::views)));
    assert_eq!(total().all(db).await.unwrap(), [(0, None)]);
    assert_eq!(total().one(db).await.unwrap(), (0, None));
    assert_eq!(total().optional(db).await.unwrap(), Some((0, None)));
    assert_eq!(total().first(db).await.unwrap(), Some((0, None)));
    assert_eq!(total().count(db).await.unwrap(), 1);
    assert!(total().exists(db).await.unwrap());
}

async fn aggregates_in_the_wrong_place_are_refused(world: World) {
    library(&world.db).await;
    let db = &world.db;
    world.probe.take();
    let refused = [
        (Book::filter(func::count().gt(1)).count(db).await.err(), "`having`"),
        (
            Book::query().aggregate(func::sum(func::count())).one(db).await.err(),
            "within another one",
        ),
        (Book::query().group_by(func::count() + 1).count(db).await.err(), "grouped before"),
        (Book::query().aggregate(Book::title).one(db).await.err(), "aggregate it"),
        (Book::query().limit(1).aggregate(Book::title).one(db).await.err(), "aggregate it"),
        (
            Book::query().aggregate(func::count() + Book::views).one(db).await.err(),
            "neither grouped by",
        ),
        (Book::query().limit(2).select(func::count()).all(db).await.err(), "`.aggregate(…)`"),
        (
            Book::query().update().set(Book::views, func::count()).exec(db).await.err(),
            "a value of its own",
        ),
        (Book::query().select((Book::title, func::count())).all(db).await.err(), "neither grouped"),
    ];
    for (error, part) in refused {
        let error = error.expect(part);
        assert!(error.is_invalid_query() && error.to_string().contains(part), "{part}: {error}");
    }
    assert_eq!(world.probe.count(), 0);
}
