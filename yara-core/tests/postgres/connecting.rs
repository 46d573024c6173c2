//! Beginning a session: hosts, passwords, encryption, and what is said when it fails.

use crate::support::{backend, connect_with, in_step, one, text, url, with};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};
use yara_core::backend::postgres::PostgresBackend;
use yara_core::backend::{Backend, Password};
use yara_core::error::{Error, ErrorKind};
use yara_core::runtime::TokioRuntime;

async fn refused(url: &str) -> Error {
    backend(url).connect().await.err().unwrap()
}

/// A port that nobody listens on.
fn closed_port() -> u16 {
    std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

fn optional(name: &str) -> Option<String> {
    let value = std::env::var(name).ok().filter(|value| !value.is_empty());
    if value.is_none() {
        eprintln!("skipped: {name} is not set");
    }
    value
}

#[tokio::test]
#[ignore = "needs PostgreSQL; `make test` brings one"]
async fn parameters_reach_the_server() {
    let connection = connect_with("application_name=my%20app&options=-c%20geqo%3Doff").await;
    for (name, value) in [
        ("application_name", "my app"),
        ("geqo", "off"),
        ("client_encoding", "UTF8"),
        ("standard_conforming_strings", "on"),
    ] {
        assert_eq!(one(&*connection, &format!("SHOW {name}")).await, text(value));
    }
    in_step(&*connection).await;
}

#[tokio::test]
async fn a_server_that_is_down() {
    let port = closed_port();
    let error = refused(&format!("postgres://u:secret@127.0.0.1:{port}/d")).await;
    assert!(error.is_connect_error());
    let message = error.to_string();
    assert!(message.contains(&format!("127.0.0.1:{port}")), "{message}");
    assert!(
        message.contains("is the server running there and accepting connections?"),
        "{message}"
    );
    assert!(!format!("{error:?}").contains("secret"));

    let error = refused("postgres://u@/d?host=/nonexistent").await;
    assert!(error.to_string().contains("/nonexistent/.s.PGSQL.5432"), "{error}");
    assert!(error.to_string().contains("is the server running on this machine?"), "{error}");
}

#[tokio::test]
async fn a_server_that_says_nothing_or_nonsense() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let start = Instant::now();
    let error = refused(&format!("postgres://u@127.0.0.1:{port}/d?connect_timeout=0.2")).await;
    assert!(start.elapsed() < Duration::from_secs(2));
    assert!(error.to_string().contains("no answer within 200ms"), "{error}");
    drop(listener);

    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    tokio::spawn(async move {
        use tokio::io::{AsyncReadExt, AsyncWriteExt};
        while let Ok((mut socket, _)) = listener.accept().await {
            let _ = socket.read(&mut [0; 64]).await;
            let _ = socket.write_all(b"HTTP/1.1 400 Bad Request\r\n\r\n").await;
        }
    });
    let error = refused(&format!("postgres://u@127.0.0.1:{port}/d?sslmode=disable")).await;
    assert!(error.to_string().contains("does not speak PostgreSQL's protocol"), "{error}");
}

#[tokio::test]
#[ignore = "needs PostgreSQL; `make test` brings one"]
async fn hosts_are_tried_in_order() {
    let url = url();
    let (login, rest) = url.split_once('@').unwrap();
    if rest.starts_with('/') {
        return; // A Unix socket, which the parameter `host` names.
    }
    let down = closed_port();
    let several = format!("{login}@127.0.0.1:{down},{rest}");
    in_step(&*backend(&several).connect().await.unwrap()).await;

    let error = refused(&with(&several, "target_session_attrs=standby")).await;
    assert!(error.to_string().contains("no host of "), "{error}");
    assert!(error.to_string().contains("it is not a standby"), "{error}");
    for target in ["any", "primary", "read-write", "prefer-standby"] {
        let url = with(&several, &format!("target_session_attrs={target}"));
        in_step(&*backend(&url).connect().await.unwrap()).await;
    }
    let read_only = "options=-c%20default_transaction_read_only%3Don";
    let url = with(&with(&url, read_only), "target_session_attrs=read-only");
    in_step(&*backend(&url).connect().await.unwrap()).await;
}

#[tokio::test]
#[ignore = "needs PostgreSQL; `make test` brings one"]
async fn a_database_that_is_missing() {
    let url = url();
    let error = refused(&with(&url, "dbname=yara_missing")).await;
    assert!(error.is_connect_error());
    assert_eq!(error.sqlstate(), Some("3D000"));
    assert!(error.to_string().contains("`createdb yara_missing` creates it"), "{error}");
    let error = refused(&with(&url, "user=yara_nobody&sslmode=disable")).await;
    assert!(error.is_authentication_failure(), "{error}");
}

#[test]
fn unknown_parameters_are_given_back() {
    let runtime = Arc::new(TokioRuntime::default());
    let url = "postgres://u:secret@h/d?max_size=3&statment_cache_size=1";
    let (backend, others) = PostgresBackend::from_url(url, runtime).unwrap();
    let names: Vec<&str> = others.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(names, ["max_size", "statment_cache_size"]);
    assert_eq!(backend.location(), "h:5432/d");
    assert_eq!(backend.pipeline(), 16);
    assert!(!format!("{backend:?}").contains("secret"));
}

