//! Tables under change: what is there by the engine's account, and in the database.

use super::catalog;
use crate::models::{
    Account, Author, Book, Booking, Department, Employee, Person, Profile, Seat, Tag,
};
use crate::support::{Kind, World};
use yara_orm::migrate::{Operation, State};
use yara_orm::prelude::*;
use yara_orm::schema::definition::TableDefinition;
use yara_orm::sql::ddl::{CreateOptions, Subject, alter, create, needs_foreign_keys_off};
use yara_orm::{Error, Result};

/// The models that every scenario finds tables of, and these do not need.
type Library = (Author, Profile, Book, Tag, Account, Seat, Booking, Department, Employee, Person);

/// The tables of a scenario.
pub struct Tables {
    pub db: Db,
    pub kind: Kind,
    pub state: State,
    url: String,
    /// Schemas beside the connection's own.
    pub schemas: &'static [&'static str],
}

impl Tables {
    /// An empty place with these tables.
    pub async fn new(world: &World, tables: Vec<TableDefinition>) -> Tables {
        world.db.drop_tables::<Library>().await.unwrap();
        let db = world.db.clone();
        let state = State { tables: Vec::new() };
        let url = world.url.clone();
        let mut here = Tables { db, kind: world.kind, state, url, schemas: &[] };
        let made = tables.into_iter().map(Operation::CreateTable).collect();
        here.change(made).await.unwrap();
        here
    }

    async fn own_schema(&self) -> String {
        sql("SELECT current_schema()::text").one::<(String,)>(&self.db).await.unwrap().0
    }

    /// Runs operations in one transaction; gives what was sent.
    pub async fn change(&mut self, operations: Vec<Operation>) -> Result<Vec<String>> {
        let mut state = self.state.clone();
        let mut statements = Vec::new();
        let mut unchecked = false;
        for operation in &operations {
            let before = state.clone();
            state.apply(operation)?;
            unchecked |= needs_foreign_keys_off(operation, self.db.dialect());
            let made = alter(operation, &before.tables, &state.tables, self.db.dialect())?;
            statements.extend(made);
        }
        self.run(&statements, unchecked).await?;
        self.state = state;
        Ok(statements)
    }

    /// Runs operations, and asks the database whether it holds what the engine believes.
    pub async fn changed(&mut self, operations: Vec<Operation>) -> Vec<String> {
        let sent = self.change(operations.clone()).await;
        let sent = sent.unwrap_or_else(|error| panic!("{error}\n{operations:#?}"));
        self.check(&format!("{sent:#?}")).await;
        sent
    }

    /// Runs operations, then what undoes them, and asks whether all is as it was.
    pub async fn there_and_back(&mut self, operations: Vec<Operation>) {
        let start = self.state.clone();
        let back = self.undone(&operations);
        self.changed(operations).await;
        self.changed(back).await;
        assert_eq!(sorted(&self.state), sorted(&start));
    }

    /// What undoes operations, the last one first.
    pub fn undone(&self, operations: &[Operation]) -> Vec<Operation> {
        let mut state = self.state.clone();
        let mut back: Vec<Operation> = Vec::new();
        for operation in operations {
            let undo = state.undo(operation).unwrap().expect("it can be undone");
            back.insert(0, undo);
            state.apply(operation).unwrap();
        }
        back
    }

    async fn run(&self, statements: &[String], unchecked: bool) -> Result<()> {
        if self.kind == Kind::Sqlite && unchecked {
            return self.run_unchecked(statements).await;
        }
        self.db.transaction(async |tx| run_all(&tx, statements).await).await
    }

    /// Without foreign keys, which is said outside of a transaction.
    async fn run_unchecked(&self, statements: &[String]) -> Result<()> {
        let db = Db::connect(&format!("{}?foreign_keys=off", self.url)).await?;
        let outcome = db.transaction(async |tx| {
            run_all(&tx, statements).await?;
            let broken = sql("SELECT count(*) FROM pragma_foreign_key_check");
            assert_eq!(broken.one::<(i64,)>(&tx).await?, (0,), "rows refer to none");
            Ok(())
        });
        let outcome = outcome.await;
        db.close().await;
        outcome
    }

