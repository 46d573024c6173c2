//! A relation to many rows, as a constant of the model: `Author::books`.

use super::load::{IntoLoad, Load, ManyLoader};
use super::{
    Aggregate, Expr, Expression, IntoOrder, ManyRelation, Model, Path, Pred, Query, RelatedMany,
    Relation, Root, Via, func,
};
use crate::schema::TableRef;
use crate::tree::{self, Quantifier};
use crate::value::{Comparable, FieldType, Summable};
use std::marker::PhantomData;
use std::sync::Arc;

/// The relation `R` at the end of the path `P`.
///
/// A relation to many rows has no columns of its own to filter by, because "the name of the books"
/// is not one name. It has questions instead, each answered by a subquery, so that none changes
/// which rows a query gives, or how many.
///
/// ```
/// # use library::*;
/// # run(async |db| {
/// let writers = Author::filter(Author::books.any(Book::views.ge(10)));
/// assert_eq!(writers.count(&db).await?, 2); // Ada once, though two of her books match
/// assert_eq!(Author::filter(Author::books.count().ge(2)).count(&db).await?, 1);
/// # Ok(()) })
/// ```
pub struct ToMany<P, R>(PhantomData<fn() -> (P, R)>);

impl<P, R> ToMany<P, R> {
    /// The derive calls this.
    #[allow(clippy::new_without_default, reason = "it is a constant, never made at run time")]
    pub const fn new() -> ToMany<P, R> {
        ToMany(PhantomData)
    }
}

impl<P, R> Clone for ToMany<P, R> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<P, R> Copy for ToMany<P, R> {}

impl<P, R> std::fmt::Debug for ToMany<P, R> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("ToMany")
    }
}

impl<P: Path, R: ManyRelation> ToMany<P, R> {
    fn ask(quantifier: Quantifier, condition: Option<Pred<R::Target>>) -> tree::Expr {
        let (path, _) = <Via<P, R>>::NODE.unroll();
        tree::Expr::Related(Box::new(tree::Related {
            table: TableRef(<P::Root as Model>::table()),
            origin: tree::Origin::Query,
            path,
            quantifier,
            condition: condition.map(Pred::into_tree),
        }))
    }

    /// At least one related row matches.
    ///
    /// ```
    /// # use library::*;
    /// # run(async |db| {
    /// let about_maths = Author::books.any(Book::tags.any(Tag::name.eq("maths")));
    /// assert_eq!(Author::filter(about_maths).one(&db).await?.name, "Ada");
    /// # Ok(()) })
    /// ```
    pub fn any(self, condition: Pred<R::Target>) -> Pred<P::Root> {
        Pred::from_tree(Self::ask(Quantifier::Any, Some(condition)))
    }

    /// No related row matches; true where there are none.
    ///
    /// ```
    /// # use library::*;
    /// # run(async |db| {
    /// let calm = Author::filter(Author::books.none(Book::views.ge(10))).order_by(Author::name);
    /// assert_eq!(calm.select(Author::name).all(&db).await?, ["Bob", "Dan"]); // Dan has no books
    /// # Ok(()) })
    /// ```
    pub fn none(self, condition: Pred<R::Target>) -> Pred<P::Root> {
        Pred::from_tree(Self::ask(Quantifier::None, Some(condition)))
    }

    /// Every related row matches; true where there are none.
    ///
    /// ```
    /// # use library::*;
    /// # run(async |db| {
    /// let names = Author::filter(Author::books.all(Book::views.ge(100))).order_by(Author::name);
    /// assert_eq!(names.select(Author::name).all(&db).await?, ["Cy", "Dan"]); // Dan has no books
    /// # Ok(()) })
    /// ```
    pub fn all(self, condition: Pred<R::Target>) -> Pred<P::Root> {
        Pred::from_tree(Self::ask(Quantifier::All, Some(condition)))
    }

    /// There is a related row.
    ///
    /// ```
    /// # use library::*;
    /// # run(async |db| {
    /// assert_eq!(Author::filter(Author::books.exists()).count(&db).await?, 3);
    /// assert_eq!(Author::filter(Author::books.is_empty()).count(&db).await?, 1);
    /// # Ok(()) })
    /// ```
    pub fn exists(self) -> Pred<P::Root> {
        Pred::from_tree(Self::ask(Quantifier::Any, None))
    }

