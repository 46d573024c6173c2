//! Windows: values of the rows around a row.

use super::frame::{Distance, by_distance, by_number};
use super::{Expr, Expression, IntoGroups, IntoOrder, Operand};
use crate::tree::{self, FrameUnit, WindowFunction};
use crate::value::{FieldType, Value};
use std::marker::PhantomData;
use std::ops::RangeBounds;

/// Which rows around a row count, and in which order.
///
/// ```
/// # use library::*;
/// # run(async |db| {
/// let by_views = func::window().partition_by(Book::author).order_by(Book::views.desc());
/// let best = Book::filter(func::row_number().over(by_views).eq(1)).order_by(Book::id);
/// assert_eq!(best.select(Book::title).all(&db).await?, ["Engine", "École", "100% sure"]);
/// # Ok(()) })
/// ```
#[must_use = "a window does nothing until a function is computed over it"]
pub struct Window<M> {
    partition: Vec<tree::Expr>,
    order: Vec<tree::Order>,
    frame: Option<tree::Frame>,
    of: PhantomData<fn() -> M>,
}

/// All rows of the query as one window.
pub fn window<M>() -> Window<M> {
    Window { partition: Vec::new(), order: Vec::new(), frame: None, of: PhantomData }
}

impl<M> Clone for Window<M> {
    fn clone(&self) -> Self {
        Window {
            partition: self.partition.clone(),
            order: self.order.clone(),
            frame: self.frame.clone(),
            of: PhantomData,
        }
    }
}

impl<M> std::fmt::Debug for Window<M> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Window { partition, order, frame, .. } = self;
        write!(f, "Window({partition:?}, {order:?}, {frame:?})")
    }
}

impl<M> Window<M> {
    /// Only the rows that have the same values as the row: columns, expressions, a relation (the
    /// rows that lead to the same row), or a tuple of them.
    pub fn partition_by(mut self, groups: impl IntoGroups<M>) -> Self {
        groups.append(&mut self.partition);
        self
    }

    /// The order of the rows. With it, and without a frame, the rows up to the row and those equal
    /// to it count; without it, all do.
    pub fn order_by(mut self, order: impl IntoOrder<M>) -> Self {
        order.append(&mut self.order);
        self
    }

    /// Only the rows from so many before to so many after the row: `-2..=0` is the row and the two
    /// before it, `..=0` all up to the row, `..` all of the partition.
    ///
    /// ```
    /// # use library::*;
    /// # run(async |db| {
    /// let near = func::window().order_by(Book::id).rows(-1..=1);
    /// let most = func::max(Book::views).over(near);
    /// let rows = Book::query().order_by(Book::id).select(most).all(&db).await?;
    /// assert_eq!(rows, [Some(500), Some(500), Some(1000), Some(1000)]);
    /// # Ok(()) })
    /// ```
    pub fn rows(self, rows: impl RangeBounds<i64>) -> Self {
        self.framed(by_number(FrameUnit::Rows, &rows))
    }

    /// [`rows`](Window::rows), counting rows that are equal in order as one.
    pub fn groups(self, groups: impl RangeBounds<i64>) -> Self {
        self.framed(by_number(FrameUnit::Groups, &groups))
    }

    /// Only the rows whose value in the order, which must be one number or time, is as near as this
    /// to that of the row: `-10..=10`. SQLite measures integers, floats and durations.
    ///
    /// ```
    /// # use library::*;
    /// # run(async |db| {
    /// let near = func::window().order_by(Book::views).range(-5..=5);
    /// let rows = Book::query().order_by(Book::views).select(func::count().over(near));
    /// assert_eq!(rows.all(&db).await?, [2, 2, 1, 1]); // 5, 10, 500, 1000
    /// # Ok(()) })
    /// ```
    pub fn range<D: Distance>(self, distances: impl RangeBounds<D>) -> Self {
        self.framed(by_distance(&distances))
    }

    fn framed(mut self, frame: Result<tree::Frame, String>) -> Self {
        match frame {
            Ok(frame) => self.frame = Some(frame),
            // Running the query returns the reason.
            Err(reason) => self.partition.push(tree::Expr::Invalid(reason.into())),
        }
        self
    }

    /// A function over the window.
    pub(super) fn of<T>(self, function: WindowFunction) -> Expr<M, T> {
        let Window { partition, order, frame, .. } = self;
        Expr::from_tree(tree::Expr::Window(Box::new(tree::Window {
            function,
            partition,
            order,
            frame,
        })))
    }
}

/// A function over a window that is still to be told: [`over`](OfWindow::over) tells it.
#[must_use = "it does nothing without a window: `.over(func::window())`"]
pub struct OfWindow<M, T> {
    function: WindowFunction,
    of: PhantomData<fn() -> (M, T)>,
}

impl<M, T> OfWindow<M, T> {
    fn new(function: WindowFunction) -> OfWindow<M, T> {
        OfWindow { function, of: PhantomData }
    }

    /// The value for each row. It may be selected, sorted by, compared and calculated with, and a
    /// query may be filtered by it.
    pub fn over(self, window: Window<M>) -> Expr<M, T> {
        window.of(self.function)
    }
}

impl<M, T> std::fmt::Debug for OfWindow<M, T> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.function.fmt(f)
    }
}

