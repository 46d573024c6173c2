//! Members that are relations or embedded structs.

use super::Errors;
use super::options::{Options, as_member};
use super::types::{Container, RelationType, last_name, option_of};
use crate::names::suggestion;
use proc_macro2::Span;
use syn::ext::IdentExt;
use syn::{Expr, Ident, LitStr, Type};

/// A member that is a foreign key.
pub(crate) struct ForeignKey {
    pub(crate) target: Type,
    /// The type of the key, where it is not that of the target's primary key.
    pub(crate) key: Option<Type>,
    /// The field that it refers to, where that is not the target's primary key.
    pub(crate) to: Option<Ident>,
    pub(crate) optional: bool,
    pub(crate) unique: bool,
    pub(crate) on_delete: Option<Action>,
    pub(crate) on_update: Option<Action>,
    pub(crate) db_constraint: bool,
    /// What the target calls the other side where it declares none.
    pub(crate) related_name: Option<Ident>,
    pub(crate) columns: Vec<LitStr>,
    pub(crate) primary_key: bool,
    pub(crate) comment: Option<LitStr>,
}

/// A variant of `OnDelete`.
pub(crate) struct Action(pub(crate) Ident);

/// A member that is the other side of a foreign key.
pub(crate) struct Reverse {
    pub(crate) target: Type,
    pub(crate) reverse: Ident,
    pub(crate) to: Option<Ident>,
    /// At most one row.
    pub(crate) one: bool,
}

/// A member that is a relation through a table between.
pub(crate) struct ManyToMany {
    pub(crate) target: Type,
    pub(crate) through: Through,
}

/// The table between.
pub(crate) enum Through {
    /// A table with nothing but the two keys.
    Own { table: Option<LitStr>, source: String, target: String },
    /// A model.
    Model { model: Box<Type>, source: Ident, target: Ident },
    /// What the other side says.
    Reverse(Ident),
}

/// A member that is an embedded struct.
pub(crate) struct EmbedMember {
    /// The struct, without the `Option` around it.
    pub(crate) inner: Type,
    pub(crate) optional: bool,
    /// What its columns begin with.
    pub(crate) column: Option<LitStr>,
}

const ACTIONS: &[&str] = &["Cascade", "Restrict", "SetNull", "SetDefault", "NoAction"];
const OF_COLUMNS: &[&str] = &[
    "auto",
    "auto_now",
    "auto_now_add",
    "default",
    "default_sql",
    "max_length",
    "precision",
    "scale",
    "validate",
    "version",
];

/// The one type between the angle brackets.
pub(super) fn target(relation: &RelationType, whole: &Type, errors: &mut Errors) -> Option<Type> {
    let target = relation.arguments.first().cloned();
    if target.is_none() {
        errors.over(whole, "a relation names its model: write `<Model>` behind it");
    }
    target
}

/// Reads the options of a foreign key.
pub(super) fn foreign_key(
    relation: RelationType,
    target: Type,
    options: &mut Options,
    errors: &mut Errors,
) -> ForeignKey {
    let key = relation.arguments.get(1).cloned();
    let to = options.member("to", "code", errors);
    let on_delete = action("on_delete", relation.optional, options, errors);
    let on_update = action("on_update", relation.optional, options, errors);
    let unique = options.is_set("unique", errors).is_some();
    let db_constraint = options.flag("db_constraint", errors).is_none_or(|(_, on)| on);
    let related_name = options.member("related_name", "books", errors);
    let primary_key = options.is_set("primary_key", errors);
    let columns = columns(options, errors);
    let comment = options.text("comment", errors);
    options.refuse(
        &["index"],
        "is not needed: a foreign key always has an index; remove it",
        errors,
    );
    options.refuse(OF_COLUMNS, "is for columns, not for foreign keys; remove it", errors);
    options.refuse(
        &["reverse"],
        "is for the other side: a `HasMany`, `HasOne` or `ManyToMany`",
        errors,
    );
    if let (Some(span), true) = (primary_key, relation.optional) {
        errors.add(span, "a primary key is never NULL; remove the `Option`");
    }
    match (&to, &key) {
        (Some(to), None) => errors.add(
            to.span(),
            format!("the key's type must be written out: `ForeignKey<…, K>`, where `K` is the type of the field `{to}`"),
        ),
        (None, Some(key)) => errors.over(
            key,
            "a key of its own type refers to a field: say which by `#[relation(to = field)]`, or remove the type",
        ),
        _ => {}
    }
    ForeignKey {
        target,
        key,
        to,
        optional: relation.optional,
        unique: unique || relation.container == Container::OneToOne,
        on_delete,
        on_update,
        db_constraint,
        related_name,
        columns,
        primary_key: primary_key.is_some(),
        comment,
    }
}

/// `column = "…"`, or `columns("…", "…")` of a key with several.
fn columns(options: &mut Options, errors: &mut Errors) -> Vec<LitStr> {
    let mut columns: Vec<LitStr> = options.text("column", errors).into_iter().collect();
    let parse = syn::punctuated::Punctuated::<LitStr, syn::Token![,]>::parse_terminated;
    for (span, list) in options.lists("columns", "\"a\", \"b\"", parse, errors) {
        if !columns.is_empty() {
            errors.add(span, "the columns are given twice; remove one");
        }
        columns.extend(list);
    }
    columns
}

