//! Loading any number of rows the fastest way that the database has.

use super::fetch::{Fetched, fetch_all};
use super::insert_many::statements;
use super::{IntoNewRow, Model, NewRow};
use crate::error::{Error, ErrorKind, Result};
use crate::executor::{Executor, nested};
use crate::transaction::Transaction;
use crate::tree::{Expr, Statement};
use crate::value::Value;

/// So many rows are sent at once, at most.
const ROWS: usize = 5_000;
/// Or rows of about so many bytes.
const BYTES: usize = 1024 * 1024;

/// Rows on their way into a table: on PostgreSQL as binary `COPY`, on SQLite by one prepared insert
/// of many rows. Made by [`Model::bulk_load`].
///
/// All of it is one transaction, or one savepoint where it runs in a transaction: the rows are
/// there when [`finish`](BulkLoad::finish) has returned, and none of them is if it was dropped
/// before, or if a row was refused. Memory holds a portion of the rows; giving rows waits until the
/// database has taken the last portion.
///
/// Rows are checked and get their defaults as by an insert. They must be new: there is no looking
/// at conflicts, and nothing comes back.
///
/// ```
/// # use library::*;
/// # run(async |db| {
/// let mut load = Tag::bulk_load(&db).await?;
/// for at in 0..1000 {
///     load.push(Tag::create().name(format!("tag {at}"))).await?;
/// }
/// assert_eq!(load.finish().await?, 1000);
/// assert_eq!(Tag::query().count(&db).await?, 1003);
/// # Ok(()) })
/// ```
#[must_use = "without `.finish()` nothing is loaded"]
pub struct BulkLoad<M> {
    transaction: Transaction,
    rows: Vec<NewRow<M>>,
    bytes: usize,
    /// How many rows were given, and how many of them the database has.
    given: u64,
    written: u64,
    failed: Option<String>,
}

impl<M> std::fmt::Debug for BulkLoad<M> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("BulkLoad").field("given", &self.given).finish_non_exhaustive()
    }
}

impl<M: Model> BulkLoad<M> {
    pub(super) async fn begin(db: &dyn Executor) -> Result<BulkLoad<M>> {
        let transaction = nested(db).await?;
        let (rows, failed) = (Vec::new(), None);
        Ok(BulkLoad { transaction, rows, bytes: 0, given: 0, written: 0, failed })
    }

    /// Gives a row.
    ///
    /// Errs if a row of the portion that it completes is refused, by this library or by the
    /// database; then nothing is loaded.
    pub async fn push(&mut self, row: impl IntoNewRow<M>) -> Result<()> {
        let row = row.into_new_row();
        self.bytes += row.values.iter().map(|(_, value)| size(value)).sum::<usize>();
        self.rows.push(row);
        self.given += 1;
        if self.rows.len() >= ROWS || self.bytes >= BYTES {
            self.send().await?;
        }
        Ok(())
    }

    /// Gives rows, one after the other.
    pub async fn extend<R: IntoNewRow<M>>(
        &mut self,
        rows: impl IntoIterator<Item = R>,
    ) -> Result<()> {
        for row in rows {
            self.push(row).await?;
        }
        Ok(())
    }

    /// Loads the rest, makes all of it permanent, and gives the number of rows.
    pub async fn finish(mut self) -> Result<u64> {
        if let Some(reason) = &self.failed {
            return Err(Error::new(
                ErrorKind::Transaction,
                format!("nothing of {} was loaded, because of: {reason}", M::table().model),
            ));
        }
        self.send().await?;
        self.transaction.commit().await?;
        Ok(self.written)
    }

    /// Sends the rows that wait.
    async fn send(&mut self) -> Result<()> {
        let first = self.given - self.rows.len() as u64;
        let rows = std::mem::take(&mut self.rows);
        self.bytes = 0;
        let sent = match loads(rows) {
            Ok(statements) => fetch_all(&self.transaction, statements, |_| Ok(())).await,
            Err(error) => Err(error.context(format!("counted from row {first}"))),
        };
        match sent {
            Ok(Fetched::<()> { count, .. }) => {
                self.written += count;
                Ok(())
            }
            Err(error) => {
                self.failed.get_or_insert_with(|| error.to_string());
                Err(error)
            }
        }
    }
}

fn loads<M: Model>(rows: Vec<NewRow<M>>) -> Result<Vec<Statement>> {
    let mut statements = statements(rows, None, &[], false)?;
    for statement in &mut statements {
        if let Statement::Insert(insert) = statement {
            insert.load = true;
        }
    }
    Ok(statements)
}

/// About how many bytes a value has.
fn size(value: &Expr) -> usize {
    match value {
        Expr::Literal(literal) => match &literal.value {
            Value::Text(text) | Value::Json(text) => text.len(),
            Value::Bytes(bytes) => bytes.len(),
            _ => size_of::<Value>(),
        },
        _ => size_of::<Value>(),
    }
}
