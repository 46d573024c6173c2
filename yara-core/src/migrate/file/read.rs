//! Operations from a document.

use super::Migration;
use super::read_table::{self, CHECK, COLUMN, FOREIGN_KEY, FULLTEXT, INDEX, TABLE, UNIQUE};
use super::source::{Item, Source, Table};
use crate::error::Result;
use crate::migrate::Operation;
use crate::schema::definition::TableName;

pub(super) fn migration(source: &Source<'_>) -> Result<Migration> {
    let document = source.parse()?;
    let from = source.table(&document, &["note", "atomic", "operation"])?;
    Ok(Migration {
        note: from.text("note")?,
        atomic: from.flag("atomic", true)?,
        operations: from.each("operation", operation)?,
    })
}

fn operation(item: &Item<'_>) -> Result<Operation> {
    let from = item.table("an operation", &Operation::NAMES)?;
    let Some((name, item)) = from.only() else {
        let given: Vec<String> = from.keys().iter().map(|key| format!("`{key}`")).collect();
        let given = if given.is_empty() { "none".into() } else { given.join(" and ") };
        return Err(from.wrong(format!("an operation has one key, its name, and this has {given}")));
    };
    match name {
        "create_table" => {
            Ok(Operation::CreateTable(read_table::table(&item.table("a table", TABLE)?)?))
        }
        "drop_table" => Ok(Operation::DropTable(item.name()?)),
        "rename_table" => {
            let from = named(name, item, &[&["from", "to"]])?;
            Ok(Operation::RenameTable {
                from: from.need("from")?.name()?,
                to: from.need("to")?.name()?,
            })
        }
        "sql" => {
            let from = named(name, item, &[&["up", "down"]])?;
            Ok(Operation::Sql { up: from.need("up")?.sql()?, down: from.sql("down")? })
        }
        "step" => Ok(Operation::Step { name: item.text()? }),
        "rename_column" | "add_column" | "alter_column" | "drop_column" => column(name, item),
        "add_index" | "drop_index" => index(name, item),
        name => part(name, item),
    }
}

/// The keys of an operation.
fn named<'s>(name: &str, item: &Item<'s>, known: &[&[&str]]) -> Result<Table<'s>> {
    item.table(&format!("`{name}`"), &known.concat())
}

/// The keys of an operation that is about a table, and the table.
fn of<'s>(name: &str, item: &Item<'s>, known: &[&str]) -> Result<(Table<'s>, TableName)> {
    let from = named(name, item, &[&["table"], known])?;
    let table = from.need("table")?.name()?;
    Ok((from, table))
}

fn column(name: &str, item: &Item<'_>) -> Result<Operation> {
    if name == "drop_column" {
        let (from, table) = of(name, item, &["name"])?;
        return Ok(Operation::DropColumn { table, column: from.need("name")?.text()? });
    }
    if name == "rename_column" {
        let (from, table) = of(name, item, &["from", "to"])?;
        let (old, new) = (from.need("from")?.text()?, from.need("to")?.text()?);
        return Ok(Operation::RenameColumn { table, from: old, to: new });
    }
    let (from, table) = of(name, item, &[COLUMN, &["fill"]].concat())?;
    let (column, fill) = (read_table::column(&from)?, from.sql("fill")?);
    Ok(match name {
        "add_column" => Operation::AddColumn { table, column, fill },
        _ => Operation::AlterColumn { table, column, fill },
    })
}

fn index(name: &str, item: &Item<'_>) -> Result<Operation> {
    let (from, table) = of(name, item, &[INDEX, &["concurrently"]].concat())?;
    let concurrently = from.flag("concurrently", false)?;
    Ok(match name {
        "add_index" => {
            Operation::AddIndex { table, index: read_table::index(&from)?, concurrently }
        }
        _ => Operation::DropIndex { table, index: read_table::dropped_index(&from)?, concurrently },
    })
}

/// What else belongs to a table.
fn part(name: &str, item: &Item<'_>) -> Result<Operation> {
    let known: &[&str] = match name {
        "comment_table" => &["comment"],
        "add_unique" | "drop_unique" => UNIQUE,
        "add_check" => CHECK,
        "add_foreign_key" => FOREIGN_KEY,
        "add_fulltext" => FULLTEXT,
        "drop_check" | "drop_fulltext" => &["name"],
        _ => &["columns"],
    };
    let (from, table) = of(name, item, known)?;
    Ok(match name {
        "comment_table" => Operation::CommentTable { table, comment: from.text("comment")? },
        "add_unique" => Operation::AddUnique { table, unique: read_table::unique(&from)? },
        "drop_unique" => {
            Operation::DropUnique { table, unique: read_table::dropped_unique(&from)? }
        }
        "add_check" => Operation::AddCheck { table, check: read_table::check(&from)? },
        "drop_check" => Operation::DropCheck { table, name: from.need("name")?.text()? },
        "add_foreign_key" => {
            Operation::AddForeignKey { table, foreign_key: read_table::foreign_key(&from)? }
        }
        "drop_foreign_key" => {
            Operation::DropForeignKey { table, columns: from.need("columns")?.texts()? }
        }
        "add_fulltext" => Operation::AddFulltext { table, fulltext: read_table::fulltext(&from)? },
        "drop_fulltext" => Operation::DropFulltext { table, name: from.need("name")?.text()? },
        _ => Operation::SetPrimaryKey { table, columns: from.need("columns")?.texts()? },
    })
}
