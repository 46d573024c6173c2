//! A document in TOML, whose parts know where they stand.

use crate::error::{Error, ErrorKind, Result};
use crate::names::nearest;
use crate::schema::definition::{Sql, TableName};
use std::collections::BTreeMap;
use std::ops::Range;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// The text of a file.
pub(super) struct Source<'s> {
    /// What the file is called.
    pub(super) name: &'s str,
    /// What stands in it.
    pub(super) text: &'s str,
}

/// A value at its place.
#[derive(Clone)]
pub(super) struct Item<'s> {
    source: &'s Source<'s>,
    /// The key that it is the value of, for messages.
    key: String,
    value: &'s DeValue<'s>,
    span: Range<usize>,
}

/// A table whose keys are all known.
pub(super) struct Table<'s> {
    source: &'s Source<'s>,
    name: String,
    span: Range<usize>,
    entries: BTreeMap<&'s str, Item<'s>>,
}

impl<'s> Source<'s> {
    /// The text as TOML.
    pub(super) fn parse(&self) -> Result<Spanned<DeTable<'s>>> {
        DeTable::parse(self.text).map_err(|error| {
            let place = error.span().unwrap_or(self.text.len()..self.text.len());
            self.wrong(&place, format!("not TOML: {}", error.message()))
        })
    }

    /// The keys of the whole document.
    pub(super) fn table(
        &'s self,
        table: &'s Spanned<DeTable<'s>>,
        known: &[&str],
    ) -> Result<Table<'s>> {
        Table::new(self, "a migration", table.get_ref(), table.span(), known)
    }

    /// An error at a place.
    fn wrong(&self, place: &Range<usize>, what: String) -> Error {
        let before = self.text.get(..place.start).unwrap_or(self.text);
        let line = before.matches('\n').count() + 1;
        let column = before.rsplit('\n').next().unwrap_or(before).chars().count() + 1;
        Error::new(
            ErrorKind::Configuration,
            format!("{}, line {line}, column {column}: {what}", self.name),
        )
    }
}

impl<'s> Table<'s> {
    /// Refuses keys that are not `known`.
    fn new(
        source: &'s Source<'s>,
        name: &str,
        table: &'s DeTable<'s>,
        span: Range<usize>,
        known: &[&str],
    ) -> Result<Table<'s>> {
        let mut entries = BTreeMap::new();
        for (key, value) in table {
            let text = key.get_ref().as_ref();
            if !known.contains(&text) {
                let near = nearest(text, known.iter().copied());
                let what = format!("{name} has no key `{text}`{near}");
                return Err(source.wrong(&key.span(), what));
            }
            let item = Item::new(source, text, value);
            entries.insert(text, item);
        }
        Ok(Table { source, name: name.to_owned(), span, entries })
    }

    /// The value of a key, if it is there.
    pub(super) fn get(&self, key: &str) -> Option<&Item<'s>> {
        self.entries.get(key)
    }

    /// The value of a key that has to be there.
    pub(super) fn need(&self, key: &str) -> Result<&Item<'s>> {
        self.get(key).ok_or_else(|| self.wrong(format!("{} lacks `{key}`", self.name)))
    }

    /// A text, if it is there.
    pub(super) fn text(&self, key: &str) -> Result<Option<String>> {
        self.get(key).map(Item::text).transpose()
    }

    /// Texts; none where the key is not there.
    pub(super) fn texts(&self, key: &str) -> Result<Vec<String>> {
        self.get(key).map_or(Ok(Vec::new()), Item::texts)
    }

    /// SQL, if it is there.
    pub(super) fn sql(&self, key: &str) -> Result<Option<Sql>> {
        self.get(key).map(Item::sql).transpose()
    }

    /// Whether something is so; `otherwise` where the key is not there.
    pub(super) fn flag(&self, key: &str, otherwise: bool) -> Result<bool> {
        self.get(key).map_or(Ok(otherwise), Item::flag)
    }

    /// What each value of a list means; nothing where the key is not there.
    pub(super) fn each<T>(
        &self,
        key: &str,
        read: impl FnMut(&Item<'s>) -> Result<T>,
    ) -> Result<Vec<T>> {
        self.get(key).map_or(Ok(Vec::new()), |item| item.list()?.iter().map(read).collect())
    }

    /// The only entry, if there is one and no other.
    pub(super) fn only(&self) -> Option<(&'s str, &Item<'s>)> {
        let mut entries = self.entries.iter();
        match (entries.next(), entries.next()) {
            (Some((key, item)), None) => Some((key, item)),
            _ => None,
        }
    }

    /// The keys that are there.
    pub(super) fn keys(&self) -> Vec<&'s str> {
        self.entries.keys().copied().collect()
    }

    /// An error about the table as a whole.
    pub(super) fn wrong(&self, what: String) -> Error {
        self.source.wrong(&self.span, what)
    }
}

