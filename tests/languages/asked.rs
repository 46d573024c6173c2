//! The queries, by name: what each sends and gives. Python asks the same ones, in the same order,
//! of a database of its own that has been filled in the same way.

mod combined;
mod filters;
mod loads;
mod paths;
mod values;
mod writes;

use crate::models::{Author, Book, Club, Enrolment, Profile, Status, Tag};
use crate::plain::Plain;
use chrono::{DateTime, NaiveDate, Utc};
use rust_decimal::Decimal;
use serde_json::json;
use yara_orm::Result;
use yara_orm::prelude::*;
use yara_orm::testing::Probe;

/// Asks queries and tells their answers.
pub struct Asker<'a> {
    pub db: &'a Db,
    probe: &'a Probe,
}

impl Asker<'_> {
    /// Runs a query and tells its statements and rows. One that fails tells its kind of error.
    pub async fn ask<T: Plain>(&self, name: &str, answer: impl Future<Output = Result<T>>) {
        self.probe.take();
        let answer = answer.await;
        let sql = self.probe.take();
        let told = match answer {
            Ok(rows) => json!({"name": name, "sql": sql, "rows": rows.plain()}),
            Err(error) => {
                json!({"name": name, "sql": sql, "error": format!("{:?}", error.kind())})
            }
        };
        println!("{told}");
    }
}

/// All of them.
pub async fn ask_everything(db: &Db, probe: &Probe) -> Result<()> {
    fill(db).await?;
    let asker = Asker { db, probe };
    filters::ask(&asker).await;
    paths::ask(&asker).await;
    values::ask(&asker).await;
    combined::ask(&asker).await;
    loads::ask(&asker).await;
    writes::ask(&asker).await;
    Ok(())
}

pub fn day(year: i32, month: u32, day: u32) -> NaiveDate {
    NaiveDate::from_ymd_opt(year, month, day).unwrap_or_default()
}

pub fn moment(text: &str) -> DateTime<Utc> {
    DateTime::parse_from_rfc3339(text).unwrap_or_default().to_utc()
}

pub fn decimal(text: &str) -> Decimal {
    text.parse().unwrap_or_default()
}

/// Four authors, six books, three tags, two clubs; as Python's `fill`.
async fn fill(db: &Db) -> Result<()> {
    let ada = Author::create().name("Ada").born(day(1815, 12, 10)).insert(db).await?;
    let bob = Author::create().name("Bob").mentor(&ada).insert(db).await?;
    let cy = Author::create().name("Cy").born(day(1990, 2, 28)).mentor(&bob).insert(db).await?;
    Author::create().name("Dan").insert(db).await?;
    Profile::create().bio("Countess").author(&ada).insert(db).await?;
    Profile::create().bio("ÉCOLE").author(&cy).insert(db).await?;
    let book = |title: &str, views, author: &Author| {
        Book::create().title(title).views(views).author(author)
    };
    let books = [
        book("Notes", 10, &ada)
            .rating(4.5)
            .price(decimal("9.50"))
            .published(moment("2024-01-31T23:30:00Z"))
            .data(json!({"lang": "en", "size": {"w": 10, "h": 2}, "tags": ["a", "b"]})),
        book("Engine", 500, &ada)
            .rating(3.0)
            .price(decimal("100.00"))
            .published(moment("2024-02-29T12:00:00+02:00"))
            .data(json!({"lang": "fr", "size": {"w": 7.5}, "tags": []})),
        book("École", 5, &bob).status(Status::Draft).data(json!({"lang": null})),
        book("100% sure", 1000, &cy).rating(5.0).price(decimal("20")),
        book("100_ sure\\", 0, &cy).rating(0.5).published(moment("2023-12-31T23:59:59.999999Z")),
        book("it's", 10, &cy).status(Status::Draft).data(json!([1, "x"])),
    ];
    let books = Book::insert_many(books).all(db).await?;
    let tags = ["maths", "poetry", "rust"].map(|name| Tag::create().name(name));
    let tags = Tag::insert_many(tags).all(db).await?;
    Book::tags.of(&books[0]).add(db, [&tags[0], &tags[1]]).await?;
    Book::tags.of(&books[1]).add(db, [&tags[0]]).await?;
    Book::tags.of(&books[3]).add(db, [&tags[2]]).await?;
    let chess = Club::create().name("Chess").insert(db).await?;
    let go = Club::create().name("Go").insert(db).await?;
    Enrolment::create().member(&ada).club(&chess).fee(5).insert(db).await?;
    Enrolment::create().member(&ada).club(&go).insert(db).await?;
    Enrolment::create().member(&bob).club(&go).fee(7).insert(db).await?;
    Ok(())
}
