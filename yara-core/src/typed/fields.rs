//! Fields of a model as a list.

use super::update::target;
use super::{Column, ForeignRelation, Model, Root, ToOne};
use crate::error::{Error, ErrorKind, Result};
use crate::schema::RelationKind;

/// Fields of `M`: a column, a foreign key, or a tuple of up to eight of them.
///
/// ```
/// # use library::*;
/// # run(async |db| {
/// let new = Book::create().title("Notes").author_id(1).views(11);
/// let upsert = new.on_conflict((Book::author, Book::title)).update((Book::views, Book::rating));
/// assert!(upsert.insert(&db).await?.is_updated());
/// # Ok(()) })
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no field of `{M}`, nor several",
    note = "give columns and foreign keys of `{M}` itself: one, or a tuple of up to eight"
)]
pub trait Fields<M> {
    /// Their positions in the model's table.
    fn fields(self) -> Result<Vec<usize>>;
}

#[diagnostic::do_not_recommend]
impl<M: Model, T> Fields<M> for Column<M, T> {
    fn fields(self) -> Result<Vec<usize>> {
        target(self).map(|at| vec![at])
    }
}

#[diagnostic::do_not_recommend]
impl<R: ForeignRelation> Fields<R::Owner> for ToOne<Root<R::Owner>, R> {
    fn fields(self) -> Result<Vec<usize>> {
        let table = R::Owner::table();
        match &table.relation(R::NAME)?.kind {
            RelationKind::ToOne { fields, .. } => Ok(fields.clone()),
            _ => Err(Error::new(
                ErrorKind::InvalidQuery,
                format!("{}.{} is no foreign key, so it has no columns", table.model, R::NAME),
            )),
        }
    }
}

macro_rules! tuple_fields {
    ($(($($part:ident),+))+) => {$(
        #[diagnostic::do_not_recommend]
        impl<M, $($part: Fields<M>),+> Fields<M> for ($($part,)+) {
            fn fields(self) -> Result<Vec<usize>> {
                #[allow(non_snake_case, reason = "the type parameters name the parts")]
                let ($($part,)+) = self;
                let mut fields = Vec::new();
                $(fields.extend($part.fields()?);)+
                Ok(fields)
            }
        }
    )+};
}

tuple_fields! {
    (A) (A, B) (A, B, C) (A, B, C, D) (A, B, C, D, E) (A, B, C, D, E, F) (A, B, C, D, E, F, G)
    (A, B, C, D, E, F, G, H)
}
