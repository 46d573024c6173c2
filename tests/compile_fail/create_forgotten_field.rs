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

async fn create(db: &impl yara_orm::executor::Executor, ada: &Author) {
    let _ = Book::create().views(1).author(ada).insert(db).await;
    let _ = Book::create().views(1).title("x").insert_or_ignore(db).await;
    let _ = Book::insert_many([Book::create().views(1).author(ada)]);
}

fn main() {}
