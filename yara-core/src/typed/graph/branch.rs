//! The rows that a graph holds of one relation.

use super::{Graph, level};
use crate::error::{Error, ErrorKind, Result};
use crate::executor::Executor;
use crate::future::BoxFuture;
use crate::schema::{RelationKind, Shape, TableRef};
use crate::tree::{Conflict, Expr, Insert, InsertSource, Statement};
use crate::typed::fetch::{Fetched, fetch};
use crate::typed::insert_many::list;
use crate::typed::{
    Insertable, IntoNewRow, ManyRelation, Model, NewRow, OneRelation, Relation, Root, ToMany, ToOne,
};
use crate::value::Value;
use std::any::Any;
use std::sync::Arc;

/// A relation of `M`, and rows that can be inserted with it: [`Graph::with`].
#[diagnostic::on_unimplemented(
    message = "`{Rows}` cannot be inserted as the related rows of this relation of `{M}`",
    note = "give a list of builders or graphs of the related model, and of a relation to a single row, one of them"
)]
pub trait Branch<M: Model, Rows> {
    /// The rows as a part of a graph.
    #[doc(hidden)]
    fn branch(self, rows: Rows) -> Box<dyn Grown<M>>;
}

/// A builder of a row whose required fields are set, or a [`Graph`].
#[diagnostic::on_unimplemented(
    message = "`{Self}` is neither a builder nor a graph of `{M}`",
    note = "give builders made by `create()` with every required field set, or what `.with(…)` gives"
)]
pub trait IntoGraph<M: Model> {
    /// The row, and what is related to it.
    fn into_graph(self) -> Graph<M>;
}

#[diagnostic::do_not_recommend]
impl<M: Model> IntoGraph<M> for Graph<M> {
    fn into_graph(self) -> Graph<M> {
        self
    }
}

#[diagnostic::do_not_recommend]
impl<B: Insertable + IntoNewRow<B::Model>> IntoGraph<B::Model> for B {
    fn into_graph(self) -> Graph<B::Model> {
        Graph::new(self.into_new_row())
    }
}

#[diagnostic::do_not_recommend]
impl<M, R, I> Branch<M, I> for ToMany<Root<M>, R>
where
    M: Model,
    R: ManyRelation<Owner = M>,
    I: IntoIterator<Item: IntoGraph<R::Target>>,
{
    fn branch(self, rows: I) -> Box<dyn Grown<M>> {
        let rows = rows.into_iter().map(IntoGraph::into_graph).collect();
        let attach = |owner: &mut M, rows| R::attach(owner, rows);
        Box::new(Related::<R> { rows, linked: Vec::new(), attach })
    }
}

#[diagnostic::do_not_recommend]
impl<M, R, G> Branch<M, G> for ToOne<Root<M>, R>
where
    M: Model,
    R: OneRelation<Owner = M>,
    G: IntoGraph<R::Target>,
{
    fn branch(self, row: G) -> Box<dyn Grown<M>> {
        let attach = |owner: &mut M, rows: Vec<R::Target>| {
            R::attach(owner, rows.into_iter().next().map(Arc::new));
        };
        Box::new(Related::<R> { rows: vec![row.into_graph()], linked: Vec::new(), attach })
    }
}

/// The rows of one relation of one owner, or once they are gathered, of several.
pub(super) struct Related<R: Relation> {
    rows: Vec<Graph<R::Target>>,
    /// Rows that are there already.
    linked: Vec<R::Target>,
    attach: fn(&mut R::Owner, Vec<R::Target>),
}

impl<R: ManyRelation> Related<R> {
    pub(super) fn linked(linked: Vec<R::Target>) -> Related<R> {
        let attach = |owner: &mut R::Owner, rows| R::attach(owner, rows);
        Related { rows: Vec::new(), linked, attach }
    }
}

/// [`Related`] of whatever relation of `M`.
#[doc(hidden)]
pub trait Grown<M: Model>: Send {
    /// The relation.
    fn relation(&self) -> &'static str;

    /// Whether `M` has the foreign key, so that the related row must be there first.
    fn is_before(&self) -> bool;

    /// Refuses what cannot be inserted.
    fn check(&mut self) -> Result<()>;

