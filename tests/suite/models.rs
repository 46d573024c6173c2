//! The models of the scenarios.

use chrono::{DateTime, NaiveDate, Utc};
use uuid::Uuid;
use yara_orm::prelude::*;

#[derive(Model, Debug, Clone, PartialEq)]
pub struct Author {
    #[field(primary_key)]
    pub id: i64,
    #[field(max_length = 100)]
    pub name: String,
    pub born: Option<NaiveDate>,
    pub mentor: Option<ForeignKey<Author>>,
    #[relation(reverse = "author")]
    pub books: HasMany<Book>,
    #[relation(reverse = "mentor")]
    pub pupils: HasMany<Author>,
    #[relation(reverse = "author")]
    pub profile: HasOne<Profile>,
}

/// One for each author at most.
#[derive(Model, Debug, Clone, PartialEq)]
pub struct Profile {
    #[field(primary_key)]
    pub id: i64,
    pub bio: String,
    #[relation(on_delete = Cascade)]
    pub author: OneToOne<Author>,
}

#[derive(Model, Debug, Clone, PartialEq)]
#[model(table = "book", unique(author, title), index(views), check(views_not_negative, Book::views.ge(0)))]
pub struct Book {
    #[field(primary_key)]
    pub id: i64,
    #[field(max_length = 200)]
    pub title: String,
    #[field(default = 0)]
    pub views: i64,
    pub rating: Option<f64>,
    #[relation(on_delete = Cascade)]
    pub author: ForeignKey<Author>,
    pub tags: ManyToMany<Tag>,
}

#[derive(Model, Debug, Clone, PartialEq)]
pub struct Tag {
    #[field(primary_key)]
    pub id: i64,
    #[field(max_length = 50, unique)]
    pub name: String,
    #[relation(reverse = "tags")]
    pub books: ManyToMany<Book>,
}

/// A row that counts its writes and remembers their times.
#[derive(Model, Debug, Clone, PartialEq)]
pub struct Account {
    #[field(primary_key)]
    pub id: i64,
    #[field(max_length = 40, unique)]
    pub owner: String,
    #[field(precision = 12, scale = 2, default = rust_decimal::Decimal::ZERO)]
    pub balance: rust_decimal::Decimal,
    #[field(version)]
    pub version: i32,
    #[field(auto_now_add)]
    pub created: DateTime<Utc>,
    #[field(auto_now)]
    pub changed: DateTime<Utc>,
}

/// A key of two columns.
#[derive(Model, Debug, Clone, PartialEq)]
pub struct Seat {
    #[field(primary_key, max_length = 2)]
    pub row: String,
    #[field(primary_key)]
    pub number: i32,
    pub comfortable: bool,
    #[relation(reverse = "seat")]
    pub bookings: HasMany<Booking>,
}

/// A foreign key of two columns, a key that the program makes.
#[derive(Model, Debug, Clone, PartialEq)]
pub struct Booking {
    #[field(primary_key, default = Uuid::new_v4())]
    pub id: Uuid,
    pub guest: String,
    pub seat: Option<ForeignKey<Seat>>,
}

/// Two models that refer to each other.
#[derive(Model, Debug, Clone, PartialEq)]
pub struct Department {
    #[field(primary_key)]
    pub id: i64,
    #[field(max_length = 10, unique)]
    pub code: String,
    #[relation(on_delete = SetNull)]
    pub head: Option<ForeignKey<Employee>>,
    #[relation(reverse = "department", to = code)]
    pub staff: HasMany<Employee>,
}

#[derive(Model, Debug, Clone, PartialEq)]
pub struct Employee {
    #[field(primary_key)]
    pub id: i64,
    pub name: String,
    pub address: Option<String>,
    #[relation(to = code)]
    pub department: ForeignKey<Department, String>,
}

#[derive(DbEnum, Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Mood {
    Happy,
    VerySad,
}

#[derive(DbEnum, Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[db_enum(integer)]
#[repr(i16)]
pub enum Level {
    Low = 1,
    High = 30,
}

#[derive(Embed, Debug, Clone, PartialEq)]
pub struct Address {
    pub street: String,
    #[field(max_length = 10)]
    pub zip: Option<String>,
}

#[derive(Model, Debug, Clone, PartialEq)]
pub struct Person {
    #[field(primary_key)]
    pub id: i64,
    #[field(embed)]
    pub home: Address,
    #[field(embed)]
    pub work: Option<Address>,
    pub mood: Mood,
    pub level: Option<Level>,
}
