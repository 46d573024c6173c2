//! The law: tables that were changed are what creating them makes, rows that stay keep their
//! values, and what undoes the changes gives the tables that there were. Random tables, random rows
//! of changes.
//!
//! `YARA_TEST_RANDOM=50` draws fifty times as many, and `YARA_TEST_SEED=7` others.

mod draw;
mod follow;

use super::change::{Tables, sorted};
use crate::evaluator::Dice;
use crate::support::{World, scenarios};
use draw::{change, hints, rows, tables};
use follow::Followed;
use yara_orm::migrate::{State, diff};

scenarios! {
    changed_tables_are_what_creating_them_makes,
    a_difference_makes_other_tables_of_those_there_are,
}

fn number(variable: &str) -> Option<u64> {
    std::env::var(variable).ok().map(|text| text.parse().unwrap())
}

/// Dice, and how often to throw them.
fn begin(seed: u64) -> (Dice, u64) {
    let seed = number("YARA_TEST_SEED").map_or(seed, |other| seed.wrapping_add(other << 8));
    (Dice(seed), 6 * number("YARA_TEST_RANDOM").unwrap_or(1))
}

async fn a_difference_makes_other_tables_of_those_there_are(world: World) {
    let (mut dice, rounds) = begin(7);
    for _ in 0..rounds {
        let mut here = Tables::new(&world, tables(&mut dice)).await;
        for statement in rows(&here.state) {
            here.exec(&[&statement]).await;
        }
        let wanted = State { tables: tables(&mut dice) };
        let operations = diff(&here.state, &wanted, &hints(&here.state, &wanted)).unwrap();
        here.changed(operations).await;
        assert_eq!(sorted(&here.state), sorted(&wanted));
        here.cleared().await;
    }
}

async fn changed_tables_are_what_creating_them_makes(world: World) {
    let (mut dice, rounds) = begin(5);
    for _ in 0..rounds {
        let mut here = Tables::new(&world, tables(&mut dice)).await;
        for statement in rows(&here.state) {
            here.exec(&[&statement]).await;
        }
        let mut followed = Followed::new(&here).await;
        let mut operations = Vec::new();
        let mut state = here.state.clone();
        while operations.len() < 8 {
            let operation = change(&mut dice, &state);
            let mut next = state.clone();
            if next.apply(&operation).is_err() {
                continue;
            }
            followed.follow(&state, &operation);
            operations.push(operation);
            state = next;
        }
        let back = here.undone(&operations);
        here.changed(operations).await;
        followed.check(&here).await;
        for operation in &back {
            let mut next = state.clone();
            next.apply(operation).unwrap();
            followed.follow(&state, operation);
            state = next;
        }
        here.changed(back).await;
        followed.check(&here).await;
        here.cleared().await;
    }
}
