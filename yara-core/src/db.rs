//! A database: its connections, and what all users of it share.

mod autocommit;
mod builder;
mod observe;
mod tables;

#[cfg(test)]
mod tests;

pub use crate::pool::Status;
pub use builder::DbBuilder;
pub use observe::StatementEvent;

use crate::backend::{Backend, Cursor, Password, Request, RowSink};
use crate::error::Result;
use crate::executor::Executor;
use crate::future::BoxFuture;
use crate::plan::ShapeCache;
use crate::pool::{Pool, PoolOptions};
use crate::runtime::Runtime;
use crate::sql::Dialect;
use std::fmt;
use std::sync::Arc;

/// A database.
///
/// Clones are cheap and are the same database. Statements outside of a transaction may share
/// connections; see [`Executor::run`] for when they are run again.
///
/// ```
/// use yara_orm::prelude::*;
///
/// #[derive(Model, Debug, Clone)]
/// struct Note {
///     id: i64,
///     text: String,
/// }
///
/// #[tokio::main]
/// async fn main() -> yara_orm::Result<()> {
///     let db = Db::connect("sqlite://:memory:").await?;
///     db.create_tables::<Note>().await?;
///     Note::create().text("hello").insert(&db).await?;
///
///     let same = db.clone();
///     let task = tokio::spawn(async move { Note::query().count(&same).await });
///     assert_eq!(task.await.expect("the task ends")?, 1);
///     Ok(())
/// }
/// ```
#[derive(Clone)]
pub struct Db {
    shared: Arc<Shared>,
}

struct Shared {
    pool: Pool,
    dialect: &'static dyn Dialect,
    location: String,
    shapes: ShapeCache,
}

impl Db {
    /// Connects to the database of a URL: `sqlite://app.db`, `postgres://user@localhost/app`.
    ///
    /// One connection is opened, so that a wrong URL errs here. The URL's parameters may set
    /// [`PoolOptions`]: `?max_size=8&acquire_timeout=2.5`.
    ///
    /// Errs with [`Configuration`](crate::error::ErrorKind::Configuration) where the URL is wrong,
    /// and with what connecting errs with.
    ///
    /// ```
    /// # use yara_orm::prelude::*;
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> yara_orm::Result<()> {
    /// let db = Db::connect("sqlite://:memory:?max_size=2").await?;
    /// assert_eq!(db.status().max_size, 2);
    /// let error = Db::connect("sqlite://:memory:?max_szie=2").await.unwrap_err();
    /// assert!(error.to_string().ends_with("did you mean `max_size`?"));
    /// # Ok(()) }
    /// ```
    #[cfg(feature = "tokio")]
    pub async fn connect(url: &str) -> Result<Db> {
        Db::builder(url).connect().await
    }

    /// Options in code, before [`connect`](DbBuilder::connect).
    pub fn builder(url: impl Into<String>) -> DbBuilder {
        DbBuilder::new(url.into())
    }

    /// A database on a backend that is there already. Nothing is opened yet.
    ///
    /// Errs with [`Configuration`](crate::error::ErrorKind::Configuration) where the options
    /// contradict themselves.
    pub fn from_backend(
        backend: Arc<dyn Backend>,
        runtime: Arc<dyn Runtime>,
        options: PoolOptions,
    ) -> Result<Db> {
        let dialect = backend.dialect();
        let location = backend.location();
        let pool = Pool::new(backend, runtime, options)?;
        Ok(Db {
            shared: Arc::new(Shared { pool, dialect, location, shapes: ShapeCache::default() }),
        })
    }

    /// Opens a connection, or takes an idle one, and gives it back: the proof that the database
    /// answers. Opens the pool's least number of connections beside the program.
    ///
    /// Errs with what connecting errs with.
    ///
    /// ```
    /// # use library::*;
    /// # run(async |db| {
    /// db.check().await?;
    /// # Ok(()) })
    /// ```
    pub async fn check(&self) -> Result<()> {
        self.pool().check().await
    }

    /// Closes the connections and refuses further requests, which err with
    /// [`PoolClosed`](crate::error::ErrorKind::PoolClosed). Connections that are in use are closed
    /// when they come back; it does not wait for them.
    ///
    /// ```
    /// # use library::*;
    /// # run(async |db| {
    /// db.close().await;
    /// assert!(Book::query().count(&db).await.is_err_and(|error| error.is_pool_closed()));
    /// # Ok(()) })
    /// ```
    pub async fn close(&self) {
        self.shared.pool.close().await;
    }

    /// Logs in with another password from the next connection on, such as after it was changed, or
    /// with one that is [asked for](Password::asked) each time. Connections that are open stay.
    ///
    /// Errs where the database asks for none.
    ///
    /// ```
    /// # use library::*;
    /// # run(async |db| {
    /// let told = db.set_password("correct horse");
    /// assert!(told.is_err_and(|error| error.is_unsupported())); // SQLite asks nobody
    /// # Ok(()) })
    /// ```
    pub fn set_password(&self, password: impl Into<Password>) -> Result<()> {
        self.backend().set_password(password.into())
    }

    /// The connections at this moment.
    ///
    /// ```
    /// # use library::*;
    /// # run(async |db| {
    /// let tx = db.begin().await?;
    /// assert_eq!(db.status().in_use, 1);
    /// tx.rollback().await?;
    /// # Ok(()) })
    /// ```
    pub fn status(&self) -> Status {
        self.shared.pool.status()
    }

    /// Where the database is, for messages; never a password.
    pub fn location(&self) -> &str {
        &self.shared.location
    }

    /// The backend that connections are opened by.
    pub fn backend(&self) -> &Arc<dyn Backend> {
        self.shared.pool.backend()
    }

    /// The event loop that connections live on.
    pub fn runtime(&self) -> &Arc<dyn Runtime> {
        self.shared.pool.runtime()
    }

    /// The statements that have been written for this database.
    pub(crate) fn shapes(&self) -> &ShapeCache {
        &self.shared.shapes
    }

    pub(crate) fn pool(&self) -> &Pool {
        &self.shared.pool
    }
}

impl Executor for Db {
    fn run<'a>(
        &'a self,
        batch: Vec<Request>,
        sink: Box<dyn RowSink>,
    ) -> BoxFuture<'a, Result<Box<dyn RowSink>>> {
        Box::pin(autocommit::run(self.pool(), batch, sink))
    }

    fn run_now(&self, batch: &[Request], sink: &mut dyn RowSink) -> Option<Result<()>> {
        autocommit::run_now(self.pool(), batch, sink)
    }

    fn open<'a>(&'a self, request: Request) -> BoxFuture<'a, Result<Box<dyn Cursor>>> {
        Box::pin(autocommit::open(self.pool(), request))
    }

    fn dialect(&self) -> &'static dyn Dialect {
        self.shared.dialect
    }

    fn db(&self) -> &Db {
        self
    }
}

impl fmt::Debug for Db {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Db")
            .field("database", &self.shared.dialect.name())
            .field("location", &self.shared.location)
            .field("status", &self.status())
            .finish()
    }
}
