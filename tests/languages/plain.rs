//! Values as JSON, alike in both languages. What JSON has no word for is an object of one key, which
//! says what it is: `{"decimal": "1.50"}`, `{"instant": "2024-…+00:00"}`.

use crate::models::{Author, Book, Profile, Size, Status, Tag};
use chrono::{DateTime, NaiveDate, NaiveTime, TimeDelta, Utc};
use rust_decimal::Decimal;
use serde_json::{Value, json};
use uuid::Uuid;
use yara_orm::value::Numeric;

/// A value as JSON.
pub trait Plain {
    fn plain(&self) -> Value;
}

macro_rules! as_they_are {
    ($($kind:ty),+) => {$(
        impl Plain for $kind {
            fn plain(&self) -> Value {
                json!(self)
            }
        }
    )+};
}
as_they_are!((), bool, i16, i32, i64, u64, usize, String);

impl Plain for f64 {
    fn plain(&self) -> Value {
        if self.is_finite() {
            json!(self)
        } else {
            json!({"float": self.to_string().to_lowercase()})
        }
    }
}

macro_rules! tagged {
    ($($kind:ty => $tag:literal, $text:expr;)+) => {$(
        impl Plain for $kind {
            fn plain(&self) -> Value {
                let text: fn(&$kind) -> Value = $text;
                json!({ $tag: text(self) })
            }
        }
    )+};
}
tagged! {
    Decimal => "decimal", |it| json!(it.to_string());
    Numeric => "decimal", |it| json!(it.to_string());
    Uuid => "uuid", |it| json!(it.to_string());
    Vec<u8> => "bytes", |it| json!(it.iter().map(|byte| format!("{byte:02x}")).collect::<String>());
    NaiveDate => "date", |it| json!(it.format("%Y-%m-%d").to_string());
    NaiveTime => "time", |it| json!(it.format("%H:%M:%S%.6f").to_string());
    DateTime<Utc> => "instant", |it| json!(it.format("%Y-%m-%dT%H:%M:%S%.6f+00:00").to_string());
    TimeDelta => "micros", |it| json!(it.num_microseconds());
    Value => "json", |it| it.clone();
    Status => "enum", |it| json!(match it { Status::Draft => "draft", Status::Live => "live" });
    Size => "enum", |it| json!(*it as i16);
}

impl<T: Plain> Plain for Option<T> {
    fn plain(&self) -> Value {
        self.as_ref().map_or(Value::Null, Plain::plain)
    }
}

macro_rules! lists {
    ($($element:ty),+) => {$(
        impl Plain for Vec<$element> {
            fn plain(&self) -> Value {
                self.iter().map(Plain::plain).collect()
            }
        }
    )+};
}
// Not of every `T`: a list of `u8` is bytes.
lists!(bool, i16, i32, i64, f64, String, NaiveDate, Decimal, Numeric, Status, Value, Author, Book);
lists!(Tag, Profile, DateTime<Utc>);

impl<T: Plain> Plain for Vec<Option<T>> {
    fn plain(&self) -> Value {
        self.iter().map(Plain::plain).collect()
    }
}

macro_rules! tuples {
    ($($name:ident),+) => {
        impl<$($name: Plain),+> Plain for ($($name,)+) {
            #[allow(non_snake_case)]
            fn plain(&self) -> Value {
                let ($($name,)+) = self;
                json!([$($name.plain()),+])
            }
        }

        impl<$($name: Plain),+> Plain for Vec<($($name,)+)> {
            fn plain(&self) -> Value {
                self.iter().map(Plain::plain).collect()
            }
        }
    };
}
tuples!(A, B);
tuples!(A, B, C);
tuples!(A, B, C, D);
tuples!(A, B, C, D, E);

macro_rules! models {
    ($($model:ident: $($member:ident),+; $($key:ident = $value:expr)?;)+) => {$(
        impl Plain for $model {
            fn plain(&self) -> Value {
                #[allow(unused_mut)]
                let mut row = json!({$(stringify!($member): self.$member.plain()),+});
                $(row[stringify!($key)] = key(self, $value);)?
                json!({stringify!($model): row})
            }
        }
    )+};
}
models! {
    Author: id, name, born; mentor_id = |it| it.mentor.as_ref().map(|key| *key.key()).plain();
    Book: id, title, views, rating, price, status, published, data; author_id = |it| it.author.key().plain();
    Tag: id, name;;
    Profile: id, bio; author_id = |it| it.author.key().plain();
}

fn key<M>(row: &M, key: fn(&M) -> Value) -> Value {
    key(row)
}
