use yara_orm::prelude::*;

#[derive(Model, Debug, Clone)]
#[model(tabel = "books", unique(titel), ordering(+title))]
struct Book {
    id: i64,
    #[field(max_lenght = 200)]
    title: String,
    #[field(max_length = "long", unique, unique)]
    subtitle: String,
    #[field(default = 1, default_sql = "1")]
    views: i64,
    #[relation(on_delete = SetNull)]
    author: ForeignKey<Author>,
    #[relation(on_delete = Cascad)]
    editor: ForeignKey<Author>,
    #[field(max_length = 3)]
    reader: ForeignKey<Author>,
    #[relation(on_delete = Cascade)]
    pages: i64,
    #[field(scale = 2)]
    price: i64,
    #[field(version)]
    first: i64,
    #[field(version)]
    second: i64,
    #[field(embed = 3)]
    third: i64,
}

#[derive(Model, Debug, Clone)]
struct Author {
    id: i64,
    books: HasMany<Book>,
    book: HasOne<Book>,
    #[relation(reverse = "author", on_delete = Cascade)]
    more: HasMany<Book>,
    #[relation(source = x)]
    tags: ManyToMany<Author>,
}

fn main() {}
