//! Definitions from a document.

use super::kind;
use super::source::{Item, Table};
use super::write_table::ACTIONS;
use crate::error::Result;
use crate::schema::OnDelete;
use crate::schema::definition::{
    CheckDefinition, ColumnDefinition, ForeignKeyDefinition, FulltextDefinition, IndexDefinition,
    KeyDefinition, KeySource, TableDefinition, UniqueDefinition,
};
use crate::tree::Nulls;

pub(super) const TABLE: &[&str] = &[
    "name",
    "comment",
    "columns",
    "primary_key",
    "uniques",
    "checks",
    "foreign_keys",
    "indexes",
    "fulltext",
];
pub(super) const COLUMN: &[&str] = &[
    "name",
    "type",
    "max_length",
    "precision",
    "nullable",
    "counted",
    "default",
    "computed",
    "choices",
    "comment",
];
pub(super) const UNIQUE: &[&str] = &["name", "columns"];
pub(super) const CHECK: &[&str] = &["name", "condition"];
pub(super) const FOREIGN_KEY: &[&str] = &["columns", "references", "to", "on_delete", "on_update"];
pub(super) const INDEX: &[&str] = &["name", "keys", "unique", "method", "include", "condition"];
pub(super) const FULLTEXT: &[&str] = &["name", "language", "columns"];
const KEY: &[&str] = &["column", "expression", "descending", "nulls", "class"];

pub(super) fn table(from: &Table<'_>) -> Result<TableDefinition> {
    Ok(TableDefinition {
        name: from.need("name")?.name()?,
        comment: from.text("comment")?,
        columns: from.each("columns", |item| column(&item.table("a column", COLUMN)?))?,
        primary_key: from.texts("primary_key")?,
        uniques: from
            .each("uniques", |item| unique(&item.table("a unique constraint", UNIQUE)?))?,
        checks: from.each("checks", |item| check(&item.table("a check", CHECK)?))?,
        foreign_keys: from
            .each("foreign_keys", |item| foreign_key(&item.table("a foreign key", FOREIGN_KEY)?))?,
        indexes: from.each("indexes", |item| index(&item.table("an index", INDEX)?))?,
        fulltext: from
            .each("fulltext", |item| fulltext(&item.table("a full-text index", FULLTEXT)?))?,
    })
}

pub(super) fn column(from: &Table<'_>) -> Result<ColumnDefinition> {
    let precision = from.get("precision").map(|item| {
        let numbers: Vec<u32> = item.list()?.iter().map(Item::number).collect::<Result<_>>()?;
        match numbers[..] {
            [digits, scale] => Ok((digits, scale)),
            _ => Err(item.wrong(
                "`precision` is two numbers: digits in all, and after the point, such as [10, 2]"
                    .into(),
            )),
        }
    });
    Ok(ColumnDefinition {
        name: from.need("name")?.text()?,
        kind: kind::read(from.need("type")?)?,
        max_length: from.get("max_length").map(Item::number).transpose()?,
        precision: precision.transpose()?,
        nullable: from.flag("nullable", false)?,
        counted: from.flag("counted", false)?,
        default: from.sql("default")?,
        computed: from.sql("computed")?,
        choices: from.texts("choices")?,
        comment: from.text("comment")?,
    })
}

/// A unique constraint that is added or there.
pub(super) fn unique(from: &Table<'_>) -> Result<UniqueDefinition> {
    from.need("columns")?;
    dropped_unique(from)
}

/// One that goes; its name is enough.
pub(super) fn dropped_unique(from: &Table<'_>) -> Result<UniqueDefinition> {
    let name = from.text("name")?;
    if name.is_none() {
        from.need("columns")?;
    }
    Ok(UniqueDefinition { name, columns: from.texts("columns")? })
}

pub(super) fn check(from: &Table<'_>) -> Result<CheckDefinition> {
    Ok(CheckDefinition {
        name: from.need("name")?.text()?,
        condition: from.need("condition")?.sql()?,
    })
}

pub(super) fn foreign_key(from: &Table<'_>) -> Result<ForeignKeyDefinition> {
    let action = |key| from.get(key).map_or(Ok(OnDelete::default()), |item| item.word(&ACTIONS));
    Ok(ForeignKeyDefinition {
        columns: from.need("columns")?.texts()?,
        table: from.need("references")?.name()?,
        to: from.need("to")?.texts()?,
        on_delete: action("on_delete")?,
        on_update: action("on_update")?,
    })
}

/// An index that is added or there.
pub(super) fn index(from: &Table<'_>) -> Result<IndexDefinition> {
    from.need("keys")?;
    dropped_index(from)
}

/// One that goes; its name is enough.
pub(super) fn dropped_index(from: &Table<'_>) -> Result<IndexDefinition> {
    let name = from.text("name")?;
    if name.is_none() {
        from.need("keys")?;
    }
    Ok(IndexDefinition {
        name,
        unique: from.flag("unique", false)?,
        keys: from.each("keys", index_key)?,
        method: from.text("method")?,
        include: from.texts("include")?,
        condition: from.sql("condition")?,
    })
}

fn index_key(item: &Item<'_>) -> Result<KeyDefinition> {
    if let Some(name) = item.as_text() {
        return Ok(KeyDefinition::column(name));
    }
    let from = item.table("a key of an index", KEY)?;
    let of = match (from.text("column")?, from.sql("expression")?) {
        (Some(name), None) => KeySource::Column(name),
        (None, Some(sql)) => KeySource::Expression(sql),
        _ => {
            return Err(from.wrong("a key of an index has a `column` or an `expression`".into()));
        }
    };
    let words = [("first", Nulls::First), ("last", Nulls::Last)];
    Ok(KeyDefinition {
        of,
        descending: from.flag("descending", false)?,
        nulls: from.get("nulls").map_or(Ok(Nulls::Greatest), |item| item.word(&words))?,
        class: from.text("class")?,
    })
}

pub(super) fn fulltext(from: &Table<'_>) -> Result<FulltextDefinition> {
    Ok(FulltextDefinition {
        name: from.need("name")?.text()?,
        language: from.need("language")?.text()?,
        columns: from.need("columns")?.texts()?,
    })
}
