//! Random models, rows and queries, whose results are compared with those of a naive evaluator of
//! the same trees in memory. Both databases draw the same, so they are compared with each other too.
//!
//! `YARA_TEST_RANDOM=50` draws fifty times as many models, and `YARA_TEST_SEED=7` others.

mod cell;
mod draw;
mod model;
mod naive;

use crate::evaluator::Dice;
use crate::support::{Kind::Postgres, World, scenarios};
use cell::{Cell, Kind, Rows};
use draw::Draw;
use model::{Memory, Model};
use naive::Naive;
use yara_orm::backend::Request;
use yara_orm::plan;
use yara_orm::prelude::*;
use yara_orm::schema::Table;
use yara_orm::tree::{ColumnRef, Delete, Expr, Select, Statement, Update};

scenarios! {
    random_queries_of_random_models_mean_what_they_say,
    random_totals_are_those_of_the_rows_of_a_query,
    random_groups_of_random_models_mean_what_they_say,
    random_updates_of_random_models_touch_what_is_selected,
    random_deletes_of_random_models_touch_what_is_selected,
}

/// How many queries there are of each set of models.
const QUERIES: usize = 60;

fn number(variable: &str) -> Option<u64> {
    std::env::var(variable).ok().map(|text| text.parse().unwrap())
}

/// Dice, and how many sets of models to draw by them.
fn begin(seed: u64) -> (Dice, usize) {
    let seed = number("YARA_TEST_SEED").map_or(seed, |other| seed.wrapping_add(other << 8));
    (Dice(seed), 6 * number("YARA_TEST_RANDOM").unwrap_or(1) as usize)
}

/// A statement, ready to be sent.
fn request(db: &impl Executor, statement: &Statement) -> Request {
    plan::compile(statement, db.dialect())
        .and_then(|compiled| compiled.request(statement))
        .unwrap_or_else(|error| panic!("{error}\n{statement:#?}"))
}

/// The text of a statement and its values, for messages.
fn spelled(db: &impl Executor, statement: &Statement) -> String {
    let request = request(db, statement);
    format!("{}\n{:?}", request.command.sql, request.values)
}

/// The rows of a statement, whose columns are of these kinds.
async fn run(db: &impl Executor, statement: &Statement, kinds: &[Kind]) -> Vec<Vec<Cell>> {
    let sink = Box::new(Rows::new(kinds.to_vec()));
    let sink = db.run(vec![request(db, statement)], sink).await;
    let sink = sink.unwrap_or_else(|error| panic!("{error}\n{}", spelled(db, statement)));
    sink.into_any().downcast::<Rows>().unwrap().rows
}

/// The database gives these rows.
async fn check(db: &Db, statement: &Statement, kinds: &[Kind], expected: &[Vec<Cell>]) {
    let found = run(db, statement, kinds).await;
    cell::assert_same(&found, expected, &spelled(db, statement));
}

/// Counting a query and asking whether it has rows agree with its rows.
async fn check_number(db: &Db, select: &Select, rows: usize) {
    check(db, &plan::count(select), &[Kind::Int], &[vec![Cell::Int(rows as i64)]]).await;
    check(db, &plan::exists(select), &[Kind::Bool], &[vec![Cell::Bool(rows > 0)]]).await;
}

async fn random_queries_of_random_models_mean_what_they_say(world: World) {
    let (mut dice, models) = begin(11);
    for round in 0..models {
        let memory = Memory::draw(&mut dice, round);
        memory.write(&world.db).await;
        for _ in 0..QUERIES {
            let (select, kinds) = Draw::new(&memory, &mut dice).query();
            let expected = Naive::new(&memory).rows(&select);
            check(&world.db, &Statement::Select(select.clone()), &kinds, &expected).await;
            check_number(&world.db, &select, expected.len()).await;
        }
    }
}

async fn random_totals_are_those_of_the_rows_of_a_query(world: World) {
    let (mut dice, models) = begin(17);
    for round in 0..models {
        let memory = Memory::draw(&mut dice, round);
        memory.write(&world.db).await;
        for _ in 0..QUERIES {
            let mut draw = Draw::new(&memory, &mut dice);
            let select = draw.whole_rows();
            let (totals, kinds) = draw.totals();
            let expected = Naive::new(&memory).totals(&select, &totals);
            let select = plan::aggregate(select, totals).unwrap();
            check(&world.db, &Statement::Select(select), &kinds, &[expected]).await;
        }
    }
}

async fn random_groups_of_random_models_mean_what_they_say(world: World) {
    let (mut dice, models) = begin(23);
    for round in 0..models {
        let memory = Memory::draw(&mut dice, round);
        memory.write(&world.db).await;
        for _ in 0..QUERIES {
            let (select, kinds) = Draw::new(&memory, &mut dice).groups();
            let expected = Naive::new(&memory).rows(&select);
            check(&world.db, &Statement::Select(select.clone()), &kinds, &expected).await;
            check_number(&world.db, &select, expected.len()).await;
        }
    }
}

