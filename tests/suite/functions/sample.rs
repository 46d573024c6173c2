//! Rows with a value of each type, made at random, and how a function of them is checked.

use crate::evaluator::Dice;
use crate::support::World;
use chrono::{DateTime, NaiveDate, NaiveDateTime, NaiveTime, TimeDelta, Utc};
use rust_decimal::Decimal;
use std::fmt::Debug;
use yara_orm::prelude::*;
use yara_orm::typed::Expr;
use yara_orm::value::FieldType;

#[derive(Model, Debug, Clone, PartialEq)]
pub struct Sample {
    #[field(primary_key)]
    pub id: i64,
    pub text: String,
    pub maybe: Option<String>,
    pub short: i16,
    pub whole: i32,
    pub long: i64,
    pub perhaps: Option<i64>,
    pub float: f64,
    pub single: f32,
    pub decimal: Decimal,
    pub unsure: Option<Decimal>,
    pub day: NaiveDate,
    pub clock: NaiveTime,
    pub moment: NaiveDateTime,
    pub instant: DateTime<Utc>,
    pub ended: Option<DateTime<Utc>>,
    pub span: TimeDelta,
    pub truth: bool,
}

fn pick<T: Copy>(dice: &mut Dice, values: &[T]) -> T {
    values[dice.below(values.len())]
}

pub fn text(dice: &mut Dice) -> String {
    let parts = ["", " ", "a", "É", "ß", "日本", "ab", "%_", "\\", "'", "e\u{301}", "🦀"];
    (0..dice.below(5)).map(|_| pick(dice, &parts)).collect()
}

pub fn number(dice: &mut Dice) -> i64 {
    match dice.below(3) {
        0 => dice.below(7) as i64 - 3,
        1 => dice.below(200_000) as i64 - 100_000,
        _ => {
            pick(dice, &[0, 50, -50, 149, 150, -151, i64::from(i32::MAX), i64::from(i32::MIN + 1)])
        }
    }
}

fn float(dice: &mut Dice) -> f64 {
    match dice.below(3) {
        0 => (dice.below(81) as f64 - 40.0) / 8.0,
        1 => (dice.below(2_000_001) as f64 - 1_000_000.0) / 1000.0,
        _ => pick(dice, &[0.5, -0.5, 1.5, 2.5, -2.5, 1.005, 2.675, 0.285, 1e15, -1e20, 1e-7, 0.1]),
    }
}

fn decimal(dice: &mut Dice) -> Decimal {
    let digits = dice.below(2_000_001) as i64 - 1_000_000;
    match dice.below(3) {
        0 => Decimal::new(digits, dice.below(5) as u32),
        1 => Decimal::new(digits * 1_000_000_007, dice.below(12) as u32),
        _ => Decimal::new(pick(dice, &[5, -5, 15, 25, -25, 0, 100]), 1),
    }
}

pub fn day(dice: &mut Dice) -> NaiveDate {
    let from = NaiveDate::from_ymd_opt(1899, 12, 25).unwrap();
    match dice.below(2) {
        0 => from + TimeDelta::days(dice.below(80_000) as i64),
        _ => {
            let (year, month, day) = pick(
                dice,
                &[
                    (2024, 2, 29),
                    (2023, 12, 31),
                    (2021, 1, 3),
                    (2020, 12, 31),
                    (1900, 3, 1),
                    (2024, 1, 31),
                ],
            );
            NaiveDate::from_ymd_opt(year, month, day).unwrap()
        }
    }
}

fn clock(dice: &mut Dice) -> NaiveTime {
    let micros = match dice.below(3) {
        0 => 0,
        1 => dice.below(86_400) as i64 * 1_000_000,
        _ => dice.below(86_400) as i64 * 1_000_000 + dice.below(1_000_000) as i64,
    };
    NaiveTime::MIN + TimeDelta::microseconds(micros)
}

