//! Visiting every expression and literal of a tree, always in the same order.
//!
//! There is one traversal, over mutable nodes and over shared ones, made by one macro: the order of
//! literals is the order of a statement's values, so the two must never differ.

use super::{
    Aggregate, Common, CommonQuery, Conflict, ConflictTarget, Delete, Distinct, Expr, FrameBound,
    Insert, InsertSource, Literal, Order, Quantifier, Raw, RawPart, Select, Source, Statement,
    Update, Window, WindowFunction,
};
use std::sync::Arc;

/// Defines the traversal for one kind of reference: a module of functions, one for each node that has parts.
macro_rules! traversal {
    ($module:ident, $doc:literal, [$($mutable:tt)?], $iter:ident, $arguments:ident) => {
        #[doc = $doc]
        mod $module {
            use super::*;

            /// What is visited.
            pub(super) enum Leaf<'t> {
                /// A value.
                Literal(&'t $($mutable)? Literal),
                /// The reason of [`Expr::Invalid`].
                #[allow(dead_code, reason = "read through shared nodes only")]
                Invalid(&'t Arc<str>),
            }

            type Visit<'v, 't> = &'v mut dyn FnMut(Leaf<'t>);

            pub(super) fn statement<'t>(node: &'t $($mutable)? Statement, visit: Visit<'_, 't>) {
                match node {
                    Statement::Select(node) => select(node, visit),
                    Statement::Insert(node) => insert(node, visit),
                    Statement::Update(node) => update(node, visit),
                    Statement::Delete(node) => delete(node, visit),
                    Statement::Raw(node) => raw(node, visit),
                }
            }

            fn insert<'t>(node: &'t $($mutable)? Insert, visit: Visit<'_, 't>) {
                match & $($mutable)? node.source {
                    InsertSource::Row(values) => exprs(values, visit),
                    InsertSource::Columns(columns) => {
                        columns.$iter().for_each(|column| visit(Leaf::Literal(column)));
                    }
                    InsertSource::Select(query) => select(query, visit),
                }
                match & $($mutable)? node.conflict {
                    Some(Conflict::Update { target: at, set, filter }) => {
                        target(at, visit);
                        set.$iter().for_each(|(_, value)| expr(value, visit));
                        exprs(filter, visit);
                    }
                    Some(Conflict::Ignore { target: Some(at) }) => target(at, visit),
                    Some(Conflict::Ignore { target: None }) | None => {}
                }
                exprs(& $($mutable)? node.returning, visit);
            }

            fn target<'t>(node: &'t $($mutable)? ConflictTarget, visit: Visit<'_, 't>) {
                if let ConflictTarget::Partial(_, condition) = node {
                    expr(condition, visit);
                }
            }

            fn update<'t>(node: &'t $($mutable)? Update, visit: Visit<'_, 't>) {
                select(& $($mutable)? node.rows, visit);
                node.set.$iter().for_each(|(_, value)| expr(value, visit));
                exprs(& $($mutable)? node.returning, visit);
            }

            fn delete<'t>(node: &'t $($mutable)? Delete, visit: Visit<'_, 't>) {
                select(& $($mutable)? node.rows, visit);
                exprs(& $($mutable)? node.returning, visit);
            }

            fn select<'t>(node: &'t $($mutable)? Select, visit: Visit<'_, 't>) {
                node.with.$iter().for_each(|each| common(each, visit));
                node.from.$iter().for_each(|from| source(from, visit));
                node.named.$iter().for_each(|join| {
                    source(& $($mutable)? join.source, visit);
                    join.on.$iter().for_each(|on| expr(on, visit));
                });
                node.joins.$iter().for_each(|join| {
                    source(& $($mutable)? join.source, visit);
                    expr(& $($mutable)? join.on, visit);
                });
                if let Distinct::On(keys) = & $($mutable)? node.distinct {
                    exprs(keys, visit);
                }
                exprs(& $($mutable)? node.columns, visit);
                exprs(& $($mutable)? node.filter, visit);
                exprs(& $($mutable)? node.group_by, visit);
                exprs(& $($mutable)? node.having, visit);
                orders(& $($mutable)? node.order_by, visit);
                node.limit.$iter().for_each(|limit| visit(Leaf::Literal(limit)));
                node.offset.$iter().for_each(|offset| visit(Leaf::Literal(offset)));
            }

            fn common<'t>(node: &'t $($mutable)? Common, visit: Visit<'_, 't>) {
                match & $($mutable)? node.query {
                    CommonQuery::Select(query) => select(query, visit),
                    CommonQuery::Recursive { base, step, .. } => {
                        select(base, visit);
                        select(step, visit);
                    }
                    CommonQuery::Insert(query) => insert(query, visit),
                    CommonQuery::Update(query) => update(query, visit),
                    CommonQuery::Delete(query) => delete(query, visit),
                }
            }

            fn source<'t>(node: &'t $($mutable)? Source, visit: Visit<'_, 't>) {
                match node {
                    Source::Table(_) | Source::Common(_) => {}
                    Source::Query(query) => select(query, visit),
                    Source::Compound(compound) => {
                        select(& $($mutable)? compound.first, visit);
                        compound.rest.$iter().for_each(|(_, query)| select(query, visit));
                    }
                }
            }

            fn aggregate<'t>(node: &'t $($mutable)? Aggregate, visit: Visit<'_, 't>) {
                node.argument.$iter().for_each(|argument| expr(argument, visit));
                node.separator.$iter().for_each(|separator| expr(separator, visit));
                orders(& $($mutable)? node.order, visit);
                node.filter.$iter().for_each(|filter| expr(filter, visit));
            }

            fn window<'t>(node: &'t $($mutable)? Window, visit: Visit<'_, 't>) {
                match & $($mutable)? node.function {
                    WindowFunction::Aggregate(inner) => aggregate(inner, visit),
                    function => {
                        function.$arguments().into_iter().for_each(|argument| expr(argument, visit));
                    }
                }
                exprs(& $($mutable)? node.partition, visit);
                orders(& $($mutable)? node.order, visit);
                node.frame.$iter().for_each(|frame| {
                    for bound in [& $($mutable)? frame.start, & $($mutable)? frame.end] {
                        if let FrameBound::Preceding(by) | FrameBound::Following(by) = bound {
                            visit(Leaf::Literal(by));
                        }
                    }
                });
            }

            fn orders<'t>(nodes: &'t $($mutable)? [Order], visit: Visit<'_, 't>) {
                nodes.$iter().for_each(|order| expr(& $($mutable)? order.expr, visit));
            }

            fn exprs<'t>(nodes: &'t $($mutable)? [Expr], visit: Visit<'_, 't>) {
                nodes.$iter().for_each(|node| expr(node, visit));
            }

            fn raw<'t>(node: &'t $($mutable)? Raw, visit: Visit<'_, 't>) {
                node.parts.$iter().for_each(|part| match part {
                    RawPart::Expr(inner) => expr(inner, visit),
                    RawPart::Text(_) => {}
                });
            }

            pub(super) fn expr<'t>(node: &'t $($mutable)? Expr, visit: Visit<'_, 't>) {
                match node {
                    Expr::Literal(literal) => visit(Leaf::Literal(literal)),
                    Expr::Invalid(reason) => visit(Leaf::Invalid(reason)),
                    Expr::Column(_) | Expr::Fields(..) | Expr::Slot(_) | Expr::Output(_) | Expr::Excluded(_) => {}
                    Expr::Binary(_, left, right) | Expr::Same(left, right, _) => {
                        expr(left, visit);
                        expr(right, visit);
                    }
                    Expr::Negate(operand) | Expr::Not(operand) | Expr::IsNull(operand, _) | Expr::Cast(operand, _) => {
                        expr(operand, visit);
                    }
                    Expr::And(items) | Expr::Or(items) | Expr::Tuple(items) | Expr::Call(_, items) => {
                        exprs(items, visit);
                    }
                    Expr::Between(between) => {
                        expr(& $($mutable)? between.operand, visit);
                        expr(& $($mutable)? between.low, visit);
                        expr(& $($mutable)? between.high, visit);
                    }
                    Expr::In(list) => {
                        expr(& $($mutable)? list.operand, visit);
                        visit(Leaf::Literal(& $($mutable)? list.list));
                    }
                    Expr::InRows(rows) => {
                        exprs(& $($mutable)? rows.operands, visit);
                        rows.lists.$iter().for_each(|list| visit(Leaf::Literal(list)));
                    }
                    Expr::Match(text) => {
                        expr(& $($mutable)? text.operand, visit);
                        expr(& $($mutable)? text.pattern, visit);
                    }
                    Expr::Related(related) => {
                        if let Quantifier::Aggregate(inner) = & $($mutable)? related.quantifier {
                            aggregate(inner, visit);
                        }
                        related.condition.$iter().for_each(|condition| expr(condition, visit));
                    }
                    Expr::Aggregate(inner) => aggregate(inner, visit),
                    Expr::Window(inner) => window(inner, visit),
                    Expr::Case(case) => {
                        case.whens.$iter().for_each(|(condition, value)| {
                            expr(condition, visit);
                            expr(value, visit);
                        });
                        case.otherwise.$iter().for_each(|otherwise| expr(otherwise, visit));
                    }
                    Expr::Custom(custom) => exprs(& $($mutable)? custom.arguments, visit),
                    Expr::Exists(inner) | Expr::Scalar(inner) => select(inner, visit),
                    Expr::InSelect(operand, inner) => {
                        expr(operand, visit);
                        select(inner, visit);
                    }
                    Expr::Raw(node) => raw(node, visit),
                }
            }
        }
    };
}

