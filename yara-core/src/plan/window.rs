//! Planning aggregates and windows, and where SQL has no place for them.

use super::invalid;
use super::planner::Planner;
use super::scope::{Clause, Scope};
use crate::error::Result;
use crate::tree::{
    Aggregate, AggregateFunction, Alias, Case, Expr, Frame, FrameBound, FrameUnit, Order, Window,
    WindowFunction,
};
use crate::value::Type;

impl Planner {
    pub(super) fn aggregate(&mut self, aggregate: &Aggregate) -> Result<Expr> {
        let Some(scope) = self.scopes.last_mut() else {
            return Err(invalid("an aggregate needs rows, and there are none yet"));
        };
        if let Some(reason) = no_place_for_aggregate(scope) {
            return Err(invalid(reason));
        }
        scope.aggregates = true;
        let outer = std::mem::replace(&mut scope.in_aggregate, true);
        let planned = self.aggregate_parts(aggregate);
        if let Some(scope) = self.scopes.last_mut() {
            scope.in_aggregate = outer;
        }
        let mut planned = planned?;
        self.keep_here(&mut planned);
        Ok(Expr::Aggregate(Box::new(planned)))
    }

    /// Makes an aggregate that is about columns of a query around, and none of its own, be computed
    /// here: SQL computes it in the query whose columns it names.
    fn keep_here(&self, aggregate: &mut Aggregate) {
        let Some((scope, around)) = self.scopes.split_last() else { return };
        let parts = aggregate.argument.iter().chain(&aggregate.separator).chain(&aggregate.filter);
        let parts = parts.chain(aggregate.order.iter().map(|order| &order.expr));
        let (mut here, mut beyond) = (false, false);
        for part in parts {
            here |= part.has_column_of(&|alias| scope.has(alias));
            beyond |= part.has_column_of(&|alias| around.iter().any(|scope| scope.has(alias)));
        }
        let Some(argument) = aggregate.argument.as_mut().filter(|_| beyond && !here) else {
            return;
        };
        let Some(own) = scope.any_column() else { return };
        // True of every row.
        let own = Expr::Or(vec![
            Expr::IsNull(Box::new(own.clone()), true),
            Expr::IsNull(Box::new(own), false),
        ]);
        let of_own = |argument: Expr| {
            Expr::Case(Box::new(Case { whens: vec![(own, argument)], otherwise: None }))
        };
        let argument = match argument {
            Expr::Tuple(items) => items.first_mut(),
            argument => Some(argument),
        };
        // All values are the same one.
        aggregate.order.clear();
        if let Some(argument) = argument {
            *argument = of_own(std::mem::replace(argument, Expr::And(Vec::new())));
        }
    }

    /// Plans what an aggregate is about, which is each row and not the group.
    fn aggregate_parts(&mut self, aggregate: &Aggregate) -> Result<Aggregate> {
        let Aggregate { function, distinct, .. } = *aggregate;
        let mut part = |expr: &Option<Expr>| expr.as_ref().map(|expr| self.expr(expr)).transpose();
        let argument = part(&aggregate.argument)?;
        let separator = part(&aggregate.separator)?;
        let filter = part(&aggregate.filter)?;
        let order = self.orders(&aggregate.order)?;
        let mut planned = Aggregate { function, argument, separator, distinct, filter, order };
        check_argument(&planned)?;
        self.settle_order(&mut planned)?;
        Ok(planned)
    }

    /// Drops an order that nothing can tell, and makes sure that distinct values are taken in an
    /// order of their own, which is the only one that they have.
    fn settle_order(&mut self, aggregate: &mut Aggregate) -> Result<()> {
        let collects = matches!(
            aggregate.function,
            AggregateFunction::Text
                | AggregateFunction::Array
                | AggregateFunction::Json
                | AggregateFunction::Custom(..)
        );
        if !collects {
            aggregate.order.clear();
        }
        let (true, true, Some(argument)) = (collects, aggregate.distinct, &aggregate.argument)
        else {
            return Ok(());
        };
        if aggregate.order.is_empty() && !matches!(argument, Expr::Tuple(_)) {
            let expr = argument.clone();
            aggregate.order.push(Order { expr, descending: false, nulls: Default::default() });
        }
        for order in &mut aggregate.order {
            if order.expr != *argument {
                return Err(invalid(
                    "distinct values are aggregated in an order of something else, in which equal \
                     values could stand in several places; order by the value itself, or drop \
                     `distinct`",
                ));
            }
            let ordered = std::mem::replace(&mut order.expr, argument.clone());
            self.unite(argument, &ordered);
        }
        Ok(())
    }

    pub(super) fn window(&mut self, window: &Window) -> Result<Expr> {
        let Some(scope) = self.scopes.last_mut() else {
            return Err(invalid("a window needs rows, and there are none yet"));
        };
        if let Some(reason) = no_place_for_window(scope) {
            return Err(invalid(reason));
        }
        scope.in_window = true;
        let planned = self.window_parts(window);
        if let Some(scope) = self.scopes.last_mut() {
            scope.in_window = false;
        }
        let planned = planned?;
        check_window(&planned)?;
        Ok(Expr::Window(Box::new(planned)))
    }

