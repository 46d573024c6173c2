//! Operations as nodes.

use super::Migration;
use super::node::{Members, Node};
use super::write_table;
use crate::migrate::Operation;
use crate::schema::definition::TableName;

pub(super) fn migration(migration: &Migration) -> Members {
    let mut to = Members::default();
    to.maybe("note", migration.note.as_deref());
    if !migration.atomic {
        to.node("atomic", Node::Flag(false));
    }
    to.list("operation", &migration.operations, |operation| {
        let mut to = Members::default();
        to.node(operation.name(), content(operation));
        to.into()
    });
    to
}

/// What stands behind the name of an operation.
fn content(operation: &Operation) -> Node {
    match operation {
        Operation::CreateTable(table) => write_table::table(table),
        Operation::DropTable(name) => Node::text(&name.to_string()),
        Operation::RenameTable { from, to } => {
            members(|write| renamed(write, &from.to_string(), &to.to_string()))
        }
        Operation::CommentTable { table, comment } => {
            of(table, |to| to.maybe("comment", comment.as_deref()))
        }
        Operation::AddColumn { table, column, fill }
        | Operation::AlterColumn { table, column, fill } => of(table, |to| {
            write_table::column(column, to);
            to.sql("fill", fill.as_ref());
        }),
        Operation::DropColumn { table, column } => of(table, |to| to.text("name", column)),
        Operation::RenameColumn { table, from, to } => of(table, |write| renamed(write, from, to)),
        Operation::SetPrimaryKey { table, columns } => {
            of(table, |to| to.node("columns", Node::texts(columns)))
        }
        Operation::AddUnique { table, unique } | Operation::DropUnique { table, unique } => {
            of(table, |to| write_table::unique(unique, to))
        }
        Operation::AddCheck { table, check } => of(table, |to| write_table::check(check, to)),
        Operation::AddForeignKey { table, foreign_key } => {
            of(table, |to| write_table::foreign_key(foreign_key, to))
        }
        Operation::DropForeignKey { table, columns } => {
            of(table, |to| to.texts("columns", columns))
        }
        Operation::AddIndex { table, index, concurrently }
        | Operation::DropIndex { table, index, concurrently } => of(table, |to| {
            write_table::index(index, to);
            to.flag("concurrently", *concurrently);
        }),
        Operation::AddFulltext { table, fulltext } => {
            of(table, |to| write_table::fulltext(fulltext, to))
        }
        Operation::DropCheck { table, name } | Operation::DropFulltext { table, name } => {
            of(table, |to| to.text("name", name))
        }
        Operation::Sql { up, down } => members(|to| {
            to.sql("up", Some(up));
            to.sql("down", down.as_ref());
        }),
        Operation::Step { name } => Node::text(name),
    }
}

fn renamed(write: &mut Members, from: &str, to: &str) {
    write.text("from", from);
    write.text("to", to);
}

fn members(write: impl FnOnce(&mut Members)) -> Node {
    let mut to = Members::default();
    write(&mut to);
    to.into()
}

/// The table that it is about, and what follows.
fn of(table: &TableName, write: impl FnOnce(&mut Members)) -> Node {
    members(|to| {
        to.text("table", &table.to_string());
        write(to);
    })
}
