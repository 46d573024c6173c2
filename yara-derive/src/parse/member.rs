//! The members of a model.

use super::options::Options;
use super::types::{Container, last_name, option_of, relation, without_self};
use super::{Column, EmbedMember, Errors, ForeignKey, ManyToMany, Reverse};
use super::{column, relation, reserved};
use proc_macro2::Span;
use syn::ext::IdentExt;
use syn::parse::Parse;
use syn::{Attribute, Field, Ident, Type, Visibility};

/// A member of a model.
pub(crate) struct Member {
    /// As it is written, perhaps raw.
    pub(crate) ident: Ident,
    /// As it is stored.
    pub(crate) name: String,
    /// The name of the constant and of the setter.
    pub(crate) constant: Ident,
    /// Who sees the constant, where that is not who sees the model.
    pub(crate) vis: Option<Visibility>,
    /// The type, with the model's name in place of `Self`.
    pub(crate) ty: Type,
    /// What the user wrote about it.
    pub(crate) docs: Vec<Attribute>,
    pub(crate) kind: Kind,
}

/// What a member is.
pub(crate) enum Kind {
    Column(Column),
    ForeignKey(ForeignKey),
    Reverse(Reverse),
    ManyToMany(ManyToMany),
    Embed(EmbedMember),
}

impl Member {
    /// The name of a foreign key's column, as a constant.
    pub(crate) fn key_constant(&self) -> Ident {
        Ident::new(&format!("{}_id", self.constant.unraw()), self.constant.span())
    }

    /// The name of a foreign key's column, as a field.
    pub(crate) fn key_name(&self) -> String {
        format!("{}_id", self.name)
    }

    /// The documentation of a constant.
    pub(super) fn docs_of(field: &Field) -> Vec<Attribute> {
        field.attrs.iter().filter(|attribute| attribute.path().is_ident("doc")).cloned().collect()
    }
}

/// Reads a member.
pub(super) fn member(field: &Field, model: &Ident, errors: &mut Errors) -> Option<Member> {
    let ident = field.ident.clone()?;
    let ty = without_self(&field.ty, model);
    let names: &[&str] = if relation(&ty).is_some() { &["field", "relation"] } else { &["field"] };
    let mut options = Options::read(&field.attrs, names, errors);
    let renamed = options.member("rename_const", "\"…\"", errors);
    let constant = renamed.clone().unwrap_or_else(|| ident.clone());
    reserved::check(&constant, model, renamed.is_some(), errors);
    let vis = options.lists("vis", "pub(crate)", Visibility::parse, errors).pop();
    let kind = kind(field, &ident, &ty, model, &mut options, errors);
    options.finish(errors);
    let name = ident.unraw().to_string();
    let vis = vis.map(|(_, vis)| vis);
    Some(Member { name, constant, vis, ty, docs: Member::docs_of(field), kind: kind?, ident })
}

/// Reads what a member is.
fn kind(
    field: &Field,
    ident: &Ident,
    ty: &Type,
    model: &Ident,
    options: &mut Options,
    errors: &mut Errors,
) -> Option<Kind> {
    let embed = options.is_set("embed", errors);
    let Some(found) = relation(ty) else {
        refuse_relation_attribute(field, errors);
        return Some(match embed {
            Some(_) => Kind::Embed(relation::embed(ty, options, errors)),
            None => Kind::Column(column::column(ty, options, errors)),
        });
    };
    if let Some(span) = embed {
        errors.add(span, "a relation is not embedded; remove `embed`");
    }
    let target = relation::target(&found, ty, errors)?;
    let far = !matches!(found.container, Container::ForeignKey | Container::OneToOne);
    if found.optional && far {
        let plain = last_name(option_of(ty)?).map(ToString::to_string).unwrap_or_default();
        errors.over(
            ty,
            format!("`{plain}` needs no `Option`: it says itself whether there is something"),
        );
    }
    Some(match found.container {
        Container::ForeignKey | Container::OneToOne => {
            Kind::ForeignKey(relation::foreign_key(found, target, options, errors))
        }
        Container::HasMany | Container::HasOne => {
            Kind::Reverse(relation::reverse(&found, target, ident, model, options, errors)?)
        }
        Container::ManyToMany => {
            Kind::ManyToMany(relation::many_to_many(&found, target, model, options, errors))
        }
    })
}

/// `#[relation(…)]` stands at relations only.
fn refuse_relation_attribute(field: &Field, errors: &mut Errors) {
    let found = field.attrs.iter().find(|attribute| attribute.path().is_ident("relation"));
    if let Some(attribute) = found {
        errors.over(
            attribute,
            "this member is no relation; a relation has the type `ForeignKey<…>`, `OneToOne<…>`, `HasMany<…>`, `HasOne<…>` or `ManyToMany<…>`",
        );
    }
}

/// Refuses two constants of one name, which foreign keys make beside their own.
pub(super) fn refuse_doubles(members: &[Member], errors: &mut Errors) {
    let mut seen: Vec<(String, Span)> = Vec::new();
    for member in members {
        seen.push((member.constant.unraw().to_string(), member.constant.span()));
    }
    for member in members.iter().filter(|member| matches!(member.kind, Kind::ForeignKey(_))) {
        let key = member.key_constant().unraw().to_string();
        if let Some((_, span)) = seen.iter().find(|(name, _)| *name == key) {
            errors.fatal(
                *span,
                format!("the foreign key `{}` makes the column `{key}`; remove this member, and read the key by `.{}.key()`", member.name, member.ident),
            );
        }
    }
}