    /// Inserts the related rows of the owners at these positions, and fills their keys in. The
    /// others are of the same relation. What comes back attaches the rows once the owners are there.
    fn before<'a>(
        self: Box<Self>,
        others: Vec<Box<dyn Any + Send>>,
        positions: Vec<usize>,
        owners: &'a mut [NewRow<M>],
        db: &'a dyn Executor,
    ) -> BoxFuture<'a, Result<Attach<M>>>;

    /// Inserts the related rows of the owners at these positions, and attaches them.
    fn after<'a>(
        self: Box<Self>,
        others: Vec<Box<dyn Any + Send>>,
        positions: Vec<usize>,
        owners: &'a mut [M],
        db: &'a dyn Executor,
    ) -> BoxFuture<'a, Result<()>>;

    /// For gathering those of one relation.
    fn into_any(self: Box<Self>) -> Box<dyn Any + Send>;
}

/// Attaches related rows to their owners.
pub(super) type Attach<M> = Box<dyn FnOnce(&mut [M]) + Send>;

impl<R: Relation> Grown<R::Owner> for Related<R> {
    fn relation(&self) -> &'static str {
        R::NAME
    }

    fn is_before(&self) -> bool {
        let relation = R::Owner::table().relation(R::NAME);
        relation.is_ok_and(crate::schema::Relation::is_owning)
    }

    fn check(&mut self) -> Result<()> {
        let owner = R::Owner::table();
        let relation = owner.relation(R::NAME)?;
        let (mut parent, mut filled) = (None, Vec::new());
        match (&relation.kind, relation.shape(owner)?) {
            (RelationKind::Reverse { inverse, .. }, Shape::Direct(pairs)) => {
                parent = Some(*inverse);
                filled = pairs.into_iter().map(|(_, far)| far).collect();
            }
            (_, Shape::Through { table, .. }) if !table.implicit => {
                return Err(Error::new(
                    ErrorKind::InvalidQuery,
                    format!(
                        "{}.{} goes through {}, a model with fields of its own; insert its rows \
                         themselves",
                        owner.model,
                        R::NAME,
                        table.model
                    ),
                ));
            }
            _ => {}
        }
        for (at, graph) in self.rows.iter_mut().enumerate() {
            let context =
                |error: Error| error.context(format!("{} {at} of {}", R::NAME, owner.model));
            if let Some((field, _)) = graph.row.values.iter().find(|(at, _)| filled.contains(at)) {
                return Err(context(set_already::<R>(*field)));
            }
            graph.check(parent).map_err(context)?;
        }
        Ok(())
    }

    fn before<'a>(
        self: Box<Self>,
        others: Vec<Box<dyn Any + Send>>,
        positions: Vec<usize>,
        owners: &'a mut [NewRow<R::Owner>],
        db: &'a dyn Executor,
    ) -> BoxFuture<'a, Result<Attach<R::Owner>>> {
        Box::pin(async move {
            let owner = R::Owner::table();
            let Shape::Direct(pairs) = owner.relation(R::NAME)?.shape(owner)? else {
                return Err(mixed());
            };
            let attach = self.attach;
            let graphs = gathered(*self, others)?.into_iter().flat_map(|each| each.rows);
            let rows = level::insert(db, graphs.collect()).await?;
            for (position, row) in positions.iter().zip(&rows) {
                let values = values_of(row)?;
                for (near, far) in &pairs {
                    owners[*position].fill(R::NAME, *near, values[*far].clone());
                }
            }
            let attach: Attach<R::Owner> = Box::new(move |owners| {
                for (position, row) in positions.into_iter().zip(rows) {
                    attach(&mut owners[position], vec![row]);
                }
            });
            Ok(attach)
        })
    }

    fn after<'a>(
        self: Box<Self>,
        others: Vec<Box<dyn Any + Send>>,
        positions: Vec<usize>,
        owners: &'a mut [R::Owner],
        db: &'a dyn Executor,
    ) -> BoxFuture<'a, Result<()>> {
        Box::pin(async move {
            let attach = self.attach;
            let owner = R::Owner::table();
            let relation = owner.relation(R::NAME)?;
            let keys = owners.iter().map(values_of).collect::<Result<Vec<_>>>()?;
            let each = gathered(*self, others)?;
            // How many new rows each owner has, to tell the rows of a level apart again.
            let counts: Vec<usize> = each.iter().map(|each| each.rows.len()).collect();
            let (mut graphs, mut linked) = (Vec::new(), Vec::new());
            for each in each {
                graphs.extend(each.rows);
                linked.push(each.linked);
            }
            let shape = relation.shape(owner)?;
            if let (Shape::Direct(pairs), RelationKind::Reverse { inverse, .. }) =
                (&shape, &relation.kind)
            {
                let owners = positions.iter().zip(&counts);
                let owners = owners.flat_map(|(at, count)| std::iter::repeat_n(*at, *count));
                for (graph, at) in graphs.iter_mut().zip(owners) {
                    for (near, far) in pairs {
                        graph.row.fill(inverse, *far, keys[at][*near].clone());
                    }
                }
            }
            let mut rows = level::insert(db, graphs).await?.into_iter();
            let each: Vec<Vec<R::Target>> = counts
                .into_iter()
                .zip(linked)
                .map(|(count, linked)| rows.by_ref().take(count).chain(linked).collect())
                .collect();
            if let Shape::Through { table, near, far } = shape {
                let owner_keys = positions.iter().map(|at| &keys[*at]);
                let pairs: Vec<(&Vec<Value>, &R::Target)> = owner_keys
                    .zip(&each)
                    .flat_map(|(key, rows)| rows.iter().map(move |row| (key, row)))
                    .collect();
                relate(db, table, &near, &far, &pairs).await?;
            }
            // Rows that are inserted and rows that are linked may have come apart.
            let mut whole: Vec<(usize, Vec<R::Target>)> = Vec::new();
            for (position, rows) in positions.into_iter().zip(each) {
                match whole.iter_mut().find(|(known, _)| *known == position) {
                    Some((_, known)) => known.extend(rows),
                    None => whole.push((position, rows)),
                }
            }
            for (position, rows) in whole {
                attach(&mut owners[position], rows);
            }
            Ok(())
        })
    }

    fn into_any(self: Box<Self>) -> Box<dyn Any + Send> {
        self
    }
}

