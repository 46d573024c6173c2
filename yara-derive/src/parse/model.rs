//! A model as a whole.

use super::column::DefaultValue;
use super::member::{member, refuse_doubles};
use super::table::table;
use super::types::is_integer;
use super::{Errors, Kind, Member, TableOptions, shape};
use syn::{DeriveInput, Ident, Visibility};

/// A struct with `#[derive(Model)]`.
pub(crate) struct ModelInput {
    pub(crate) ident: Ident,
    pub(crate) vis: Visibility,
    pub(crate) table: TableOptions,
    pub(crate) members: Vec<Member>,
}

/// The most columns that a key can have.
const KEY_LIMIT: usize = 4;

/// Reads a struct with `#[derive(Model)]`.
pub(crate) fn model(input: DeriveInput, errors: &mut Errors) -> Option<ModelInput> {
    let fields = shape::members(&input, "Model", errors)?;
    let given = fields.len();
    let mut members: Vec<Member> =
        fields.iter().filter_map(|field| member(field, &input.ident, errors)).collect();
    let table = table(&input, &members, errors);
    refuse_doubles(&members, errors);
    if members.len() < given {
        errors.unusable();
    } else {
        choose_key(&mut members, &input.ident, errors);
    }
    choose_auto(&mut members, errors);
    refuse_two_versions(&members, errors);
    Some(ModelInput { ident: input.ident, vis: input.vis, table, members })
}

/// Whether a member is part of the primary key.
fn is_key(member: &Member) -> bool {
    match &member.kind {
        Kind::Column(column) => column.primary_key,
        Kind::ForeignKey(key) => key.primary_key,
        _ => false,
    }
}

/// A member called `id` is the key where none is declared.
fn choose_key(members: &mut [Member], model: &Ident, errors: &mut Errors) {
    let keys = members.iter().filter(|member| is_key(member)).count();
    if keys > KEY_LIMIT {
        errors.fatal(
            model.span(),
            format!("a primary key has at most {KEY_LIMIT} members; give the model a key of its own, and the rest `#[model(unique(…))]`"),
        );
    }
    if keys > 0 {
        return;
    }
    let id = members.iter_mut().find(|member| member.name == "id");
    match id.map(|member| (&mut member.kind, member.ident.span())) {
        Some((Kind::Column(column), span)) => {
            if column.optional {
                errors.add(span, "`id` is the primary key, and that is never NULL; remove the `Option`");
            }
            column.primary_key = true;
        }
        _ => errors.fatal(
            model.span(),
            format!("`{model}` has no primary key: mark a member with `#[field(primary_key)]`, or add `id: i64`"),
        ),
    }
}

/// An integer that is the whole key is counted up by the database, unless it says `auto = false`.
fn choose_auto(members: &mut [Member], errors: &mut Errors) {
    let alone = members.iter().filter(|member| is_key(member)).count() == 1;
    for member in members {
        let Kind::Column(column) = &mut member.kind else { continue };
        let none = matches!(column.default, DefaultValue::None);
        match column.auto {
            Some((span, true)) if !(column.primary_key && alone) => errors.add(
                span,
                "`auto` is for a primary key of one integer; for other columns there is `default_sql`",
            ),
            Some((span, true)) if !none => {
                errors.add(span, "the field has a default already; keep one of them");
            }
            Some((span, true)) => column.default = DefaultValue::Auto(span),
            None if column.primary_key && alone && none && is_integer(&member.ty) => {
                column.default = DefaultValue::Auto(member.ident.span());
            }
            Some((_, false)) | None => {}
        }
    }
}

fn refuse_two_versions(members: &[Member], errors: &mut Errors) {
    let versions = members.iter().filter_map(|member| match &member.kind {
        Kind::Column(column) => column.version,
        _ => None,
    });
    for span in versions.skip(1) {
        errors.add(span, "a model has one `version`; remove this one");
    }
}
