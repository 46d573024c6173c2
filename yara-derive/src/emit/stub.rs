//! A model whose declaration was refused.

use super::hidden;
use crate::parse::ModelInput;
use proc_macro2::TokenStream;
use quote::quote;

/// What makes the struct a model for the compiler, so that models which refer to it add no errors of
/// their own. It never runs: the errors stand beside it.
pub(crate) fn stub(input: &ModelInput) -> TokenStream {
    let ident = &input.ident;
    let stub = quote! {
        impl __yara::Row for #ident {
            const WIDTH: usize = 0;
            fn columns() -> ::core::option::Option<::std::vec::Vec<&'static str>> {
                ::core::option::Option::None
            }
            fn decode(
                _: &mut __yara::RowReader<'_, '_>,
            ) -> ::core::result::Result<Self, __yara::DecodeError> {
                loop {}
            }
        }
        impl __yara::Model for #ident {
            type Key = i64;
            type Columns<__P: __yara::Path> = ();
            const KEY: &'static [(&'static str, __yara::Type)] = &[];
            fn table() -> &'static __yara::Table { loop {} }
            fn columns<__P: __yara::Path>() -> &'static () { &() }
            fn key(&self) -> i64 { loop {} }
            fn encode(
                &self,
                _: &mut ::std::vec::Vec<__yara::Value>,
            ) -> ::core::result::Result<(), __yara::FieldError> {
                loop {}
            }
            fn refresh(&mut self, _: Self) {}
        }
    };
    hidden(&input.table.krate, &[stub])
}
