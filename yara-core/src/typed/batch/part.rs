//! What can be a part of a batch.

use super::{Batched, Part};
use crate::error::{Error, ErrorKind, Result};
use crate::plan;
use crate::schema::TableRef;
use crate::tree::{Expr, Statement};
use crate::typed::create::only as inserted;
use crate::typed::fetch::{Collect, Fetched, collected};
use crate::typed::query::{at_most_one, load_all, none};
use crate::typed::{
    Delete, InsertMany, Insertable, IntoNewRow, Many, Model, One, Query, RawQuery, Returning,
    ReturningOne, Update, Upsert, Upserted,
};

/// A query of a batch that gives something else than all its rows.
pub struct Asked<T>(Result<Part<T>>);

impl<T> std::fmt::Debug for Asked<T> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Asked").field(&self.0).finish()
    }
}

impl<T> Asked<T> {
    pub(in crate::typed) fn new(part: Result<Part<T>>) -> Asked<T> {
        Asked(part)
    }
}

impl<T: Send + 'static> Batched for Asked<T> {
    type Output = T;

    fn into_part(self) -> Result<Part<T>> {
        self.0
    }
}

impl<M: Model, Row: Send + 'static> Query<M, Row> {
    /// [`count`](Query::count), as a part of a batch.
    pub fn into_count(self) -> Asked<u64> {
        let statements = vec![plan::count(&self.select)];
        Asked(Ok(Part::new(statements, |row| row.read::<u64>(), only)))
    }

    /// [`exists`](Query::exists), as a part of a batch.
    pub fn into_exists(self) -> Asked<bool> {
        let statements = vec![plan::exists(&self.select)];
        Asked(Ok(Part::new(statements, |row| row.read::<bool>(), only)))
    }

    /// [`first`](Query::first), as a part of a batch.
    pub fn into_first(mut self) -> Asked<Option<Row>> {
        self.first_only();
        Asked(self.into_part().map(|part| part.then(|mut rows| Ok(rows.pop()))))
    }

    /// [`one`](Query::one), as a part of a batch.
    pub fn into_one(self) -> Asked<Row> {
        let rows = self.two_at_most().into_part();
        Asked(rows.map(|part| part.then(|rows| at_most_one::<M, Row>(rows)?.ok_or_else(none::<M>))))
    }

    /// [`optional`](Query::optional), as a part of a batch.
    pub fn into_optional(self) -> Asked<Option<Row>> {
        let rows = self.two_at_most().into_part();
        Asked(rows.map(|part| part.then(at_most_one::<M, Row>)))
    }
}

fn only<T>(fetched: Fetched<T>) -> Result<T> {
    fetched.rows.into_iter().next().ok_or_else(|| {
        Error::new(ErrorKind::Internal, "the database gave no row for a query that always has one")
    })
}

impl<M: Model, Row: Send + 'static> Batched for Query<M, Row> {
    type Output = Vec<Row>;

    fn into_part(self) -> Result<Part<Vec<Row>>> {
        let (decode, loads) = (self.decode, self.loads.clone());
        let statements = vec![Statement::Select(self.into_tree())];
        Ok(Part {
            statements,
            sink: Box::new(Collect::new(decode)),
            finish: Box::new(move |sink, db| {
                Box::pin(async move {
                    let mut rows = collected::<Row>(sink)?.rows;
                    load_all(&loads, &mut rows, db).await?;
                    Ok(rows)
                })
            }),
        })
    }
}

impl Batched for RawQuery {
    type Output = u64;

    fn into_part(self) -> Result<Part<u64>> {
        counted(vec![self.into_statement()?])
    }
}

impl<M: Model> Batched for Update<M> {
    type Output = u64;

    fn into_part(self) -> Result<Part<u64>> {
        counted(vec![self.into_statement(Vec::new())?])
    }
}

impl<M: Model> Batched for Delete<M> {
    type Output = u64;

    fn into_part(self) -> Result<Part<u64>> {
        counted(vec![self.into_statement(Vec::new())])
    }
}

impl<M: Model> Batched for InsertMany<M> {
    type Output = u64;

    fn into_part(self) -> Result<Part<u64>> {
        counted(self.into_statements(&[])?)
    }
}

fn counted(statements: Vec<Statement>) -> Result<Part<u64>> {
    Ok(Part::new::<()>(statements, |_| Ok(()), |fetched| Ok(fetched.count)))
}

impl<Row: Send + 'static> Batched for Returning<Row> {
    type Output = Vec<Row>;

    fn into_part(self) -> Result<Part<Vec<Row>>> {
        Ok(Part::new(self.statements?, self.decode, |fetched| Ok(fetched.rows)))
    }
}

impl<Row: Send + 'static> Batched for ReturningOne<Row> {
    type Output = Row;

    fn into_part(self) -> Result<Part<Row>> {
        Ok(Part::new(vec![self.statement?], self.decode, inserted))
    }
}

impl<B: Insertable + IntoNewRow<B::Model>> Batched for B {
    type Output = B::Model;

    fn into_part(self) -> Result<Part<B::Model>> {
        let fields = vec![Expr::fields(TableRef(B::Model::table()))];
        let statement = self.into_new_row().into_statement(None, fields)?;
        Ok(Part::new(vec![statement], <B::Model as crate::typed::Row>::decode, inserted))
    }
}

impl<M: Model> Batched for Upsert<M, One> {
    type Output = Upserted<M>;

    fn into_part(self) -> Result<Part<Upserted<M>>> {
        let part = self.into_each()?;
        Ok(part.then(|mut each| Ok(each.pop().unwrap_or(Upserted::Skipped))))
    }
}

impl<M: Model> Batched for Upsert<M, Many> {
    type Output = Vec<Upserted<M>>;

    fn into_part(self) -> Result<Part<Vec<Upserted<M>>>> {
        self.into_each()
    }
}
