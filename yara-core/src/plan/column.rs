//! From the path of a column to a column of a joined table.

use super::group::same_as;
use super::invalid;
use super::planner::Planner;
use super::scope::{Clause, Joined, Named, OutputColumn, Paths, Scope};
use crate::error::Result;
use crate::schema::{Pairs, Relation, Shape, Table, TableRef};
use crate::tree::{
    Alias, BinaryOperator, ColumnRef, Expr, Join, JoinKind, Origin, Output, Reference, Select,
    Slot, Source,
};

/// A table on the way of a path.
#[derive(Debug, Clone, Copy)]
struct Place {
    scope: usize,
    table: &'static Table,
    alias: Alias,
    /// Whether there may be no row here.
    nullable: bool,
}

impl Planner {
    /// The planned form of a column: a column of a joined table, or where the statement has no
    /// place for joins, a subquery.
    pub(super) fn column(&mut self, column: &ColumnRef) -> Result<Expr> {
        let (mut place, steps) = match self.start(column)? {
            Start::At(place, steps) => (place, steps),
            Start::Output(output) => return Ok(Expr::Output(output)),
        };
        for (at, name) in steps.iter().enumerate() {
            let step = Step::new(place.table, name, &column.field)?;
            if at + 1 == steps.len()
                && let Some(own) = step.key_column(&column.field)
            {
                return self.cell(place, own);
            }
            let scope = &self.scopes[place.scope];
            if scope.paths == Paths::Subquery || scope.joining == Some(place.alias) {
                return self.by_subquery(place, &step, &steps[at + 1..], column);
            }
            place = self.join(place, &step, false)?;
        }
        let own = place.table.field_index(&column.field)?;
        self.cell(place, own)
    }

    /// A field of a row: the column of a table, or of a query that selects it.
    fn cell(&self, place: Place, field: usize) -> Result<Expr> {
        let Some(outputs) = self.scopes[place.scope].outputs_of(place.alias) else {
            return Ok(slot(place, field));
        };
        let own = ColumnRef::own(place.table, place.table.fields[field].name);
        let output = read(outputs, place.alias, place.nullable, &own);
        output.map(Expr::Output).ok_or_else(|| not_selected(&own))
    }

    /// Joins the model of a query that reads it through a table between, even if the query names
    /// none of its columns. The relation must lead to a row.
    pub(super) fn join_via(&mut self) -> Result<()> {
        let at = self.scopes.len() - 1;
        let scope = &self.scopes[at];
        let Some(via) = scope.via else { return Ok(()) };
        let place = Place { scope: at, table: via.table.0, alias: scope.alias, nullable: false };
        let step = Step::new(place.table, via.relation, "")?;
        if !step.relation.db_constraint || step.relation.optional {
            self.join(place, &step, true)?;
        }
        Ok(())
    }

