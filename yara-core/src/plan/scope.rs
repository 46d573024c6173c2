//! The tables that one query names.

use crate::schema::Table;
use crate::tree::{Alias, Expr, Join, Name, Output, Reference, Slot, Source, Via};
use crate::value::Type;

/// What becomes of a path through a relation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Paths {
    /// A join of the query.
    Join,
    /// A subquery that gives one value: where a statement has no place for a join.
    Subquery,
}

/// The part of a query that is being planned.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Clause {
    /// Which rows: there are no groups yet, so no aggregates.
    Filter,
    /// The condition of a join.
    Join,
    /// What makes the groups.
    Group,
    /// Which groups.
    Having,
    /// Any other.
    Other,
}

/// One query and its tables.
#[derive(Debug)]
pub(super) struct Scope {
    /// The model that the query is about: columns of this table are columns of this query.
    pub(super) table: &'static Table,
    /// The table between, if the query reads its model through one.
    pub(super) via: Option<Via>,
    /// The first table of FROM: the model's, or the one between.
    pub(super) alias: Alias,
    /// What becomes of a path.
    pub(super) paths: Paths,
    /// The joins made so far.
    pub(super) joins: Vec<Joined>,
    /// What columns name: what the user joined, and the query's own table where it has a name.
    pub(super) named: Vec<Named>,
    /// The join whose condition is being planned: it cannot read what is joined to it.
    pub(super) joining: Option<Alias>,
    /// What a statement that has no joins reads of those of its rows.
    pub(super) given: Vec<(Reference, Output)>,
    /// The columns of the query in FROM, if there is one.
    pub(super) outputs: Option<Vec<OutputColumn>>,
    /// Where we are.
    pub(super) clause: Clause,
    /// Whether an aggregate over the rows of this query was found.
    pub(super) aggregates: bool,
    /// Whether we are in the argument of one.
    pub(super) in_aggregate: bool,
    /// Whether we are within a window.
    pub(super) in_window: bool,
    /// Groups with literals in them, see [`Planned::same`](super::Planned::same).
    pub(super) groups: Vec<Expr>,
    /// Groups, or the columns of a distinct query, as they are spelled and as they were planned: a
    /// subquery gets new aliases each time that it is planned, so it would never be the same again.
    pub(super) settled: Vec<(Expr, Expr)>,
}

/// A column of a query that another one reads from.
#[derive(Debug, Clone)]
pub(super) struct OutputColumn {
    /// What the query selects, as it spells it: an expression of the reading query that is the same
    /// stands for the column.
    pub(super) expr: Expr,
    /// The kind of its values, where it is known.
    pub(super) kind: Option<Type>,
    /// Whether NULL is possible.
    pub(super) nullable: bool,
}

/// What the user joined by a name.
#[derive(Debug)]
pub(super) struct Named {
    /// The name.
    pub(super) name: Name,
    /// Its alias.
    pub(super) alias: Alias,
    /// The table, if it is one.
    pub(super) table: Option<&'static Table>,
    /// Its columns, if it is no table.
    pub(super) outputs: Option<Vec<OutputColumn>>,
    /// Whether there may be no row.
    pub(super) nullable: bool,
}

/// A join, and the step of a path that it stands for.
#[derive(Debug)]
pub(super) struct Joined {
    /// The table that the step begins at.
    pub(super) from: Alias,
    /// The relation of that table; of a join of the user's there is none.
    pub(super) relation: Option<&'static str>,
    /// Whether there may be no row.
    pub(super) nullable: bool,
    /// The join.
    pub(super) join: Join,
}

impl Scope {
    pub(super) fn new(table: &'static Table, alias: Alias, paths: Paths) -> Scope {
        Scope {
            table,
            via: None,
            alias,
            paths,
            joins: Vec::new(),
            named: Vec::new(),
            joining: None,
            given: Vec::new(),
            outputs: None,
            clause: Clause::Other,
            aggregates: false,
            in_aggregate: false,
            in_window: false,
            groups: Vec::new(),
            settled: Vec::new(),
        }
    }

    /// Whether an expression here is about a group and not about each row.
    pub(super) fn is_about_groups(&self) -> bool {
        !self.in_aggregate && !matches!(self.clause, Clause::Filter | Clause::Join)
    }

    /// Whether the alias is one of this query's tables.
    pub(super) fn has(&self, alias: Alias) -> bool {
        alias == self.alias || self.joins.iter().any(|joined| joined.join.alias == alias)
    }

    /// Some column of what is read from; a query may have none.
    pub(super) fn any_column(&self) -> Option<Expr> {
        let alias = Some(self.alias);
        match &self.outputs {
            None => {
                let field = self.root().key_fields().next()?;
                Some(Expr::Slot(Slot { alias, field, nullable: field.nullable }))
            }
            Some(outputs) => {
                let OutputColumn { kind, nullable, .. } = *outputs.first()?;
                Some(Expr::Output(Output { alias, kind, nullable, ..Output::new(0) }))
            }
        }
    }

    /// The table of an alias.
    pub(super) fn table_of(&self, alias: Alias) -> Option<&'static Table> {
        if alias == self.alias {
            return Some(self.root());
        }
        let joined = self.joins.iter().find(|joined| joined.join.alias == alias)?;
        match &joined.join.source {
            Source::Table(table) => Some(table.0),
            _ => None,
        }
    }

    /// What the user joined by a name.
    pub(super) fn named(&self, name: &str) -> Option<&Named> {
        self.named.iter().find(|named| &*named.name == name)
    }

    /// The names that columns may refer to.
    pub(super) fn names(&self) -> impl Iterator<Item = &str> {
        self.named.iter().map(|named| &*named.name)
    }

    /// Adds a join of the user's.
    pub(super) fn add_named_join(&mut self, join: Join) {
        let nullable = join.kind == crate::tree::JoinKind::Left;
        self.joins.push(Joined { from: self.alias, relation: None, nullable, join });
    }

    /// Whether the user joined anything, so that rows of the query's own table may be repeated.
    pub(super) fn is_joined(&self) -> bool {
        self.joins.iter().any(|joined| joined.relation.is_none())
    }

    /// The columns of what an alias stands for, if it is a query.
    pub(super) fn outputs_of(&self, alias: Alias) -> Option<&[OutputColumn]> {
        if alias == self.alias {
            return self.outputs.as_deref();
        }
        self.named.iter().find(|named| named.alias == alias)?.outputs.as_deref()
    }

    /// The word for a column of a query, for messages.
    pub(super) fn output_name(&self, alias: Alias, column: usize) -> String {
        let outputs = self.outputs_of(alias).unwrap_or_default();
        match outputs.get(column).map(|output| &output.expr) {
            Some(Expr::Column(known)) => known.field.clone().into_owned(),
            _ => format!("column {}", column + 1),
        }
    }

    /// The first table of FROM.
    pub(super) fn root(&self) -> &'static Table {
        self.via.map_or(self.table, |via| via.table.0)
    }
}
