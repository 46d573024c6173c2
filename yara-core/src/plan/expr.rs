//! Planning expressions.

use super::invalid;
use super::planner::Planner;
use super::scope::{Named, OutputColumn};
use crate::error::Result;
use crate::schema::TableRef;
use crate::tree::{
    Alias, Between, Case, ColumnRef, Custom, Expr, InList, InRows, Order, Origin, Output, Raw,
    RawPart, Reference, Slot, TextMatch,
};

impl Planner {
    /// Plans an expression of the innermost query.
    pub(super) fn expr(&mut self, expr: &Expr) -> Result<Expr> {
        if let Some(known) = self.selected(expr).or_else(|| self.settled(expr)) {
            return Ok(known);
        }
        let planned = self.deeper(|planner| planner.operand(expr))?;
        Ok(self.as_group(planned))
    }

    fn operand(&mut self, expr: &Expr) -> Result<Expr> {
        Ok(match expr {
            Expr::Literal(_) | Expr::Slot(_) => expr.clone(),
            Expr::Column(column) => self.column(column)?,
            Expr::Output(output) => Expr::Output(self.output(output)?),
            Expr::Excluded(name) => self.excluded(name)?,
            Expr::Binary(operator, left, right) => {
                Expr::Binary(*operator, self.boxed(left)?, self.boxed(right)?)
            }
            Expr::Same(left, right, negated) => {
                Expr::Same(self.boxed(left)?, self.boxed(right)?, *negated)
            }
            Expr::Negate(operand) => Expr::Negate(self.boxed(operand)?),
            Expr::Not(operand) => Expr::Not(self.boxed(operand)?),
            Expr::IsNull(operand, negated) => Expr::IsNull(self.boxed(operand)?, *negated),
            Expr::Cast(operand, kind) => Expr::Cast(self.boxed(operand)?, *kind),
            Expr::And(items) => Expr::And(self.exprs(items)?),
            Expr::Or(items) => Expr::Or(self.exprs(items)?),
            Expr::Tuple(items) => Expr::Tuple(self.exprs(items)?),
            Expr::Call(function, arguments) => {
                function.check_arity(arguments.len())?;
                Expr::Call(*function, self.exprs(arguments)?)
            }
            Expr::Between(between) => Expr::Between(Box::new(Between {
                operand: self.expr(&between.operand)?,
                low: self.expr(&between.low)?,
                high: self.expr(&between.high)?,
            })),
            Expr::In(list) => Expr::In(Box::new(InList {
                operand: self.expr(&list.operand)?,
                list: list.list.clone(),
                with_null: list.with_null,
            })),
            Expr::InRows(rows) => Expr::InRows(Box::new(InRows {
                operands: self.exprs(&rows.operands)?,
                lists: rows.lists.clone(),
            })),
            Expr::Match(text) => Expr::Match(Box::new(TextMatch {
                kind: text.kind,
                ignore_case: text.ignore_case,
                operand: self.expr(&text.operand)?,
                pattern: self.expr(&text.pattern)?,
            })),
            Expr::Related(related) => self.related(related)?,
            Expr::Aggregate(aggregate) => self.aggregate(aggregate)?,
            Expr::Exists(select) => Expr::Exists(Box::new(self.select(select, Vec::new())?)),
            Expr::Scalar(select) => Expr::Scalar(Box::new(self.select(select, Vec::new())?)),
            Expr::InSelect(operand, select) => {
                Expr::InSelect(self.boxed(operand)?, Box::new(self.select(select, Vec::new())?))
            }
            Expr::Raw(raw) => Expr::Raw(Box::new(self.raw(raw)?)),
            Expr::Window(window) => self.window(window)?,
            Expr::Case(case) => {
                let whens = case
                    .whens
                    .iter()
                    .map(|(condition, value)| Ok((self.expr(condition)?, self.expr(value)?)))
                    .collect::<Result<_>>()?;
                let otherwise =
                    case.otherwise.as_ref().map(|value| self.expr(value)).transpose()?;
                Expr::Case(Box::new(Case { whens, otherwise }))
            }
            Expr::Custom(custom) => Expr::Custom(Box::new(Custom {
                arguments: self.exprs(&custom.arguments)?,
                ..(**custom).clone()
            })),
            Expr::Fields(table, _) => {
                return Err(invalid(format!(
                    "all fields of {} can be selected and returned, and are no single value",
                    table.model
                )));
            }
            Expr::Invalid(reason) => return Err(invalid(&**reason)),
        })
    }

