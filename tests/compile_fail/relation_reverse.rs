use yara_orm::prelude::*;

#[derive(Model, Debug, Clone)]
struct Author {
    id: i64,
    #[relation(reverse = "auther")]
    mistyped: HasMany<Book>,
    #[relation(reverse = "title")]
    column: HasMany<Book>,
    #[relation(reverse = "publisher")]
    elsewhere: HasMany<Book>,
    #[relation(reverse = "author")]
    many: ManyToMany<Book>,
    #[relation(reverse = readers)]
    readers: HasMany<Book>,
}

#[derive(Model, Debug, Clone)]
struct Publisher {
    id: i64,
}

#[derive(Model, Debug, Clone)]
struct Book {
    id: i64,
    title: String,
    author: ForeignKey<Author>,
    publisher: ForeignKey<Publisher>,
    readers: ManyToMany<Author>,
}

fn main() {}
