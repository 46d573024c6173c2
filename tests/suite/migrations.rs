//! Migrations: applied, undone, cut off in the middle, by several programs at once.

mod at_once;
mod command;
mod cut_off;
mod evolving;
mod failing;
mod files;
mod history;
mod not_atomic;
mod order;
mod rebuild;
mod steps;
mod undo;
mod wider;

use yara_orm::migrate::{Migration, Migrations, NamedMigration};
use yara_orm::prelude::*;

/// Migrations of these names and texts.
fn given(files: &[(&str, &str)]) -> Migrations {
    let read = |(name, text): &(&str, &str)| NamedMigration {
        name: (*name).to_owned(),
        migration: Migration::parse(name, text).unwrap(),
    };
    Migrations::given(files.iter().map(read).collect())
}

/// A table `note`, a row in it, and another column.
const NOTES: [(&str, &str); 3] = [
    (
        "0001_notes",
        r#"
        [[operation]]
        sql = { up = "create table note (id integer primary key, text varchar(50) not null)", down = "drop table note" }
        "#,
    ),
    (
        "0002_first",
        r#"
        [[operation]]
        sql = { up = "insert into note (id, text) values (1, 'first')", down = "delete from note where id = 1" }
        "#,
    ),
    (
        "0003_views",
        r#"
        [[operation]]
        sql = { up = "alter table note add column views integer", down = "alter table note drop column views" }
        "#,
    ),
];

/// The texts of the notes; `None` where there is no such table.
async fn notes(db: &Db) -> Option<Vec<String>> {
    let rows: Result<Vec<(String,)>, Error> =
        sql("select text from note order by id").all(db).await;
    match rows {
        Ok(rows) => Some(rows.into_iter().map(|row| row.0).collect()),
        Err(error) => {
            assert_eq!(error.sqlstate(), Some("42P01"), "{error}");
            None
        }
    }
}

/// Which migrations the database has had, by its own table.
async fn applied(db: &Db) -> Vec<String> {
    let rows: Result<Vec<(String,)>, Error> =
        sql("select name from orm_migrations where app = 'models' order by id").all(db).await;
    match rows {
        Ok(rows) => rows.into_iter().map(|row| row.0).collect(),
        Err(error) => {
            assert_eq!(error.sqlstate(), Some("42P01"), "{error}");
            Vec::new()
        }
    }
}

/// That no connection has foreign keys switched off, nor a transaction open, and that all are back.
async fn assert_clean(db: &Db, kind: crate::support::Kind) {
    for _ in 0..200 {
        if db.status().in_use == 0 {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(10)).await;
    }
    assert_eq!(db.status().in_use, 0, "{:?}", db.status());
    if kind == crate::support::Kind::Sqlite {
        // As many at once as there may be.
        let mut held = Vec::new();
        for _ in 0..db.status().max_size {
            let options = TransactionOptions { read_only: true, ..TransactionOptions::default() };
            let tx = db.begin_with(options).await.unwrap();
            let on: (i64,) =
                sql("select foreign_keys from pragma_foreign_keys").one(&tx).await.unwrap();
            assert_eq!(on.0, 1);
            held.push(tx);
        }
    }
}
