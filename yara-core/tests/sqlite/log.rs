//! The write-ahead log stays short, whoever commits.

use crate::support::*;
use std::time::{Duration, Instant};
use yara_core::backend::Access;
use yara_core::value::Value;

#[test]
fn the_log_stays_short() {
    let (folder, backend, connection) = begun();
    let log = folder.path().join("test.db-wal");
    let mut longest = 0;
    let mut inline = 0;
    for row in 0..20_000 {
        let answer = run(&connection, vec![insert(row..row + 1)]).unwrap();
        inline += i64::from(answer.inline());
        if row % 10 == 0 {
            longest = longest.max(std::fs::metadata(&log).unwrap().len());
        }
    }
    assert_eq!(ints(&connection, COUNT), [20_000]);
    // 1 000 pages of 4 096 bytes and their headers, and what one commit adds.
    assert!(longest < 1_050 * 4_120, "the log had {longest} bytes");
    assert!(inline > 19_900, "{inline} were inline");

    // The same on the thread, and in transactions.
    for row in 0..3_000 {
        let batch = [control("BEGIN IMMEDIATE"), insert(row..row + 1), control("COMMIT")];
        run(&connection, batch.to_vec()).unwrap();
    }
    let length = std::fs::metadata(&log).unwrap().len();
    assert!(length < 1_050 * 4_120, "the log had {length} bytes");

    // The last one that closes the file leaves no log.
    block(connection.close());
    drop(connection);
    assert!(!log.exists());
    assert_eq!(ints(&connect(&backend), COUNT), [23_000]);
}

#[test]
fn a_reader_that_stays_lets_the_log_grow_until_it_is_gone() {
    let (folder, backend, connection) = begun();
    run(&connection, vec![insert(0..600)]).unwrap();
    let reader = connect(&backend);
    let mut cursor = block(reader.clone().open(read("select a from t"))).unwrap();
    block(cursor.next(Box::new(Taken::default()))).unwrap();
    for row in 0..2_000 {
        run(&connection, vec![insert(row..row + 1)]).unwrap();
    }
    let log = folder.path().join("test.db-wal");
    let length = || std::fs::metadata(&log).unwrap().len();
    assert!(length() > 1_900 * 4_120);
    drop(cursor);
    block(reader.reset()).unwrap();
    let before = length();
    let mut inline = 0;
    for row in 0..2_000 {
        inline += i64::from(run(&connection, vec![insert(row..row + 1)]).unwrap().inline());
    }
    // One commit tells that it can be begun anew.
    assert!(length() <= before + 3 * 4_120, "the log is used again");
    assert!(inline > 1_900, "{inline} were inline");
    assert_eq!(ints(&connection, COUNT), [4_600]);
}

#[test]
fn a_long_log_is_copied_even_if_nothing_more_is_written() {
    let (folder, _backend, connection) = begun();
    let length = |name: &str| std::fs::metadata(folder.path().join(name)).unwrap().len();
    let row = || {
        let value = Value::Text("x".repeat(3_000).into());
        with(Access::Write, "insert into t (a) values (?1)", vec![value])
    };
    while length("test.db-wal") < 1_000 * 4_120 {
        assert!(length("test.db") < 100_000);
        assert!(run(&connection, vec![row()]).unwrap().inline());
    }
    let start = Instant::now();
    while length("test.db") < 1_000_000 {
        assert!(start.elapsed() < Duration::from_secs(10), "the log is never copied");
        std::thread::sleep(Duration::from_millis(1));
    }
}
