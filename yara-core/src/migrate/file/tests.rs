//! The format: what is written is read back, what it looks like, and what errors say.

mod arbitrary;
mod errors;
mod golden;

use super::Migration;
use super::kind;
use crate::migrate::Operation;
use crate::migrate::random::Random;
use crate::schema::definition::{ColumnDefinition, TableName};
use crate::value::{ForeignKind, Type};

#[test]
fn what_is_written_is_read_back_and_written_alike() {
    let mut seen = Vec::new();
    for seed in 0..400 {
        let mut random = Random::new(seed);
        let migration = arbitrary::migration(&mut random);
        let text = migration.to_toml();
        let read =
            Migration::parse("file", &text).unwrap_or_else(|error| panic!("{error}\n{text}"));
        assert_eq!(read, migration, "{text}");
        assert_eq!(read.to_toml(), text);
        seen.extend(migration.operations.iter().map(Operation::name));
    }
    for name in Operation::NAMES {
        assert!(seen.contains(&name), "{name} was never written");
    }
}

#[test]
fn every_kind_is_read_back() {
    let named = [
        Type::Bool,
        Type::I16,
        Type::I32,
        Type::I64,
        Type::F32,
        Type::F64,
        Type::Numeric,
        Type::Text,
        Type::Bytes,
        Type::Uuid,
        Type::Date,
        Type::Time,
        Type::Timestamp,
        Type::TimestampTz,
        Type::Interval,
        Type::Json,
        Type::Inet,
    ];
    let ranges: Vec<Type> = named.into_iter().filter_map(Type::range).collect();
    assert_eq!(ranges.len(), 6);
    let vector = ForeignKind::kept("vector", Some("vector(3)"), Some("text"), Some("vector"));
    let bare = ForeignKind::kept("x\"y", None, None, None);
    let foreign = [Type::Foreign(vector), Type::Foreign(bare)];
    let plain: Vec<Type> = named.into_iter().chain(ranges).chain(foreign).collect();
    let lists = plain.iter().flat_map(|kind| [kind.list(), kind.list().list()]);
    for kind in plain.clone().into_iter().chain(lists) {
        let operation = Operation::AddColumn {
            table: TableName::new("t"),
            column: ColumnDefinition::new("c", kind),
            fill: None,
        };
        let migration = Migration::new(vec![operation]);
        let text = migration.to_toml();
        assert_eq!(Migration::parse("file", &text).unwrap(), migration, "{text}");
    }
    let spelled = |kind| kind::spelled(kind).unwrap();
    assert_eq!(spelled(Type::TimestampTz.list().list()), "timestamptz[][]");
    assert_eq!(spelled(Type::Date.range().unwrap().list()), "range(date)[]");
}
