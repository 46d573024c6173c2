//! Visiting every expression and literal of a tree, always in the same order.
//!
//! There is one traversal, over mutable nodes and over shared ones, made by one macro: the order of
//! literals is the order of a statement's values, so the two must never differ.

use super::{
    Aggregate, Alias, ColumnRef, Common, CommonQuery, Conflict, ConflictTarget, Delete, Distinct,
    Expr, FrameBound, Insert, InsertSource, Literal, Order, Origin, Output, Quantifier, Raw,
    RawPart, Related, Select, Source, Statement, Update, UpdateEach, Window, WindowFunction,
};
use crate::schema::TableRef;
use crate::value::Value;
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
                /// A column, before planning or after, the fields of a model, or the column of
                /// another query.
                Reference(&'t $($mutable)? Expr),
                /// A question about rows related to one of the tables around: what follows, up to
                /// [`Leaf::Leave`], is about those rows.
                Related(TableRef, &'t $($mutable)? Origin, &'t [&'static str]),
                /// What follows, up to [`Leaf::Leave`], is about a query of this model.
                Enter(TableRef),
                /// A table that a query reads beside its own.
                #[allow(dead_code, reason = "read through shared nodes only")]
                Beside(TableRef),
                /// The end of a query, or of a question.
                Leave,
            }

            type Visit<'v, 't> = &'v mut dyn FnMut(Leaf<'t>);

            pub(super) fn statement<'t>(node: &'t $($mutable)? Statement, visit: Visit<'_, 't>) {
                match node {
                    Statement::Select(node) => select(node, visit),
                    Statement::Insert(node) => insert(node, visit),
                    Statement::Update(node) => update(node, visit),
                    Statement::UpdateEach(node) => update_each(node, visit),
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
                node.told.$iter().for_each(|told| visit(Leaf::Literal(told)));
            }

            fn update_each<'t>(node: &'t $($mutable)? UpdateEach, visit: Visit<'_, 't>) {
                let lists = node.key.$iter().chain(node.each.$iter());
                lists.for_each(|(_, list)| visit(Leaf::Literal(list)));
                node.set.$iter().for_each(|(_, value)| expr(value, visit));
                exprs(& $($mutable)? node.returning, visit);
                visit(Leaf::Literal(& $($mutable)? node.told));
            }

            fn target<'t>(node: &'t $($mutable)? ConflictTarget, visit: Visit<'_, 't>) {
                if let ConflictTarget::Partial(_, condition, _) = node {
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

            pub(super) fn select<'t>(node: &'t $($mutable)? Select, visit: Visit<'_, 't>) {
                visit(Leaf::Enter(node.table));
                node.via.iter().for_each(|via| visit(Leaf::Beside(via.table)));
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
                visit(Leaf::Leave);
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
                    Source::Table(table) => visit(Leaf::Beside(*table)),
                    Source::Common(_) => {}
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
                    Expr::Column(_) | Expr::Fields(..) | Expr::Output(_) | Expr::Slot(_) => {
                        visit(Leaf::Reference(node));
                    }
                    Expr::Excluded(_) => {}
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
                        let Related { table, origin, path, quantifier, condition } =
                            & $($mutable)? **related;
                        visit(Leaf::Related(*table, origin, path));
                        if let Quantifier::Aggregate(inner) = quantifier {
                            aggregate(inner, visit);
                        }
                        condition.$iter().for_each(|condition| expr(condition, visit));
                        visit(Leaf::Leave);
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

/// Forgets values: each literal is NULL from then on, of the kind that it had.
fn forget(literal: &mut Literal) {
    literal.value = Value::Null(literal.value.kind());
}

/// Gives literals values, one after the other, as far as there are any.
fn put<'v>(mut values: impl Iterator<Item = &'v Value>) -> impl FnMut(&mut Literal) {
    move |literal| {
        if let Some(value) = values.next() {
            literal.value.clone_from(value);
        }
    }
}

impl Select {
    /// Calls `visit` with every literal, in the order in which those of a statement are numbered.
    pub fn for_each_literal<'t>(&'t self, mut visit: impl FnMut(&'t Literal)) {
        shared::select(self, &mut |leaf| {
            if let shared::Leaf::Literal(literal) = leaf {
                visit(literal);
            }
        });
    }

    /// Calls `visit` with every literal, in the order in which those of a statement are numbered.
    fn for_each_literal_mut(&mut self, mut visit: impl FnMut(&mut Literal)) {
        mutable::select(self, &mut |leaf| {
            if let mutable::Leaf::Literal(literal) = leaf {
                visit(literal);
            }
        });
    }

    /// Puts NULLs in the places of all values, of the kinds that they had.
    pub fn forget_values(&mut self) {
        self.for_each_literal_mut(forget);
    }

    /// Puts values in the places of those that are there, as far as there are any.
    pub fn put_values(&mut self, values: &[Value]) {
        self.for_each_literal_mut(put(values.iter()));
    }
}

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

    /// Puts NULLs in the places of all values, of the kinds that they had.
    pub fn forget_values(&mut self) {
        self.for_each_literal_mut(forget);
    }

    /// Puts values in the places of those that are there, as far as there are any.
    pub fn put_values(&mut self, values: &[Value]) {
        self.for_each_literal_mut(put(values.iter()));
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
    /// The expression, in which what was read from the row that the expression is about is read
    /// from another row of its `model`: that of an alias, or that of a query around.
    #[must_use]
    pub fn read_from(mut self, model: TableRef, from: &Origin) -> Expr {
        let mut inner: Vec<Option<TableRef>> = Vec::new();
        mutable::expr(&mut self, &mut |leaf| match leaf {
            mutable::Leaf::Reference(Expr::Column(column)) => {
                redirect(column.table, &mut column.origin, model, from, &inner);
            }
            mutable::Leaf::Reference(Expr::Fields(table, origin)) => {
                redirect(*table, origin, model, from, &inner);
            }
            mutable::Leaf::Related(table, origin, path) => {
                redirect(table, origin, model, from, &inner);
                inner.push(target_of(table, path));
            }
            mutable::Leaf::Enter(table) => inner.push(Some(table)),
            mutable::Leaf::Leave => drop(inner.pop()),
            _ => {}
        });
        self
    }

    /// The first model whose row this expression reads, queries within it not counted: that of the
    /// query that it is for.
    pub fn read_model(&self) -> Option<TableRef> {
        let (mut found, mut within) = (None, 0);
        shared::expr(self, &mut |leaf| match leaf {
            shared::Leaf::Reference(Expr::Column(column)) if within == 0 => {
                found.get_or_insert(column.table);
            }
            shared::Leaf::Related(table, _, _) => {
                if within == 0 {
                    found.get_or_insert(table);
                }
                within += 1;
            }
            shared::Leaf::Enter(_) => within += 1,
            shared::Leaf::Leave => within -= 1,
            _ => {}
        });
        found
    }

    /// What is read from rows with names, in this expression and the queries within it; each once.
    pub(crate) fn named_references(&self) -> Vec<Reference> {
        let mut found = Vec::new();
        shared::expr(self, &mut |leaf| {
            let reference = match leaf {
                shared::Leaf::Reference(Expr::Column(column)) => Reference::Column(column.clone()),
                shared::Leaf::Reference(Expr::Output(output)) => Reference::Output(output.clone()),
                shared::Leaf::Related(table, origin, path) => {
                    Reference::Related(table, origin.clone(), path.to_vec())
                }
                _ => return,
            };
            if matches!(reference.origin(), Origin::Named(_)) && !found.contains(&reference) {
                found.push(reference);
            }
        });
        found
    }

    /// Whether a query within this expression reads a table of which `is` is true.
    pub(crate) fn reads(&self, is: &dyn Fn(TableRef) -> bool) -> bool {
        let mut found = false;
        shared::expr(self, &mut |leaf| {
            if let shared::Leaf::Enter(table) | shared::Leaf::Beside(table) = leaf {
                found |= is(table);
            }
        });
        found
    }

    /// Whether this expression, or a query within it, has the column of another query that is known
    /// by this alias.
    pub(crate) fn has_output_of(&self, alias: Alias) -> bool {
        let mut found = false;
        shared::expr(self, &mut |leaf| {
            if let shared::Leaf::Reference(Expr::Output(output)) = leaf {
                found |= output.alias == Some(alias);
            }
        });
        found
    }

    /// Whether this planned expression, or a query within it, has a column of a table or query of
    /// whose alias `is` is true.
    pub(crate) fn has_column_of(&self, is: &dyn Fn(Alias) -> bool) -> bool {
        let mut found = false;
        shared::expr(self, &mut |leaf| {
            let alias = match leaf {
                shared::Leaf::Reference(Expr::Slot(slot)) => slot.alias,
                shared::Leaf::Reference(Expr::Output(output)) => output.alias,
                _ => None,
            };
            found |= alias.is_some_and(is);
        });
        found
    }

    /// Whether this, or one of its operands, is an expression of which `is` is true. Queries within
    /// it are not entered.
    pub(crate) fn holds(&self, is: &dyn Fn(&Expr) -> bool) -> bool {
        // Not by recursion: this is asked before what is nested too deeply is refused.
        let mut waiting = Vec::new();
        let mut next = Some(self);
        while let Some(expr) = next {
            if is(expr) {
                return true;
            }
            for_each_operand(expr, &mut |operand| waiting.push(operand));
            next = waiting.pop();
        }
        false
    }

    /// Whether operands are nested in more than so many levels.
    pub(crate) fn is_deeper_than(&self, levels: usize) -> bool {
        let mut waiting = vec![(self, 0)];
        while let Some((expr, level)) = waiting.pop() {
            if level > levels {
                return true;
            }
            for_each_operand(expr, &mut |operand| waiting.push((operand, level + 1)));
        }
        false
    }

    /// Whether there is an aggregate over the rows of the expression's own query.
    pub fn holds_aggregate(&self) -> bool {
        self.holds(&|expr| matches!(expr, Expr::Aggregate(_)))
    }

    /// Whether there is a window over the rows of the expression's own query.
    pub fn holds_window(&self) -> bool {
        self.holds(&|expr| matches!(expr, Expr::Window(_)))
    }

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

/// What an expression reads, see [`Expr::named_references`].
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Reference {
    /// A column.
    Column(ColumnRef),
    /// The column of a query.
    Output(Output),
    /// The key by which rows are related: where the path begins, and the path.
    Related(TableRef, Origin, Vec<&'static str>),
}

impl Reference {
    fn origin(&self) -> &Origin {
        match self {
            Reference::Column(column) => &column.origin,
            Reference::Output(output) => &output.origin,
            Reference::Related(_, origin, _) => origin,
        }
    }
}

/// Reads what is read of the model from elsewhere, unless a query within the expression is meant.
fn redirect(
    table: TableRef,
    origin: &mut Origin,
    model: TableRef,
    from: &Origin,
    inner: &[Option<TableRef>],
) {
    let hidden = match (&*origin, inner.split_last()) {
        (Origin::Query, _) => inner,
        (Origin::Outer, Some((_, around))) => around,
        (Origin::Outer, None) | (Origin::Named(_), _) => return,
    };
    if table == model && !hidden.contains(&Some(model)) {
        *origin = from.clone();
    }
}

/// The model at the end of a path.
fn target_of(table: TableRef, path: &[&'static str]) -> Option<TableRef> {
    path.iter().try_fold(table, |table, name| {
        table.relation(name).and_then(|relation| relation.target.table()).map(TableRef).ok()
    })
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
                let Aggregate { argument, separator, filter, .. } = aggregate;
                argument.iter().chain(separator).chain(filter).for_each(&mut *visit);
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
