//! `create()`: a builder whose type remembers which of the required fields have been set.
//!
//! Its futures are boxed: the compiler would repeat the message about a missing field for the type
//! of an `async fn`'s future, and check that type for each model.

use super::columns::key_column;
use super::marker;
use crate::parse::{Column, EmbedMember, ForeignKey, Kind, Member, ModelInput};
use proc_macro2::{Ident, TokenStream};
use quote::{format_ident, quote};
use syn::ext::IdentExt;

/// A required member: its type parameter in the builder, and the trait that says it is set.
struct Required<'a> {
    member: &'a Member,
    parameter: Ident,
    is_set: Ident,
}

/// Whether a row needs a value for a member.
fn is_required(member: &Member) -> bool {
    match &member.kind {
        Kind::Column(column) => Column::required(column),
        Kind::ForeignKey(key) => !key.optional,
        Kind::Embed(embed) => !embed.optional,
        Kind::Reverse(_) | Kind::ManyToMany(_) => false,
    }
}

fn required(input: &ModelInput) -> Vec<Required<'_>> {
    let members = input.members.iter().filter(|member| is_required(member));
    let required = members.map(|member| Required {
        member,
        parameter: format_ident!("__{}", member.name),
        is_set: format_ident!("{}_{}_is_set", input.ident, member.name),
    });
    required.collect()
}

fn builder_name(input: &ModelInput) -> Ident {
    format_ident!("{}Create", input.ident, span = input.ident.span())
}

/// `Model::create`.
pub(super) fn function(input: &ModelInput) -> TokenStream {
    let ModelInput { ident, vis, .. } = input;
    let builder = builder_name(input);
    let missing = required(input).into_iter().map(|_| quote!(__yara::Missing));
    quote! {
        /// A row to insert: set its fields, then `.insert(&db)`.
        #vis fn create() -> #builder<#(#missing),*> {
            #builder { row: <#ident as __yara::Model>::new_row(), state: __yara::PhantomData }
        }
    }
}

/// The builder.
pub(super) fn builder(input: &ModelInput) -> TokenStream {
    let ModelInput { ident, vis, members, .. } = input;
    let builder = builder_name(input);
    let required = required(input);
    let parameters: Vec<&Ident> = required.iter().map(|required| &required.parameter).collect();
    let traits = required.iter().map(|required| is_set_trait(input, required));
    let setters = members.iter().map(|member| setters(input, member, &required));
    let bounds: Vec<TokenStream> = required
        .iter()
        .map(|Required { parameter, is_set, .. }| quote!(#parameter: #is_set,))
        .collect();
    quote! {
        #(#traits)*
        #[must_use = "a row is not inserted until `.insert(&db)`"]
        #vis struct #builder<#(#parameters),*> {
            row: __yara::NewRow<#ident>,
            state: __yara::PhantomData<fn() -> (#(#parameters,)*)>,
        }
        impl<#(#parameters),*> ::core::fmt::Debug for #builder<#(#parameters),*> {
            fn fmt(&self, __f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
                ::core::fmt::Debug::fmt(&self.row, __f)
            }
        }
        impl<#(#parameters),*> __yara::IntoNewRow<#ident> for #builder<#(#parameters),*>
        where #(#bounds)*
        {
            fn into_new_row(self) -> __yara::NewRow<#ident> { self.row }
        }
        impl<#(#parameters),*> __yara::Insertable for #builder<#(#parameters),*> {
            type Model = #ident;
        }
        impl<#(#parameters),*> #builder<#(#parameters),*> {
            #(#setters)*
            /// Inserts the row and gives it as the database has it, with its key and its defaults.
            pub fn insert<'__db>(
                self,
                __db: &'__db impl __yara::Executor,
            ) -> __yara::BoxFuture<'__db, __yara::Result<#ident>>
            where #(#bounds)*
            {
                ::std::boxed::Box::pin(self.row.insert(__db))
            }
            /// Inserts the row unless one of the same key or unique values is there: then gives
            /// `None`.
            pub fn insert_or_ignore<'__db>(
                self,
                __db: &'__db impl __yara::Executor,
            ) -> __yara::BoxFuture<'__db, __yara::Result<::core::option::Option<#ident>>>
            where #(#bounds)*
            {
                ::std::boxed::Box::pin(self.row.insert_or_ignore(__db))
            }
        }
    }
}

