//! Definitions as nodes.

use super::kind;
use super::node::{Members, Node};
use crate::schema::OnDelete;
use crate::schema::definition::{
    CheckDefinition, ColumnDefinition, ForeignKeyDefinition, FulltextDefinition, IndexDefinition,
    KeyDefinition, KeySource, TableDefinition, UniqueDefinition,
};
use crate::tree::Nulls;

/// How what happens to a row that refers to another one is spelled.
pub(super) const ACTIONS: [(&str, OnDelete); 5] = [
    ("no_action", OnDelete::NoAction),
    ("restrict", OnDelete::Restrict),
    ("cascade", OnDelete::Cascade),
    ("set_null", OnDelete::SetNull),
    ("set_default", OnDelete::SetDefault),
];

pub(super) fn table(table: &TableDefinition) -> Node {
    let mut to = Members::default();
    to.text("name", &table.name.to_string());
    to.maybe("comment", table.comment.as_deref());
    to.lines("columns", &table.columns, |one| made(|to| column(one, to)));
    to.texts("primary_key", &table.primary_key);
    to.list("uniques", &table.uniques, |one| made(|to| unique(one, to)));
    to.list("checks", &table.checks, |one| made(|to| check(one, to)));
    to.list("foreign_keys", &table.foreign_keys, |one| made(|to| foreign_key(one, to)));
    to.list("indexes", &table.indexes, |one| made(|to| index(one, to)));
    to.list("fulltext", &table.fulltext, |one| made(|to| fulltext(one, to)));
    to.into()
}

fn made(write: impl FnOnce(&mut Members)) -> Node {
    let mut to = Members::default();
    write(&mut to);
    to.into()
}

pub(super) fn column(column: &ColumnDefinition, to: &mut Members) {
    to.text("name", &column.name);
    to.node("type", kind::write(column.kind));
    if let Some(length) = column.max_length {
        to.node("max_length", Node::Number(length));
    }
    if let Some((digits, scale)) = column.precision {
        to.node("precision", Node::List(vec![Node::Number(digits), Node::Number(scale)]));
    }
    to.flag("nullable", column.nullable);
    to.flag("counted", column.counted);
    to.sql("default", column.default.as_ref());
    to.sql("computed", column.computed.as_ref());
    to.texts("choices", &column.choices);
    to.maybe("comment", column.comment.as_deref());
}

pub(super) fn unique(unique: &UniqueDefinition, to: &mut Members) {
    to.maybe("name", unique.name.as_deref());
    to.texts("columns", &unique.columns);
}

pub(super) fn check(check: &CheckDefinition, to: &mut Members) {
    to.text("name", &check.name);
    to.sql("condition", Some(&check.condition));
}

pub(super) fn foreign_key(key: &ForeignKeyDefinition, to: &mut Members) {
    to.texts("columns", &key.columns);
    to.text("references", &key.table.to_string());
    to.texts("to", &key.to);
    for (name, action) in [("on_delete", key.on_delete), ("on_update", key.on_update)] {
        let spelled = ACTIONS.iter().find(|(_, known)| *known == action);
        if let Some((word, _)) = spelled.filter(|_| action != OnDelete::default()) {
            to.text(name, word);
        }
    }
}

pub(super) fn index(index: &IndexDefinition, to: &mut Members) {
    to.maybe("name", index.name.as_deref());
    to.list("keys", &index.keys, index_key);
    to.flag("unique", index.unique);
    to.maybe("method", index.method.as_deref());
    to.texts("include", &index.include);
    to.sql("condition", index.condition.as_ref());
}

/// A column in its natural order is its name alone.
fn index_key(key: &KeyDefinition) -> Node {
    let mut to = Members::default();
    match &key.of {
        KeySource::Column(name) if key.is_plain() => return Node::text(name),
        KeySource::Column(name) => to.text("column", name),
        KeySource::Expression(sql) => to.sql("expression", Some(sql)),
    }
    to.flag("descending", key.descending);
    match key.nulls {
        Nulls::Greatest => {}
        Nulls::First => to.text("nulls", "first"),
        Nulls::Last => to.text("nulls", "last"),
    }
    to.maybe("class", key.class.as_deref());
    to.into()
}

pub(super) fn fulltext(index: &FulltextDefinition, to: &mut Members) {
    to.text("name", &index.name);
    to.text("language", &index.language);
    to.texts("columns", &index.columns);
}
