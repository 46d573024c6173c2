use yara_orm::prelude::*;

#[derive(Model, Debug, Clone)]
struct Country {
    id: i64,
    #[field(unique)]
    code: String,
}

#[derive(Model, Debug, Clone)]
struct City {
    id: i64,
    #[relation(to = code)]
    no_type: ForeignKey<Country>,
    no_to: ForeignKey<Country, String>,
    no_target: ForeignKey,
    wrapped: Option<HasMany<Country>>,
}

fn main() {}
