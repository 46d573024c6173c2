use yara_orm::prelude::*;

#[derive(Model, Debug, Clone)]
struct Book {
    #[field(primary_key, auto)]
    isbn: String,
}

#[derive(Model, Debug, Clone)]
struct FloatKey {
    #[field(primary_key)]
    id: f64,
}

fn main() {}
