//! Lookups by text on typed queries: `Book::query().lookup("author__name__icontains", "ada")`.

use super::{Column, Expr, Expression, Model, Ordering, Pred, Query};
use crate::lookup::{Condition, Lookup, LookupValue};
use crate::tree;
use crate::value::FieldType;

impl<M, T: FieldType> From<Column<M, T>> for LookupValue
where
    M: 'static,
{
    fn from(column: Column<M, T>) -> LookupValue {
        LookupValue::Expr(column.into_tree())
    }
}

impl<M, T: FieldType> From<Expr<M, T>> for LookupValue
where
    M: 'static,
{
    fn from(expr: Expr<M, T>) -> LookupValue {
        LookupValue::Expr(expr.into_tree())
    }
}

impl<M: Model, Row: Send + 'static> From<Query<M, Row>> for LookupValue {
    fn from(query: Query<M, Row>) -> LookupValue {
        LookupValue::from(query.into_tree())
    }
}

impl<M: Model> Pred<M> {
    /// The condition that a text spells: relations, a field, transforms and an operator, with `__`
    /// between them. For conditions whose columns are known only when the program runs; what is
    /// wrong with one is the error of the query, before anything is sent.
    ///
    /// ```
    /// # use library::*;
    /// # run(async |db| {
    /// let condition = Pred::lookup("author__name__icontains", "AD") & Pred::lookup("views__gte", 500);
    /// assert_eq!(Book::filter(condition).one(&db).await?.title, "Engine");
    /// # Ok(()) })
    /// ```
    pub fn lookup(lookup: &str, value: impl Into<LookupValue>) -> Pred<M> {
        Pred::lookups([(lookup, value.into())])
    }

    /// Several lookups that hold together. Those through one relation to many rows are about one
    /// and the same related row; combined by `&`, each would be a question of its own.
    ///
    /// ```
    /// # use library::*;
    /// # run(async |db| {
    /// let lookups = [("books__title", "Notes".into()), ("books__views__gt", 100.into())];
    /// assert_eq!(Author::filter(Pred::lookups(lookups)).count(&db).await?, 0); // no such book
    /// let apart = Pred::lookup("books__title", "Notes") & Pred::lookup("books__views__gt", 100);
    /// assert_eq!(Author::filter(apart).count(&db).await?, 1); // Ada has one of each
    /// # Ok(()) })
    /// ```
    pub fn lookups<N: AsRef<str>>(lookups: impl IntoIterator<Item = (N, LookupValue)>) -> Pred<M> {
        let parts = lookups.into_iter().map(|(lookup, value)| {
            Ok(Condition::lookup(Lookup::parse(M::table(), lookup.as_ref())?, value))
        });
        let built = parts.collect::<crate::error::Result<Vec<_>>>();
        Pred::from_tree(match built.and_then(|parts| Condition::And(parts).build()) {
            Ok(tree) => tree,
            Err(error) => tree::Expr::Invalid(error.to_string().into()),
        })
    }
}

impl<M: Model> Ordering<M> {
    /// The order that a text spells: `views`, `-author__name` for the greatest first, `?` for
    /// another one each time.
    ///
    /// ```
    /// # use library::*;
    /// # run(async |db| {
    /// use yara_orm::typed::Ordering;
    ///
    /// let sorted = Book::query().order_by((Ordering::lookup("-author__name"), Book::views));
    /// assert_eq!(sorted.select(Book::title).all(&db).await?[0], "100% sure");
    /// # Ok(()) })
    /// ```
    pub fn lookup(order: &str) -> Ordering<M> {
        match crate::lookup::order(M::table(), order) {
            Ok(order) => Ordering::from_tree(order),
            Err(error) => Ordering::new(tree::Expr::Invalid(error.to_string().into()), false),
        }
    }
}

impl<M: Model, Row: Send + 'static> Query<M, Row> {
    /// Only the rows that match a lookup by text, too: [`Pred::lookup`].
    ///
    /// ```
    /// # use library::*;
    /// # run(async |db| {
    /// let books = Book::query().lookup("author__mentor__name", "Ada").lookup("views__in", [5, 6]);
    /// assert_eq!(books.one(&db).await?.title, "École");
    ///
    /// let error = Book::query().lookup("author__nmae", "Ada").count(&db).await.unwrap_err();
    /// assert_eq!(
    ///     error.to_string(),
    ///     "lookup `author__nmae`: Author has no field `nmae`; did you mean `name`?"
    /// );
    /// # Ok(()) })
    /// ```
    pub fn lookup(self, lookup: &str, value: impl Into<LookupValue>) -> Self {
        self.filter(Pred::lookup(lookup, value))
    }

    /// Only the rows that match several lookups together: [`Pred::lookups`].
    pub fn lookups<N: AsRef<str>>(
        self,
        lookups: impl IntoIterator<Item = (N, LookupValue)>,
    ) -> Self {
        self.filter(Pred::lookups(lookups))
    }

    /// Sorts by texts, what was sorted by before coming first: [`Ordering::lookup`].
    ///
    /// ```
    /// # use library::*;
    /// # run(async |db| {
    /// let sorted = Book::query().order_by_lookups(["author__name", "-views"]);
    /// assert_eq!(sorted.select(Book::title).all(&db).await?[0], "Engine");
    /// # Ok(()) })
    /// ```
    pub fn order_by_lookups<N: AsRef<str>>(self, orders: impl IntoIterator<Item = N>) -> Self {
        let orders = orders.into_iter().map(|order| Ordering::lookup(order.as_ref()));
        self.order_by(orders.collect::<Vec<_>>())
    }
}
