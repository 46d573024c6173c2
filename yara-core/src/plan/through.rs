//! The rows related to one owner, and the rows of a table between.

use super::invalid;
use super::load::key_list;
use super::related::link;
use crate::error::Result;
use crate::schema::{Shape, Table, TableRef};
use crate::tree::{
    ColumnRef, Conflict, Delete, Expr, InList, InRows, Insert, InsertSource, Literal, Select,
    Statement,
};
use crate::value::Value;

/// A condition on the target of a relation: it is related to the owner that has this key, whose
/// values are those of the fields that [`owner_key`](super::owner_key) names. Without a key no row
/// is.
pub fn related_to(owner: &'static Table, relation: &str, key: Option<Vec<Value>>) -> Result<Expr> {
    let relation = owner.relation(relation)?;
    let target = relation.target.table()?;
    let (via, pairs) = link(owner, relation)?;
    let Some(key) = key else { return Ok(Expr::Or(Vec::new())) };
    let near = via.map_or(target, |via| via.table.0);
    let fields: Vec<usize> = pairs.iter().map(|(_, far)| *far).collect();
    let mut is_owner = equal(near, &fields, key)?;
    if via.is_none() {
        return Ok(match (is_owner.len(), is_owner.pop()) {
            (1, Some(only)) => only,
            (_, last) => {
                is_owner.extend(last);
                Expr::And(is_owner)
            }
        });
    }
    let Between { table, far, .. } = between(owner, relation.name)?;
    let mut select = Select::new(table);
    select.filter = is_owner;
    select.columns = far.iter().map(|(between, _)| own(table, *between)).collect();
    let target_key = far.iter().map(|(_, there)| own(target, *there)).collect();
    Ok(Expr::InSelect(Box::new(one_or_tuple(target_key)), Box::new(select)))
}

/// Relates rows to an owner, by keys in the order of the primary keys. Those that are related stay
/// so, once.
pub fn through_insert(
    owner: &'static Table,
    relation: &str,
    key: Vec<Value>,
    targets: Vec<Vec<Value>>,
) -> Result<Statement> {
    let between = between(owner, relation)?;
    let near: Vec<usize> = between.near.iter().map(|(_, there)| *there).collect();
    check_width(near.len(), key.len())?;
    let rows = targets.len();
    let mut lists: Vec<Literal> = near
        .iter()
        .zip(key)
        .map(|(field, value)| list(between.table, *field, vec![value; rows]))
        .collect();
    let (far, columns) = between.targets(targets)?;
    lists.extend(columns);
    Ok(Statement::Insert(Insert {
        table: TableRef(between.table),
        fields: near.into_iter().chain(far).collect(),
        source: InsertSource::Columns(lists),
        conflict: Some(Conflict::Ignore { target: None }),
        returning: Vec::new(),
        told: None,
        load: false,
        tag: None,
    }))
}

/// Ends the relation of rows to an owner: of all, or of those with these keys.
pub fn through_delete(
    owner: &'static Table,
    relation: &str,
    key: Vec<Value>,
    targets: Option<Vec<Vec<Value>>>,
) -> Result<Statement> {
    let between = between(owner, relation)?;
    let among = targets.map(|targets| between.is_among(targets)).transpose()?;
    between.delete(key, among)
}

/// Ends the relation of all rows to an owner but those with these keys.
pub fn through_keep_only(
    owner: &'static Table,
    relation: &str,
    key: Vec<Value>,
    targets: Vec<Vec<Value>>,
) -> Result<Statement> {
    let between = between(owner, relation)?;
    let among = between.is_among(targets)?;
    between.delete(key, Some(Expr::Not(Box::new(among))))
}

/// A table between: pairs of fields of the owner and of the table, and of the table and the target.
struct Between {
    table: &'static Table,
    target: &'static Table,
    near: Vec<(usize, usize)>,
    far: Vec<(usize, usize)>,
}

fn between(owner: &'static Table, relation: &str) -> Result<Between> {
    let relation = owner.relation(relation)?;
    let target = relation.target.table()?;
    match relation.shape(owner)? {
        Shape::Through { table, near, far } => Ok(Between { table, target, near, far }),
        Shape::Direct(_) => Err(invalid(format!(
            "{}.{} has no table between: its rows are related by a foreign key, to be set on them",
            owner.model, relation.name
        ))),
    }
}

impl Between {
    /// The fields that hold a target's key, and the keys by field.
    fn targets(&self, targets: Vec<Vec<Value>>) -> Result<(Vec<usize>, Vec<Literal>)> {
        let width = self.far.len();
        let mut columns: Vec<Vec<Value>> = vec![Vec::with_capacity(targets.len()); width];
        for key in targets {
            check_width(width, key.len())?;
            columns.iter_mut().zip(key).for_each(|(column, value)| column.push(value));
        }
        // The keys are in the order of the primary key, which the foreign key may not have.
        let mut parts: Vec<(usize, usize)> = self.far.clone();
        let place = |there: &usize| self.target.primary_key.iter().position(|key| key == there);
        if parts.iter().any(|(_, there)| place(there).is_none()) {
            return Err(invalid(format!(
                "{} refers to {} by other fields than its primary key; write its rows themselves",
                self.table.model, self.target.model
            )));
        }
        parts.sort_by_key(|(_, there)| place(there));
        let fields: Vec<usize> = parts.into_iter().map(|(here, _)| here).collect();
        let lists = fields
            .iter()
            .zip(columns)
            .map(|(field, values)| list(self.table, *field, values))
            .collect();
        Ok((fields, lists))
    }

    /// The row leads to one of the targets.
    fn is_among(&self, targets: Vec<Vec<Value>>) -> Result<Expr> {
        let (fields, mut lists) = self.targets(targets)?;
        let operands: Vec<Expr> = fields.iter().map(|field| own(self.table, *field)).collect();
        Ok(match (operands.as_slice(), lists.len()) {
            ([only], 1) => Expr::In(Box::new(InList {
                operand: only.clone(),
                list: lists.swap_remove(0),
                with_null: false,
            })),
            _ => Expr::InRows(Box::new(InRows { operands, lists })),
        })
    }

    fn delete(&self, key: Vec<Value>, condition: Option<Expr>) -> Result<Statement> {
        let near: Vec<usize> = self.near.iter().map(|(_, there)| *there).collect();
        let mut rows = Select::new(self.table);
        rows.filter = equal(self.table, &near, key)?;
        rows.filter.extend(condition);
        Ok(Statement::Delete(Delete { rows, returning: Vec::new() }))
    }
}

/// Each field equals its value.
fn equal(table: &'static Table, fields: &[usize], key: Vec<Value>) -> Result<Vec<Expr>> {
    check_width(fields.len(), key.len())?;
    let pairs = fields.iter().zip(key);
    Ok(pairs.map(|(field, value)| own(table, *field).equal(Expr::literal(value))).collect())
}

fn check_width(wanted: usize, given: usize) -> Result<()> {
    if wanted == given {
        return Ok(());
    }
    Err(invalid(format!("a key of {wanted} parts was given {given} values")))
}

fn list(table: &'static Table, field: usize, values: Vec<Value>) -> Literal {
    Literal::new(key_list(&table.fields[field], values))
}

fn own(table: &'static Table, field: usize) -> Expr {
    Expr::Column(ColumnRef::own(table, table.fields[field].name))
}

fn one_or_tuple(mut items: Vec<Expr>) -> Expr {
    if items.len() == 1 { items.swap_remove(0) } else { Expr::Tuple(items) }
}
