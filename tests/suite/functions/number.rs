//! Functions of numbers, and casts.

use super::sample::{Sample, check, fails, gives, refused, rows};
use crate::evaluator::Dice;
use crate::models::Tag;
use crate::support::{World, scenarios};
use rust_decimal::{Decimal, RoundingStrategy};
use yara_orm::prelude::*;
use yara_orm::typed::Expr;
use yara_orm::value::{FieldType, Numeric};

scenarios! {
    random_numbers,
    random_casts,
    all_numbers_round_half_away_from_zero,
    what_is_not_finite_stays_so,
    numbers_without_a_result_are_refused,
    texts_are_read_as_other_kinds,
    what_cannot_be_cast_is_refused,
    random_is_between_zero_and_one,
}

fn v<T: FieldType>(value: T) -> Expr<Tag, T> {
    func::value(value)
}

fn numeric(digits: &str) -> Numeric {
    digits.parse().unwrap()
}

/// By the digits with which the float is written.
fn rounded(float: f64, digits: i32, strategy: RoundingStrategy) -> f64 {
    let text = format!("{float}");
    let Ok(number) = Decimal::from_str_exact(&text) else { return float };
    at(number, digits, strategy).to_string().parse().unwrap()
}

fn at(number: Decimal, digits: i32, strategy: RoundingStrategy) -> Decimal {
    match u32::try_from(digits) {
        Ok(digits) => number.round_dp_with_strategy(digits, strategy),
        Err(_) => {
            let unit = Decimal::from(10_i64.pow(digits.unsigned_abs()));
            (number / unit).round_dp_with_strategy(0, strategy) * unit
        }
    }
}

async fn random_numbers(world: World) {
    use RoundingStrategy::{MidpointAwayFromZero, ToZero};
    let dice = &mut Dice(17);
    let all = rows(&world, dice).await;
    let (w, all) = (&world, &all);
    let (l, f, d, p) = (Sample::long, Sample::float, Sample::decimal, Sample::perhaps);
    check(w, all, l.abs(), |row| row.long.abs()).await;
    check(w, all, Sample::short.abs(), |row| row.short.abs()).await;
    check(w, all, f.abs(), |row| row.float.abs()).await;
    check(w, all, d.abs(), |row| row.decimal.abs()).await;
    check(w, all, Sample::unsure.abs(), |row| row.unsure.map(|it| it.abs())).await;
    check(w, all, l.signum(), |row| row.long.signum() as i32).await;
    check(w, all, p.signum(), |row| row.perhaps.map(|it| it.signum() as i32)).await;
    check(w, all, f.signum(), |row| if row.float == 0.0 { 0 } else { row.float.signum() as i32 })
        .await;
    check(w, all, d.signum(), |row| row.decimal.cmp(&Decimal::ZERO) as i32).await;
    check(w, all, f.round(), |row| row.float.round()).await;
    check(w, all, f.trunc(), |row| row.float.trunc()).await;
    check(w, all, f.floor(), |row| row.float.floor()).await;
    check(w, all, f.ceil(), |row| row.float.ceil()).await;
    check(w, all, Sample::single.round(), |row| row.single.round()).await;
    check(w, all, Sample::single.floor(), |row| row.single.floor()).await;
    check(w, all, Sample::single.trunc(), |row| row.single.trunc()).await;
    check(w, all, l.round(), |row| row.long).await;
    check(w, all, l.ceil(), |row| row.long).await;
    check(w, all, d.floor(), |row| row.decimal.floor()).await;
    check(w, all, d.ceil(), |row| row.decimal.ceil()).await;
    check(w, all, l.abs().sqrt(), |row| (row.long.abs() as f64).sqrt()).await;
    check(w, all, p.abs().sqrt(), |row| row.perhaps.map(|it| (it.abs() as f64).sqrt())).await;
    for digits in -3..=5 {
        check(w, all, d.round_to(digits), |row| at(row.decimal, digits, MidpointAwayFromZero))
            .await;
        check(w, all, d.trunc_to(digits), |row| at(row.decimal, digits, ToZero)).await;
        check(w, all, f.round_to(digits), |row| rounded(row.float, digits, MidpointAwayFromZero))
            .await;
        check(w, all, f.trunc_to(digits), |row| rounded(row.float, digits, ToZero)).await;
        let whole = |strategy| {
            move |row: &Sample| i64::try_from(at(row.long.into(), digits, strategy)).unwrap()
        };
        check(w, all, l.round_to(digits), whole(MidpointAwayFromZero)).await;
        check(w, all, l.trunc_to(digits), whole(ToZero)).await;
    }
    for (divisor, scale) in [(7, 0), (-3, 0), (25, 1), (-13, 2)] {
        let by = Decimal::new(divisor, scale);
        check(w, all, d % by, |row| row.decimal % by).await;
        check(w, all, l % divisor, |row| row.long % divisor).await;
        check(w, all, l / divisor, |row| row.long / divisor).await;
    }
    let close = |found: f64, wanted: f64| (found - wanted).abs() <= wanted.abs() * 1e-14;
    let floats = Sample::query()
        .order_by(Sample::id)
        .select((f.abs().pow(0.25), (f / 1e20).exp(), (f.abs() + 1.0).ln(), l.pow(3.0)))
        .all(&w.db)
        .await
        .unwrap();
    for (row, (power, exp, ln, cube)) in all.iter().zip(floats) {
        assert!(close(power, row.float.abs().powf(0.25)), "{row:?}");
        assert!(close(exp, (row.float / 1e20).exp()), "{row:?}");
        assert!(close(ln, (row.float.abs() + 1.0).ln()), "{row:?}");
        assert!(close(cube, (row.long as f64).powf(3.0)), "{row:?}");
    }
}