traversal!(shared, "Over shared nodes.", [], iter, arguments);
traversal!(mutable, "Over mutable nodes.", [mut], iter_mut, arguments_mut);

impl Statement {
    /// Calls `visit` with every literal, in the order in which they are numbered.
    pub fn for_each_literal<'t>(&'t self, mut visit: impl FnMut(&'t Literal)) {
        shared::statement(self, &mut |leaf| {
            if let shared::Leaf::Literal(literal) = leaf {
                visit(literal);
            }
        });
    }

    /// Calls `visit` with every literal, in the order in which they are numbered.
    pub fn for_each_literal_mut(&mut self, mut visit: impl FnMut(&mut Literal)) {
        mutable::statement(self, &mut |leaf| {
            if let mutable::Leaf::Literal(literal) = leaf {
                visit(literal);
            }
        });
    }

    /// Numbers the literals, see [`Literal::slot`].
    pub fn number_literals(&mut self) {
        let mut next = 0;
        self.for_each_literal_mut(|literal| {
            literal.slot = next;
            next += 1;
        });
    }

    /// The reason of the first [`Expr::Invalid`], if there is one.
    pub fn first_invalid(&self) -> Option<&Arc<str>> {
        let mut first = None;
        shared::statement(self, &mut |leaf| {
            if let (shared::Leaf::Invalid(reason), None) = (leaf, first) {
                first = Some(reason);
            }
        });
        first
    }
}