    /// There is no related row.
    pub fn is_empty(self) -> Pred<P::Root> {
        Pred::from_tree(Self::ask(Quantifier::None, None))
    }

    /// The number of related rows.
    ///
    /// ```
    /// # use library::*;
    /// # run(async |db| {
    /// let hot = Author::books.count_where(Book::views.gt(100));
    /// let rows = Author::query().order_by(Author::id).select((Author::books.count(), hot));
    /// assert_eq!(rows.all(&db).await?, [(2, 1), (1, 0), (1, 1), (0, 0)]);
    /// # Ok(()) })
    /// ```
    pub fn count(self) -> Expr<P::Root, i64> {
        Expr::from_tree(Self::ask(Quantifier::Count, None))
    }

    /// The number of related rows that match.
    pub fn count_where(self, condition: Pred<R::Target>) -> Expr<P::Root, i64> {
        Expr::from_tree(Self::ask(Quantifier::Count, Some(condition)))
    }

    fn ask_for<T>(aggregate: Aggregate<R::Target, T>) -> Expr<P::Root, T> {
        let quantifier = Quantifier::Aggregate(Box::new(aggregate.into_node()));
        Expr::from_tree(Self::ask(quantifier, None))
    }

    /// The sum over the related rows; `None` where there are none. Of small integers it is an `i64`,
    /// of `f32` an `f64`: see [`Summable::Sum`].
    ///
    /// ```
    /// # use library::*;
    /// # run(async |db| {
    /// let rows = Author::query()
    ///     .order_by(Author::id)
    ///     .select((Author::books.sum(Book::views), Author::books.max(Book::rating)));
    /// assert_eq!(rows.all(&db).await?[0], (Some(510), Some(4.5)));
    /// # Ok(()) })
    /// ```
    pub fn sum<E>(self, of: E) -> Expr<P::Root, <E::Type as Summable>::Sum>
    where
        E: Expression<Model = R::Target>,
        E::Type: Summable,
    {
        Self::ask_for(func::sum(of))
    }

    /// The mean over the related rows; `None` where there are none. See [`Summable::Mean`].
    pub fn avg<E>(self, of: E) -> Expr<P::Root, <E::Type as Summable>::Mean>
    where
        E: Expression<Model = R::Target>,
        E::Type: Summable,
    {
        Self::ask_for(func::avg(of))
    }

    /// Any aggregate over the related rows, with a filter, an order or distinct values.
    ///
    /// ```
    /// # use library::*;
    /// # run(async |db| {
    /// let titles = func::string_agg(Book::title, ", ").order_by(Book::title);
    /// let hot = func::count().filter(Book::views.gt(100));
    /// let rows = Author::query()
    ///     .order_by(Author::id)
    ///     .select((Author::books.aggregate(titles), Author::books.aggregate(hot)));
    /// assert_eq!(rows.all(&db).await?[0], (Some("Engine, Notes".into()), 1));
    /// # Ok(()) })
    /// ```
    pub fn aggregate<T>(self, aggregate: Aggregate<R::Target, T>) -> Expr<P::Root, T> {
        Self::ask_for(aggregate)
    }

    /// The least value among the related rows; `None` where there are none.
    pub fn min<E>(self, of: E) -> Expr<P::Root, <E::Type as FieldType>::Optional>
    where
        E: Expression<Model = R::Target>,
        E::Type: Comparable,
    {
        Self::ask_for(func::min(of))
    }

    /// The greatest value among the related rows; `None` where there are none.
    pub fn max<E>(self, of: E) -> Expr<P::Root, <E::Type as FieldType>::Optional>
    where
        E: Expression<Model = R::Target>,
        E::Type: Comparable,
    {
        Self::ask_for(func::max(of))
    }
}

impl<R: ManyRelation> ToMany<Root<R::Owner>, R> {
    /// The related rows of an owner: a query, and the place to add and remove them.
    ///
    /// ```
    /// # use library::*;
    /// # run(async |db| {
    /// let ada = Author::filter(Author::name.eq("Ada")).one(&db).await?;
    /// assert_eq!(Author::books.of(&ada).count(&db).await?, 2);
    /// # Ok(()) })
    /// ```
    pub fn of(self, owner: &R::Owner) -> RelatedMany<R> {
        RelatedMany::new(owner)
    }