#[tokio::test]
#[ignore = "needs PostgreSQL; `make test` brings one"]
async fn by_password() {
    let Some(url) = optional("YARA_TEST_POSTGRES_PASSWORD_URL") else { return };
    in_step(&*backend(&url).connect().await.unwrap()).await;
    for mode in ["disable", "prefer"] {
        let url = with(&url, &format!("sslmode={mode}"));
        let connection = backend(&url).connect().await.unwrap();
        in_step(&*connection).await;
        let error = refused(&with(&url, "password=wrong-secret")).await;
        assert!(error.is_authentication_failure(), "{error}");
        assert_eq!(error.sqlstate(), Some("28P01"));
        assert!(error.to_string().contains("in the URL right?"), "{error}");
        assert!(!format!("{error:?}").contains("wrong-secret"));
    }
    // Without one.
    let (scheme, rest) = url.split_once("://").unwrap();
    let (login, host) = rest.rsplit_once('@').unwrap();
    let user = login.split(':').next().unwrap();
    let error = refused(&format!("{scheme}://{user}@{host}")).await;
    assert!(error.to_string().contains("the URL has none"), "{error}");
}

#[tokio::test]
#[ignore = "needs PostgreSQL; `make test` brings one"]
async fn by_passwords_that_change() {
    let Some(url) = optional("YARA_TEST_POSTGRES_PASSWORD_URL") else { return };
    let backend = backend(&url);
    let first = backend.connect().await.unwrap();
    backend.set_password("wrong-secret".into()).unwrap();
    let error = backend.connect().await.map(drop).unwrap_err();
    assert!(error.is_authentication_failure(), "{error}");
    assert!(!format!("{error:?} {backend:?}").contains("wrong-secret"));
    // Each connection asks anew.
    let asked = Arc::new(AtomicUsize::new(0));
    let count = asked.clone();
    backend
        .set_password(Password::asked(move || {
            let at = count.fetch_add(1, Ordering::SeqCst);
            async move {
                tokio::task::yield_now().await;
                match at {
                    2 => Err(Error::new(ErrorKind::Configuration, "the tokens have run out")),
                    _ => Ok("correct horse".to_owned()),
                }
            }
        }))
        .unwrap();
    for _ in 0..2 {
        in_step(&*backend.connect().await.unwrap()).await;
    }
    let error = backend.connect().await.map(drop).unwrap_err();
    assert!(error.is_authentication_failure(), "{error}");
    assert!(error.to_string().contains("the tokens have run out"), "{error}");
    assert!(std::error::Error::source(&error).is_some());
    assert_eq!(asked.load(Ordering::SeqCst), 3);
    in_step(&*first).await;
}

#[cfg(feature = "tls")]
#[tokio::test]
#[ignore = "needs PostgreSQL; `make test` brings one"]
async fn encrypted() {
    let Some(url) = optional("YARA_TEST_POSTGRES_PASSWORD_URL") else { return };
    // Without one the server does no TLS.
    let Some(authority) = optional("YARA_TEST_POSTGRES_CA") else { return };
    let used = "SELECT ssl::text FROM pg_stat_ssl WHERE pid = pg_backend_pid()";
    for (mode, encrypted) in
        [("disable", "false"), ("allow", "false"), ("prefer", "true"), ("require", "true")]
    {
        let url = with(&url, &format!("sslmode={mode}"));
        let connection = backend(&url).connect().await.unwrap();
        assert_eq!(one(&*connection, used).await, text(encrypted), "{mode}");
        in_step(&*connection).await;
        let rows = crate::support::read(
            "SELECT repeat('x', 1000), n FROM generate_series(1, 5000) n",
            vec![],
        );
        assert_eq!(crate::support::run(&*connection, vec![rows]).await.unwrap().rows.len(), 5000);
    }
    let bound = with(&url, "sslmode=require&channel_binding=require");
    in_step(&*backend(&bound).connect().await.unwrap()).await;
    let error = refused(&with(&url, "sslmode=disable&channel_binding=require")).await;
    assert!(error.is_authentication_failure(), "{error}");

    // Nobody signed for it whom this system trusts.
    let error = refused(&with(&url, "sslmode=verify-full")).await;
    assert!(error.to_string().contains("TLS failed"), "{error}");
    for mode in ["verify-ca", "verify-full"] {
        let url = with(&url, &format!("sslmode={mode}&sslrootcert={authority}"));
        let connection = backend(&url).connect().await.unwrap();
        assert_eq!(one(&*connection, used).await, text("true"), "{mode}");
        // A cancellation is encrypted too.
        let sleep = crate::support::read("SELECT pg_sleep(10)", vec![]);
        let sleep = crate::support::run(&*connection, vec![sleep]);
        assert!(crate::support::Cancellable::new(sleep, 1).await.is_none());
        connection.reset().await.unwrap();
        in_step(&*connection).await;
    }
}

#[cfg(feature = "tls")]
#[tokio::test]
async fn certificates_that_cannot_be_read() {
    let runtime = || Arc::new(TokioRuntime::default());
    for path in ["/nonexistent.pem", "/dev/null"] {
        let url = format!("postgres://u@h/d?sslmode=verify-full&sslrootcert={path}");
        let error = PostgresBackend::from_url(&url, runtime()).err().unwrap();
        assert!(error.is_configuration_error());
        assert!(error.to_string().contains(&format!("`sslrootcert` is `{path}`")), "{error}");
    }
}

#[cfg(not(feature = "tls"))]
#[test]
fn encryption_that_is_not_built_in_is_refused() {
    let runtime = || Arc::new(TokioRuntime::default());
    let error = PostgresBackend::from_url("postgres://u@h?sslmode=require", runtime()).unwrap_err();
    assert!(error.to_string().contains("cargo feature `tls`"), "{error}");
    PostgresBackend::from_url("postgres://u@h?sslmode=prefer", runtime()).unwrap();
}