impl Expr {
    /// The literals of an expression, in the order in which they are numbered.
    pub fn literals(&self) -> Vec<&Literal> {
        let mut literals = Vec::new();
        shared::expr(self, &mut |leaf| {
            if let shared::Leaf::Literal(literal) = leaf {
                literals.push(literal);
            }
        });
        literals
    }
}

/// Calls `visit` with the operands of an expression. Queries within it are not entered: their
/// expressions are about rows of their own.
pub(crate) fn for_each_operand<'t>(expr: &'t Expr, visit: &mut dyn FnMut(&'t Expr)) {
    match expr {
        Expr::Literal(_)
        | Expr::Column(_)
        | Expr::Fields(..)
        | Expr::Slot(_)
        | Expr::Output(_)
        | Expr::Excluded(_)
        | Expr::Related(_)
        | Expr::Exists(_)
        | Expr::Scalar(_)
        | Expr::Invalid(_) => {}
        Expr::Binary(_, left, right) | Expr::Same(left, right, _) => {
            visit(left);
            visit(right);
        }
        Expr::Negate(operand)
        | Expr::Not(operand)
        | Expr::IsNull(operand, _)
        | Expr::InSelect(operand, _)
        | Expr::Cast(operand, _) => visit(operand),
        Expr::And(items) | Expr::Or(items) | Expr::Tuple(items) | Expr::Call(_, items) => {
            items.iter().for_each(visit);
        }
        Expr::Between(between) => {
            [&between.operand, &between.low, &between.high].into_iter().for_each(visit);
        }
        Expr::In(list) => visit(&list.operand),
        Expr::InRows(rows) => rows.operands.iter().for_each(visit),
        Expr::Match(text) => [&text.operand, &text.pattern].into_iter().for_each(visit),
        Expr::Aggregate(aggregate) => {
            let Aggregate { argument, separator, filter, order, .. } = &**aggregate;
            let ordered = order.iter().map(|order| &order.expr);
            argument.iter().chain(separator).chain(filter).chain(ordered).for_each(visit);
        }
        Expr::Window(window) => {
            if let WindowFunction::Aggregate(aggregate) = &window.function {
                aggregate.argument.iter().chain(&aggregate.filter).for_each(&mut *visit);
            }
            let ordered = window.order.iter().map(|order| &order.expr);
            let arguments = window.function.arguments();
            arguments.into_iter().chain(&window.partition).chain(ordered).for_each(visit);
        }
        Expr::Case(case) => {
            let whens = case.whens.iter().flat_map(|(condition, value)| [condition, value]);
            whens.chain(&case.otherwise).for_each(visit);
        }
        Expr::Custom(custom) => custom.arguments.iter().for_each(visit),
        Expr::Raw(raw) => raw.parts.iter().for_each(|part| match part {
            RawPart::Expr(inner) => visit(inner),
            RawPart::Text(_) => {}
        }),
    }
}
