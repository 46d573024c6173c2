use yara_orm::prelude::*;

#[derive(Model, Debug, Clone)]
struct Setting {
    id: i64,
    filter: String,
    #[field(rename_const = "create")]
    made: String,
}

#[derive(Model, Debug, Clone)]
struct Book {
    id: i64,
    author: ForeignKey<Setting>,
    author_id: i64,
}

fn main() {}
