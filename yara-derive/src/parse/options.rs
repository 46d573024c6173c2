//! The options in an attribute, such as `unique, max_length = 100, index(a, b)`.

use super::Errors;
use crate::names::suggestion;
use proc_macro2::{Span, TokenStream};
use syn::ext::IdentExt;
use syn::parse::{Parse, ParseStream};
use syn::punctuated::Punctuated;
use syn::{Attribute, Expr, ExprLit, ExprPath, ExprUnary, Ident, Lit, LitStr, Path, Token, UnOp};

/// One option.
struct Entry {
    name: Ident,
    value: Content,
}

/// What stands behind its name.
enum Content {
    Nothing,
    Value(Expr),
    List(TokenStream),
}

impl Parse for Entry {
    fn parse(input: ParseStream<'_>) -> syn::Result<Entry> {
        let name = input.call(Ident::parse_any)?;
        let value = if input.peek(Token![=]) {
            input.parse::<Token![=]>()?;
            Content::Value(ungrouped(input.parse()?))
        } else if input.peek(syn::token::Paren) {
            let list;
            syn::parenthesized!(list in input);
            Content::List(list.parse()?)
        } else {
            Content::Nothing
        };
        Ok(Entry { name, value })
    }
}

/// The options of one struct or member. Each is taken out by name; what is left is unknown.
pub(super) struct Options {
    entries: Vec<Entry>,
    known: Vec<&'static str>,
}

impl Options {
    /// Reads all attributes of the names.
    pub(super) fn read(attributes: &[Attribute], names: &[&str], errors: &mut Errors) -> Options {
        let mut entries: Vec<Entry> = Vec::new();
        for attribute in attributes {
            let path = attribute.path();
            if !names.iter().any(|name| path.is_ident(name)) {
                continue;
            }
            match attribute.parse_args_with(Punctuated::<Entry, Token![,]>::parse_terminated) {
                Ok(list) => entries.extend(list),
                Err(error) => errors.push(error),
            }
        }
        Options { entries, known: Vec::new() }
    }

    /// Takes all options of a name.
    fn take_all(&mut self, name: &'static str) -> Vec<Entry> {
        self.known.push(name);
        let (found, rest) =
            std::mem::take(&mut self.entries).into_iter().partition(|entry| entry.name == name);
        self.entries = rest;
        found
    }

    /// Takes the option of a name.
    fn take(&mut self, name: &'static str, errors: &mut Errors) -> Option<Entry> {
        let mut found = self.take_all(name).into_iter();
        let first = found.next();
        for again in found {
            errors.add(again.name.span(), format!("`{name}` is given twice; remove one"));
        }
        first
    }

    /// `name`, or `name = true`, `name = false`; gives where and which.
    pub(super) fn flag(&mut self, name: &'static str, errors: &mut Errors) -> Option<(Span, bool)> {
        let entry = self.take(name, errors)?;
        let span = entry.name.span();
        match entry.value {
            Content::Nothing => Some((span, true)),
            Content::Value(Expr::Lit(ExprLit { lit: Lit::Bool(value), .. })) => {
                Some((span, value.value))
            }
            Content::Value(value) => {
                errors.over(value, format!("write `{name}`, or `{name} = false`"));
                None
            }
            Content::List(list) => {
                errors.over(list, format!("`{name}` takes no list; write `{name}`"));
                None
            }
        }
    }

    /// `name` without `= false`.
    pub(super) fn is_set(&mut self, name: &'static str, errors: &mut Errors) -> Option<Span> {
        self.flag(name, errors).filter(|(_, on)| *on).map(|(span, _)| span)
    }

    /// `name = expression`; gives where the name stands, too.
    pub(super) fn expression(
        &mut self,
        name: &'static str,
        example: &str,
        errors: &mut Errors,
    ) -> Option<(Span, Expr)> {
        let entry = self.take(name, errors)?;
        match entry.value {
            Content::Value(value) => Some((entry.name.span(), value)),
            Content::Nothing | Content::List(_) => {
                errors.add(
                    entry.name.span(),
                    format!("`{name}` needs a value: `{name} = {example}`"),
                );
                None
            }
        }
    }

    /// `name = "text"`
    pub(super) fn text(&mut self, name: &'static str, errors: &mut Errors) -> Option<LitStr> {
        match self.expression(name, "\"…\"", errors)? {
            (_, Expr::Lit(ExprLit { lit: Lit::Str(text), .. })) => Some(text),
            (_, other) => {
                errors.over(other, format!("`{name}` is a text: `{name} = \"…\"`"));
                None
            }
        }
    }

