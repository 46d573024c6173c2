//! The Rust half of the test that both languages give one answer; `yara-py/tests/languages` is the
//! other one, runs this program, and compares.
//!
//! ```text
//! languages schema URL   how the engine describes the models, and the statements that create them
//! languages asked URL    fills a new database, and tells statements and rows of every query
//! languages write URL    writes rows of every type of field
//! languages read URL     tells what they are
//! languages digits URL   tells of documents whose numbers are longer than those of JSON in Rust
//! languages make FOLDER  writes a migration of what the models ask for
//! languages up URL FOLDER      applies the migrations of a folder, which give what they ask for
//! languages down URL FOLDER    undoes them
//! ```
//!
//! It prints one JSON value per line. Values that JSON has no word for are tagged; see [`plain`].

#![allow(unreachable_pub, reason = "a program has nobody to reach for")]

mod asked;
mod kept;
mod models;
mod plain;

use models::Everything;
use serde_json::json;
use std::process::ExitCode;
use std::sync::Arc;
use yara_orm::migrate::{Hints, Migrations};
use yara_orm::pool::PoolOptions;
use yara_orm::prelude::*;
use yara_orm::runtime::{Runtime, TokioRuntime};
use yara_orm::schema::Table;
use yara_orm::sql::ddl;
use yara_orm::testing::{Instrumented, Probe};
use yara_orm::typed::Models;
use yara_orm::{Result, backend};

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let outcome = match &arguments[..] {
        [command, folder] if command == "make" => make(folder),
        [command, url] => run(command, url).await,
        [command, url, folder] => migrate(command, url, folder).await,
        _ => {
            eprintln!("usage: languages (schema | asked | write | read | digits) URL");
            return ExitCode::from(2);
        }
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error:?}");
            ExitCode::FAILURE
        }
    }
}

async fn run(command: &str, url: &str) -> Result<()> {
    let (db, probe) = connect(url)?;
    match command {
        "schema" => schema(&db)?,
        "asked" => {
            db.create_tables::<models::All>().await?;
            asked::ask_everything(&db, &probe).await?;
        }
        "write" => {
            db.create_tables::<Everything>().await?;
            kept::write(&db).await?;
        }
        "read" => kept::read(&db).await?,
        "digits" => kept::digits(&db).await?,
        other => eprintln!("there is no command {other}"),
    }
    db.close().await;
    Ok(())
}

fn migrations(folder: &str) -> Migrations {
    Migrations::new(folder).models::<models::All>()
}

fn make(folder: &str) -> Result<()> {
    let made = migrations(folder).make(Some("initial"), &Hints::new())?;
    println!("{}", json!(made));
    Ok(())
}

async fn migrate(command: &str, url: &str, folder: &str) -> Result<()> {
    let db = Db::connect(url).await?;
    let migrations = migrations(folder);
    migrations.check()?;
    let done = match command {
        "up" => migrations.up(&db).await?,
        _ => migrations.down_to(&db, "zero").await?,
    };
    println!("{}", json!(done));
    db.close().await;
    Ok(())
}

/// A database, and what sees the statements that are sent to it.
fn connect(url: &str) -> Result<(Db, Probe)> {
    let runtime: Arc<dyn Runtime> = Arc::new(TokioRuntime::default());
    let (backend, parameters) = backend::from_url(url, &runtime)?;
    let options = PoolOptions::default().with_all_parameters(parameters, backend.parameters())?;
    let (instrumented, probe) = Instrumented::new(backend, runtime.clone());
    Ok((Db::from_backend(instrumented, runtime, options)?, probe))
}

fn schema(db: &Db) -> Result<()> {
    let tables: Vec<&'static Table> = models::All::tables();
    let mut described = serde_json::Map::new();
    for table in &tables {
        described.insert(table.model.to_owned(), json!(table.describe()?));
    }
    let options = ddl::CreateOptions { if_not_exists: false };
    let created = ddl::create_tables(&tables, options, db.dialect())?;
    println!("{}", json!({"described": described, "created": created}));
    Ok(())
}
