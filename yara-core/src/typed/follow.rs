//! Trees and graphs: all rows that a relation of a model to itself leads to.

use super::{ManyRelation, Model, OneRelation, Pred, Query, Relation, Root, ToMany, ToOne};
use crate::plan;
use crate::tree;

/// A relation of `M` to itself: `Author::mentor`, `Author::pupils`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` does not lead from `{M}` to `{M}`",
    note = "give `follow` a relation of the model to itself, as `Author::mentor` or `Author::pupils`"
)]
pub trait ToItself<M> {
    /// Its name.
    const NAME: &'static str;
}

#[diagnostic::do_not_recommend]
impl<M: Model, R: OneRelation<Owner = M, Target = M>> ToItself<M> for ToOne<Root<M>, R> {
    const NAME: &'static str = <R as Relation>::NAME;
}

#[diagnostic::do_not_recommend]
impl<M: Model, R: ManyRelation<Owner = M, Target = M>> ToItself<M> for ToMany<Root<M>, R> {
    const NAME: &'static str = <R as Relation>::NAME;
}

impl<M: Model> Query<M> {
    /// The rows, and all that a relation of the model to itself leads to from them, however far:
    /// each once, in one statement. Rows that lead in a circle are no harm.
    ///
    /// The result is a query like any other. An order that this query has is that of the result,
    /// unless it is sliced: then it says where to begin.
    ///
    /// ```
    /// # use library::*;
    /// # run(async |db| {
    /// let ada = Author::filter(Author::name.eq("Ada"));
    /// let school = ada.follow(Author::pupils).order_by(Author::name);
    /// assert_eq!(school.select(Author::name).all(&db).await?, ["Ada", "Bob"]);
    ///
    /// let bob = Author::filter(Author::name.eq("Bob"));
    /// let teachers = bob.follow(Author::mentor).filter(Author::name.ne("Bob"));
    /// assert_eq!(teachers.one(&db).await?.name, "Ada");
    /// # Ok(()) })
    /// ```
    pub fn follow<R: ToItself<M>>(self, _relation: R) -> Query<M> {
        let loads = self.loads.clone();
        let order = match self.select.is_sliced() {
            true => Vec::new(),
            false => self.select.order_by.clone(),
        };
        let reached = plan::reached_from(self.into_inner(), R::NAME)
            .unwrap_or_else(|error| tree::Expr::Invalid(error.to_string().into()));
        let mut query = Query::new().with_loads(loads).filter(Pred::from_tree(reached));
        query.select.order_by = order;
        query
    }
}