    /// The database holds what creating the tables anew would make.
    pub async fn check(&self, sent: &str) {
        let found = catalog::read(&self.db, self.kind, self.schemas).await;
        let expected = self.made_anew().await;
        let lacking: Vec<&String> = expected.iter().filter(|line| !found.contains(line)).collect();
        let beyond: Vec<&String> = found.iter().filter(|line| !expected.contains(line)).collect();
        assert!(found == expected, "lacking {lacking:#?}\nbeyond {beyond:#?}\nafter {sent}");
    }

    async fn made_anew(&self) -> Vec<String> {
        let url = match self.kind {
            Kind::Sqlite => "sqlite://:memory:".to_owned(),
            Kind::Postgres => {
                let own = self.own_schema().await;
                sql(format!("CREATE SCHEMA {own}_anew")).exec(&self.db).await.unwrap();
                self.url.replace(&own, &format!("{own}_anew"))
            }
        };
        let other = Db::connect(&url).await.unwrap();
        let subjects: Vec<Subject<'_>> = self.state.tables.iter().map(Subject::of).collect();
        let made = create(&subjects, CreateOptions::default(), other.dialect()).unwrap();
        other.transaction(async |tx| run_all(&tx, &made).await).await.unwrap();
        let lines = catalog::read(&other, self.kind, &[]).await;
        if self.kind == Kind::Postgres {
            sql("DO $$ BEGIN EXECUTE 'DROP SCHEMA ' || current_schema() || ' CASCADE'; END $$")
                .exec(&other)
                .await
                .unwrap();
        }
        other.close().await;
        lines
    }

    /// Every row of a query, as text.
    pub async fn rows(&self, query: &str) -> Vec<String> {
        let rows: Vec<(String,)> = sql(query).all(&self.db).await.unwrap();
        rows.into_iter().map(|(row,)| row).collect()
    }

    /// Runs statements of the scenario's own.
    pub async fn exec(&self, statements: &[&str]) {
        for statement in statements {
            sql(*statement).exec(&self.db).await.unwrap_or_else(|error| panic!("{error}"));
        }
    }

    /// Drops all tables, for others to come.
    pub async fn cleared(mut self) {
        let of = |tables: &[TableDefinition]| -> Vec<Operation> {
            let keys = tables.iter().flat_map(|table| {
                let columns = table.foreign_keys.iter().map(|key| key.columns.clone());
                let table = table.name.clone();
                columns
                    .map(move |columns| Operation::DropForeignKey { table: table.clone(), columns })
            });
            let tables = tables.iter().map(|table| Operation::DropTable(table.name.clone()));
            keys.chain(tables).collect()
        };
        self.changed(of(&self.state.tables)).await;
    }

    /// Why a statement of the scenario's own is refused.
    pub async fn exec_error(&self, statement: &str) -> Error {
        sql(statement).exec(&self.db).await.unwrap_err()
    }
}

async fn run_all(db: &impl Executor, statements: &[String]) -> Result<()> {
    for statement in statements {
        sql(statement.as_str())
            .exec(db)
            .await
            .map_err(|error| error.context(format!("running {statement}")))?;
    }
    Ok(())
}

/// The tables by name, their columns too: undoing brings a column back at the end.
pub fn sorted(state: &State) -> Vec<TableDefinition> {
    let mut tables = state.tables.clone();
    for table in &mut tables {
        table.columns.sort_by(|one, two| one.name.cmp(&two.name));
        table.indexes.sort_by_key(|index| format!("{index:?}"));
        table.uniques.sort_by(|one, two| one.columns.cmp(&two.columns));
        table.checks.sort_by(|one, two| one.name.cmp(&two.name));
        table.foreign_keys.sort_by(|one, two| one.columns.cmp(&two.columns));
    }
    tables.sort_by(|one, two| one.name.cmp(&two.name));
    tables
}
