//! Members as cells of a row: how many, how they are read, how they are written.

use super::{key_type, local};
use crate::parse::{Kind, Member};
use proc_macro2::TokenStream;
use quote::{quote, quote_spanned};
use syn::spanned::Spanned;

/// The number of cells of all members.
pub(super) fn width(members: &[Member]) -> TokenStream {
    let columns = members.iter().filter(|member| matches!(member.kind, Kind::Column(_))).count();
    let wider = members.iter().filter_map(|member| match &member.kind {
        Kind::ForeignKey(key) => {
            let key = key_type(&key.target, key.key.as_ref());
            Some(quote!(<#key as __yara::Key>::WIDTH))
        }
        Kind::Embed(embed) => {
            let inner = &embed.inner;
            Some(quote!(<#inner as __yara::Embed>::WIDTH))
        }
        _ => None,
    });
    quote!(#columns #(+ #wider)*)
}

/// `member: …` of a struct that is read from the cells of `__row`, in order.
pub(super) fn decode(member: &Member) -> TokenStream {
    let ident = &member.ident;
    let value = match &member.kind {
        Kind::Column(_) => {
            let ty = &member.ty;
            let row = local("__row");
            quote_spanned!(ty.span()=> <#ty as __yara::FieldType>::decode(#row.take()?)?)
        }
        Kind::ForeignKey(key) if key.optional => {
            quote!(__yara::ForeignKey::decode_optional(__row)?)
        }
        Kind::ForeignKey(_) => quote!(__yara::ForeignKey::decode(__row)?),
        Kind::Reverse(_) | Kind::ManyToMany(_) => quote!(::core::default::Default::default()),
        Kind::Embed(embed) if embed.optional => quote!(__yara::decode_optional(__row)?),
        Kind::Embed(_) => quote!(__yara::Embed::decode(__row)?),
    };
    quote!(#ident: #value)
}

/// Appends the values of a member of `self` to `__out`; `marker` is the type of a relation.
pub(super) fn encode(member: &Member, marker: &proc_macro2::Ident) -> TokenStream {
    let (ident, name) = (&member.ident, &member.name);
    let of_relation = quote! {
        .map_err(|__reason| __yara::FieldError {
            field: ::core::convert::Into::into(#name),
            reason: __reason,
        })?;
    };
    match &member.kind {
        Kind::Column(_) => {
            let ty = &member.ty;
            let value = quote!(&self.#ident);
            let value = quote_spanned!(ty.span()=> <#ty as __yara::FieldType>::encode(#value));
            quote!(__yara::push(#value, #name, __out)?;)
        }
        Kind::ForeignKey(key) if key.optional => quote! {
            __yara::ForeignKey::encode_optional(
                self.#ident.as_ref(),
                <#marker as __yara::ForeignRelation>::PARTS,
                __out,
            )
            #of_relation
        },
        Kind::ForeignKey(_) => quote!(__yara::ForeignKey::encode(&self.#ident, __out) #of_relation),
        Kind::Reverse(_) | Kind::ManyToMany(_) => TokenStream::new(),
        Kind::Embed(embed) => {
            let write = if embed.optional {
                quote!(__yara::encode_optional(self.#ident.as_ref(), __out))
            } else {
                quote!(__yara::Embed::encode(&self.#ident, __out))
            };
            quote!(#write.map_err(|__error| __error.within(#name))?;)
        }
    }
}
