//! Conditions made of lookups, and what several of them mean together.

use super::build::leaf;
use super::{Lookup, LookupValue};
use crate::error::Result;
use crate::schema::TableRef;
use crate::tree::{Expr, Origin, Quantifier, Related};

/// Lookups and what combines them: what is given to one call of `filter`.
///
/// Lookups along one way through a relation to many rows that have to hold together are about one
/// and the same related row: `books__title="x"` and `books__views=1` ask for one book that has
/// both. Conditions that are built apart may be true of two books. A negation is the complement of
/// what it negates, and so a question of its own.
#[derive(Debug, Clone)]
pub enum Condition {
    /// One lookup and its value.
    Lookup(Box<Lookup>, LookupValue),
    /// An expression that is there already.
    Expr(Expr),
    /// All are true.
    And(Vec<Condition>),
    /// One is true.
    Or(Vec<Condition>),
    /// The complement: true of every row of which the condition is not.
    Not(Box<Condition>),
}

/// A table, and the steps from it to the rows of a relation to many rows.
type Way = (TableRef, Vec<&'static str>);

impl Condition {
    /// One lookup.
    pub fn lookup(lookup: Lookup, value: impl Into<LookupValue>) -> Condition {
        Condition::Lookup(Box::new(lookup), value.into())
    }

    /// The condition as a node. Errs where a value does not fit its lookup.
    pub fn build(self) -> Result<Expr> {
        build(self, 0)
    }

    /// The way to the rows of a to-many relation that the whole condition is about, and where it
    /// begins.
    fn way(&self, from: usize) -> Option<Way> {
        match self {
            Condition::Lookup(lookup, _) => {
                let to = lookup.next_many(from)?;
                Some((TableRef(lookup.table_at(from)), lookup.steps()[from..=to].to_vec()))
            }
            Condition::And(parts) | Condition::Or(parts) => {
                let (first, rest) = parts.split_first()?;
                let way = first.way(from)?;
                rest.iter().all(|part| part.way(from).as_ref() == Some(&way)).then_some(way)
            }
            Condition::Expr(_) | Condition::Not(_) => None,
        }
    }
}

/// The node of a condition over the rows that stand at the position `from` of its lookups' paths.
fn build(condition: Condition, from: usize) -> Result<Expr> {
    if let Some(way) = condition.way(from) {
        return one_row(condition, way, from);
    }
    Ok(match condition {
        Condition::Lookup(lookup, value) => leaf(&lookup, value, from)?,
        Condition::Expr(expr) => expr,
        Condition::Not(inner) => Expr::Not(Box::new(build(*inner, from)?)),
        Condition::Or(parts) => {
            Expr::Or(parts.into_iter().map(|part| build(part, from)).collect::<Result<_>>()?)
        }
        Condition::And(parts) => all(parts, from)?,
    })
}

/// There is a row at the end of the way of which the whole condition is true.
fn one_row(condition: Condition, (table, path): Way, from: usize) -> Result<Expr> {
    let inner = build(condition, from + path.len())?;
    Ok(Expr::Related(Box::new(Related {
        table,
        origin: Origin::Query,
        path,
        quantifier: Quantifier::Any,
        condition: Some(inner),
    })))
}

/// All are true; those along one way of one row.
fn all(parts: Vec<Condition>, from: usize) -> Result<Expr> {
    let mut flat = Vec::with_capacity(parts.len());
    flatten(parts, &mut flat);
    let mut groups: Vec<(Option<Way>, Vec<Condition>)> = Vec::new();
    for part in flat {
        let way = part.way(from);
        match groups.iter_mut().find(|(known, _)| known.is_some() && *known == way) {
            Some((_, group)) => group.push(part),
            None => groups.push((way, vec![part])),
        }
    }
    let mut items = Vec::with_capacity(groups.len());
    for (_, mut group) in groups {
        items.push(match (group.len(), group.pop()) {
            (1, Some(only)) => build(only, from)?,
            (_, last) => {
                group.extend(last);
                build(Condition::And(group), from)?
            }
        });
    }
    Ok(match (items.len(), items.pop()) {
        (1, Some(only)) => only,
        (_, last) => {
            items.extend(last);
            Expr::And(items)
        }
    })
}

/// Conjunctions within conjunctions as one.
fn flatten(parts: Vec<Condition>, flat: &mut Vec<Condition>) {
    for part in parts {
        match part {
            Condition::And(inner) => flatten(inner, flat),
            part => flat.push(part),
        }
    }
}
