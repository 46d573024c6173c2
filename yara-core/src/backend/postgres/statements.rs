//! The prepared statements of a connection: bounded, the least recently used one goes first.

use super::types::{Description, Kind};
use crate::value::Value;
use std::collections::HashMap;
use std::sync::{Arc, OnceLock};

/// A statement as the server knows it.
#[derive(Debug)]
pub(super) struct Prepared {
    /// Its name; empty for one that the next will replace.
    pub(super) name: Box<str>,
    /// Its text.
    pub(super) sql: Arc<str>,
    /// Its columns, once the server has described it; none where it gives no rows.
    pub(super) description: OnceLock<Description>,
}

impl Prepared {
    /// A statement that nobody will ask for again.
    pub(super) fn unnamed(sql: Arc<str>) -> Arc<Prepared> {
        Arc::new(Prepared { name: "".into(), sql, description: OnceLock::new() })
    }

    /// How its cells are read, if that is known already.
    pub(super) fn kinds(&self) -> Option<&[Kind]> {
        self.description.get().and_then(Description::kinds)
    }
}

#[derive(Debug)]
struct Cached {
    oids: Box<[u32]>,
    prepared: Arc<Prepared>,
    used: u64,
}

/// What is prepared, by text and types of the parameters.
#[derive(Debug)]
pub(super) struct Statements {
    limit: usize,
    cached: HashMap<Arc<str>, Vec<Cached>>,
    count: usize,
    /// Counts uses, for finding the oldest.
    clock: u64,
    /// Counts names: none is used twice, so that closing one never hits a newer one.
    named: u64,
    /// Names that the server may forget. They are closed at the start of the next batch, where
    /// nothing before can have failed: after a failure the server skips everything.
    pub(super) closing: Vec<Box<str>>,
}

impl Statements {
    pub(super) fn new(limit: usize) -> Statements {
        Statements {
            limit,
            cached: HashMap::new(),
            count: 0,
            clock: 0,
            named: 0,
            closing: Vec::new(),
        }
    }

    /// Whether statements are kept at all.
    pub(super) fn keeps(&self) -> bool {
        self.limit > 0
    }

    /// The statement for these values, if it is prepared.
    pub(super) fn find(&mut self, sql: &str, values: &[Value]) -> Option<&Arc<Prepared>> {
        self.clock += 1;
        let clock = self.clock;
        let found = self.cached.get_mut(sql)?.iter_mut().find(|cached| {
            cached.oids.len() == values.len()
                && cached
                    .oids
                    .iter()
                    .zip(values)
                    .all(|(oid, value)| *oid == super::encode::oid(value.kind()))
        })?;
        found.used = clock;
        Some(&found.prepared)
    }

    /// A new name for a statement, to be parsed; the oldest one goes if there are too many.
    pub(super) fn insert(&mut self, sql: &Arc<str>, oids: Box<[u32]>) -> Arc<Prepared> {
        if self.count >= self.limit {
            self.evict();
        }
        self.named += 1;
        let prepared = Arc::new(Prepared {
            name: format!("yara_{}", self.named).into(),
            sql: sql.clone(),
            description: OnceLock::new(),
        });
        let cached = Cached { oids, prepared: prepared.clone(), used: self.clock };
        self.cached.entry(sql.clone()).or_default().push(cached);
        self.count += 1;
        prepared
    }

    /// Takes a statement out: it never was prepared, or is of no use any more.
    pub(super) fn forget(&mut self, prepared: &Arc<Prepared>) {
        let Some(variants) = self.cached.get_mut(&prepared.sql) else { return };
        let before = variants.len();
        variants.retain(|cached| !Arc::ptr_eq(&cached.prepared, prepared));
        if variants.len() < before {
            self.count -= 1;
            // Closing a name that the server does not know is no error.
            self.closing.push(prepared.name.clone());
        }
        if variants.is_empty() {
            self.cached.remove(&prepared.sql);
        }
    }

    fn evict(&mut self) {
        let oldest = self
            .cached
            .values()
            .flatten()
            .min_by_key(|cached| cached.used)
            .map(|cached| cached.prepared.clone());
        if let Some(prepared) = oldest {
            self.forget(&prepared);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::value::Type;

    #[test]
    fn the_least_recently_used_goes_first() {
        let mut statements = Statements::new(2);
        let (a, b, c) = (Arc::from("a"), Arc::from("b"), Arc::from("c"));
        statements.insert(&a, [].into());
        statements.insert(&b, [].into());
        assert!(statements.find("a", &[]).is_some());
        statements.insert(&c, [].into());
        assert!(statements.find("b", &[]).is_none());
        assert!(statements.find("a", &[]).is_some());
        assert_eq!(statements.closing, ["yara_2".into()]);
    }

    #[test]
    fn types_of_parameters_are_part_of_the_key() {
        let mut statements = Statements::new(8);
        let sql = Arc::from("select $1");
        let prepared = statements.insert(&sql, [20].into());
        assert!(statements.find(&sql, &[Value::I64(1)]).is_some());
        assert!(statements.find(&sql, &[Value::Null(Type::I64)]).is_some());
        assert!(statements.find(&sql, &[Value::I32(1)]).is_none());
        assert!(statements.find(&sql, &[]).is_none());
        statements.forget(&prepared);
        assert!(statements.find(&sql, &[Value::I64(1)]).is_none());
        statements.forget(&prepared);
        assert_eq!(statements.closing.len(), 1);
    }
}