    /// The alias of the table at the end of a path from the innermost query's own table, and whether
    /// there may be no row.
    pub(super) fn table_at(&mut self, path: &[&'static str]) -> Result<(Alias, bool)> {
        let at = self.scopes.len() - 1;
        let scope = &self.scopes[at];
        let mut place =
            Place { scope: at, table: scope.root(), alias: scope.alias, nullable: false };
        let via = scope.via.map(|via| via.relation);
        for name in via.iter().chain(path) {
            let step = Step::new(place.table, name, "row")?;
            place = self.join(place, &step, false)?;
        }
        Ok((place.alias, place.nullable))
    }

    /// Where the path of a column begins, and its steps from there; or the column of a query that
    /// is read from.
    fn start(&self, column: &ColumnRef) -> Result<Start> {
        if let Origin::Named(name) = &column.origin {
            return self.start_named(column, name);
        }
        let around = usize::from(column.origin == Origin::Outer);
        for (at, scope) in self.scopes.iter().enumerate().rev().skip(around) {
            let own = std::ptr::eq(scope.table, column.table.0);
            let between = scope.via.is_some_and(|via| via.table == column.table);
            if !own && !between {
                continue;
            }
            let alias = scope.alias;
            if let Some(outputs) = &scope.outputs {
                let place = Place { scope: at, table: scope.table, alias, nullable: false };
                return start_within(outputs, place, column);
            }
            let place = Place { scope: at, table: scope.root(), alias, nullable: false };
            let first = scope.via.filter(|_| own).map(|via| via.relation);
            let steps = first.into_iter().chain(column.path.iter().copied()).collect();
            return Ok(Start::At(place, steps));
        }
        Err(self.stranger(column))
    }

    /// [`Planner::start`] of a column of what the user joined.
    fn start_named(&self, column: &ColumnRef, name: &str) -> Result<Start> {
        if let Some(given) = self.given(&Reference::Column(column.clone())) {
            return Ok(Start::Output(given));
        }
        let found = self.scopes.iter().enumerate().rev();
        let found = found.filter_map(|(at, scope)| Some((at, scope.named(name)?))).next();
        let Some((scope, named)) = found else {
            return self.start_beyond(column, name);
        };
        let Named { alias, nullable, .. } = *named;
        let place = Place { scope, table: column.table.0, alias, nullable };
        if let Some(outputs) = &named.outputs {
            return start_within(outputs, place, column);
        }
        match named.table {
            Some(table) if std::ptr::eq(table, column.table.0) => {
                Ok(Start::At(place, column.path.clone()))
            }
            table => Err(invalid(format!(
                "{}.{} is to be read from `{name}`, which is {}",
                column.table.model,
                column.field,
                table.map_or("another query", |table| table.model)
            ))),
        }
    }

    /// A column of what no query around joins: perhaps a query that is read from joined and
    /// selected it.
    fn start_beyond(&self, column: &ColumnRef, name: &str) -> Result<Start> {
        for scope in self.scopes.iter().rev() {
            let outputs = scope.outputs.as_deref().unwrap_or_default();
            let same = |output: &OutputColumn| matches!(&output.expr, Expr::Column(known) if known == column);
            if let Some(at) = outputs.iter().position(same) {
                return Ok(Start::Output(output_at(outputs, at, scope.alias, false)));
            }
        }
        let path: String = column.path.iter().map(|step| format!("{step}.")).collect();
        let known: Vec<&str> = self.scopes.iter().flat_map(Scope::names).collect();
        let near = match known.is_empty() {
            true => String::new(),
            false => format!("; it joins `{}`", known.join("`, `")),
        };
        Err(invalid(format!(
            "{}.{path}{} is to be read from `{name}`, which this query does not join; add \
             `.join(&{name}, …)` before it is run{near}",
            column.table.model, column.field
        )))
    }

    /// What a statement without joins was given of those of its rows.
    pub(super) fn given(&self, reference: &Reference) -> Option<Output> {
        let mut given = self.scopes.iter().rev().flat_map(|scope| &scope.given);
        given.find(|(known, _)| known == reference).map(|(_, output)| output.clone())
    }

    /// The column of a query that is read from which is this very expression.
    pub(super) fn selected(&mut self, expr: &Expr) -> Option<Expr> {
        if matches!(expr, Expr::Literal(_) | Expr::Output(_) | Expr::Slot(_) | Expr::Column(_)) {
            return None;
        }
        let scope = self.scopes.last()?;
        if counts_rows(expr) && matches!(scope.clause, Clause::Other | Clause::Having) {
            return None;
        }
        let outputs = scope.outputs.as_ref()?;
        let known = same_as(expr, outputs.iter(), |output| &output.expr)?;
        let column = outputs.iter().position(|output| std::ptr::eq(output, known))?;
        let OutputColumn { expr: kept, kind, nullable } = known.clone();
        let alias = Some(scope.alias);
        self.unite(&kept, expr);
        Some(Expr::Output(Output { origin: Origin::Query, column, alias, kind, nullable }))
    }

    /// The error for a column of a model that no query around is about.
    fn stranger(&self, column: &ColumnRef) -> crate::error::Error {
        let mut spelled = vec![column.table.model];
        spelled.extend(&column.path);
        spelled.push(&column.field);
        let spelled = spelled.join(".");
        let model = column.table.model;
        if column.origin == Origin::Outer {
            return invalid(format!(
                "{spelled} is to be read from a query around this one, and none around it is about \
                 {model}; `outer` is for queries within a query"
            ));
        }
        let Some(scope) = self.scopes.last() else {
            return invalid(format!(
                "{spelled}: no column can be read here, because there is no row yet"
            ));
        };
        let about = scope.table.model;
        let leads_there = |relation: &&Relation| {
            relation.target.table().is_ok_and(|table| std::ptr::eq(table, column.table.0))
        };
        let hint = match scope.table.relations.iter().find(leads_there) {
            Some(relation) if relation.is_to_many() => {
                format!("; ask through the relation, as in {about}.{}.any(…)", relation.name)
            }
            Some(relation) => format!("; go through the relation {about}.{}", relation.name),
            None => String::new(),
        };
        invalid(format!("{spelled} is a column of {model}, and this query is about {about}{hint}"))
    }

    /// The joined table at the end of a step; made once for each path.
    fn join(&mut self, place: Place, step: &Step, required: bool) -> Result<Place> {
        let known = self.scopes[place.scope].joins.iter().find(|joined| {
            joined.from == place.alias && joined.relation == Some(step.relation.name)
        });
        if let Some(joined) = known {
            let (alias, nullable) = (joined.join.alias, joined.nullable);
            return Ok(Place { table: step.target, alias, nullable, ..place });
        }
        let alias = self.new_alias();
        let via = self.scopes[place.scope].via.is_some_and(|via| {
            via.relation == step.relation.name && place.alias == self.scopes[place.scope].alias
        });
        // An inner join drops no row: the foreign key is there, and the database vouches for its
        // partner. A table between without a partner stands for no related row.
        let nullable = !(required || via)
            && (place.nullable || step.relation.may_be_absent() || !step.relation.db_constraint);
        let kind = if nullable { JoinKind::Left } else { JoinKind::Inner };
        let partner = Place { table: step.target, alias, nullable, ..place };
        let on = step.pairs.iter().map(|(near, far)| {
            let far = Slot { nullable: false, ..raw_slot(partner, *far) };
            Ok(Expr::Slot(far).binary(BinaryOperator::Equal, self.cell(place, *near)?))
        });
        let on = conjunction(on.collect::<Result<Vec<_>>>()?.into_iter());
        self.tables.push(step.target);
        let source = Source::Table(TableRef(step.target));
        let join = Join { kind, lateral: false, source, alias, on };
        let relation = Some(step.relation.name);
        let joined = Joined { from: place.alias, relation, nullable, join };
        self.scopes[place.scope].joins.push(joined);
        Ok(partner)
    }

    /// `(select column from target where target.key = place.key)`
    fn by_subquery(
        &mut self,
        place: Place,
        step: &Step,
        rest: &[&'static str],
        column: &ColumnRef,
    ) -> Result<Expr> {
        let mut select = Select::new(step.target);
        select.columns.push(Expr::Column(ColumnRef {
            table: TableRef(step.target),
            origin: Origin::Query,
            path: rest.to_vec(),
            field: column.field.clone(),
        }));
        let correlation = step
            .pairs
            .iter()
            .map(|(near, far)| Ok((step.target.fields[*far].name, self.cell(place, *near)?)))
            .collect::<Result<_>>()?;
        Ok(Expr::Scalar(Box::new(self.select(&select, correlation)?)))
    }
}

/// Whether this is the number of rows, which are those of the query itself wherever it can ask for
/// them.
fn counts_rows(expr: &Expr) -> bool {
    matches!(expr, Expr::Aggregate(aggregate)
        if aggregate.argument.is_none() && aggregate.filter.is_none())
}

/// Where a column is found.
enum Start {
    /// At the end of these relations from a table.
    At(Place, Vec<&'static str>),
    /// Among the columns of a query.
    Output(Output),
}

/// Where a column of a query that is read from begins: it is selected there, or its path begins at
/// one that is.
fn start_within(outputs: &[OutputColumn], place: Place, column: &ColumnRef) -> Result<Start> {
    if let Some(output) = read(outputs, place.alias, place.nullable, column) {
        return Ok(Start::Output(output));
    }
    match column.path.is_empty() {
        true => Err(not_selected(column)),
        false => Ok(Start::At(place, column.path.clone())),
    }
}

/// The column of a query that is the one meant.
fn read(
    outputs: &[OutputColumn],
    alias: Alias,
    optional: bool,
    column: &ColumnRef,
) -> Option<Output> {
    let same = |output: &OutputColumn| {
        matches!(&output.expr, Expr::Column(known) if known.origin == Origin::Query
            && known.table == column.table
            && known.path == column.path
            && known.field == column.field)
    };
    let at = outputs.iter().position(same)?;
    Some(output_at(outputs, at, alias, optional))
}

fn output_at(outputs: &[OutputColumn], column: usize, alias: Alias, optional: bool) -> Output {
    let OutputColumn { kind, nullable, .. } = outputs[column];
    let nullable = nullable || optional;
    Output { origin: Origin::Query, column, alias: Some(alias), kind, nullable }
}

/// The error for a column that a query does not select.
fn not_selected(column: &ColumnRef) -> crate::error::Error {
    let path: String = column.path.iter().map(|step| format!("{step}.")).collect();
    invalid(format!(
        "{}.{path}{} is read from the result of another query, which does not select it; select it \
         there too",
        column.table.model, column.field
    ))
}

/// A step through a relation to one row.
struct Step {
    relation: &'static Relation,
    target: &'static Table,
    pairs: Pairs,
}

impl Step {
    fn new(table: &'static Table, name: &str, field: &str) -> Result<Step> {
        let relation = table.relation(name)?;
        let to_many = || {
            invalid(format!(
                "{model}.{name} leads to any number of rows, so it has no single `{field}`; ask \
                 {model}.{name}.any(…), .none(…), .all(…), .count(), or for an aggregate",
                model = table.model
            ))
        };
        if relation.is_to_many() {
            return Err(to_many());
        }
        let target = relation.target.table()?;
        match relation.shape(table)? {
            Shape::Direct(pairs) => Ok(Step { relation, target, pairs }),
            Shape::Through { .. } => Err(to_many()),
        }
    }

    /// The column of the foreign key that holds the target's field, so that no join is needed.
    fn key_column(&self, field: &str) -> Option<usize> {
        if !self.relation.is_owning() {
            return None;
        }
        let (near, _) =
            self.pairs.iter().find(|(_, far)| self.target.fields[*far].name == field)?;
        Some(*near)
    }
}

fn raw_slot(place: Place, field: usize) -> Slot {
    let field = &place.table.fields[field];
    Slot { alias: Some(place.alias), field, nullable: place.nullable || field.nullable }
}

fn slot(place: Place, field: usize) -> Expr {
    Expr::Slot(raw_slot(place, field))
}

/// All of them; without a wrapping where there is one.
pub(super) fn conjunction(items: impl Iterator<Item = Expr>) -> Expr {
    let mut items: Vec<Expr> = items.collect();
    match (items.len(), items.pop()) {
        (1, Some(only)) => only,
        (_, last) => {
            items.extend(last);
            Expr::And(items)
        }
    }
}
