//! The page about migrations shows what is written, and what can be read.
#![cfg(feature = "migrate")]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

use library::{Account, Author, Book, Model, Tag};
use yara_core::migrate::{Hints, Migration, Operation, State, make};

const PAGE: &str = include_str!("../../docs/migrations.md");

#[test]
fn every_file_on_the_page_is_one() {
    let blocks: Vec<&str> = PAGE.split("```toml\n").skip(1).collect();
    assert!(blocks.len() > 1);
    for block in blocks {
        let text = block.split("```").next().unwrap();
        if let Err(error) = Migration::parse("a block", text) {
            panic!("{error}\n{text}");
        }
    }
}

#[test]
fn the_page_shows_what_is_made_of_the_library() {
    let models = [Author::table(), Book::table(), Tag::table(), Account::table()];
    let made = make(&[], &State::of_models(&models).unwrap(), None, &Hints::new());
    let operations = made.unwrap().unwrap().migration.operations;
    let is_book = |operation: &Operation| operation.to_string() == "create_table book";
    let book: Vec<Operation> = operations.into_iter().filter(is_book).collect();
    let text = Migration::new(book).to_toml();
    assert!(PAGE.contains(&text), "{text}");
}

#[test]
fn the_page_names_every_operation() {
    for name in Operation::NAMES {
        assert!(PAGE.contains(&format!("`{name}`")), "{name}");
    }
}
