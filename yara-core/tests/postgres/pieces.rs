//! A network that gives and takes bytes a few at a time.

use crate::support::{
    Cancellable, Cell, Collected, big, in_step, once, read, run, run_into, text, url, write,
};
use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use yara_core::backend::postgres::PostgresBackend;
use yara_core::backend::{Backend, Connection};
use yara_core::future::BoxFuture;
use yara_core::runtime::{Address, Runtime, Socket, TokioRuntime};
use yara_core::value::Value;

/// Sockets that move between 1 and `largest` bytes at a time, and pause in between.
#[derive(Default)]
struct Slow {
    tokio: TokioRuntime,
    largest: usize,
}

impl Runtime for Slow {
    fn connect<'a>(&'a self, address: &'a Address) -> BoxFuture<'a, io::Result<Box<dyn Socket>>> {
        Box::pin(async move {
            let socket = self.tokio.connect(address).await?;
            let pieces = Pieces { socket, largest: self.largest, state: 1 };
            Ok(Box::new(pieces) as Box<dyn Socket>)
        })
    }

    fn sleep(&self, duration: Duration) -> BoxFuture<'static, ()> {
        self.tokio.sleep(duration)
    }

    fn spawn(&self, task: BoxFuture<'static, ()>) {
        self.tokio.spawn(task);
    }
}

struct Pieces {
    socket: Box<dyn Socket>,
    largest: usize,
    state: usize,
}

impl Pieces {
    /// The size of the next piece; none where it is to pause.
    fn piece(&mut self, context: &mut Context<'_>) -> Option<usize> {
        self.state = self.state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        let random = self.state >> 33;
        if random.is_multiple_of(5) {
            context.waker().wake_by_ref();
            return None;
        }
        Some(random % self.largest + 1)
    }
}

impl AsyncRead for Pieces {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let Some(size) = self.piece(context) else { return Poll::Pending };
        let mut bytes = vec![0; size.min(buffer.remaining())];
        let mut piece = ReadBuf::new(&mut bytes);
        let polled = Pin::new(&mut self.socket).poll_read(context, &mut piece);
        buffer.put_slice(piece.filled());
        polled
    }
}

impl AsyncWrite for Pieces {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let Some(size) = self.piece(context) else { return Poll::Pending };
        Pin::new(&mut self.socket).poll_write(context, &bytes[..size.min(bytes.len())])
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.socket).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.socket).poll_shutdown(context)
    }
}

async fn connect(largest: usize) -> Arc<dyn Connection> {
    let runtime = Arc::new(Slow { largest, ..Slow::default() });
    let (backend, _) = PostgresBackend::from_url(&url(), runtime).unwrap();
    backend.connect().await.unwrap()
}

#[tokio::test]
#[ignore = "needs PostgreSQL; `make test` brings one"]
async fn answers_are_the_same() {
    for largest in [1, 2, 7, 100] {
        let connection = connect(largest).await;
        let long = "x".repeat(largest * 300);
        let get = |number: i64| {
            let values = vec![Value::I64(number), Value::Text(long.as_str().into())];
            run(&*connection, vec![read("SELECT $1, $2::text, point(1, 2)", values)])
        };
        let (a, b, c) = tokio::join!(get(1), get(2), get(3));
        for (answer, number) in [(a, 1), (b, 2), (c, 3)] {
            let row = vec![big(number), text(&long), Cell::Other("point".into())];
            assert_eq!(answer.unwrap().table(), [row]);
        }
        let error = run(&*connection, vec![read("SELECT 1 / 0", vec![])]).await.unwrap_err();
        assert_eq!(error.sqlstate(), Some("22012"));
        let sink = Collected { refuse: Some(3), ..Collected::default() };
        let rows = read("SELECT generate_series(1, 10)", vec![]);
        run_into(&*connection, vec![rows], sink).await.unwrap_err();
        in_step(&*connection).await;
    }
}

#[tokio::test]
#[ignore = "needs PostgreSQL; `make test` brings one"]
async fn dropped_at_any_byte() {
    let connection = connect(40).await;
    run(&*connection, vec![once("CREATE TEMP TABLE t (name text)")]).await.unwrap();
    for polls in 0..60 {
        // Also in the middle of a message that is being written.
        let insert = write("INSERT INTO t VALUES ($1)", vec![Value::Text("x".repeat(500).into())]);
        let rows = read("SELECT name FROM t", vec![]);
        Cancellable::new(run(&*connection, vec![insert, rows]), polls).await;
        if polls % 3 == 0 {
            connection.reset().await.unwrap();
        }
        in_step(&*connection).await;
    }
}

#[tokio::test]
#[ignore = "needs PostgreSQL; `make test` brings one"]
async fn cursors_and_cancellations() {
    let connection = connect(500).await;
    let rows = read("SELECT generate_series(1, 1500)", vec![]);
    let mut cursor = connection.clone().open(rows).await.unwrap();
    let (_, more) = cursor.next(Box::new(Collected::default())).await.unwrap();
    assert!(more);
    drop(cursor);
    connection.reset().await.unwrap();
    let sleep = run(&*connection, vec![read("SELECT pg_sleep(10)", vec![])]);
    assert!(tokio::time::timeout(Duration::from_millis(50), sleep).await.is_err());
    connection.reset().await.unwrap();
    in_step(&*connection).await;
}

#[tokio::test]
#[ignore = "needs PostgreSQL; `make test` brings one"]
async fn large_parameters_that_are_dropped_half_way() {
    let connection = crate::support::connect().await;
    let document = "x".repeat(8 * 1024 * 1024);
    for polls in 0..6 {
        let value = Value::Text(document.as_str().into());
        let echo = run(&*connection, vec![read("SELECT $1::text", vec![value])]);
        Cancellable::new(echo, polls).await;
        in_step(&*connection).await;
    }
}
