//! What a query reads from: tables, other queries, and those with names.

use super::select::Columns;
use super::writer::internal;
use super::{Writer, delete, insert, select, update};
use crate::error::Result;
use crate::tree::{Common, CommonQuery, Compound, Join, JoinKind, Select, SetOperator, Source};

/// `WITH …`; nothing where there are no names.
pub(super) fn with(writer: &mut Writer<'_>, commons: &[Common]) -> Result<()> {
    if commons.is_empty() {
        return Ok(());
    }
    let recursive =
        commons.iter().any(|common| matches!(common.query, CommonQuery::Recursive { .. }));
    writer.push(if recursive { "WITH RECURSIVE " } else { "WITH " });
    writer.list(commons, common)?;
    writer.push(" ");
    Ok(())
}

fn common(writer: &mut Writer<'_>, common: &Common) -> Result<()> {
    writer.name(&common.name);
    let returned = match &common.query {
        CommonQuery::Insert(query) => Some(query.returning.len()),
        CommonQuery::Update(query) => Some(query.returning.len()),
        CommonQuery::Delete(query) => Some(query.returning.len()),
        CommonQuery::Select(_) | CommonQuery::Recursive { .. } => None,
    };
    if let Some(width) = returned {
        let can = writer.dialect.capabilities().writing_commons;
        writer.require(can, "INSERT, UPDATE or DELETE within WITH", WRITING)?;
        writer.push(" (");
        writer.list(0..width, |writer, column| {
            writer.name(&select::output_name(column));
            Ok(())
        })?;
        writer.push(")");
    }
    writer.push(match common.materialized {
        None => " AS (",
        Some(true) => " AS MATERIALIZED (",
        Some(false) => " AS NOT MATERIALIZED (",
    });
    match &common.query {
        CommonQuery::Select(query) => select::select(writer, query, Columns::Named)?,
        CommonQuery::Recursive { base, step, all } => {
            let columns = if *all { Columns::Named } else { Columns::Compared };
            arm(writer, base, columns)?;
            writer.push(if *all { " UNION ALL " } else { " UNION " });
            arm(writer, step, columns)?;
        }
        CommonQuery::Insert(query) => {
            writer.apart(|writer| insert::insert(writer, query).map(|_| ()))?;
        }
        CommonQuery::Update(query) => writer.apart(|writer| update::update(writer, query))?,
        CommonQuery::Delete(query) => writer.apart(|writer| delete::delete(writer, query))?,
    }
    writer.push(")");
    Ok(())
}

/// What stands between FROM or JOIN and AS.
pub(super) fn source(writer: &mut Writer<'_>, source: &Source) -> Result<()> {
    match source {
        Source::Table(table) => writer.table(table.0),
        Source::Common(name) => writer.name(name),
        Source::Query(query) => {
            writer.push("(");
            select::select(writer, query, Columns::Named)?;
            writer.push(")");
        }
        Source::Compound(whole) => {
            writer.push("(");
            compound(writer, whole)?;
            writer.push(")");
        }
    }
    Ok(())
}

/// `a UNION b …`, each combined with all before it. `INTERSECT` binds more tightly than the others
/// in PostgreSQL and not in SQLite, so what stands before one is a query of its own.
fn compound(writer: &mut Writer<'_>, compound: &Compound) -> Result<()> {
    let tight = |operator: &SetOperator| {
        matches!(operator, SetOperator::Intersect | SetOperator::IntersectAll)
    };
    let most = writer.dialect.capabilities().most_combined;
    if most.is_some_and(|most| compound.rest.len() >= most) {
        let what = format!("combination of {} queries", compound.rest.len() + 1);
        writer.require(false, &what, COMBINED)?;
    }
    let compares = compound.rest.iter().any(|(operator, _)| *operator != SetOperator::UnionAll);
    let columns = if compares { Columns::Compared } else { Columns::Named };
    let wraps: Vec<bool> = compound
        .rest
        .iter()
        .enumerate()
        .map(|(at, (operator, _))| at > 0 && tight(operator) && !tight(&compound.rest[at - 1].0))
        .collect();
    wraps.iter().filter(|wrap| **wrap).for_each(|_| writer.push("SELECT * FROM ("));
    arm(writer, &compound.first, columns)?;
    for ((operator, query), wrap) in compound.rest.iter().zip(wraps) {
        writer.push(if wrap { ")" } else { "" });
        if wrap {
            writer.push(" AS combined");
        }
        writer.push(writer.dialect.set_operator(*operator)?);
        arm(writer, query, columns)?;
    }
    Ok(())
}

const COMBINED: &str = "combine some of them first, or filter one query by `|`";
const WRITING: &str = "run the statements one after the other in a transaction";

/// A query as a part of a compound; one with an order, a slice or names of its own is wrapped,
/// because SQLite knows no parentheses here.
fn arm(writer: &mut Writer<'_>, query: &Select, columns: Columns) -> Result<()> {
    let bare = query.order_by.is_empty() && !query.is_sliced() && query.with.is_empty();
    if bare {
        return select::select(writer, query, columns);
    }
    writer.push("SELECT * FROM (");
    select::select(writer, query, columns)?;
    writer.push(") AS part");
    Ok(())
}

/// `JOIN source AS alias ON condition`
pub(super) fn join(writer: &mut Writer<'_>, join: &Join) -> Result<()> {
    writer.push(match join.kind {
        JoinKind::Inner => " JOIN ",
        JoinKind::Left => " LEFT JOIN ",
    });
    if join.lateral {
        writer.require(writer.dialect.capabilities().lateral, "a lateral join", LATERAL)?;
        writer.push("LATERAL ");
    }
    source(writer, &join.source)?;
    writer.push(" AS ");
    writer.alias(join.alias)?;
    writer.push(" ON ");
    writer.expr(&join.on)
}

const LATERAL: &str = "join a query with `row_number` over each partition and filter by it";

/// What a query reads from, the joins included.
pub(super) fn from(writer: &mut Writer<'_>, query: &Select) -> Result<()> {
    writer.push(" FROM ");
    match &query.from {
        Some(from) => source(writer, from)?,
        None => writer.table(query.via.map_or(query.table, |via| via.table).0),
    }
    writer.push(" AS ");
    writer.alias(query.alias.ok_or_else(|| internal("a query was not planned"))?)?;
    query.joins.iter().try_for_each(|each| join(writer, each))
}