    /// `name = 10`; gives where the name stands, too.
    pub(super) fn number(
        &mut self,
        name: &'static str,
        errors: &mut Errors,
    ) -> Option<(Span, u32)> {
        let (span, value) = self.expression(name, "10", errors)?;
        if let Expr::Lit(ExprLit { lit: Lit::Int(number), .. }) = &value {
            match number.base10_parse() {
                Ok(number) => return Some((span, number)),
                Err(error) => errors.push(error),
            }
            return None;
        }
        errors.over(value, format!("`{name}` is a number: `{name} = 10`"));
        None
    }

    /// `name = path`
    pub(super) fn path(
        &mut self,
        name: &'static str,
        example: &str,
        errors: &mut Errors,
    ) -> Option<Path> {
        match self.expression(name, example, errors)? {
            (_, Expr::Path(ExprPath { path, qself: None, .. })) => Some(path),
            (_, other) => {
                errors.over(other, format!("`{name}` is a name: `{name} = {example}`"));
                None
            }
        }
    }

    /// `name = member` or `name = "member"`; the identifier stands where either did.
    pub(super) fn member(
        &mut self,
        name: &'static str,
        example: &str,
        errors: &mut Errors,
    ) -> Option<Ident> {
        let (_, value) = self.expression(name, example, errors)?;
        match as_member(&value) {
            Some(member) => Some(member),
            None => {
                errors
                    .over(value, format!("`{name}` is the name of a member: `{name} = {example}`"));
                None
            }
        }
    }

    /// `name(…)`, parsed by `parse`; any number of times.
    pub(super) fn lists<T>(
        &mut self,
        name: &'static str,
        example: &str,
        parse: impl Fn(ParseStream<'_>) -> syn::Result<T>,
        errors: &mut Errors,
    ) -> Vec<(Span, T)> {
        let mut found = Vec::new();
        for entry in self.take_all(name) {
            let span = entry.name.span();
            let Content::List(list) = entry.value else {
                errors.add(span, format!("`{name}` takes a list: `{name}({example})`"));
                continue;
            };
            match syn::parse::Parser::parse2(&parse, list) {
                Ok(parsed) => found.push((span, parsed)),
                Err(error) => errors.push(error),
            }
        }
        found
    }

    /// Where an option stands, without taking it.
    pub(super) fn position(&self, name: &str) -> Option<Span> {
        self.entries.iter().find(|entry| entry.name == name).map(|entry| entry.name.span())
    }

    /// Takes options that exist, but not here.
    pub(super) fn refuse(&mut self, names: &[&'static str], why: &str, errors: &mut Errors) {
        for name in names {
            for entry in self.entries.extract_if(.., |entry| entry.name == name) {
                errors.add(entry.name.span(), format!("`{name}` {why}"));
            }
        }
    }

    /// What is left is unknown.
    pub(super) fn finish(self, errors: &mut Errors) {
        for entry in &self.entries {
            let name = entry.name.unraw().to_string();
            let near = suggestion(&name, &self.known);
            errors.add(entry.name.span(), format!("there is no attribute `{name}` here{near}"));
        }
    }
}

/// The expression in the invisible brackets that a macro of the user's puts around its arguments.
fn ungrouped(mut value: Expr) -> Expr {
    while let Expr::Group(group) = value {
        value = *group.expr;
    }
    value
}

/// An identifier, or a text that is one.
pub(super) fn as_member(value: &Expr) -> Option<Ident> {
    match value {
        Expr::Group(group) => as_member(&group.expr),
        Expr::Path(path) if path.qself.is_none() => path.path.get_ident().cloned(),
        Expr::Lit(ExprLit { lit: Lit::Str(text), .. }) => text.parse().ok(),
        _ => None,
    }
}

/// `-name`, `name`, `name.asc()` or `name.desc()`: the name, and whether descending.
pub(super) fn as_order(value: &Expr) -> Option<(Ident, bool)> {
    match value {
        Expr::Group(group) => as_order(&group.expr),
        Expr::Unary(ExprUnary { op: UnOp::Neg(_), expr, .. }) => {
            as_member(expr).map(|name| (name, true))
        }
        Expr::MethodCall(call) if call.args.is_empty() => {
            let descending = match call.method.to_string().as_str() {
                "asc" => false,
                "desc" => true,
                _ => return None,
            };
            as_member(&call.receiver).map(|name| (name, descending))
        }
        other => as_member(other).map(|name| (name, false)),
    }
}
