//! The models: a tree of places, and two relations through a table between.

use yara_orm::prelude::*;

#[derive(Model, Debug, Clone)]
#[model(table = "continent")]
pub struct Continent {
    #[field(primary_key, max_length = 2)]
    pub code: String,
    #[field(max_length = 20, unique)]
    pub name: String,
    #[relation(reverse = "continent")]
    pub countries: HasMany<Country>,
}

#[derive(Model, Debug, Clone)]
#[model(table = "country")]
pub struct Country {
    #[field(primary_key, max_length = 2)]
    pub code: String,
    #[field(max_length = 60)]
    pub name: String,
    #[field(max_length = 60)]
    pub capital: Option<String>,
    pub continent: ForeignKey<Continent>,
    pub area_km2: i64,
    pub population: i64,
    #[field(max_length = 3)]
    pub currency: Option<String>,
    #[relation(reverse = "country")]
    pub cities: HasMany<City>,
    #[relation(through = CountryLanguage)]
    pub languages: ManyToMany<Language>,
    pub neighbours: ManyToMany<Country>,
}

#[derive(Model, Debug, Clone)]
#[model(table = "language")]
pub struct Language {
    #[field(primary_key, max_length = 3)]
    pub code: String,
    #[relation(through = CountryLanguage)]
    pub countries: ManyToMany<Country>,
}

/// The table between countries and languages, with a column of its own.
#[derive(Model, Debug, Clone)]
#[model(table = "country_language", unique(country, language))]
pub struct CountryLanguage {
    #[field(primary_key)]
    pub id: i64,
    #[relation(on_delete = Cascade)]
    pub country: ForeignKey<Country>,
    #[relation(on_delete = Cascade)]
    pub language: ForeignKey<Language>,
    /// 1 is the language most spoken.
    pub rank: i32,
}

#[derive(Model, Debug, Clone)]
#[model(table = "city", index(country, population))]
pub struct City {
    /// The number of the place in GeoNames.
    #[field(primary_key, auto = false)]
    pub id: i64,
    #[field(max_length = 100)]
    pub name: String,
    pub country: ForeignKey<Country>,
    #[field(max_length = 20)]
    pub admin1: Option<String>,
    pub latitude: f64,
    pub longitude: f64,
    pub population: i64,
    #[field(max_length = 40)]
    pub timezone: String,
}
