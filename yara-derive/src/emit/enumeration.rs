//! An enum that is the type of a field.

use super::hidden;
use crate::parse::{EnumInput, Storage, Variant};
use proc_macro2::{Ident, TokenStream};
use quote::{format_ident, quote, quote_spanned};
use syn::ext::IdentExt;

/// Everything that `#[derive(DbEnum)]` makes.
pub(crate) fn enumeration(input: &EnumInput) -> TokenStream {
    let ident = &input.ident;
    let body = match &input.storage {
        Storage::Text => as_text(input),
        Storage::Integer(integer) => as_integer(input, integer),
    };
    let field_type = quote! {
        impl __yara::FieldType for #ident {
            type Optional = ::core::option::Option<Self>;
            #body
        }
        impl __yara::Nullability for #ident {
            type Base = Self;
            type Of<__U: __yara::FieldType> = __U;
        }
        impl __yara::Comparable for #ident {}
        impl __yara::Item for #ident {}
    };
    hidden(&input.krate, &[field_type])
}

fn as_text(input: &EnumInput) -> TokenStream {
    let name = input.ident.unraw().to_string();
    let texts: Vec<&String> = input.variants.iter().map(|variant| &variant.text).collect();
    let idents: Vec<&Ident> = input.variants.iter().map(|variant| &variant.ident).collect();
    let longest = texts.iter().map(|text| text.chars().count()).max().unwrap_or_default();
    let longest = u32::try_from(longest).unwrap_or(u32::MAX);
    quote! {
        const TYPE: __yara::Type = __yara::Type::Text;
        const MAX_LENGTH: ::core::option::Option<u32> = ::core::option::Option::Some(#longest);
        const CHOICES: &'static [&'static str] = &[#(#texts),*];
        fn encode(&self) -> ::core::result::Result<__yara::Value, __yara::EncodeError> {
            ::core::result::Result::Ok(__yara::Value::Text(::core::convert::Into::into(match self {
                #(Self::#idents => #texts,)*
            })))
        }
        fn decode(
            __cell: &__yara::ValueRef<'_>,
        ) -> ::core::result::Result<Self, __yara::DecodeError> {
            match __yara::variant_text(__cell, #name)? {
                #(#texts => ::core::result::Result::Ok(Self::#idents),)*
                __other => ::core::result::Result::Err(__yara::unknown_variant(
                    #name, __other, &[#(#texts),*],
                )),
            }
        }
    }
}

fn as_integer(input: &EnumInput, integer: &Ident) -> TokenStream {
    let name = input.ident.unraw().to_string();
    let kind = format_ident!("{}", integer.to_string().to_uppercase());
    let idents: Vec<&Ident> = input.variants.iter().map(|variant| &variant.ident).collect();
    let fits = input.variants.iter().map(|Variant { ident, .. }| {
        let message = format!("the number of this variant does not fit `{integer}`; put `#[repr(i64)]` on the enum");
        quote_spanned! {ident.span()=>
            ::core::assert!(Self::#ident as i64 as #integer as i64 == Self::#ident as i64, #message);
        }
    });
    quote! {
        const TYPE: __yara::Type = __yara::Type::#kind;
        const NUMBERS: &'static [i64] = &[#(Self::#idents as i64),*];
        fn encode(&self) -> ::core::result::Result<__yara::Value, __yara::EncodeError> {
            const { #(#fits)* }
            ::core::result::Result::Ok(__yara::Value::#kind(match self {
                #(Self::#idents => Self::#idents as #integer,)*
            }))
        }
        fn decode(
            __cell: &__yara::ValueRef<'_>,
        ) -> ::core::result::Result<Self, __yara::DecodeError> {
            let __number = i64::from(<#integer as __yara::FieldType>::decode(__cell)?);
            #(if __number == Self::#idents as i64 {
                return ::core::result::Result::Ok(Self::#idents);
            })*
            ::core::result::Result::Err(__yara::unknown_number(
                #name, __number, &[#(Self::#idents as i64),*],
            ))
        }
    }
}
