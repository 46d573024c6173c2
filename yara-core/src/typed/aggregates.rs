//! Aggregates: one value of many rows.

use super::{Expr, Expression, IntoOrder, Operand, Pred, Projection, Window};
use crate::tree::{self, AggregateFunction, WindowFunction};
use crate::value::{Comparable, FieldType, Item, Number, Summable, Textual};
use std::marker::PhantomData;

/// A value of many rows of `M`: of all rows of a query, of each [group](super::Query::group_by), or
/// [over a window](Aggregate::over) around each row.
///
/// ```
/// # use library::*;
/// # run(async |db| {
/// let hot = func::count().filter(Book::views.ge(100));
/// let titles = func::string_agg(Book::title, ", ").order_by(Book::views.desc());
/// let query = Book::query().group_by(Book::author).order_by(Book::author.name);
/// let rows = query.select((Book::author.name, func::sum(Book::views), hot, titles));
/// let rows = rows.all(&db).await?;
/// assert_eq!(rows[0], ("Ada".into(), Some(510), 1, Some("Engine, Notes".into())));
/// # Ok(()) })
/// ```
pub struct Aggregate<M, T> {
    aggregate: tree::Aggregate,
    of: PhantomData<fn() -> (M, T)>,
}

impl<M, T> Aggregate<M, T> {
    fn new(function: AggregateFunction, argument: Option<tree::Expr>) -> Aggregate<M, T> {
        Aggregate { aggregate: tree::Aggregate::new(function, argument), of: PhantomData }
    }

    /// The node of the query tree.
    pub(super) fn into_node(self) -> tree::Aggregate {
        self.aggregate
    }

    /// Each value once.
    ///
    /// ```
    /// # use library::*;
    /// # run(async |db| {
    /// let writers = func::count_of(Book::author_id).distinct();
    /// assert_eq!(Book::query().aggregate((func::count(), writers)).one(&db).await?, (4, 3));
    /// # Ok(()) })
    /// ```
    #[must_use]
    pub fn distinct(mut self) -> Self {
        self.aggregate.distinct = true;
        self
    }

    /// Only the rows that match; several filters must all.
    ///
    /// ```
    /// # use library::*;
    /// # run(async |db| {
    /// let hot = func::sum(Book::views).filter(Book::views.gt(100));
    /// assert_eq!(Book::query().aggregate(hot).one(&db).await?, Some(1500));
    /// # Ok(()) })
    /// ```
    #[must_use]
    pub fn filter(mut self, condition: Pred<M>) -> Self {
        let condition = condition.into_tree();
        self.aggregate.filter = Some(match self.aggregate.filter.take() {
            Some(before) => before.and(condition),
            None => condition,
        });
        self
    }

    /// In which order values are collected, for [`string_agg`], [`array_agg`] and [`json_agg`];
    /// without one they come as the database finds them, and distinct ones least first.
    #[must_use]
    pub fn order_by(mut self, order: impl IntoOrder<M>) -> Self {
        order.append(&mut self.aggregate.order);
        self
    }

    /// For each row, of the rows of a window around it.
    ///
    /// ```
    /// # use library::*;
    /// # run(async |db| {
    /// let so_far = func::sum(Book::views).over(func::window().order_by(Book::id));
    /// let sums = Book::query().order_by(Book::id).select(so_far).all(&db).await?;
    /// assert_eq!(sums, [Some(10), Some(510), Some(515), Some(1515)]);
    /// # Ok(()) })
    /// ```
    pub fn over(self, window: Window<M>) -> Expr<M, T> {
        window.of(WindowFunction::Aggregate(self.aggregate))
    }
}

impl<M, T> Clone for Aggregate<M, T> {
    fn clone(&self) -> Self {
        Aggregate { aggregate: self.aggregate.clone(), of: PhantomData }
    }
}

impl<M, T> std::fmt::Debug for Aggregate<M, T> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.aggregate.fmt(f)
    }
}

impl<M: 'static, T: FieldType> Expression for Aggregate<M, T> {
    type Model = M;
    type Type = T;

    fn into_tree(self) -> tree::Expr {
        tree::Expr::Aggregate(Box::new(self.aggregate))
    }
}

