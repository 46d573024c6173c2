use yara_orm::func::exists;
use yara_orm::prelude::*;

#[derive(Model, Debug, Clone)]
struct Author {
    id: i64,
    name: String,
    mentor: Option<ForeignKey<Author>>,
}

#[derive(Model, Debug, Clone)]
struct Book {
    id: i64,
    title: String,
    author: ForeignKey<Author>,
}

#[derive(Row)]
struct Line {
    title: String,
    #[field(nested)]
    author: Author,
}

fn main() {
    let book = Book::alias("book");
    let maybe = book.optional();
    let _ = Author::query().left_join(&book, book.col(Book::author.id).eq(Author::id));
    let _ = Author::query().join(&book, book.col(Author::id).eq(Author::id));
    let _ = Author::query().join(&book, book.col(Book::title).eq(Author::id));
    let _ = Author::query().join(&book, book.col(Book::id).eq(Book::id));
    let _: Query<Author, String> =
        Author::query().left_join(&maybe, maybe.exists()).select(maybe.col(Book::title));
    let _ = Author::query().select(whole::<Book>());
    let _ = Book::filter(Book::title.is_in(Author::query().select(Author::id)));
    let _ = Book::filter(Book::title.is_in(Author::query()));
    let _ = Book::filter(Book::title.eq(Author::name));
    let _ = Book::filter(exists(Author::filter(Author::name.eq(Book::title))));
    let _ = Author::query().union(Book::query());
    let _ = Book::query().follow(Book::author);
    let _ = Book::query().select(LineColumns { title: Book::title, author: whole::<Book>() });
}
