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
    let _ = Book::title + 1;
    let _ = Book::title + "x";
    let _ = Book::filter(Book::views.contains("1"));
    let _ = Author::query().select(Author::books.sum(Book::title));
}
