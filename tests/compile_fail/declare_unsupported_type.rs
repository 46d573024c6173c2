use yara_orm::prelude::*;

#[derive(Model, Debug, Clone)]
struct Book {
    id: i64,
    pages: u8,
}

fn main() {}
