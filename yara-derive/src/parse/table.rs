//! The options of the table: `#[model(…)]`.

use super::options::{Options, as_member, as_order};
use super::{Errors, Kind, Member};
use crate::names::{snake_case, suggestion};
use proc_macro2::Span;
use syn::ext::IdentExt;
use syn::parse::ParseStream;
use syn::punctuated::Punctuated;
use syn::spanned::Spanned;
use syn::{DeriveInput, Expr, ExprAssign, ExprLit, Lit, LitStr, Member as Part, Path, Token};

/// What is said of the table as a whole.
pub(crate) struct TableOptions {
    pub(crate) name: String,
    pub(crate) schema: Option<LitStr>,
    pub(crate) comment: Option<LitStr>,
    pub(crate) uniques: Vec<Group>,
    pub(crate) indexes: Vec<Group>,
    pub(crate) fulltexts: Vec<FulltextIndex>,
    pub(crate) checks: Vec<CheckConstraint>,
    /// Name, and whether descending.
    pub(crate) ordering: Vec<(String, bool)>,
    /// The path of the crate `yara_orm`.
    pub(crate) krate: Path,
}

/// Several members that are unique or indexed together.
#[derive(Default)]
pub(crate) struct Group {
    pub(crate) name: Option<LitStr>,
    pub(crate) members: Vec<(String, Span)>,
    /// Expressions, each with the number of members before it.
    pub(crate) expressions: Vec<(usize, Expr)>,
}

impl Group {
    /// Members and expressions in the order in which they are written.
    pub(crate) fn parts(&self) -> impl Iterator<Item = Result<&String, &Expr>> {
        (0..=self.members.len()).flat_map(|at| {
            let here = self.expressions.iter().filter(move |(before, _)| *before == at);
            let member = self.members.get(at).map(|(name, _)| Ok(name));
            here.map(|(_, expression)| Err(expression)).chain(member)
        })
    }
}

/// Texts that are searched together.
pub(crate) struct FulltextIndex {
    pub(crate) group: Group,
    pub(crate) language: Option<LitStr>,
}

/// A condition that holds for every row.
pub(crate) struct CheckConstraint {
    pub(crate) name: String,
    pub(crate) condition: Expr,
}

/// Reads `#[model(…)]`.
pub(super) fn table(input: &DeriveInput, members: &[Member], errors: &mut Errors) -> TableOptions {
    let mut options = Options::read(&input.attrs, &["model"], errors);
    let name = options.text("table", errors).map(|name| name.value());
    let schema = options.text("schema", errors);
    let comment = options.text("comment", errors);
    let krate = krate(&mut options, errors);
    let uniques = options.lists("unique", "first, second", group, errors);
    let indexes = options.lists("index", "first, second", group, errors);
    let fulltexts =
        options.lists("fulltext", "title, body, language = \"english\"", fulltext, errors);
    let checks = options.lists("check", "name, Model::views.ge(0)", check, errors);
    let ordering = options.lists("ordering", "-created, name", ordering, errors);
    options.finish(errors);
    let groups = || {
        let searched = fulltexts.iter().map(|(span, index)| (span, &index.group));
        uniques.iter().chain(&indexes).map(|(span, group)| (span, group)).chain(searched)
    };
    for (span, group) in groups() {
        if group.members.is_empty() && group.expressions.is_empty() {
            errors.add(*span, "name the members: `unique(first, second)`");
        }
        if !group.expressions.is_empty() && group.name.is_none() {
            errors.add(
                *span,
                "an index of expressions needs a name: `index(name = \"…\", Model::name.lower())`",
            );
        }
    }
    let ordered = ordering.iter().flat_map(|(_, list)| list).map(|(name, span, _)| (name, span));
    let grouped = groups().flat_map(|(_, group)| &group.members).map(|(name, span)| (name, span));
    for (name, span) in grouped.chain(ordered) {
        require_member(name, *span, members, errors);
    }
    TableOptions {
        name: name.unwrap_or_else(|| snake_case(&input.ident.unraw().to_string())),
        schema,
        comment,
        uniques: uniques.into_iter().map(|(_, group)| group).collect(),
        indexes: indexes.into_iter().map(|(_, group)| group).collect(),
        fulltexts: fulltexts.into_iter().map(|(_, index)| index).collect(),
        checks: checks.into_iter().map(|(_, check)| check).collect(),
        ordering: ordering
            .into_iter()
            .flat_map(|(_, list)| list)
            .map(|(name, _, descending)| (name, descending))
            .collect(),
        krate,
    }
}

/// `crate = path`, for a renamed dependency.
pub(super) fn krate(options: &mut Options, errors: &mut Errors) -> Path {
    options
        .path("crate", "path_of_yara_orm", errors)
        .unwrap_or_else(|| syn::parse_quote!(::yara_orm))
}

