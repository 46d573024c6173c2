//! Conditions.

use super::{Expr, Key, Model};
use crate::tree;
use std::marker::PhantomData;
use std::ops::{BitAnd, BitOr, Not};

/// A condition on rows of `M`; `&`, `|` and `!` combine conditions.
///
/// `!` is the complement: a row that a condition leaves out, its negation takes, NULL or not.
///
/// ```
/// # use library::*;
/// # run(async |db| {
/// let hot: Pred<Book> = Book::views.gt(100) | Book::rating.ge(4.0);
/// let count = Book::filter(hot.clone()).count(&db).await?;
/// let others = Book::filter(!hot).count(&db).await?;
/// assert_eq!((count, others), (3, 1));
/// # Ok(()) })
/// ```
#[must_use = "a condition does nothing until it is given to a query"]
pub struct Pred<M> {
    tree: tree::Expr,
    of: PhantomData<fn() -> M>,
}

impl<M> Pred<M> {
    /// Gives a node of the tree a model.
    pub fn from_tree(tree: tree::Expr) -> Pred<M> {
        Pred { tree, of: PhantomData }
    }

    /// The node of the query tree.
    pub fn into_tree(self) -> tree::Expr {
        self.tree
    }

    /// The condition as a value to select or to sort by; NULL where it is neither true nor false.
    ///
    /// ```
    /// # use library::*;
    /// # run(async |db| {
    /// let hot = Book::query().order_by(Book::id).select(Book::rating.gt(4.0).as_value());
    /// assert_eq!(hot.all(&db).await?, [Some(true), Some(false), None, Some(true)]);
    /// # Ok(()) })
    /// ```
    pub fn as_value(self) -> Expr<M, Option<bool>> {
        Expr::from_tree(self.tree)
    }
}

impl<M: Model> Pred<M> {
    /// True for the row of a key.
    ///
    /// ```
    /// # use library::*;
    /// # run(async |db| {
    /// let wanted = Pred::<Book>::key_is(1) | Pred::<Book>::key_is(2);
    /// assert_eq!(Book::filter(wanted).count(&db).await?, 2);
    /// # Ok(()) })
    /// ```
    pub fn key_is(key: M::Key) -> Pred<M> {
        let mut values = Vec::with_capacity(M::Key::WIDTH);
        if let Err(error) = key.encode(&mut values) {
            return Pred::from_tree(tree::Expr::Invalid(error.to_string().into()));
        }
        let table = M::table();
        let mut parts: Vec<tree::Expr> = table
            .key_fields()
            .zip(values)
            .map(|(field, value)| {
                let column = tree::Expr::Column(tree::ColumnRef::own(table, field.name));
                column.equal(tree::Expr::literal(value))
            })
            .collect();
        Pred::from_tree(match (parts.pop(), parts.is_empty()) {
            (Some(only), true) => only,
            (Some(last), false) => {
                parts.push(last);
                tree::Expr::And(parts)
            }
            (None, _) => tree::Expr::And(parts),
        })
    }
}

impl<M> Clone for Pred<M> {
    fn clone(&self) -> Self {
        Pred::from_tree(self.tree.clone())
    }
}

impl<M> std::fmt::Debug for Pred<M> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.tree.fmt(f)
    }
}

impl<M> BitAnd for Pred<M> {
    type Output = Pred<M>;

    fn bitand(self, other: Pred<M>) -> Pred<M> {
        Pred::from_tree(self.tree.and(other.tree))
    }
}

impl<M> BitOr for Pred<M> {
    type Output = Pred<M>;

    fn bitor(self, other: Pred<M>) -> Pred<M> {
        Pred::from_tree(self.tree.or(other.tree))
    }
}

impl<M> Not for Pred<M> {
    type Output = Pred<M>;

    fn not(self) -> Pred<M> {
        Pred::from_tree(tree::Expr::Not(Box::new(self.tree)))
    }
}
