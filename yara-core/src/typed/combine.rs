//! The rows of several queries as those of one.

use super::alias::{is_whole, outputs};
use super::{Model, Query};
use crate::plan;
use crate::tree::{Compound, Distinct, Select, SetOperator, Source};

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
        let second = other.into_inner();
        let mut first = self.into_inner();
        let whole = is_whole(&first);
        if is_compound(&first)
            && let Some(Source::Compound(compound)) = &mut first.from
        {
            compound.rest.push((operator, second));
            return Query::from_parts(first, decode).with_loads(loads);
        }
        let mut select = Select::new(M::table());
        // Names are known in all of them, and what writes stands at the top.
        select.with = std::mem::take(&mut first.with);
        select.columns = outputs(whole, select.table, plan::width(&first.columns));
        let rest = vec![(operator, second)];
        select.from = Some(Source::Compound(Box::new(Compound { first, rest })));
        Query::from_parts(select, decode).with_loads(loads)
    }
}

/// Whether a query is several combined and nothing else, so that another one can be added.
fn is_compound(select: &Select) -> bool {
    let Some(Source::Compound(compound)) = &select.from else { return false };
    let columns =
        outputs(is_whole(&compound.first), select.table, plan::width(&compound.first.columns));
    select.columns == columns
        && select.named.is_empty()
        && select.filter.is_empty()
        && select.group_by.is_empty()
        && select.having.is_empty()
        && select.order_by.is_empty()
        && select.distinct == Distinct::No
        && !select.is_sliced()
}
