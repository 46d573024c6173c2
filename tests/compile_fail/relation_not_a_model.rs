use yara_orm::prelude::*;

#[derive(Debug, Clone)]
struct Author {
    id: i64,
}

#[derive(Model, Debug, Clone)]
struct Book {
    id: i64,
    author: ForeignKey<Author>,
}

fn main() {}