async fn random_casts(world: World) {
    let dice = &mut Dice(19);
    let all = rows(&world, dice).await;
    let (w, all) = (&world, &all);
    check(w, all, Sample::long.cast::<String>(), |row| row.long.to_string()).await;
    check(w, all, Sample::perhaps.cast::<String>(), |row| row.perhaps.map(|it| it.to_string()))
        .await;
    check(w, all, Sample::long.cast::<Decimal>(), |row| row.long.into()).await;
    check(w, all, Sample::long.cast::<f64>(), |row| row.long as f64).await;
    check(w, all, Sample::long.cast::<bool>(), |row| row.long != 0).await;
    check(w, all, Sample::truth.cast::<i64>(), |row| row.truth.into()).await;
    check(w, all, Sample::truth.cast::<String>(), |row| row.truth.to_string()).await;
    check(w, all, Sample::short.cast::<i64>(), |row| row.short.into()).await;
    check(w, all, Sample::decimal.cast::<String>(), |row| row.decimal.to_string()).await;
    check(w, all, Sample::decimal.cast::<f64>(), |row| row.decimal.to_string().parse().unwrap())
        .await;
    check(w, all, Sample::decimal.cast::<f32>(), |row| row.decimal.to_string().parse().unwrap())
        .await;
    let whole = |number: Decimal| {
        let whole = number.round_dp_with_strategy(0, RoundingStrategy::MidpointAwayFromZero);
        i64::try_from(whole).unwrap()
    };
    check(w, all, Sample::decimal.cast::<i64>(), |row| whole(row.decimal)).await;
    check(w, all, Sample::single.cast::<f64>(), |row| row.single.into()).await;
    check(w, all, Sample::float.cast::<f32>(), |row| row.float as f32).await;
    check(w, all, Sample::float.cast::<Numeric>(), |row| numeric(&format!("{}", row.float))).await;
    check(w, all, Sample::single.cast::<Numeric>(), |row| numeric(&format!("{}", row.single)))
        .await;
    let small = Sample::float / 1e6;
    check(w, all, small.cast::<i64>(), |row| (row.float / 1e6).round() as i64).await;
    // There and back again.
    check(w, all, Sample::float.cast::<String>().cast::<f64>(), |row| row.float).await;
    check(w, all, Sample::single.cast::<String>().cast::<f32>(), |row| row.single).await;
    check(w, all, Sample::long.cast::<String>().cast::<i64>(), |row| row.long).await;
    check(w, all, Sample::decimal.cast::<String>().cast::<Decimal>(), |row| row.decimal).await;
    check(w, all, Sample::day.cast::<String>(), |row| row.day.to_string()).await;
    check(w, all, Sample::day.cast::<String>().cast(), |row| row.day).await;
    check(w, all, Sample::clock.cast::<String>().cast(), |row| row.clock).await;
    check(w, all, Sample::moment.cast::<String>().cast(), |row| row.moment).await;
    check(w, all, Sample::instant.cast::<String>().cast(), |row| row.instant).await;
    check(w, all, Sample::moment.date(), |row| row.moment.date()).await;
    check(w, all, Sample::moment.time(), |row| row.moment.time()).await;
    check(w, all, Sample::instant.date(), |row| row.instant.date_naive()).await;
    check(w, all, Sample::instant.time(), |row| row.instant.time()).await;
    check(w, all, Sample::instant.cast::<chrono::NaiveDateTime>(), |row| row.instant.naive_utc())
        .await;
    check(w, all, Sample::moment.cast::<chrono::DateTime<chrono::Utc>>(), |row| {
        row.moment.and_utc()
    })
    .await;
    check(w, all, Sample::day.cast::<chrono::NaiveDateTime>(), |row| {
        row.day.and_time(chrono::NaiveTime::MIN)
    })
    .await;
}