/// All of one relation.
fn gathered<R: Relation>(
    first: Related<R>,
    others: Vec<Box<dyn Any + Send>>,
) -> Result<Vec<Related<R>>> {
    let others = others.into_iter().map(|other| other.downcast::<Related<R>>());
    let mut all = vec![first];
    for other in others {
        all.push(*other.map_err(|_| mixed())?);
    }
    Ok(all)
}

/// Inserts the rows of a table between: pairs of an owner's values and a related row.
async fn relate<T: Model>(
    db: &dyn Executor,
    table: &'static crate::schema::Table,
    near: &[(usize, usize)],
    far: &[(usize, usize)],
    pairs: &[(&Vec<Value>, &T)],
) -> Result<()> {
    if pairs.is_empty() {
        return Ok(());
    }
    let targets = pairs.iter().map(|(_, row)| values_of(*row)).collect::<Result<Vec<_>>>()?;
    let of_owner = near.iter().map(|(there, here)| {
        (*here, pairs.iter().map(|(owner, _)| owner[*there].clone()).collect())
    });
    let of_target = far.iter().map(|(here, there)| {
        (*here, targets.iter().map(|target| target[*there].clone()).collect())
    });
    let columns = of_owner.chain(of_target).map(|(field, values): (usize, Vec<Value>)| {
        (field, list(table.fields[field].kind, values))
    });
    let (fields, lists) = columns.unzip();
    let insert = Insert::new(table, fields, InsertSource::Columns(lists));
    let conflict = Some(Conflict::Ignore { target: None });
    let statement = Statement::Insert(Insert { conflict, ..insert });
    let _: Fetched<()> = fetch(db, statement, |_| Ok(())).await?;
    Ok(())
}

/// The values of all fields.
fn values_of<M: Model>(row: &M) -> Result<Vec<Value>> {
    let mut values = Vec::with_capacity(M::table().fields.len());
    row.encode(&mut values).map_err(|error| {
        let message = format!("{}.{}: {}", M::table().model, error.field, error.reason);
        Error::new(ErrorKind::InvalidValue, message)
    })?;
    Ok(values)
}

impl<M: Model> NewRow<M> {
    /// Fills in a column of a foreign key.
    fn fill(&mut self, relation: &str, field: usize, value: Value) {
        self.parents.retain(|parent| *parent != relation);
        self.values.retain(|(at, _)| *at != field);
        self.values.push((field, Expr::literal(value)));
    }
}

fn set_already<R: Relation>(field: usize) -> Error {
    let target = TableRef(R::Target::table());
    Error::new(
        ErrorKind::InvalidQuery,
        format!(
            "{}.{} is set, and a row that is inserted with another one refers to that; set it to \
             `parent()`",
            target.model, target.fields[field].name
        ),
    )
}

fn mixed() -> Error {
    Error::new(ErrorKind::Internal, "the rows of two relations were mixed up")
}