/// `on_delete = Cascade`, also as `OnDelete::Cascade`.
fn action(
    name: &'static str,
    optional: bool,
    options: &mut Options,
    errors: &mut Errors,
) -> Option<Action> {
    let (_, value) = options.expression(name, "Cascade", errors)?;
    let variant = match &value {
        Expr::Path(path) => path.path.segments.last().map(|segment| segment.ident.clone()),
        other => as_member(other),
    };
    let known = variant.filter(|variant| ACTIONS.iter().any(|action| variant == action));
    let Some(variant) = known else {
        let written = quote::ToTokens::to_token_stream(&value).to_string();
        let near = suggestion(written.trim_matches('"'), ACTIONS);
        errors.over(&value, format!("`{name}` cannot be `{written}`{near}"));
        return None;
    };
    if variant == "SetNull" && !optional {
        errors.add(
            variant.span(),
            "`SetNull` needs a key that can be NULL: make the member an `Option<ForeignKey<…>>`, or write `Cascade` or `Restrict`",
        );
    }
    Some(Action(variant))
}

/// Reads the options of the other side of a foreign key.
pub(super) fn reverse(
    relation: &RelationType,
    target: Type,
    member: &Ident,
    model: &Ident,
    options: &mut Options,
    errors: &mut Errors,
) -> Option<Reverse> {
    let one = relation.container == Container::HasOne;
    let to = options.member("to", "code", errors);
    far_side(relation, options, errors);
    if options.position("reverse").is_none() {
        let far = last_name(&target).map_or_else(|| "the other model".into(), ToString::to_string);
        let key = crate::names::snake_case(&model.to_string());
        let container = if one { "HasOne" } else { "HasMany" };
        errors.add(
            member.span(),
            format!("`{container}` is the other side of a foreign key: say which of `{far}` by `#[relation(reverse = \"{key}\")]`"),
        );
    }
    let reverse = options.member("reverse", "\"author\"", errors)?;
    Some(Reverse { target, reverse, to, one })
}

/// Reads the options of a relation through a table between.
pub(super) fn many_to_many(
    relation: &RelationType,
    target: Type,
    model: &Ident,
    options: &mut Options,
    errors: &mut Errors,
) -> ManyToMany {
    far_side(relation, options, errors);
    let reverse = options.member("reverse", "\"tags\"", errors);
    let through = options.path("through", "Membership", errors);
    let table = options.text("table", errors);
    let source = options.member("source", "person", errors);
    let far = options.member("target", "group", errors);
    let (default_source, default_target) = sides(model, &target);
    if let (None, Some(side)) = (&through, source.as_ref().or(far.as_ref())) {
        errors.add(
            side.span(),
            "`source` and `target` name foreign keys of a model: add `through = Model`",
        );
    }
    if let (Some(table), true) = (&table, through.is_some() || reverse.is_some()) {
        errors.add(
            table.span(),
            "`table` names the relation's own table; with `through` or `reverse` there is none",
        );
    }
    let through = match (reverse, through) {
        (Some(reverse), None) => Through::Reverse(reverse),
        (None, None) => Through::Own { table, source: default_source, target: default_target },
        (reverse, Some(through)) => {
            if let Some(reverse) = reverse {
                errors.add(reverse.span(), "`through` says it all; remove `reverse`");
            }
            let at = through.segments.last().map_or_else(Span::call_site, |last| last.ident.span());
            let named = |name: String| Ident::new(&name, at);
            let model = Box::new(syn::parse_quote!(#through));
            Through::Model {
                model,
                source: source.unwrap_or_else(|| named(default_source)),
                target: far.unwrap_or_else(|| named(default_target)),
            }
        }
    };
    ManyToMany { target, through }
}

/// The names of the two keys in the table between.
fn sides(model: &Ident, target: &Type) -> (String, String) {
    let source = crate::names::snake_case(&model.unraw().to_string());
    let far = last_name(target)
        .map_or_else(String::new, |name| crate::names::snake_case(&name.unraw().to_string()));
    if source == far { (format!("from_{source}"), format!("to_{far}")) } else { (source, far) }
}

/// What no relation without a column can have.
fn far_side(relation: &RelationType, options: &mut Options, errors: &mut Errors) {
    let name = match relation.container {
        Container::HasMany => "HasMany",
        Container::HasOne => "HasOne",
        _ => "ManyToMany",
    };
    let why = format!("is for the foreign key; a `{name}` has no column here");
    let of_keys = [
        "on_delete",
        "on_update",
        "db_constraint",
        "related_name",
        "column",
        "columns",
        "unique",
        "index",
        "primary_key",
        "comment",
    ];
    options.refuse(&of_keys, &why, errors);
}

/// Reads the options of an embedded struct.
pub(super) fn embed(ty: &Type, options: &mut Options, errors: &mut Errors) -> EmbedMember {
    let inner = option_of(ty);
    let column = options.text("column", errors);
    EmbedMember { inner: inner.unwrap_or(ty).clone(), optional: inner.is_some(), column }
}
