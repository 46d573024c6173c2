//! URLs, and what is said where a database cannot be opened.

use crate::support::*;
use yara_core::backend::Backend;
use yara_core::backend::sqlite::SqliteBackend;
use yara_core::error::{Error, ErrorKind};

fn refused(url: &str) -> Error {
    let error = SqliteBackend::from_url(url).err().unwrap_or_else(|| panic!("{url} was taken"));
    assert!(error.is_configuration_error(), "{error:?}");
    error
}

fn fails(url: &str) -> Error {
    let error = block(backend(url).connect()).err().unwrap_or_else(|| panic!("{url} opened"));
    assert_eq!(error.kind(), ErrorKind::Connect, "{error:?}");
    error
}

#[test]
fn paths_are_taken_as_they_are() {
    let here = std::env::current_dir().unwrap();
    let here = here.display();
    for (url, location) in [
        ("sqlite://app.db", format!("{here}/app.db")),
        ("sqlite://./app.db", format!("{here}/app.db")),
        ("sqlite://data/my app%20é.db?mode=ro", format!("{here}/data/my app%20é.db")),
        ("sqlite:///var/lib/app.db", "/var/lib/app.db".into()),
        ("sqlite://file:x.db", format!("{here}/file:x.db")),
        ("sqlite://:memory:", ":memory:".into()),
        ("sqlite://:memory:?foreign_keys=off", ":memory:".into()),
    ] {
        assert_eq!(backend(url).location(), location, "{url}");
    }
}

#[test]
fn parameters() {
    let (backend, others) =
        SqliteBackend::from_url("sqlite://a.db?max_size=3&pipeline=2&busy_timeout=0.5&x").unwrap();
    let other = |name: &str, value: &str| (name.to_owned(), value.to_owned());
    assert_eq!(others, [other("max_size", "3"), other("x", "")]);
    assert_eq!(backend.pipeline(), 2);
    assert!((4..=8).contains(&backend.default_max_size()));
    for (url, word) in [
        ("postgres://x", "sqlite://app.db"),
        ("sqlite:app.db", "sqlite://app.db"),
        ("sqlite://", "no file"),
        ("sqlite://?mode=ro", "no file"),
        ("sqlite://a.db?mode=memory", "ro, rw, rwc"),
        ("sqlite://a.db?foreign_keys=1", "on, off"),
        ("sqlite://a.db?synchronous=extra", "off, normal, full"),
        ("sqlite://a.db?busy_timeout=-1", "seconds"),
        ("sqlite://a.db?busy_timeout=NaN", "seconds"),
        ("sqlite://a.db?statement_cache_size=many", "number"),
        ("sqlite://:memory:?mode=ro", "files"),
    ] {
        let error = refused(url);
        assert!(error.to_string().contains(word), "{url}: {error}");
    }
}

#[test]
fn settings_reach_the_database() {
    let folder = Folder::new();
    let pragma = |url: &str, name: &str| {
        let answer = run(&connect(&backend(url)), vec![read(&format!("PRAGMA {name}"))]).unwrap();
        answer.rows[0].1[0].clone()
    };
    let url = folder.url("a.db");
    assert_eq!(pragma(&url, "journal_mode"), Cell::Text("wal".into()));
    assert_eq!(pragma(&url, "synchronous"), Cell::Int(1));
    assert_eq!(pragma(&url, "foreign_keys"), Cell::Int(1));
    assert_eq!(pragma(&folder.url("a.db?synchronous=full"), "synchronous"), Cell::Int(2));
    assert_eq!(pragma(&folder.url("a.db?synchronous=off"), "synchronous"), Cell::Int(0));
    assert_eq!(pragma(&folder.url("a.db?foreign_keys=off"), "foreign_keys"), Cell::Int(0));
    assert_eq!(pragma("sqlite://:memory:", "foreign_keys"), Cell::Int(1));
    let none = connect(&backend(&folder.url("a.db?statement_cache_size=0")));
    for _ in 0..3 {
        assert_eq!(ints(&none, "select 1"), [1]);
    }
}

#[test]
fn what_cannot_be_opened_says_why_and_what_to_do() {
    let folder = Folder::new();
    let error = fails(&folder.url("missing/app.db"));
    assert!(error.to_string().contains("missing` does not exist; create it"), "{error}");
    let error = fails(&format!("sqlite://{}", folder.path().display()));
    assert!(error.to_string().contains("it is a folder"), "{error}");
    for mode in ["rw", "ro"] {
        let error = fails(&folder.url(&format!("none.db?mode={mode}")));
        assert!(error.to_string().contains("the file does not exist"), "{error}");
    }
    std::fs::write(folder.path().join("text.db"), "x".repeat(5000)).unwrap();
    let error = fails(&folder.url("text.db"));
    assert!(error.to_string().contains("not an SQLite database"), "{error}");
    let error = fails(&folder.url("text.db/app.db"));
    assert!(error.to_string().contains("text.db` is not a folder"), "{error}");
}

#[cfg(unix)]
#[test]
fn permissions() {
    use std::os::unix::fs::PermissionsExt;
    let folder = Folder::new();
    let path = folder.path().join("a.db");
    run(&connect(&backend(&folder.url("a.db"))), vec![once("create table t (a)")]).unwrap();
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o400)).unwrap();
    if std::fs::OpenOptions::new().write(true).open(&path).is_ok() {
        return; // The superuser may do everything.
    }
    assert!(fails(&folder.url("a.db")).to_string().contains("mode=ro"));
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o000)).unwrap();
    assert!(fails(&folder.url("a.db")).to_string().contains("permission"));
}

#[test]
fn read_only_reads_and_refuses_to_write() {
    let (folder, backend) = file();
    run(&connect(&backend), vec![insert(0..2)]).unwrap();
    let reader = connect(&crate::support::backend(&folder.url("test.db?mode=ro")));
    assert_eq!(ints(&reader, "select count(*) from t"), [2]);
    let error = run(&reader, vec![insert(0..1)]).unwrap_err();
    assert_eq!(error.sqlstate(), Some("25006"), "{error:?}");
}

#[test]
fn a_connection_waits_for_a_lock_without_blocking_its_caller() {
    let folder = Folder::new();
    let first = backend(&folder.url("a.db"));
    let holder = connect(&first);
    // Exclusive: even opening has to wait.
    run(&holder, vec![control("PRAGMA locking_mode = EXCLUSIVE"), once("create table t (a)")])
        .unwrap();
    let second = backend(&folder.url("a.db?busy_timeout=0.3"));
    let start = std::time::Instant::now();
    assert!(poll_and_drop(second.connect(), 1).is_none());
    assert!(start.elapsed() < std::time::Duration::from_millis(200));
    let error = block(second.connect()).err().unwrap();
    assert!(error.is_busy(), "{error:?}");
    block(holder.close());
    assert_eq!(ints(&connect(&second), "select count(*) from t"), [0]);
}

#[test]
fn many_may_open_a_new_file_at_once() {
    for _ in 0..5 {
        let folder = Folder::new();
        let backend = std::sync::Arc::new(backend(&folder.url("new.db")));
        let threads: Vec<_> = (0..8)
            .map(|_| {
                let backend = backend.clone();
                std::thread::spawn(move || ints(&connect(&backend), "select 1"))
            })
            .collect();
        for thread in threads {
            assert_eq!(thread.join().unwrap(), [1]);
        }
    }
}
