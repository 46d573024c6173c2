//! Inserting single rows.

use crate::models::{Account, Address, Author, Book, Level, Mood, Person};
use crate::support::{World, scenarios};
use rust_decimal::Decimal;
use yara_orm::prelude::*;

scenarios! {
    an_insert_gives_the_row,
    defaults_are_filled_in,
    a_given_key_is_kept,
    a_row_of_defaults_alone,
    insert_or_ignore_tells_what_was_skipped,
    values_that_do_not_fit_are_refused,
    embedded_structs_and_enums_are_columns,
}

/// The row comes back as the database has it, in one statement.
async fn an_insert_gives_the_row(world: World) {
    let ada = world.counting(1, Author::create().name("Ada").insert(&world.db)).await.unwrap();
    assert_eq!(ada.name, "Ada");
    assert_eq!((ada.born, ada.mentor.is_none()), (None, true));
    assert_eq!(Author::find(ada.id).one(&world.db).await.unwrap(), ada);
    let bob = Author::create().name("Bob").mentor(&ada).insert(&world.db).await.unwrap();
    assert!(bob.id > ada.id);
    assert_eq!(bob.mentor.unwrap().key(), &ada.id);
}

async fn defaults_are_filled_in(world: World) {
    let ada = Author::create().name("Ada").insert(&world.db).await.unwrap();
    let book = Book::create().title("Notes").author(&ada).insert(&world.db).await.unwrap();
    assert_eq!((book.views, book.rating), (0, None));
    let account = Account::create().owner("Ada").insert(&world.db).await.unwrap();
    assert_eq!((account.balance, account.version), (Decimal::ZERO, 1));
    assert_eq!(account.created, account.changed);
    assert_eq!(Account::find(account.id).one(&world.db).await.unwrap(), account);
}

/// A key that the program gives is kept, and generated ones go on beside it.
async fn a_given_key_is_kept(world: World) {
    let given = Author::create().id(1000).name("Ada").insert(&world.db).await.unwrap();
    assert_eq!(given.id, 1000);
    let error = Author::create().id(1000).name("Bob").insert(&world.db).await.unwrap_err();
    assert!(error.is_unique_violation(), "{error:?}");
}

async fn a_row_of_defaults_alone(world: World) {
    world.db.create_tables::<OnlyDefaults>().await.unwrap();
    let row = OnlyDefaults::create().insert(&world.db).await.unwrap();
    assert_eq!(row.note, None);
    assert_eq!(OnlyDefaults::query().count(&world.db).await.unwrap(), 1);
}

#[derive(Model, Debug, Clone)]
pub struct OnlyDefaults {
    #[field(primary_key)]
    pub id: i64,
    pub note: Option<String>,
}

async fn insert_or_ignore_tells_what_was_skipped(world: World) {
    let first = Account::create().owner("Ada").insert_or_ignore(&world.db).await.unwrap();
    let second = Account::create().owner("Ada").insert_or_ignore(&world.db).await.unwrap();
    assert!(first.is_some());
    assert!(second.is_none());
    assert_eq!(Account::query().count(&world.db).await.unwrap(), 1);
}

/// Refused before anything is sent: the statement count stays at zero.
async fn values_that_do_not_fit_are_refused(world: World) {
    let error = world
        .counting(0, Author::create().name("x".repeat(101)).insert(&world.db))
        .await
        .unwrap_err();
    assert!(error.is_invalid_value());
    assert_eq!(
        error.to_string(),
        "Author.name: the text has 101 characters, and the field holds at most 100"
    );
    let error =
        world.counting(0, Author::create().name("a\0b").insert(&world.db)).await.unwrap_err();
    assert!(error.to_string().starts_with("Author.name: text must not hold a NUL"), "{error}");
    let too_fine: Decimal = "0.001".parse().unwrap();
    let error = world
        .counting(0, Account::create().owner("Ada").balance(too_fine).insert(&world.db))
        .await
        .unwrap_err();
    assert_eq!(error.to_string(), "Account.balance: 0.001 has more than 2 digits after the point");
}

async fn embedded_structs_and_enums_are_columns(world: World) {
    let home = Address { street: "Elm".into(), zip: None };
    let person = Person::create()
        .home(home.clone())
        .mood(Mood::VerySad)
        .level(Level::High)
        .insert(&world.db)
        .await
        .unwrap();
    assert_eq!((&person.home, &person.work), (&home, &None));
    assert_eq!((person.mood, person.level), (Mood::VerySad, Some(Level::High)));
    let found = Person::filter(Person::home.street.eq("Elm") & Person::mood.eq(Mood::VerySad))
        .one(&world.db)
        .await
        .unwrap();
    assert_eq!(found, person);
    let nowhere = Person::filter(Person::work.street.is_null()).count(&world.db).await.unwrap();
    assert_eq!(nowhere, 1);
}
