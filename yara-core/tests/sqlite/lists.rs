//! Lists as values of columns and as tables.

use crate::support::*;
use chrono::NaiveDate;
use std::fmt::Debug;
use uuid::Uuid;
use yara_core::backend::Access;
use yara_core::value::{Array, FieldType, Item, Numeric, Type, Value};

fn round<T: Item + PartialEq + Debug>(list: Vec<T>) {
    let back = typed::<Vec<T>>(&memory(), "select ?1", vec![list.encode().unwrap()]).unwrap();
    assert_eq!(back[0], list);
}

#[test]
fn lists_are_stored_as_json() {
    round::<i64>(vec![]);
    round(vec![i64::MIN, i64::MAX, (1 << 53) + 1]);
    round(vec![true, false]);
    round(vec![0.1, -0.0, 1e300, 5e-324, f64::INFINITY, f64::NEG_INFINITY]);
    round(vec![0.1f32, f32::MAX]);
    round(vec!["\"".to_owned(), "\\ \n\t\u{1} é 🦀".into(), String::new()]);
    round(vec![Some(1i64), None]);
    round(vec![vec![1i64, 2], vec![]]);
    round(vec![vec![vec!["x".to_owned()]]]);
    round(vec![Uuid::nil(), Uuid::max()]);
    round(vec!["2024-02-29".parse::<NaiveDate>().unwrap()]);
    round(vec!["2024-02-29T01:02:03.000004Z".parse::<chrono::DateTime<chrono::Utc>>().unwrap()]);
    round::<Numeric>(vec!["123456789012345678901234567890.10".parse().unwrap()]);
    round(vec![serde_json::json!({"a": [1, "x"]}), serde_json::json!("text")]);
    let nan =
        Value::Array(Box::new(Array::new(Type::Array(&Type::F64), vec![Value::F64(f64::NAN)])));
    assert!(typed::<Vec<f64>>(&memory(), "select ?1", vec![nan]).unwrap()[0][0].is_nan());
}

#[test]
fn an_item_that_is_no_document_is_refused() {
    let items = vec![Value::Json("{".into())];
    let list = Value::Array(Box::new(Array::new(Type::Array(&Type::Json), items)));
    let error = run(&memory(), vec![with(Access::Read, "select ?1", vec![list])]).unwrap_err();
    assert!(error.is_invalid_value(), "{error}");
}

#[test]
fn rarray_is_a_table_of_the_items() {
    let connection = memory();
    run(&connection, vec![insert(0..10)]).unwrap();
    let sql = "select a from t where a in rarray(?1) order by a";
    for (list, found) in [(vec![3i64, 5, 99], vec![3, 5]), (vec![], vec![])] {
        let back = typed::<i64>(&connection, sql, vec![list.encode().unwrap()]).unwrap();
        assert_eq!(back, found);
    }
    let uuids = vec![Uuid::nil(), Uuid::max()];
    let sql = "select count(*) from (select ?2 id) where id in (select value from rarray(?1)) and ?1 is null";
    let values = vec![uuids.encode().unwrap(), Value::Uuid(Uuid::max())];
    assert_eq!(typed::<i64>(&connection, sql, values).unwrap(), [1]);
}

#[test]
fn a_list_of_ten_thousand_is_one_parameter() {
    let connection = memory();
    run(&connection, vec![insert(0..20_000)]).unwrap();
    let list: Vec<i64> = (5_000..15_000).collect();
    let sql = "select count(*) from t where a in rarray(?1)";
    assert_eq!(typed::<i64>(&connection, sql, vec![list.encode().unwrap()]).unwrap(), [10_000]);
}

#[test]
fn one_statement_may_have_both_kinds() {
    let connection = memory();
    let list = vec![1i64, 2].encode().unwrap();
    let sql = "select ?2 || (select count(*) from rarray(?1)) || ' rarray(?2)'";
    let back = typed::<String>(&connection, sql, vec![list.clone(), list]).unwrap();
    assert_eq!(back, ["[1,2]2 rarray(?2)"]);
}
