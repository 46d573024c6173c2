//! A struct that models hold.

use super::{checks, columns, hidden, marker, schema, stored};
use crate::parse::{EmbedInput, Kind, Member};
use proc_macro2::TokenStream;
use quote::{quote, quote_spanned};
use syn::LitStr;
use syn::spanned::Spanned;

/// Everything that `#[derive(Embed)]` makes.
pub(crate) fn embed(input: &EmbedInput) -> TokenStream {
    let EmbedInput { ident, vis, krate, members } = input;
    let of_members = members.iter().map(|member| match &member.kind {
        Kind::Embed(embed) => columns::embed_step(vis, ident, member, &embed.inner, embed.optional),
        Kind::Column(column) => checks::of_column(member, column),
        _ => TokenStream::new(),
    });
    let items =
        [columns::behind_path(vis, ident, members), of_members.collect(), embed_impl(input)];
    hidden(krate, &items)
}

fn embed_impl(input: &EmbedInput) -> TokenStream {
    let EmbedInput { ident, members, .. } = input;
    let width = stored::width(members);
    let associated = columns::associated(ident);
    let described = members.iter().map(describe);
    let encoded = members.iter().map(|member| stored::encode(member, &marker(ident, member)));
    let absent = members.iter().map(encode_absent);
    let decoded = members.iter().map(stored::decode);
    quote! {
        impl __yara::Embed for #ident {
            const WIDTH: usize = #width;
            #associated
            fn describe(__columns: __yara::EmbedColumns) -> __yara::EmbedColumns {
                __columns #(#described)*
            }
            fn encode(
                &self,
                __out: &mut ::std::vec::Vec<__yara::Value>,
            ) -> ::core::result::Result<(), __yara::FieldError> {
                #(#encoded)*
                ::core::result::Result::Ok(())
            }
            fn encode_absent(__out: &mut ::std::vec::Vec<__yara::Value>) {
                #(#absent)*
            }
            fn decode(
                __row: &mut __yara::RowReader<'_, '_>,
            ) -> ::core::result::Result<Self, __yara::DecodeError> {
                ::core::result::Result::Ok(#ident { #(#decoded,)* })
            }
        }
    }
}

fn describe(member: &Member) -> TokenStream {
    let (name, ty) = (&member.name, &member.ty);
    match &member.kind {
        Kind::Column(column) => {
            let options = schema::field_options(column, ty);
            quote_spanned!(ty.span()=> .column::<#ty>(#name, #options))
        }
        Kind::Embed(embed) => {
            let (inner, optional) = (&embed.inner, embed.optional);
            let column = embed.column.as_ref().map_or_else(|| name.clone(), LitStr::value);
            quote!(.embed::<#inner>(#name, #column, #optional))
        }
        _ => TokenStream::new(),
    }
}

fn encode_absent(member: &Member) -> TokenStream {
    let ty = &member.ty;
    match &member.kind {
        Kind::Column(_) => {
            let kind = quote_spanned!(ty.span()=> <#ty as __yara::FieldType>::TYPE);
            quote!(__out.push(__yara::Value::Null(#kind));)
        }
        Kind::Embed(embed) => {
            let inner = &embed.inner;
            quote!(<#inner as __yara::Embed>::encode_absent(__out);)
        }
        _ => TokenStream::new(),
    }
}
