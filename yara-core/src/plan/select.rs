//! Planning a query.

use super::planner::Planner;
use super::related::aggregate;
use super::scope::{Clause, Paths, Scope};
use crate::error::Result;
use crate::tree::{AggregateFunction, BinaryOperator, ColumnRef, Distinct, Expr, Select, Source};

/// A column of the subquery, by name, and what it equals in the query around.
pub(super) type Correlation = Vec<(&'static str, Expr)>;

impl Planner {
    /// Plans a query, one that is about the rows which match its surroundings where `correlation`
    /// says so.
    pub(super) fn select(&mut self, select: &Select, correlation: Correlation) -> Result<Select> {
        let known = self.commons.len();
        let planned = self.select_with(select, correlation);
        self.commons.truncate(known);
        planned
    }

    fn select_with(&mut self, select: &Select, correlation: Correlation) -> Result<Select> {
        let with = self.commons(&select.with)?;
        let from = select.from.as_ref().map(|from| self.source(from)).transpose()?;
        let (from, outputs) = from.unzip();
        let mut scope = Scope::new(select.table.0, self.new_alias(), Paths::Join);
        scope.via = select.via;
        scope.outputs = outputs.flatten();
        let (mut planned, scope) = self.with_scope(scope, |planner| {
            planner.join_via()?;
            planner.named_joins(&select.named)?;
            let mut planned = Select::new(select.table.0);
            planned.via = select.via;
            planned.group_by = planner.groups(&select.group_by)?;
            planned.columns = planner.exprs(&select.columns)?;
            if select.distinct != Distinct::No {
                planner.settle(&select.columns, &planned.columns);
            }
            planned.filter = planner.filter(&select.filter, correlation)?;
            planned.having = planner.exprs(&select.having)?;
            planned.order_by = planner.orders(&select.order_by)?;
            planned.distinct = planner.distinct(&select.distinct)?;
            planner.check_grouped(&planned)?;
            planner.settle_distinct(&mut planned)?;
            Ok(planned)
        })?;
        planned.alias = Some(scope.alias);
        planned.joins = scope.joins.into_iter().map(|joined| joined.join).collect();
        planned.with = with;
        planned.from = from;
        planned.lock = select.lock.clone();
        planned.tag = select.tag.clone();
        planned.limit = select.limit.clone();
        planned.offset = select.offset.clone();
        if scope.aggregates && planned.group_by.is_empty() {
            // One row has no order.
            planned.order_by.clear();
        }
        Ok(planned)
    }

    fn groups(&mut self, groups: &[Expr]) -> Result<Vec<Expr>> {
        let planned = self.exprs(groups)?;
        self.settle(groups, &planned);
        if let Some(scope) = self.scopes.last_mut() {
            scope.groups =
                planned.iter().filter(|group| !group.literals().is_empty()).cloned().collect();
        }
        Ok(planned)
    }

    fn filter(&mut self, filter: &[Expr], correlation: Correlation) -> Result<Vec<Expr>> {
        let Some(scope) = self.scopes.last_mut() else { return Ok(Vec::new()) };
        scope.clause = Clause::Filter;
        let root = scope.root();
        let mut planned = Vec::with_capacity(filter.len() + correlation.len());
        for (name, outer) in correlation {
            let own = self.column(&ColumnRef::own(root, name))?;
            planned.push(own.binary(BinaryOperator::Equal, outer));
        }
        for condition in filter {
            match self.expr(condition)? {
                Expr::And(items) => planned.extend(items),
                condition => planned.push(condition),
            }
        }
        if let Some(scope) = self.scopes.last_mut() {
            scope.clause = Clause::Other;
        }
        Ok(planned)
    }
}

/// `select` without what does not change which rows there are.
pub(super) fn rows_only(mut select: Select) -> Select {
    if !select.is_sliced() {
        select.order_by.clear();
    }
    select
}

/// `select count(*) from (select)`
pub(super) fn count_of(inner: Select) -> Select {
    let mut outer = Select::new(inner.table.0);
    outer.from = Some(Source::Query(Box::new(inner)));
    outer.columns.push(aggregate(AggregateFunction::Count, None));
    outer
}

/// Whether each row of the query is a row of its table, once at most.
pub(super) fn is_plain(select: &Select) -> bool {
    select.from.is_none()
        && select.named.is_empty()
        && select.via.is_none()
        && select.group_by.is_empty()
        && select.having.is_empty()
        && select.distinct == Distinct::No
        && !select.columns.iter().any(holds_aggregate)
}

/// Whether there is an aggregate over the rows of the expression's own query.
pub fn holds_aggregate(expr: &Expr) -> bool {
    let mut found = matches!(expr, Expr::Aggregate(_));
    crate::tree::for_each_operand(expr, &mut |operand| found |= holds_aggregate(operand));
    found
}
