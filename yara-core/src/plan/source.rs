//! What a query reads from: other queries, several of them, and those with names.

use super::expr::with_fields;
use super::invalid;
use super::planner::Planner;
use super::scope::{Named, OutputColumn};
use crate::error::Result;
use crate::tree::{
    Common, CommonQuery, Compound, Expr, Insert, Join, JoinKind, Name, NamedJoin, Select, Source,
};

/// A planned source; its columns, unless it is a table.
type Planned = (Source, Option<Vec<OutputColumn>>);

impl Planner {
    pub(super) fn source(&mut self, source: &Source) -> Result<Planned> {
        Ok(match source {
            Source::Table(table) => (Source::Table(*table), None),
            Source::Query(query) => {
                let planned = self.select(query, Vec::new())?;
                let columns = outputs(query, &planned);
                (Source::Query(Box::new(planned)), Some(columns))
            }
            Source::Compound(compound) => self.compound(compound)?,
            Source::Common(name) => {
                let known = self.commons.iter().rev().find(|(known, _)| known == name);
                let Some((_, columns)) = known else {
                    return Err(self.unknown_common(name));
                };
                (Source::Common(name.clone()), Some(columns.clone()))
            }
        })
    }

    fn unknown_common(&self, name: &str) -> crate::error::Error {
        let known: Vec<&str> = self.commons.iter().map(|(known, _)| &**known).collect();
        invalid(format!(
            "there is no common table expression `{name}` here{}",
            match known.is_empty() {
                true => "; add it to the query by `with`".to_owned(),
                false => format!("; there is `{}`", known.join("`, `")),
            }
        ))
    }

    fn compound(&mut self, compound: &Compound) -> Result<Planned> {
        let first = self.select(&compound.first, Vec::new())?;
        let mut columns = outputs(&compound.first, &first);
        let mut rest = Vec::with_capacity(compound.rest.len());
        for (operator, query) in &compound.rest {
            let planned = self.select(query, Vec::new())?;
            if planned.columns.len() != columns.len() {
                return Err(invalid(format!(
                    "queries of {} and {} columns cannot be combined; select as many from {} as \
                     from {}",
                    columns.len(),
                    planned.columns.len(),
                    query.table.model,
                    compound.first.table.model,
                )));
            }
            for (at, (column, other)) in columns.iter_mut().zip(&planned.columns).enumerate() {
                if let (Some(one), Some(two)) = (column.kind, other.kind())
                    && one != two
                {
                    return Err(invalid(format!(
                        "column {} of the combined queries is {} in the first and {} in another; \
                         cast one of them",
                        at + 1,
                        one.name(),
                        two.name()
                    )));
                }
                column.nullable |= other.is_nullable();
            }
            rest.push((*operator, planned));
        }
        Ok((Source::Compound(Box::new(Compound { first, rest })), Some(columns)))
    }

    /// Plans the queries with names; they are known until the caller forgets them.
    pub(super) fn commons(&mut self, commons: &[Common]) -> Result<Vec<Common>> {
        commons
            .iter()
            .map(|common| {
                let (query, columns) = self.common(common)?;
                self.commons.push((common.name.clone(), columns));
                Ok(Common { query, ..common.clone() })
            })
            .collect()
    }

    fn common(&mut self, common: &Common) -> Result<(CommonQuery, Vec<OutputColumn>)> {
        Ok(match &common.query {
            CommonQuery::Select(select) => {
                let planned = self.select(select, Vec::new())?;
                let columns = outputs(select, &planned);
                (CommonQuery::Select(Box::new(planned)), columns)
            }
            CommonQuery::Recursive { base, step, all } => {
                let planned = self.select(base, Vec::new())?;
                let columns: Vec<OutputColumn> = outputs(base, &planned)
                    .into_iter()
                    .map(|column| OutputColumn { nullable: true, ..column })
                    .collect();
                self.commons.push((common.name.clone(), columns.clone()));
                let step = self.select(step, Vec::new());
                self.commons.pop();
                let (base, step) = (Box::new(planned), Box::new(step?));
                (CommonQuery::Recursive { base, step, all: *all }, columns)
            }
            CommonQuery::Insert(insert) => {
                let planned: Insert = self.insert(insert)?;
                let columns = returned(&insert.returning, &planned.returning);
                (CommonQuery::Insert(Box::new(planned)), columns)
            }
            CommonQuery::Update(update) => {
                let planned = self.update(update)?;
                let columns = returned(&update.returning, &planned.returning);
                (CommonQuery::Update(Box::new(planned)), columns)
            }
            CommonQuery::Delete(delete) => {
                let planned = self.delete(delete)?;
                let columns = returned(&delete.returning, &planned.returning);
                (CommonQuery::Delete(Box::new(planned)), columns)
            }
        })
    }

    /// Joins what the user joins, in order; a condition may name what was joined before it.
    pub(super) fn named_joins(&mut self, joins: &[NamedJoin]) -> Result<()> {
        for join in joins {
            let known = self.scopes.last().is_some_and(|scope| scope.named(&join.name).is_some());
            if known {
                return Err(invalid(format!(
                    "two joins of one query have the name `{}`; give them names of their own",
                    join.name
                )));
            }
            self.named_join(join)?;
        }
        Ok(())
    }

    fn named_join(&mut self, join: &NamedJoin) -> Result<()> {
        let (source, outputs) = match join.lateral {
            true => self.source(&join.source)?,
            false => self.apart(|planner| planner.source(&join.source))?,
        };
        let alias = self.new_alias();
        let nullable = join.kind == JoinKind::Left;
        let table = match &source {
            Source::Table(table) => Some(table.0),
            _ => None,
        };
        let Some(scope) = self.scopes.last_mut() else {
            return Err(invalid("a join needs a query"));
        };
        scope.named.push(Named { name: join.name.clone(), alias, table, outputs, nullable });
        let before = scope.joins.len();
        let on = match &join.on {
            Some(on) => self.expr(on)?,
            None => Expr::And(Vec::new()),
        };
        let joined = Join { kind: join.kind, lateral: join.lateral, source, alias, on };
        if let Some(scope) = self.scopes.last_mut() {
            scope.add_named_join(before, joined);
        }
        Ok(())
    }

    /// Plans `work` as if the innermost query were not around it: a subquery that is not lateral
    /// sees nothing of the query that joins it.
    fn apart<T>(&mut self, work: impl FnOnce(&mut Planner) -> Result<T>) -> Result<T> {
        let own = self.scopes.pop();
        let result = work(self);
        self.scopes.extend(own);
        result
    }
}

/// The columns of a query, as it spells them and as they were planned.
pub(super) fn outputs(query: &Select, planned: &Select) -> Vec<OutputColumn> {
    returned(&query.columns, &planned.columns)
}

fn returned(spelled: &[Expr], planned: &[Expr]) -> Vec<OutputColumn> {
    with_fields(spelled)
        .into_iter()
        .zip(planned)
        .map(|(expr, planned)| OutputColumn {
            expr,
            kind: planned.kind(),
            nullable: planned.is_nullable(),
        })
        .collect()
}

/// The names of common table expressions and their columns, the innermost last.
pub(super) type Commons = Vec<(Name, Vec<OutputColumn>)>;
