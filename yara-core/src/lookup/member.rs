//! The names that a lookup goes along: fields, relations, embedded structs.

use crate::error::Result;
use crate::names::nearest;
use crate::schema::{Field, Relation, RelationKind, Table};
use std::borrow::Cow;

/// What a name means in a model.
pub(super) enum Member {
    /// A field.
    Field(&'static Field),
    /// The primary key, whatever its fields are called.
    PrimaryKey,
    /// A relation.
    Relation(&'static Relation),
    /// An embedded struct, whose fields have this before their names.
    Embedded(String),
}

/// The member that the first segments name, and how many they are: a name may have `__` in it. The
/// longest name counts. `prefix` is that of the embedded struct that we are in.
pub(super) fn find(
    table: &'static Table,
    prefix: &str,
    segments: &[&str],
) -> Option<(Member, usize)> {
    let named = |count: usize| {
        let name: Cow<'_, str> = match (prefix, &segments[..count]) {
            ("", [only]) => (*only).into(),
            (prefix, several) => format!("{prefix}{}", several.join("__")).into(),
        };
        if let Some(field) = table.known_field(&name) {
            return Some((Member::Field(field), count));
        }
        Some((Member::Relation(table.known_relation(&name)?), count))
    };
    if let Some(found) = (1..=segments.len()).rev().find_map(named) {
        return Some(found);
    }
    let first = segments.first()?;
    if *first == "pk" && prefix.is_empty() {
        return Some((Member::PrimaryKey, 1));
    }
    let inner = format!("{prefix}{first}.");
    let is_prefix = table.fields.iter().any(|field| field.name.starts_with(&inner));
    is_prefix.then_some((Member::Embedded(inner), 1))
}

/// "`Book` has no field `titel`; did you mean `title`?"
pub(super) fn unknown<'a>(
    table: &'static Table,
    prefix: &str,
    name: &str,
    others: impl Iterator<Item = &'a str>,
) -> String {
    // Of an embedded struct's fields the part up to the next point.
    let inner = |name: &'static str| {
        let rest = name.strip_prefix(prefix)?;
        Some(rest.split('.').next().unwrap_or(rest))
    };
    let members: Vec<&str> = table.member_names().filter_map(inner).collect();
    let near = nearest(name, members.into_iter().chain(others));
    let place = prefix.trim_end_matches('.');
    match place.is_empty() {
        true => format!("{} has no field `{name}`{near}", table.model),
        false => format!("`{place}` of {} has no field `{name}`{near}", table.model),
    }
}

/// The fields whose values say which related row is meant: those that a foreign key refers to, or
/// the primary key of the other side.
pub(super) fn key_of(relation: &'static Relation) -> Result<Vec<&'static Field>> {
    let target = relation.target.table()?;
    match &relation.kind {
        RelationKind::ToOne { to, .. } if !to.is_empty() => {
            to.iter().map(|name| target.field(name)).collect()
        }
        _ => Ok(target.key_fields().collect()),
    }
}
