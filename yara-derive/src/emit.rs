//! Tokens from plain data. Nothing here refuses anything: what is wrong was found by `parse`, or is
//! left to the compiler, at the token that is wrong.
//!
//! All output of a derive stands in one `const _: () = { … }`, in which `__yara` is the crate's
//! `__private` module. Names that are made are `Model_member`, which no Rust type is called, so that
//! they hide no type of the user; names of the standard library are written out.

mod checks;
mod columns;
mod create;
mod embed;
mod enumeration;
mod model;
mod relations;
mod row;
mod schema;
mod stored;
mod stub;

pub(crate) use embed::embed;
pub(crate) use enumeration::enumeration;
pub(crate) use model::model;
pub(crate) use row::row;
pub(crate) use stub::stub;

use crate::parse::Member;
use proc_macro2::{Ident, Span, TokenStream};
use quote::{format_ident, quote};
use syn::{Path, Type};

/// The output in a block of its own, where it disturbs no name and raises no lint.
fn hidden(krate: &Path, items: &[TokenStream]) -> TokenStream {
    quote! {
        #[allow(
            non_upper_case_globals, non_camel_case_types, non_snake_case, dead_code, missing_docs,
            deprecated, missing_debug_implementations, unreachable_pub, private_interfaces, private_bounds,
            unused_qualifications, clippy::all, clippy::pedantic, clippy::nursery,
            clippy::restriction
        )]
        const _: () = {
            use #krate::__private as __yara;
            #(#items)*
        };
    }
}

/// A local variable in tokens that stand at a place of the user's. Its name would else not be the
/// one that is declared, where that place came through a macro.
fn local(name: &str) -> Ident {
    Ident::new(name, Span::call_site())
}

/// The type that names a relation or embedded struct: `Book_author`.
fn marker(parent: &Ident, member: &Member) -> Ident {
    format_ident!("{parent}_{}", member.name, span = member.ident.span())
}

/// The struct of columns behind a path: `BookColumns`.
fn columns_of(parent: &Ident) -> Ident {
    format_ident!("{parent}Columns", span = parent.span())
}

/// The type of a foreign key's key.
fn key_type(target: &Type, key: Option<&Type>) -> TokenStream {
    match key {
        Some(key) => quote!(#key),
        None => quote!(<#target as __yara::Model>::Key),
    }
}
