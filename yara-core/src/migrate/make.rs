//! The next migration: what models ask for, and no file gives.

use super::folder::{in_sequence, is_word, number};
use super::{Hints, Migration, NamedMigration, Operation, State, diff};
use crate::error::{Error, ErrorKind, Result};

/// The longest name that is made of what a migration does.
const LONGEST: usize = 50;

/// The migration that brings the tables from what `migrations` make of them to what is wanted;
/// `None` where they are so already. Its name is the next number and `name`, or a word about what
/// it does.
///
/// # Errors
///
/// As [`diff`](super::diff) does, and where `name` is not a word, or a migration contradicts those
/// before it.
pub fn make(
    migrations: &[NamedMigration],
    wanted: &State,
    name: Option<&str>,
    hints: &Hints,
) -> Result<Option<NamedMigration>> {
    let number = next_number(migrations)?;
    let operations = diff(&State::after(migrations)?, wanted, hints)?;
    let word = match name {
        Some(name) => checked(name)?,
        None if migrations.is_empty() => "initial".to_owned(),
        None => about(&operations),
    };
    if operations.is_empty() {
        return Ok(None);
    }
    let migration = Migration::new(operations);
    Ok(Some(NamedMigration { name: format!("{number:04}_{word}"), migration }))
}

/// The next migration, without operations: to be written by hand.
///
/// # Errors
///
/// Where `name` is not a word, or the migrations there are have no sequence.
pub fn make_empty(migrations: &[NamedMigration], name: &str) -> Result<NamedMigration> {
    let name = format!("{:04}_{}", next_number(migrations)?, checked(name)?);
    Ok(NamedMigration { name, migration: Migration::new(Vec::new()) })
}

/// The comment at the top of a file that has been made: what it was made for, and after which one.
pub fn heading(migrations: &[NamedMigration], made: &NamedMigration) -> String {
    let empty = made.migration.operations.is_empty();
    match migrations.last() {
        _ if empty => "Nothing yet: write here what is to be done.\n\
                       \n\
                       [[operation]]\n\
                       sql = { up = \"UPDATE …\", down = \"\" }"
            .to_owned(),
        None => "What the models ask for.".to_owned(),
        Some(last) => format!("What the models ask for since {}.", last.name),
    }
}

/// What models ask for and no file gives, in words, one line for each operation; nothing where the
/// files give all. For a check that somebody has forgotten no migration: what has to be asked
/// first is an error, as in [`diff`](super::diff).
///
/// # Errors
///
/// As [`make`] does.
pub fn unmade(migrations: &[NamedMigration], wanted: &State, hints: &Hints) -> Result<Vec<String>> {
    let made = make(migrations, wanted, None, hints)?;
    let operations = made.iter().flat_map(|made| &made.migration.operations);
    Ok(operations.map(Operation::to_string).collect())
}

fn next_number(migrations: &[NamedMigration]) -> Result<u64> {
    let names: Vec<String> = migrations.iter().map(|one| one.name.clone()).collect();
    let last = in_sequence(names, |name| name)?.last().and_then(|last| number(last));
    Ok(last.unwrap_or_default().saturating_add(1))
}

fn checked(name: &str) -> Result<String> {
    let wrong = |why: &str| Err(Error::new(ErrorKind::Configuration, format!("`{name}` {why}")));
    if !is_word(name) {
        return wrong(
            "cannot name a migration: letters, digits, `_` and `-` can, as in `add_slugs`",
        );
    }
    if number(name).is_some() || name.bytes().all(|byte| byte.is_ascii_digit()) {
        return wrong("begins with a number, and a migration is given its number by itself");
    }
    Ok(name.to_owned())
}

/// A word about what operations do: that of the first, and whether there are more.
fn about(operations: &[Operation]) -> String {
    let Some(first) = operations.first() else { return "nothing".to_owned() };
    let small = first.to_string().to_lowercase();
    let parts = small.split(|char: char| !char.is_alphanumeric()).filter(|part| !part.is_empty());
    let mut word = String::new();
    for part in parts {
        if word.len() + part.len() >= LONGEST {
            break;
        }
        word = if word.is_empty() { part.to_owned() } else { format!("{word}_{part}") };
    }
    if operations.len() > 1 { word + "_and_more" } else { word }
}

#[cfg(test)]
mod tests;
