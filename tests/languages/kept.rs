//! Rows of every type of field: each language writes them, the other one reads them.

use crate::models::{Everything, Size, Status};
use crate::plain::Plain;
use chrono::{DateTime, NaiveDate, NaiveTime, TimeDelta, Utc};
use serde_json::json;
use uuid::Uuid;
use yara_orm::Result;
use yara_orm::prelude::*;

fn parsed<T: std::str::FromStr>(text: &str) -> Option<T> {
    text.parse().ok()
}

fn moment(text: &str) -> Option<DateTime<Utc>> {
    DateTime::parse_from_rfc3339(text).ok().map(|moment| moment.to_utc())
}

/// The rows, as Python has them too: none, ordinary ones, the least and the greatest.
fn rows() -> Vec<Everything> {
    let nothing = Everything {
        id: 1,
        flag: None,
        small: None,
        int: None,
        big: None,
        ratio: None,
        price: None,
        code: None,
        text: None,
        blob: None,
        uid: None,
        day: None,
        time: None,
        moment: None,
        span: None,
        data: None,
        status: None,
        size: None,
        numbers: None,
        words: None,
        days: None,
    };
    let ordinary = Everything {
        id: 2,
        flag: Some(true),
        small: Some(-7),
        int: Some(70_000),
        big: Some(1 << 40),
        ratio: Some(0.1),
        price: parsed("1234.56000000000000000000"),
        code: Some("ÉCOLE".into()),
        text: Some("It's 100% \"sure\"\\\n\t{}$1?😀".into()),
        blob: Some(vec![0, 1, 127, 128, 255]),
        uid: parsed("12345678-90ab-cdef-1234-567890abcdef"),
        day: parsed("2024-02-29"),
        time: parsed("12:34:56.789"),
        moment: moment("2024-02-29T23:30:00.5+05:30"),
        span: Some(TimeDelta::days(3) + TimeDelta::microseconds(-1)),
        data: Some(json!({"z": 1, "a": [true, null, 1.5, {"é": "x"}], "m": 1_u64 << 63})),
        status: Some(Status::Draft),
        size: Some(Size::Large),
        numbers: Some(vec![3, -1, 2]),
        words: Some(vec!["a,b".into(), "\"c\"".into(), "".into(), "NULL".into(), "{é}".into()]),
        days: parsed("1999-12-31").map(|day| vec![day]),
    };
    let least = Everything {
        id: i32::MIN,
        flag: Some(false),
        small: Some(i16::MIN),
        int: Some(i32::MIN),
        big: Some(i64::MIN),
        ratio: Some(-f64::MAX),
        price: parsed("-9999999999999999999999999999999999999999.99999999999999999999"),
        code: Some(String::new()),
        text: Some(String::new()),
        blob: Some(Vec::new()),
        uid: Some(Uuid::nil()),
        day: NaiveDate::from_ymd_opt(1, 1, 1),
        time: NaiveTime::from_hms_opt(0, 0, 0),
        moment: moment("0001-01-01T00:00:00Z"),
        span: Some(TimeDelta::days(-36_500)),
        data: Some(json!([])),
        status: Some(Status::Live),
        size: Some(Size::Small),
        numbers: Some(Vec::new()),
        words: Some(Vec::new()),
        days: Some(Vec::new()),
    };
    let greatest = Everything {
        id: i32::MAX,
        flag: Some(true),
        small: Some(i16::MAX),
        int: Some(i32::MAX),
        big: Some(i64::MAX),
        ratio: Some(5e-324),
        price: parsed("9999999999999999999999999999999999999999.99999999999999999999"),
        code: Some("é".repeat(40)),
        text: Some("\u{1}\u{10ffff} ".into()),
        blob: Some((0..=255).collect()),
        uid: Some(Uuid::max()),
        day: NaiveDate::from_ymd_opt(9999, 12, 31),
        time: NaiveTime::from_hms_micro_opt(23, 59, 59, 999_999),
        moment: moment("9999-12-31T23:59:59.999999Z"),
        span: Some(TimeDelta::days(36_500)),
        data: Some(json!("text")),
        status: Some(Status::Live),
        size: Some(Size::Small),
        numbers: Some(vec![i32::MIN, i32::MAX]),
        words: Some(vec!["😀".into()]),
        days: Some(vec![day(1), day(9999)]),
    };
    vec![nothing, ordinary, least, greatest]
}

fn day(year: i32) -> NaiveDate {
    NaiveDate::from_ymd_opt(year, 1, 1).unwrap_or_default()
}

/// Writes the rows.
pub async fn write(db: &Db) -> Result<()> {
    let inserts = rows().into_iter().map(|row| {
        Everything::create()
            .id(row.id)
            .flag(row.flag)
            .small(row.small)
            .int(row.int)
            .big(row.big)
            .ratio(row.ratio)
            .price(row.price)
            .code(row.code)
            .text(row.text)
            .blob(row.blob)
            .uid(row.uid)
            .day(row.day)
            .time(row.time)
            .moment(row.moment)
            .span(row.span)
            .data(row.data)
            .status(row.status)
            .size(row.size)
            .numbers(row.numbers)
            .words(row.words)
            .days(row.days)
    });
    Everything::insert_many(inserts).exec(db).await?;
    Ok(())
}

/// Tells what the rows are, and how many have each of the values that were meant.
pub async fn read(db: &Db) -> Result<()> {
    for meant in rows() {
        let row = Everything::find(meant.id).one(db).await?;
        let mut told = serde_json::Map::new();
        macro_rules! tell {
            ($($member:ident),+) => {$(
                let found = Everything::filter(Everything::$member.eq(meant.$member.clone()));
                let found = found.count(db).await?;
                told.insert(stringify!($member).into(), json!([row.$member.plain(), found]));
            )+};
        }
        tell!(id, flag, small, int, big, ratio, price, code, text, blob, uid, day, time, moment);
        tell!(span, data, status, size, numbers, words, days);
        println!("{}", serde_json::Value::Object(told));
    }
    Ok(())
}

/// Tells the number `n` of each document with all its digits, and what reading it whole gives.
pub async fn digits(db: &Db) -> Result<()> {
    let with_n = Everything::filter(Everything::data.has_key("n")).order_by(Everything::id);
    let number = Everything::data.path("n").number();
    for (id, number) in with_n.select((Everything::id, number)).all(db).await? {
        let whole = Everything::find(id).select(Everything::data).one(db).await;
        let whole = match whole {
            Ok(document) => document.plain(),
            Err(error) => json!({"error": format!("{:?}", error.kind())}),
        };
        println!("{}", json!([number.plain(), whole]));
    }
    Ok(())
}
