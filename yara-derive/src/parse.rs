//! Attributes as plain data. Everything that is wrong is collected, so that one run of the compiler
//! shows all of it; nothing here makes tokens but error messages.

mod column;
mod embed;
mod enumeration;
mod member;
mod model;
mod options;
mod relation;
mod reserved;
mod row;
mod shape;
mod table;
mod types;

pub(crate) use column::{Column, DefaultValue};
pub(crate) use embed::{EmbedInput, embed};
pub(crate) use enumeration::{EnumInput, Storage, Variant, enumeration};
pub(crate) use member::{Kind, Member};
pub(crate) use model::{ModelInput, model};
pub(crate) use relation::{Action, EmbedMember, ForeignKey, ManyToMany, Reverse, Through};
pub(crate) use row::{RowInput, RowMember, row};
pub(crate) use table::{Group, Part, TableOptions};

use proc_macro2::{Span, TokenStream};

/// What was found to be wrong.
#[derive(Default)]
pub(crate) struct Errors {
    found: Option<syn::Error>,
    fatal: bool,
}

impl Errors {
    /// Something is wrong with a token.
    pub(crate) fn add(&mut self, span: Span, message: impl std::fmt::Display) {
        self.push(syn::Error::new(span, message));
    }

    /// Something is wrong with several tokens in a row.
    pub(crate) fn over(&mut self, tokens: impl quote::ToTokens, message: impl std::fmt::Display) {
        self.push(syn::Error::new_spanned(tokens, message));
    }

    pub(crate) fn push(&mut self, error: syn::Error) {
        match &mut self.found {
            Some(errors) => errors.combine(error),
            None => self.found = Some(error),
        }
    }

    /// What was parsed makes no sense: its output would only add errors.
    pub(crate) fn fatal(&mut self, span: Span, message: impl std::fmt::Display) {
        self.add(span, message);
        self.unusable();
    }

    /// What was parsed makes no sense, and why has been said.
    pub(crate) fn unusable(&mut self) {
        self.fatal = true;
    }

    /// Whether what was parsed makes sense.
    pub(crate) fn usable(&self) -> bool {
        !self.fatal
    }

    /// All of it as `compile_error!`s, if there is any.
    pub(crate) fn into_tokens(self) -> Option<TokenStream> {
        self.found.map(|errors| errors.into_compile_error())
    }
}
