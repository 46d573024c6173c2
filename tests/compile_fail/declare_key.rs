use yara_orm::prelude::*;

#[derive(Model, Debug, Clone)]
struct NoKey {
    title: String,
}

#[derive(Model, Debug, Clone)]
struct NullKey {
    id: Option<i64>,
}

#[derive(Model, Debug, Clone)]
struct TwoAuto {
    #[field(primary_key, auto)]
    first: i64,
    #[field(primary_key)]
    second: i64,
}

#[derive(Model, Debug, Clone)]
struct LongKey {
    #[field(primary_key)]
    a: i64,
    #[field(primary_key)]
    b: i64,
    #[field(primary_key)]
    c: i64,
    #[field(primary_key)]
    d: i64,
    #[field(primary_key)]
    e: i64,
}

fn main() {}
