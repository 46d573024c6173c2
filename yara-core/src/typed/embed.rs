//! Structs that are flattened into the columns of a model.

use super::model::FieldError;
use super::path::{EmbedStep, Path, Within};
use crate::schema::{FieldOptions, TableBuilder};
use crate::value::{DecodeError, FieldType, RowReader, Value};
use std::marker::PhantomData;
use std::ops::Deref;

/// A struct whose fields are columns of the model that holds it; made by `#[derive(Embed)]`.
///
/// A member `address: Address` makes fields called `address.street`, stored in columns such as
/// `address_street`. Where the member is an `Option`, all of its columns may be NULL, and a row in
/// which they all are has no address.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be embedded",
    note = "add `#[derive(Embed)]` to the struct"
)]
pub trait Embed: Sized + Clone + Send + Sync + 'static {
    /// The number of columns.
    const WIDTH: usize;

    /// The columns seen from a path.
    type Columns<P: Path>: 'static;

    /// The columns seen from a path.
    fn columns<P: Path>() -> &'static Self::Columns<P>;

    /// Adds the columns to a model.
    fn describe(columns: EmbedColumns) -> EmbedColumns;

    /// Appends the values.
    fn encode(&self, out: &mut Vec<Value>) -> Result<(), FieldError>;

    /// Appends a NULL for each column.
    fn encode_absent(out: &mut Vec<Value>);

    /// Reads it from the next cells.
    fn decode(row: &mut RowReader<'_, '_>) -> Result<Self, DecodeError>;
}

/// An embedded struct at the end of the path `P`, as a constant of the model: `Person::address`. Its
/// fields are columns: `Person::address.street`.
pub struct Embedded<P, S>(PhantomData<fn() -> (P, S)>);

impl<P, S> Embedded<P, S> {
    /// The derive calls this.
    #[allow(clippy::new_without_default, reason = "it is a constant, never made at run time")]
    pub const fn new() -> Embedded<P, S> {
        Embedded(PhantomData)
    }
}

impl<P, S> Clone for Embedded<P, S> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<P, S> Copy for Embedded<P, S> {}

impl<P, S> std::fmt::Debug for Embedded<P, S> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Embedded")
    }
}

impl<P: Path, S: EmbedStep> Deref for Embedded<P, S> {
    type Target = <S::Embed as Embed>::Columns<Within<P, S>>;

    fn deref(&self) -> &Self::Target {
        S::Embed::columns::<Within<P, S>>()
    }
}

/// A model that is being described, and the place in it of the struct that adds its columns.
#[derive(Debug)]
pub struct EmbedColumns {
    table: TableBuilder,
    member: String,
    column: String,
    nullable: bool,
}

impl EmbedColumns {
    /// A column of the struct: a field `{member}.{name}`, by default in a column `{member}_{name}`.
    #[must_use]
    pub fn column<T: FieldType>(mut self, name: &str, options: FieldOptions) -> Self {
        let column = options.column.unwrap_or(name);
        let options = FieldOptions {
            column: Some(leak(format!("{}_{column}", self.column))),
            nullable: self.nullable,
            ..options
        };
        self.table = self.table.column::<T>(leak(format!("{}.{name}", self.member)), options);
        self
    }

    /// A struct in the struct.
    #[must_use]
    pub fn embed<E: Embed>(self, name: &str, column: &str, optional: bool) -> Self {
        let EmbedColumns { table, member, column: prefix, nullable } = self;
        let inner = EmbedColumns {
            table,
            member: format!("{member}.{name}"),
            column: format!("{prefix}_{column}"),
            nullable: nullable || optional,
        };
        EmbedColumns { table: E::describe(inner).table, member, column: prefix, nullable }
    }
}

/// Adds the columns of a struct that is a member of a model; the derive calls this.
#[doc(hidden)]
pub fn embed<E: Embed>(
    table: TableBuilder,
    member: &str,
    column: &str,
    optional: bool,
) -> TableBuilder {
    let place =
        EmbedColumns { table, member: member.into(), column: column.into(), nullable: optional };
    E::describe(place).table
}

/// Appends the values of a struct that may be absent; the derive calls this.
#[doc(hidden)]
pub fn encode_optional<E: Embed>(
    embedded: Option<&E>,
    out: &mut Vec<Value>,
) -> Result<(), FieldError> {
    match embedded {
        Some(embedded) => embedded.encode(out),
        None => {
            E::encode_absent(out);
            Ok(())
        }
    }
}

/// Reads a struct that may be absent; the derive calls this.
#[doc(hidden)]
pub fn decode_optional<E: Embed>(row: &mut RowReader<'_, '_>) -> Result<Option<E>, DecodeError> {
    if row.all_null(E::WIDTH) {
        row.skip(E::WIDTH);
        return Ok(None);
    }
    E::decode(row).map(Some)
}

/// A name that lives as long as the descriptions do.
fn leak(name: String) -> &'static str {
    Box::leak(name.into_boxed_str())
}
