//! What the spelling of a type says. A macro sees no types, only their names: a relation is known by
//! the last segment of its type's path.

use proc_macro2::{Group, TokenStream, TokenTree};
use quote::ToTokens;
use syn::{GenericArgument, Ident, PathArguments, Type};

/// The containers of relations.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Container {
    ForeignKey,
    OneToOne,
    HasMany,
    HasOne,
    ManyToMany,
}

impl Container {
    fn of(name: &Ident) -> Option<Container> {
        Some(match name.to_string().as_str() {
            "ForeignKey" => Container::ForeignKey,
            "OneToOne" => Container::OneToOne,
            "HasMany" => Container::HasMany,
            "HasOne" => Container::HasOne,
            "ManyToMany" => Container::ManyToMany,
            _ => return None,
        })
    }
}

/// A type that is a relation.
pub(super) struct RelationType {
    pub(super) container: Container,
    pub(super) optional: bool,
    /// The types between the angle brackets.
    pub(super) arguments: Vec<Type>,
}

/// The relation that a type is, if it is one.
pub(super) fn relation(ty: &Type) -> Option<RelationType> {
    if let Some(inner) = option_of(ty) {
        return relation(inner).map(|inner| RelationType { optional: true, ..inner });
    }
    let segment = last_segment(ty)?;
    let container = Container::of(&segment.ident)?;
    let arguments = arguments(&segment.arguments).into_iter().cloned().collect();
    Some(RelationType { container, optional: false, arguments })
}

/// `T` of `Option<T>`.
pub(super) fn option_of(ty: &Type) -> Option<&Type> {
    let segment = last_segment(ty).filter(|segment| segment.ident == "Option")?;
    match arguments(&segment.arguments)[..] {
        [inner] => Some(inner),
        _ => None,
    }
}

/// Whether a type is spelled like an integer that a database can count up.
pub(super) fn is_integer(ty: &Type) -> bool {
    last_segment(ty).is_some_and(|segment| {
        ["i16", "i32", "i64", "u32", "u64"].iter().any(|name| segment.ident == name)
    })
}

/// The last name of a type's path: `Author` of `crate::people::Author`.
pub(super) fn last_name(ty: &Type) -> Option<&Ident> {
    last_segment(ty).map(|segment| &segment.ident)
}

fn last_segment(ty: &Type) -> Option<&syn::PathSegment> {
    match ty {
        Type::Path(path) => path.path.segments.last(),
        Type::Group(group) => last_segment(&group.elem),
        Type::Paren(paren) => last_segment(&paren.elem),
        _ => None,
    }
}

fn arguments(arguments: &PathArguments) -> Vec<&Type> {
    let PathArguments::AngleBracketed(list) = arguments else { return Vec::new() };
    let types = list.args.iter().filter_map(|argument| match argument {
        GenericArgument::Type(ty) => Some(ty),
        _ => None,
    });
    types.collect()
}

/// The type with the model's name in place of `Self`, because the output stands outside of its impl.
pub(super) fn without_self(ty: &Type, model: &Ident) -> Type {
    let tokens = replace_self(ty.to_token_stream(), model);
    syn::parse2(tokens).unwrap_or_else(|_| ty.clone())
}

fn replace_self(tokens: TokenStream, model: &Ident) -> TokenStream {
    let replace = |token| match token {
        TokenTree::Ident(name) if name == "Self" => {
            TokenTree::Ident(Ident::new(&model.to_string(), name.span()))
        }
        TokenTree::Group(group) => {
            let mut inner = Group::new(group.delimiter(), replace_self(group.stream(), model));
            inner.set_span(group.span());
            TokenTree::Group(inner)
        }
        other => other,
    };
    tokens.into_iter().map(replace).collect()
}
