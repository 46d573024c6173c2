//! Orders of rows.

use super::{Aggregate, Column, Expr, Expression};
use crate::tree::{self, Nulls, Order};
use crate::value::FieldType;
use std::marker::PhantomData;

/// One expression to sort rows of `M` by.
///
/// ```
/// # use library::*;
/// # run(async |db| {
/// let sorted = Book::query().order_by(Book::rating.asc().nulls_first());
/// assert_eq!(sorted.select(Book::title).all(&db).await?[0], "École");
/// # Ok(()) })
/// ```
#[derive(Debug)]
pub struct Ordering<M> {
    order: Order,
    of: PhantomData<fn() -> M>,
}

impl<M> Ordering<M> {
    pub(super) fn new(expr: tree::Expr, descending: bool) -> Ordering<M> {
        Ordering { order: Order { expr, descending, nulls: Nulls::Greatest }, of: PhantomData }
    }

    pub(super) fn from_tree(order: Order) -> Ordering<M> {
        Ordering { order, of: PhantomData }
    }

    pub(super) fn into_tree(self) -> Order {
        self.order
    }

    /// NULL before all values.
    #[must_use]
    pub fn nulls_first(mut self) -> Self {
        self.order.nulls = Nulls::First;
        self
    }

    /// NULL after all values.
    #[must_use]
    pub fn nulls_last(mut self) -> Self {
        self.order.nulls = Nulls::Last;
        self
    }
}

impl<M> Clone for Ordering<M> {
    fn clone(&self) -> Self {
        Ordering { order: self.order.clone(), of: PhantomData }
    }
}

/// What a query can be sorted by: an ordering, a column or expression (ascending), or several as a
/// tuple or list.
///
/// ```
/// # use library::*;
/// # run(async |db| {
/// let sorted = Book::query().order_by((Book::author.name, Book::views.desc(), Book::views * -1));
/// assert_eq!(sorted.select(Book::title).all(&db).await?[0], "Engine");
///
/// let orders = vec![Book::rating.asc().nulls_first(), Book::id.asc()];
/// assert_eq!(Book::query().order_by(orders).select(Book::title).all(&db).await?[0], "École");
/// # Ok(()) })
/// ```
#[diagnostic::on_unimplemented(
    message = "rows of `{M}` cannot be sorted by `{Self}`",
    note = "sort by a column or expression of `{M}`, with `.asc()` or `.desc()`, or by a tuple of them"
)]
pub trait IntoOrder<M> {
    /// Appends the orders.
    fn append(self, orders: &mut Vec<Order>);
}

#[diagnostic::do_not_recommend]
impl<M> IntoOrder<M> for Ordering<M> {
    fn append(self, orders: &mut Vec<Order>) {
        orders.push(self.order);
    }
}

#[diagnostic::do_not_recommend]
impl<M: 'static, T: FieldType> IntoOrder<M> for Column<M, T> {
    fn append(self, orders: &mut Vec<Order>) {
        orders.push(self.asc().order);
    }
}

#[diagnostic::do_not_recommend]
impl<M: 'static, T: FieldType> IntoOrder<M> for Expr<M, T> {
    fn append(self, orders: &mut Vec<Order>) {
        orders.push(self.asc().order);
    }
}

#[diagnostic::do_not_recommend]
impl<M: 'static, T: FieldType> IntoOrder<M> for Aggregate<M, T> {
    fn append(self, orders: &mut Vec<Order>) {
        orders.push(self.asc().order);
    }
}

#[diagnostic::do_not_recommend]
impl<M> IntoOrder<M> for Vec<Ordering<M>> {
    fn append(self, orders: &mut Vec<Order>) {
        orders.extend(self.into_iter().map(|ordering| ordering.order));
    }
}

#[diagnostic::do_not_recommend]
impl<M, const N: usize> IntoOrder<M> for [Ordering<M>; N] {
    fn append(self, orders: &mut Vec<Order>) {
        orders.extend(self.into_iter().map(|ordering| ordering.order));
    }
}

macro_rules! order_tuples {
    ($(($($part:ident),+))+) => {$(
        impl<M, $($part: IntoOrder<M>),+> IntoOrder<M> for ($($part,)+) {
            fn append(self, orders: &mut Vec<Order>) {
                #[allow(non_snake_case, reason = "the type parameters name the parts")]
                let ($($part,)+) = self;
                $($part.append(orders);)+
            }
        }
    )+};
}

order_tuples! { (A) (A, B) (A, B, C) (A, B, C, D) (A, B, C, D, E) (A, B, C, D, E, F) }
