use yara_orm::prelude::*;

#[derive(Model, Debug, Clone)]
struct Book {
    id: i64,
    #[field(max_length = 200)]
    views: i64,
    #[field(precision = 5)]
    ratio: f64,
    #[field(auto_now)]
    changed: i64,
    #[field(version)]
    version: String,
    #[field(default = "none")]
    pages: i64,
}

fn main() {}
