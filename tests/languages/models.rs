//! The models of the test, as Python declares them in `yara-py/tests/languages/models.py`.

use chrono::{DateTime, NaiveDate, NaiveTime, TimeDelta, Utc};
use rust_decimal::Decimal;
use uuid::Uuid;
use yara_orm::prelude::*;
use yara_orm::value::Numeric;

/// Every model.
pub type All =
    (Author, Book, Tag, Profile, Seat, Booking, Club, Enrolment, Country, City, Everything);

#[derive(Model, Debug, Clone)]
#[model(comment = "Someone who writes books")]
pub struct Author {
    pub id: i64,
    #[field(max_length = 100, unique)]
    pub name: String,
    #[field(comment = "The day, where it is known")]
    pub born: Option<NaiveDate>,
    #[relation(on_delete = SetNull)]
    pub mentor: Option<ForeignKey<Author>>,
    #[relation(reverse = "mentor")]
    pub pupils: HasMany<Author>,
    #[relation(reverse = "author")]
    pub books: HasMany<Book>,
    #[relation(reverse = "author")]
    pub profile: HasOne<Profile>,
    #[relation(through = Enrolment, source = member, target = club)]
    pub clubs: ManyToMany<Club>,
    #[relation(reverse = "member")]
    pub enrolments: HasMany<Enrolment>,
}

#[derive(DbEnum, Debug, Clone, Copy, PartialEq)]
pub enum Status {
    Draft,
    Live,
}

#[derive(Model, Debug, Clone)]
#[model(
    unique(author, title),
    unique(name = "book_title_published", title, published),
    index(status, views),
    index(name = "book_title_lower", Book::title.lower()),
    check(views_not_negative, Book::views.ge(0)),
    check(rated_or_draft, Book::rating.is_null() | Book::rating.between(0.0, 5.0))
)]
pub struct Book {
    pub id: i64,
    #[field(max_length = 200)]
    pub title: String,
    #[field(default = 0, index)]
    pub views: i32,
    pub rating: Option<f64>,
    #[field(precision = 12, scale = 2)]
    pub price: Option<Decimal>,
    #[field(default = Status::Live)]
    pub status: Status,
    pub published: Option<DateTime<Utc>>,
    pub data: Option<serde_json::Value>,
    #[relation(on_delete = Cascade)]
    pub author: ForeignKey<Author>,
    pub tags: ManyToMany<Tag>,
}

#[derive(Model, Debug, Clone)]
#[model(ordering(-name))]
pub struct Tag {
    pub id: i64,
    #[field(max_length = 50, unique)]
    pub name: String,
    #[relation(reverse = "tags")]
    pub books: ManyToMany<Book>,
}

#[derive(Model, Debug, Clone)]
pub struct Profile {
    pub id: i64,
    pub bio: String,
    #[relation(on_delete = Restrict)]
    pub author: OneToOne<Author>,
}

#[derive(Model, Debug, Clone)]
pub struct Seat {
    #[field(primary_key, max_length = 2)]
    pub row: String,
    #[field(primary_key)]
    pub number: i32,
    #[field(column = "is_taken", default = false)]
    pub taken: bool,
    #[relation(reverse = "seat")]
    pub bookings: HasMany<Booking>,
}

#[derive(Model, Debug, Clone)]
pub struct Booking {
    #[field(primary_key)]
    pub code: Uuid,
    pub seat: Option<ForeignKey<Seat>>,
}

#[derive(Model, Debug, Clone)]
#[model(table = "clubs")]
pub struct Club {
    pub id: i64,
    #[field(max_length = 20)]
    pub name: String,
    #[relation(reverse = "club")]
    pub enrolments: HasMany<Enrolment>,
}

#[derive(Model, Debug, Clone)]
pub struct Enrolment {
    #[field(primary_key)]
    pub member: ForeignKey<Author>,
    #[field(primary_key)]
    pub club: ForeignKey<Club>,
    #[field(default = 0)]
    pub fee: i64,
}

#[derive(Model, Debug, Clone)]
pub struct Country {
    pub id: i64,
    #[field(max_length = 2, unique)]
    pub code: String,
    #[relation(reverse = "country", to = code)]
    pub cities: HasMany<City>,
}

#[derive(Model, Debug, Clone)]
pub struct City {
    pub id: i64,
    #[field(default_sql = "'unnamed'")]
    pub name: String,
    #[relation(to = code, db_constraint = false)]
    pub country: ForeignKey<Country, String>,
}

#[derive(DbEnum, Debug, Clone, Copy, PartialEq)]
#[db_enum(integer)]
#[repr(i16)]
pub enum Size {
    Small = 1,
    Large = 20,
}

/// A field of every type that both languages have.
#[derive(Model, Debug, Clone)]
pub struct Everything {
    #[field(primary_key, auto = false)]
    pub id: i32,
    pub flag: Option<bool>,
    pub small: Option<i16>,
    pub int: Option<i32>,
    pub big: Option<i64>,
    pub ratio: Option<f64>,
    #[field(precision = 60, scale = 20)]
    pub price: Option<Numeric>,
    #[field(max_length = 40)]
    pub code: Option<String>,
    pub text: Option<String>,
    pub blob: Option<Vec<u8>>,
    pub uid: Option<Uuid>,
    pub day: Option<NaiveDate>,
    pub time: Option<NaiveTime>,
    pub moment: Option<DateTime<Utc>>,
    pub span: Option<TimeDelta>,
    pub data: Option<serde_json::Value>,
    pub status: Option<Status>,
    pub size: Option<Size>,
    pub numbers: Option<Vec<i32>>,
    pub words: Option<Vec<String>>,
    pub days: Option<Vec<NaiveDate>>,
}
