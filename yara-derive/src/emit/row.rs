//! A struct that rows of a query are read into.

use super::{columns_of, hidden, local};
use crate::parse::{RowInput, RowMember};
use proc_macro2::{Ident, TokenStream};
use quote::{format_ident, quote, quote_spanned};
use syn::spanned::Spanned;

/// Everything that `#[derive(Row)]` makes.
pub(crate) fn row(input: &RowInput) -> TokenStream {
    let columns = columns_struct(input);
    let hidden = hidden(&input.krate, &[row_impl(input), projection(input), cells(input)]);
    quote!(#columns #hidden)
}

fn row_impl(input: &RowInput) -> TokenStream {
    let RowInput { ident, members, .. } = input;
    let row = local("__row");
    let own = members.iter().filter(|member| !member.nested).count();
    let nested: Vec<&RowMember> = members.iter().filter(|member| member.nested).collect();
    let widths = nested
        .iter()
        .map(|RowMember { ty, .. }| quote_spanned!(ty.span()=> + <#ty as __yara::Row>::WIDTH));
    let names = members.iter().map(|RowMember { ty, column, nested, .. }| match nested {
        true => quote_spanned!(ty.span()=> __names.extend(<#ty as __yara::Row>::columns()?);),
        false => quote!(__names.push(#column);),
    });
    let decoded = members.iter().map(|RowMember { ident, ty, nested, .. }| {
        let value = match nested {
            true => quote_spanned!(ty.span()=> <#ty as __yara::Row>::decode(#row)?),
            false => quote_spanned!(ty.span()=> <#ty as __yara::FieldType>::decode(#row.take()?)?),
        };
        quote!(#ident: #value)
    });
    quote! {
        impl __yara::Row for #ident {
            const WIDTH: usize = #own #(#widths)*;
            fn columns() -> ::core::option::Option<::std::vec::Vec<&'static str>> {
                let mut __names = ::std::vec::Vec::new();
                #(#names)*
                ::core::option::Option::Some(__names)
            }
            fn decode(
                __row: &mut __yara::RowReader<'_, '_>,
            ) -> ::core::result::Result<Self, __yara::DecodeError> {
                ::core::result::Result::Ok(#ident { #(#decoded,)* })
            }
        }
    }
}

/// The type parameters of the struct of columns.
fn parameters(input: &RowInput) -> Vec<Ident> {
    (0..input.members.len()).map(|at| format_ident!("__C{at}")).collect()
}

/// The struct that says which column each member is read from. It stands outside of the hidden
/// block, because users write its name.
fn columns_struct(input: &RowInput) -> TokenStream {
    let RowInput { ident, vis, members, .. } = input;
    let columns = columns_of(ident);
    let parameters = parameters(input);
    let declared = members.iter().zip(&parameters).map(|(member, parameter)| {
        let name = &member.ident;
        let docs = format!("What `{name}` is read from.");
        quote!(#[doc = #docs] pub #name: #parameter)
    });
    let docs = format!("What to select for each member of [`{ident}`].");
    quote! {
        #[doc = #docs]
        #[allow(non_camel_case_types, unreachable_pub, dead_code)]
        #[derive(Debug, Clone, Copy)]
        #vis struct #columns<#(#parameters),*> { #(#declared,)* }
    }
}

fn projection(input: &RowInput) -> TokenStream {
    let RowInput { ident, members, .. } = input;
    let columns = columns_of(ident);
    let parameters = parameters(input);
    let bounds = members.iter().zip(&parameters).map(|(member, parameter)| {
        let ty = &member.ty;
        match member.nested {
            true => quote_spanned!(ty.span()=> #parameter: __yara::SelectableRow<__M, #ty>),
            false => quote_spanned!(ty.span()=> #parameter: __yara::Selectable<__M, #ty>),
        }
    });
    let appended = members.iter().map(|RowMember { ident, nested, .. }| match nested {
        true => quote!(__yara::SelectableRow::append_row(self.#ident, __columns);),
        false => quote!(__columns.push(__yara::Selectable::into_column(self.#ident));),
    });
    quote! {
        impl<__M, #(#parameters),*> __yara::Projection<__M> for #columns<#(#parameters),*>
        where #(#bounds,)*
        {
            type Row = #ident;
            fn append(self, __columns: &mut ::std::vec::Vec<__yara::Expr>) {
                #(#appended)*
            }
            fn decode(
                __row: &mut __yara::RowReader<'_, '_>,
            ) -> ::core::result::Result<#ident, __yara::DecodeError> {
                <#ident as __yara::Row>::decode(__row)
            }
        }
    }
}

/// The columns as those of a query that another one joins. A nested row has more than one.
fn cells(input: &RowInput) -> TokenStream {
    let RowInput { ident, members, .. } = input;
    if members.iter().any(|member| member.nested) {
        return TokenStream::new();
    }
    let columns = columns_of(ident);
    let types = members.iter().map(|member| &member.ty);
    let read = members.iter().enumerate().map(|(at, RowMember { ident, ty, .. })| {
        quote!(#ident: <#ty as __yara::Cells>::cells::<__N, __P>(__name, __at + #at))
    });
    quote! {
        impl __yara::Cells for #ident {
            type Of<__N: 'static, __P: __yara::Presence> =
                #columns<#(__yara::TypedExpr<__N, __P::Of<#types>>),*>;
            fn cells<__N: 'static, __P: __yara::Presence>(
                __name: &__yara::Name,
                __at: usize,
            ) -> Self::Of<__N, __P> {
                #columns { #(#read,)* }
            }
        }
    }
}
