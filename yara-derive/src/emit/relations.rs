//! The types that name relations.

use super::{columns, key_type, marker};
use crate::parse::{ForeignKey, Kind, ManyToMany, Member, ModelInput, Reverse, Through};
use proc_macro2::{Ident, TokenStream};
use quote::{format_ident, quote, quote_spanned};
use syn::Type;
use syn::ext::IdentExt;
use syn::spanned::Spanned;

/// The types of all relations and embedded structs of a model.
pub(super) fn markers(input: &ModelInput) -> TokenStream {
    input.members.iter().map(|member| of_member(input, member)).collect()
}

fn of_member(input: &ModelInput, member: &Member) -> TokenStream {
    match &member.kind {
        Kind::Column(_) => TokenStream::new(),
        Kind::ForeignKey(key) => foreign_key(input, member, key),
        Kind::Reverse(reverse) => far_side(input, member, reverse),
        Kind::ManyToMany(many) => many_to_many(input, member, many),
        Kind::Embed(embed) => {
            columns::embed_step(&input.vis, &input.ident, member, &embed.inner, embed.optional)
        }
    }
}

/// What every relation says.
struct Basics<'a> {
    target: &'a Type,
    local_key: TokenStream,
    key_of_owner: TokenStream,
    optional: bool,
}

