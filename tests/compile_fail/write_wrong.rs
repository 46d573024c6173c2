//! Rows of a query, conflicts and related rows are checked by the compiler.

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
    #[field(unique)]
    title: String,
    views: i64,
    author: ForeignKey<Author>,
}

fn main() {
    let _ = Book::insert_from((Book::title, Book::views), Author::query().select((Author::name, Author::name)));
    let _ = Book::create().title("Notes").views(1).on_conflict(Book::title);
    let _ = Author::create().name("Ada").with(Author::books, [Author::create().name("Bob")]);
    let _ = Book::update_many(&[], Author::name);
}
