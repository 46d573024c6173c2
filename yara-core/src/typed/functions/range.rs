//! Ranges.

use crate::tree::{self, Function};
use crate::typed::{Expression, Operand, Pred};
use crate::value::{FieldType, Range, RangeItem};

/// A type whose values are ranges: `Range<T>`, and an `Option` of it.
#[diagnostic::on_unimplemented(
    message = "this is asked of ranges, and `{Self}` is none",
    label = "expected a column or expression of type `Range<…>`"
)]
pub trait Ranged: FieldType {
    /// What the range is of.
    type Item: RangeItem;
}

impl<T: RangeItem> Ranged for Range<T> {
    type Item = T;
}

impl<T: RangeItem> Ranged for Option<Range<T>> {
    type Item = T;
}

/// What can be asked of a column or expression of ranges. PostgreSQL has them; SQLite refuses them
/// by name.
///
/// ```no_run
/// use yara_orm::prelude::*;
/// use yara_orm::value::Range;
///
/// #[derive(Model, Debug, Clone)]
/// struct Stay {
///     id: i64,
///     room: i32,
///     nights: Range<i32>,
/// }
///
/// # async fn run(db: Db) -> yara_orm::Result<()> {
/// Stay::create().room(7).nights(Range::from(1..5)).insert(&db).await?;
/// let taken = Stay::room.eq(7) & Stay::nights.intersects(Range::from(4..6));
/// assert!(Stay::filter(taken & Stay::nights.includes(4)).exists(&db).await?);
/// # Ok(()) }
/// ```
pub trait RangeFunctions: Expression<Type: Ranged> {
    /// Whether a value is in the range.
    fn includes(
        self,
        value: impl Operand<Self::Model, <Self::Type as Ranged>::Item>,
    ) -> Pred<Self::Model> {
        ask(Function::RangeContains, self.into_tree(), value.operand())
    }

    /// Whether everything of another range is in the range; true of an empty one.
    fn includes_all(
        self,
        other: impl Operand<Self::Model, Range<<Self::Type as Ranged>::Item>>,
    ) -> Pred<Self::Model> {
        ask(Function::RangeContains, self.into_tree(), other.operand())
    }

    /// Whether everything of the range is in another one.
    fn within(
        self,
        other: impl Operand<Self::Model, Range<<Self::Type as Ranged>::Item>>,
    ) -> Pred<Self::Model> {
        ask(Function::RangeContains, other.operand(), self.into_tree())
    }

    /// Whether the two have a value in common.
    fn intersects(
        self,
        other: impl Operand<Self::Model, Range<<Self::Type as Ranged>::Item>>,
    ) -> Pred<Self::Model> {
        ask(Function::RangeOverlaps, self.into_tree(), other.operand())
    }
}

impl<E: Expression<Type: Ranged>> RangeFunctions for E {}

fn ask<M>(function: Function, left: tree::Expr, right: tree::Expr) -> Pred<M> {
    Pred::from_tree(tree::Expr::Call(function, vec![left, right]))
}