    /// Loads only the related rows that match.
    pub fn filter(self, condition: Pred<R::Target>) -> ToManyQuery<R> {
        self.query().filter(condition)
    }

    /// Loads the related rows in an order.
    pub fn order_by(self, order: impl IntoOrder<R::Target>) -> ToManyQuery<R> {
        self.query().order_by(order)
    }

    /// Loads at most so many related rows of each owner.
    pub fn limit(self, rows: u64) -> ToManyQuery<R> {
        self.query().limit(rows)
    }

    /// Loads relations of the related rows as well.
    pub fn load(self, relation: impl IntoLoad<R::Target>) -> ToManyQuery<R> {
        self.query().load(relation)
    }

    fn query(self) -> ToManyQuery<R> {
        ToManyQuery { query: Query::new(), of: PhantomData }
    }
}

/// A relation to load, with which rows of it and in which order.
///
/// ```
/// # use library::*;
/// # run(async |db| {
/// let best = Author::books.filter(Book::rating.is_not_null()).order_by(Book::rating.desc()).limit(1);
/// let authors = Author::query().order_by(Author::id).load(best).all(&db).await?;
/// assert_eq!(authors[0].books.get()?[0].title, "Notes");
/// assert!(authors[1].books.get()?.is_empty());
/// # Ok(()) })
/// ```
#[derive(Debug)]
pub struct ToManyQuery<R: Relation> {
    query: Query<R::Target>,
    of: PhantomData<fn() -> R>,
}

impl<R: ManyRelation> ToManyQuery<R> {
    /// Only the related rows that match.
    #[must_use]
    pub fn filter(mut self, condition: Pred<R::Target>) -> Self {
        self.query = self.query.filter(condition);
        self
    }

    /// In an order.
    #[must_use]
    pub fn order_by(mut self, order: impl IntoOrder<R::Target>) -> Self {
        self.query = self.query.order_by(order);
        self
    }

    /// At most so many of each owner.
    #[must_use]
    pub fn limit(mut self, rows: u64) -> Self {
        self.query = self.query.limit(rows);
        self
    }

    /// The number of these rows, as a value of each owner.
    ///
    /// ```
    /// # use library::*;
    /// # run(async |db| {
    /// let hot = Author::books.filter(Book::views.gt(100));
    /// assert_eq!(Author::filter(hot.count().ge(1)).count(&db).await?, 2);
    /// # Ok(()) })
    /// ```
    pub fn count(self) -> Expr<R::Owner, i64> {
        self.aggregate(func::count())
    }

    /// An aggregate over these rows, as a value of each owner.
    pub fn aggregate<T>(self, aggregate: Aggregate<R::Target, T>) -> Expr<R::Owner, T> {
        if self.query.select.is_sliced() {
            return Expr::from_tree(tree::Expr::Invalid(
                format!(
                    "{}.{} is aggregated with a limit, which it has only where it is loaded; filter \
                     by `func::row_number()` over a window instead",
                    R::Owner::table().model,
                    R::NAME
                )
                .into(),
            ));
        }
        let filter = self.query.select.filter;
        let condition = (!filter.is_empty()).then(|| Pred::from_tree(tree::Expr::And(filter)));
        let quantifier = Quantifier::Aggregate(Box::new(aggregate.into_node()));
        Expr::from_tree(ToMany::<Root<R::Owner>, R>::ask(quantifier, condition))
    }

    /// With relations of theirs.
    #[must_use]
    pub fn load(mut self, relation: impl IntoLoad<R::Target>) -> Self {
        self.query = self.query.load(relation);
        self
    }
}

#[diagnostic::do_not_recommend]
impl<M: Model, R: ManyRelation<Owner = M>> IntoLoad<M> for ToMany<Root<M>, R> {
    fn into_load(self) -> Load<M> {
        self.query().into_load()
    }
}

#[diagnostic::do_not_recommend]
impl<R: ManyRelation> IntoLoad<R::Owner> for ToManyQuery<R> {
    fn into_load(self) -> Load<R::Owner> {
        Load(Arc::new(ManyLoader::<R>::new(self.query)))
    }
}
