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

#[derive(Row)]
struct Line {
    title: String,
    views: i64,
}

fn main() {
    let _ = Book::query().select(Author::name);
    let _ = Book::query().select((Book::title, Author::name));
    let _ = Book::query().select(LineColumns { title: Book::title, views: Author::id });
    let _ = Book::query().select(LineColumns { title: Book::views, views: Book::views });
}
