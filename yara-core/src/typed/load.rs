//! Eager loading: the related rows of many owners, in one statement for each relation.

use super::fetch::{Decode, fetch};
use super::{Key, ManyRelation, Model, OneRelation, Query, Relation};
use crate::error::{Error, ErrorKind, Result};
use crate::executor::Executor;
use crate::future::BoxFuture;
use crate::plan;
use std::collections::{HashMap, HashSet};
use std::marker::PhantomData;
use std::sync::Arc;

/// A relation of `M` to load, see [`Query::load`].
pub struct Load<M>(pub(super) Arc<dyn Loader<M>>);

impl<M> std::fmt::Debug for Load<M> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Load")
    }
}

/// What [`Query::load`] takes: a relation, or a relation with a filter, an order, loads of its own.
///
/// ```
/// # use library::*;
/// # run(async |db| {
/// let query = Book::query()
///     .load(Book::author)
///     .load(Book::tags.filter(Tag::name.ne("maths")).order_by(Tag::name));
/// let books = query.order_by(Book::id).all(&db).await?;
/// assert_eq!((books[0].author.get()?.name.as_str(), books[0].tags.get()?.len()), ("Ada", 1));
/// # Ok(()) })
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a relation of `{M}`",
    note = "load a relation of `{M}` itself, such as `Author::books`; relations further away are loaded by nesting: `Author::books.load(Book::tags)`"
)]
pub trait IntoLoad<M> {
    /// The relation to load.
    fn into_load(self) -> Load<M>;
}

/// Loads one relation of rows that have been read.
pub(super) trait Loader<M>: Send + Sync {
    /// Reads the related rows of `owners` and attaches them.
    fn load<'a>(
        &'a self,
        db: &'a dyn Executor,
        owners: Vec<&'a mut M>,
    ) -> BoxFuture<'a, Result<()>>;
}

/// Reads the rows that `R` relates to `owners`, each with the key of its owner.
async fn related_rows<R: Relation>(
    query: &Query<R::Target>,
    db: &dyn Executor,
    owners: &[&mut R::Owner],
) -> Result<Vec<(R::LocalKey, R::Target)>> {
    let mut seen = HashSet::with_capacity(owners.len());
    let mut keys = Vec::with_capacity(owners.len());
    for key in owners.iter().filter_map(|owner| R::local_key(owner)) {
        if !seen.insert(key.clone()) {
            continue;
        }
        let mut values = Vec::with_capacity(R::LocalKey::WIDTH);
        key.encode(&mut values).map_err(|reason| {
            Error::new(ErrorKind::InvalidValue, format!("{}: {reason}", R::NAME))
        })?;
        keys.push(values);
    }
    if keys.is_empty() {
        return Ok(Vec::new());
    }
    let mut select = query.select.clone();
    if select.order_by.is_empty() {
        select.order_by = plan::own_order(R::Target::table());
    }
    let owner = R::Owner::table();
    let statement = plan::load(owner, owner.relation(R::NAME)?, select, keys)?;
    let decode: Decode<(R::LocalKey, R::Target)> =
        |row| Ok((R::LocalKey::decode(row)?, <R::Target as super::Row>::decode(row)?));
    Ok(fetch(db, statement, decode).await?.rows)
}

/// Runs the loads of related rows, all of them together.
async fn nested<R: Relation>(
    query: &Query<R::Target>,
    db: &dyn Executor,
    rows: &mut [(R::LocalKey, R::Target)],
) -> Result<()> {
    for load in &query.loads {
        if !rows.is_empty() {
            load.load(db, rows.iter_mut().map(|(_, row)| row).collect()).await?;
        }
    }
    Ok(())
}

/// Loads a relation to one row. Owners of the same row share it.
pub(super) struct OneLoader<R: Relation> {
    query: Query<R::Target>,
    of: PhantomData<fn() -> R>,
}

impl<R: Relation> OneLoader<R> {
    pub(super) fn new(query: Query<R::Target>) -> OneLoader<R> {
        OneLoader { query, of: PhantomData }
    }
}

impl<R: OneRelation> Loader<R::Owner> for OneLoader<R> {
    fn load<'a>(
        &'a self,
        db: &'a dyn Executor,
        owners: Vec<&'a mut R::Owner>,
    ) -> BoxFuture<'a, Result<()>> {
        Box::pin(async move {
            let mut rows = related_rows::<R>(&self.query, db, &owners).await?;
            nested::<R>(&self.query, db, &mut rows).await?;
            let mut by_key = HashMap::with_capacity(rows.len());
            for (key, row) in rows {
                // The first in the order asked for, should there be several.
                by_key.entry(key).or_insert_with(|| Arc::new(row));
            }
            for owner in owners {
                let row = R::local_key(owner).and_then(|key| by_key.get(&key).cloned());
                R::attach(owner, row);
            }
            Ok(())
        })
    }
}

/// Loads a relation to many rows.
pub(super) struct ManyLoader<R: Relation> {
    query: Query<R::Target>,
    of: PhantomData<fn() -> R>,
}

impl<R: Relation> ManyLoader<R> {
    pub(super) fn new(query: Query<R::Target>) -> ManyLoader<R> {
        ManyLoader { query, of: PhantomData }
    }
}

impl<R: ManyRelation> Loader<R::Owner> for ManyLoader<R> {
    fn load<'a>(
        &'a self,
        db: &'a dyn Executor,
        owners: Vec<&'a mut R::Owner>,
    ) -> BoxFuture<'a, Result<()>> {
        Box::pin(async move {
            let mut rows = related_rows::<R>(&self.query, db, &owners).await?;
            nested::<R>(&self.query, db, &mut rows).await?;
            let mut by_key: HashMap<R::LocalKey, Share<R::Target>> =
                HashMap::with_capacity(owners.len());
            for key in owners.iter().filter_map(|owner| R::local_key(owner)) {
                by_key.entry(key).or_default().owners += 1;
            }
            for (key, row) in rows {
                by_key.entry(key).or_default().rows.push(row);
            }
            for owner in owners {
                let share = R::local_key(owner).and_then(|key| by_key.get_mut(&key));
                R::attach(owner, share.map(Share::take).unwrap_or_default());
            }
            Ok(())
        })
    }
}

/// Related rows, and how many owners of one key there are: a row that was itself loaded for several
/// owners stands there several times.
struct Share<T> {
    owners: usize,
    rows: Vec<T>,
}

impl<T> Default for Share<T> {
    fn default() -> Self {
        Share { owners: 0, rows: Vec::new() }
    }
}

impl<T: Clone> Share<T> {
    /// The rows for the next owner; the last one gets them without a copy.
    fn take(&mut self) -> Vec<T> {
        self.owners = self.owners.saturating_sub(1);
        if self.owners == 0 { std::mem::take(&mut self.rows) } else { self.rows.clone() }
    }
}
