//! Constants of a model, and the same behind a path.

use super::{columns_of, key_type, marker};
use crate::parse::{ForeignKey, Kind, Member};
use proc_macro2::{Ident, TokenStream};
use quote::{quote, quote_spanned};
use syn::spanned::Spanned;
use syn::{Attribute, Type, Visibility};

/// One constant.
struct Entry<'a> {
    name: Ident,
    docs: Docs<'a>,
    vis: Option<&'a Visibility>,
    shape: Shape,
}

/// What stands on a constant when a user's pointer does.
enum Docs<'a> {
    Written(&'a [Attribute]),
    Column(String),
}

enum Shape {
    Column { field: String, ty: TokenStream },
    ToOne(Ident),
    ToMany(Ident),
    Embedded(Ident),
}

/// The constants of all members.
fn entries<'a>(parent: &Ident, members: &'a [Member]) -> Vec<Entry<'a>> {
    let mut entries = Vec::with_capacity(members.len());
    for member in members {
        let marker = marker(parent, member);
        let shape = match &member.kind {
            Kind::Column(_) => {
                let ty = &member.ty;
                Shape::Column { field: member.name.clone(), ty: quote!(#ty) }
            }
            Kind::ForeignKey(key) => {
                entries.push(key_entry(member, key));
                Shape::ToOne(marker)
            }
            Kind::Reverse(reverse) if reverse.one => Shape::ToOne(marker),
            Kind::Reverse(_) | Kind::ManyToMany(_) => Shape::ToMany(marker),
            Kind::Embed(_) => Shape::Embedded(marker),
        };
        let docs = Docs::Written(&member.docs);
        entries.push(Entry {
            name: member.constant.clone(),
            docs,
            vis: member.vis.as_ref(),
            shape,
        });
    }
    entries
}

/// The constant of a foreign key's column.
fn key_entry<'a>(member: &'a Member, key: &ForeignKey) -> Entry<'a> {
    let docs = Docs::Column(format!("The key that `{}` holds.", member.name));
    let ty = key_column(key);
    let shape = Shape::Column { field: member.key_name(), ty };
    Entry { name: member.key_constant(), docs, vis: member.vis.as_ref(), shape }
}

/// The type of a foreign key's column.
pub(super) fn key_column(key: &ForeignKey) -> TokenStream {
    let ty = key_type(&key.target, key.key.as_ref());
    let span = key.target.span();
    let column = quote_spanned!(span=> <#ty as __yara::Key>::Column);
    if key.optional { quote!(::core::option::Option<#column>) } else { column }
}

impl Entry<'_> {
    fn docs(&self) -> TokenStream {
        match &self.docs {
            Docs::Written(docs) => quote!(#(#docs)*),
            Docs::Column(text) => quote!(#[doc = #text]),
        }
    }

    /// As a member of the struct of columns.
    fn declaration(&self) -> TokenStream {
        let Entry { name, shape, .. } = self;
        let docs = self.docs();
        let ty = match shape {
            Shape::Column { ty, .. } => {
                quote_spanned!(ty.span()=> __yara::Column<__P::Root, __P::Of<#ty>>)
            }
            Shape::ToOne(marker) => quote!(__yara::ToOne<__P, #marker>),
            Shape::ToMany(marker) => quote!(__yara::ToMany<__P, #marker>),
            Shape::Embedded(marker) => quote!(__yara::Embedded<__P, #marker>),
        };
        quote!(#docs pub #name: #ty)
    }

    /// Its value in the struct of columns.
    fn value(&self) -> TokenStream {
        let name = &self.name;
        match &self.shape {
            Shape::Column { field, ty } => {
                quote_spanned!(ty.span()=> #name: __yara::Column::new(__P::NODE, #field))
            }
            Shape::ToOne(_) => quote!(#name: __yara::ToOne::new()),
            Shape::ToMany(_) => quote!(#name: __yara::ToMany::new()),
            Shape::Embedded(_) => quote!(#name: __yara::Embedded::new()),
        }
    }

    /// As a constant of the model.
    fn constant(&self, vis: &Visibility, model: &Ident) -> TokenStream {
        let Entry { name, shape, .. } = self;
        let docs = self.docs();
        let root = quote!(__yara::Root<#model>);
        let (ty, value) = match shape {
            Shape::Column { field, ty } => {
                (quote!(__yara::Column<#model, #ty>), quote!(__yara::Column::own(#field)))
            }
            Shape::ToOne(marker) => {
                (quote!(__yara::ToOne<#root, #marker>), quote!(__yara::ToOne::new()))
            }
            Shape::ToMany(marker) => {
                (quote!(__yara::ToMany<#root, #marker>), quote!(__yara::ToMany::new()))
            }
            Shape::Embedded(marker) => {
                (quote!(__yara::Embedded<#root, #marker>), quote!(__yara::Embedded::new()))
            }
        };
        let vis = self.vis.unwrap_or(vis);
        quote!(#docs #vis const #name: #ty = #value;)
    }
}

/// The struct of columns behind a path.
pub(super) fn behind_path(vis: &Visibility, parent: &Ident, members: &[Member]) -> TokenStream {
    let columns = columns_of(parent);
    let entries = entries(parent, members);
    let declarations = entries.iter().map(Entry::declaration);
    let values = entries.iter().map(Entry::value);
    quote! {
        #vis struct #columns<__P: __yara::Path> { #(#declarations,)* }
        impl<__P: __yara::Path> #columns<__P> {
            const ALL: &'static Self = &#columns { #(#values,)* };
        }
    }
}

/// The constants of the model itself.
pub(super) fn constants(vis: &Visibility, model: &Ident, members: &[Member]) -> TokenStream {
    entries(model, members).iter().map(|entry| entry.constant(vis, model)).collect()
}

/// The type of a member and of its column behind a path, as `Model` and `Embed` want it.
pub(super) fn associated(parent: &Ident) -> TokenStream {
    let columns = columns_of(parent);
    quote! {
        type Columns<__P: __yara::Path> = #columns<__P>;
        fn columns<__P: __yara::Path>() -> &'static #columns<__P> {
            #columns::<__P>::ALL
        }
    }
}

/// The step into an embedded struct.
pub(super) fn embed_step(
    vis: &Visibility,
    parent: &Ident,
    member: &Member,
    inner: &Type,
    optional: bool,
) -> TokenStream {
    let marker = marker(parent, member);
    let (name, vis) = (&member.name, member.vis.as_ref().unwrap_or(vis));
    let of = if optional { quote!(__T::Optional) } else { quote!(__T) };
    quote_spanned! {inner.span()=>
        #vis struct #marker;
        impl __yara::EmbedStep for #marker {
            type Embed = #inner;
            type Of<__T: __yara::FieldType> = #of;
            const NAME: &'static str = #name;
        }
    }
}
