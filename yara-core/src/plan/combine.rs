//! The rows of several queries as those of one.

use super::follow::width;
use crate::schema::TableRef;
use crate::tree::{Compound, Distinct, Expr, Origin, Output, Select, SetOperator, Source};

/// Two queries as one, whose columns are those of the first, by what they select. A query that is
/// several combined and nothing else gets one more.
pub fn combined(mut first: Select, operator: SetOperator, second: Select) -> Select {
    let whole = is_whole(&first);
    if is_compound(&first)
        && let Some(Source::Compound(compound)) = &mut first.from
    {
        compound.rest.push((operator, second));
        return first;
    }
    let mut select = Select::new(first.table.0);
    // Names are known in all of them, and what writes stands at the top.
    select.with = std::mem::take(&mut first.with);
    select.columns = outputs(whole, select.table, width(&first.columns));
    let rest = vec![(operator, second)];
    select.from = Some(Source::Compound(Box::new(Compound { first, rest })));
    select
}

/// Whether a query gives whole rows of its model.
pub fn is_whole(select: &Select) -> bool {
    matches!(select.columns.as_slice(), [Expr::Fields(table, Origin::Query)] if *table == select.table)
}

/// The columns of a query that reads all of another one's.
pub fn outputs(whole: bool, table: TableRef, width: usize) -> Vec<Expr> {
    if whole {
        return vec![Expr::fields(table)];
    }
    (0..width).map(|at| Expr::Output(Output::new(at))).collect()
}

/// Whether a query is several combined and nothing else, so that another one can be added.
fn is_compound(select: &Select) -> bool {
    let Some(Source::Compound(compound)) = &select.from else { return false };
    let columns = outputs(is_whole(&compound.first), select.table, width(&compound.first.columns));
    select.columns == columns
        && select.named.is_empty()
        && select.filter.is_empty()
        && select.group_by.is_empty()
        && select.having.is_empty()
        && select.order_by.is_empty()
        && select.distinct == Distinct::No
        && !select.is_sliced()
}
