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
    let _ = Book::filter(Author::name.eq("Ada"));
    let _ = Book::query().filter(Book::views.gt(1) & Author::id.eq(1));
}