/// The number of rows.
///
/// ```
/// # use library::*;
/// # run(async |db| {
/// let busy = Book::query().group_by(Book::author).having(func::count().gt(1));
/// assert_eq!(busy.select(Book::author.name).all(&db).await?, ["Ada"]);
/// # Ok(()) })
/// ```
pub fn count<M>() -> Aggregate<M, i64> {
    Aggregate::new(AggregateFunction::Count, None)
}

/// The number of values that are not NULL.
///
/// ```
/// # use library::*;
/// # run(async |db| {
/// assert_eq!(Book::query().aggregate(func::count_of(Book::rating)).one(&db).await?, 3);
/// # Ok(()) })
/// ```
pub fn count_of<E: Expression>(of: E) -> Aggregate<E::Model, i64> {
    Aggregate::new(AggregateFunction::Count, Some(of.into_tree()))
}

/// The sum; `None` where there is no value. Of small integers it is an `i64`, of `f32` an `f64`: see
/// [`Summable::Sum`]. A sum past the range is an error of kind `Data`.
///
/// ```
/// # use library::*;
/// # run(async |db| {
/// let sums = (func::sum(Book::views), func::sum(Book::rating * 2.0));
/// assert_eq!(Book::query().aggregate(sums).one(&db).await?, (Some(1515), Some(25.0)));
/// # Ok(()) })
/// ```
pub fn sum<E>(of: E) -> Aggregate<E::Model, <E::Type as Summable>::Sum>
where
    E: Expression,
    E::Type: Summable,
{
    Aggregate::new(AggregateFunction::Sum, Some(number(of)))
}

/// The mean; `None` where there is no value. Of integers it is an `f64`, of decimals a decimal: see
/// [`Summable::Mean`].
///
/// ```
/// # use library::*;
/// # run(async |db| {
/// assert_eq!(Book::query().aggregate(func::avg(Book::views)).one(&db).await?, Some(378.75));
/// # Ok(()) })
/// ```
pub fn avg<E>(of: E) -> Aggregate<E::Model, <E::Type as Summable>::Mean>
where
    E: Expression,
    E::Type: Summable,
{
    Aggregate::new(AggregateFunction::Avg, Some(number(of)))
}

/// A number as what is aggregated; SQL text says its kind, on which the kind of the result depends.
fn number<E: Expression>(of: E) -> tree::Expr {
    match of.into_tree() {
        text @ tree::Expr::Raw(_) => tree::Expr::Cast(Box::new(text), E::Type::TYPE),
        of => of,
    }
}

/// The least value; `None` where there is none.
///
/// ```
/// # use library::*;
/// # run(async |db| {
/// let range = (func::min(Book::rating), func::max(Book::author.name));
/// assert_eq!(Book::query().aggregate(range).one(&db).await?, (Some(3.0), Some("Cy".into())));
/// # Ok(()) })
/// ```
pub fn min<E>(of: E) -> Aggregate<E::Model, <E::Type as FieldType>::Optional>
where
    E: Expression,
    E::Type: Comparable,
{
    Aggregate::new(AggregateFunction::Min, Some(of.into_tree()))
}

/// The greatest value; `None` where there is none.
pub fn max<E>(of: E) -> Aggregate<E::Model, <E::Type as FieldType>::Optional>
where
    E: Expression,
    E::Type: Comparable,
{
    Aggregate::new(AggregateFunction::Max, Some(of.into_tree()))
}

/// Texts, one after the other with `separator` between them; NULL is passed over. `None` where there
/// is no text.
///
/// ```
/// # use library::*;
/// # run(async |db| {
/// let names = func::string_agg(Book::author.name, "+").distinct();
/// assert_eq!(Book::query().aggregate(names).one(&db).await?, Some("Ada+Bob+Cy".into()));
/// # Ok(()) })
/// ```
pub fn string_agg<E>(
    of: E,
    separator: impl Operand<E::Model, String>,
) -> Aggregate<E::Model, Option<String>>
where
    E: Expression,
    E::Type: Textual,
{
    let mut aggregate = Aggregate::new(AggregateFunction::Text, Some(of.into_tree()));
    aggregate.aggregate.separator = Some(separator.operand());
    aggregate
}

