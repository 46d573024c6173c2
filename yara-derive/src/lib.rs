//! The derive macros of yara-orm. Use them through the `yara_orm` crate, which documents them with
//! examples; their output refers to it.
//!
//! Each macro works in two steps that never mix: `parse` turns attributes into plain data and
//! collects everything that is wrong with them, at the token that is wrong; `emit` turns the data
//! into tokens and refuses nothing.

mod emit;
mod names;
mod parse;

use parse::Errors;
use proc_macro::TokenStream;
use syn::{DeriveInput, parse_macro_input};

/// Makes a struct a model: a row of a table. See `yara_orm::Model` for all attributes.
#[proc_macro_derive(Model, attributes(model, field, relation))]
pub fn model(input: TokenStream) -> TokenStream {
    expand(parse_macro_input!(input), parse::model, emit::model, emit::stub)
}

/// Makes a struct one that models can hold, flattened into columns. See `yara_orm::Embed`.
#[proc_macro_derive(Embed, attributes(embed, field, relation))]
pub fn embed(input: TokenStream) -> TokenStream {
    expand(parse_macro_input!(input), parse::embed, emit::embed, nothing)
}

/// Makes an enum without data the type of a field. See `yara_orm::DbEnum`.
#[proc_macro_derive(DbEnum, attributes(db_enum))]
pub fn db_enum(input: TokenStream) -> TokenStream {
    expand(parse_macro_input!(input), parse::enumeration, emit::enumeration, nothing)
}

/// Makes a struct one that rows of a query are read into. See `yara_orm::Row`.
#[proc_macro_derive(Row, attributes(row, field))]
pub fn row(input: TokenStream) -> TokenStream {
    expand(parse_macro_input!(input), parse::row, emit::row, nothing)
}

/// Parses, and emits everything that was wrong. What was parsed is emitted beside it, or where that
/// makes no sense, a `stub`: then a mistyped attribute is the only error, and not that the struct is
/// no model, too.
fn expand<T>(
    input: DeriveInput,
    parse: fn(DeriveInput, &mut Errors) -> Option<T>,
    emit: fn(&T) -> proc_macro2::TokenStream,
    stub: fn(&T) -> proc_macro2::TokenStream,
) -> TokenStream {
    let mut errors = Errors::default();
    let parsed = parse(input, &mut errors);
    let emit = if errors.usable() { emit } else { stub };
    let mut output = parsed.as_ref().map(emit).unwrap_or_default();
    output.extend(errors.into_tokens());
    output.into()
}

fn nothing<T>(_: &T) -> proc_macro2::TokenStream {
    proc_macro2::TokenStream::new()
}
