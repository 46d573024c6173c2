//! Structs that are flattened into the columns of a model.

use super::Path;
use super::model::FieldError;
use crate::schema::TableBuilder;
use crate::value::{DecodeError, RowReader, Value};

/// A struct whose fields are columns of the model that holds it; made by `#[derive(Embed)]`.
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

    /// Adds the columns to a model: fields called `{member}.{field}`, columns `{member}_{field}`.
    /// With `nullable`, all of them may be NULL, for the whole struct may be absent.
    fn describe(table: TableBuilder, member: &str, nullable: bool) -> TableBuilder;

    /// Appends the values.
    fn encode(&self, out: &mut Vec<Value>) -> Result<(), FieldError>;

    /// Appends a NULL for each column.
    fn encode_absent(out: &mut Vec<Value>);

    /// Reads it from the next cells.
    fn decode(row: &mut RowReader<'_, '_>) -> Result<Self, DecodeError>;
}
