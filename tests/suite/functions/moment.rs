//! Dates and times.

use super::sample::{Sample, check, fails, gives, moment, rows};
use crate::evaluator::Dice;
use crate::models::Tag;
use crate::support::{World, scenarios};
use chrono::{
    DateTime, Datelike, Months, NaiveDate, NaiveDateTime, NaiveTime, TimeDelta, Timelike, Utc,
};
use yara_orm::prelude::*;
use yara_orm::typed::Expr;
use yara_orm::value::FieldType;

scenarios! {
    random_parts,
    random_truncation,
    random_arithmetic,
    random_ages,
    intervals_with_months,
    aggregates_of_intervals,
    now_is_when_the_transaction_began,
    meaningless_arithmetic_is_refused,
    the_time_zone_of_the_session_does_not_count,
}

fn v<T: FieldType>(value: T) -> Expr<Tag, T> {
    func::value(value)
}

fn parts(moment: NaiveDateTime) -> [i32; 11] {
    let micros = moment.and_utc().timestamp_subsec_micros();
    [
        moment.year(),
        (moment.month() as i32 + 2) / 3,
        moment.month() as i32,
        moment.iso_week().week() as i32,
        moment.day() as i32,
        moment.weekday().number_from_monday() as i32,
        moment.ordinal() as i32,
        moment.hour() as i32,
        moment.minute() as i32,
        moment.second() as i32,
        micros as i32,
    ]
}

const PARTS: [DatePart; 11] = [
    DatePart::Year,
    DatePart::Quarter,
    DatePart::Month,
    DatePart::Week,
    DatePart::Day,
    DatePart::WeekDay,
    DatePart::YearDay,
    DatePart::Hour,
    DatePart::Minute,
    DatePart::Second,
    DatePart::Microsecond,
];

/// Rounded once.
fn seconds(micros: i64) -> f64 {
    rust_decimal::Decimal::new(micros, 6).to_string().parse().unwrap()
}

async fn random_parts(world: World) {
    let all = rows(&world, &mut Dice(29)).await;
    let (w, all) = (&world, &all);
    let midnight = NaiveTime::MIN;
    for (at, part) in PARTS.into_iter().enumerate() {
        check(w, all, Sample::moment.extract(part), |row| parts(row.moment)[at]).await;
        check(w, all, Sample::instant.extract(part), |row| parts(row.instant.naive_utc())[at])
            .await;
        check(w, all, Sample::ended.extract(part), |row| {
            row.ended.map(|it| parts(it.naive_utc())[at])
        })
        .await;
        if at < 7 {
            check(w, all, Sample::day.extract(part), |row| parts(row.day.and_time(midnight))[at])
                .await;
        } else {
            let day = NaiveDate::MIN;
            check(w, all, Sample::clock.extract(part), |row| parts(day.and_time(row.clock))[at])
                .await;
        }
    }
    check(w, all, Sample::instant.year(), |row| row.instant.year()).await;
    check(w, all, Sample::day.week(), |row| row.day.iso_week().week() as i32).await;
    check(w, all, Sample::clock.minute(), |row| row.clock.minute() as i32).await;
    check(w, all, Sample::instant.epoch(), |row| seconds(row.instant.timestamp_micros())).await;
    check(w, all, Sample::day.epoch(), |row| {
        row.day.and_time(midnight).and_utc().timestamp() as f64
    })
    .await;
    check(w, all, Sample::span.epoch(), |row| seconds(row.span.num_microseconds().unwrap())).await;
    check(w, all, Sample::span.extract(DatePart::Minute), |row| {
        (row.span.num_minutes() % 60) as i32
    })
    .await;
}

