//! Keys of rows.

use crate::value::{DecodeError, EncodeError, FieldType, RowReader, Type, Value, ValueRef};
use std::hash::Hash;

/// The key of a model: a field type, or a tuple of them where the key has several columns.
///
/// ```
/// use yara_orm::prelude::*;
///
/// #[derive(Model, Debug, Clone)]
/// struct Seat {
///     #[field(primary_key)]
///     row: String,
///     #[field(primary_key)]
///     number: i32,
/// }
///
/// # library::run(async |db| {
/// db.create_tables::<Seat>().await?;
/// let seat = Seat::create().row("A").number(7).insert(&db).await?;
/// assert_eq!(seat.key(), ("A".to_owned(), 7));
/// assert!(Seat::find(seat.key()).exists(&db).await?);
/// # Ok(()) })
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be a key",
    note = "a key is a field type that has `Clone`, `Eq` and `Hash`, or a tuple of up to four of them"
)]
pub trait Key: Clone + Eq + Hash + Send + Sync + 'static {
    /// The number of columns.
    const WIDTH: usize;

    /// The type of the column that refers to it; [`Composite`] where it takes several columns.
    type Column: FieldType;

    /// Appends the values of its columns.
    fn encode(&self, out: &mut Vec<Value>) -> Result<(), EncodeError>;

    /// Reads it from the next cells.
    fn decode(row: &mut RowReader<'_, '_>) -> Result<Self, DecodeError>;
}

#[diagnostic::do_not_recommend]
impl<T: FieldType + Clone + Eq + Hash> Key for T {
    const WIDTH: usize = 1;

    type Column = T;

    fn encode(&self, out: &mut Vec<Value>) -> Result<(), EncodeError> {
        out.push(FieldType::encode(self)?);
        Ok(())
    }

    fn decode(row: &mut RowReader<'_, '_>) -> Result<Self, DecodeError> {
        row.read()
    }
}

/// The type of "the column" of a foreign key that has several: no value has it. Compare the
/// relation instead: `Order::line.is(&line)`, `Order::line.is_key((1, 2))`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Composite {}

impl FieldType for Composite {
    const TYPE: Type = Type::Text;

    type Optional = Option<Composite>;

    fn encode(&self) -> Result<Value, EncodeError> {
        match *self {}
    }

    fn decode(_: &ValueRef<'_>) -> Result<Self, DecodeError> {
        Err(DecodeError::bad_value("a key of several columns is not one value; read its parts"))
    }
}

macro_rules! tuple_keys {
    ($(($($part:ident),+))+) => {$(
        #[diagnostic::do_not_recommend]
        impl<$($part: FieldType + Clone + Eq + Hash),+> Key for ($($part,)+) {
            const WIDTH: usize = [$(stringify!($part)),+].len();

            type Column = Composite;

            fn encode(&self, out: &mut Vec<Value>) -> Result<(), EncodeError> {
                #[allow(non_snake_case, reason = "the type parameters name the parts")]
                let ($($part,)+) = self;
                $(out.push($part.encode()?);)+
                Ok(())
            }

            fn decode(row: &mut RowReader<'_, '_>) -> Result<Self, DecodeError> {
                Ok(($(row.read::<$part>()?,)+))
            }
        }
    )+};
}

tuple_keys! { (A, B) (A, B, C) (A, B, C, D) }
