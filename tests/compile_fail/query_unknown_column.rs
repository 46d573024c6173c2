use yara_orm::prelude::*;

#[derive(Model, Debug, Clone)]
struct Author {
    id: i64,
    name: String,
    #[relation(reverse = "author")]
    books: HasMany<Book>,
}

#[derive(Model, Debug, Clone)]
struct Book {
    id: i64,
    title: String,
    views: i64,
    author: ForeignKey<Author>,
}

fn main() {
    let _ = Book::filter(Book::titel.eq("x"));
    let _ = Book::filter(Book::author.nmae.eq("x"));
}
