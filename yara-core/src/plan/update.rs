//! Updates whose new values come from rows that the query joins.

use super::invalid;
use super::planner::Planner;
use super::related::owner_key_columns;
use super::scope::Paths;
use super::select::{over, rows_only};
use super::source::outputs;
use super::write::{check_rows, keys_of};
use crate::error::Result;
use crate::tree::{
    BinaryOperator, ColumnRef, Distinct, Expr, Name, NamedJoin, Nulls, Order, Origin, Output, Raw,
    RawPart, Reference, Select, Source, Update, Window, WindowFunction,
};

impl Planner {
    /// What the new values read of the rows that the query joins, as columns; each once.
    pub(super) fn read_of_joins(&mut self, update: &Update) -> Result<Vec<Expr>> {
        let Update { rows, set, returning } = update;
        let joined = |name: &Name| {
            rows.name.as_ref() == Some(name) || rows.named.iter().any(|join| join.name == *name)
        };
        let mut read = Vec::new();
        let values = set.iter().map(|(_, value)| value).chain(returning);
        for reference in values.flat_map(Expr::named_references) {
            let columns = match reference {
                Reference::Column(column) => vec![Expr::Column(column)],
                Reference::Output(output) => vec![Expr::Output(output)],
                Reference::Related(table, origin, path) => {
                    owner_key_columns(table, &origin, &path)?.map(Expr::Column).collect()
                }
            };
            for column in columns {
                if origin_of(&column).is_some_and(joined) && !read.contains(&column) {
                    read.push(column);
                }
            }
        }
        Ok(read)
    }

    /// `update … from (select key, what is read, number …) where key = key and number = 1`
    ///
    /// Only what is read of joined rows comes from the subquery: what is read of the row itself is
    /// read where it is written, so that of two such updates at once none is lost.
    pub(super) fn update_from(&mut self, update: &Update, read: Vec<Expr>) -> Result<Update> {
        let table = update.rows.table.0;
        check_rows(&update.rows, "update")?;
        if update.rows.distinct != Distinct::No {
            return Err(invalid(format!(
                "an update of {} takes values of joined rows, and each row is updated once anyway; \
                 leave out `distinct`",
                table.model
            )));
        }
        let inner = with_values(&update.rows, &read);
        let planned = self.select(&inner, Vec::new())?;
        let columns = outputs(&inner, &planned);
        let alias = self.new_alias();
        let output = |at: usize| Output {
            alias: Some(alias),
            kind: columns[at].kind,
            nullable: columns[at].nullable,
            ..Output::new(at)
        };
        let width = table.key_fields().count();
        let ((filter, set, returning), _) =
            self.with_written(table, Paths::Subquery, |planner| {
                let mut filter = Vec::with_capacity(width + 1);
                for (at, key) in keys_of(table).enumerate() {
                    let key = planner.expr(&key)?;
                    filter.push(key.binary(BinaryOperator::Equal, Expr::Output(output(at))));
                }
                let number = Expr::Output(output(width + read.len()));
                filter.push(number.binary(BinaryOperator::Equal, one()));
                if let Some(scope) = planner.scopes.last_mut() {
                    let given = read.iter().enumerate();
                    scope.given = given
                        .filter_map(|(at, expr)| Some((reference(expr)?, output(width + at))))
                        .collect();
                }
                let set = planner.assignments(table, &update.set)?;
                Ok((filter, set, planner.exprs(&update.returning)?))
            })?;
        let mut rows = Select::new(table);
        rows.tag = update.rows.tag.clone();
        rows.from = Some(Source::Query(Box::new(planned)));
        rows.alias = Some(alias);
        rows.filter = filter;
        Ok(Update { rows, set, returning })
    }
}

/// The keys of the rows, what is read beside them, and a number: of several partners of one row it
/// is 1 for the first in the order of the query, then by their keys, or where they have none, by
/// what is read of them.
fn with_values(rows: &Select, read: &[Expr]) -> Select {
    let table = rows.table.0;
    let ascending = |expr| Order { expr, descending: false, nulls: Nulls::Greatest };
    let mut order = rows.order_by.clone();
    order.extend(rows.named.iter().flat_map(partner_keys).map(ascending));
    let without_key = |expr: &&Expr| {
        let is = |join: &&NamedJoin| origin_of(expr) == Some(&join.name);
        rows.named.iter().find(is).is_some_and(|join| !matches!(join.source, Source::Table(_)))
    };
    order.extend(read.iter().filter(without_key).cloned().map(ascending));
    let mut inner = rows_only(rows.clone());
    inner.columns = keys_of(table).chain(read.iter().cloned()).collect();
    let keys: Vec<Expr> = keys_of(table).collect();
    if !inner.is_sliced() {
        inner.columns.push(number(keys, order));
        return inner;
    }
    // The number is one among the rows of the slice, which are in order by one of their own.
    inner.order_by.clone_from(&order);
    inner.columns.push(number(Vec::new(), order));
    let place = inner.columns.len() - 1;
    let output = |at: usize| Expr::Output(Output::new(at));
    let mut outer = over(inner);
    outer.columns = (0..place).map(output).collect();
    let keys = (0..keys.len()).map(output).collect();
    outer.columns.push(number(keys, vec![ascending(output(place))]));
    outer
}

fn number(partition: Vec<Expr>, order: Vec<Order>) -> Expr {
    let function = WindowFunction::RowNumber;
    Expr::Window(Box::new(Window { function, partition, order, frame: None }))
}

/// The primary key of what is joined, if it is a table.
fn partner_keys(join: &NamedJoin) -> Vec<Expr> {
    let Source::Table(table) = &join.source else { return Vec::new() };
    let named = |field: &'static str| {
        let own = ColumnRef::own(table.0, field);
        Expr::Column(ColumnRef { origin: Origin::Named(join.name.clone()), ..own })
    };
    table.0.key_fields().map(|key| named(key.name)).collect()
}

fn origin_of(expr: &Expr) -> Option<&Name> {
    match expr {
        Expr::Column(ColumnRef { origin: Origin::Named(name), .. })
        | Expr::Output(Output { origin: Origin::Named(name), .. }) => Some(name),
        _ => None,
    }
}

fn reference(expr: &Expr) -> Option<Reference> {
    match expr {
        Expr::Column(column) => Some(Reference::Column(column.clone())),
        Expr::Output(output) => Some(Reference::Output(output.clone())),
        _ => None,
    }
}

/// A number of the statement's own: literals are values of the user's.
fn one() -> Expr {
    Expr::Raw(Box::new(Raw { parts: vec![RawPart::Text("1".to_owned())], kind: None }))
}
