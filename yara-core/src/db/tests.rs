//! `Db`: URLs, statements outside of transactions, and what is run again.

use super::*;
use crate::backend::{Access, Command};
use crate::error::ErrorKind;
use crate::runtime::TokioRuntime;
use crate::testing::{Collect, Fault, Instrumented, Probe, Script, Scripted};

fn database(pipeline: usize) -> (Db, Script, Probe) {
    let (backend, script) = Scripted::new(pipeline);
    let runtime = Arc::new(TokioRuntime::default());
    let (backend, probe) = Instrumented::new(backend, runtime.clone());
    let options = PoolOptions { max_size: Some(2), ..PoolOptions::default() };
    (Db::from_backend(backend, runtime, options).unwrap(), script, probe)
}

fn request(sql: &str, access: Access) -> Request {
    Request::new(Arc::new(Command::new(sql, access)), Vec::new())
}

async fn read(db: &Db, sql: &str) -> Result<Collect> {
    Collect::from_sink(db.run(vec![request(sql, Access::Read)], Collect::new()).await?)
}

#[tokio::test]
async fn a_batch_runs_in_one_round_trip_and_is_atomic() {
    let (db, script, probe) = database(8);
    let batch = |last: &str| vec![request("insert a", Access::Write), request(last, Access::Write)];
    db.run(batch("insert b"), Collect::new()).await.unwrap();
    assert!(db.run(batch("fail unique"), Collect::new()).await.is_err());
    assert_eq!(script.committed(), ["a", "b"]);
    assert_eq!(probe.batches(), 2);
    db.run(Vec::new(), Collect::new()).await.unwrap();
    assert_eq!(probe.batches(), 2);
}

#[tokio::test]
async fn a_read_is_run_again_where_the_idle_connection_had_died() {
    let (db, script, _) = database(8);
    assert_eq!(read(&db, "rows 3").await.unwrap().rows.len(), 3);
    script.kill_connections();
    let collected = read(&db, "rows 2").await.unwrap();
    assert_eq!((collected.rows.len(), collected.restarts), (2, 1));
    assert_eq!(script.opened(), 2);
}

#[tokio::test]
async fn all_idle_connections_may_have_died() {
    let (db, script, _) = database(8);
    script.set_statement_polls(2);
    let (one, two) = tokio::join!(read(&db, "rows 1"), read(&db, "rows 1"));
    one.and(two).unwrap();
    assert_eq!(script.opened(), 2);
    script.kill_connections();
    assert_eq!(read(&db, "rows 2").await.unwrap().rows.len(), 2);
    assert_eq!(script.opened(), 3);
    assert_eq!(db.status().connections, 1);
}

#[tokio::test]
async fn a_write_is_never_run_again() {
    let (db, script, probe) = database(8);
    db.execute("insert a").await.unwrap();
    probe.inject(Fault::lose_answer());
    assert!(db.execute("insert b").await.unwrap_err().is_connection_lost());
    assert_eq!(script.committed(), ["a", "b"]);
    let mixed = vec![request("rows 1", Access::Read), request("insert c", Access::Write)];
    db.execute("insert d").await.unwrap();
    probe.inject(Fault::lose());
    assert!(db.run(mixed, Collect::new()).await.is_err());
    assert_eq!(script.committed(), ["a", "b", "d"]);
}

#[tokio::test]
async fn a_read_on_a_fresh_connection_is_not_run_again_nor_one_that_fails_twice() {
    let (db, _, probe) = database(8);
    probe.inject(Fault::lose());
    assert!(read(&db, "rows 1").await.unwrap_err().is_connection_lost());
    assert_eq!(probe.count(), 1);
    read(&db, "rows 1").await.unwrap();
    probe.inject(Fault::lose().times(2));
    assert!(read(&db, "rows 1").await.unwrap_err().is_connection_lost());
    assert_eq!(probe.count(), 4);
}

