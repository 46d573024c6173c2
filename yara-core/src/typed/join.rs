//! Joins by conditions of the user's.

use super::{Alias, Model, Perhaps, Pred, Query};
use crate::tree::{Expr, JoinKind, Name, NamedJoin};

/// An alias whose columns are `Option`s.
#[diagnostic::on_unimplemented(
    message = "a left join may find no row, and this alias says that there is one",
    label = "an alias made by `.optional()` is needed",
    note = "`let other = Model::alias(\"other\").optional();`, and read its columns, which are `Option`s, from that"
)]
pub trait MayBeAbsent {}

impl MayBeAbsent for Perhaps {}

impl<M: Model, Row: Send + 'static> Query<M, Row> {
    /// Joins rows by a condition: the query gives each of its rows as often as there is a partner.
    ///
    /// For rows of a relation, ask through the relation instead: `Author::books.any(…)` repeats
    /// nothing.
    ///
    /// ```
    /// # use library::*;
    /// # run(async |db| {
    /// let other = Book::alias("other");
    /// let pairs = Book::query()
    ///     .join(&other, Book::views.lt(other.col(Book::views)))
    ///     .order_by((Book::id, other.col(Book::id)))
    ///     .select((Book::title, other.col(Book::title)));
    /// assert_eq!(pairs.clone().count(&db).await?, 6);
    /// assert_eq!(pairs.first(&db).await?, Some(("Notes".into(), "Engine".into())));
    /// # Ok(()) })
    /// ```
    pub fn join<N, R, P>(self, alias: &Alias<N, R, P>, on: Pred<M>) -> Self {
        self.joined(JoinKind::Inner, false, alias, Some(on))
    }

    /// Joins rows by a condition; rows without a partner stay, with `None` in the place of its
    /// columns.
    ///
    /// ```
    /// # use library::*;
    /// # run(async |db| {
    /// let hot = Book::alias("hot").optional();
    /// let rows = Author::query()
    ///     .left_join(&hot, hot.col(Book::author.id).eq(Author::id) & hot.holds(Book::views.ge(500)))
    ///     .order_by(Author::id)
    ///     .select((Author::name, hot.col(Book::title)));
    /// assert_eq!(rows.clone().count(&db).await?, 4);
    /// assert_eq!(rows.all(&db).await?[0], ("Ada".into(), Some("Engine".into())));
    /// # Ok(()) })
    /// ```
    pub fn left_join<N, R, P: MayBeAbsent>(self, alias: &Alias<N, R, P>, on: Pred<M>) -> Self {
        self.joined(JoinKind::Left, false, alias, Some(on))
    }

    /// Joins each row with each row.
    ///
    /// ```
    /// # use library::*;
    /// # run(async |db| {
    /// let tag = Tag::alias("tag");
    /// assert_eq!(Book::query().cross_join(&tag).count(&db).await?, 4 * 3);
    /// # Ok(()) })
    /// ```
    pub fn cross_join<N, R, P>(self, alias: &Alias<N, R, P>) -> Self {
        self.joined(JoinKind::Inner, false, alias, None)
    }

    /// [`join`](Query::join) with a query that may read the row that it is joined to, by
    /// [`outer`](super::outer): it is run for each of them. PostgreSQL only.
    ///
    /// ```
    /// # use library::*;
    /// # run(async |db| {
    /// let best = Book::filter(Book::author.id.eq(outer(Author::id)))
    ///     .order_by(Book::views.desc())
    ///     .limit(1)
    ///     .as_table("best");
    /// let rows = Author::query()
    ///     .join_lateral(&best, Author::name.eq("Ada"))
    ///     .select((Author::name, best.col(Book::title)));
    /// let error = rows.all(&db).await.unwrap_err(); // the examples run on SQLite
    /// assert!(error.is_unsupported());
    /// # Ok(()) })
    /// ```
    pub fn join_lateral<N, R, P>(self, alias: &Alias<N, R, P>, on: Pred<M>) -> Self {
        self.joined(JoinKind::Inner, true, alias, Some(on))
    }

    /// [`left_join`](Query::left_join) as [`join_lateral`](Query::join_lateral) is to
    /// [`join`](Query::join).
    pub fn left_join_lateral<N, R, P: MayBeAbsent>(
        self,
        alias: &Alias<N, R, P>,
        on: Pred<M>,
    ) -> Self {
        self.joined(JoinKind::Left, true, alias, Some(on))
    }

    /// The rows of this query by a name, to be joined or [read](Alias::query) as if they were a
    /// table.
    ///
    /// ```
    /// # use library::*;
    /// # run(async |db| {
    /// let recent = Book::query().order_by(Book::id.desc()).limit(2).as_table("recent");
    /// let writers = Author::query()
    ///     .join(&recent, recent.col(Book::author.id).eq(Author::id))
    ///     .order_by(Author::id)
    ///     .select((Author::name, recent.col(Book::title)));
    /// let rows = writers.all(&db).await?;
    /// assert_eq!(rows, [("Bob".into(), "École".into()), ("Cy".into(), "100% sure".to_string())]);
    /// # Ok(()) })
    /// ```
    pub fn as_table(self, name: impl Into<Name>) -> Alias<M, Row> {
        let decode = self.decode;
        let select = self.into_inner();
        let source = crate::tree::Source::Query(Box::new(select.clone()));
        Alias::of_query(name.into(), &select, decode, source)
    }

    fn joined<N, R, P>(
        mut self,
        kind: JoinKind,
        lateral: bool,
        alias: &Alias<N, R, P>,
        on: Option<Pred<M>>,
    ) -> Self {
        let (name, source) = (alias.name.clone(), alias.source.clone());
        let lateral = lateral && !matches!(source, crate::tree::Source::Table(_));
        let on: Option<Expr> = on.map(Pred::into_tree);
        self.select.named.push(NamedJoin { name, kind, lateral, source, on });
        self
    }
}
