//! Locking the rows that a query reads.

use super::{Model, OneRelation, Path, Query, ToOne, Via};
use crate::tree::{Expr, Lock, LockStrength, LockWait};

/// The rows that [`Query::lock_of`] locks: those at the end of a path, `Book::author`, or several
/// as a tuple; `()` are the query's own.
#[diagnostic::on_unimplemented(
    message = "rows of `{Self}` cannot be locked by a query of `{M}`",
    note = "lock those of a relation to one row, such as `Book::author`, `()` for the query's own, or a tuple of them"
)]
pub trait Locked<M> {
    /// Appends the paths.
    fn append(self, paths: &mut Vec<Vec<&'static str>>);
}

#[diagnostic::do_not_recommend]
impl<M> Locked<M> for () {
    fn append(self, paths: &mut Vec<Vec<&'static str>>) {
        paths.push(Vec::new());
    }
}

#[diagnostic::do_not_recommend]
impl<M, P: Path<Root = M>, R: OneRelation> Locked<M> for ToOne<P, R> {
    fn append(self, paths: &mut Vec<Vec<&'static str>>) {
        paths.push(<Via<P, R>>::NODE.unroll().0);
    }
}

macro_rules! locked_tuples {
    ($(($($part:ident),+))+) => {$(
        #[diagnostic::do_not_recommend]
        impl<M, $($part: Locked<M>),+> Locked<M> for ($($part,)+) {
            fn append(self, paths: &mut Vec<Vec<&'static str>>) {
                #[allow(non_snake_case, reason = "the type parameters name the parts")]
                let ($($part,)+) = self;
                $($part.append(paths);)+
            }
        }
    )+};
}

locked_tuples! { (A) (A, B) (A, B, C) (A, B, C, D) }

impl<M: Model, Row: Send + 'static> Query<M, Row> {
    /// Locks the rows for writing until the end of the transaction: nobody else can change, delete
    /// or lock them meanwhile. `count`, `exists`, `update` and `delete` of such a query lock, too.
    ///
    /// It needs a transaction that may write. SQLite's has the whole database to itself, so that
    /// every lock holds there.
    ///
    /// ```
    /// # use library::*;
    /// # run(async |db| {
    /// db.transaction(async |tx| {
    ///     let eve = Account::filter(Account::owner.eq("Eve")).for_update().one(&tx).await?;
    ///     let rest = eve.balance - 30; // nobody else is here
    ///     Account::find(eve.id).update().set(Account::balance, rest).exec(&tx).await
    /// })
    /// .await?;
    /// let error = Account::query().for_update().all(&db).await.unwrap_err();
    /// assert_eq!(error.kind(), ErrorKind::Transaction); // outside of a transaction
    /// # Ok(()) })
    /// ```
    pub fn for_update(self) -> Self {
        self.lock(LockStrength::Update)
    }

    /// [`for_update`](Query::for_update), but others may insert rows that refer to these.
    pub fn for_no_key_update(self) -> Self {
        self.lock(LockStrength::NoKeyUpdate)
    }

    /// Locks the rows against changes: others may read and share them, and not write them.
    pub fn for_share(self) -> Self {
        self.lock(LockStrength::Share)
    }

    /// Locks the rows against being deleted and against changes of their keys.
    pub fn for_key_share(self) -> Self {
        self.lock(LockStrength::KeyShare)
    }

    /// Leaves out rows that another transaction has locked, instead of waiting for them: how
    /// several workers share a queue.
    ///
    /// ```
    /// # use library::*;
    /// # run(async |db| {
    /// let next = Book::query().order_by(Book::id).limit(1).for_update().skip_locked();
    /// let taken = db.transaction(async |tx| next.delete().all(&tx).await).await?;
    /// assert_eq!(taken[0].title, "Notes");
    /// # Ok(()) })
    /// ```
    pub fn skip_locked(self) -> Self {
        self.locked("skip_locked", |lock| lock.wait = LockWait::Skip)
    }

    /// Fails at once, by [`is_busy`](crate::error::Error::is_busy), where another transaction has
    /// locked a row, instead of waiting for it.
    pub fn nowait(self) -> Self {
        self.locked("nowait", |lock| lock.wait = LockWait::NoWait)
    }

    /// Locks these rows instead of the query's own: those of relations to one row, `()` for the
    /// query's own.
    ///
    /// ```
    /// # use library::*;
    /// # run(async |db| {
    /// db.transaction(async |tx| {
    ///     let books = Book::filter(Book::views.gt(100)).for_update().lock_of(((), Book::author));
    ///     assert_eq!(books.all(&tx).await?.len(), 2); // two books and their authors are locked
    ///     Ok(())
    /// })
    /// .await?;
    /// # Ok(()) })
    /// ```
    pub fn lock_of(self, rows: impl Locked<M>) -> Self {
        self.locked("lock_of", |lock| rows.append(&mut lock.of))
    }

    fn lock(mut self, strength: LockStrength) -> Self {
        self.select.lock = Some(Lock::new(strength));
        self
    }

    /// Changes the lock; what is no lock cannot be changed.
    fn locked(mut self, name: &str, change: impl FnOnce(&mut Lock)) -> Self {
        match &mut self.select.lock {
            Some(lock) => change(lock),
            None => {
                let reason = format!(
                    "`{name}` says how rows of {} are locked, and the query locks none; put \
                     `for_update()` or `for_share()` before it",
                    M::table().model
                );
                self.select.filter.push(Expr::Invalid(reason.into()));
            }
        }
        self
    }
}
