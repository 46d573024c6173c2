//! What the tests share: running a future without any runtime, sinks that keep what they were
//! given, and databases that are removed again.

use std::any::Any;
use std::future::Future;
use std::path::{Path, PathBuf};
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::task::{Context, Poll, Wake, Waker};
use std::thread::{Thread, ThreadId};
use yara_core::backend::sqlite::SqliteBackend;
use yara_core::backend::{Access, Backend, ColumnInfo, Command, Connection, Request, RowSink};
use yara_core::error::Result;
use yara_core::value::{FieldType, Value, ValueRef};

struct Unpark(Thread);

impl Wake for Unpark {
    fn wake(self: Arc<Self>) {
        self.0.unpark();
    }
}

/// Runs a future on this thread: nothing of the backend may need a reactor.
pub fn block<F: Future>(future: F) -> F::Output {
    let waker = Waker::from(Arc::new(Unpark(std::thread::current())));
    let mut future = pin!(future);
    loop {
        match future.as_mut().poll(&mut Context::from_waker(&waker)) {
            Poll::Ready(output) => return output,
            Poll::Pending => std::thread::park(),
        }
    }
}

/// Polls a future once.
pub fn poll<F: Future>(future: Pin<&mut F>) -> Poll<F::Output> {
    future.poll(&mut Context::from_waker(Waker::noop()))
}

/// Polls a future so many times without waiting, and drops it.
pub fn poll_and_drop<F: Future>(future: F, polls: usize) -> Option<F::Output> {
    let mut future = pin!(future);
    for _ in 0..polls {
        if let Poll::Ready(output) = poll(future.as_mut()) {
            return Some(output);
        }
        std::thread::sleep(std::time::Duration::from_micros(50));
    }
    None
}

/// A cell that outlives its row.
#[derive(Debug, Clone, PartialEq)]
pub enum Cell {
    Null,
    Int(i64),
    Real(f64),
    Text(String),
    Bytes(Vec<u8>),
}

/// Everything that a run gave.
#[derive(Debug, Default)]
pub struct Taken {
    pub rows: Vec<(usize, Vec<Cell>)>,
    pub columns: Vec<(usize, Vec<String>)>,
    pub done: Vec<(usize, u64)>,
    pub restarts: usize,
    /// The thread that handed over the last row or end.
    pub thread: Option<ThreadId>,
    /// Refuses the row of this number, from 0.
    pub refuse: Option<usize>,
}

impl Taken {
    /// The rows of the only request, first column.
    pub fn ints(&self) -> Vec<i64> {
        let int = |cells: &Vec<Cell>| match cells[0] {
            Cell::Int(value) => value,
            ref other => panic!("{other:?} is no integer"),
        };
        self.rows.iter().map(|(_, cells)| int(cells)).collect()
    }

    /// Whether the last run ended on this thread.
    pub fn inline(&self) -> bool {
        self.thread == Some(std::thread::current().id())
    }
}

impl RowSink for Taken {
    fn columns(&mut self, request: usize, columns: &[ColumnInfo]) -> Result<()> {
        self.columns.push((request, columns.iter().map(|column| column.name.clone()).collect()));
        Ok(())
    }