    /// Plans the expressions within SQL text.
    pub(super) fn raw(&mut self, raw: &Raw) -> Result<Raw> {
        let parts = raw.parts.iter().map(|part| {
            Ok(match part {
                RawPart::Text(text) => RawPart::Text(text.clone()),
                RawPart::Expr(expr) => RawPart::Expr(self.expr(expr)?),
            })
        });
        Ok(Raw { parts: parts.collect::<Result<_>>()?, kind: raw.kind })
    }

    fn boxed(&mut self, expr: &Expr) -> Result<Box<Expr>> {
        self.expr(expr).map(Box::new)
    }

    pub(super) fn exprs(&mut self, exprs: &[Expr]) -> Result<Vec<Expr>> {
        let mut planned = Vec::with_capacity(exprs.len());
        for expr in exprs {
            match expr {
                Expr::Fields(table, origin) => {
                    for field in fields_of(*table, origin) {
                        planned.push(self.expr(&field)?);
                    }
                }
                expr => planned.push(self.expr(expr)?),
            }
        }
        Ok(planned)
    }

    pub(super) fn orders(&mut self, orders: &[Order]) -> Result<Vec<Order>> {
        orders
            .iter()
            .map(|order| Ok(Order { expr: self.expr(&order.expr)?, ..order.clone() }))
            .collect()
    }

    /// A column of a query that is read from or joined.
    fn output(&self, output: &Output) -> Result<Output> {
        if output.alias.is_some() {
            return Ok(output.clone());
        }
        if let Some(given) = self.given(&Reference::Output(output.clone())) {
            return Ok(given);
        }
        let found = match &output.origin {
            Origin::Named(name) => {
                let named = self.scopes.iter().rev().find_map(|scope| scope.named(name));
                let Some(Named { alias, outputs, nullable, .. }) = named else {
                    return Err(invalid(format!(
                        "column {} of `{name}` is to be read, which this query does not join; add \
                         `.join(&{name}, …)` before it is run",
                        output.column
                    )));
                };
                Some((*alias, outputs.as_deref(), *nullable))
            }
            origin => {
                let around = usize::from(*origin == Origin::Outer);
                let scope = self.scopes.iter().rev().nth(around);
                scope.map(|scope| (scope.alias, scope.outputs.as_deref(), false))
            }
        };
        let column = found.and_then(|(alias, outputs, optional)| {
            let OutputColumn { kind, nullable, .. } = outputs?.get(output.column)?;
            let (alias, nullable) = (Some(alias), *nullable || optional);
            Some(Output { alias, kind: *kind, nullable, ..output.clone() })
        });
        column.ok_or_else(|| {
            invalid(format!("there is no column {} in the query that is read from", output.column))
        })
    }

    /// A column of the row that an upsert could not insert, by name of the field or the column.
    fn excluded(&self, name: &str) -> Result<Expr> {
        let written = self.scopes.iter().find(|scope| scope.alias == Alias::WRITTEN);
        let Some(scope) = written else {
            return Err(invalid("`excluded` is the row of an insert, and there is none here"));
        };
        let by_column = || scope.table.fields.iter().find(|field| field.column == name);
        let field = match scope.table.field(name) {
            Ok(field) => field,
            Err(error) => by_column().ok_or(error)?,
        };
        Ok(Expr::Slot(Slot { alias: Some(Alias::EXCLUDED), field, nullable: field.nullable }))
    }
}

/// Columns in which [`Expr::Fields`] is spelled out, for queries whose columns are counted.
pub(super) fn with_fields(columns: &[Expr]) -> Vec<Expr> {
    let mut spelled = Vec::with_capacity(columns.len());
    for column in columns {
        match column {
            Expr::Fields(table, origin) => spelled.extend(fields_of(*table, origin)),
            column => spelled.push(column.clone()),
        }
    }
    spelled
}

fn fields_of(table: TableRef, origin: &Origin) -> impl Iterator<Item = Expr> {
    table.0.fields.iter().map(move |field| {
        let own = ColumnRef::own(table.0, field.name);
        Expr::Column(ColumnRef { origin: origin.clone(), ..own })
    })
}
