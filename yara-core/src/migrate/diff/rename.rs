//! New names, in an order in which each is free.

use super::Plan;
use super::hints::Answers;
use crate::error::{Error, ErrorKind, Result};
use crate::migrate::Operation;

pub(super) fn tables(plan: &mut Plan, answers: &Answers) -> Result<()> {
    let mut left: Vec<_> = answers.table_renames.iter().collect();
    while !left.is_empty() {
        let free = left.iter().position(|(_, to)| plan.state.table(to).is_none());
        let (from, to) = match free {
            Some(at) => left.remove(at),
            None => {
                let (from, to) = left[0];
                return Err(taken(&from.to_string(), &to.to_string()));
            }
        };
        plan.one(Operation::RenameTable { from: from.clone(), to: to.clone() })?;
    }
    Ok(())
}

pub(super) fn columns(plan: &mut Plan, answers: &Answers) -> Result<()> {
    let mut left: Vec<_> = answers.column_renames.iter().collect();
    while !left.is_empty() {
        let is_free = |(table, _, to): &&(_, _, String)| {
            plan.state.table(table).is_some_and(|table| table.column(to).is_none())
        };
        let (table, from, to) = match left.iter().position(is_free) {
            Some(at) => left.remove(at),
            None => {
                let (table, from, to) = left[0];
                return Err(taken(&format!("{table}.{from}"), to));
            }
        };
        let (table, from, to) = (table.clone(), from.clone(), to.clone());
        plan.one(Operation::RenameColumn { table, from, to })?;
    }
    Ok(())
}

fn taken(from: &str, to: &str) -> Error {
    Error::new(
        ErrorKind::Configuration,
        format!(
            "rename({from:?}, {to:?}): the name `{to}` is taken when it is needed; make one \
             migration with a third name, and another one after it"
        ),
    )
}
