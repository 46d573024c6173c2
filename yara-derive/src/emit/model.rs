//! A model as a whole.

use super::{checks, columns, create, hidden, marker, relations, schema, stored};
use crate::parse::{Kind, Member, ModelInput};
use proc_macro2::TokenStream;
use quote::quote;

/// Everything that `#[derive(Model)]` makes.
pub(crate) fn model(input: &ModelInput) -> TokenStream {
    let ModelInput { ident, vis, members, table } = input;
    let items = [
        columns::behind_path(vis, ident, members),
        relations::markers(input),
        inherent(input),
        row(input),
        model_impl(input),
        create::builder(input),
        checks::of_model(input),
    ];
    hidden(&table.krate, &items)
}

/// The constants and `create()`.
fn inherent(input: &ModelInput) -> TokenStream {
    let ModelInput { ident, vis, members, .. } = input;
    let constants = columns::constants(vis, ident, members);
    let create = create::function(input);
    quote! {
        impl #ident {
            #constants
            #create
        }
    }
}

fn row(input: &ModelInput) -> TokenStream {
    let ModelInput { ident, members, .. } = input;
    let width = stored::width(members);
    let decoded = members.iter().map(stored::decode);
    quote! {
        impl __yara::Row for #ident {
            const WIDTH: usize = #width;
            fn columns() -> ::core::option::Option<::std::vec::Vec<&'static str>> {
                __yara::columns_of::<#ident>()
            }
            fn decode(
                __row: &mut __yara::RowReader<'_, '_>,
            ) -> ::core::result::Result<Self, __yara::DecodeError> {
                ::core::result::Result::Ok(#ident { #(#decoded,)* })
            }
        }
    }
}

fn model_impl(input: &ModelInput) -> TokenStream {
    let ModelInput { ident, members, .. } = input;
    let schema::Key { ty, parts, value } = schema::key(members);
    let table = schema::table(input);
    let associated = columns::associated(ident);
    let encoded = members.iter().map(|member| stored::encode(member, &marker(ident, member)));
    let refreshed = members.iter().map(refresh);
    quote! {
        impl __yara::Model for #ident {
            type Key = #ty;
            const KEY: &'static [(&'static str, __yara::Type)] = #parts;
            #associated
            #table
            fn key(&self) -> #ty { #value }
            fn encode(
                &self,
                __out: &mut ::std::vec::Vec<__yara::Value>,
            ) -> ::core::result::Result<(), __yara::FieldError> {
                #(#encoded)*
                ::core::result::Result::Ok(())
            }
            fn refresh(&mut self, __fresh: Self) {
                #(#refreshed)*
            }
        }
    }
}

/// Takes over a member of a row that has been read anew.
fn refresh(member: &Member) -> TokenStream {
    let ident = &member.ident;
    match &member.kind {
        Kind::Column(_) | Kind::Embed(_) => quote!(self.#ident = __fresh.#ident;),
        Kind::ForeignKey(key) if key.optional => {
            quote!(__yara::ForeignKey::refresh_optional(&mut self.#ident, __fresh.#ident);)
        }
        Kind::ForeignKey(_) => {
            quote!(__yara::ForeignKey::refresh(&mut self.#ident, __fresh.#ident);)
        }
        Kind::Reverse(_) | Kind::ManyToMany(_) => TokenStream::new(),
    }
}
