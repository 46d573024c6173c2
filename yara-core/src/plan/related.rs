//! Questions about the rows of a relation, as subqueries: they never multiply rows.

use super::invalid;
use super::planner::Planner;
use crate::error::Result;
use crate::schema::{Pairs, Relation, RelationKind, Shape, Table, TableRef};
use crate::tree::{
    Aggregate, AggregateFunction, ColumnRef, Expr, Origin, Quantifier, Related, Select, Via,
};

impl Planner {
    pub(super) fn related(&mut self, related: &Related) -> Result<Expr> {
        let Some((last, way)) = related.path.split_last() else {
            return Err(invalid(format!(
                "a question about rows related to {} names no relation",
                related.table.model
            )));
        };
        let owner = owner_of(related.table.0, way, last)?;
        let relation = owner.relation(last)?;
        let (via, pairs) = link(owner, relation)?;
        let key = |near: usize| ColumnRef {
            table: related.table,
            origin: related.origin.clone(),
            path: way.to_vec(),
            field: owner.fields[near].name.into(),
        };
        if let Some(negated) = told_by_key(relation, related) {
            let parts = pairs
                .iter()
                .map(|(near, _)| Ok(Expr::IsNull(Box::new(self.column(&key(*near))?), negated)));
            let mut parts: Vec<Expr> = parts.collect::<Result<_>>()?;
            return Ok(match parts.pop() {
                Some(only) if parts.is_empty() => only,
                last => {
                    parts.extend(last);
                    // A key of which one part is NULL refers to nothing.
                    if negated { Expr::And(parts) } else { Expr::Or(parts) }
                }
            });
        }
        let mut select = Select::new(relation.target.table()?);
        select.via = via;
        let inner = via.map_or(select.table, |via| via.table);
        // Before the subquery is in scope: these are columns of the query around it.
        let correlation = pairs
            .into_iter()
            .map(|(near, far)| Ok((inner.0.fields[far].name, self.column(&key(near))?)))
            .collect::<Result<_>>()?;
        let condition = related.condition.clone();
        let ask = |planner: &mut Planner, columns: Vec<Expr>, condition: Option<Expr>| {
            let mut select = select;
            select.columns = columns;
            select.filter = match condition {
                Some(Expr::And(items)) => items,
                other => other.into_iter().collect(),
            };
            planner.select(&select, correlation).map(Box::new)
        };
        Ok(match &related.quantifier {
            Quantifier::Any => Expr::Exists(ask(self, Vec::new(), condition)?),
            Quantifier::None => {
                Expr::Not(Box::new(Expr::Exists(ask(self, Vec::new(), condition)?)))
            }
            Quantifier::All => match condition {
                None => Expr::And(Vec::new()),
                Some(condition) => {
                    let fails = Expr::Not(Box::new(condition));
                    Expr::Not(Box::new(Expr::Exists(ask(self, Vec::new(), Some(fails))?)))
                }
            },
            Quantifier::Count => {
                let count = aggregate(AggregateFunction::Count, None);
                Expr::Scalar(ask(self, vec![count], condition)?)
            }
            Quantifier::Aggregate(aggregate) => {
                Expr::Scalar(ask(self, vec![Expr::Aggregate(aggregate.clone())], condition)?)
            }
        })
    }
}

/// Whether there is a related row, or with `false` whether there is none, where that is asked and the
/// foreign key knows: the database keeps it from referring to a row that is not there.
fn told_by_key(relation: &Relation, related: &Related) -> Option<bool> {
    match related.quantifier {
        _ if related.condition.is_some() || !relation.is_owning() || !relation.db_constraint => {
            None
        }
        Quantifier::Any => Some(true),
        Quantifier::None => Some(false),
        _ => None,
    }
}

pub(super) fn aggregate(function: AggregateFunction, argument: Option<Expr>) -> Expr {
    Expr::Aggregate(Box::new(Aggregate::new(function, argument)))
}

/// The model at the end of a path to one row.
fn owner_of(root: &'static Table, way: &[&'static str], last: &str) -> Result<&'static Table> {
    way.iter().try_fold(root, |table, name| {
        let relation = table.relation(name)?;
        if relation.is_to_many() {
            let next = relation.target.table()?.model;
            return Err(invalid(format!(
                "{model}.{name} leads to any number of rows, so a question about their `{last}` \
                 is one within another: {model}.{name}.any({next}.{last}.any(…))",
                model = table.model
            )));
        }
        relation.target.table()
    })
}

/// The columns of the owner by which rows at the end of a path are related to it.
pub(super) fn owner_key_columns<'p>(
    table: TableRef,
    origin: &'p Origin,
    path: &'p [&'static str],
) -> Result<impl Iterator<Item = ColumnRef> + use<'p>> {
    let Some((last, way)) = path.split_last() else {
        return Err(invalid(format!(
            "a question about rows related to {} names no relation",
            table.model
        )));
    };
    let owner = owner_of(table.0, way, last)?;
    let (_, pairs) = link(owner, owner.relation(last)?)?;
    Ok(pairs.into_iter().map(move |(near, _)| ColumnRef {
        table,
        origin: origin.clone(),
        path: way.to_vec(),
        field: owner.fields[near].name.into(),
    }))
}

/// The table between, if there is one, and the pairs of columns that join the owner with it, or
/// with the target itself.
pub(super) fn link(
    owner: &'static Table,
    relation: &'static Relation,
) -> Result<(Option<Via>, Pairs)> {
    match relation.shape(owner)? {
        Shape::Direct(pairs) => Ok((None, pairs)),
        Shape::Through { table, near, .. } => {
            let relation = far_relation(relation)?;
            Ok((Some(Via { table: TableRef(table), relation }), near))
        }
    }
}

/// The relation of the table between that leads to the target.
fn far_relation(relation: &Relation) -> Result<&'static str> {
    match &relation.kind {
        RelationKind::Through { target, .. } => Ok(target),
        RelationKind::Reverse { inverse, .. } => {
            match &relation.target.table()?.relation(inverse)?.kind {
                RelationKind::Through { source, .. } => Ok(source),
                _ => Err(invalid(format!("`{inverse}` does not go through a table between"))),
            }
        }
        RelationKind::ToOne { .. } => {
            Err(invalid(format!("`{}` does not go through a table between", relation.name)))
        }
    }
}
