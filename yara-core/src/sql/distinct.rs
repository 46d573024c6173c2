//! `DISTINCT ON` for databases that have none: the rows of each group are numbered, and the first
//! of each is kept, which means exactly the same.

use crate::tree::{
    Alias, Distinct, Expr, Order, Origin, Output, Raw, RawPart, Select, Source, Window,
    WindowFunction,
};
use crate::value::Type;

/// The query with its rows numbered among those that are alike in `keys`.
pub(super) fn by_number(select: &Select, keys: &[Expr]) -> Select {
    let mut inner = select.clone();
    let order = std::mem::take(&mut inner.order_by);
    let (limit, offset) = (inner.limit.take(), inner.offset.take());
    inner.distinct = Distinct::No;
    let width = inner.columns.len();
    inner.columns.extend(order.iter().map(|order| order.expr.clone()));
    inner.columns.push(Expr::Window(Box::new(Window {
        function: WindowFunction::RowNumber,
        partition: keys.to_vec(),
        order: order.clone(),
        frame: None,
    })));
    let output = |column: usize| {
        Expr::Output(Output {
            origin: Origin::Query,
            column,
            alias: Some(Alias::NUMBERED),
            kind: inner.columns[column].kind(),
            nullable: inner.columns[column].is_nullable(),
        })
    };
    let mut outer = Select::new(select.table.0);
    outer.alias = Some(Alias::NUMBERED);
    outer.columns = (0..width).map(output).collect();
    // Text, because the literals of the statement have been numbered already.
    let number = RawPart::Expr(output(inner.columns.len() - 1));
    let parts = vec![number, RawPart::Text(" = 1".into())];
    let is_first = Raw { parts, kind: Some(Type::Bool) };
    outer.filter = vec![Expr::Raw(Box::new(is_first))];
    outer.order_by = (width..)
        .zip(order)
        .map(|(column, order)| Order { expr: output(column), ..order })
        .collect();
    outer.limit = limit;
    outer.offset = offset;
    outer.from = Some(Source::Query(Box::new(inner)));
    outer
}
