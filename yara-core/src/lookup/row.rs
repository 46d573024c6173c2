//! Rows that are meant by their keys: `author=5`, `pk__in=[…]`, `mentor__isnull=True`.

use super::compare::{compare, flag, one, wants_list};
use super::fit::{items, list};
use super::parse::{Base, Lookup};
use super::{LookupValue, Operator, wrong, wrong_value};
use crate::error::Result;
use crate::schema::{Field, TableRef};
use crate::tree::{ColumnRef, Expr, InRows, Literal, Origin, Quantifier, Related, Select};
use crate::value::Value;

/// Whether there is no related row, or there is one.
pub(super) fn presence(lookup: &Lookup, absent: bool, from: usize) -> Result<Expr> {
    let Base::Relation(relation, _) = &lookup.base else {
        return Err(wrong(&lookup.text, "it is no relation"));
    };
    let mut path = lookup.path[from.min(lookup.path.len())..].to_vec();
    path.push(relation.name);
    let any = Expr::Related(Box::new(Related {
        table: TableRef(lookup.table_at(from)),
        origin: Origin::Query,
        path,
        quantifier: Quantifier::Any,
        condition: None,
    }));
    Ok(if absent { Expr::Not(Box::new(any)) } else { any })
}

/// A row that is meant by its key.
pub(super) fn whole_row(
    lookup: &Lookup,
    fields: &[&'static Field],
    value: LookupValue,
    from: usize,
) -> Result<Expr> {
    use Operator::{In, IsNull, Not, NotIn, NotIsNull};
    if let [field] = fields {
        return compare(lookup, lookup.column_of(field, from), value);
    }
    let columns = || fields.iter().map(|field| lookup.column_of(field, from));
    match lookup.operator {
        IsNull | NotIsNull => {
            let absent = flag(lookup, value)? == (lookup.operator == IsNull);
            let parts = columns().map(|column| Expr::IsNull(Box::new(column), !absent)).collect();
            Ok(if absent { Expr::Or(parts) } else { Expr::And(parts) })
        }
        In | NotIn => {
            let condition = match value {
                LookupValue::Query(query) => {
                    let query = Box::new(keys_of(*query, fields));
                    Expr::InSelect(Box::new(Expr::Tuple(columns().collect())), query)
                }
                value => {
                    let keys = items(value).map_err(|value| wants_list(lookup, &value))?;
                    let mut lists = vec![Vec::with_capacity(keys.len()); fields.len()];
                    for key in keys {
                        for (list, part) in lists.iter_mut().zip(parts_of(lookup, fields, key)?) {
                            list.push(part);
                        }
                    }
                    let kinds = fields.iter().map(|field| field.kind);
                    let lists =
                        kinds.zip(lists).map(|(kind, items)| Literal::new(list(kind, items)));
                    let (operands, lists) = (columns().collect(), lists.collect());
                    Expr::InRows(Box::new(InRows { operands, lists }))
                }
            };
            Ok(complement_if(lookup.operator == NotIn, condition))
        }
        operator => {
            let condition = match value {
                LookupValue::Value(value) if value.is_null() => Expr::Or(
                    columns().map(|column| Expr::IsNull(Box::new(column), false)).collect(),
                ),
                value => {
                    let parts = parts_of(lookup, fields, value)?;
                    let equal = |(column, part): (Expr, Value)| column.equal(Expr::literal(part));
                    Expr::And(columns().zip(parts).map(equal).collect())
                }
            };
            Ok(complement_if(operator == Not, condition))
        }
    }
}

/// The parts of a key of several columns.
pub(super) fn parts_of(
    lookup: &Lookup,
    fields: &[&'static Field],
    key: LookupValue,
) -> Result<Vec<Value>> {
    let given = key.name();
    let parts = items(key).unwrap_or_default();
    if parts.len() != fields.len() {
        let names: Vec<&str> = fields.iter().map(|field| field.name).collect();
        return Err(wrong_value(
            &lookup.text,
            format_args!("the key is ({}), and was given {given}", names.join(", ")),
        ));
    }
    let kinds = fields.iter().map(|field| field.kind);
    parts.into_iter().zip(kinds).map(|(part, kind)| one(lookup, part, Some(kind))).collect()
}

/// A query of rows as one of their keys.
pub(super) fn keys_of(mut query: Select, fields: &[&'static Field]) -> Select {
    if let [Expr::Fields(table, _)] = query.columns.as_slice() {
        let table = table.0;
        query.columns =
            fields.iter().map(|field| Expr::Column(ColumnRef::own(table, field.name))).collect();
    }
    query
}

pub(super) fn complement_if(negated: bool, condition: Expr) -> Expr {
    if negated { Expr::Not(Box::new(condition)) } else { condition }
}
