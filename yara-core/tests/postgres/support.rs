//! Connections to the test server, and sinks that keep everything.

use std::any::Any;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use yara_core::backend::postgres::PostgresBackend;
use yara_core::backend::{Access, Backend, ColumnInfo, Command, Connection, Request, RowSink};
use yara_core::error::{Error, ErrorKind, Result};
use yara_core::runtime::TokioRuntime;
use yara_core::value::{Numeric, Value, ValueRef};

/// The URL of the test server.
pub fn url() -> String {
    let url = std::env::var("YARA_TEST_POSTGRES_URL").ok().filter(|url| !url.is_empty());
    url.expect("YARA_TEST_POSTGRES_URL is not set; `make test` starts a server and sets it")
}

/// `url` with a parameter more.
pub fn with(url: &str, parameter: &str) -> String {
    let separator = if url.contains('?') { '&' } else { '?' };
    format!("{url}{separator}{parameter}")
}

pub fn backend(url: &str) -> PostgresBackend {
    let (backend, others) =
        PostgresBackend::from_url(url, Arc::new(TokioRuntime::default())).unwrap();
    assert_eq!(others, []);
    backend
}

/// A connection to the test server.
pub async fn connect() -> Arc<dyn Connection> {
    connect_with("application_name=yara-test").await
}

/// A connection with a parameter more in the URL.
pub async fn connect_with(parameter: &str) -> Arc<dyn Connection> {
    backend(&with(&url(), parameter)).connect().await.unwrap()
}

/// A cell that outlives its row.
#[derive(Debug, Clone, PartialEq)]
pub enum Cell {
    Null,
    Value(Value),
    Array(Vec<Cell>),
    Other(String),
}

impl From<&ValueRef<'_>> for Cell {
    fn from(cell: &ValueRef<'_>) -> Cell {
        Cell::Value(match cell {
            ValueRef::Null => return Cell::Null,
            ValueRef::Array(array) => {
                return Cell::Array(array.items.iter().map(Cell::from).collect());
            }
            ValueRef::Other { type_name, .. } => return Cell::Other((*type_name).into()),
            ValueRef::Bool(value) => Value::Bool(*value),
            ValueRef::I16(value) => Value::I16(*value),
            ValueRef::I32(value) => Value::I32(*value),
            ValueRef::I64(value) => Value::I64(*value),
            ValueRef::F32(value) => Value::F32(*value),
            ValueRef::F64(value) => Value::F64(*value),
            ValueRef::Numeric(groups) => Value::Numeric(Numeric::from_groups(groups).unwrap()),
            ValueRef::Text(value) => Value::Text((*value).into()),
            ValueRef::Bytes(value) => Value::Bytes((*value).into()),
            ValueRef::Uuid(value) => Value::Uuid(*value),
            ValueRef::Date(value) => Value::Date(*value),
            ValueRef::Time(value) => Value::Time(*value),
            ValueRef::Timestamp(value) => Value::Timestamp(*value),
            ValueRef::TimestampTz(value) => Value::TimestampTz(*value),
            ValueRef::Interval(value) => Value::Interval(*value),
            ValueRef::Json(value) => Value::Json((*value).into()),
            ValueRef::Inet(value) => Value::Inet(*value),
            ValueRef::Range(range) => return Cell::Other(format!("{range:?}")),
        })
    }
}

/// Keeps everything that it is told.
#[derive(Debug, Default)]
pub struct Collected {
    pub columns: Vec<(usize, Vec<String>)>,
    pub rows: Vec<(usize, Vec<Cell>)>,
    pub done: Vec<(usize, u64)>,
    pub restarts: usize,
    /// The row that is refused, counted from 1.
    pub refuse: Option<usize>,
}

impl Collected {
    /// The rows of the only request.
    pub fn table(&self) -> Vec<Vec<Cell>> {
        self.rows.iter().map(|(_, row)| row.clone()).collect()
    }

    /// The only cell.
    pub fn cell(&self) -> Cell {
        assert_eq!(self.rows.len(), 1, "{:?}", self.rows);
        assert_eq!(self.rows[0].1.len(), 1);
        self.rows[0].1[0].clone()
    }
}

