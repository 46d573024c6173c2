//! Lists of values side by side, as rows that a statement reads.

use super::{Place, Transform, Writer};
use crate::error::Result;
use crate::tree::Literal;

/// `unnest($1::bigint[], $2::text[]) AS "v" ("c0", "c1")`
pub(super) fn lists(writer: &mut Writer<'_>, lists: &[&Literal]) -> Result<()> {
    writer.push("unnest(");
    writer
        .list(lists, |writer, list| writer.value(list, Transform::None, Place::Free).map(|_| ()))?;
    writer.push(") AS \"v\" (");
    writer.list(0..lists.len(), |writer, at| {
        writer.name(&super::select::output_name(at));
        Ok(())
    })?;
    writer.push(")");
    Ok(())
}

/// `"v"."c0"`: the value of one of them.
pub(super) fn value(writer: &mut Writer<'_>, list: usize) {
    writer.push("\"v\".");
    writer.name(&super::select::output_name(list));
}