/// The number of the row, from 1.
///
/// ```
/// # use library::*;
/// # run(async |db| {
/// let place = func::row_number().over(func::window().order_by(Book::views.desc()));
/// let rows = Book::query().order_by(Book::id).select((Book::title, place)).all(&db).await?;
/// assert_eq!(rows[1], ("Engine".into(), 2));
/// # Ok(()) })
/// ```
pub fn row_number<M>() -> OfWindow<M, i64> {
    OfWindow::new(WindowFunction::RowNumber)
}

/// The number of the first row that is equal to it in order: 1, 1, 3.
pub fn rank<M>() -> OfWindow<M, i64> {
    OfWindow::new(WindowFunction::Rank)
}

/// The number of its group of rows that are equal in order: 1, 1, 2.
pub fn dense_rank<M>() -> OfWindow<M, i64> {
    OfWindow::new(WindowFunction::DenseRank)
}

/// `(rank - 1) / (rows - 1)`, from 0 to 1.
pub fn percent_rank<M>() -> OfWindow<M, f64> {
    OfWindow::new(WindowFunction::PercentRank)
}

/// The share of the rows that do not come after it, above 0 to 1.
pub fn cume_dist<M>() -> OfWindow<M, f64> {
    OfWindow::new(WindowFunction::CumeDist)
}

/// Which of `parts` parts of nearly equal size, from 1.
///
/// ```
/// # use library::*;
/// # run(async |db| {
/// let half = func::ntile(2).over(func::window().order_by(Book::views));
/// let rows = Book::query().order_by(Book::views).select(half).all(&db).await?;
/// assert_eq!(rows, [1, 1, 2, 2]);
/// # Ok(()) })
/// ```
pub fn ntile<M>(parts: u32) -> OfWindow<M, i32> {
    OfWindow::new(WindowFunction::Ntile(number("parts", parts, 1)))
}

/// The value of the row so many rows before; `None` where there is none.
///
/// ```
/// # use library::*;
/// # run(async |db| {
/// let by_key = func::window().order_by(Book::id);
/// let more = Book::views - func::lag_or(Book::views, 1, 0).over(by_key.clone());
/// let next = func::lead(Book::title, 1).over(by_key);
/// let rows = Book::query().order_by(Book::id).select((more, next)).all(&db).await?;
/// assert_eq!(rows[0], (10, Some("Engine".into())));
/// assert_eq!(rows[3], (995, None));
/// # Ok(()) })
/// ```
pub fn lag<E: Expression>(
    of: E,
    rows: u32,
) -> OfWindow<E::Model, <E::Type as FieldType>::Optional> {
    OfWindow::new(WindowFunction::Lag(of.into_tree(), number("rows", rows, 0), None))
}

/// [`lag`], with a value in the place of a row that is missing.
pub fn lag_or<E: Expression>(
    of: E,
    rows: u32,
    missing: impl Operand<E::Model, E::Type>,
) -> OfWindow<E::Model, E::Type> {
    let (rows, missing) = (number("rows", rows, 0), missing.operand());
    OfWindow::new(WindowFunction::Lag(of.into_tree(), rows, Some(missing)))
}

/// The value of the row so many rows after; `None` where there is none.
pub fn lead<E: Expression>(
    of: E,
    rows: u32,
) -> OfWindow<E::Model, <E::Type as FieldType>::Optional> {
    OfWindow::new(WindowFunction::Lead(of.into_tree(), number("rows", rows, 0), None))
}

/// [`lead`], with a value in the place of a row that is missing.
pub fn lead_or<E: Expression>(
    of: E,
    rows: u32,
    missing: impl Operand<E::Model, E::Type>,
) -> OfWindow<E::Model, E::Type> {
    let (rows, missing) = (number("rows", rows, 0), missing.operand());
    OfWindow::new(WindowFunction::Lead(of.into_tree(), rows, Some(missing)))
}

/// The value of the first row of the frame; `None` where the frame is empty.
///
/// ```
/// # use library::*;
/// # run(async |db| {
/// let all = func::window().partition_by(Book::author).order_by(Book::views).rows(..);
/// let ends = (func::first_value(Book::title).over(all.clone()), func::last_value(Book::title).over(all));
/// let rows = Book::query().order_by(Book::id).select(ends).all(&db).await?;
/// assert_eq!(rows[0], (Some("Notes".into()), Some("Engine".into())));
/// # Ok(()) })
/// ```
pub fn first_value<E: Expression>(of: E) -> OfWindow<E::Model, <E::Type as FieldType>::Optional> {
    OfWindow::new(WindowFunction::FirstValue(of.into_tree()))
}

/// The value of the last row of the frame, which without a frame of its own ends at the row and
/// those equal to it.
pub fn last_value<E: Expression>(of: E) -> OfWindow<E::Model, <E::Type as FieldType>::Optional> {
    OfWindow::new(WindowFunction::LastValue(of.into_tree()))
}

/// The value of the row of this number in the frame, from 1; `None` where there is none.
pub fn nth_value<E: Expression>(
    of: E,
    row: u32,
) -> OfWindow<E::Model, <E::Type as FieldType>::Optional> {
    OfWindow::new(WindowFunction::NthValue(of.into_tree(), number("row", row, 1)))
}

/// A number of rows, which has 32 bits.
fn number(what: &str, number: u32, least: u32) -> tree::Expr {
    match i32::try_from(number) {
        Ok(value) if number >= least => tree::Expr::literal(Value::I32(value)),
        _ => tree::Expr::Invalid(
            format!("`{what}` of a window function is {least} to {}, not {number}", i32::MAX)
                .into(),
        ),
    }
}
