//! The rows that one owner is related to, and adding and removing them in the table between.

use super::load::{is_one_of, key_list};
use crate::error::{Error, ErrorKind, Result};
use crate::schema::{Pairs, RelationKind, Shape, Table, TableRef};
use crate::tree::{
    ColumnRef, Conflict, Delete, Expr, Insert, InsertSource, Literal, Select, Statement,
};
use crate::value::Value;

/// The condition, on rows of a relation's target, of being related to the owner with this key.
/// Without a key (a foreign key that is NULL) there is no such row.
pub fn related_to(owner: &'static Table, relation: &str, key: Option<Vec<Value>>) -> Result<Expr> {
    let Some(key) = key else { return Ok(Expr::Or(Vec::new())) };
    let relation = owner.relation(relation)?;
    let target = relation.target.table()?;
    match relation.shape(owner)? {
        Shape::Direct(pairs) => {
            let values = values_of(owner, &relation.kind, &pairs, key)?;
            let fields: Vec<usize> = pairs.iter().map(|(_, there)| *there).collect();
            Ok(equal(target, &fields, values))
        }
        Shape::Through { table, near, far } => {
            let mut select = Select::new(table);
            let values = values_of(owner, &relation.kind, &near, key)?;
            let fields: Vec<usize> = near.iter().map(|(_, between)| *between).collect();
            select.filter.push(equal(table, &fields, values));
            for (between, there) in far {
                select.filter.push(column(table, between).equal(column(target, there)));
            }
            Ok(Expr::Exists(Box::new(select)))
        }
    }
}

/// Relates targets to an owner; those that are related already stay so.
pub fn through_insert(
    owner: &'static Table,
    relation: &str,
    key: Vec<Value>,
    targets: Vec<Vec<Value>>,
) -> Result<Statement> {
    let between = Between::new(owner, relation, key)?;
    let mut columns: Vec<Vec<Value>> =
        between.key.iter().map(|value| vec![value.clone(); targets.len()]).collect();
    columns.extend(transposed(targets, between.far.len()));
    let fields: Vec<usize> = between.near.iter().chain(&between.far).copied().collect();
    let columns = fields
        .iter()
        .zip(columns)
        .map(|(at, values)| Literal::new(key_list(&between.table.fields[*at], values)))
        .collect();
    Ok(Statement::Insert(Insert {
        table: TableRef(between.table),
        fields,
        source: InsertSource::Columns(columns),
        conflict: Some(Conflict::Ignore),
        returning: Vec::new(),
    }))
}

/// Ends the relation of targets to an owner; of all of them where `targets` is `None`.
pub fn through_delete(
    owner: &'static Table,
    relation: &str,
    key: Vec<Value>,
    targets: Option<Vec<Vec<Value>>>,
) -> Result<Statement> {
    let between = Between::new(owner, relation, key)?;
    let mut rows = between.rows();
    if let Some(targets) = targets {
        rows.filter.push(one_of(between.table, &between.far, targets)?);
    }
    Ok(Statement::Delete(Delete { rows, returning: Vec::new() }))
}

/// Ends the relation of all targets but these to an owner.
pub fn through_keep_only(
    owner: &'static Table,
    relation: &str,
    key: Vec<Value>,
    targets: Vec<Vec<Value>>,
) -> Result<Statement> {
    let between = Between::new(owner, relation, key)?;
    let mut rows = between.rows();
    rows.filter.push(Expr::Not(Box::new(one_of(between.table, &between.far, targets)?)));
    Ok(Statement::Delete(Delete { rows, returning: Vec::new() }))
}

/// The table between an owner and its targets.
struct Between {
    table: &'static Table,
    /// The fields that refer to the owner.
    near: Vec<usize>,
    /// The fields that refer to the target.
    far: Vec<usize>,
    /// The values of the near fields.
    key: Vec<Value>,
}

impl Between {
    fn new(owner: &'static Table, relation: &str, key: Vec<Value>) -> Result<Between> {
        let relation = owner.relation(relation)?;
        match relation.shape(owner)? {
            Shape::Through { table, near, far } => {
                let key = values_of(owner, &relation.kind, &near, key)?;
                let near = near.into_iter().map(|(_, between)| between).collect();
                Ok(Between {
                    table,
                    near,
                    far: far.into_iter().map(|(between, _)| between).collect(),
                    key,
                })
            }
            Shape::Direct(_) => Err(Error::new(
                ErrorKind::InvalidQuery,
                format!(
                    "{}.{} has its key in a row of one of the two models; change that row instead",
                    owner.model, relation.name
                ),
            )),
        }
    }

    /// The rows of the owner.
    fn rows(&self) -> Select {
        let mut select = Select::new(self.table);
        select.filter.push(equal(self.table, &self.near, self.key.clone()));
        select
    }
}

/// The owner's values in the order of the pairs. An owner gives its foreign key where it has it, and
/// its primary key otherwise.
fn values_of(
    owner: &Table,
    kind: &RelationKind,
    pairs: &Pairs,
    key: Vec<Value>,
) -> Result<Vec<Value>> {
    let given: &[usize] = match kind {
        RelationKind::ToOne { fields, .. } => fields,
        _ => &owner.primary_key,
    };
    pairs
        .iter()
        .map(|(here, _)| {
            let at = given.iter().position(|field| field == here);
            at.and_then(|at| key.get(at).cloned()).ok_or_else(|| {
                Error::new(
                    ErrorKind::Unsupported,
                    format!(
                        "the relation refers to {}.{}, which is not part of the primary key; \
                         query by that field instead",
                        owner.model, owner.fields[*here].name
                    ),
                )
            })
        })
        .collect()
}

fn column(table: &'static Table, at: usize) -> Expr {
    Expr::Column(ColumnRef::own(table, table.fields[at].name))
}

/// The fields have these values.
fn equal(table: &'static Table, fields: &[usize], values: Vec<Value>) -> Expr {
    let parts =
        fields.iter().zip(values).map(|(at, value)| column(table, *at).equal(Expr::literal(value)));
    Expr::And(parts.collect())
}

/// The fields have the values of one of the keys.
fn one_of(table: &'static Table, fields: &[usize], keys: Vec<Vec<Value>>) -> Result<Expr> {
    let columns: Vec<Expr> = fields.iter().map(|at| column(table, *at)).collect();
    let parts = transposed(keys, fields.len());
    let lists = fields.iter().zip(parts).map(|(at, part)| key_list(&table.fields[*at], part));
    is_one_of(&columns, lists.collect())
}

/// Keys by part instead of by row.
fn transposed(keys: Vec<Vec<Value>>, width: usize) -> Vec<Vec<Value>> {
    let mut parts: Vec<Vec<Value>> = (0..width).map(|_| Vec::with_capacity(keys.len())).collect();
    for key in keys {
        for (part, value) in parts.iter_mut().zip(key) {
            part.push(value);
        }
    }
    parts
}