async fn all_numbers_round_half_away_from_zero(world: World) {
    let w = &world;
    for (number, whole) in [(0.5, 1.0), (1.5, 2.0), (2.5, 3.0), (-0.5, -1.0), (-2.5, -3.0)] {
        gives(w, v(number).round(), whole).await;
        gives(w, v(number).cast::<i64>(), whole as i64).await;
        gives(w, v(numeric(&number.to_string())).round(), numeric(&whole.to_string())).await;
    }
    gives(w, v(0.499_999_999_999_999_94).round(), 0.0).await;
    gives(w, v(1.005).round_to(2), 1.01).await;
    gives(w, v(0.35_f32).round_to(1), 0.4).await;
    gives(w, v(9_007_199_254_740_993_i64).floor(), 9_007_199_254_740_993).await;
    gives(w, v(9_007_199_254_740_993_i64).round_to(-1), 9_007_199_254_740_990).await;
    gives(w, v(1e300).round_to(2), 1e300).await;
    gives(w, v(1e-300).round_to(2), 0.0).await;
    let long = numeric("12345678901234567890123456789012345678.125");
    gives(w, v(long.clone()).round_to(2), numeric("12345678901234567890123456789012345678.13"))
        .await;
    gives(w, v(long).trunc_to(-30), numeric("12345678000000000000000000000000000000")).await;
    gives(w, v(250_i16).round_to(-2), 300).await;
    // The scale is PostgreSQL's: as many digits as were asked for.
    gives(w, v(numeric("1.5")).round_to(3).cast::<String>(), "1.500".into()).await;
    gives(w, v(numeric("2.00")).floor().cast::<String>(), "2".into()).await;
}

async fn what_is_not_finite_stays_so(world: World) {
    let w = &world;
    for number in [f64::INFINITY, f64::NEG_INFINITY] {
        gives(w, v(number).round_to(2), number).await;
        gives(w, v(number).floor(), number).await;
        gives(w, v(number).abs(), f64::INFINITY).await;
    }
    gives(w, v(f64::INFINITY).signum(), 1).await;
    gives(w, v(f64::NAN).signum(), 0).await;
    refused(w, v(numeric("NaN")).signum(), ErrorKind::Unsupported, "0A000").await;
    for nan in [v(f64::NAN).round(), v(f64::NAN).abs(), v(f64::NAN).ceil(), v(f64::NAN).sqrt()] {
        gives(w, nan.cast::<String>(), "NaN".into()).await;
    }
    gives(w, v(numeric("NaN")).round_to(2), numeric("NaN")).await;
    gives(w, v(numeric("-Infinity")).abs(), numeric("Infinity")).await;
    gives(w, v(f64::NAN).pow(0.0), 1.0).await;
    gives(w, v(f64::NEG_INFINITY).exp(), 0.0).await;
    gives(w, func::greatest((v(f64::NAN), 1.0)).cast::<String>(), "NaN".into()).await;
}

