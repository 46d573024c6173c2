//! The rows of several queries as those of one.

use super::{Model, Query};
use crate::plan;
use crate::tree::SetOperator;

impl<M: Model, Row: Send + 'static> Query<M, Row> {
    /// The rows of both queries, each once.
    ///
    /// The result is a query like any other: it can be filtered, sorted, sliced, counted and
    /// combined again. Its columns are those of the first query, by what they select.
    ///
    /// ```
    /// # use library::*;
    /// # run(async |db| {
    /// let hot = Book::query().order_by(Book::views.desc()).limit(1); // slices hold in each
    /// let good = Book::filter(Book::rating.ge(4.0));
    /// let both = hot.union(good).order_by(Book::title);
    /// let titles: Vec<String> = both.clone().select(Book::title).all(&db).await?;
    /// assert_eq!(titles, ["100% sure", "Notes"]);
    /// assert_eq!(both.filter(Book::author.name.eq("Ada")).count(&db).await?, 1);
    ///
    /// let names = Author::query().select(Author::name).union(Tag::query().select(Tag::name));
    /// assert_eq!(names.count(&db).await?, 7);
    /// # Ok(()) })
    /// ```
    pub fn union<N: Model>(self, other: Query<N, Row>) -> Self {
        self.combined(SetOperator::Union, other)
    }

    /// The rows of both queries, those that both have twice.
    pub fn union_all<N: Model>(self, other: Query<N, Row>) -> Self {
        self.combined(SetOperator::UnionAll, other)
    }

    /// The rows that both queries give, each once.
    ///
    /// ```
    /// # use library::*;
    /// # run(async |db| {
    /// let hot = Book::filter(Book::views.ge(10));
    /// let rated = Book::filter(Book::rating.ge(4.0));
    /// assert_eq!(hot.clone().intersect(rated.clone()).count(&db).await?, 2);
    /// assert_eq!(hot.except(rated).one(&db).await?.title, "Engine");
    /// # Ok(()) })
    /// ```
    pub fn intersect<N: Model>(self, other: Query<N, Row>) -> Self {
        self.combined(SetOperator::Intersect, other)
    }

    /// The rows that both queries give, as often as both do. PostgreSQL only.
    pub fn intersect_all<N: Model>(self, other: Query<N, Row>) -> Self {
        self.combined(SetOperator::IntersectAll, other)
    }

    /// The rows that the other query does not give, each once.
    pub fn except<N: Model>(self, other: Query<N, Row>) -> Self {
        self.combined(SetOperator::Except, other)
    }

    /// The rows of this query without as many equal ones as the other gives. PostgreSQL only.
    pub fn except_all<N: Model>(self, other: Query<N, Row>) -> Self {
        self.combined(SetOperator::ExceptAll, other)
    }

    fn combined<N: Model>(self, operator: SetOperator, other: Query<N, Row>) -> Self {
        let decode = self.decode;
        let mut loads = self.loads.clone();
        loads.extend(other.loads.iter().cloned());
        let select = plan::combined(self.into_inner(), operator, other.into_inner());
        Query::from_parts(select, decode).with_loads(loads)
    }
}