    fn window_parts(&mut self, window: &Window) -> Result<Window> {
        let mut planned = window.clone();
        match (&mut planned.function, &window.function) {
            (WindowFunction::Aggregate(planned), WindowFunction::Aggregate(aggregate)) => {
                if aggregate.distinct || !aggregate.order.is_empty() {
                    return Err(invalid(
                        "an aggregate over a window takes neither `distinct` nor an order of its \
                         own; put the order into the window",
                    ));
                }
                *planned = self.aggregate_parts(aggregate)?;
            }
            (planned, function) => {
                let arguments = planned.arguments_mut().into_iter().zip(function.arguments());
                for (planned, argument) in arguments {
                    *planned = self.expr(argument)?;
                }
            }
        }
        planned.partition = self.exprs(&window.partition)?;
        planned.order = self.orders(&window.order)?;
        Ok(planned)
    }
}

/// Why there can be no aggregate here.
fn no_place_for_aggregate(scope: &Scope) -> Option<String> {
    let model = scope.table.model;
    if scope.in_aggregate {
        return Some(format!(
            "an aggregate of {model} stands within another one; group first, and aggregate the \
             groups by `.aggregate(…)`"
        ));
    }
    if scope.alias == Alias::WRITTEN {
        return Some(format!(
            "a new value of {model} holds an aggregate, but each row has a value of its own; ask \
             through a relation, or read the value before"
        ));
    }
    match scope.clause {
        Clause::Filter => Some(format!(
            "a filter of {model} holds an aggregate, but rows are filtered before they are \
             aggregated; put the condition into `having`, or ask through a relation"
        )),
        Clause::Join => Some(format!(
            "the condition of a join of {model} holds an aggregate, but rows are joined before \
             they are aggregated; join a query of groups"
        )),
        Clause::Group => Some(format!(
            "a group of {model} is made by an aggregate, but rows are grouped before they are \
             aggregated; group by what the rows hold"
        )),
        Clause::Having | Clause::Other => None,
    }
}

/// Why there can be no window here.
fn no_place_for_window(scope: &Scope) -> Option<String> {
    let model = scope.table.model;
    if scope.in_window {
        return Some(format!(
            "a window of {model} stands within another one; compute the inner one in a query that \
             this one reads from"
        ));
    }
    if scope.in_aggregate {
        return Some(format!(
            "an aggregate of {model} is about a window, but windows are computed after groups; \
             aggregate the rows of a whole query by `.aggregate(…)`"
        ));
    }
    if scope.alias == Alias::WRITTEN {
        return Some(format!(
            "a new value of {model} holds a window, but there are no rows around the one that is \
             written; read the values first, or filter by the window"
        ));
    }
    match scope.clause {
        Clause::Filter | Clause::Join => Some(format!(
            "a condition on rows of {model} holds a window within another question; filter the \
             query itself by the window"
        )),
        Clause::Group => Some(format!(
            "a group of {model} is made by a window, but windows are computed after groups; group \
             by what the rows hold"
        )),
        Clause::Having | Clause::Other => None,
    }
}

/// Refuses arguments that the databases would read differently.
fn check_argument(aggregate: &Aggregate) -> Result<()> {
    use AggregateFunction::{All, Any, Array, Json, Text};
    let Some(kind) = aggregate.argument.as_ref().and_then(Expr::kind) else { return Ok(()) };
    let simple = |kind: Type| {
        use Type::{Bool, Date, I16, I32, I64, Uuid};
        matches!(kind, Bool | I16 | I32 | I64 | Type::Text | Uuid | Date)
    };
    let refused = match (aggregate.function, kind) {
        (_, Type::Json) if aggregate.distinct => {
            Some("JSON documents are not told apart; cast them to text")
        }
        (Text, kind) if kind != Type::Text => Some("texts are joined, and this is none; cast it"),
        (All | Any, kind) if kind != Type::Bool => Some("`all` and `any` are about conditions"),
        (Array, Type::Array(_)) => {
            Some("lists of lists may have any lengths, which an array cannot; aggregate as JSON")
        }
        (Json, Type::Interval) => Some("a duration has no form in JSON; cast it to a number"),
        (Json, Type::Array(item)) if !simple(*item) => {
            Some("a list of such items has no common form in JSON; aggregate as an array")
        }
        _ => None,
    };
    match refused {
        Some(reason) => Err(invalid(format!("an aggregate of {} values: {reason}", kind.name()))),
        None => Ok(()),
    }
}

fn check_window(window: &Window) -> Result<()> {
    let Some(frame) = &window.frame else { return Ok(()) };
    let by_value = [&frame.start, &frame.end]
        .into_iter()
        .any(|bound| matches!(bound, FrameBound::Preceding(_) | FrameBound::Following(_)));
    match (frame.unit, window.order.len()) {
        (FrameUnit::Groups, 0) => {
            return Err(invalid(
                "a frame of groups counts rows that are equal in order; give the window an order",
            ));
        }
        (FrameUnit::Range, orders) if by_value && orders != 1 => {
            return Err(invalid(format!(
                "a frame by the distance of values is about one order, and the window has \
                 {orders}; order it by one number, or count rows"
            )));
        }
        _ => {}
    }
    if is_backwards(frame) {
        return Err(invalid(
            "a frame ends before it begins: its first bound must not come after the second",
        ));
    }
    Ok(())
}

/// Whether the first bound comes after the second, as far as their kinds tell.
fn is_backwards(frame: &Frame) -> bool {
    fn rank(bound: &FrameBound) -> u8 {
        match bound {
            FrameBound::UnboundedPreceding => 0,
            FrameBound::Preceding(_) => 1,
            FrameBound::CurrentRow => 2,
            FrameBound::Following(_) => 3,
            FrameBound::UnboundedFollowing => 4,
        }
    }
    rank(&frame.start) > rank(&frame.end) || rank(&frame.start) == 4 || rank(&frame.end) == 0
}
