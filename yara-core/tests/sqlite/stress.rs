//! Several connections, futures dropped at random, transactions left open: what is in the table is
//! always whole, and every connection answers its own questions.

use crate::support::*;
use std::sync::Arc;
use yara_core::backend::Connection;
use yara_core::backend::sqlite::SqliteBackend;

/// A generator of numbers that a failing test repeats.
struct Random(u64);

impl Random {
    fn below(&mut self, limit: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % limit
    }
}

fn work(connection: &Arc<dyn Connection>, seed: u64) {
    let mut random = Random(seed * 7919 + 1);
    for step in 0..150i64 {
        let polls = random.below(6) as usize;
        let count = "select count(*) from t";
        // Ten rows at a time, by two statements.
        let pair = || vec![insert(0..4), insert(4..10)];
        match random.below(6) {
            0 => drop(run(connection, pair()).unwrap()),
            1 => drop(poll_and_drop(run_async(&**connection, pair()), polls)),
            2 => drop(poll_and_drop(run_async(&**connection, vec![read(LONG)]), polls)),
            3 => {
                run(connection, vec![control("BEGIN IMMEDIATE"), insert(0..3)]).unwrap();
                poll_and_drop(run_async(&**connection, pair()), polls);
                if random.below(2) == 0 {
                    poll_and_drop(run_async(&**connection, vec![control("ROLLBACK")]), polls);
                }
                block(connection.reset()).unwrap();
            }
            4 => {
                let batch = [vec![control("BEGIN IMMEDIATE")], pair(), vec![control("COMMIT")]];
                poll_and_drop(run_async(&**connection, batch.concat()), polls);
                block(connection.reset()).unwrap();
            }
            _ => {
                let mut cursor = block(connection.clone().open(read("select a from t"))).unwrap();
                poll_and_drop(cursor.next(Box::new(Taken::default())), polls);
                drop(cursor);
                block(connection.reset()).unwrap();
            }
        }
        let question = format!("select {step} where ({count}) >= 0");
        assert_eq!(ints(connection, &question), [step]);
        assert_eq!(ints(connection, count)[0] % 10, 0);
    }
    block(connection.reset()).unwrap();
    assert!(!connection.needs_reset() && connection.is_open());
}

fn stress(backend: &SqliteBackend) {
    let threads: Vec<_> = (0..4)
        .map(|seed| (seed, connect(backend)))
        .map(|(seed, connection)| std::thread::spawn(move || work(&connection, seed)))
        .collect();
    for thread in threads {
        thread.join().unwrap();
    }
}

#[test]
fn a_file_stays_whole() {
    let (_folder, backend) = file();
    stress(&backend);
}

#[test]
fn a_memory_stays_whole() {
    let backend = backend("sqlite://:memory:?busy_timeout=30");
    run(&connect(&backend), vec![once("create table t (a integer)")]).unwrap();
    stress(&backend);
}