async fn random_truncation(world: World) {
    let all = rows(&world, &mut Dice(31)).await;
    let (w, all) = (&world, &all);
    let day = |year, month, day| NaiveDate::from_ymd_opt(year, month, day).unwrap();
    let start = |moment: NaiveDateTime, part: DatePart| {
        let date = moment.date();
        let date = match part {
            DatePart::Year => day(date.year(), 1, 1),
            DatePart::Quarter => day(date.year(), (date.month() - 1) / 3 * 3 + 1, 1),
            DatePart::Month => day(date.year(), date.month(), 1),
            DatePart::Week => date.week(chrono::Weekday::Mon).first_day(),
            _ => date,
        };
        let (hour, minute, second) = (moment.hour(), moment.minute(), moment.second());
        let (hour, minute, second) = match part {
            DatePart::Hour => (hour, 0, 0),
            DatePart::Minute => (hour, minute, 0),
            DatePart::Second => (hour, minute, second),
            _ => (0, 0, 0),
        };
        date.and_hms_opt(hour, minute, second).unwrap()
    };
    for part in PARTS {
        if matches!(part, DatePart::WeekDay | DatePart::YearDay | DatePart::Microsecond) {
            continue;
        }
        check(w, all, Sample::moment.truncate(part), |row| start(row.moment, part)).await;
        check(w, all, Sample::instant.truncate(part), |row| {
            start(row.instant.naive_utc(), part).and_utc()
        })
        .await;
        check(w, all, Sample::day.truncate(part), |row| {
            start(row.day.and_time(NaiveTime::MIN), part).date()
        })
        .await;
    }
}

/// Months as chrono adds them: to the last day of the month at most.
fn later(moment: NaiveDateTime, by: Interval) -> NaiveDateTime {
    let moved = if by.months < 0 {
        moment - Months::new(by.months.unsigned_abs())
    } else {
        moment + Months::new(by.months.unsigned_abs())
    };
    moved + TimeDelta::days(by.days.into()) + TimeDelta::microseconds(by.micros)
}

fn earlier(moment: NaiveDateTime, by: Interval) -> NaiveDateTime {
    later(moment, Interval { months: -by.months, days: -by.days, micros: -by.micros })
}

async fn random_arithmetic(world: World) {
    let dice = &mut Dice(37);
    let all = rows(&world, dice).await;
    let (w, all) = (&world, &all);
    let midnight = NaiveTime::MIN;
    for _ in 0..12 {
        let by = Interval {
            months: dice.below(40) as i32 - 20,
            days: dice.below(80) as i32 - 40,
            micros: dice.below(400_000_000) as i64 * 977 - 200_000_000_000,
        };
        check(w, all, Sample::moment + by, |row| later(row.moment, by)).await;
        check(w, all, Sample::moment - by, |row| earlier(row.moment, by)).await;
        check(w, all, Sample::instant + by, |row| later(row.instant.naive_utc(), by).and_utc())
            .await;
        check(w, all, Sample::ended - by, |row| {
            row.ended.map(|it| earlier(it.naive_utc(), by).and_utc())
        })
        .await;
        check(w, all, Sample::day + by, |row| later(row.day.and_time(midnight), by)).await;
        check(w, all, Sample::clock + by, |row| row.clock + TimeDelta::microseconds(by.micros))
            .await;
        check(w, all, Sample::clock - by, |row| row.clock - TimeDelta::microseconds(by.micros))
            .await;
        let (days, other) = (by.days, moment(dice));
        check(w, all, Sample::day.add_days(days), |row| row.day + TimeDelta::days(days.into()))
            .await;
        check(w, all, Sample::day.sub_days(Sample::day.week()), |row| {
            row.day - TimeDelta::days(row.day.iso_week().week().into())
        })
        .await;
        check(w, all, Sample::day.days_since(other.date()), |row| {
            (row.day - other.date()).num_days() as i32
        })
        .await;
        check(w, all, Sample::moment - other, |row| row.moment - other).await;
        check(w, all, Sample::clock - other.time(), |row| row.clock - other.time()).await;
    }
    check(w, all, Sample::ended - Sample::instant, |row| row.ended.map(|it| it - row.instant))
        .await;
    check(w, all, Sample::instant - Sample::ended, |row| row.ended.map(|it| row.instant - it))
        .await;
    check(w, all, Sample::instant + Sample::span, |row| row.instant + row.span).await;
    check(w, all, Sample::span + Sample::span - TimeDelta::seconds(1), |row| {
        row.span * 2 - TimeDelta::seconds(1)
    })
    .await;
    check(
        w,
        all,
        (Sample::instant + (Sample::ended - Sample::instant)).null_if(Sample::ended),
        |_| None,
    )
    .await;
    let long = Sample::filter((Sample::ended - Sample::instant).gt(TimeDelta::days(365)));
    let held = all
        .iter()
        .filter(|row| row.ended.is_some_and(|it| it - row.instant > TimeDelta::days(365)));
    assert_eq!(long.count(&w.db).await.unwrap() as usize, held.count());
}