fn relation(input: &ModelInput, member: &Member, basics: &Basics<'_>) -> TokenStream {
    let (vis, model, marker, name) =
        (member.vis.as_ref(), &input.ident, marker(&input.ident, member), &member.name);
    let vis = vis.unwrap_or(&input.vis);
    let Basics { target, local_key, key_of_owner, optional } = basics;
    let of = if *optional { quote!(__T::Optional) } else { quote!(__T) };
    let target = quote_spanned!(target.span()=> type Target = #target;);
    quote! {
        #vis struct #marker;
        impl __yara::Relation for #marker {
            type Owner = #model;
            #target
            type LocalKey = #local_key;
            type Of<__T: __yara::FieldType> = #of;
            const NAME: &'static str = #name;
            fn local_key(__owner: &#model) -> ::core::option::Option<#local_key> { #key_of_owner }
        }
    }
}

fn foreign_key(input: &ModelInput, member: &Member, key: &ForeignKey) -> TokenStream {
    let (model, ident, target) = (&input.ident, &member.ident, &key.target);
    let marker = marker(model, member);
    let key_of_owner = if key.optional {
        quote!(__owner.#ident.as_ref().map(|__key| ::core::clone::Clone::clone(__key.key())))
    } else {
        quote!(::core::option::Option::Some(::core::clone::Clone::clone(__owner.#ident.key())))
    };
    let attach = if key.optional {
        quote!(if let ::core::option::Option::Some(__key) = &mut __owner.#ident { __key.attach(__row) })
    } else {
        quote!(__owner.#ident.attach(__row))
    };
    let local_key = key_type(target, key.key.as_ref());
    let optional = key.optional.then(|| quote!(impl __yara::OptionalRelation for #marker {}));
    let unique = key.unique;
    let (parts, to) = match &key.to {
        Some(to) => {
            let name = to.unraw().to_string();
            (
                quote!(&[(#name, <#local_key as __yara::FieldType>::TYPE)]),
                quote!(const TO: &'static [&'static str] = &[#name];),
            )
        }
        None => (quote!(<#target as __yara::Model>::KEY), TokenStream::new()),
    };
    let basics =
        Basics { target, local_key: local_key.clone(), key_of_owner, optional: key.optional };
    let relation = relation(input, member, &basics);
    quote! {
        #relation
        impl __yara::OneRelation for #marker {
            fn attach(__owner: &mut #model, __row: ::core::option::Option<__yara::Arc<#target>>) { #attach }
        }
        impl __yara::ForeignRelation for #marker {
            const PARTS: &'static [(&'static str, __yara::Type)] = #parts;
            #to
            const UNIQUE: bool = #unique;
        }
        impl __yara::RefersTo<#target, #local_key> for #marker {}
        #optional
    }
}

/// The key of the owner by which another table refers to it: its own, or the field that is meant.
pub(super) fn own_key(input: &ModelInput, to: Option<&Ident>) -> (TokenStream, TokenStream) {
    let model = &input.ident;
    let field = to.and_then(|to| input.members.iter().find(|member| member.ident == *to));
    match field {
        Some(Member { ty, ident, .. }) => {
            (quote!(#ty), quote!(::core::clone::Clone::clone(&__owner.#ident)))
        }
        None => (
            quote!(<#model as __yara::Model>::Key),
            quote!(<#model as __yara::Model>::key(__owner)),
        ),
    }
}

fn far_side(input: &ModelInput, member: &Member, reverse: &Reverse) -> TokenStream {
    let (model, ident, target) = (&input.ident, &member.ident, &reverse.target);
    let marker = marker(model, member);
    let (local_key, key) = own_key(input, reverse.to.as_ref());
    let key_of_owner = quote!(::core::option::Option::Some(#key));
    let relation =
        relation(input, member, &Basics { target, local_key, key_of_owner, optional: true });
    let attach = if reverse.one {
        quote! {
            impl __yara::OneRelation for #marker {
                fn attach(__owner: &mut #model, __row: ::core::option::Option<__yara::Arc<#target>>) {
                    __owner.#ident.attach(__row)
                }
            }
        }
    } else {
        attach_many(model, ident, &marker, target)
    };
    quote!(#relation #attach)
}

fn attach_many(model: &Ident, ident: &Ident, marker: &Ident, target: &Type) -> TokenStream {
    quote! {
        impl __yara::ManyRelation for #marker {
            fn attach(__owner: &mut #model, __rows: ::std::vec::Vec<#target>) {
                __owner.#ident.attach(__rows)
            }
        }
    }
}

fn many_to_many(input: &ModelInput, member: &Member, many: &ManyToMany) -> TokenStream {
    let (model, ident, target) = (&input.ident, &member.ident, &many.target);
    let marker = marker(model, member);
    let (local_key, key) = own_key(input, None);
    let key_of_owner = quote!(::core::option::Option::Some(#key));
    let relation =
        relation(input, member, &Basics { target, local_key, key_of_owner, optional: true });
    let attach = attach_many(model, ident, &marker, target);
    let writable = (!matches!(many.through, Through::Model { .. }))
        .then(|| quote!(impl __yara::ThroughRelation for #marker {}));
    let join_table = match &many.through {
        Through::Own { table, source, target: far } => {
            let name = match table {
                Some(table) => table.value(),
                None => format!("{}_{}", input.table.name, member.name),
            };
            join_table(input, member, target, [&name, source, far])
        }
        _ => TokenStream::new(),
    };
    quote! {
        #relation
        #attach
        impl __yara::LeadsTo<#target> for #marker {}
        #writable
        #join_table
    }
}

/// The function that gives the table between.
pub(super) fn join_table_name(model: &Ident, member: &Member) -> Ident {
    format_ident!("{}_table", marker(model, member))
}

fn join_table(
    input: &ModelInput,
    member: &Member,
    target: &Type,
    [name, source, far]: [&str; 3],
) -> TokenStream {
    let model = &input.ident;
    let function = join_table_name(model, member);
    let schema = match &input.table.schema {
        Some(schema) => quote!(::core::option::Option::Some(#schema)),
        None => quote!(::core::option::Option::None),
    };
    quote! {
        fn #function() -> &'static __yara::Table {
            static TABLE: __yara::OnceLock<__yara::Table> = __yara::OnceLock::new();
            TABLE.get_or_init(|| __yara::join_table::<#model, #target>(#schema, #name, #source, #far))
        }
    }
}
