//! Random aggregates, groups and windows, compared with what a naive reading of the same rows in
//! memory gives.

mod cell;
mod naive;
mod spec;

use crate::evaluator::shelf::{Dice, fill};
use crate::models::Book;
use crate::support::{World, scenarios};
use cell::{Cell, Rows, assert_same};
use naive::Naive;
use spec::{Draw, Field, ascending};
use yara_orm::plan;
use yara_orm::prelude::*;
use yara_orm::tree::{BinaryOperator, Expr, Literal, Select, Statement, Window, WindowFunction};
use yara_orm::value::Value;

scenarios! {
    random_aggregates_of_slices_mean_what_they_say,
    random_groups_mean_what_they_say,
    random_windows_mean_what_they_say,
}

const ROUNDS: usize = 150;

async fn rows(db: &Db, select: Select, kinds: Vec<cell::Kind>) -> Vec<Vec<Cell>> {
    let statement = Statement::Select(select);
    let request = plan::compile(&statement, db.dialect())
        .and_then(|compiled| compiled.request(&statement))
        .unwrap_or_else(|error| panic!("{error}\n{statement:#?}"));
    let sql = request.command.sql.clone();
    let sink = db.run(vec![request], Box::new(Rows::new(kinds))).await;
    let sink = sink.unwrap_or_else(|error| panic!("{error}\n{sql}"));
    sink.into_any().downcast::<Rows>().unwrap().rows
}

fn number(value: usize) -> Literal {
    Literal::new(Value::I64(value as i64))
}

async fn random_aggregates_of_slices_mean_what_they_say(world: World) {
    let mut dice = Dice(5);
    let shelf = fill(&world.db, &mut dice).await;
    let naive = Naive { shelf: &shelf };
    for _ in 0..ROUNDS {
        let mut draw = Draw(&mut dice);
        let (order, filter) = (draw.order(), draw.condition());
        let specs: Vec<_> = (0..3).map(|_| draw.aggregate(true)).collect();
        let (limit, offset) = (dice.below(12), dice.below(6));
        let mut select = Book::query().into_tree();
        let mut books = naive.matching(&shelf.books, filter.as_ref());
        select.filter.extend(filter.map(|filter| filter.tree()));
        if dice.below(3) > 0 {
            select.order_by = order.trees();
            select.limit = Some(number(limit));
            select.offset = Some(number(offset));
            naive.sort(&mut books, &order);
            books = books.into_iter().skip(offset).take(limit).collect();
        }
        let columns = specs.iter().map(|spec| spec.tree()).collect();
        let select = plan::aggregate(select, columns).unwrap();
        let expected: Vec<Cell> = specs.iter().map(|spec| naive.aggregate(&books, spec)).collect();
        let kinds = specs.iter().map(|spec| spec.kind()).collect();
        let found = rows(&world.db, select.clone(), kinds).await;
        assert_same(&found, &[expected], &select);
    }
}

async fn random_groups_mean_what_they_say(world: World) {
    let mut dice = Dice(17);
    let shelf = fill(&world.db, &mut dice).await;
    let naive = Naive { shelf: &shelf };
    for _ in 0..ROUNDS {
        let mut draw = Draw(&mut dice);
        let keys: Vec<Field> = match draw.0.below(2) {
            0 => vec![draw.field()],
            _ => vec![draw.field(), draw.field()],
        };
        let filter = draw.condition();
        let specs: Vec<_> = (0..3).map(|_| draw.aggregate(true)).collect();
        let least = draw.0.below(3);
        let mut select = Book::query().into_tree();
        let books = naive.matching(&shelf.books, filter.as_ref());
        select.filter.extend(filter.map(|filter| filter.tree()));
        select.columns = keys.iter().map(|key| key.tree()).collect();
        select.group_by = select.columns.clone();
        select.order_by = select.columns.iter().cloned().map(ascending).collect();
        select.columns.extend(specs.iter().map(|spec| spec.tree()));
        let count = func::count::<Book>().into_tree();
        let enough = Expr::Literal(number(least));
        select.having.push(count.binary(BinaryOperator::GreaterOrEqual, enough));
        let expected: Vec<Vec<Cell>> = naive
            .groups(&books, &keys)
            .into_iter()
            .filter(|(_, books)| books.len() >= least)
            .map(|(mut row, books)| {
                row.extend(specs.iter().map(|spec| naive.aggregate(&books, spec)));
                row
            })
            .collect();
        let kinds = keys.iter().map(|key| key.kind());
        let kinds = kinds.chain(specs.iter().map(|spec| spec.kind())).collect();
        let found = rows(&world.db, select.clone(), kinds).await;
        assert_same(&found, &expected, &select);
    }
}

async fn random_windows_mean_what_they_say(world: World) {
    let mut dice = Dice(29);
    let shelf = fill(&world.db, &mut dice).await;
    let naive = Naive { shelf: &shelf };
    for _ in 0..ROUNDS {
        let mut draw = Draw(&mut dice);
        let filter = draw.condition();
        let specs: Vec<_> = (0..3).map(|_| draw.window()).collect();
        let (partition, order) = (draw.field(), draw.order());
        let most = draw.0.below(4) + 1;
        let mut select = Book::query().into_tree();
        let mut books = naive.matching(&shelf.books, filter.as_ref());
        select.filter.extend(filter.map(|filter| filter.tree()));
        select.columns = vec![Book::id.into_tree()];
        select.columns.extend(specs.iter().map(|spec| spec.tree()));
        select.order_by = vec![ascending(Book::id.into_tree())];
        naive.by_id(&mut books);
        let mut expected = naive.windows(&books, &specs);
        if dice.below(2) == 0 {
            let place = Expr::Window(Box::new(Window {
                function: WindowFunction::RowNumber,
                partition: vec![partition.tree()],
                order: order.trees(),
                frame: None,
            }));
            let most_of = Expr::Literal(number(most));
            select.filter.push(place.binary(BinaryOperator::LessOrEqual, most_of));
            let kept = naive.first_of_each(&books, partition, &order, most);
            expected.retain(|row| kept.contains(&row[0]));
        }
        let kinds = specs.iter().map(|spec| spec.kind());
        let kinds = std::iter::once(cell::Kind::Int).chain(kinds).collect();
        let found = rows(&world.db, select.clone(), kinds).await;
        assert_same(&found, &expected, &select);
    }
}
