use yara_orm::prelude::*;

#[derive(Model, Debug, Clone)]
struct Author {
    id: i64,
    #[relation(reverse = "author")]
    book: HasOne<Book>,
}

#[derive(Model, Debug, Clone)]
struct Book {
    id: i64,
    author: ForeignKey<Author>,
}

fn main() {}