pub fn moment(dice: &mut Dice) -> NaiveDateTime {
    day(dice).and_time(clock(dice))
}

fn some<T>(dice: &mut Dice, make: impl Fn(&mut Dice) -> T) -> Option<T> {
    if dice.below(3) == 0 { None } else { Some(make(dice)) }
}

/// Makes the table and fills it.
pub async fn rows(world: &World, dice: &mut Dice) -> Vec<Sample> {
    world.db.create_tables::<Sample>().await.unwrap();
    let made: Vec<_> = (0..60)
        .map(|_| {
            Sample::create()
                .text(text(dice))
                .maybe(some(dice, text))
                .short(number(dice).clamp(-32_767, 32_767) as i16)
                .whole(number(dice) as i32)
                .long(number(dice))
                .perhaps(some(dice, number))
                .float(float(dice))
                .single(float(dice) as f32)
                .decimal(decimal(dice))
                .unsure(some(dice, decimal))
                .day(day(dice))
                .clock(clock(dice))
                .moment(moment(dice))
                .instant(moment(dice).and_utc())
                .ended(some(dice, |dice| moment(dice).and_utc()))
                .span(TimeDelta::microseconds(number(dice) % 100_000 * 86_400_007))
                .truth(dice.below(2) == 0)
        })
        .collect();
    Sample::insert_many(made).all(&world.db).await.unwrap()
}

/// The expression gives for each row what `naive` says.
#[track_caller]
pub fn check<'w, T>(
    world: &'w World,
    rows: &'w [Sample],
    expression: Expr<Sample, T>,
    naive: impl Fn(&Sample) -> T + 'w,
) -> impl Future<Output = ()> + 'w
where
    T: FieldType + PartialEq + Debug,
{
    let caller = std::panic::Location::caller();
    async move {
        let query = Sample::query().order_by(Sample::id).select(expression);
        let found =
            query.all(&world.db).await.unwrap_or_else(|error| panic!("{caller}: {error:?}"));
        assert_eq!(found.len(), rows.len());
        for (row, found) in rows.iter().zip(found) {
            assert_eq!(found, naive(row), "at {caller}, of {row:?}");
        }
    }
}

/// The expression gives this value.
#[track_caller]
pub fn gives<T>(
    world: &World,
    expression: Expr<crate::models::Tag, T>,
    expected: T,
) -> impl Future<Output = ()> + '_
where
    T: FieldType + PartialEq + Debug,
{
    let caller = std::panic::Location::caller();
    async move {
        one_row(world).await;
        let query = crate::models::Tag::query().select(expression);
        let found =
            query.one(&world.db).await.unwrap_or_else(|error| panic!("{caller}: {error:?}"));
        assert_eq!(found, expected, "at {caller}");
    }
}

/// The expression is an error of kind `Data` with this SQLSTATE.
#[track_caller]
pub fn fails<'w, T: FieldType + Debug>(
    world: &'w World,
    expression: Expr<crate::models::Tag, T>,
    state: &'static str,
) -> impl Future<Output = ()> + 'w {
    refused(world, expression, ErrorKind::Data, state)
}

/// The expression is an error of this kind and SQLSTATE.
#[track_caller]
pub fn refused<'w, T: FieldType + Debug>(
    world: &'w World,
    expression: Expr<crate::models::Tag, T>,
    kind: ErrorKind,
    state: &'static str,
) -> impl Future<Output = ()> + 'w {
    let caller = std::panic::Location::caller();
    async move {
        one_row(world).await;
        let error =
            crate::models::Tag::query().select(expression).all(&world.db).await.unwrap_err();
        let found = (error.kind(), error.sqlstate().map(str::to_owned));
        assert_eq!(found, (kind, Some(state.to_owned())), "at {caller}: {error}");
    }
}

async fn one_row(world: &World) {
    if !crate::models::Tag::query().exists(&world.db).await.unwrap() {
        crate::models::Tag::create().name("one").insert(&world.db).await.unwrap();
    }
}
