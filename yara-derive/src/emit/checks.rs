//! What only the compiler can check, because it takes types: calls whose failure is a message at the
//! token that is wrong. They leave nothing in the program.

use super::key_type;
use super::relations::own_key;
use crate::parse::{Column, DefaultValue, ForeignKey, Kind, ManyToMany, Member, ModelInput};
use crate::parse::{Reverse, Through};
use proc_macro2::TokenStream;
use quote::{quote, quote_spanned};
use syn::ext::IdentExt;
use syn::spanned::Spanned;

/// The checks of a model.
pub(super) fn of_model(input: &ModelInput) -> TokenStream {
    input
        .members
        .iter()
        .map(|member| match &member.kind {
            Kind::Column(column) => of_column(member, column),
            Kind::ForeignKey(key) => of_foreign_key(input, key),
            Kind::Reverse(reverse) => of_reverse(input, reverse),
            Kind::ManyToMany(many) => of_many_to_many(input, many),
            Kind::Embed(_) => TokenStream::new(),
        })
        .collect()
}

/// The checks of a column: attributes that its type must allow.
pub(super) fn of_column(member: &Member, column: &Column) -> TokenStream {
    let (ty, inner) = (&member.ty, &column.inner);
    let mut checks = TokenStream::new();
    if let Some((span, _)) = column.max_length {
        checks.extend(quote_spanned!(span=> const _: () = __yara::check_text::<#ty>();));
    }
    if let Some((span, _, _)) = column.precision {
        checks.extend(quote_spanned!(span=> const _: () = __yara::check_numeric::<#ty>();));
    }
    let moments = [
        column.auto_now,
        match column.default {
            DefaultValue::Now(span) => Some(span),
            _ => None,
        },
    ];
    for span in moments.into_iter().flatten() {
        checks.extend(quote_spanned!(span=> const _: () = __yara::check_moment::<#inner>();));
    }
    let counters = [
        column.version,
        match column.default {
            DefaultValue::Auto(span) => Some(span),
            _ => None,
        },
    ];
    for span in counters.into_iter().flatten() {
        checks.extend(quote_spanned!(span=> const _: () = __yara::check_whole::<#ty>();));
    }
    checks
}

fn of_foreign_key(input: &ModelInput, key: &ForeignKey) -> TokenStream {
    let target = &key.target;
    let mut checks = TokenStream::new();
    if let (Some(to), Some(ty)) = (&key.to, &key.key) {
        checks.extend(quote_spanned! {to.span()=>
            const _: () = __yara::check_to::<#target, #ty>(&<#target>::#to);
        });
    }
    let keys = input.members.iter().filter(|member| match &member.kind {
        Kind::Column(column) => column.primary_key,
        Kind::ForeignKey(key) => key.primary_key,
        _ => false,
    });
    if key.primary_key && keys.count() > 1 {
        let ty = key_type(target, key.key.as_ref());
        checks.extend(quote_spanned!(target.span()=> const _: () = __yara::check_single::<#ty>();));
    }
    checks
}

fn of_reverse(input: &ModelInput, reverse: &Reverse) -> TokenStream {
    let (model, target, name, one) = (&input.ident, &reverse.target, &reverse.reverse, reverse.one);
    let (key, _) = own_key(input, reverse.to.as_ref());
    let to = reverse.to.iter().map(|to| to.unraw().to_string());
    quote_spanned! {name.span()=>
        const _: () = __yara::check_reverse::<#model, #key, _>(&<#target>::#name, &[#(#to),*], #one);
    }
}

fn of_many_to_many(input: &ModelInput, many: &ManyToMany) -> TokenStream {
    let (model, far) = (&input.ident, &many.target);
    match &many.through {
        Through::Own { .. } => TokenStream::new(),
        Through::Reverse(name) => quote_spanned! {name.span()=>
            const _: () = __yara::check_many_reverse::<#model, _>(&<#far>::#name);
        },
        Through::Model { model: through, source, target } => {
            let source = quote_spanned! {source.span()=>
                const _: () = __yara::check_through::<#model, _>(&<#through>::#source);
            };
            let target = quote_spanned! {target.span()=>
                const _: () = __yara::check_through::<#far, _>(&<#through>::#target);
            };
            quote!(#source #target)
        }
    }
}
