//! The description of a table.

use super::relations::join_table_name;
use super::{key_type, marker};
use crate::parse::{Action, Column, DefaultValue, ForeignKey, Group, Kind, ManyToMany};
use crate::parse::{Member, ModelInput, Part, TableOptions, Through};
use proc_macro2::{Ident, TokenStream};
use quote::{format_ident, quote, quote_spanned};
use syn::ext::IdentExt;
use syn::spanned::Spanned;
use syn::{Expr, LitStr, Type};

/// `Model::table`.
pub(super) fn table(input: &ModelInput) -> TokenStream {
    let TableOptions { name, schema, comment, .. } = &input.table;
    let model = input.ident.unraw().to_string();
    let schema = schema.iter().map(|schema| quote!(.schema(#schema)));
    let comment = comment.iter().map(|comment| quote!(.comment(#comment)));
    let members = input.members.iter().map(|member| describe(input, member));
    let constraints = constraints(&input.ident, &input.table);
    quote! {
        fn table() -> &'static __yara::Table {
            static TABLE: __yara::OnceLock<__yara::Table> = __yara::OnceLock::new();
            TABLE.get_or_init(|| {
                let __table = __yara::TableBuilder::new(#model, #name) #(#schema)* #(#comment)*;
                #(#members)*
                __table #constraints .build()
            })
        }
    }
}

/// What is said of several columns together.
fn constraints(model: &Ident, table: &TableOptions) -> TokenStream {
    let group = |group: &Group| {
        let name = optional(group.name.as_ref());
        let members = group.members().map(|(name, _)| name);
        quote!(#name, &[#(#members),*])
    };
    let plain = |group: &&Group| group.is_plain();
    let uniques = table.uniques.iter().filter(plain).map(group);
    let indexes = table.indexes.iter().filter(plain).map(group);
    let special = |unique: bool, groups: &[Group]| -> Vec<TokenStream> {
        let groups = groups.iter().filter(|group| !group.is_plain());
        groups.map(|group| special_index(model, group, unique)).collect()
    };
    let special_indexes =
        special(true, &table.uniques).into_iter().chain(special(false, &table.indexes));
    let fulltexts = table.fulltexts.iter().map(|index| {
        let name = optional(index.group.name.as_ref());
        let language = index.language.as_ref().map_or_else(|| "simple".to_owned(), LitStr::value);
        let members = index.group.members().map(|(name, _)| name);
        quote!(#name, #language, &[#(#members),*])
    });
    let orders = table.ordering.iter().map(|(name, descending)| quote!(#name, #descending));
    let checks = table.checks.iter().map(|check| {
        let (name, condition) = (&check.name, &check.condition);
        quote_spanned! {condition.span()=>
            __yara::Check {
                name: #name,
                condition: ::std::boxed::Box::new(|| {
                    #[allow(unused_imports)]
                    use __yara::functions::*;
                    __yara::Pred::<#model>::into_tree(#condition)
                }),
            }
        }
    });
    quote! {
        #(.unique(#uniques))* #(.index(#indexes))* #(.index_with(#special_indexes))*
        #(.fulltext(#fulltexts))* #(.check(#checks))* #(.order_by(#orders))*
    }
}

/// An index of which more is said than its members.
fn special_index(model: &Ident, group: &Group, unique: bool) -> TokenStream {
    let name = optional(group.name.as_ref());
    let (method, class) = (optional(group.method.as_ref()), optional(group.class.as_ref()));
    let keys = group.parts.iter().map(|part| match part {
        Part::Member { name, order, .. } => {
            let descending = order.descending;
            let nulls = match order.nulls_first {
                None => quote!(Greatest),
                Some(true) => quote!(First),
                Some(false) => quote!(Last),
            };
            quote!(__yara::IndexMember::named(#name, #descending, __yara::Nulls::#nulls))
        }
        Part::Expression(expression) => quote_spanned! {expression.span()=>
            __yara::IndexMember::expression(|| {
                #[allow(unused_imports)]
                use __yara::functions::*;
                __yara::indexed::<#model>(#expression)
            })
        },
    });
    let include = group.include.iter().map(|(name, _)| name);
    let condition = group.condition.iter().map(|condition| {
        quote_spanned! {condition.span()=>
            condition: ::core::option::Option::Some(__yara::Computed::new(|| {
                #[allow(unused_imports)]
                use __yara::functions::*;
                __yara::Pred::<#model>::into_tree(#condition)
            })),
        }
    });
    quote! {
        __yara::IndexOptions {
            name: #name,
            unique: #unique,
            keys: ::std::vec::Vec::from([#(#keys.class(#class)),*]),
            method: #method,
            include: ::std::vec::Vec::from([#(#include),*]),
            #(#condition)*
            ..::core::default::Default::default()
        }
    }
}

/// The statement that adds a member to `__table`.
fn describe(input: &ModelInput, member: &Member) -> TokenStream {
    let (name, ty) = (&member.name, &member.ty);
    match &member.kind {
        Kind::Column(column) => {
            let mut options = field_options(column, ty);
            if let Some(expression) = &column.generated {
                options = generated(&input.ident, ty, expression, &options);
            }
            let column = quote_spanned!(ty.span()=> .column::<#ty>(#name, #options));
            quote!(let __table = __table #column;)
        }
        Kind::ForeignKey(key) => {
            let marker = marker(&input.ident, member);
            let options = foreign_key_options(key);
            quote!(let __table = __yara::foreign_key::<#marker>(__table, #options);)
        }
        Kind::Reverse(reverse) => {
            let target = &reverse.target;
            let (inverse, one) = (reverse.reverse.unraw().to_string(), reverse.one);
            quote! {
                let __table = __table.reverse(
                    #name, __yara::Target::Known(<#target as __yara::Model>::table), #inverse, #one,
                );
            }
        }
        Kind::ManyToMany(many) => many_to_many(input, member, many),
        Kind::Embed(embed) => {
            let (inner, optional) = (&embed.inner, embed.optional);
            let column = embed.column.as_ref().map_or_else(|| name.clone(), LitStr::value);
            quote!(let __table = __yara::embed::<#inner>(__table, #name, #column, #optional);)
        }
    }
}

fn many_to_many(input: &ModelInput, member: &Member, many: &ManyToMany) -> TokenStream {
    let (name, target) = (&member.name, &many.target);
    let known = quote!(__yara::Target::Known(<#target as __yara::Model>::table));
    let (table, source, far) = match &many.through {
        Through::Reverse(reverse) => {
            let inverse = reverse.unraw().to_string();
            return quote!(let __table = __table.reverse(#name, #known, #inverse, false););
        }
        Through::Own { source, target, .. } => {
            let table = join_table_name(&input.ident, member);
            (quote!(#table), source.clone(), target.clone())
        }
        Through::Model { model, source, target } => (
            quote!(<#model as __yara::Model>::table),
            source.unraw().to_string(),
            target.unraw().to_string(),
        ),
    };
    quote! {
        let __table = __table.many_to_many(#name, #known, __yara::ManyToManyOptions {
            table: __yara::Target::Known(#table),
            source: #source,
            target: #far,
        });
    }
}

/// The options of a column.
pub(super) fn field_options(column: &Column, ty: &Type) -> TokenStream {
    let mut set: Vec<TokenStream> = Vec::new();
    let mut flag = |on: bool, name: &str| {
        let name = format_ident!("{name}");
        set.extend(on.then(|| quote!(#name: true,)));
    };
    flag(column.primary_key, "primary_key");
    flag(column.unique, "unique");
    flag(column.index, "index");
    flag(column.version.is_some(), "version");
    flag(column.auto_now.is_some(), "auto_now");
    if let Some((_, length)) = column.max_length {
        set.push(quote!(max_length: ::core::option::Option::Some(#length),));
    }
    if let Some((_, digits, scale)) = column.precision {
        set.push(quote!(precision: ::core::option::Option::Some((#digits, #scale)),));
    }
    for (name, text) in [("column", &column.column), ("comment", &column.comment)] {
        if let Some(text) = text {
            let name = format_ident!("{name}");
            set.push(quote!(#name: ::core::option::Option::Some(#text),));
        }
    }
    set.extend(default(&column.default, ty));
    set.extend(validate(column));
    quote!(__yara::FieldOptions { #(#set)* ..__yara::FieldOptions::REQUIRED })
}

/// The options of a column that the database computes.
fn generated(model: &Ident, ty: &Type, expression: &Expr, options: &TokenStream) -> TokenStream {
    quote_spanned! {expression.span()=>
        __yara::FieldOptions {
            computed: ::core::option::Option::Some(__yara::Computed::new(|| {
                #[allow(unused_imports)]
                use __yara::functions::*;
                __yara::computed::<#model, #ty>(#expression)
            })),
            ..#options
        }
    }
}

fn default(default: &DefaultValue, ty: &Type) -> Option<TokenStream> {
    let value = match default {
        DefaultValue::None => return None,
        DefaultValue::Auto(_) => quote!(Auto),
        DefaultValue::Now(_) => quote!(Now),
        DefaultValue::Sql(sql) => quote!(Sql(#sql)),
        DefaultValue::Value(value) => {
            quote_spanned!(value.span()=> Value(|| __yara::default_value::<#ty>(#value)))
        }
    };
    Some(quote!(default: __yara::Default::#value,))
}

/// The validator, which sees the value without its `Option`.
fn validate(column: &Column) -> Option<TokenStream> {
    let (path, inner) = (column.validate.as_ref()?, &column.inner);
    let call = quote_spanned! {path.span()=>
        |__value| __yara::validate(__value, |__value: &#inner| #path(__value))
    };
    Some(quote!(validate: ::core::option::Option::Some(#call),))
}

fn foreign_key_options(key: &ForeignKey) -> TokenStream {
    let mut set: Vec<TokenStream> = Vec::new();
    for (name, action) in [("on_delete", &key.on_delete), ("on_update", &key.on_update)] {
        if let Some(Action(action)) = action {
            let name = format_ident!("{name}");
            set.push(quote!(#name: __yara::OnDelete::#action,));
        }
    }
    for (on, name) in [(key.optional, "optional"), (key.primary_key, "primary_key")] {
        let name = format_ident!("{name}");
        set.extend(on.then(|| quote!(#name: true,)));
    }
    if !key.db_constraint {
        set.push(quote!(db_constraint: false,));
    }
    if let Some(name) = &key.related_name {
        let name = name.unraw().to_string();
        set.push(quote!(related_name: ::core::option::Option::Some(#name),));
    }
    if !key.columns.is_empty() {
        let columns = &key.columns;
        set.push(quote!(columns: &[#(#columns),*],));
    }
    if let Some(comment) = &key.comment {
        set.push(quote!(comment: ::core::option::Option::Some(#comment),));
    }
    quote!(__yara::ForeignKeyOptions { #(#set)* ..__yara::ForeignKeyOptions::REQUIRED })
}

fn optional(text: Option<&LitStr>) -> TokenStream {
    match text {
        Some(text) => quote!(::core::option::Option::Some(#text)),
        None => quote!(::core::option::Option::None),
    }
}

/// The key of a model: its type, the names and kinds of its fields, and its value in `self`.
pub(super) struct Key {
    pub(super) ty: TokenStream,
    pub(super) parts: TokenStream,
    pub(super) value: TokenStream,
}

/// The key of a model.
pub(super) fn key(members: &[Member]) -> Key {
    let (mut types, mut parts, mut values) = (Vec::new(), Vec::new(), Vec::new());
    for member in members {
        let (ident, member_type) = (&member.ident, &member.ty);
        let (ty, name, value) = match &member.kind {
            Kind::Column(column) if column.primary_key => {
                (quote!(#member_type), member.name.clone(), quote!(&self.#ident))
            }
            Kind::ForeignKey(key) if key.primary_key => {
                let ty = key_type(&key.target, key.key.as_ref());
                (ty, member.key_name(), quote!(self.#ident.key()))
            }
            _ => continue,
        };
        parts.push(quote_spanned!(member_type.span()=> (#name, <#ty as __yara::FieldType>::TYPE)));
        values.push(quote!(::core::clone::Clone::clone(#value)));
        types.push(ty);
    }
    let parts = quote!(&[#(#parts),*]);
    match (&types[..], &values[..]) {
        ([ty], [value]) => Key { ty: ty.clone(), parts, value: value.clone() },
        _ => Key { ty: quote!((#(#types),*)), parts, value: quote!((#(#values),*)) },
    }
}