/// Field by field, borrowing days from the month of the earlier moment.
fn age(later: NaiveDateTime, earlier: NaiveDateTime) -> Interval {
    if later < earlier {
        let Interval { months, days, micros } = age(earlier, later);
        return Interval { months: -months, days: -days, micros: -micros };
    }
    let micros =
        |moment: NaiveDateTime| (moment.time() - NaiveTime::MIN).num_microseconds().unwrap();
    let mut months =
        (later.year() - earlier.year()) * 12 + later.month() as i32 - earlier.month() as i32;
    let mut days = later.day() as i32 - earlier.day() as i32;
    let mut time = micros(later) - micros(earlier);
    if time < 0 {
        time += 86_400_000_000;
        days -= 1;
    }
    let first = earlier.date().with_day(1).unwrap();
    let length = ((first + Months::new(1)) - first).num_days() as i32;
    while days < 0 {
        days += length;
        months -= 1;
    }
    Interval { months, days, micros: time }
}

async fn random_ages(world: World) {
    let dice = &mut Dice(41);
    let all = rows(&world, dice).await;
    let (w, all) = (&world, &all);
    for _ in 0..8 {
        let other = moment(dice);
        check(w, all, Sample::moment.age(other), |row| age(row.moment, other)).await;
        check(w, all, Sample::ended.age(other.and_utc()), |row| {
            row.ended.map(|it| age(it.naive_utc(), other))
        })
        .await;
        let midnight = |day: NaiveDate| day.and_time(NaiveTime::MIN);
        check(w, all, Sample::day.age(other.date()), |row| {
            age(midnight(row.day), midnight(other.date()))
        })
        .await;
        // A month has 30 days where intervals are compared.
        let length = |age: Interval| {
            (i64::from(age.months) * 30 + i64::from(age.days)) * 86_400_000_000 + age.micros
        };
        let years = Interval { months: 120, ..Interval::default() };
        let old = Sample::filter(Sample::moment.age(other).gt(years)).count(&w.db).await.unwrap();
        let held = all.iter().filter(|row| length(age(row.moment, other)) > length(years));
        assert_eq!(old as usize, held.count());
        let sorted =
            Sample::query().order_by((Sample::moment.age(other), Sample::id)).select(Sample::id);
        let mut ids: Vec<(i64, i64)> =
            all.iter().map(|row| (length(age(row.moment, other)), row.id)).collect();
        ids.sort_unstable();
        let ids: Vec<i64> = ids.into_iter().map(|(_, id)| id).collect();
        assert_eq!(sorted.all(&w.db).await.unwrap(), ids);
    }
}

