//! Statements that have been written, by the shape of their trees.

use super::{Compiled, compile};
use crate::backend::Request;
use crate::error::Result;
use crate::hash::FastMap;
use crate::sql::Dialect;
use crate::tree::Statement;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, PoisonError, RwLock};

/// The statements of one database, bounded in number: past the bound, the half that was used
/// longest ago is forgotten.
///
/// A hit costs one hash and one comparison of the tree under a shared lock.
#[derive(Debug)]
pub struct ShapeCache {
    /// Which cache it is, of all that there ever were in the program.
    id: u64,
    capacity: usize,
    clock: AtomicU64,
    entries: RwLock<Entries>,
}

type Entries = FastMap<Statement, Entry>;

#[derive(Debug)]
struct Entry {
    compiled: Arc<Compiled>,
    used: AtomicU64,
}

impl Default for ShapeCache {
    fn default() -> ShapeCache {
        ShapeCache::new(1024)
    }
}

impl ShapeCache {
    /// A cache for at most so many shapes.
    pub fn new(capacity: usize) -> ShapeCache {
        static CACHES: AtomicU64 = AtomicU64::new(0);
        ShapeCache {
            id: CACHES.fetch_add(1, Ordering::Relaxed),
            capacity: capacity.max(2),
            clock: AtomicU64::new(0),
            entries: RwLock::new(Entries::default()),
        }
    }

    /// A number that no other cache has.
    pub(crate) fn id(&self) -> u64 {
        self.id
    }

    /// The statement of a tree; planned and written only if no tree of its shape was before. A
    /// cache belongs to one database, so `dialect` must be the same in each call.
    pub fn get_or_compile(
        &self,
        statement: &Statement,
        dialect: &dyn Dialect,
    ) -> Result<Arc<Compiled>> {
        let now = self.clock.fetch_add(1, Ordering::Relaxed);
        {
            let entries = self.entries.read().unwrap_or_else(PoisonError::into_inner);
            if let Some(entry) = entries.get(statement) {
                entry.used.store(now, Ordering::Relaxed);
                return Ok(entry.compiled.clone());
            }
        }
        let compiled = Arc::new(compile(statement, dialect)?);
        let key = without_values(statement);
        let entry = Entry { compiled: compiled.clone(), used: AtomicU64::new(now) };
        let mut entries = self.entries.write().unwrap_or_else(PoisonError::into_inner);
        if entries.len() >= self.capacity {
            forget_half(&mut entries);
        }
        // Another thread may have been faster; its statement is as good, and perhaps in use.
        Ok(entries.entry(key).or_insert(entry).compiled.clone())
    }

    /// The statement with the values of a tree, which may be taken out of it.
    ///
    /// Where a query has two expressions of one shape to group by, a plan is right only for trees
    /// whose values are equal in the same places; any other tree is planned on its own.
    pub fn take_request(
        &self,
        statement: &mut Statement,
        dialect: &dyn Dialect,
    ) -> Result<Request> {
        let compiled = self.get_or_compile(statement, dialect)?;
        if compiled.fits(statement) {
            return compiled.take_request(statement);
        }
        compile(statement, dialect)?.request(statement)
    }

    /// How many shapes are known.
    pub fn len(&self) -> usize {
        self.entries.read().unwrap_or_else(PoisonError::into_inner).len()
    }

    /// Whether none is known.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

/// The shape alone: a cache must not keep the values of the first query that had it.
fn without_values(statement: &Statement) -> Statement {
    let mut shape = statement.clone();
    shape.forget_values();
    shape
}

#[allow(clippy::mutable_key_type, reason = "a tree is hashed by its shape, which nothing changes")]
fn forget_half(entries: &mut Entries) {
    let mut used: Vec<u64> =
        entries.values().map(|entry| entry.used.load(Ordering::Relaxed)).collect();
    let middle = used.len() / 2;
    let (_, median, _) = used.select_nth_unstable(middle);
    let median = *median;
    entries.retain(|_, entry| entry.used.load(Ordering::Relaxed) >= median);
}
