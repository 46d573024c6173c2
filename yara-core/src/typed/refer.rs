//! Setting a foreign key to a row.

use super::declare::RefersTo;
use super::relation::{ForeignRelation, OptionalRelation};
use super::{ForeignKey, Key, Model};
use crate::value::{EncodeError, Value};

/// What the foreign key `R` can be set to: a row, a `ForeignKey`, and where it is optional,
/// `Some(&row)` and `None`.
///
/// ```
/// # use library::*;
/// # run(async |db| {
/// let ada = Author::find(1).one(&db).await?;
/// Author::create().name("Eve").mentor(&ada).insert(&db).await?;
/// Author::create().name("Fay").mentor(None).insert(&db).await?;
/// Author::create().name("Gil").mentor(ForeignKey::to(1)).insert(&db).await?;
/// Author::create().name("Hal").mentor_id(1).insert(&db).await?;
/// assert_eq!(Author::pupils.of(&ada).count(&db).await?, 4);
/// # Ok(()) })
/// ```
#[diagnostic::on_unimplemented(
    message = "the foreign key `{R}` cannot be set to `{Self}`",
    label = "expected a reference to a row of the related model",
    note = "give `&row` or a `ForeignKey`, and for an optional one also `Some(&row)` or `None`; the setter that ends in `_id` takes the key itself"
)]
pub trait Refer<R> {
    /// The values of the key's columns; `None` for NULL.
    fn key_values(self) -> Result<Option<Vec<Value>>, EncodeError>;

    /// Whether it is the row that is inserted before this one, see [`parent`](super::parent).
    fn is_parent(&self) -> bool {
        false
    }
}

#[diagnostic::do_not_recommend]
impl<T: Model, R: ForeignRelation + RefersTo<T, R::LocalKey>> Refer<R> for &T {
    fn key_values(self) -> Result<Option<Vec<Value>>, EncodeError> {
        let mut values = Vec::new();
        if R::TO.is_empty() {
            self.key().encode(&mut values)?;
            return Ok(Some(values));
        }
        Model::encode(self, &mut values)
            .map_err(|error| EncodeError::new(format!("{}: {}", error.field, error.reason)))?;
        let table = T::table();
        let part = |field: &&str| match table.field_index(field) {
            Ok(at) => Ok(values[at].clone()),
            Err(error) => Err(EncodeError::new(error.to_string())),
        };
        R::TO.iter().map(part).collect::<Result<_, _>>().map(Some)
    }
}

#[diagnostic::do_not_recommend]
impl<R: ForeignRelation> Refer<R> for ForeignKey<R::Target, R::LocalKey> {
    fn key_values(self) -> Result<Option<Vec<Value>>, EncodeError> {
        let mut values = Vec::new();
        self.encode(&mut values)?;
        Ok(Some(values))
    }
}

#[diagnostic::do_not_recommend]
impl<T: Model, R: OptionalRelation + RefersTo<T, R::LocalKey>> Refer<R> for Option<&T> {
    fn key_values(self) -> Result<Option<Vec<Value>>, EncodeError> {
        self.map_or(Ok(None), Refer::<R>::key_values)
    }
}
