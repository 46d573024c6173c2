//! A relation to one row, as a constant of the model: `Book::author`.

use super::load::{IntoLoad, Load, OneLoader};
use super::{IntoOrder, Key, Model, OneRelation, Path, Pred, Query, Relation, Root, Via};
use crate::schema::TableRef;
use crate::tree::{self, Quantifier};
use std::marker::PhantomData;
use std::ops::Deref;
use std::sync::Arc;

/// The relation `R` at the end of the path `P`. Its fields are the columns of the related model:
/// `Book::author.name`.
///
/// ```
/// # use library::*;
/// # run(async |db| {
/// let query = Book::filter(Book::author.mentor.name.eq("Ada")).load(Book::author);
/// let book = query.one(&db).await?;
/// assert_eq!(book.author.get()?.name, "Bob");
/// # Ok(()) })
/// ```
pub struct ToOne<P, R>(PhantomData<fn() -> (P, R)>);

impl<P, R> ToOne<P, R> {
    /// The derive calls this.
    #[allow(clippy::new_without_default, reason = "it is a constant, never made at run time")]
    pub const fn new() -> ToOne<P, R> {
        ToOne(PhantomData)
    }
}

impl<P, R> Clone for ToOne<P, R> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<P, R> Copy for ToOne<P, R> {}

impl<P, R> std::fmt::Debug for ToOne<P, R> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("ToOne")
    }
}

impl<P: Path, R: OneRelation> Deref for ToOne<P, R> {
    type Target = <R::Target as Model>::Columns<Via<P, R>>;

    fn deref(&self) -> &Self::Target {
        R::Target::columns::<Via<P, R>>()
    }
}

impl<P: Path, R: OneRelation> ToOne<P, R> {
    /// The related row is this one.
    ///
    /// ```
    /// # use library::*;
    /// # run(async |db| {
    /// let ada = Author::filter(Author::name.eq("Ada")).one(&db).await?;
    /// assert_eq!(Book::filter(Book::author.is(&ada)).count(&db).await?, 2);
    /// assert_eq!(Book::filter(Book::author.mentor.is_key(ada.id)).count(&db).await?, 1);
    /// # Ok(()) })
    /// ```
    pub fn is(self, row: &R::Target) -> Pred<P::Root> {
        self.is_key(row.key())
    }

    /// The related row has this key.
    pub fn is_key(self, key: <R::Target as Model>::Key) -> Pred<P::Root> {
        let mut values = Vec::with_capacity(<R::Target as Model>::Key::WIDTH);
        if let Err(error) = key.encode(&mut values) {
            return Pred::from_tree(tree::Expr::Invalid(error.to_string().into()));
        }
        let (path, _) = <Via<P, R>>::NODE.unroll();
        let table = TableRef(<P::Root as Model>::table());
        let parts = R::Target::table().key_fields().zip(values).map(|(field, value)| {
            let column =
                tree::ColumnRef { path: path.clone(), ..tree::ColumnRef::own(table.0, field.name) };
            tree::Expr::Column(column).equal(tree::Expr::literal(value))
        });
        Pred::from_tree(tree::Expr::And(parts.collect()))
    }

    /// There is a related row.
    ///
    /// ```
    /// # use library::*;
    /// # run(async |db| {
    /// assert_eq!(Author::filter(Author::mentor.exists()).count(&db).await?, 1);
    /// assert_eq!(Author::filter(Author::mentor.is_none()).count(&db).await?, 3);
    /// # Ok(()) })
    /// ```
    pub fn exists(self) -> Pred<P::Root> {
        let (path, _) = <Via<P, R>>::NODE.unroll();
        Pred::from_tree(tree::Expr::Related(Box::new(tree::Related {
            table: TableRef(<P::Root as Model>::table()),
            origin: tree::Origin::Query,
            path,
            quantifier: Quantifier::Any,
            condition: None,
        })))
    }

    /// There is no related row.
    pub fn is_none(self) -> Pred<P::Root> {
        !self.exists()
    }
}

impl<R: OneRelation> ToOne<Root<R::Owner>, R> {
    /// Loads relations of the related rows as well: `.load(Book::author.load(Author::mentor))`.
    ///
    /// ```
    /// # use library::*;
    /// # run(async |db| {
    /// let book = Book::filter(Book::title.eq("École"))
    ///     .load(Book::author.load(Author::mentor))
    ///     .one(&db)
    ///     .await?;
    /// let mentor = book.author.get()?.mentor.as_ref().map(|mentor| mentor.get()).transpose()?;
    /// assert_eq!(mentor.map(|mentor| mentor.name.as_str()), Some("Ada"));
    /// # Ok(()) })
    /// ```
    pub fn load(self, relation: impl IntoLoad<R::Target>) -> ToOneQuery<R> {
        ToOneQuery { query: Query::new().load(relation), of: PhantomData }
    }

    /// The related row of an owner, as a query.
    ///
    /// ```
    /// # use library::*;
    /// # run(async |db| {
    /// let book = Book::filter(Book::title.eq("École")).one(&db).await?;
    /// assert_eq!(Book::author.of(&book).one(&db).await?.name, "Bob");
    /// # Ok(()) })
    /// ```
    pub fn of(self, owner: &R::Owner) -> Query<R::Target> {
        super::related::query_of::<R>(owner)
    }
}

/// A relation to load, with what to load of it in turn.
#[derive(Debug)]
pub struct ToOneQuery<R: Relation> {
    query: Query<R::Target>,
    of: PhantomData<fn() -> R>,
}

impl<R: OneRelation> ToOneQuery<R> {
    /// Loads another relation of the related rows.
    #[must_use]
    pub fn load(mut self, relation: impl IntoLoad<R::Target>) -> Self {
        self.query = self.query.load(relation);
        self
    }

    /// Only related rows that match; the others count as absent.
    #[must_use]
    pub fn filter(mut self, condition: Pred<R::Target>) -> Self {
        self.query = self.query.filter(condition);
        self
    }

    /// Of several related rows that the database has in spite of the relation, the first.
    #[must_use]
    pub fn order_by(mut self, order: impl IntoOrder<R::Target>) -> Self {
        self.query = self.query.order_by(order);
        self
    }
}

#[diagnostic::do_not_recommend]
impl<M: Model, R: OneRelation<Owner = M>> IntoLoad<M> for ToOne<Root<M>, R> {
    fn into_load(self) -> Load<M> {
        Load(Arc::new(OneLoader::<R>::new(Query::new())))
    }
}

#[diagnostic::do_not_recommend]
impl<R: OneRelation> IntoLoad<R::Owner> for ToOneQuery<R> {
    fn into_load(self) -> Load<R::Owner> {
        Load(Arc::new(OneLoader::<R>::new(self.query)))
    }
}
