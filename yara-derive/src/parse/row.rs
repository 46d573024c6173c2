//! A struct that rows of a query are read into.

use super::options::Options;
use super::table::krate;
use super::types::without_self;
use super::{Errors, shape};
use syn::ext::IdentExt;
use syn::{DeriveInput, Ident, Path, Type, Visibility};

/// A struct with `#[derive(Row)]`.
pub(crate) struct RowInput {
    pub(crate) ident: Ident,
    pub(crate) vis: Visibility,
    pub(crate) krate: Path,
    pub(crate) members: Vec<RowMember>,
}

/// A member of it.
pub(crate) struct RowMember {
    pub(crate) ident: Ident,
    pub(crate) ty: Type,
    /// The column that it is read from where columns have names.
    pub(crate) column: String,
    /// Whether it is a row itself, which has columns of its own.
    pub(crate) nested: bool,
}

/// Reads a struct with `#[derive(Row)]`.
pub(crate) fn row(input: DeriveInput, errors: &mut Errors) -> Option<RowInput> {
    let fields = shape::members(&input, "Row", errors)?;
    let mut options = Options::read(&input.attrs, &["row"], errors);
    let krate = krate(&mut options, errors);
    options.finish(errors);
    if fields.is_empty() {
        errors.fatal(input.ident.span(), "a row needs a member to read");
    }
    let mut members = Vec::with_capacity(fields.len());
    for field in fields {
        let Some(ident) = field.ident else { continue };
        let mut options = Options::read(&field.attrs, &["field"], errors);
        let nested = options.is_set("nested", errors).is_some();
        if nested {
            let why = "a nested row is read from its own columns, by their names";
            options.refuse(&["column"], why, errors);
        }
        let column = options.text("column", errors).map(|column| column.value());
        options.finish(errors);
        members.push(RowMember {
            column: column.unwrap_or_else(|| ident.unraw().to_string()),
            ty: without_self(&field.ty, &input.ident),
            ident,
            nested,
        });
    }
    Some(RowInput { ident: input.ident, vis: input.vis, krate, members })
}
