//! What is kept while a statement is planned.

use super::scope::{Paths, Scope};
use super::source::Commons;
use crate::error::{Error, Result};
use crate::schema::Table;
use crate::tree::{Alias, Expr, Name, Statement};

/// Plans one statement.
#[derive(Debug, Default)]
pub(super) struct Planner {
    /// The next free alias; aliases are unique in a statement, so that no subquery hides a table of
    /// the query around it.
    next_alias: u32,
    /// The queries that are being planned, the innermost last.
    pub(super) scopes: Vec<Scope>,
    /// See [`Planned::same`](super::Planned::same).
    pub(super) same: Vec<(usize, usize)>,
    /// The common table expressions that are known here.
    pub(super) commons: Commons,
    /// The tables that the statement reads, for [`Planner::check_names`].
    pub(super) tables: Vec<&'static Table>,
    /// The names of all common table expressions.
    pub(super) common_names: Vec<Name>,
    /// Whether the statement is a query, or inserts the rows of the one that is being planned.
    pub(super) is_query: bool,
    /// How deep in queries we are.
    pub(super) queries: usize,
    /// How deep in expressions we are.
    depth: usize,
}

/// The deepest expression. Each level is a few calls on the stack of the program, and a level of
/// the database's own tree, of which SQLite takes 1000.
const DEEPEST: usize = 100;

fn too_deep() -> Error {
    super::invalid(format!(
        "an expression is nested more than {DEEPEST} levels deep; ask in several queries, or by a \
         list: `is_in`"
    ))
}

/// Errs where parts in parts do not end, before anything walks down to them.
pub(super) fn check_depth<'e>(mut exprs: impl Iterator<Item = &'e Expr>) -> Result<()> {
    if exprs.any(|expr| expr.is_deeper_than(DEEPEST)) { Err(too_deep()) } else { Ok(()) }
}

impl Planner {
    /// Plans a statement whose literals are numbered.
    pub(super) fn statement(&mut self, statement: &Statement) -> Result<Statement> {
        self.is_query = matches!(statement, Statement::Select(_));
        let planned = match statement {
            Statement::Select(select) => Statement::Select(self.select(select, Vec::new())?),
            Statement::Insert(insert) => Statement::Insert(self.insert(insert)?),
            Statement::Update(update) => Statement::Update(self.update(update)?),
            Statement::UpdateEach(update) => Statement::UpdateEach(self.update_each(update)?),
            Statement::Delete(delete) => Statement::Delete(self.delete(delete)?),
            Statement::Raw(raw) => Statement::Raw(self.raw(raw)?),
        };
        self.check_names()?;
        Ok(planned)
    }

    /// Plans a part of an expression, or refuses it where parts in parts do not end.
    pub(super) fn deeper<T>(&mut self, work: impl FnOnce(&mut Planner) -> Result<T>) -> Result<T> {
        if self.depth >= DEEPEST {
            return Err(too_deep());
        }
        self.depth += 1;
        let result = work(self);
        self.depth -= 1;
        result
    }

    pub(super) fn new_alias(&mut self) -> Alias {
        let alias = Alias(self.next_alias);
        self.next_alias += 1;
        alias
    }

    /// Plans `work` with the table that the statement writes in scope, and gives the scope back
    /// beside the result.
    pub(super) fn with_written<T>(
        &mut self,
        table: &'static Table,
        paths: Paths,
        work: impl FnOnce(&mut Planner) -> Result<T>,
    ) -> Result<(T, Scope)> {
        self.tables.push(table);
        self.with_scope(Scope::new(table, Alias::WRITTEN, paths), work)
    }

    /// Plans `work` within a scope, and gives the scope back beside the result.
    pub(super) fn with_scope<T>(
        &mut self,
        scope: Scope,
        work: impl FnOnce(&mut Planner) -> Result<T>,
    ) -> Result<(T, Scope)> {
        let depth = self.scopes.len();
        self.scopes.push(scope);
        let result = work(self);
        let scope = self.scopes.drain(depth..).next();
        match scope {
            Some(scope) => Ok((result?, scope)),
            None => Err(super::invalid("a query was planned out of order")),
        }
    }
}
