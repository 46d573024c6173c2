//! A prepared shape gives the requests that its trees give, on each database its own.

use super::models::{book, col, compare, int, text};
use super::query;
use crate::backend::{Backend, from_url};
use crate::db::Db;
use crate::executor::{Prepared, request};
use crate::plan::ascending;
use crate::pool::PoolOptions;
use crate::runtime::{Runtime, TokioRuntime};
use crate::tree::{BinaryOperator, Expr, Insert, InsertSource, Statement};
use crate::value::Value;
use std::sync::Arc;

/// A database that nothing is sent to.
fn database(url: &str) -> Db {
    let runtime: Arc<dyn Runtime> = Arc::new(TokioRuntime::default());
    let (backend, _): (Arc<dyn Backend>, _) = from_url(url, &runtime).unwrap();
    Db::from_backend(backend, runtime, PoolOptions::default()).unwrap()
}

fn databases() -> Vec<Db> {
    let mut found = Vec::new();
    if cfg!(feature = "sqlite") {
        found.push(database("sqlite://:memory:"));
        found.push(database("sqlite://:memory:"));
    }
    if cfg!(feature = "postgres") {
        found.push(database("postgres://nobody@localhost/nothing"));
    }
    found
}

fn values_of(statement: &Statement) -> Vec<Value> {
    let mut values = Vec::new();
    statement.for_each_literal(|literal| values.push(literal.value.clone()));
    values
}

/// Trees of one shape, with other values.
type Shape = fn(i64) -> Statement;

const SHAPES: [Shape; 4] = [
    |views| {
        let hot = compare(col(book(), "views"), BinaryOperator::Greater, int(views));
        query(book(), &["id"]).filtered(hot).limited(views + 1).into()
    },
    |views| {
        let title = compare(col(book(), "title"), BinaryOperator::Equal, text("x"));
        let few = compare(col(book(), "views"), BinaryOperator::Less, int(views));
        query(book(), &["id", "title"]).filtered(title).filtered(few).into()
    },
    |views| {
        // Two values that have to be equal: it is written for each tree where they are not.
        let step = |by: i64| col(book(), "views").binary(BinaryOperator::Add, int(by));
        let mut select = query(book(), &[]);
        select.columns = vec![step(1)];
        select.group_by = vec![step(1)];
        select.order_by = vec![ascending(step(1))];
        select.limited(views).into()
    },
    |views| {
        let row = vec![text("a"), int(views)];
        let fields = ["title", "views"].map(|name| book().field_index(name).unwrap());
        Statement::Insert(Insert::new(book(), fields.to_vec(), InsertSource::Row(row)))
    },
];

#[test]
fn a_prepared_shape_gives_what_its_trees_give() {
    let databases = databases();
    for shape in SHAPES {
        let prepared = Prepared::new(&shape(1));
        for views in [1, 2, 3, 2, 1] {
            for db in &databases {
                let tree = shape(views);
                assert_eq!(prepared.statement(&values_of(&tree)), tree);
                let found = prepared.request(db, values_of(&tree)).unwrap();
                let wanted = request(db, &mut tree.clone()).unwrap();
                assert_eq!(
                    (&found.command.sql, &found.values),
                    (&wanted.command.sql, &wanted.values)
                );
                assert_eq!((found.repeat, found.command.access), (1, wanted.command.access));
            }
        }
    }
}

#[test]
fn values_of_other_kinds_are_refused() {
    let prepared = Prepared::new(&SHAPES[0](1));
    let null = Value::Null(prepared.kinds()[0]);
    for values in [vec![], vec![Value::I64(1)], vec![Value::I64(1), Value::Bool(true)]] {
        for db in databases() {
            assert!(
                prepared.request(&db, values.clone()).unwrap_err().to_string().contains("kinds")
            );
        }
    }
    for db in databases() {
        assert_eq!(
            prepared.request(&db, vec![null.clone(), Value::I64(1)]).unwrap().values[0],
            null
        );
    }
    assert!(
        matches!(prepared.statement(&[]), Statement::Select(select) if select.filter[0] != Expr::literal(Value::Bool(true)))
    );
}
