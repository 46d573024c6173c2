//! A migration in one transaction.

use super::plan::{Planned, Work};
use super::{Context, Step, prepare};
use crate::backend::{Access, Command, Request};
use crate::error::{Error, ErrorKind, Result};
use crate::executor::Executor;
use crate::migrate::lock;
use crate::transaction::Transaction;
use crate::typed::fetch;
use crate::value::{DecodeError, RowReader};
use std::collections::BTreeMap;
use std::sync::Arc;

/// See the [module](self). Dropped before its end, nothing of it has happened.
#[derive(Debug)]
pub(super) struct Whole {
    planned: Planned,
    transaction: Transaction,
    at: usize,
    /// The foreign keys that led nowhere before it began; only where they are not looked at.
    dangling: Option<Dangling>,
}

/// How many foreign keys lead nowhere, by the table that refers and the one referred to.
type Dangling = BTreeMap<(String, String), u64>;

impl Drop for Whole {
    fn drop(&mut self) {
        // A step may have kept a handle.
        self.transaction.abandon();
    }
}

impl Whole {
    pub(super) async fn start(context: &Context, planned: Planned) -> Result<Option<Whole>> {
        let dialect = context.db.dialect();
        let before = planned.rebuilds.then(|| dialect.foreign_keys_off()).flatten();
        let transaction = lock::begin(&context.db, before, context.patience()).await?;
        let mut whole = Whole { planned, transaction, at: 0, dangling: None };
        prepare(&whole.transaction, context.is_first).await?;
        if !context.is_due(&whole.transaction, &whole.planned).await? {
            whole.transaction.clone().rollback().await?;
            return Ok(None);
        }
        if before.is_some() {
            whole.dangling = Some(dangling(&whole.transaction).await?);
        }
        Ok(Some(whole))
    }

    pub(super) async fn go_on(&mut self, context: &Context) -> Result<Option<Step>> {
        while let Some(work) = self.planned.work.get(self.at) {
            self.at += 1;
            match work {
                Work::Step(name) => {
                    return Ok(Some(context.step(&self.planned, name, &self.transaction)));
                }
                Work::Statements { texts, .. } => {
                    for text in texts {
                        let outcome = self.transaction.execute(text).await;
                        outcome.map_err(|error| self.explain(error))?;
                    }
                }
            }
        }
        Ok(None)
    }

    pub(super) async fn finish(&mut self, context: &Context) -> Result<String> {
        let name = self.planned.name.clone();
        let about = |error: Error| error.context(&name);
        if let Some(before) = &self.dangling {
            refuse_new(before, &dangling(&self.transaction).await?).map_err(about)?;
        }
        context.note(&self.transaction, &name).await.map_err(about)?;
        self.transaction.clone().commit().await.map_err(about)?;
        Ok(name)
    }

    /// Says what was being done, and that it is undone.
    pub(super) fn explain(&self, error: Error) -> Error {
        let what = self.at.checked_sub(1).and_then(|at| self.planned.work.get(at));
        match what {
            Some(work) => error.context(format!("{}, {work}", self.planned.name)),
            None => error.context(&self.planned.name),
        }
    }

    pub(super) async fn take_back(self) {
        let _ = self.transaction.clone().rollback().await;
    }
}

async fn dangling(transaction: &Transaction) -> Result<Dangling> {
    let Some(sql) = transaction.dialect().foreign_key_check() else { return Ok(Dangling::new()) };
    let request = Request::new(Arc::new(Command::once(sql, Access::Read)), Vec::new());
    let tables = |reader: &mut RowReader<'_, '_>| -> Result<(String, String), DecodeError> {
        let table = reader.read()?;
        reader.read::<Option<i64>>()?;
        Ok((table, reader.read()?))
    };
    let mut found = Dangling::new();
    for tables in fetch::run(transaction, vec![request], tables).await?.rows {
        *found.entry(tables).or_default() += 1;
    }
    Ok(found)
}

/// Errs where more foreign keys lead nowhere than before.
fn refuse_new(before: &Dangling, after: &Dangling) -> Result<()> {
    if after.values().sum::<u64>() <= before.values().sum() {
        return Ok(());
    }
    let known = |tables: &(String, String)| before.get(tables).copied().unwrap_or_default();
    let new = after.iter().filter(|(tables, count)| **count > known(tables));
    let told: Vec<String> = new
        .map(|((table, parent), count)| {
            format!(
                "{} of `{table}` that refer to `{parent}`",
                count - known(&(table.clone(), parent.clone()))
            )
        })
        .collect();
    Err(Error::new(
        ErrorKind::ForeignKeyViolation,
        format!(
            "it would leave rows that refer to rows which are not there: {}; nothing was changed",
            told.join(", ")
        ),
    ))
}
