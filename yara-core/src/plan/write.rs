//! Planning statements that write.

use super::column::conjunction;
use super::expr::with_fields;
use super::invalid;
use super::planner::Planner;
use super::scope::Paths;
use super::select::rows_only;
use crate::error::{Error, ErrorKind, Result};
use crate::schema::Table;
use crate::tree::{
    ColumnRef, Common, CommonQuery, Conflict, ConflictTarget, Delete, Distinct, Expr, Insert,
    InsertSource, Name, Output, Select, Source, Update, UpdateEach,
};

impl Planner {
    pub(super) fn insert(&mut self, insert: &Insert) -> Result<Insert> {
        let table = insert.table.0;
        insert.fields.iter().try_for_each(|field| check_position(table, *field))?;
        let given = match &insert.source {
            InsertSource::Row(values) => values.len(),
            InsertSource::Columns(columns) => columns.len(),
            InsertSource::Select(query) => with_fields(&query.columns).len(),
        };
        if given != insert.fields.len() {
            return Err(invalid(format!(
                "an insert into {} names {} fields and gives {given} values",
                table.model,
                insert.fields.len()
            )));
        }
        let source = match &insert.source {
            InsertSource::Row(values) => InsertSource::Row(self.exprs(values)?),
            InsertSource::Columns(columns) if columns.is_empty() => {
                return Err(invalid(format!(
                    "several rows of {} without any value have no number; insert them one by one",
                    table.model
                )));
            }
            InsertSource::Columns(columns) => InsertSource::Columns(columns.clone()),
            InsertSource::Select(query) => {
                let outer = std::mem::replace(&mut self.is_query, true);
                let planned = self.select(query, Vec::new());
                self.is_query = outer;
                InsertSource::Select(Box::new(planned?))
            }
        };
        let ((conflict, returning), _) = self.with_written(table, Paths::Subquery, |planner| {
            let conflict =
                insert.conflict.as_ref().map(|conflict| planner.conflict(table, conflict));
            Ok((conflict.transpose()?, planner.exprs(&insert.returning)?))
        })?;
        let (fields, told) = (insert.fields.clone(), insert.told.clone());
        let (table, load, tag) = (insert.table, insert.load, insert.tag.clone());
        Ok(Insert { table, fields, source, conflict, returning, told, load, tag })
    }

    fn conflict(&mut self, table: &'static Table, conflict: &Conflict) -> Result<Conflict> {
        Ok(match conflict {
            Conflict::Ignore { target } => {
                let target =
                    target.as_ref().map(|target| self.target(table, target)).transpose()?;
                Conflict::Ignore { target }
            }
            Conflict::Update { target, set, filter } => Conflict::Update {
                target: self.target(table, target)?,
                set: self.assignments(table, set)?,
                filter: self.exprs(filter)?,
            },
        })
    }

    fn target(&mut self, table: &'static Table, target: &ConflictTarget) -> Result<ConflictTarget> {
        let fields = match target {
            ConflictTarget::Constraint(name) => {
                return Ok(ConflictTarget::Constraint(name.clone()));
            }
            ConflictTarget::Fields(fields) | ConflictTarget::Partial(fields, ..) => fields.clone(),
        };
        fields.iter().try_for_each(|field| check_position(table, *field))?;
        if fields.is_empty() {
            return Err(invalid(format!(
                "an upsert of {} must say which fields tell that a row is there: those of its \
                 primary key or of a unique constraint",
                table.model
            )));
        }
        Ok(match target {
            ConflictTarget::Partial(_, condition, values) => {
                ConflictTarget::Partial(fields, self.expr(condition)?, values.clone())
            }
            _ => ConflictTarget::Fields(fields),
        })
    }

    pub(super) fn update(&mut self, update: &Update) -> Result<Update> {
        let table = update.rows.table.0;
        let read = self.read_of_joins(update)?;
        if !read.is_empty() {
            return self.update_from(update, read);
        }
        let rows = self.written_rows(&update.rows, "update")?;
        let ((set, returning), _) = self.with_written(table, Paths::Subquery, |planner| {
            Ok((planner.assignments(table, &update.set)?, planner.exprs(&update.returning)?))
        })?;
        Ok(Update { rows, set, returning })
    }

    pub(super) fn update_each(&mut self, update: &UpdateEach) -> Result<UpdateEach> {
        let table = update.table.0;
        let lists = update.key.iter().chain(&update.each);
        lists.clone().try_for_each(|(field, _)| check_position(table, *field))?;
        if update.key.is_empty() || update.each.is_empty() {
            return Err(invalid(format!("an update of {} sets nothing", table.model)));
        }
        let ((set, returning), _) = self.with_written(table, Paths::Subquery, |planner| {
            let set = match update.set.is_empty() {
                true => Vec::new(),
                false => planner.assignments(table, &update.set)?,
            };
            Ok((set, planner.exprs(&update.returning)?))
        })?;
        Ok(UpdateEach { set, returning, ..update.clone() })
    }