async fn intervals_with_months(world: World) {
    let w = &world;
    let interval = |months, days, micros| Interval { months, days, micros };
    let day = |year, month, day| NaiveDate::from_ymd_opt(year, month, day).unwrap();
    let at = |date: NaiveDate| date.and_time(NaiveTime::MIN);
    gives(w, v(day(2024, 1, 31)) + interval(1, 0, 0), at(day(2024, 2, 29))).await;
    gives(w, v(day(2024, 3, 31)) - interval(1, 1, 0), at(day(2024, 2, 28))).await;
    gives(
        w,
        v(at(day(2024, 2, 29))) + interval(12, 0, 1),
        at(day(2025, 2, 28)) + TimeDelta::microseconds(1),
    )
    .await;
    let age = v(day(2024, 3, 31)).age(day(2023, 1, 30));
    gives(w, age.clone(), interval(14, 1, 0)).await;
    gives(w, age.clone() + interval(1, -1, 5), interval(15, 0, 5)).await;
    gives(w, age.clone() - interval(14, 1, 0), Interval::default()).await;
    gives(w, age.clone().extract(DatePart::Year), 1).await;
    gives(w, age.clone().extract(DatePart::Month), 2).await;
    gives(w, age.clone().epoch(), 31_557_600.0 + 2.0 * 2_592_000.0 + 86_400.0).await;
    gives(w, age.eq(interval(14, 1, 0)).as_value(), Some(true)).await;
    let (first, last) = (day(1, 1, 1), day(9999, 12, 31));
    if world.kind == crate::support::Kind::Sqlite {
        fails(w, v(at(last)) + interval(0, 1, 0), "22008").await;
        fails(w, v(first).sub_days(1), "22008").await;
    }
    gives(w, v(at(last)) - at(first), at(last) - at(first)).await;
}

/// As exact numbers of microseconds on SQLite, which refuses months there; PostgreSQL adds them.
async fn aggregates_of_intervals(world: World) {
    let all = rows(&world, &mut Dice(43)).await;
    let spans = || all.iter().filter_map(|row| row.ended.map(|it| it - row.instant));
    let difference = || Sample::ended - Sample::instant;
    let (least, most, sum): (Option<TimeDelta>, Option<TimeDelta>, Vec<Option<TimeDelta>>) = (
        Sample::query().select(func::min(difference())).one(&world.db).await.unwrap(),
        Sample::query().select(func::max(difference())).one(&world.db).await.unwrap(),
        Sample::query().select(difference()).distinct().all(&world.db).await.unwrap(),
    );
    assert_eq!((least, most), (spans().min(), spans().max()));
    let mut kinds: Vec<Option<TimeDelta>> = sum.into_iter().collect();
    kinds.sort_unstable();
    kinds.dedup();
    let mut expected: Vec<_> = all.iter().map(|row| row.ended.map(|it| it - row.instant)).collect();
    expected.sort_unstable();
    expected.dedup();
    assert_eq!(kinds, expected);
    let (sum, mean, short) = Sample::query()
        .aggregate((
            func::sum(difference()),
            func::avg(difference()),
            func::sum(difference()).filter(difference().lt(TimeDelta::zero())),
        ))
        .one(&world.db)
        .await
        .unwrap();
    let total: TimeDelta = spans().sum();
    assert_eq!(sum, Some(total));
    let micros = total.num_microseconds().unwrap() as f64 / spans().count() as f64;
    assert!((mean.unwrap().num_microseconds().unwrap() as f64 - micros).abs() <= 1.0);
    assert_eq!(short, spans().filter(|span| *span < TimeDelta::zero()).reduce(|a, b| a + b));
    let ages = Sample::query().select(func::max(Sample::moment.age(moment(&mut Dice(1)))));
    match world.kind {
        crate::support::Kind::Sqlite => {
            let error = ages.one(&world.db).await.unwrap_err();
            assert!(error.to_string().contains("has no exact length"), "{error}");
        }
        crate::support::Kind::Postgres => assert!(ages.one(&world.db).await.unwrap().is_some()),
    }
    let grouped = Sample::query()
        .group_by(Sample::instant.year())
        .having(func::count().gt(1))
        .order_by(Sample::instant.year())
        .select((Sample::instant.year(), func::count(), func::max(Sample::text.length())));
    let found: Vec<(i32, i64, Option<i32>)> = grouped.all(&world.db).await.unwrap();
    for (year, count, longest) in found {
        let of_year = || all.iter().filter(|row| row.instant.year() == year);
        assert_eq!(count, of_year().count() as i64);
        assert_eq!(longest, of_year().map(|row| row.text.chars().count() as i32).max());
    }
}

