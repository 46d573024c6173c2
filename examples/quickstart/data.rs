//! Reading the data set into the tables: one insert for each table, all of them in one transaction.

use super::models::{City, Continent, Country, CountryLanguage, Language};
use std::collections::HashMap;
use yara_orm::prelude::*;

/// The rows of a file, without its header. Fields are separated by tabs; there are no quotes.
fn rows(file: &'static str) -> impl Iterator<Item = Vec<&'static str>> {
    file.lines().skip(1).map(|line| line.split('\t').collect())
}

/// An empty field is an unknown value.
fn known(field: &str) -> Option<String> {
    (!field.is_empty()).then(|| field.to_owned())
}

pub async fn load(db: &Db) -> Result<(), Box<dyn std::error::Error>> {
    let mut countries = Vec::new();
    for row in rows(include_str!("../data/countries.tsv")) {
        let country = Country::create()
            .code(row[0])
            .name(row[2])
            .capital(known(row[3]))
            .continent_id(row[4])
            .area_km2(row[5].parse::<i64>()?)
            .population(row[6].parse::<i64>()?)
            .currency(known(row[7]));
        countries.push(country);
    }
    let mut spoken = Vec::new();
    for row in rows(include_str!("../data/country_languages.tsv")) {
        let rank = row[2].parse::<i32>()?;
        spoken.push(CountryLanguage::create().country_id(row[0]).language_id(row[1]).rank(rank));
    }
    let mut cities = Vec::new();
    for row in rows(include_str!("../data/cities.tsv")) {
        let city = City::create()
            .id(row[0].parse::<i64>()?)
            .name(row[1])
            .country_id(row[2])
            .admin1(known(row[3]))
            .latitude(row[4].parse::<f64>()?)
            .longitude(row[5].parse::<f64>()?)
            .population(row[6].parse::<i64>()?)
            .timezone(row[7]);
        cities.push(city);
    }
    let continents = rows(include_str!("../data/continents.tsv"))
        .map(|row| Continent::create().code(row[0]).name(row[1]));
    let languages =
        rows(include_str!("../data/languages.tsv")).map(|row| Language::create().code(row[0]));

    db.transaction(async |tx| {
        Continent::insert_many(continents).exec(&tx).await?;
        let countries = Country::insert_many(countries).all(&tx).await?;
        Language::insert_many(languages).exec(&tx).await?;
        CountryLanguage::insert_many(spoken).exec(&tx).await?;
        City::insert_many(cities).exec(&tx).await?;
        neighbours(&tx, &countries).await
    })
    .await?;
    Ok(())
}

/// Relates each country to its neighbours.
async fn neighbours(tx: &Transaction, countries: &[Country]) -> yara_orm::Result<()> {
    let by_code: HashMap<&str, &Country> =
        countries.iter().map(|country| (country.code.as_str(), country)).collect();
    let mut neighbours: HashMap<&str, Vec<&Country>> = HashMap::new();
    for row in rows(include_str!("../data/country_neighbours.tsv")) {
        if let Some(neighbour) = by_code.get(row[1]) {
            neighbours.entry(row[0]).or_default().push(*neighbour);
        }
    }
    for (code, near) in neighbours {
        if let Some(country) = by_code.get(code) {
            Country::neighbours.of(country).add(tx, near).await?;
        }
    }
    Ok(())
}
