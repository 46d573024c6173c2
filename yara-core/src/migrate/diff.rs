//! What has to change, from the tables there are to those that are wanted.
//!
//! Nothing is guessed where rows are at stake: whether a column that goes is the one that comes,
//! what the rows have in a new column, how values of one kind become those of another. Such a
//! question is an error that says how to answer it, by [`Hints`].
//!
//! Each operation can run after those before it:
//!
//! 1. tables and columns get their new names;
//! 2. foreign keys go, then indexes and constraints, then columns that are computed;
//! 3. columns come and change, and keys after them;
//! 4. constraints and indexes come, then new tables, then foreign keys;
//! 5. columns go, then tables.
//!
//! What goes, goes last, so that statements of the user's own can be put before it.

mod column;
mod convert;
mod foreign_key;
mod hints;
mod order;
mod pair;
mod part;
mod question;
mod rename;
mod table;

pub use hints::Hints;

use super::{Operation, State};
use crate::error::Result;
use crate::schema::definition::TableDefinition;
use hints::Answers;
use question::Questions;

/// The operations that make `new` of `old`, but for the order of columns.
///
/// # Errors
///
/// With [`Configuration`](crate::error::ErrorKind::Configuration) where something has to be asked,
/// where a table would go with its rows, where a hint answers nothing, and where a state is none.
pub fn diff(old: &State, new: &State, hints: &Hints) -> Result<Vec<Operation>> {
    let answers = Answers::of(hints, old, new)?;
    let mut plan = Plan { state: old.clone(), operations: Vec::new() };
    let names = table::going(old, new, &answers)?;
    rename::tables(&mut plan, &answers)?;
    rename::columns(&mut plan, &answers)?;
    let going: Vec<TableDefinition> =
        names.iter().filter_map(|name| plan.state.table(name).cloned()).collect();
    let mut questions = Questions::default();
    let pairs = pair::pairs(&plan.state, new, &going, &answers, &mut questions)?;
    questions.asked()?;
    column::ask(&pairs, &answers, &mut questions);
    questions.asked()?;
    answers.all_used()?;

    let coming = order::in_order(table::coming(&plan.state, new));
    let going = order::in_order(going);
    plan.all(foreign_key::dropped(&pairs, &going))?;
    plan.all(part::dropped(&pairs))?;
    plan.all(column::computed_dropped(&pairs))?;
    let early = table::shares_names(&going.tables, new);
    if early {
        plan.all(table::dropped(&going))?;
    }
    for pair in &pairs {
        plan.all(column::changed(pair, &answers))?;
    }
    plan.all(part::added(&pairs))?;
    plan.all(table::created(&coming))?;
    plan.all(foreign_key::added(&pairs, &coming))?;
    plan.all(column::dropped(&pairs))?;
    if !early {
        plan.all(table::dropped(&going))?;
    }
    Ok(plan.operations)
}

/// Operations, and what they have made so far.
struct Plan {
    state: State,
    operations: Vec<Operation>,
}

impl Plan {
    fn one(&mut self, operation: Operation) -> Result<()> {
        self.state.apply(&operation).map_err(|error| error.context(&operation))?;
        self.operations.push(operation);
        Ok(())
    }

    fn all(&mut self, operations: Vec<Operation>) -> Result<()> {
        operations.into_iter().try_for_each(|operation| self.one(operation))
    }
}

#[cfg(test)]
mod tests;
