//! What databases hold of models, without one.

use super::models::BuildIn as _;
use super::models::{all, book};
use crate::backend::DIALECTS;
use crate::schema::definition::{Sql, TableName};
use crate::schema::{Check, Default, FieldOptions, Table, TableBuilder};
use crate::sql::ddl::{CreateOptions, Subject, create, create_tables, define, define_all};
use crate::sql::{Dialect, Postgres, Sqlite};
use crate::tree::{BinaryOperator, ColumnRef, Expr};
use crate::value::{Interval, Type, Value};
use std::sync::OnceLock;

#[test]
fn tables_are_created_alike_from_models_and_from_their_definitions() {
    let defined = define_all(&all(), true, &DIALECTS).unwrap();
    let subjects: Vec<Subject<'_>> = defined.iter().map(Subject::of).collect();
    for dialect in DIALECTS {
        let options = CreateOptions::default();
        let made = create(&subjects, options, dialect).unwrap();
        assert_eq!(made, create_tables(&all(), options, dialect).unwrap());
    }
    assert!(defined.iter().any(|table| table.name.name == "book_tag"));
    assert!(define_all(&[book()], true, &DIALECTS).is_err());
    assert!(define_all(&[book()], false, &DIALECTS).is_ok());
}

fn parcel() -> &'static Table {
    static TABLE: OnceLock<Table> = OnceLock::new();
    let column = |name| Expr::Column(ColumnRef::own(parcel(), name));
    let light = move || {
        let most = Expr::literal(Value::Text("9".into()));
        column("label").binary(BinaryOperator::Less, most)
    };
    let span = Value::Interval(Interval { months: 0, days: 0, micros: 7 });
    let with = |default| FieldOptions { default, ..FieldOptions::REQUIRED };
    TableBuilder::new("Parcel", "parcel")
        .schema("post")
        .field("id", Type::I64, FieldOptions { primary_key: true, ..with(Default::Auto) })
        .field("label", Type::Text, with(Default::Constant(Value::Text("it's".into()))))
        .field("at", Type::Timestamp, with(Default::Clock))
        .field("took", Type::Interval, with(Default::Constant(span)))
        .check(Check { name: "light", condition: Box::new(light) })
        .build_in(&TABLE)
}

#[test]
fn an_expression_has_one_text_where_databases_agree_and_one_for_each_where_not() {
    let table = define(parcel(), &DIALECTS).unwrap();
    assert_eq!(table.name, TableName { schema: Some("post".into()), name: "parcel".into() });
    assert_eq!(table.checks[0].condition, Sql::Same("\"label\" < '9'".into()));
    assert_eq!(table.column("label").unwrap().default, Some(Sql::Same("'it''s'".into())));
    let took = table.column("took").unwrap().default.as_ref().unwrap();
    assert_eq!(took.text(Sqlite.name()), Some("(7)"));
    assert!(took.text(Postgres.name()).unwrap().ends_with("::interval"), "{took:?}");
    let Some(Sql::Each(clocks)) = &table.column("at").unwrap().default else { panic!("{table:?}") };
    assert_eq!(clocks.keys().collect::<Vec<_>>(), ["postgresql", "sqlite"]);
    assert!(table.column("id").unwrap().counted && !table.column("label").unwrap().counted);
}

fn wait() -> &'static Table {
    static TABLE: OnceLock<Table> = OnceLock::new();
    let key = FieldOptions { primary_key: true, ..FieldOptions::REQUIRED };
    // SQLite counts microseconds alone.
    let month = Value::Interval(Interval { months: 1, days: 0, micros: 0 });
    let default = Default::Constant(month);
    TableBuilder::new("Wait", "wait")
        .field("id", Type::I64, key)
        .field("most", Type::Interval, FieldOptions { default, ..FieldOptions::REQUIRED })
        .build_in(&TABLE)
}

#[test]
fn a_database_without_sql_for_an_expression_is_left_out_unless_all_are() {
    let table = define(wait(), &DIALECTS).unwrap();
    let Some(Sql::Each(texts)) = &table.columns[1].default else { panic!("{table:?}") };
    assert_eq!(texts.keys().collect::<Vec<_>>(), ["postgresql"]);
    let error = create(&[Subject::of(&table)], CreateOptions::default(), &Sqlite).unwrap_err();
    assert!(error.is_unsupported(), "{error}");
    assert_eq!(error.to_string(), "wait.most has an expression without SQL for SQLite");
    assert!(define(wait(), &[&Sqlite]).unwrap_err().is_configuration_error());
}