/// Rows that a statement gave back in no order, and what was expected.
fn assert_same_set(mut found: Vec<Vec<Cell>>, mut expected: Vec<Vec<Cell>>, statement: &str) {
    let by_cells = |one: &Vec<Cell>, two: &Vec<Cell>| {
        let each = one.iter().zip(two).map(|(one, two)| cell::compare(one, two));
        each.fold(std::cmp::Ordering::Equal, std::cmp::Ordering::then)
    };
    found.sort_by(by_cells);
    expected.sort_by(by_cells);
    cell::assert_same(&found, &expected, statement);
}

fn own(table: &'static Table, field: &'static str) -> Expr {
    Expr::Column(ColumnRef::own(table, field))
}

async fn random_updates_of_random_models_touch_what_is_selected(world: World) {
    let (mut dice, models) = begin(37);
    for round in 0..models {
        let mut memory = Memory::draw(&mut dice, round);
        memory.write(&world.db).await;
        for _ in 0..QUERIES {
            let mut draw = Draw::new(&memory, &mut dice);
            let select: Select = draw.whole_rows();
            let value = draw.new_value(Kind::Int);
            let (at, model) = memory.model(select.table.0);
            let (table, mark) = (model.table, model.mark());
            let naive = Naive::new(&memory);
            let changed: Vec<(usize, Cell)> = naive
                .places(&select)
                .into_iter()
                .map(|row| (row, naive.of_row(&value, at, row)))
                .collect();
            let (key, mut kinds) = key(model);
            let statement = Statement::Update(Update {
                rows: select,
                set: vec![(mark, value)],
                returning: key.clone(),
            });
            let found = run(&world.db, &statement, &kinds).await;
            let statement = spelled(&world.db, &statement);
            let touched: Vec<usize> = changed.iter().map(|(row, _)| *row).collect();
            assert_same_set(found, keys(model, &touched), &statement);
            let rows = memory.models[at].rows.len();
            for (row, value) in changed {
                memory.models[at].rows[row][mark] = value;
            }
            // The others are as they were.
            let mut all = Select::new(table);
            all.columns = key;
            all.columns.push(own(table, "mark"));
            kinds.push(Kind::Int);
            let found = run(&world.db, &Statement::Select(all), &kinds).await;
            let width = kinds.len() - 1;
            let expected = (0..rows).map(|row| {
                let row = &memory.models[at].rows[row];
                row[..width].iter().chain([&row[mark]]).cloned().collect()
            });
            assert_same_set(found, expected.collect(), &statement);
        }
    }
}

/// What goes is what is selected and what refers to that, however far. Each delete is taken back.
async fn random_deletes_of_random_models_touch_what_is_selected(world: World) {
    let (mut dice, models) = begin(41);
    for round in 0..models {
        let memory = Memory::draw(&mut dice, round);
        memory.write(&world.db).await;
        for _ in 0..QUERIES / 2 {
            let select = Draw::new(&memory, &mut dice).whole_rows();
            let (at, model) = memory.model(select.table.0);
            let selected = Naive::new(&memory).places(&select);
            let (key, kinds) = key(model);
            // SQLite refuses to return rows that go with each other.
            let returned = world.kind == Postgres || !model.refers_to_itself(at);
            let returning = if returned { key } else { Vec::new() };
            let statement = Statement::Delete(Delete { rows: select, returning });
            let tx = world.db.begin().await.unwrap();
            let found = run(&tx, &statement, &kinds).await;
            let statement = spelled(&tx, &statement);
            if returned {
                assert_same_set(found, keys(model, &selected), &statement);
            }
            let gone = memory.gone_with(at, &selected);
            for (at, model) in memory.models.iter().enumerate() {
                let (columns, kinds) = self::key(model);
                let rest = Select { columns, ..Select::new(model.table) };
                let found = run(&tx, &Statement::Select(rest), &kinds).await;
                let rows = 0..model.rows.len();
                let left: Vec<usize> = rows.filter(|row| !gone.contains(&(at, *row))).collect();
                assert_same_set(found, keys(model, &left), &statement);
            }
            tx.rollback().await.unwrap();
        }
    }
}

/// The columns of the primary key, and their kinds.
fn key(model: &Model) -> (Vec<Expr>, Vec<Kind>) {
    let field = |field: &usize| {
        let member = &model.fields[*field];
        (own(model.table, member.name), member.kind)
    };
    model.key.iter().map(field).unzip()
}

/// The keys of rows.
fn keys(model: &Model, rows: &[usize]) -> Vec<Vec<Cell>> {
    rows.iter().map(|row| model.rows[*row][..model.key.len()].to_vec()).collect()
}
