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
    let _ = Book::query().update().set(Author::name, "x");
    let _ = Book::query().update().set(Book::views, "x");
}
