//! Planning a query.

use super::layer::layered;
use super::planner::Planner;
use super::related::aggregate;
use super::scope::{Clause, Named, Paths, Scope};
use crate::error::Result;
use crate::tree::{AggregateFunction, BinaryOperator, ColumnRef, Distinct, Expr, Select, Source};

/// A column of the subquery, by name, and what it equals in the query around.
pub(super) type Correlation = Vec<(&'static str, Expr)>;

impl Planner {
    /// Plans a query, one that is about the rows which match its surroundings where `correlation`
    /// says so.
    pub(super) fn select(&mut self, select: &Select, correlation: Correlation) -> Result<Select> {
        let known = self.commons.len();
        self.queries += 1;
        let planned = self.select_with(select, correlation);
        self.queries -= 1;
        self.commons.truncate(known);
        planned
    }

    fn select_with(&mut self, select: &Select, correlation: Correlation) -> Result<Select> {
        if let Some(layered) = layered(select)? {
            return self.select_from(&layered, correlation, true);
        }
        self.select_from(select, correlation, false)
    }

    /// Plans a query; of one that was `layered`, the rows below are those that match.
    fn select_from(
        &mut self,
        select: &Select,
        mut correlation: Correlation,
        layered: bool,
    ) -> Result<Select> {
        let with = self.commons(&select.with)?;
        let from = match &select.from {
            Some(Source::Query(inner)) if layered => {
                Some(self.subquery(inner, std::mem::take(&mut correlation))?)
            }
            from => from.as_ref().map(|from| self.source(from)).transpose()?,
        };
        let (from, outputs) = from.unzip();
        let mut scope = Scope::new(select.table.0, self.new_alias(), Paths::Join);
        scope.via = select.via;
        scope.outputs = outputs.flatten();
        self.tables.push(scope.root());
        if let Some(name) = &select.name {
            let table = scope.outputs.is_none().then_some(select.table.0);
            let (name, alias, outputs) = (name.clone(), scope.alias, scope.outputs.clone());
            scope.named.push(Named { name, alias, table, outputs, nullable: false });
        }
        let (mut planned, scope) = self.with_scope(scope, |planner| {
            planner.join_via()?;
            planner.named_joins(&select.named)?;
            let mut planned = Select::new(select.table.0);
            planned.via = select.via;
            planned.group_by = planner.groups(&select.group_by)?;
            planned.columns = planner.exprs(&select.columns)?;
            if select.distinct == Distinct::Rows {
                planner.settle(&select.columns, &planned.columns);
            }
            planned.filter = planner.filter(&select.filter, correlation)?;
            planned.having =
                planner.within(Clause::Having, |planner| planner.exprs(&select.having))?;
            planned.distinct = planner.distinct(&select.distinct)?;
            planned.order_by = planner.orders(&select.order_by)?;
            planner.settle_groups(&mut planned, select.is_sliced())?;
            planner.settle_distinct(&mut planned)?;
            planned.lock = planner.lock(select, &planned)?;
            Ok(planned)
        })?;
        planned.alias = Some(scope.alias);
        planned.joins = scope.joins.into_iter().map(|joined| joined.join).collect();
        planned.with = with;
        planned.from = from;
        planned.tag = select.tag.clone();
        planned.limit = select.limit.clone();
        planned.offset = select.offset.clone();
        Ok(planned)
    }

    fn groups(&mut self, groups: &[Expr]) -> Result<Vec<Expr>> {
        let planned = self.within(Clause::Group, |planner| planner.exprs(groups))?;
        self.settle(groups, &planned);
        if let Some(scope) = self.scopes.last_mut() {
            scope.groups =
                planned.iter().filter(|group| !group.literals().is_empty()).cloned().collect();
        }
        Ok(planned)
    }

    fn filter(&mut self, filter: &[Expr], correlation: Correlation) -> Result<Vec<Expr>> {
        let Some(scope) = self.scopes.last() else { return Ok(Vec::new()) };
        let root = scope.root();
        let mut planned = Vec::with_capacity(filter.len() + correlation.len());
        for (name, outer) in correlation {
            let own = self.column(&ColumnRef::own(root, name))?;
            planned.push(own.binary(BinaryOperator::Equal, outer));
        }
        planned.extend(self.row_filter(filter)?);
        Ok(planned)
    }

    /// Conditions on rows; nested conjunctions become one.
    pub(super) fn row_filter(&mut self, filter: &[Expr]) -> Result<Vec<Expr>> {
        self.within(Clause::Filter, |planner| {
            let mut planned = Vec::with_capacity(filter.len());
            for condition in filter {
                match planner.expr(condition)? {
                    Expr::And(items) => planned.extend(items),
                    condition => planned.push(condition),
                }
            }
            Ok(planned)
        })
    }

    /// Plans a part of the innermost query.
    pub(super) fn within<T>(
        &mut self,
        clause: Clause,
        work: impl FnOnce(&mut Planner) -> Result<T>,
    ) -> Result<T> {
        if let Some(scope) = self.scopes.last_mut() {
            scope.clause = clause;
        }
        let result = work(self);
        if let Some(scope) = self.scopes.last_mut() {
            scope.clause = Clause::Other;
        }
        result
    }
}

/// `select` without what does not change which rows there are.
pub(super) fn rows_only(mut select: Select) -> Select {
    // Of rows that are alike in something, the order says which one is kept.
    if !select.is_sliced() && !matches!(select.distinct, Distinct::On(_)) {
        select.order_by.clear();
    }
    select
}

/// `select count(*) from (select)`
pub(super) fn count_of(inner: Select) -> Select {
    let mut outer = over(inner);
    outer.columns.push(aggregate(AggregateFunction::Count, None));
    outer
}

/// A query of no columns yet that reads the rows of another one.
pub(super) fn over(mut inner: Select) -> Select {
    let mut outer = Select::new(inner.table.0);
    // What writes may stand at the top only.
    outer.with = std::mem::take(&mut inner.with);
    outer.from = Some(Source::Query(Box::new(inner)));
    outer
}

/// Whether each row of the query is a row of its tables, and none is left out or put together.
pub(super) fn is_plain(select: &Select) -> bool {
    select.from.is_none()
        && select.via.is_none()
        && select.group_by.is_empty()
        && select.having.is_empty()
        && select.distinct == Distinct::No
        && select.lock.is_none()
        && !select.columns.iter().any(Expr::holds_aggregate)
}
