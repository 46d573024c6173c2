//! One statement serves every tree of its shape.

use super::models::{book, col, compare, in_list, int, list, place, tag, text};
use super::query;
use crate::plan::{ShapeCache, compile};
use crate::schema::TableRef;
use crate::sql::{Postgres, Sqlite};
use crate::tree::{
    BinaryOperator, Expr, Insert, InsertSource, MatchKind, Select, Statement, TextMatch,
};
use crate::value::{Array, Type, Value};
use std::sync::Arc;

fn hotter_than(views: i64) -> Statement {
    let hot = compare(col(book(), "views"), BinaryOperator::Greater, int(views));
    query(book(), &["id"]).filtered(hot).limited(views + 1).into()
}

#[test]
fn the_second_query_of_a_shape_writes_no_sql() {
    let cache = ShapeCache::default();
    let first = cache.get_or_compile(&hotter_than(10), &Postgres).unwrap();
    let second = cache.get_or_compile(&hotter_than(20), &Postgres).unwrap();
    assert!(Arc::ptr_eq(&first, &second));
    assert_eq!(cache.len(), 1);
    let request = second.request(&hotter_than(20)).unwrap();
    assert_eq!(request.values, [Value::I64(20), Value::I64(21)]);
    assert!(Arc::ptr_eq(&request.command, &first.request(&hotter_than(5)).unwrap().command));
}

#[test]
fn a_cache_forgets_what_was_used_longest_ago() {
    let cache = ShapeCache::new(4);
    let shape = |columns: usize| -> Statement {
        let mut select = Select::new(book());
        select.columns = vec![col(book(), "id"); columns];
        select.into()
    };
    let kept = cache.get_or_compile(&shape(1), &Sqlite).unwrap();
    for columns in 2..=20 {
        cache.get_or_compile(&shape(columns), &Sqlite).unwrap();
        assert!(cache.len() <= 4);
        assert!(Arc::ptr_eq(&kept, &cache.get_or_compile(&shape(1), &Sqlite).unwrap()));
    }
}

#[test]
fn a_number_in_the_text_makes_a_command_of_its_own_which_is_kept() {
    let compiled = compile(&hotter_than(1), &Sqlite).unwrap();
    let first = compiled.request(&hotter_than(1)).unwrap();
    assert!(first.command.sql.ends_with("LIMIT 2"));
    assert!(compiled.request(&hotter_than(2)).unwrap().command.sql.ends_with("LIMIT 3"));
    let again = compiled.request(&hotter_than(1)).unwrap();
    assert!(Arc::ptr_eq(&first.command, &again.command));
}

#[test]
fn user_text_in_a_pattern_is_plain_text() {
    let titled = |pattern: &str| -> Statement {
        let matches = Expr::Match(Box::new(TextMatch {
            kind: MatchKind::StartsWith,
            ignore_case: false,
            operand: col(book(), "title"),
            pattern: text(pattern),
        }));
        query(book(), &["id"]).filtered(matches).into()
    };
    let compiled = compile(&titled("x"), &Postgres).unwrap();
    let request = compiled.request(&titled("100%_\\")).unwrap();
    assert_eq!(request.values, [Value::Text("100\\%\\_\\\\%".into())]);
}

#[test]
fn a_list_is_one_value() {
    let of = |ids: Vec<Value>| -> Statement {
        query(book(), &["id"])
            .filtered(in_list(col(book(), "id"), list(&Type::I64, ids), false))
            .into()
    };
    let compiled = compile(&of(vec![]), &Postgres).unwrap();
    let request = compiled.request(&of(vec![Value::I64(1), Value::I64(2)])).unwrap();
    assert_eq!(request.values.len(), 1);
}

fn tags(ids: &[i64], names: &[&str]) -> Statement {
    let ids = ids.iter().map(|id| Value::I64(*id)).collect();
    let names = names.iter().map(|name| Value::Text((*name).into())).collect();
    Statement::Insert(Insert {
        table: TableRef(tag()),
        fields: vec![0, 1],
        source: InsertSource::Columns(vec![list(&Type::I64, ids), list(&Type::Text, names)]),
        conflict: None,
        returning: vec![],
        told: None,
        load: false,
        tag: None,
    })
}

#[test]
fn rows_are_bound_as_lists_or_one_by_one() {
    let statement = tags(&[1, 2], &["a", "b"]);
    let request = compile(&statement, &Postgres).unwrap().request(&statement).unwrap();
    assert_eq!((request.values.len(), request.repeat), (2, 1));
    let request =
        compile(&statement, &Sqlite).unwrap().take_request(&mut statement.clone()).unwrap();
    assert_eq!(request.repeat, 2);
    assert_eq!(
        request.values,
        [Value::I64(1), Value::Text("a".into()), Value::I64(2), Value::Text("b".into())]
    );
    let uneven = tags(&[1, 2], &["a"]);
    let error = compile(&uneven, &Postgres).unwrap().request(&uneven).unwrap_err();
    assert!(error.is_invalid_query(), "{error}");
}

#[test]
fn many_rows_are_fewer_statements() {
    let mut statement = tags(&[1, 2], &["a", "b"]);
    let command = compile(&statement, &Sqlite).unwrap().request(&statement).unwrap().command;
    let widths: Vec<usize> = command.wide.iter().map(|(rows, _)| *rows).collect();
    assert_eq!(widths, [64, 8]);
    let rows: Vec<String> =
        (0..8).map(|at| format!("(?{}, ?{})", 2 * at + 1, 2 * at + 2)).collect();
    assert_eq!(
        &*command.wide[1].1,
        format!("INSERT INTO \"tag\" (\"id\", \"name\") VALUES {}", rows.join(", "))
    );
    // SQLite does not promise the order in which one statement gives several rows back.
    let Statement::Insert(insert) = &mut statement else { panic!() };
    insert.returning = vec![Expr::fields(insert.table)];
    let command = compile(&statement, &Sqlite).unwrap().request(&statement).unwrap().command;
    assert!(command.wide.is_empty());
}

#[test]
fn a_list_of_arrays_is_a_row_for_each_array() {
    let words =
        Value::Array(Box::new(Array::new(Type::Array(&Type::Text), vec![Value::Text("x".into())])));
    let statement = Statement::Insert(Insert {
        table: TableRef(place()),
        fields: vec![3],
        source: InsertSource::Columns(vec![list(
            &Type::Array(&Type::Text),
            vec![words.clone(), words.clone()],
        )]),
        conflict: None,
        returning: vec![],
        told: None,
        load: false,
        tag: None,
    });
    let request = compile(&statement, &Postgres).unwrap().request(&statement).unwrap();
    assert_eq!((request.values, request.repeat), (vec![words.clone(), words], 2));
}

#[test]
fn values_are_moved_and_not_lost() {
    let statement = hotter_than(3);
    let compiled = compile(&statement, &Postgres).unwrap();
    let moved = compiled.take_request(&mut statement.clone()).unwrap();
    assert_eq!(moved.values, compiled.request(&statement).unwrap().values);
}
