//! Countries, languages and cities: load a data set, then ask it what a person would ask.
//!
//! ```sh
//! cargo run --example quickstart                                   # embedded SQLite, in memory
//! cargo run --example quickstart -- sqlite://countries.db          # a file
//! cargo run --example quickstart -- postgres://localhost/countries # PostgreSQL
//! cargo run --example quickstart -- --sql                          # with the SQL of every statement
//! ```
//!
//! It drops the tables `city`, `country`, `continent`, `language` and those between them, and makes
//! them anew: give it a database of its own.

#![allow(unreachable_pub, reason = "the modules read like those of a library")]

#[path = "quickstart/data.rs"]
mod data;
#[path = "quickstart/models.rs"]
mod models;

use models::{City, Continent, Country, CountryLanguage, Language};
use yara_orm::prelude::*;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut url = String::from("sqlite://:memory:");
    let mut show_sql = false;
    for argument in std::env::args().skip(1) {
        match argument.as_str() {
            "--sql" => show_sql = true,
            _ => url = argument,
        }
    }
    let mut connecting = Db::builder(&url);
    if show_sql {
        connecting = connecting.on_statement(|event| println!("    {}", event.sql));
    }
    let db = connecting.connect().await?;

    type All = (Continent, Country, Language, CountryLanguage, City);
    db.drop_tables::<All>().await?;
    db.create_tables::<All>().await?;
    data::load(&db).await?;
    println!(
        "{} countries and {} cities\n",
        Country::query().count(&db).await?,
        City::query().count(&db).await?
    );

    largest_cities(&db, "Europe").await?;
    capitals_that_are_not_the_largest_city(&db).await?;
    countries_by_cities(&db).await?;
    neighbours_in_the_same_language(&db, "es").await?;
    growth(&db).await?;
    Ok(())
}

/// A path through two relations is one typed column.
async fn largest_cities(db: &Db, continent: &str) -> yara_orm::Result<()> {
    println!("The largest cities of {continent}:");
    let cities = City::filter(City::country.continent.name.eq(continent))
        .order_by(City::population.desc())
        .limit(5)
        .select((City::name, City::country.name, City::population))
        .all(db)
        .await?;
    for (name, country, population) in cities {
        println!("  {name}, {country}: {population}");
    }
    Ok(())
}

/// A column is compared with a column; `any` asks about related rows without joining them.
async fn capitals_that_are_not_the_largest_city(db: &Db) -> yara_orm::Result<()> {
    let countries = Country::filter(
        Country::population.gt(100_000_000)
            & Country::cities.any(City::name.eq(City::country.capital)),
    )
    .order_by(Country::population.desc())
    .load(Country::cities.order_by(City::population.desc()).limit(1))
    .all(db)
    .await?;
    println!("\nLarge countries whose largest city is not their capital:");
    for country in &countries {
        if let (Some(capital), [largest]) = (&country.capital, country.cities.get()?)
            && *capital != largest.name
        {
            println!("  {}: {} is larger than {capital}", country.name, largest.name);
        }
    }
    Ok(())
}

/// Aggregates over a relation are subqueries: they change neither the rows nor each other.
async fn countries_by_cities(db: &Db) -> yara_orm::Result<()> {
    println!("\nCountries with the most cities of 100 000 and more:");
    let rows = Country::query()
        .order_by((Country::cities.count().desc(), Country::name))
        .limit(5)
        .select((
            Country::name,
            Country::cities.count(),
            Country::cities.sum(City::population),
            Country::languages.count(),
        ))
        .all(db)
        .await?;
    for (name, cities, people, languages) in rows {
        println!(
            "  {name}: {cities} cities, {} people in them, {languages} languages",
            people.unwrap_or(0)
        );
    }
    Ok(())
}

/// Relations load in one statement each, however many rows there are.
async fn neighbours_in_the_same_language(db: &Db, language: &str) -> yara_orm::Result<()> {
    println!("\nCountries where `{language}` is spoken, and their neighbours where it is:");
    let spoken = || Country::languages.any(Language::code.eq(language));
    let countries = Country::filter(spoken())
        .order_by(Country::name)
        .load(Country::neighbours.filter(spoken()).order_by(Country::name))
        .all(db)
        .await?;
    for country in &countries {
        let neighbours: Vec<&str> =
            country.neighbours.get()?.iter().map(|other| other.name.as_str()).collect();
        if !neighbours.is_empty() {
            println!("  {}: {}", country.name, neighbours.join(", "));
        }
    }
    Ok(())
}

/// Updates take expressions over the old row, and a transaction takes back what was not meant.
async fn growth(db: &Db) -> yara_orm::Result<()> {
    let iceland = || City::filter(City::country.code.eq("IS"));
    let before = iceland().order_by(City::population.desc()).first(db).await?;
    let undone: yara_orm::Result<()> = db
        .transaction(async |tx| {
            iceland().update().set(City::population, City::population * 2).exec(&tx).await?;
            let doubled = iceland().order_by(City::population.desc()).first(&tx).await?;
            if let (Some(before), Some(doubled)) = (&before, &doubled) {
                println!(
                    "\n{} twice as large: {} → {}, but only",
                    before.name, before.population, doubled.population
                );
            }
            Err(Error::new(ErrorKind::Transaction, "in a transaction that is rolled back"))
        })
        .await;
    if let Err(reason) = undone {
        println!("{reason}.");
    }
    let after = iceland().order_by(City::population.desc()).first(db).await?;
    assert_eq!(before.map(|city| city.population), after.map(|city| city.population));
    Ok(())
}
