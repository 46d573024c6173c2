//! An enum that is the type of a field.

use super::Errors;
use super::options::Options;
use super::table::krate;
use crate::names::snake_case;
use proc_macro2::Span;
use std::collections::HashMap;
use syn::ext::IdentExt;
use syn::spanned::Spanned;
use syn::{Attribute, Data, DeriveInput, Fields, Ident, Path};

/// An enum with `#[derive(DbEnum)]`.
pub(crate) struct EnumInput {
    pub(crate) ident: Ident,
    pub(crate) krate: Path,
    pub(crate) storage: Storage,
    pub(crate) variants: Vec<Variant>,
}

/// How its values are stored.
pub(crate) enum Storage {
    Text,
    /// As an integer of this type.
    Integer(Ident),
}

/// A variant.
pub(crate) struct Variant {
    pub(crate) ident: Ident,
    /// The text it is stored as, if it is stored as text.
    pub(crate) text: String,
}

const INTEGERS: &[&str] = &["i16", "i32", "i64"];

/// Reads an enum with `#[derive(DbEnum)]`.
pub(crate) fn enumeration(input: DeriveInput, errors: &mut Errors) -> Option<EnumInput> {
    let Data::Enum(data) = &input.data else {
        errors.add(
            input.ident.span(),
            "`#[derive(DbEnum)]` needs an enum; a struct can be a field by `#[derive(Embed)]`",
        );
        return None;
    };
    if !input.generics.params.is_empty() {
        errors.fatal(input.generics.span(), "`#[derive(DbEnum)]` needs an enum without parameters");
    }
    let mut options = Options::read(&input.attrs, &["db_enum"], errors);
    let text = options.is_set("text", errors);
    let integer = options.is_set("integer", errors);
    let krate = krate(&mut options, errors);
    options.finish(errors);
    if let (Some(_), Some(span)) = (text, integer) {
        errors.add(span, "an enum is stored as text or as an integer; keep one of the two");
    }
    let storage = match integer {
        Some(_) => Storage::Integer(representation(&input.attrs, errors)),
        None => Storage::Text,
    };
    if data.variants.is_empty() {
        errors.fatal(input.ident.span(), "an enum without variants has no value to store");
    }
    let mut variants = Vec::with_capacity(data.variants.len());
    for variant in &data.variants {
        if !matches!(variant.fields, Fields::Unit) {
            errors.fatal(
                variant.fields.span(),
                "a variant has no data here; data is stored by `Json<…>`",
            );
        }
        let mut options = Options::read(&variant.attrs, &["db_enum"], errors);
        if integer.is_some() {
            options.refuse(
                &["rename"],
                "is for enums that are stored as text; write `= number` behind the variant",
                errors,
            );
        }
        let rename = options.text("rename", errors);
        options.finish(errors);
        let text = rename
            .as_ref()
            .map_or_else(|| snake_case(&variant.ident.unraw().to_string()), |text| text.value());
        let at = rename.map_or_else(|| variant.ident.span(), |text| text.span());
        variants.push((Variant { ident: variant.ident.clone(), text }, at));
    }
    refuse_doubles(&variants, errors);
    let variants = variants.into_iter().map(|(variant, _)| variant).collect();
    Some(EnumInput { ident: input.ident, krate, storage, variants })
}

/// The integer type of `#[repr(…)]`; `i32` where there is none.
fn representation(attributes: &[Attribute], errors: &mut Errors) -> Ident {
    let mut found = Ident::new("i32", Span::call_site());
    for attribute in attributes.iter().filter(|attribute| attribute.path().is_ident("repr")) {
        match attribute.parse_args::<Ident>() {
            Ok(repr) if INTEGERS.iter().any(|integer| repr == integer) => found = repr,
            Ok(repr) => errors.add(
                repr.span(),
                format!("the database has no integer `{repr}`; write `i16`, `i32` or `i64`"),
            ),
            Err(error) => errors.push(error),
        }
    }
    found
}

/// Two variants of one text could not be told apart.
fn refuse_doubles(variants: &[(Variant, Span)], errors: &mut Errors) {
    let mut seen: HashMap<&str, &Ident> = HashMap::new();
    for (variant, span) in variants {
        if let Some(other) = seen.insert(&variant.text, &variant.ident) {
            errors.add(*span, format!("`{}` is what `{other}` is stored as; choose another text by `#[db_enum(rename = \"…\")]`", variant.text));
        }
    }
}