async fn now_is_when_the_transaction_began(world: World) {
    Tag::create().name("one").insert(&world.db).await.unwrap();
    let before = Utc::now() - TimeDelta::milliseconds(5);
    let mut transaction = world.db.begin().await.unwrap();
    let times = async |tx: &Transaction| -> DateTime<Utc> {
        Tag::query().select(func::now()).one(tx).await.unwrap()
    };
    let first = times(&transaction).await;
    tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    assert_eq!(times(&transaction).await, first, "the same in all statements");
    transaction.rollback().await.unwrap();
    transaction = world.db.begin().await.unwrap();
    let second = times(&transaction).await;
    assert!(before <= first && first < second && second <= Utc::now(), "{first} {second}");
    transaction.rollback().await.unwrap();
    tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    let third: DateTime<Utc> = Tag::query().select(func::now()).one(&world.db).await.unwrap();
    assert!(third > second, "each statement outside of a transaction is one");
    let (now, today): (DateTime<Utc>, NaiveDate) =
        Tag::query().select((func::now(), func::today())).one(&world.db).await.unwrap();
    assert_eq!(now.date_naive(), today);
    let earlier = Tag::filter(func::now().lt(Utc::now() + TimeDelta::hours(1)));
    assert_eq!(earlier.count(&world.db).await.unwrap(), 1);
}

async fn meaningless_arithmetic_is_refused(world: World) {
    use yara_orm::tree::{BinaryOperator, Expr as Node};
    use yara_orm::value::{Type, Value};
    let day = || Node::literal(Value::Date(0));
    let broken = [
        (
            Node::Binary(
                BinaryOperator::Multiply,
                Box::new(day()),
                Box::new(Node::literal(Value::I32(2))),
            ),
            "`Multiply` of date and 32-bit integer means nothing",
        ),
        (
            Node::Call(yara_orm::tree::Function::Extract(DatePart::Hour), vec![day()]),
            "a date has no Hour to extract",
        ),
        (
            Node::Call(yara_orm::tree::Function::Truncate(DatePart::WeekDay), vec![day()]),
            "a date cannot be cut down to its WeekDay",
        ),
        (
            Node::Call(yara_orm::tree::Function::Age, vec![Node::literal(Value::Null(Type::Date))]),
            "Age takes 2 arguments and was given 1",
        ),
    ];
    for (node, message) in broken {
        let query = Tag::query().select(Expr::<Tag, Option<i32>>::from_tree(node));
        let error = world.counting(0, query.all(&world.db)).await.unwrap_err();
        assert!(error.is_invalid_query() && error.to_string().contains(message), "{error}");
    }
    let query = Tag::query().select(func::now().extract(DatePart::Epoch));
    let error = world.counting(0, query.all(&world.db)).await.unwrap_err();
    assert!(error.to_string().contains("take them by `.epoch()`"), "{error}");
}

/// Whatever zone PostgreSQL's session is in, parts and sums are those of UTC.
async fn the_time_zone_of_the_session_does_not_count(world: World) {
    Tag::create().name("one").insert(&world.db).await.unwrap();
    let transaction = world.db.begin().await.unwrap();
    if world.kind == crate::support::Kind::Postgres {
        sql("set local time zone 'America/New_York'").exec(&transaction).await.unwrap();
    }
    let instant =
        NaiveDate::from_ymd_opt(2024, 3, 10).unwrap().and_hms_opt(2, 30, 0).unwrap().and_utc();
    let stamp = || v(instant);
    let (hour, day, next, text): (i32, DateTime<Utc>, DateTime<Utc>, String) = Tag::query()
        .select((
            stamp().hour(),
            stamp().truncate(DatePart::Day),
            stamp() + Interval { days: 1, ..Interval::default() },
            stamp().cast::<String>(),
        ))
        .one(&transaction)
        .await
        .unwrap();
    assert_eq!((hour, day), (2, instant - TimeDelta::minutes(150)));
    assert_eq!(next, instant + TimeDelta::days(1), "not the 23 hours of that day in New York");
    assert_eq!(text, "2024-03-10 02:30:00+00");
    transaction.rollback().await.unwrap();
}
