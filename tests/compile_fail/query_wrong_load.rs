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
    let _ = Book::query().load(Author::books);
    let _ = Author::query().load(Author::books.load(Author::books));
    let _ = Book::query().load(Book::title);
}
