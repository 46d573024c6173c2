//! Locks on the rows that a query reads.

use super::super::Writer;
use crate::error::Result;
use crate::tree::{Lock, LockStrength, LockWait};

/// `FOR UPDATE …`, at the end of a query.
pub(super) fn lock(writer: &mut Writer<'_>, lock: &Lock) -> Result<()> {
    writer.push(match lock.strength {
        LockStrength::Update => " FOR UPDATE",
        LockStrength::NoKeyUpdate => " FOR NO KEY UPDATE",
        LockStrength::Share => " FOR SHARE",
        LockStrength::KeyShare => " FOR KEY SHARE",
    });
    writer.push(" OF ");
    writer.list(&lock.tables, |writer, table| writer.alias(*table))?;
    writer.push(match lock.wait {
        LockWait::Wait => "",
        LockWait::NoWait => " NOWAIT",
        LockWait::Skip => " SKIP LOCKED",
    });
    Ok(())
}
