//! Which migrations are to be applied or undone, and in which order.

use super::{Goal, RunOptions};
use crate::error::{Error, ErrorKind, Result};
use crate::migrate::NamedMigration;
use crate::migrate::folder::number as leading;
use crate::migrate::history::Applied;
use crate::names::nearest;

/// What leads to the goal, in the order in which it is to be done.
pub(super) fn choose<'m>(
    migrations: &'m [NamedMigration],
    applied: &[Applied],
    goal: &Goal,
    options: &RunOptions,
) -> Result<Vec<&'m NamedMigration>> {
    match goal {
        Goal::Latest => forward(migrations, migrations.len(), applied, options),
        Goal::UpTo(target) => forward(migrations, find(migrations, target)? + 1, applied, options),
        Goal::Back(count) => {
            let from = applied.len().saturating_sub(*count);
            back(migrations, applied[from..].iter().rev())
        }
        Goal::DownTo(target) => down_to(migrations, applied, target),
    }
}

/// The position of the migration that is called so, by its whole name or by its number.
pub(super) fn find(migrations: &[NamedMigration], target: &str) -> Result<usize> {
    let by_name = migrations.iter().position(|migration| migration.name == target);
    let number: Option<u64> = target.parse().ok();
    let by_number = || {
        let of_number =
            |migration: &NamedMigration| number.is_some() && number == leading(&migration.name);
        migrations.iter().position(of_number)
    };
    by_name.or_else(by_number).ok_or_else(|| {
        let names = migrations.iter().map(|migration| migration.name.as_str());
        Error::new(
            ErrorKind::Configuration,
            format!("no migration is called `{target}`{}", nearest(target, names)),
        )
    })
}

fn is_applied(applied: &[Applied], name: &str) -> bool {
    applied.iter().any(|row| row.name == name)
}

/// Those that are not applied of the first so many.
fn forward<'m>(
    migrations: &'m [NamedMigration],
    count: usize,
    applied: &[Applied],
    options: &RunOptions,
) -> Result<Vec<&'m NamedMigration>> {
    let is_pending = |migration: &&NamedMigration| !is_applied(applied, &migration.name);
    let pending: Vec<&NamedMigration> = migrations[..count].iter().filter(is_pending).collect();
    let Some(first) = pending.first() else { return Ok(pending) };
    if !options.ignore_missing {
        refuse_missing(migrations, applied, &first.name)?;
    }
    if !options.out_of_order {
        refuse_disorder(migrations, applied, first)?;
    }
    Ok(pending)
}

fn refuse_missing(migrations: &[NamedMigration], applied: &[Applied], first: &str) -> Result<()> {
    let is_missing =
        |row: &&Applied| !migrations.iter().any(|migration| migration.name == row.name);
    let missing: Vec<&str> =
        applied.iter().filter(is_missing).map(|row| row.name.as_str()).collect();
    if missing.is_empty() {
        return Ok(());
    }
    Err(Error::new(
        ErrorKind::Configuration,
        format!(
            "the database has had {}, of which there is no file here, so that nobody knows which \
             tables `{first}` would change; bring the files back, undo them with the program that \
             has them, or allow it by `ignore_missing`",
            listed(&missing)
        ),
    ))
}

fn refuse_disorder(
    migrations: &[NamedMigration],
    applied: &[Applied],
    first: &NamedMigration,
) -> Result<()> {
    let later = migrations.iter().rev().take_while(|migration| migration.name != first.name);
    let Some(last) = later.into_iter().find(|migration| is_applied(applied, &migration.name))
    else {
        return Ok(());
    };
    Err(Error::new(
        ErrorKind::Configuration,
        format!(
            "`{}` is not applied, and `{}`, which comes after it, is: it was written for tables \
             that were different then; give it a number after `{}`, or allow it by `out_of_order`",
            first.name, last.name, last.name
        ),
    ))
}

fn down_to<'m>(
    migrations: &'m [NamedMigration],
    applied: &[Applied],
    target: &str,
) -> Result<Vec<&'m NamedMigration>> {
    let after = match target {
        "zero" => migrations,
        target => &migrations[find(migrations, target)? + 1..],
    };
    let is_to_go = |row: &&Applied| after.iter().any(|migration| migration.name == row.name);
    let Some(first) = applied.iter().position(|row| is_to_go(&row)) else {
        // With `zero`, what has no file is to go as well.
        let rest = if target == "zero" { applied } else { &[] };
        return back(migrations, rest.iter().rev());
    };
    // One without a file that came later may stand on what is to go.
    let has_file = |row: &&Applied| migrations.iter().any(|one| one.name == row.name);
    let rows = applied[first..].iter().filter(|row| is_to_go(row) || !has_file(row));
    back(migrations, rows.rev())
}

/// The migrations of rows, all of which must be there.
fn back<'m, 'a>(
    migrations: &'m [NamedMigration],
    rows: impl Iterator<Item = &'a Applied>,
) -> Result<Vec<&'m NamedMigration>> {
    let migration = |row: &Applied| {
        migrations.iter().find(|migration| migration.name == row.name).ok_or_else(|| {
            Error::new(
                ErrorKind::Configuration,
                format!(
                    "`{}` cannot be undone, because there is no file of it here; bring the file \
                     back, or undo it with the program that has it",
                    row.name
                ),
            )
        })
    };
    rows.map(migration).collect()
}

fn listed(names: &[&str]) -> String {
    let quoted: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
    quoted.join(", ")
}
