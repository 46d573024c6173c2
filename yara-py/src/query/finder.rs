//! Queries by lookups, remembered by the names of the lookups: programs ask `get(id=…)` again and
//! again, and only the value is another one.

use super::literal::literal_of;
use crate::schema::Codec;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyString};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use yara_core::lookup::{Expected, Lookup, Operator};
use yara_core::plan::Prepared;
use yara_core::tree::{self, Statement};
use yara_core::value::{Type, Value};

/// Of so many sets of names; a query that is asked by more is not asked again and again.
const MOST: usize = 16;

/// A query whose values are yet to come.
pub(crate) struct Finder {
    tree: tree::Select,
    prepared: Arc<Prepared>,
    inputs: Vec<Input>,
    /// The values behind those that are given: a limit.
    fixed: Vec<Value>,
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
    /// A finder for queries as this one, which was made of these values.
    ///
    /// `None` where the tree has other values before them, or made others of them.
    pub(super) fn new(
        select: &tree::Select,
        inputs: Vec<Input>,
        given: &[Value],
    ) -> Option<Finder> {
        let (mut tree, mut values) = (select.clone(), Vec::new());
        tree.for_each_literal_mut(|literal| values.push(literal.value.clone()));
        let fixed = values.strip_prefix(given)?.to_vec();
        let prepared = Arc::new(Prepared::new(&Statement::Select(tree.clone())));
        Some(Finder { tree, prepared, inputs, fixed })
    }

    pub(super) fn inputs(&self) -> &[Input] {
        &self.inputs
    }

    /// All values of the tree, of those that are given.
    pub(super) fn complete(&self, mut given: Vec<Value>) -> Vec<Value> {
        given.extend_from_slice(&self.fixed);
        given
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
        let mut values = values.iter();
        tree.for_each_literal_mut(|literal| {
            if let Some(value) = values.next() {
                literal.value = value.clone();
            }
        });
        tree
    }
}

/// Whether there is a finder for names.
#[derive(Clone)]
pub(super) enum Known {
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
    known: Known,
}

/// The finders of one query.
#[derive(Default)]
pub(super) struct Finders(OnceLock<Mutex<Vec<Entry>>>);

impl Finders {
    fn entries(&self) -> MutexGuard<'_, Vec<Entry>> {
        self.0.get_or_init(Mutex::default).lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What is known of lookups by these names.
    pub(super) fn find(&self, how: How, lookups: &Bound<'_, PyDict>) -> Known {
        let Some(entries) = self.0.get() else { return Known::No };
        let entries = entries.lock().unwrap_or_else(PoisonError::into_inner);
        let found = entries.iter().find(|entry| entry.how == how && entry.is_for(lookups));
        found.map_or(Known::No, |entry| entry.known.clone())
    }

    /// Notes what is known of them from now on.
    pub(super) fn note(&self, how: How, lookups: &Bound<'_, PyDict>, known: Known) -> PyResult<()> {
        let name = |key: Bound<'_, PyAny>| Ok(key.cast_into::<PyString>()?.unbind());
        let names = lookups.keys().iter().map(name).collect::<PyResult<Vec<_>>>()?;
        let mut entries = self.entries();
        let place = entries.iter().position(|entry| entry.how == how && entry.is_for(lookups));
        match place {
            Some(at) => entries[at].known = known,
            None if entries.len() < MOST => entries.push(Entry { how, names, known }),
            None => {}
        }
        Ok(())
    }
}

impl Entry {
    /// Whether the names are these. Names of keywords are interned, so that the same are one object.
    fn is_for(&self, lookups: &Bound<'_, PyDict>) -> bool {
        self.names.len() == lookups.len()
            && lookups.iter().zip(&self.names).all(|((key, _), name)| name.is(&key))
    }
}
