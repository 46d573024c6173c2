//! The next migration.

use super::{heading, make, make_empty, unmade};
use crate::migrate::samples::{author, book, tag};
use crate::migrate::{Hints, Migration, NamedMigration, Operation, State};
use crate::schema::definition::{ColumnDefinition, TableName};
use crate::schema::{Default, FieldOptions, Table, TableBuilder};
use crate::value::{Type, Value};

fn created(name: &str) -> NamedMigration {
    let operations = vec![Operation::CreateTable(author()), Operation::CreateTable(book())];
    NamedMigration { name: name.into(), migration: Migration::new(operations) }
}

fn wanted() -> State {
    State { tables: vec![author(), book(), tag()] }
}

fn name(migrations: &[NamedMigration], wanted: &State) -> String {
    make(migrations, wanted, None, &Hints::new()).unwrap().unwrap().name
}

#[test]
fn the_next_migration_has_the_next_number_and_a_word_about_it() {
    assert_eq!(name(&[], &wanted()), "0001_initial");
    let first = [created("0001_initial")];
    assert_eq!(name(&first, &wanted()), "0002_create_table_tag");
    assert_eq!(name(&[created("0041_x")], &wanted()), "0042_create_table_tag");
    let mut more = wanted();
    more.tables[0].comment = Some("Who writes.".into());
    assert_eq!(name(&first, &more), "0002_comment_table_author_and_more");
    let long = ColumnDefinition::new("Ä_b-".repeat(20), Type::I64);
    more.tables[0].columns.push(ColumnDefinition { nullable: true, ..long });
    let word = name(&first, &more);
    assert_eq!(word, "0002_add_column_author_ä_b_ä_b_ä_b_ä_b_ä_b_ä_b_ä_and_more");
    let made = make(&first, &wanted(), Some("tags"), &Hints::new()).unwrap().unwrap();
    assert_eq!(made.name, "0002_tags");
    assert_eq!(made.migration.operations, [Operation::CreateTable(tag())]);
    assert_eq!(make(&[first[0].clone(), made], &wanted(), None, &Hints::new()).unwrap(), None);
}

#[test]
fn names_that_are_none_are_refused() {
    let said = |name: &str| make_empty(&[], name).unwrap_err().to_string();
    for wrong in ["", "a b", "../x", "a.b"] {
        assert_eq!(
            said(wrong),
            format!(
                "`{wrong}` cannot name a migration: letters, digits, `_` and `-` can, as in \
                 `add_slugs`"
            )
        );
    }
    for wrong in ["0002_x", "7"] {
        let what = "begins with a number, and a migration is given its number by itself";
        assert_eq!(said(wrong), format!("`{wrong}` {what}"));
    }
    assert_eq!(make_empty(&[created("0001_a")], "é-2_3").unwrap().name, "0002_é-2_3");
}

#[test]
fn what_is_not_made_yet_is_told() {
    let first = [created("0001_initial")];
    let told = unmade(&first, &wanted(), &Hints::new()).unwrap();
    assert_eq!(told, ["create_table tag"]);
    let same = State { tables: vec![author(), book()] };
    assert_eq!(unmade(&first, &same, &Hints::new()).unwrap(), Vec::<String>::new());
}

#[test]
fn a_migration_that_contradicts_those_before_it_is_named() {
    let twice = [created("0001_a"), created("0002_b")];
    let error = make(&twice, &wanted(), None, &Hints::new()).unwrap_err().to_string();
    assert_eq!(
        error,
        "0002_b, operation 1 (create_table author): there is a table `author` already"
    );
}

#[test]
fn a_file_says_at_the_top_what_it_is_for() {
    let first = created("0001_initial");
    let none: &[NamedMigration] = &[];
    assert_eq!(heading(none, &first), "What the models ask for.");
    let second = created("0002_x");
    assert_eq!(
        heading(std::slice::from_ref(&first), &second),
        "What the models ask for since 0001_initial."
    );
    let empty = make_empty(&[first], "x").unwrap();
    assert!(heading(none, &empty).starts_with("Nothing yet"));
}

fn models() -> Vec<&'static Table> {
    fn one() -> Value {
        Value::Text("it's".into())
    }
    fn random() -> Value {
        use std::sync::atomic::{AtomicI64, Ordering};
        static LAST: AtomicI64 = AtomicI64::new(0);
        Value::I64(LAST.fetch_add(1, Ordering::Relaxed))
    }
    let with = |default: Default| FieldOptions { default, ..FieldOptions::REQUIRED };
    let key = FieldOptions { primary_key: true, ..FieldOptions::REQUIRED };
    let table = TableBuilder::new("Note", "note")
        .field("id", Type::I64, FieldOptions { default: Default::Auto, ..key })
        .field("title", Type::Text, with(Default::Value(one)))
        .field("number", Type::I64, with(Default::Value(random)))
        .field("flag", Type::Bool, with(Default::Value(|| Value::Bool(true))));
    vec![Box::leak(Box::new(table.build()))]
}

#[test]
fn models_are_a_state_and_their_constants_fill_columns() {
    let models = models();
    let wanted = State::of_models(&models).unwrap();
    let mut columns = wanted.tables[0].columns.clone();
    let old = State {
        tables: vec![crate::schema::definition::TableDefinition {
            columns: vec![columns.remove(0)],
            ..wanted.tables[0].clone()
        }],
    };
    let create = Operation::CreateTable(old.tables[0].clone());
    let first = [NamedMigration { name: "0001_a".into(), migration: Migration::new(vec![create]) }];
    let hints = Hints::new().constants_of(&models);
    let error = make(&first, &wanted, None, &hints).unwrap_err().to_string();
    assert!(error.starts_with("`note.number` comes and cannot be NULL"), "{error}");
    let made = make(&first, &wanted, None, &hints.fill("note.number", "7")).unwrap().unwrap();
    assert_eq!(
        made.migration.to_toml().replace("[[operation]]\n", "").replace("\n\n", "\n"),
        r#"add_column = { table = "note", name = "title", type = "text", fill = "'it''s'" }
add_column = { table = "note", name = "number", type = "i64", fill = "7" }
add_column = { table = "note", name = "flag", type = "bool", fill = "TRUE" }
"#
    );
    assert_eq!(State::after(&[first[0].clone(), made]).unwrap(), wanted);
    assert_eq!(wanted.tables[0].name, TableName::new("note"));
}
