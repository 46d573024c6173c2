//! What migrations are called, and that none is missing.

use crate::error::{Error, ErrorKind, Result};

/// The number at the beginning of a name.
pub(in crate::migrate) fn number(name: &str) -> Option<u64> {
    let (digits, _) = name.split_once('_')?;
    let is_number = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
    if is_number { digits.parse().ok() } else { None }
}

/// Refuses what is not the name of a migration.
pub(in crate::migrate) fn check_name(name: &str) -> Result<()> {
    let rest = name.split_once('_').map(|(_, rest)| rest).unwrap_or_default();
    if number(name).is_some() && is_word(rest) {
        return Ok(());
    }
    Err(wrong(format!(
        "`{name}` is no name of a migration, which is a number and a word, such as `0001_initial`"
    )))
}

/// Whether a text can stand behind the number.
pub(in crate::migrate) fn is_word(text: &str) -> bool {
    let fits = |char: char| char.is_alphanumeric() || char == '_' || char == '-';
    !text.is_empty() && text.chars().all(fits)
}

/// Migrations in the order of their numbers. Errs where two have the same, or one is left out.
pub(in crate::migrate) fn in_sequence<T>(
    mut migrations: Vec<T>,
    name: impl Fn(&T) -> &String,
) -> Result<Vec<T>> {
    migrations.iter().try_for_each(|one| check_name(name(one)))?;
    migrations.sort_by_key(|one| number(name(one)));
    let last = migrations.last().and_then(|last| number(name(last))).unwrap_or_default();
    for pair in migrations.windows(2) {
        let [before, after] = [name(&pair[0]), name(&pair[1])];
        let (Some(first), Some(second)) = (number(before), number(after)) else { continue };
        if first == second {
            return Err(wrong(format!(
                "`{before}` and `{after}` have the same number, as after a merge of two branches; \
                 give the one that no database has had yet the next number, {:04}",
                last.saturating_add(1)
            )));
        }
        if second - first > 1 {
            return Err(wrong(format!(
                "there is no migration {:04} between `{before}` and `{after}`; a file is missing, \
                 or the numbers behind it are wrong",
                first + 1
            )));
        }
    }
    Ok(migrations)
}

fn wrong(what: String) -> Error {
    Error::new(ErrorKind::Configuration, what)
}
