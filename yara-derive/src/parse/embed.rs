//! A struct that models hold, flattened into columns.

use super::options::Options;
use super::table::krate;
use super::types::{relation, without_self};
use super::{Errors, Kind, Member, column, shape};
use syn::ext::IdentExt;
use syn::{DeriveInput, Field, Ident, Path, Visibility};

/// A struct with `#[derive(Embed)]`.
pub(crate) struct EmbedInput {
    pub(crate) ident: Ident,
    pub(crate) vis: Visibility,
    pub(crate) krate: Path,
    /// Columns and embedded structs.
    pub(crate) members: Vec<Member>,
}

/// Reads a struct with `#[derive(Embed)]`.
pub(crate) fn embed(input: DeriveInput, errors: &mut Errors) -> Option<EmbedInput> {
    let fields = shape::members(&input, "Embed", errors)?;
    let mut options = Options::read(&input.attrs, &["embed"], errors);
    let krate = krate(&mut options, errors);
    options.finish(errors);
    if fields.is_empty() {
        errors.fatal(
            input.ident.span(),
            "an embedded struct needs a member, or there is nothing to store",
        );
    }
    let given = fields.len();
    let members: Vec<Member> =
        fields.iter().filter_map(|field| member(field, &input.ident, errors)).collect();
    if members.len() < given {
        errors.unusable();
    }
    Some(EmbedInput { ident: input.ident, vis: input.vis, krate, members })
}

fn member(field: &Field, parent: &Ident, errors: &mut Errors) -> Option<Member> {
    let ident = field.ident.clone()?;
    let ty = without_self(&field.ty, parent);
    let mut options = Options::read(&field.attrs, &["field", "relation"], errors);
    if relation(&ty).is_some() {
        errors.over(&field.ty, "an embedded struct has no relations; declare them in the model");
        return None;
    }
    let of_model =
        ["primary_key", "auto", "auto_now", "auto_now_add", "default", "default_sql", "version"];
    options.refuse(
        &of_model,
        "is for members of a model; an embedded struct is written as a whole",
        errors,
    );
    let kind = match options.is_set("embed", errors) {
        Some(_) => Kind::Embed(super::relation::embed(&ty, &mut options, errors)),
        None => Kind::Column(column::stored(&ty, &mut options, errors)),
    };
    options.finish(errors);
    let name = ident.unraw().to_string();
    Some(Member {
        name,
        constant: ident.clone(),
        vis: None,
        ty,
        docs: Member::docs_of(field),
        kind,
        ident,
    })
}
