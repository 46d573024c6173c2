//! From a planned tree to SQL text. Nothing else in the engine builds SQL.
//!
//! The text is the same for every tree of one shape: values are parameters, and where a database
//! wants a number in the text itself, the text has a [`Hole`] that is filled when the statement is
//! bound. What databases do differently stands in their [`Dialect`]; the functions here ask it and
//! know no database by name.

mod access;
mod aggregate;
mod constant;
mod copy;
mod custom;
pub mod ddl;
mod delete;
mod dialect;
mod distinct;
mod document;
mod explain;
mod expr;
mod fulltext;
mod given;
mod insert;
mod level;
mod list;
mod mention;
mod moment;
mod pattern;
mod postgres;
mod predicate;
mod raw;
#[cfg(feature = "migrate")]
pub(crate) mod rewrite;
mod select;
mod source;
mod sqlite;
mod tag;
mod update;
mod update_each;
mod window;
mod writer;
mod written;

pub use access::Access;
pub use dialect::{AutoColumn, BulkInsert, Capabilities, Dialect};
pub use explain::{ExplainFormat, ExplainOptions};
pub use level::Level;
pub use postgres::Postgres;
pub(crate) use raw::{nature, outlives_transaction};
pub use sqlite::Sqlite;
pub use tag::tagged;
pub use writer::{Place, Writer};
pub(crate) use written::row_count;
pub use written::{Binding, Hole, Parameter, Transform, Written};

use crate::error::Result;
use crate::tree::{Common, Statement};

/// Writes a planned statement.
pub fn write(statement: &Statement, dialect: &dyn Dialect) -> Result<Written> {
    let mut writer = Writer::new(dialect);
    let mut binding = Binding::Once;
    tag::tag(&mut writer, statement)?;
    let access = match statement {
        Statement::Select(select) => {
            select::select(&mut writer, select, select::Columns::Read)?;
            // Elsewhere than at the top nothing writes.
            match select.with.iter().any(Common::writes) {
                true => Access::Write,
                false if writer.locks => Access::Lock,
                false => Access::Read,
            }
        }
        Statement::Insert(insert) => {
            binding = insert::insert(&mut writer, insert)?;
            Access::Write
        }
        Statement::Update(update) => {
            update::update(&mut writer, update)?;
            Access::Write
        }
        Statement::UpdateEach(update) => {
            binding = update_each::update_each(&mut writer, update)?;
            Access::Write
        }
        Statement::Delete(delete) => {
            delete::delete(&mut writer, delete)?;
            Access::Write
        }
        Statement::Raw(text) => {
            raw::raw(&mut writer, text)?;
            let (access, prepare) = raw::nature(&raw::text(text));
            return Ok(Written { prepare, ..writer.finish(access, binding) });
        }
    };
    Ok(writer.finish(access, binding))
}
