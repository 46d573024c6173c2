use yara_orm::prelude::*;

#[derive(Model, Debug, Clone)]
struct Country {
    id: i64,
    #[field(unique)]
    code: String,
    population: i64,
    #[relation(reverse = "right")]
    cities: HasMany<City>,
}

#[derive(Model, Debug, Clone)]
struct City {
    id: i64,
    #[relation(to = code)]
    right: ForeignKey<Country, String>,
    #[relation(to = population)]
    other_type: ForeignKey<Country, String>,
    #[relation(to = cod)]
    mistyped: ForeignKey<Country, String>,
}

fn main() {}