/// The trait that says that a required member is set, and to the user, that it is not.
fn is_set_trait(input: &ModelInput, required: &Required<'_>) -> TokenStream {
    let Required { member, is_set, .. } = required;
    let vis = &input.vis;
    let setter = member.constant.unraw();
    let message = format!(
        "`{}` cannot be inserted: its field `{}` has not been set",
        input.ident.unraw(),
        member.name
    );
    let (label, note) = match &member.kind {
        Kind::ForeignKey(_) => (
            format!("call `.{setter}(&row)` or `.{setter}_id(key)` before this"),
            "a foreign key may be left out if it is an `Option<ForeignKey<…>>`",
        ),
        Kind::Embed(_) => (
            format!("call `.{setter}(…)` before this"),
            "an embedded struct may be left out if it is an `Option`",
        ),
        _ => (
            format!("call `.{setter}(…)` before this"),
            "a field may be left out if it is an `Option`, or has `#[field(default = …)]`",
        ),
    };
    quote! {
        #[diagnostic::on_unimplemented(message = #message, label = #label, note = #note)]
        #vis trait #is_set {}
        impl #is_set for __yara::Set {}
    }
}

/// The setters of a member.
fn setters(input: &ModelInput, member: &Member, required: &[Required<'_>]) -> TokenStream {
    match &member.kind {
        Kind::Column(column) if column.generated.is_some() => TokenStream::new(),
        Kind::Column(_) => {
            let ty = &member.ty;
            column_setter(input, member, required, &member.constant, &member.name, &quote!(#ty))
        }
        Kind::ForeignKey(key) => {
            let constant = member.key_constant();
            let by_key = column_setter(
                input,
                member,
                required,
                &constant,
                &member.key_name(),
                &key_column(key),
            );
            let by_row = row_setter(input, member, required, key);
            quote!(#by_row #by_key)
        }
        Kind::Embed(embed) => embed_setter(input, member, required, embed),
        Kind::Reverse(_) | Kind::ManyToMany(_) => TokenStream::new(),
    }
}

/// The builder's type once a member is set.
fn once_set(input: &ModelInput, member: &Member, required: &[Required<'_>]) -> TokenStream {
    let builder = builder_name(input);
    let parameters = required.iter().map(|required| {
        let parameter = &required.parameter;
        if required.member.name == member.name { quote!(__yara::Set) } else { quote!(#parameter) }
    });
    quote!(#builder<#(#parameters),*>)
}

/// The builder once a row has taken a value.
fn with_row(input: &ModelInput, row: &TokenStream) -> TokenStream {
    let builder = builder_name(input);
    quote!(#builder { row: #row, state: __yara::PhantomData })
}

/// Who can set a member: all who see the builder, unless the member says otherwise.
fn vis(member: &Member) -> TokenStream {
    member.vis.as_ref().map_or_else(|| quote!(pub), |vis| quote!(#vis))
}

fn column_setter(
    input: &ModelInput,
    member: &Member,
    required: &[Required<'_>],
    setter: &Ident,
    field: &str,
    ty: &TokenStream,
) -> TokenStream {
    let (model, docs, vis) = (&input.ident, &member.docs, vis(member));
    let once_set = once_set(input, member, required);
    let built = with_row(input, &quote!(self.row.set(#field, __value)));
    quote! {
        #(#docs)*
        #vis fn #setter(self, __value: impl __yara::Operand<#model, #ty>) -> #once_set { #built }
    }
}

fn row_setter(
    input: &ModelInput,
    member: &Member,
    required: &[Required<'_>],
    _: &ForeignKey,
) -> TokenStream {
    let (setter, docs, vis) = (&member.constant, &member.docs, vis(member));
    let marker = marker(&input.ident, member);
    let once_set = once_set(input, member, required);
    let built = with_row(input, &quote!(self.row.relate::<#marker>(__row)));
    quote! {
        #(#docs)*
        #vis fn #setter(self, __row: impl __yara::Refer<#marker>) -> #once_set { #built }
    }
}

fn embed_setter(
    input: &ModelInput,
    member: &Member,
    required: &[Required<'_>],
    embed: &EmbedMember,
) -> TokenStream {
    let (setter, docs, inner, name) = (&member.constant, &member.docs, &embed.inner, &member.name);
    let vis = vis(member);
    let once_set = once_set(input, member, required);
    let (parameter, value) = if embed.optional {
        let option = quote!(::core::option::Option<#inner>);
        (
            quote!(impl ::core::convert::Into<#option>),
            quote!(::core::convert::Into::<#option>::into(__value).as_ref()),
        )
    } else {
        (quote!(#inner), quote!(::core::option::Option::Some(&__value)))
    };
    let built = with_row(input, &quote!(self.row.embed::<#inner>(#name, #value)));
    quote! {
        #(#docs)*
        #vis fn #setter(self, __value: #parameter) -> #once_set { #built }
    }
}
