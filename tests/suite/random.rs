//! Random models, rows and queries, whose results are compared with those of a naive evaluator of
//! the same trees in memory. Both databases draw the same, so they are compared with each other too.

mod cell;
mod draw;
mod model;
mod naive;

use crate::evaluator::Dice;
use crate::support::{World, scenarios};
use cell::{Cell, Kind, Rows};
use draw::Draw;
use model::Memory;
use naive::Naive;
use yara_orm::backend::Request;
use yara_orm::plan;
use yara_orm::prelude::*;
use yara_orm::tree::{ColumnRef, Expr, Literal, Select, Statement, Update};
use yara_orm::value::Value;

scenarios! {
    random_queries_of_random_models_mean_what_they_say,
    random_groups_of_random_models_mean_what_they_say,
    random_updates_of_random_models_touch_what_is_selected,
}

/// How many random sets of models, and how many queries of each.
const MODELS: usize = 6;
const QUERIES: usize = 60;

/// The rows of a statement, whose columns are of these kinds.
async fn rows(db: &Db, statement: Statement, kinds: &[Kind]) -> Vec<Vec<Cell>> {
    let request: Request = plan::compile(&statement, db.dialect())
        .and_then(|compiled| compiled.request(&statement))
        .unwrap_or_else(|error| panic!("{error}\n{statement:#?}"));
    let sql = request.command.sql.clone();
    let sink = db.run(vec![request], Box::new(Rows::new(kinds.to_vec()))).await;
    let sink = sink.unwrap_or_else(|error| panic!("{error}\n{sql}"));
    sink.into_any().downcast::<Rows>().unwrap().rows
}

async fn random_queries_of_random_models_mean_what_they_say(world: World) {
    let mut dice = Dice(11);
    for round in 0..MODELS {
        let memory = Memory::draw(&mut dice, round);
        memory.write(&world.db).await;
        for _ in 0..QUERIES {
            let (select, kinds) = Draw::new(&memory, &mut dice).query();
            let expected = Naive::new(&memory).rows(&select);
            let found = rows(&world.db, Statement::Select(select.clone()), &kinds).await;
            cell::assert_same(&found, &expected, &select);
            let counted = rows(&world.db, plan::count(&select), &[Kind::Int]).await;
            assert_eq!(counted, [[Cell::Int(expected.len() as i64)]], "{select:#?}");
            let exists = rows(&world.db, plan::exists(&select), &[Kind::Bool]).await;
            assert_eq!(exists, [[Cell::Bool(!expected.is_empty())]], "{select:#?}");
        }
    }
}

async fn random_groups_of_random_models_mean_what_they_say(world: World) {
    let mut dice = Dice(23);
    for round in 0..MODELS {
        let memory = Memory::draw(&mut dice, round);
        memory.write(&world.db).await;
        for _ in 0..QUERIES {
            let (select, kinds) = Draw::new(&memory, &mut dice).groups();
            let expected = Naive::new(&memory).rows(&select);
            let found = rows(&world.db, Statement::Select(select.clone()), &kinds).await;
            cell::assert_same(&found, &expected, &select);
        }
    }
}

async fn random_updates_of_random_models_touch_what_is_selected(world: World) {
    let mut dice = Dice(37);
    for round in 0..MODELS {
        let memory = Memory::draw(&mut dice, round);
        memory.write(&world.db).await;
        for number in 0..QUERIES / 2 {
            let mut select: Select = Draw::new(&memory, &mut dice).whole_rows();
            let table = select.table.0;
            let id = Expr::Column(ColumnRef::own(table, "id"));
            select.columns = vec![id.clone()];
            let mut expected = Naive::new(&memory).rows(&select);
            let mark = table.field_index("mark").unwrap();
            let value = Expr::Literal(Literal::new(Value::I64(number as i64)));
            let statement = Statement::Update(Update {
                rows: select.clone(),
                set: vec![(mark, value)],
                returning: vec![id],
            });
            let mut found = rows(&world.db, statement, &[Kind::Int]).await;
            expected.sort_by(|a, b| cell::compare(&a[0], &b[0]));
            found.sort_by(|a, b| cell::compare(&a[0], &b[0]));
            cell::assert_same(&found, &expected, &select);
        }
    }
}
