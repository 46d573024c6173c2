//! All rows that a relation of a model to itself leads to.

use super::expr::with_fields;
use super::related::link;
use super::write::keys_of;
use crate::error::Result;
use crate::tree::{
    BinaryOperator, ColumnRef, Common, CommonQuery, Expr, JoinKind, Name, NamedJoin, Origin,
    Output, Select, Source,
};

/// A condition on a model: the row is one that `base` gives, or one that the relation leads to from
/// such a row, however far.
///
/// The rounds are about keys alone: the rows themselves are read once, at the end.
pub fn reached_from(mut base: Select, relation: &str) -> Result<Expr> {
    let table = base.table.0;
    let relation = table.relation(relation)?;
    let (via, pairs) = link(table, relation)?;
    let own = |at: usize| Expr::Column(ColumnRef::own(table, table.fields[at].name));
    let keys: Vec<Expr> = keys_of(table).collect();
    // What leads on, beside the key that tells rows apart.
    let mut columns = keys.clone();
    for (near, _) in &pairs {
        if !columns.contains(&own(*near)) {
            columns.push(own(*near));
        }
    }
    let name: Name = "reached".into();
    let output = |at: usize| Output { origin: Origin::Named(name.clone()), ..Output::new(at) };
    let far = via.map_or(table, |via| via.table.0);
    let on = pairs.iter().filter_map(|(near, there)| {
        let at = columns.iter().position(|column| *column == own(*near))?;
        let far = Expr::Column(ColumnRef::own(far, far.fields[*there].name));
        Some(far.binary(BinaryOperator::Equal, Expr::Output(output(at))))
    });
    let mut step = Select::new(table);
    step.via = via;
    step.named.push(NamedJoin {
        name: name.clone(),
        kind: JoinKind::Inner,
        lateral: false,
        source: Source::Common(name.clone()),
        on: Some(Expr::And(on.collect())),
    });
    step.columns.clone_from(&columns);
    base.columns = columns;
    let query = CommonQuery::Recursive { base: Box::new(base), step: Box::new(step), all: false };
    let mut reached = Select::new(table);
    reached.with.push(Common { name: name.clone(), query, materialized: None });
    reached.from = Some(Source::Common(name));
    reached.columns = (0..keys.len()).map(|at| Expr::Output(Output::new(at))).collect();
    let key = match <[Expr; 1]>::try_from(keys) {
        Ok([only]) => only,
        Err(keys) => Expr::Tuple(keys),
    };
    Ok(Expr::InSelect(Box::new(key), Box::new(reached)))
}

/// The number of columns, those of whole rows counted each.
pub fn width(columns: &[Expr]) -> usize {
    with_fields(columns).len()
}
