//! Queries by lookups, remembered by the names of the lookups: programs ask `get(id=…)` again and
//! again, and only the value is another one.

use super::literal::literal_of;
use crate::schema::Codec;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyString};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use yara_core::executor::Prepared;
use yara_core::lookup::{Expected, Lookup, Operator};
use yara_core::tree::{self, Statement};
use yara_core::value::{Type, Value};

/// Of so many sets of names; a query that is asked by more is not asked again and again.
const MOST: usize = 16;

/// A query whose values are yet to come. Its tree has NULLs in their places.
pub(crate) struct Finder {
    tree: tree::Select,
    prepared: Arc<Prepared>,
    inputs: Vec<Input>,
    /// The values of the query that was gone on with, which come before those that are given.
    before: Vec<Value>,
    /// Those behind them: a limit.
    behind: Vec<Value>,
}

/// What a lookup takes.
pub(super) struct Input {
    kind: Type,
    codec: Option<Arc<Codec>>,
}

impl Input {
    /// The input of a lookup, if its condition is the same for all values but `None`.
    pub(super) fn of(lookup: &Lookup, codec: Option<Arc<Codec>>) -> Option<Input> {
        use Operator::{Exact, Gt, Gte, Lt, Lte};
        let Expected::One(Some(kind)) = lookup.expected() else { return None };
        let simple = matches!(lookup.operator, Exact | Gt | Gte | Lt | Lte)
            && lookup.transforms.is_empty()
            && lookup.kind() == Some(kind)
            && kind != Type::Json;
        let hooked = codec.as_ref().is_some_and(|codec| codec.encode.is_some());
        (simple && !hooked).then_some(Input { kind, codec })
    }

    pub(super) fn read(&self, value: &Bound<'_, PyAny>) -> PyResult<Value> {
        literal_of(value, self.kind, self.codec.as_deref())
    }
}

impl Finder {
    /// A finder for queries as this one, which was made of these values, none of them NULL. In
    /// `outline`, made of them too, those of the query before are NULL: so it is seen where each
    /// stands, whatever it is.
    ///
    /// `None` where they do not stand together, or other values than a limit were made of them.
    pub(super) fn new(
        select: &tree::Select,
        outline: &tree::Select,
        inputs: Vec<Input>,
        given: &[Value],
    ) -> Option<Finder> {
        let (mut tree, places) = (select.clone(), values_of(outline));
        let values = values_of(&tree);
        let first = places.iter().position(|value| !value.is_null()).unwrap_or(places.len());
        let end = first + inputs.len();
        let limits = usize::from(select.limit.is_some());
        let made = places.iter().filter(|value| !value.is_null()).count();
        let as_expected = places.get(first..end) == Some(given)
            && made == given.len() + limits
            && places.len() == values.len();
        if !as_expected {
            return None;
        }
        tree.forget_values();
        let prepared = Arc::new(Prepared::new(&Statement::Select(tree.clone())));
        let (before, behind) = (values[..first].to_vec(), values[end..].to_vec());
        Some(Finder { tree, prepared, inputs, before, behind })
    }

    pub(super) fn inputs(&self) -> &[Input] {
        &self.inputs
    }

    /// All values of the tree, of those that are given.
    pub(super) fn complete(&self, given: Vec<Value>) -> Vec<Value> {
        let behind = self.behind.iter().cloned();
        self.before.iter().cloned().chain(given).chain(behind).collect()
    }

    /// What is run.
    pub(super) fn prepared(&self) -> &Arc<Prepared> {
        &self.prepared
    }

    /// The query, with some values or others.
    pub(super) fn outline(&self) -> &tree::Select {
        &self.tree
    }

    /// The query with all its values.
    pub(super) fn select(&self, values: &[Value]) -> tree::Select {
        let mut tree = self.tree.clone();
        tree.put_values(values);
        tree
    }
}

fn values_of(select: &tree::Select) -> Vec<Value> {
    let mut values = Vec::new();
    select.for_each_literal(|literal| values.push(literal.value.clone()));
    values
}

/// Whether there is a finder for names.
#[derive(Clone)]
pub(super) enum Remembered {
    /// They have not been asked for.
    No,
    /// They have been asked for once.
    Once,
    /// They have been asked for, and cannot be prepared.
    Never,
    /// They have been.
    Prepared(Arc<Finder>),
}

/// How a query goes on with lookups.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum How {
    /// The rows that match.
    All,
    /// One row, and another one to see that there are several.
    One,
}

struct Entry {
    how: How,
    names: Vec<Py<PyString>>,
    known: Remembered,
}

/// The finders of one query.
#[derive(Default)]
pub(super) struct Finders(OnceLock<Mutex<Vec<Entry>>>);

impl Finders {
    fn entries(&self) -> MutexGuard<'_, Vec<Entry>> {
        self.0.get_or_init(Mutex::default).lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What is known of lookups by these names.
    pub(super) fn find(&self, how: How, lookups: &Bound<'_, PyDict>) -> Remembered {
        let Some(entries) = self.0.get() else { return Remembered::No };
        let entries = entries.lock().unwrap_or_else(PoisonError::into_inner);
        let found = entries.iter().find(|entry| entry.how == how && entry.is_for(lookups));
        found.map_or(Remembered::No, |entry| entry.known.clone())
    }

    /// Notes what is known of them from now on.
    pub(super) fn note(
        &self,
        how: How,
        lookups: &Bound<'_, PyDict>,
        known: Remembered,
    ) -> PyResult<()> {
        let name = |key: Bound<'_, PyAny>| Ok(key.cast_into::<PyString>()?.unbind());
        let names = lookups.keys().iter().map(name).collect::<PyResult<Vec<_>>>()?;
        let mut entries = self.entries();
        let asked_once = |entry: &Entry| matches!(entry.known, Remembered::Once);
        if let Some(at) = entries.iter().position(|entry| entry.how == how && entry.is_for(lookups))
        {
            entries[at].known = known;
        } else if entries.len() < MOST {
            entries.push(Entry { how, names, known });
        } else if let Some(at) = entries.iter().position(asked_once) {
            entries[at] = Entry { how, names, known };
        }
        Ok(())
    }
}

impl Entry {
    /// Whether the names are these. Those that a program is written with are interned: the same are
    /// one object.
    fn is_for(&self, lookups: &Bound<'_, PyDict>) -> bool {
        let same = |key: &Bound<'_, PyAny>, name: &Bound<'_, PyString>| {
            let key = key.cast::<PyString>();
            key.is_ok_and(
                |key| matches!((key.to_str(), name.to_str()), (Ok(key), Ok(name)) if key == name),
            )
        };
        let names = self.names.iter().map(|name| name.bind(lookups.py()));
        self.names.len() == lookups.len()
            && lookups.iter().zip(names).all(|((key, _), name)| name.is(&key) || same(&key, name))
    }
}