    fn row(&mut self, request: usize, cells: &[ValueRef<'_>]) -> Result<()> {
        if self.refuse == Some(self.rows.len()) {
            return Err(yara_core::error::Error::new(
                yara_core::error::ErrorKind::Decode,
                "refused by the test",
            ));
        }
        self.thread = Some(std::thread::current().id());
        let cells = cells.iter().map(|cell| match cell {
            ValueRef::Null => Cell::Null,
            ValueRef::I64(value) => Cell::Int(*value),
            ValueRef::F64(value) => Cell::Real(*value),
            ValueRef::Text(value) => Cell::Text((*value).to_owned()),
            ValueRef::Bytes(value) => Cell::Bytes(value.to_vec()),
            other => panic!("SQLite gave {other:?}"),
        });
        self.rows.push((request, cells.collect()));
        Ok(())
    }

    fn done(&mut self, request: usize, rows: u64) -> Result<()> {
        self.thread = Some(std::thread::current().id());
        self.done.push((request, rows));
        Ok(())
    }

    fn restart(&mut self) {
        let restarts = self.restarts + 1;
        *self = Taken { restarts, refuse: self.refuse, ..Taken::default() };
    }

    fn into_any(self: Box<Self>) -> Box<dyn Any + Send> {
        self
    }
}

pub fn taken(sink: Box<dyn RowSink>) -> Taken {
    *sink.into_any().downcast::<Taken>().unwrap()
}

pub fn read(sql: &str) -> Request {
    with(Access::Read, sql, vec![])
}

pub fn write(sql: &str) -> Request {
    with(Access::Write, sql, vec![])
}

pub fn control(sql: &str) -> Request {
    with(Access::Control, sql, vec![])
}

pub fn once(sql: &str) -> Request {
    Request::new(Arc::new(Command::once(sql, Access::Write)), vec![])
}

pub fn with(access: Access, sql: &str, values: Vec<Value>) -> Request {
    Request::new(Arc::new(Command::new(sql, access)), values)
}

/// Inserts `rows` values into `t (a)` by one request.
pub fn insert(rows: std::ops::Range<i64>) -> Request {
    let repeat = rows.clone().count();
    Request {
        repeat,
        ..with(Access::Write, "insert into t (a) values (?1)", rows.map(Value::I64).collect())
    }
}

pub async fn run_async(connection: &dyn Connection, batch: Vec<Request>) -> Result<Taken> {
    connection.run(batch, Box::new(Taken::default())).await.map(taken)
}

pub fn run(connection: &Arc<dyn Connection>, batch: Vec<Request>) -> Result<Taken> {
    block(run_async(&**connection, batch))
}

/// The first column of a query.
pub fn ints(connection: &Arc<dyn Connection>, sql: &str) -> Vec<i64> {
    run(connection, vec![read(sql)]).unwrap().ints()
}

struct Typed<T>(Vec<T>);

impl<T: FieldType> RowSink for Typed<T> {
    fn row(&mut self, _: usize, cells: &[ValueRef<'_>]) -> Result<()> {
        let value = T::decode(&cells[0]).map_err(|error| {
            yara_core::error::Error::new(yara_core::error::ErrorKind::Decode, error.to_string())
        })?;
        self.0.push(value);
        Ok(())
    }

    fn restart(&mut self) {
        self.0.clear();
    }

    fn into_any(self: Box<Self>) -> Box<dyn Any + Send> {
        self
    }
}

/// The first column of a query, decoded.
pub fn typed<T: FieldType>(
    connection: &Arc<dyn Connection>,
    sql: &str,
    values: Vec<Value>,
) -> Result<Vec<T>> {
    let sink = Box::new(Typed::<T>(Vec::new()));
    let sink = block(connection.run(vec![with(Access::Read, sql, values)], sink))?;
    Ok(sink.into_any().downcast::<Typed<T>>().unwrap().0)
}

pub fn backend(url: &str) -> SqliteBackend {
    SqliteBackend::from_url(url).unwrap().0
}

pub fn connect(backend: &SqliteBackend) -> Arc<dyn Connection> {
    block(backend.connect()).unwrap()
}

/// A connection to a database of its own in memory, with a table `t (a)`.
pub fn memory() -> Arc<dyn Connection> {
    let connection = connect(&backend("sqlite://:memory:"));
    run(&connection, vec![once("create table t (a integer)")]).unwrap();
    connection
}

/// A folder that is removed at the end of the test.
pub struct Folder(PathBuf);

impl Folder {
    pub fn new() -> Folder {
        static NUMBER: AtomicU64 = AtomicU64::new(0);
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        let path = std::env::temp_dir().join(format!("yara-{}-{number}", std::process::id()));
        std::fs::create_dir_all(&path).unwrap();
        Folder(path)
    }

    pub fn path(&self) -> &Path {
        &self.0
    }

    /// The URL of a file in the folder.
    pub fn url(&self, rest: &str) -> String {
        format!("sqlite://{}/{rest}", self.0.display())
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// A file database with a table `t (a)`, and its backend.
pub fn file() -> (Folder, SqliteBackend) {
    let folder = Folder::new();
    let backend = backend(&folder.url("test.db"));
    run(&connect(&backend), vec![once("create table t (a integer)")]).unwrap();
    (folder, backend)
}

/// A file, its backend, and a connection that has begun the log, so that it writes inline.
pub fn begun() -> (Folder, SqliteBackend, Arc<dyn Connection>) {
    let (folder, backend) = file();
    let connection = connect(&backend);
    run(&connection, vec![insert(0..1)]).unwrap();
    run(&connection, vec![once("delete from t")]).unwrap();
    (folder, backend, connection)
}

/// A query that would take minutes.
pub const ENDLESS: &str = "with recursive n(i) as (select 1 union all select i + 1 from n) \
    select count(*) from n where i < 1000000000000";

/// How many rows there are.
pub const COUNT: &str = "select count(*) from t";

/// A query past the budget of an inline read, but soon over.
pub const LONG: &str = "with recursive n(i) as (select 1 union all select i + 1 from n limit 5000) \
    select max(i) from n";
