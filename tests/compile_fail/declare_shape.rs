use yara_orm::prelude::*;

#[derive(Model, Debug, Clone)]
struct Generic<T> {
    id: i64,
    value: T,
}

#[derive(Model, Debug, Clone)]
struct Borrowed<'a> {
    id: i64,
    name: &'a str,
}

#[derive(Model, Debug, Clone)]
struct Tuple(i64, String);

#[derive(Model, Debug, Clone)]
struct Unit;

#[derive(Model, Debug, Clone)]
enum State {
    Draft,
}

#[derive(Embed, Debug, Clone)]
struct Empty {}

#[derive(Embed, Debug, Clone)]
struct WithRelation {
    author: ForeignKey<Author>,
    #[field(default = 1)]
    views: i64,
}

#[derive(DbEnum, Debug, Clone)]
enum Data {
    One(i64),
    #[db_enum(rename = "one")]
    First,
    #[db_enum(rename = "one")]
    Second,
}

#[derive(DbEnum, Debug, Clone)]
#[db_enum(integer)]
#[repr(u8)]
enum Small {
    One,
}

#[derive(Row)]
struct Row2(i64);

fn main() {}
