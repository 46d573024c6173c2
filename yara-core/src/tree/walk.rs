//! Visiting every expression and literal of a tree, always in the same order.
//!
//! There is one traversal, over mutable nodes and over shared ones, made by one macro: the order of
//! literals is the order of a statement's values, so the two must never differ.

use super::{
    Conflict, Delete, Expr, Insert, InsertSource, Literal, Order, Quantifier, Raw, RawPart, Select,
    Statement, Update,
};

/// Defines the traversal for one kind of reference: a module of functions, one for each node that has parts.
macro_rules! traversal {
    ($module:ident, $doc:literal, [$($mutable:tt)?], $iter:ident) => {
        #[doc = $doc]
        mod $module {
            use super::*;

            type Visit<'v> = &'v mut dyn FnMut(& $($mutable)? Literal);

            pub(super) fn statement(node: & $($mutable)? Statement, visit: Visit<'_>) {
                match node {
                    Statement::Select(node) => select(node, visit),
                    Statement::Insert(node) => insert(node, visit),
                    Statement::Update(node) => update(node, visit),
                    Statement::Delete(node) => delete(node, visit),
                    Statement::Raw(node) => raw(node, visit),
                }
            }

            fn insert(node: & $($mutable)? Insert, visit: Visit<'_>) {
                match & $($mutable)? node.source {
                    InsertSource::Row(values) => exprs(values, visit),
                    InsertSource::Columns(columns) => columns.$iter().for_each(&mut *visit),
                }
                if let Some(Conflict::Update { set, .. }) = & $($mutable)? node.conflict {
                    set.$iter().for_each(|(_, value)| expr(value, visit));
                }
                exprs(& $($mutable)? node.returning, visit);
            }

            fn update(node: & $($mutable)? Update, visit: Visit<'_>) {
                select(& $($mutable)? node.rows, visit);
                node.set.$iter().for_each(|(_, value)| expr(value, visit));
                exprs(& $($mutable)? node.returning, visit);
            }

            fn delete(node: & $($mutable)? Delete, visit: Visit<'_>) {
                select(& $($mutable)? node.rows, visit);
                exprs(& $($mutable)? node.returning, visit);
            }

            fn select(node: & $($mutable)? Select, visit: Visit<'_>) {
                node.joins.$iter().for_each(|join| expr(& $($mutable)? join.on, visit));
                exprs(& $($mutable)? node.columns, visit);
                exprs(& $($mutable)? node.filter, visit);
                exprs(& $($mutable)? node.group_by, visit);
                exprs(& $($mutable)? node.having, visit);
                orders(& $($mutable)? node.order_by, visit);
                node.limit.$iter().for_each(&mut *visit);
                node.offset.$iter().for_each(&mut *visit);
                node.from.$iter().for_each(|inner| select(inner, visit));
            }

            fn orders(nodes: & $($mutable)? [Order], visit: Visit<'_>) {
                nodes.$iter().for_each(|order| expr(& $($mutable)? order.expr, visit));
            }

            fn exprs(nodes: & $($mutable)? [Expr], visit: Visit<'_>) {
                nodes.$iter().for_each(|node| expr(node, visit));
            }

            fn raw(node: & $($mutable)? Raw, visit: Visit<'_>) {
                node.parts.$iter().for_each(|part| match part {
                    RawPart::Expr(inner) => expr(inner, visit),
                    RawPart::Text(_) => {}
                });
            }

            pub(super) fn expr(node: & $($mutable)? Expr, visit: Visit<'_>) {
                match node {
                    Expr::Literal(literal) => visit(literal),
                    Expr::Column(_) | Expr::Fields(_) | Expr::Slot(_) | Expr::Excluded(_) | Expr::Invalid(_) => {}
                    Expr::Binary(_, left, right) | Expr::Same(left, right, _) => {
                        expr(left, visit);
                        expr(right, visit);
                    }
                    Expr::Negate(operand) | Expr::Not(operand) | Expr::IsNull(operand, _) | Expr::Cast(operand, _) => {
                        expr(operand, visit);
                    }
                    Expr::And(items) | Expr::Or(items) | Expr::Call(_, items) => exprs(items, visit),
                    Expr::Between(between) => {
                        expr(& $($mutable)? between.operand, visit);
                        expr(& $($mutable)? between.low, visit);
                        expr(& $($mutable)? between.high, visit);
                    }
                    Expr::In(list) => {
                        expr(& $($mutable)? list.operand, visit);
                        visit(& $($mutable)? list.list);
                    }
                    Expr::Match(text) => {
                        expr(& $($mutable)? text.operand, visit);
                        expr(& $($mutable)? text.pattern, visit);
                    }
                    Expr::Related(related) => {
                        if let Quantifier::Aggregate(_, argument) = & $($mutable)? related.quantifier {
                            expr(argument, visit);
                        }
                        related.condition.$iter().for_each(|condition| expr(condition, visit));
                    }
                    Expr::Aggregate(aggregate) => {
                        aggregate.argument.$iter().for_each(|argument| expr(argument, visit));
                        aggregate.filter.$iter().for_each(|filter| expr(filter, visit));
                    }
                    Expr::Exists(inner) | Expr::Scalar(inner) => select(inner, visit),
                    Expr::InSelect(operand, inner) => {
                        expr(operand, visit);
                        select(inner, visit);
                    }
                    Expr::Raw(node) => raw(node, visit),
                    Expr::RowNumber(partition, order) => {
                        exprs(partition, visit);
                        orders(order, visit);
                    }
                }
            }
        }
    };
}

traversal!(shared, "Over shared nodes.", [], iter);
traversal!(mutable, "Over mutable nodes.", [mut], iter_mut);

impl Statement {
    /// Calls `visit` with every literal, in the order in which they are numbered.
    pub fn for_each_literal(&self, mut visit: impl FnMut(&Literal)) {
        shared::statement(self, &mut visit);
    }

    /// Numbers the literals, see [`Literal::slot`].
    pub fn number_literals(&mut self) {
        let mut next = 0;
        mutable::statement(self, &mut |literal| {
            literal.slot = next;
            next += 1;
        });
    }
}
