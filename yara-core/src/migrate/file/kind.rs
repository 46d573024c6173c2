//! How kinds of values are spelled: `i64`, `text[]`, `range(date)`.

use super::node::{Members, Node};
use super::source::Item;
use crate::error::Result;
use crate::names::nearest;
use crate::value::{ForeignKind, Type};

/// The kinds that have a name of their own.
const NAMES: [(&str, Type); 17] = [
    ("bool", Type::Bool),
    ("i16", Type::I16),
    ("i32", Type::I32),
    ("i64", Type::I64),
    ("f32", Type::F32),
    ("f64", Type::F64),
    ("numeric", Type::Numeric),
    ("text", Type::Text),
    ("bytes", Type::Bytes),
    ("uuid", Type::Uuid),
    ("date", Type::Date),
    ("time", Type::Time),
    ("timestamp", Type::Timestamp),
    ("timestamptz", Type::TimestampTz),
    ("interval", Type::Interval),
    ("json", Type::Json),
    ("inet", Type::Inet),
];

/// The kind that is written there: a name, or a table for a kind that a program has registered.
pub(super) fn read(item: &Item<'_>) -> Result<Type> {
    if let Some(text) = item.as_text() {
        return named(text).map_err(|why| item.wrong(why));
    }
    let known = ["name", "postgres", "sqlite", "extension", "list"];
    let table = item.table("a kind of a program's own", &known)?;
    if let Some(("list", item)) = table.only() {
        return read(item).map(Type::list);
    }
    if table.get("list").is_some() {
        return Err(table.wrong("a list of a kind has the key `list` alone".into()));
    }
    let name = table.need("name")?.text()?;
    let texts = [table.text("postgres")?, table.text("sqlite")?, table.text("extension")?];
    let [postgres, sqlite, extension] = texts.each_ref().map(Option::as_deref);
    Ok(Type::Foreign(ForeignKind::kept(&name, postgres, sqlite, extension)))
}

fn named(text: &str) -> Result<Type, String> {
    if let Some(item) = text.strip_suffix("[]") {
        return named(item).map(Type::list);
    }
    if let Some(inner) = text.strip_prefix("range(").and_then(|rest| rest.strip_suffix(')')) {
        return named(inner)?.range().ok_or_else(|| {
            format!(
                "there are no ranges of `{inner}`; there are of `i32`, `i64`, `numeric`, `date`, \
                 `timestamp` and `timestamptz`"
            )
        });
    }
    let found = NAMES.iter().find(|(name, _)| *name == text);
    found.map(|(_, kind)| *kind).ok_or_else(|| {
        match nearest(text, NAMES.iter().map(|(name, _)| *name)) {
            near if near.starts_with("; did") => format!("there is no kind `{text}`{near}"),
            _ => format!(
                "there is no kind `{text}`; kinds are {}, lists `i64[]` and ranges `range(i64)` of \
                 them, and tables for those of a program's own",
                NAMES.map(|(name, _)| format!("`{name}`")).join(", ")
            ),
        }
    })
}

/// What is written for a kind.
pub(super) fn write(kind: Type) -> Node {
    if let Some(text) = spelled(kind) {
        return Node::text(&text);
    }
    let mut members = Members::default();
    match kind {
        Type::Array(item) => members.node("list", write(*item)),
        Type::Foreign(kind) => {
            members.text("name", kind.name);
            members.maybe("postgres", kind.postgres);
            members.maybe("sqlite", kind.sqlite);
            members.maybe("extension", kind.extension);
        }
        // All others have a name.
        _ => {}
    }
    members.into()
}

/// The name of a kind, unless a kind that a program has registered is in it.
pub(super) fn spelled(kind: Type) -> Option<String> {
    match kind {
        Type::Foreign(_) => None,
        Type::Array(item) => spelled(*item).map(|item| format!("{item}[]")),
        Type::Range(item) => spelled(*item).map(|item| format!("range({item})")),
        kind => NAMES.iter().find(|(_, known)| *known == kind).map(|(name, _)| (*name).to_owned()),
    }
}