    pub(super) fn delete(&mut self, delete: &Delete) -> Result<Delete> {
        let table = delete.rows.table.0;
        let rows = self.written_rows(&delete.rows, "delete")?;
        let (returning, _) =
            self.with_written(table, Paths::Subquery, |planner| planner.exprs(&delete.returning))?;
        Ok(Delete { rows, returning })
    }

    /// The new values of fields. A path in them becomes a subquery.
    pub(super) fn assignments(
        &mut self,
        table: &'static Table,
        set: &[(usize, Expr)],
    ) -> Result<Vec<(usize, Expr)>> {
        if set.is_empty() {
            return Err(invalid(format!("an update of {} sets nothing", table.model)));
        }
        let mut planned = Vec::with_capacity(set.len());
        for (at, (field, value)) in set.iter().enumerate() {
            check_position(table, *field)?;
            if set[..at].iter().any(|(other, _)| other == field) {
                return Err(invalid(format!(
                    "an update of {} sets `{}` twice",
                    table.model, table.fields[*field].name
                )));
            }
            planned.push((*field, self.expr(value)?));
        }
        Ok(planned)
    }

    /// Exactly the rows that the query selects, as a condition on the table that is written: the
    /// query's own one where it needs no other table, else that the key is among those it gives.
    fn written_rows(&mut self, rows: &Select, doing: &str) -> Result<Select> {
        let table = rows.table.0;
        check_rows(rows, doing)?;
        let mut planned = Select::new(table);
        planned.tag = rows.tag.clone();
        let own = rows.from.is_none() && rows.named.is_empty() && rows.name.is_none();
        let windows = rows.filter.iter().any(Expr::holds_window);
        let chosen = rows.lock.is_some() || matches!(rows.distinct, Distinct::On(_));
        if own && rows.with.is_empty() && !rows.is_sliced() && !windows && !chosen {
            let ((filter, ()), scope) = self.with_written(table, Paths::Join, |planner| {
                Ok((planner.row_filter(&rows.filter)?, ()))
            })?;
            if scope.joins.is_empty() {
                planned.filter = filter;
                return Ok(planned);
            }
        }
        let mut inner = rows_only(rows.clone());
        if rows.named.is_empty() && inner.distinct == Distinct::Rows {
            // Joins to one row never repeat a row.
            inner.distinct = Distinct::No;
        }
        inner.columns = keys_of(table).collect();
        if inner.lock.is_some() {
            inner = read_once(inner);
        }
        let inner = self.select(&inner, Vec::new())?;
        let (key, _) = self.with_written(table, Paths::Join, |planner| {
            let key = keys_of(table).map(|key| planner.expr(&key)).collect::<Result<Vec<_>>>()?;
            Ok(if key.len() == 1 { conjunction(key.into_iter()) } else { Expr::Tuple(key) })
        })?;
        planned.filter = vec![Expr::InSelect(Box::new(key), Box::new(inner))];
        Ok(planned)
    }
}

/// The columns of the primary key.
pub(super) fn keys_of(table: &'static Table) -> impl Iterator<Item = Expr> {
    table.key_fields().map(move |key| Expr::Column(ColumnRef::own(table, key.name)))
}

/// Errs where what a query gives are no rows that could be written.
pub(super) fn check_rows(rows: &Select, doing: &str) -> Result<()> {
    let model = rows.table.model;
    if rows.via.is_some() || !rows.group_by.is_empty() {
        return Err(invalid(format!(
            "{doing} works on rows of {model}, and this query gives groups of them or rows of \
             another query",
        )));
    }
    if !rows.having.is_empty() {
        return Err(invalid(format!("{doing} of {model} has no groups for `having`")));
    }
    Ok(())
}

/// A query that is read through a name, and so once: read again, a lock that passes over locked
/// rows would take other ones.
fn read_once(mut inner: Select) -> Select {
    let name: Name = "locked".into();
    let mut outer = Select::new(inner.table.0);
    outer.with = std::mem::take(&mut inner.with);
    outer.columns = (0..inner.columns.len()).map(|at| Expr::Output(Output::new(at))).collect();
    outer.with.push(Common {
        name: name.clone(),
        query: CommonQuery::Select(Box::new(inner)),
        materialized: Some(true),
    });
    outer.from = Some(Source::Common(name));
    outer
}

fn check_position(table: &Table, field: usize) -> Result<()> {
    if field < table.fields.len() {
        return Ok(());
    }
    Err(Error::new(
        ErrorKind::Internal,
        format!("{} has {} fields, and none at {field}", table.model, table.fields.len()),
    ))
}
