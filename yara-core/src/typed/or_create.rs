//! Reading or changing a row that may have to be created first.
//!
//! Nothing is locked and no error of the database is needed for it, so that it works in a
//! transaction too: a row that somebody else creates meanwhile makes the own insert do nothing, and
//! is found by looking again.

use super::create::{CompleteRow, insert_of, only};
use super::fetch::fetch;
use super::{IntoNewRow, Model, Pred, Query, Update};
use crate::error::Result;
use crate::executor::Executor;
use crate::schema::TableRef;
use crate::tree::{Conflict, Expr};

/// How many times to look. A row that was there and is gone again is rare; one that stands in the
/// way of the insert and is not the one that was looked for stays so.
const LOOKS: usize = 3;

impl<M: Model> Query<M> {
    /// The one row, or a new one, and whether it is new. Several rows are an error.
    ///
    /// Where others do the same at the same time there is one row in the end, and all get it, if a
    /// unique constraint says that it is one row: the condition should name such fields, and `new`
    /// set them.
    ///
    /// Errs with [`is_unique_violation`](crate::error::Error::is_unique_violation) if the new row
    /// clashes with one that does not match the condition.
    ///
    /// ```
    /// # use library::*;
    /// # run(async |db| {
    /// let rust = || Tag::filter(Tag::name.eq("go")).get_or_create(Tag::create().name("go"), &db);
    /// let (first, created) = rust().await?;
    /// assert!(created);
    /// assert_eq!(rust().await?, (first, false));
    /// # Ok(()) })
    /// ```
    pub async fn get_or_create(
        self,
        new: impl IntoNewRow<M>,
        db: &impl Executor,
    ) -> Result<(M, bool)> {
        let new = new.into_new_row().complete()?;
        for _ in 0..LOOKS {
            if let Some(row) = self.clone().optional(db).await? {
                return Ok((row, false));
            }
            if let Some(row) = insert_unless_there(&new, db).await? {
                return Ok((row, true));
            }
        }
        insert(new, db).await
    }
}

impl<M: Model> Update<M> {
    /// Changes the one row, or inserts a new one, and tells whether it is new. Several rows are an
    /// error, and nothing is changed.
    ///
    /// It is as right under a race as [`Query::get_or_create`], and errs alike.
    ///
    /// ```
    /// # use library::*;
    /// # run(async |db| {
    /// let eve = Account::filter(Account::owner.eq("Eve"));
    /// let (account, created) = eve
    ///     .update()
    ///     .set(Account::balance, Account::balance + 5)
    ///     .or_create(Account::create().owner("Eve").balance(5), &db)
    ///     .await?;
    /// assert_eq!((account.balance, created), (105, false));
    /// # Ok(()) })
    /// ```
    pub async fn or_create(self, new: impl IntoNewRow<M>, db: &impl Executor) -> Result<(M, bool)> {
        let new = new.into_new_row().complete()?;
        // Refused now, and not only if there is a row.
        self.clone().into_statement(Vec::new())?;
        for _ in 0..LOOKS {
            let Some(row) = self.to_query().optional(db).await? else {
                match insert_unless_there(&new, db).await? {
                    Some(row) => return Ok((row, true)),
                    None => continue,
                }
            };
            let this = self.clone().narrow(Pred::key_is(row.key()));
            if let Some(row) = this.all(db).await?.pop() {
                return Ok((row, false));
            }
        }
        insert(new, db).await
    }
}

async fn insert_unless_there<M: Model>(new: &CompleteRow, db: &dyn Executor) -> Result<Option<M>> {
    let returning = vec![Expr::fields(TableRef(M::table()))];
    let conflict = Some(Conflict::Ignore { target: None });
    let statement = insert_of(M::table(), new.clone(), conflict, returning);
    Ok(fetch(db, statement, M::decode).await?.rows.pop())
}

/// Inserts the row, for what the database says against it.
async fn insert<M: Model>(new: CompleteRow, db: &dyn Executor) -> Result<(M, bool)> {
    let returning = vec![Expr::fields(TableRef(M::table()))];
    let statement = insert_of(M::table(), new, None, returning);
    Ok((only(fetch(db, statement, M::decode).await?)?, true))
}
