//! What a query reads from: other queries, several of them, and those with names.

use super::expr::with_fields;
use super::invalid;
use super::planner::Planner;
use super::scope::{Clause, Named, OutputColumn};
use super::select::Correlation;
use crate::error::Result;
use crate::tree::{
    Common, CommonQuery, Compound, Expr, Insert, Join, JoinKind, Name, NamedJoin, Select,
    SetOperator, Source,
};
use crate::value::Type;

/// A planned source; its columns, unless it is a table.
pub(super) type Planned = (Source, Option<Vec<OutputColumn>>);

impl Planner {
    pub(super) fn source(&mut self, source: &Source) -> Result<Planned> {
        Ok(match source {
            Source::Table(table) => (Source::Table(*table), None),
            Source::Query(query) => self.subquery(query, Vec::new())?,
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

    /// A query that another one reads from.
    pub(super) fn subquery(&mut self, query: &Select, correlation: Correlation) -> Result<Planned> {
        let planned = self.select(query, correlation)?;
        let columns = outputs(query, &planned);
        Ok((Source::Query(Box::new(planned)), Some(columns)))
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
            combine(&mut columns, &planned, &compound.first, *operator != SetOperator::UnionAll)?;
            rest.push((*operator, planned));
        }
        Ok((Source::Compound(Box::new(Compound { first, rest })), Some(columns)))
    }

    /// Plans the queries with names; they are known until the caller forgets them.
    pub(super) fn commons(&mut self, commons: &[Common]) -> Result<Vec<Common>> {
        let mut planned: Vec<Common> = Vec::with_capacity(commons.len());
        for common in commons {
            if planned.iter().any(|known| known.name == common.name) {
                return Err(invalid(format!(
                    "two common table expressions of one query have the name `{}`; give them names \
                     of their own",
                    common.name
                )));
            }
            self.check_place(common)?;
            self.common_names.push(common.name.clone());
            let (query, columns) = self.common(common)?;
            self.commons.push((common.name.clone(), columns));
            planned.push(Common { query, ..common.clone() });
        }
        Ok(planned)
    }

    /// What writes is run once, whatever is read of it, so it has no place within a query.
    fn check_place(&self, common: &Common) -> Result<()> {
        if !common.writes() || (self.is_query && self.queries == 1) {
            return Ok(());
        }
        Err(invalid(format!(
            "`{}` writes, and stands in a query within the statement; add it by `with` to the \
             outermost query, and read it from there",
            common.name
        )))
    }

    /// Errs where a common table expression hides a table that the statement reads.
    pub(super) fn check_names(&self) -> Result<()> {
        for name in &self.common_names {
            if name.is_empty() || name.len() > LONGEST_NAME || name.contains('\0') {
                return Err(invalid(format!(
                    "`{name}` cannot be the name of a common table expression; it has from 1 to \
                     {LONGEST_NAME} bytes"
                )));
            }
            let hidden =
                self.tables.iter().find(|table| table.name.eq_ignore_ascii_case(name.as_ref()));
            if let Some(table) = hidden {
                return Err(invalid(format!(
                    "a common table expression has the name `{name}`, which is that of the table of \
                     {}; give it another one",
                    table.model
                )));
            }
        }
        Ok(())
    }

    fn common(&mut self, common: &Common) -> Result<(CommonQuery, Vec<OutputColumn>)> {
        Ok(match &common.query {
            CommonQuery::Select(select) => {
                let planned = self.select(select, Vec::new())?;
                let columns = outputs(select, &planned);
                (CommonQuery::Select(Box::new(planned)), columns)
            }
            CommonQuery::Recursive { base, step, all } => {
                return self.recursive(&common.name, base, step, *all);
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

    fn recursive(
        &mut self,
        name: &Name,
        base: &Select,
        step: &Select,
        all: bool,
    ) -> Result<(CommonQuery, Vec<OutputColumn>)> {
        check_step(name, step)?;
        let spelled = base;
        let mut base = self.select(base, Vec::new())?;
        let mut columns = outputs(spelled, &base);
        columns.iter_mut().for_each(|column| column.nullable = true);
        self.commons.push((name.clone(), columns.clone()));
        let planned = self.select(step, Vec::new());
        self.commons.pop();
        let mut step = planned?;
        combine(&mut columns, &step, spelled, !all)?;
        for (first, next) in base.columns.iter_mut().zip(&mut step.columns) {
            same_precision(first, next);
        }
        let (base, step) = (Box::new(base), Box::new(step));
        Ok((CommonQuery::Recursive { base, step, all }, columns))
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
        self.tables.extend(table);
        let Some(scope) = self.scopes.last_mut() else {
            return Err(invalid("a join needs a query"));
        };
        scope.named.push(Named { name: join.name.clone(), alias, table, outputs, nullable });
        scope.joining = Some(alias);
        let on = match &join.on {
            Some(on) => self.within(Clause::Join, |planner| planner.expr(on))?,
            None => Expr::And(Vec::new()),
        };
        let joined = Join { kind: join.kind, lateral: join.lateral, source, alias, on };
        if let Some(scope) = self.scopes.last_mut() {
            scope.joining = None;
            // Joins that were made for paths in the condition stand before it.
            scope.add_named_join(joined);
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

/// The longest name that every database keeps whole.
const LONGEST_NAME: usize = 63;

/// Adds what another query gives in the same columns; `compared` where equal rows become one.
fn combine(
    columns: &mut [OutputColumn],
    planned: &Select,
    first: &Select,
    compared: bool,
) -> Result<()> {
    if planned.columns.len() != columns.len() {
        return Err(invalid(format!(
            "queries of {} and {} columns cannot be combined; select as many from {} as from {}",
            columns.len(),
            planned.columns.len(),
            planned.table.model,
            first.table.model,
        )));
    }
    for (at, (column, other)) in columns.iter_mut().zip(&planned.columns).enumerate() {
        if let (Some(one), Some(two)) = (column.kind, other.kind())
            && one != two
        {
            return Err(invalid(format!(
                "column {} of the combined queries is {} in the first and {} in another; cast one \
                 of them",
                at + 1,
                one.name(),
                two.name()
            )));
        }
        if compared && column.kind == Some(Type::Json) {
            return Err(invalid(format!(
                "column {} of the combined queries is JSON, and documents are not compared; keep \
                 all rows by `union_all`, or select other columns",
                at + 1
            )));
        }
        column.nullable |= other.is_nullable();
    }
    Ok(())
}

/// Errs where a round of a recursive query does more than add rows.
fn check_step(name: &str, step: &Select) -> Result<()> {
    let ordered = !step.order_by.is_empty() || step.is_sliced();
    if !ordered && step.group_by.is_empty() && !step.columns.iter().any(Expr::holds_aggregate) {
        return Ok(());
    }
    Err(invalid(format!(
        "the recursive part of `{name}` is run round after round, so it has no order, slice or \
         aggregate; order and aggregate what reads `{name}`"
    )))
}

/// Texts and decimals of any length, unless both are the same field: PostgreSQL wants the columns
/// of the two parts of a recursive query to be of the very same type, length included.
fn same_precision(first: &mut Expr, next: &mut Expr) {
    let same = matches!((&*first, &*next), (Expr::Slot(one), Expr::Slot(two))
        if std::ptr::eq(one.field, two.field));
    if let Some(kind @ (Type::Text | Type::Numeric)) = first.kind()
        && !same
    {
        for side in [first, next] {
            let inner = std::mem::replace(side, Expr::And(Vec::new()));
            *side = Expr::Cast(Box::new(inner), kind);
        }
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