impl RowSink for Collected {
    fn columns(&mut self, request: usize, columns: &[ColumnInfo]) -> Result<()> {
        let names = columns.iter().map(|column| column.name.clone()).collect();
        self.columns.push((request, names));
        Ok(())
    }

    fn row(&mut self, request: usize, cells: &[ValueRef<'_>]) -> Result<()> {
        if self.refuse == Some(self.rows.len() + 1) {
            return Err(Error::new(ErrorKind::Decode, "the sink refused a row"));
        }
        self.rows.push((request, cells.iter().map(Cell::from).collect()));
        Ok(())
    }

    fn done(&mut self, request: usize, rows: u64) -> Result<()> {
        self.done.push((request, rows));
        Ok(())
    }

    fn restart(&mut self) {
        let restarts = self.restarts + 1;
        *self = Collected { restarts, refuse: self.refuse, ..Collected::default() };
    }

    fn into_any(self: Box<Self>) -> Box<dyn Any + Send> {
        self
    }
}

/// A prepared statement that reads.
pub fn read(sql: &str, values: Vec<Value>) -> Request {
    Request::new(Arc::new(Command::new(sql, Access::Read)), values)
}

/// A prepared statement that writes.
pub fn write(sql: &str, values: Vec<Value>) -> Request {
    Request::new(Arc::new(Command::new(sql, Access::Write)), values)
}

/// A statement that runs once.
pub fn once(sql: &str) -> Request {
    Request::new(Arc::new(Command::once(sql, Access::Write)), vec![])
}

/// `BEGIN` and the like.
pub fn control(sql: &str) -> Request {
    Request::new(Arc::new(Command::once(sql, Access::Control)), vec![])
}

pub async fn run(connection: &dyn Connection, batch: Vec<Request>) -> Result<Collected> {
    run_into(connection, batch, Collected::default()).await
}

pub async fn run_into(
    connection: &dyn Connection,
    batch: Vec<Request>,
    sink: Collected,
) -> Result<Collected> {
    let sink = connection.run(batch, Box::new(sink)).await?;
    Ok(*sink.into_any().downcast::<Collected>().unwrap())
}

/// The only cell of a statement without parameters.
pub async fn one(connection: &dyn Connection, sql: &str) -> Cell {
    run(connection, vec![read(sql, vec![])]).await.unwrap().cell()
}

pub fn text(value: &str) -> Cell {
    Cell::Value(Value::Text(value.into()))
}

pub fn int(value: i32) -> Cell {
    Cell::Value(Value::I32(value))
}

pub fn big(value: i64) -> Cell {
    Cell::Value(Value::I64(value))
}

/// The server's number of the session.
pub async fn process(connection: &dyn Connection) -> i32 {
    match one(connection, "SELECT pg_backend_pid()").await {
        Cell::Value(Value::I32(process)) => process,
        other => panic!("{other:?}"),
    }
}

/// Nothing is left over, and the connection answers what it is asked.
pub async fn in_step(connection: &dyn Connection) {
    assert!(connection.is_open());
    let number = i64::from(std::process::id());
    let answer = run(connection, vec![read("SELECT $1 + 1", vec![Value::I64(number)])]).await;
    assert_eq!(answer.unwrap().cell(), big(number + 1));
    assert!(!connection.needs_reset());
}

/// A future that is dropped after so many polls, if it is not ready before.
pub struct Cancellable<F> {
    future: Option<Pin<Box<F>>>,
    polls: usize,
}

impl<F> Cancellable<F> {
    pub fn new(future: F, polls: usize) -> Cancellable<F> {
        Cancellable { future: Some(Box::pin(future)), polls }
    }
}

impl<F: Future> Future for Cancellable<F> {
    type Output = Option<F::Output>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<F::Output>> {
        if self.polls == 0 {
            self.future = None;
        }
        let Some(future) = self.future.as_mut() else { return Poll::Ready(None) };
        match future.as_mut().poll(context) {
            Poll::Ready(output) => Poll::Ready(Some(output)),
            Poll::Pending => {
                self.polls -= 1;
                if self.polls == 0 {
                    self.future = None;
                    return Poll::Ready(None);
                }
                Poll::Pending
            }
        }
    }
}
