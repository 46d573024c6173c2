//! One level of a graph: rows of one model, and then what is related to them.

use super::Graph;
use super::branch::Grown;
use crate::error::Result;
use crate::executor::Executor;
use crate::future::BoxFuture;
use crate::schema::TableRef;
use crate::tree::Expr;
use crate::typed::fetch::fetch_all;
use crate::typed::insert_many::statements;
use crate::typed::{Model, Row};

/// The branches of one relation, with the positions of their owners.
struct Group<M: Model> {
    branches: Vec<Box<dyn Grown<M>>>,
    positions: Vec<usize>,
}

/// Inserts graphs of one model, and gives their rows in order.
pub(super) fn insert<'a, M: Model>(
    db: &'a dyn Executor,
    graphs: Vec<Graph<M>>,
) -> BoxFuture<'a, Result<Vec<M>>> {
    Box::pin(async move {
        if graphs.is_empty() {
            return Ok(Vec::new());
        }
        let mut groups: Vec<Group<M>> = Vec::new();
        let mut rows = Vec::with_capacity(graphs.len());
        for (position, graph) in graphs.into_iter().enumerate() {
            rows.push(graph.row);
            graph.branches.into_iter().for_each(|branch| add(&mut groups, position, branch));
        }
        let (before, after): (Vec<_>, Vec<_>) = groups
            .into_iter()
            .partition(|group| group.branches.iter().any(|branch| branch.is_before()));
        let mut attach = Vec::with_capacity(before.len());
        for Group { branches, positions } in before {
            if let Some((first, others)) = split(branches) {
                attach.push(first.before(others, positions, &mut rows, db).await?);
            }
        }
        let statements = statements(rows, None, &[Expr::fields(TableRef(M::table()))], false)?;
        let mut rows = fetch_all(db, statements, <M as Row>::decode).await?.rows;
        attach.into_iter().for_each(|attach| attach(&mut rows));
        for Group { branches, positions } in after {
            if let Some((first, others)) = split(branches) {
                first.after(others, positions, &mut rows, db).await?;
            }
        }
        Ok(rows)
    })
}

/// Puts a branch to those of the same relation.
fn add<M: Model>(groups: &mut Vec<Group<M>>, position: usize, branch: Box<dyn Grown<M>>) {
    let same = |group: &&mut Group<M>| {
        group.branches.first().is_some_and(|first| first.relation() == branch.relation())
    };
    match groups.iter_mut().find(same) {
        Some(group) => {
            group.branches.push(branch);
            group.positions.push(position);
        }
        None => groups.push(Group { branches: vec![branch], positions: vec![position] }),
    }
}

type Others = Vec<Box<dyn std::any::Any + Send>>;

/// The first, which does the work, and the others.
fn split<M: Model>(branches: Vec<Box<dyn Grown<M>>>) -> Option<(Box<dyn Grown<M>>, Others)> {
    let mut branches = branches.into_iter();
    let first = branches.next()?;
    Some((first, branches.map(Grown::into_any).collect()))
}