#[tokio::test]
async fn a_statement_that_sets_something_has_its_connection_to_itself() {
    let (db, script, probe) = database(8);
    db.execute("  begin").await.unwrap();
    db.execute("BEGIN").await.unwrap();
    for _ in 0..50 {
        tokio::task::yield_now().await;
    }
    assert_eq!((probe.closed(), probe.resets()), (2, 0), "nobody else meets what was set");
    assert_eq!(script.open_transactions(), 0);
}

#[tokio::test]
async fn connecting_that_fails_says_so_to_each_caller() {
    let (db, _, probe) = database(8);
    probe.refuse_connections(2);
    assert_eq!(db.check().await.unwrap_err().kind(), ErrorKind::Connect);
    assert_eq!(db.execute("insert a").await.unwrap_err().kind(), ErrorKind::Connect);
    db.execute("insert a").await.unwrap();
}

#[tokio::test]
async fn closing() {
    let (db, _, _) = database(8);
    db.check().await.unwrap();
    db.close().await;
    assert!(db.execute("insert a").await.unwrap_err().is_pool_closed());
    assert!(db.begin().await.unwrap_err().is_pool_closed());
    assert_eq!(db.status().connections, 0);
    assert_eq!(
        format!("{db:?}"),
        "Db { database: \"PostgreSQL\", location: \"the script\", status: Status { max_size: 0, \
         connections: 0, idle: 0, in_use: 0, waiting: 0 } }"
    );
}

#[tokio::test]
async fn a_url_that_cannot_be_is_refused_without_showing_it() {
    for (url, text) in [
        (
            "user:secret@localhost/app",
            "the URL has no scheme; it begins with `sqlite://`, `postgres://` or \
             `postgresql://`, such as `sqlite://app.db` or `postgres://user@localhost/app`",
        ),
        (
            "postgre://user:secret@localhost/app",
            "no database is known by the scheme `postgre`; a URL begins with `sqlite://`, \
             `postgres://` or `postgresql://`; did you mean `postgres`?",
        ),
        (
            "mysql://user:secret@localhost/app",
            "no database is known by the scheme `mysql`; a URL begins with `sqlite://`, \
             `postgres://` or `postgresql://`",
        ),
    ] {
        let builder = Db::builder(url).max_size(3);
        assert!(!format!("{builder:?}").contains("secret"));
        let error = builder.connect().await.unwrap_err();
        assert!(error.is_configuration_error());
        assert_eq!(error.to_string(), text);
    }
}

#[cfg(feature = "sqlite")]
#[tokio::test]
async fn a_short_read_is_answered_at_once_where_a_connection_is_idle() {
    let db = Db::connect("sqlite://:memory:?max_size=1").await.unwrap();
    let short = [request("select 1", Access::Read)];
    let mut taken = Collect::new();
    db.run_now(&short, &mut *taken).unwrap().unwrap();
    assert_eq!(taken.rows.len(), 1);
    // Neither where none is idle, nor for what changes the session or needs a transaction.
    let held = db.begin().await.unwrap();
    assert!(db.run_now(&short, &mut *Collect::new()).is_none());
    held.rollback().await.unwrap();
    for access in [Access::Control, Access::Lock] {
        let other = [request("select 1", access)];
        assert!(db.run_now(&other, &mut *Collect::new()).is_none());
    }
    assert!(db.run_now(&[], &mut *Collect::new()).is_none());
    assert_eq!((db.status().in_use, db.status().idle), (0, 1));
    db.close().await;
    assert!(db.run_now(&short, &mut *Collect::new()).is_none());
}

#[tokio::test]
async fn nothing_is_answered_at_once_by_a_server() {
    let (db, _, probe) = database(8);
    read(&db, "rows 1").await.unwrap();
    assert!(db.run_now(&[request("rows 1", Access::Read)], &mut *Collect::new()).is_none());
    assert_eq!(probe.batches(), 1);
}