/// `a, b` or `name = "…", a, b`
fn group(input: ParseStream<'_>) -> syn::Result<Group> {
    let (group, settings) = members(input, &["name"])?;
    let [name] = settings.try_into().unwrap_or_default();
    Ok(Group { name, ..group })
}

/// `a, b, language = "…"`
fn fulltext(input: ParseStream<'_>) -> syn::Result<FulltextIndex> {
    let (group, settings) = members(input, &["name", "language"])?;
    let [name, language] = settings.try_into().unwrap_or_default();
    Ok(FulltextIndex { group: Group { name, ..group }, language })
}

/// Members, and texts that have names, in the order of the names.
fn members(input: ParseStream<'_>, names: &[&str]) -> syn::Result<(Group, Vec<Option<LitStr>>)> {
    let mut group = Group::default();
    let mut settings = vec![None; names.len()];
    for item in Punctuated::<Expr, Token![,]>::parse_terminated(input)? {
        let setting = match &item {
            Expr::Assign(ExprAssign { left, .. }) => {
                let left = as_member(left);
                names.iter().position(|name| left.as_ref().is_some_and(|left| left == name))
            }
            _ => None,
        };
        match (item, setting) {
            (Expr::Assign(ExprAssign { right, .. }), Some(at)) => {
                let Expr::Lit(ExprLit { lit: Lit::Str(text), .. }) = *right else {
                    let name = names[at];
                    return Err(syn::Error::new_spanned(
                        right,
                        format!("the {name} is a text: `{name} = \"…\"`"),
                    ));
                };
                settings[at] = Some(text);
            }
            (item, _) => match member_path(&item) {
                Some(name) => group.members.push((name, item.span())),
                None if matches!(item, Expr::Lit(_)) => {
                    return Err(syn::Error::new_spanned(item, "write the name of a member"));
                }
                None => group.expressions.push((group.members.len(), item)),
            },
        }
    }
    Ok((group, settings))
}

/// `name, condition`
fn check(input: ParseStream<'_>) -> syn::Result<CheckConstraint> {
    let name: Expr = input.parse()?;
    let text = match &name {
        Expr::Lit(ExprLit { lit: Lit::Str(text), .. }) => Some(text.value()),
        other => as_member(other).map(|name| name.unraw().to_string()),
    };
    let example =
        "write the constraint's name and a condition: `check(views_positive, Book::views.ge(0))`";
    let Some(name) = text else { return Err(syn::Error::new_spanned(name, example)) };
    if input.is_empty() {
        return Err(input.error(example));
    }
    input.parse::<Token![,]>()?;
    let condition = input.parse()?;
    input.parse::<Option<Token![,]>>()?;
    if !input.is_empty() {
        return Err(input.error(example));
    }
    Ok(CheckConstraint { name, condition })
}

/// `-created, name`
fn ordering(input: ParseStream<'_>) -> syn::Result<Vec<(String, Span, bool)>> {
    let wrong = "write the name of a member, with `-` before it for the greatest first: `ordering(-created, name)`";
    let at = input.span();
    let list = Punctuated::<Expr, Token![,]>::parse_terminated(input)
        .map_err(|_| syn::Error::new(at, wrong))?;
    let order = |item: Expr| match as_order(&item) {
        Some((name, descending)) => Ok((name.unraw().to_string(), item.span(), descending)),
        None => Err(syn::Error::new_spanned(item, wrong)),
    };
    list.into_iter().map(order).collect()
}

/// `title`, `"title"` or `address.street`
fn member_path(item: &Expr) -> Option<String> {
    match item {
        Expr::Group(group) => member_path(&group.expr),
        Expr::Field(field) => match &field.member {
            Part::Named(part) => member_path(&field.base).map(|base| format!("{base}.{part}")),
            Part::Unnamed(_) => None,
        },
        other => as_member(other).map(|name| name.unraw().to_string()),
    }
}

/// Refuses a name that no column or foreign key has.
fn require_member(name: &str, span: Span, members: &[Member], errors: &mut Errors) {
    let stored = |member: &&Member| !matches!(member.kind, Kind::Reverse(_) | Kind::ManyToMany(_));
    let known = members.iter().filter(stored).any(|member| {
        let rest = name.strip_prefix(member.name.as_str());
        match &member.kind {
            Kind::Embed(_) => rest.is_some_and(|rest| rest.starts_with('.')),
            Kind::ForeignKey(_) => {
                rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('_'))
            }
            _ => rest.is_some_and(str::is_empty),
        }
    });
    if !known {
        let names: Vec<&str> =
            members.iter().filter(stored).map(|member| member.name.as_str()).collect();
        errors.add(
            span,
            format!("no column or foreign key is called `{name}`{}", suggestion(name, &names)),
        );
    }
}
