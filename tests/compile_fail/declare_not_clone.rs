use yara_orm::prelude::*;

#[derive(Model)]
struct Book {
    id: i64,
}

fn main() {}