async fn numbers_without_a_result_are_refused(world: World) {
    let w = &world;
    fails(w, v(i64::MIN).abs(), "22003").await;
    fails(w, v(i16::MIN).abs(), "22003").await;
    fails(w, v(i16::MAX).round_to(-1), "22003").await;
    fails(w, v(-1.0).sqrt(), "2201F").await;
    fails(w, v(0.0).pow(-1.0), "2201F").await;
    fails(w, v(-8.0).pow(0.5), "2201F").await;
    fails(w, v(1e300).pow(2.0), "22003").await;
    fails(w, v(1000.0).exp(), "22003").await;
    fails(w, v(-1000.0).exp(), "22003").await;
    fails(w, v(numeric("1")) % numeric("0.0"), "22012").await;
    for number in [0.0, -1.0] {
        fails(w, v(number).ln(), "2201E").await;
    }
}

async fn texts_are_read_as_other_kinds(world: World) {
    let w = &world;
    let t = |text: &str| v(text.to_owned());
    gives(w, t(" -12 ").cast::<i32>(), -12).await;
    gives(w, t("+7").cast::<i64>(), 7).await;
    gives(w, t(" 1.5e3").cast::<f64>(), 1500.0).await;
    gives(w, t("-Infinity").cast::<f64>(), f64::NEG_INFINITY).await;
    gives(w, t("0.10").cast::<Numeric>().cast::<String>(), "0.10".into()).await;
    for (word, truth) in [
        ("true", true),
        ("T", true),
        ("yes", true),
        ("on", true),
        ("1", true),
        ("no", false),
        ("off", false),
        ("F", false),
        ("0", false),
    ] {
        gives(w, t(word).cast::<bool>(), truth).await;
    }
    gives(w, t("2024-02-29").cast(), chrono::NaiveDate::from_ymd_opt(2024, 2, 29).unwrap()).await;
    let id = uuid::Uuid::from_u128(0xA1);
    gives(w, t(&id.to_string().to_uppercase()).cast::<uuid::Uuid>(), id).await;
    gives(w, v(id).cast::<String>(), id.to_string()).await;
    gives(w, v(1e20).cast::<String>(), "1e+20".into()).await;
    gives(w, v(0.1_f32).cast::<String>(), "0.1".into()).await;
    gives(w, v(100_000.0).cast::<String>(), "100000".into()).await;
    let instant = chrono::DateTime::from_timestamp_micros(1_500_000).unwrap();
    gives(w, v(instant).cast::<String>(), "1970-01-01 00:00:01.5+00".into()).await;
    for bad in ["", "x", "1.5", "1e3", "0x"] {
        fails(w, t(bad).cast::<i64>(), "22P02").await;
    }
    fails(w, t("99999999999").cast::<i32>(), "22003").await;
    fails(w, t("x").cast::<f64>(), "22P02").await;
    fails(w, t("x").cast::<Numeric>(), "22P02").await;
    fails(w, t("maybe").cast::<bool>(), "22P02").await;
    fails(w, t("x").cast::<uuid::Uuid>(), "22P02").await;
    fails(w, v(1e300).cast::<f32>(), "22003").await;
    fails(w, v(1e10).cast::<i32>(), "22003").await;
    fails(w, v(70_000_i64).cast::<i16>(), "22003").await;
    refused(w, v(f64::NAN).cast::<i64>(), ErrorKind::Unsupported, "0A000").await;
}

/// Before anything is sent on SQLite, by the server on PostgreSQL.
async fn what_cannot_be_cast_is_refused(world: World) {
    let date = v(chrono::NaiveDate::from_ymd_opt(2000, 1, 1).unwrap()).cast::<uuid::Uuid>();
    let error = Tag::query().select(date).all(&world.db).await.unwrap_err();
    match world.kind {
        crate::support::Kind::Sqlite => assert_eq!(
            error.to_string(),
            "SQLite cannot cast date to UUID; read the value as it is and convert it in the program"
        ),
        crate::support::Kind::Postgres => assert_eq!(error.sqlstate(), Some("42846")),
    }
}

async fn random_is_between_zero_and_one(world: World) {
    let all = rows(&world, &mut Dice(23)).await;
    let found = Sample::query().select(func::random()).all(&world.db).await.unwrap();
    assert_eq!(found.len(), all.len());
    assert!(found.iter().all(|number| (0.0..1.0).contains(number)));
    assert!(found.windows(2).any(|pair| pair[0] != pair[1]), "another one for each row");
}
