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

fn create(book: &Book) {
    let _ = Book::create().author(book);
    let _ = Book::create().author(7);
    let _ = Book::create().author(None);
    let _ = Book::create().author_id("x");
}

fn main() {}
