//! The shape of what a derive stands on.

use super::Errors;
use syn::{Data, DeriveInput, Field, Fields};

/// The members of a struct with named members and no type parameters; anything else is refused.
pub(super) fn members(
    input: &DeriveInput,
    derive: &str,
    errors: &mut Errors,
) -> Option<Vec<Field>> {
    let mut right = true;
    if !input.generics.params.is_empty() {
        errors.over(
            &input.generics,
            format!("`#[derive({derive})]` needs a struct without parameters; remove them, and write the types out"),
        );
        right = false;
    }
    let instead = format!("`#[derive({derive})]` needs a struct with named members");
    match &input.data {
        Data::Struct(data) => match &data.fields {
            Fields::Named(fields) => return right.then(|| fields.named.iter().cloned().collect()),
            Fields::Unnamed(fields) => {
                errors.over(fields, format!("{instead}: `{{ id: i64, … }}`"))
            }
            Fields::Unit => {
                errors.add(input.ident.span(), format!("{instead}: `{{ id: i64, … }}`"))
            }
        },
        Data::Enum(data) if derive == "Model" => errors.add(
            data.enum_token.span,
            format!("{instead}; an enum can be the type of a field, with `#[derive(DbEnum)]`"),
        ),
        Data::Enum(data) => errors.add(data.enum_token.span, instead),
        Data::Union(data) => errors.add(data.union_token.span, instead),
    }
    None
}