/// All values as a list, NULL among them; `None` where there are no rows.
///
/// ```
/// # use library::*;
/// # run(async |db| {
/// let ratings = func::array_agg(Book::rating).order_by(Book::id);
/// let ratings: Option<Vec<Option<f64>>> = Book::query().aggregate(ratings).one(&db).await?;
/// assert_eq!(ratings, Some(vec![Some(4.5), Some(3.0), None, Some(5.0)]));
/// # Ok(()) })
/// ```
pub fn array_agg<E>(of: E) -> Aggregate<E::Model, Option<Vec<E::Type>>>
where
    E: Expression,
    E::Type: Item,
{
    Aggregate::new(AggregateFunction::Array, Some(of.into_tree()))
}

/// All values as a JSON array, NULL among them; `None` where there are no rows. Numbers are JSON's
/// numbers, documents stay documents, and times are texts as in RFC 3339.
///
/// ```
/// # use library::*;
/// # run(async |db| {
/// let titles = func::json_agg(Book::title).order_by(Book::id).filter(Book::id.le(2));
/// let titles = Book::query().aggregate(titles).one(&db).await?;
/// assert_eq!(titles.unwrap_or_default().to_string(), r#"["Notes","Engine"]"#);
/// # Ok(()) })
/// ```
pub fn json_agg<E: Expression>(of: E) -> Aggregate<E::Model, Option<serde_json::Value>> {
    Aggregate::new(AggregateFunction::Json, Some(of.into_tree()))
}

/// Whether a condition is true of all rows; NULL is passed over. `None` where it is neither true nor
/// false of any row.
///
/// ```
/// # use library::*;
/// # run(async |db| {
/// let asked = (func::all(Book::views.gt(5)), func::any(Book::views.gt(5)));
/// assert_eq!(Book::query().aggregate(asked).one(&db).await?, (Some(false), Some(true)));
/// # Ok(()) })
/// ```
pub fn all<M>(condition: Pred<M>) -> Aggregate<M, Option<bool>> {
    Aggregate::new(AggregateFunction::All, Some(condition.into_tree()))
}

/// Whether a condition is true of a row; NULL is passed over.
pub fn any<M>(condition: Pred<M>) -> Aggregate<M, Option<bool>> {
    Aggregate::new(AggregateFunction::Any, Some(condition.into_tree()))
}

/// The functions of spread, which are all about numbers and give a float.
macro_rules! spreads {
    ($($(#[$doc:meta])* $name:ident = $function:ident;)+) => {$(
        $(#[$doc])*
        pub fn $name<E>(of: E) -> Aggregate<E::Model, Option<f64>>
        where
            E: Expression,
            E::Type: Number,
        {
            Aggregate::new(AggregateFunction::$function, Some(number(of)))
        }
    )+};
}

spreads! {
    /// The standard deviation of a sample; `None` of fewer than two values. It is computed with
    /// 64-bit floats.
    stddev_samp = StdDev;
    /// The standard deviation of all there is.
    ///
    /// ```
    /// # use library::*;
    /// # run(async |db| {
    /// let spread = (func::stddev_pop(Book::views), func::var_pop(Book::views));
    /// let (deviation, variance) = Book::filter(Book::id.le(2)).aggregate(spread).one(&db).await?;
    /// assert_eq!((deviation, variance), (Some(245.0), Some(60025.0)));
    /// # Ok(()) })
    /// ```
    stddev_pop = StdDevAll;
    /// The variance of a sample; `None` of fewer than two values.
    var_samp = Variance;
    /// The variance of all there is.
    var_pop = VarianceAll;
}

/// An aggregate that the engine does not know, by the name that the database has for it. Its
/// arguments are one column or expression, or a tuple of them; that its values are of type `T` is up
/// to the caller.
///
/// ```
/// # use library::*;
/// # run(async |db| {
/// let total = func::custom_aggregate::<f64, Book>("total", Book::views); // SQLite's own
/// assert_eq!(Book::query().aggregate(total.filter(Book::views.lt(100))).one(&db).await?, 15.0);
/// # Ok(()) })
/// ```
pub fn custom_aggregate<T: FieldType, M>(
    name: &'static str,
    arguments: impl Projection<M>,
) -> Aggregate<M, T> {
    let mut list = Vec::new();
    arguments.append(&mut list);
    let argument = match list.len() {
        1 => list.pop(),
        _ => Some(tree::Expr::Tuple(list)),
    };
    Aggregate::new(AggregateFunction::Custom(name, T::TYPE), argument)
}
