//! Random rows.

use super::super::cell::{Cell, Kind};
use super::super::run;
use super::{KeyPlan, Member, Model, Plan};
use crate::evaluator::Dice;
use chrono::{DateTime, NaiveDate, TimeDelta};
use rust_decimal::Decimal;
use std::collections::BTreeSet;
use uuid::Uuid;
use yara_orm::prelude::*;
use yara_orm::schema::Table;
use yara_orm::tree::{Insert, InsertSource, Literal, Statement};
use yara_orm::value::{Array, Type, Value};

/// A random value; small sets of values, so that rows have some in common.
pub fn value(dice: &mut Dice, kind: Kind) -> Cell {
    if dice.below(5) == 0 {
        return Cell::Null;
    }
    let number = dice.below(7) as i64 - 2;
    match kind {
        Kind::Int | Kind::Small => Cell::Int(number),
        Kind::Float => Cell::Float(number as f64 / 2.0),
        Kind::Decimal => Cell::Decimal(Decimal::new(number * 5, 1)),
        Kind::Bool => Cell::Bool(number > 0),
        Kind::Day => {
            Cell::Day(NaiveDate::from_ymd_opt(1969, 12, (number + 29) as u32).unwrap_or_default())
        }
        Kind::Instant => {
            Cell::Instant(DateTime::from_timestamp_micros(number * 43_200_000_001).unwrap())
        }
        Kind::Span => Cell::Span(TimeDelta::microseconds(number * 1_500_000_001)),
        Kind::Uuid => Cell::Uuid(Uuid::from_u128((number + 2) as u128 * (u128::MAX / 7))),
        Kind::Bytes => Cell::Bytes((0..number.max(0)).map(|byte| (byte * 127) as u8).collect()),
        // Letters that every collation sorts alike.
        Kind::Text => {
            let text = (0..dice.below(3)).map(|_| ['a', 'b', 'é'][dice.below(3)]).collect();
            Cell::Text(text)
        }
    }
}

fn field(dice: &mut Dice, member: &Member) -> Cell {
    loop {
        match value(dice, member.kind) {
            Cell::Null if member.required => {}
            cell => return cell,
        }
    }
}

/// The key of the row that was drawn as number so and so: no two are alike.
fn key(members: &[Member], number: usize) -> Vec<Cell> {
    let part = |kind: Kind, number: usize| match kind {
        Kind::Int | Kind::Small => Cell::Int(number as i64),
        Kind::Text => Cell::Text("b".repeat(number)),
        Kind::Uuid => Cell::Uuid(Uuid::from_u128(number as u128 * (u128::MAX / 97))),
        other => panic!("{other:?} is no kind of a key"),
    };
    match members {
        [one] => vec![part(one.kind, number)],
        [one, two] => vec![part(one.kind, number / 3), part(two.kind, number % 3)],
        _ => unreachable!(),
    }
}

/// Rows whose foreign keys lead to rows that were drawn before them, or to themselves.
pub(super) fn draw_rows(
    dice: &mut Dice,
    models: &[Model],
    plan: &Plan,
    at: usize,
) -> Vec<Vec<Cell>> {
    let mut most = 3 + dice.below(8);
    for key in plan.keys.iter().filter(|key| key.unique && !key.optional && key.target != at) {
        most = most.min(models[key.target].rows.len());
    }
    // Keys are not counted up.
    let mut numbers: Vec<usize> = (1..=most).collect();
    for place in (1..most).rev() {
        numbers.swap(place, dice.below(place + 1));
    }
    let mut rows: Vec<Vec<Cell>> = Vec::new();
    let mut taken: Vec<BTreeSet<usize>> = plan.keys.iter().map(|_| BTreeSet::new()).collect();
    for number in numbers {
        let mut row = key(&plan.key, number);
        if plan.code {
            row.push(Cell::Text("a".repeat(number * 5 % 11)));
        }
        row.extend(plan.members.iter().map(|member| field(dice, member)));
        for (reference, taken) in plan.keys.iter().zip(&mut taken) {
            let cells = refer(dice, models, (plan, at), reference, taken, &rows, &row);
            row.extend(cells);
        }
        row.push(Cell::Null);
        rows.push(row);
    }
    rows
}

/// What a foreign key of a row refers to.
fn refer(
    dice: &mut Dice,
    models: &[Model],
    (own, at): (&Plan, usize),
    reference: &KeyPlan,
    taken: &mut BTreeSet<usize>,
    rows: &[Vec<Cell>],
    row: &Vec<Cell>,
) -> Vec<Cell> {
    let within = reference.target == at;
    let there = if within { rows.len() + 1 } else { models[reference.target].rows.len() };
    let free: Vec<usize> =
        (0..there).filter(|place| !(reference.unique && taken.contains(place))).collect();
    let referred = match within {
        true => own.referred_at(reference.to_code),
        // The second key comes behind the first.
        false if reference.to_code => vec![models[reference.target].key.len()],
        false => models[reference.target].key.clone(),
    };
    if free.is_empty() || (reference.optional && dice.below(4) == 0) {
        assert!(reference.optional, "there are as many rows as a unique key needs");
        return referred.iter().map(|_| Cell::Null).collect();
    }
    let place = free[dice.below(free.len())];
    taken.insert(place);
    let target = match within {
        true => rows.get(place).unwrap_or(row),
        false => &models[reference.target].rows[place],
    };
    referred.iter().map(|field| target[*field].clone()).collect()
}

pub(super) fn draw_pairs(
    dice: &mut Dice,
    models: &[Model],
    near: usize,
    far: usize,
) -> BTreeSet<(usize, usize)> {
    let (nears, fars) = (models[near].rows.len(), models[far].rows.len());
    (0..dice.below(12)).map(|_| (dice.below(nears), dice.below(fars))).collect()
}

pub(super) fn list(kind: Type, items: Vec<Value>) -> Literal {
    Literal::new(Value::Array(Box::new(Array::new(kind.list(), items))))
}

/// Inserts rows, all fields of which are given by column.
pub(super) async fn write(db: &Db, table: &'static Table, columns: Vec<Literal>) {
    let fields = (0..columns.len()).collect();
    let insert = Insert::new(table, fields, InsertSource::Columns(columns));
    run(db, &Statement::Insert(insert), &[]).await;
}
