//! A fresh database for each scenario, and a count of what is sent to it.

use crate::models::{
    Account, Author, Book, Booking, Department, Employee, Person, Profile, Seat, Tag,
};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use yara_orm::backend;
use yara_orm::pool::PoolOptions;
use yara_orm::prelude::*;
use yara_orm::runtime::{Runtime, TokioRuntime};
use yara_orm::testing::{Instrumented, Probe};

/// Makes a test for each backend of scenarios, which are async functions of a [`World`].
macro_rules! scenarios {
    ($($name:ident),+ $(,)?) => {$(
        mod $name {
            #[test]
            fn sqlite() {
                crate::support::run(crate::support::Kind::Sqlite, super::$name);
            }

            #[test]
            #[ignore = "needs PostgreSQL; `make test` brings one"]
            fn postgres() {
                crate::support::run(crate::support::Kind::Postgres, super::$name);
            }
        }
    )+};
}
pub(crate) use scenarios;

/// Makes a test of scenarios about something that only PostgreSQL has.
macro_rules! postgres_scenarios {
    ($($name:ident),+ $(,)?) => {$(
        mod $name {
            #[test]
            #[ignore = "needs PostgreSQL; `make test` brings one"]
            fn postgres() {
                crate::support::run(crate::support::Kind::Postgres, super::$name);
            }
        }
    )+};
}
pub(crate) use postgres_scenarios;

/// Which database.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Sqlite,
    Postgres,
}

/// A database of its own for one scenario.
pub struct World {
    pub db: Db,
    pub kind: Kind,
    /// A URL of the same database, for connections beside the counted ones.
    pub url: String,
    pub probe: Probe,
}

impl World {
    /// The output of `future`, which must send exactly so many statements.
    #[track_caller]
    pub fn counting<T>(
        &self,
        statements: usize,
        future: impl Future<Output = T>,
    ) -> impl Future<Output = T> {
        let caller = std::panic::Location::caller();
        let before = self.probe.count();
        let probe = self.probe.clone();
        async move {
            let output = future.await;
            let sent = probe.statements();
            let sent = &sent[before.min(sent.len())..];
            assert_eq!(sent.len(), statements, "statements sent at {caller}: {sent:#?}");
            output
        }
    }

    /// A second pool on the same database, not counted.
    pub async fn other(&self) -> Db {
        Db::connect(&self.url).await.unwrap()
    }
}

/// Numbers schemas and files, so that scenarios run side by side.
static NEXT: AtomicUsize = AtomicUsize::new(0);

/// Runs a scenario on a database that has the tables of [`models`](crate::models), and removes it.
pub fn run<F: Future<Output = ()> + Send + 'static>(kind: Kind, scenario: fn(World) -> F) {
    let runtime =
        tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    runtime.block_on(async move {
        let name = format!("yara_{}_{}", std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed));
        match kind {
            Kind::Sqlite => {
                let file = std::env::temp_dir().join(format!("{name}.db"));
                let url = format!("sqlite://{}", file.display());
                let outcome = tokio::spawn(in_world(kind, url, scenario)).await;
                for ending in ["", "-wal", "-shm"] {
                    let _ = std::fs::remove_file(format!("{}{ending}", file.display()));
                }
                outcome.unwrap();
            }
            Kind::Postgres => {
                let server = postgres_url();
                let admin = Db::builder(&server).max_size(1).connect().await.unwrap();
                sql(format!("CREATE SCHEMA {name}")).exec(&admin).await.unwrap();
                let separator = if server.contains('?') { '&' } else { '?' };
                let url = format!(
                    "{server}{separator}application_name={name}&options=-c%20search_path%3D{name}"
                );
                let outcome = tokio::spawn(in_world(kind, url, scenario)).await;
                sql(format!("DROP SCHEMA {name} CASCADE")).exec(&admin).await.unwrap();
                admin.close().await;
                outcome.unwrap();
            }
        }
    });
}

/// The server of `make test`.
pub fn postgres_url() -> String {
    std::env::var("YARA_TEST_POSTGRES_URL")
        .expect("YARA_TEST_POSTGRES_URL is not set; `make test` starts a server and sets it")
}

async fn in_world<F: Future<Output = ()>>(kind: Kind, url: String, scenario: fn(World) -> F) {
    let runtime: Arc<dyn Runtime> = Arc::new(TokioRuntime::default());
    let (backend, parameters) = backend::from_url(&url, &runtime).unwrap();
    let options =
        PoolOptions::default().with_all_parameters(parameters, backend.parameters()).unwrap();
    let (instrumented, probe) = Instrumented::new(backend, runtime.clone());
    let db = Db::from_backend(instrumented, runtime, options).unwrap();
    db.create_tables::<(Author, Profile, Book, Tag, Account, Seat, Booking, Department, Employee, Person)>()
        .await
        .unwrap();
    probe.take();
    scenario(World { db: db.clone(), kind, url, probe }).await;
    db.close().await;
}

/// Four authors, four books, three tags:
///
/// - Ada (profile "Countess"): "Notes" (10 views, 4.5, maths and poetry), "Engine" (500, 3.0, maths)
/// - Bob, Ada's pupil: "École" (5 views, not rated)
/// - Cy: "100% sure" (1000 views, 5.0, rust)
/// - Dan, who has written nothing
pub async fn library(db: &Db) {
    let ada = Author::create().name("Ada").insert(db).await.unwrap();
    let bob = Author::create().name("Bob").mentor(&ada).insert(db).await.unwrap();
    let cy = Author::create().name("Cy").insert(db).await.unwrap();
    Author::create().name("Dan").insert(db).await.unwrap();
    Profile::create().bio("Countess").author(&ada).insert(db).await.unwrap();
    let tags = Tag::insert_many(["maths", "poetry", "rust"].map(|name| Tag::create().name(name)))
        .all(db)
        .await
        .unwrap();
    let books = Book::insert_many([
        Book::create().title("Notes").author(&ada).views(10).rating(4.5),
        Book::create().title("Engine").author(&ada).views(500).rating(3.0),
        Book::create().title("École").author(&bob).views(5).rating(None),
        Book::create().title("100% sure").author(&cy).views(1000).rating(5.0),
    ])
    .all(db)
    .await
    .unwrap();
    Book::tags.of(&books[0]).add(db, [&tags[0], &tags[1]]).await.unwrap();
    Book::tags.of(&books[1]).add(db, [&tags[0]]).await.unwrap();
    Book::tags.of(&books[3]).add(db, [&tags[2]]).await.unwrap();
}