impl<'s> Item<'s> {
    fn new(source: &'s Source<'s>, key: &str, value: &'s Spanned<DeValue<'s>>) -> Item<'s> {
        Item { source, key: key.to_owned(), value: value.get_ref(), span: value.span() }
    }

    /// An error about this value.
    pub(super) fn wrong(&self, what: String) -> Error {
        self.source.wrong(&self.span, what)
    }

    fn unlike(&self, wanted: &str) -> Error {
        let given = match self.value {
            DeValue::String(text) => format!("the text `{text}`"),
            DeValue::Integer(number) => format!("{number}"),
            DeValue::Float(number) => format!("{number}"),
            DeValue::Boolean(flag) => format!("{flag}"),
            DeValue::Datetime(moment) => format!("{moment}"),
            DeValue::Array(_) => "a list".into(),
            DeValue::Table(_) => "a table".into(),
        };
        self.wrong(format!("`{}` is {wanted}, not {given}", self.key))
    }

    /// The value, if it is a text.
    pub(super) fn as_text(&self) -> Option<&'s str> {
        self.value.as_str()
    }

    pub(super) fn text(&self) -> Result<String> {
        self.as_text().map(str::to_owned).ok_or_else(|| self.unlike("a text"))
    }

    pub(super) fn texts(&self) -> Result<Vec<String>> {
        self.list()?.iter().map(Item::text).collect()
    }

    pub(super) fn flag(&self) -> Result<bool> {
        self.value.as_bool().ok_or_else(|| self.unlike("true or false"))
    }

    pub(super) fn number(&self) -> Result<u32> {
        let number = self.value.as_integer().map(ToString::to_string);
        let small = number.and_then(|number| number.replace('_', "").parse().ok());
        small.ok_or_else(|| self.unlike("a whole number from 0 to 4294967295"))
    }

    /// The values of a list.
    pub(super) fn list(&self) -> Result<Vec<Item<'s>>> {
        let list = self.value.as_array().ok_or_else(|| self.unlike("a list"))?;
        Ok(list.iter().map(|value| Item::new(self.source, &self.key, value)).collect())
    }

    /// The keys of a table, which `name` calls in messages.
    pub(super) fn table(&self, name: &str, known: &[&str]) -> Result<Table<'s>> {
        let table = self.value.as_table().ok_or_else(|| self.unlike("a table"))?;
        Table::new(self.source, name, table, self.span.clone(), known)
    }

    /// The name of a table.
    pub(super) fn name(&self) -> Result<TableName> {
        let name = self.as_text().ok_or_else(|| self.unlike("the name of a table"))?;
        name.parse().map_err(|error: Error| self.wrong(error.to_string()))
    }

    /// SQL: one text, or one for each database.
    pub(super) fn sql(&self) -> Result<Sql> {
        if let Some(text) = self.as_text() {
            return Ok(Sql::Same(text.to_owned()));
        }
        let unlike = || self.unlike("SQL: a text, or a table of one for each database");
        let table = self.value.as_table().filter(|table| !table.is_empty()).ok_or_else(unlike)?;
        let each = table.iter().map(|(key, value)| {
            let database = key.get_ref().as_ref();
            if database.chars().any(char::is_uppercase) {
                let small = database.to_lowercase();
                let what = format!("databases are named in small letters: `{small}`");
                return Err(self.source.wrong(&key.span(), what));
            }
            Ok((database.to_owned(), Item::new(self.source, database, value).text()?))
        });
        each.collect::<Result<_>>().map(Sql::Each)
    }

    /// One of a few words, as what it stands for.
    pub(super) fn word<T: Copy>(&self, words: &[(&'static str, T)]) -> Result<T> {
        let given = self.as_text().ok_or_else(|| self.unlike("a text"))?;
        let found = words.iter().find(|(word, _)| *word == given);
        found.map(|(_, meaning)| *meaning).ok_or_else(|| {
            let known: Vec<String> = words.iter().map(|(word, _)| format!("`{word}`")).collect();
            self.wrong(format!("`{}` is one of {}, not `{given}`", self.key, known.join(", ")))
        })
    }
}
