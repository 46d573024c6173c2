//! The options of the table: `#[model(…)]`.

use super::options::{Options, as_member, as_order};
use super::{Errors, Kind, Member};
use crate::names::{snake_case, suggestion};
use proc_macro2::Span;
use syn::ext::IdentExt;
use syn::parse::ParseStream;
use syn::punctuated::Punctuated;
use syn::spanned::Spanned;
use syn::{DeriveInput, Expr, ExprAssign, ExprLit, ExprUnary, Lit, LitStr, Path, Token, UnOp};

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
    pub(crate) parts: Vec<Part>,
    /// `using = "gin"`
    pub(crate) method: Option<LitStr>,
    /// `opclass = "gin_trgm_ops"`
    pub(crate) class: Option<LitStr>,
    /// `include = (a, b)`
    pub(crate) include: Vec<(String, Span)>,
    /// `condition = Model::deleted.is_null()`
    pub(crate) condition: Option<Expr>,
}

/// What a row is found by.
pub(crate) enum Part {
    Member { name: String, span: Span, order: PartOrder },
    Expression(Expr),
}

/// `created`, `-created`, `created.desc().nulls_last()`
#[derive(Default, Clone, Copy)]
pub(crate) struct PartOrder {
    pub(crate) descending: bool,
    /// Whether NULL stands first, if that is said.
    pub(crate) nulls_first: Option<bool>,
}

impl Group {
    /// The names of members.
    pub(crate) fn members(&self) -> impl Iterator<Item = (&String, Span)> {
        self.parts.iter().filter_map(|part| match part {
            Part::Member { name, span, .. } => Some((name, *span)),
            Part::Expression(_) => None,
        })
    }

    pub(crate) fn has_expressions(&self) -> bool {
        self.parts.iter().any(|part| matches!(part, Part::Expression(_)))
    }

    /// Whether it names members, and nothing more is said.
    pub(crate) fn is_plain(&self) -> bool {
        let natural = |part: &Part| match part {
            Part::Member { order, .. } => !order.descending && order.nulls_first.is_none(),
            Part::Expression(_) => false,
        };
        self.parts.iter().all(natural)
            && self.method.is_none()
            && self.class.is_none()
            && self.include.is_empty()
            && self.condition.is_none()
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
        if group.parts.is_empty() {
            errors.add(*span, "name the members: `unique(first, second)`");
        }
        if group.has_expressions() && group.name.is_none() {
            errors.add(
                *span,
                "an index of expressions needs a name: `index(name = \"…\", Model::name.lower())`",
            );
        }
    }
    let ordered = ordering.iter().flat_map(|(_, list)| list).map(|(name, span, _)| (name, span));
    for (_, group) in groups() {
        let included = group.include.iter().map(|(name, span)| (name, *span));
        for (name, span) in group.members().chain(included) {
            require_member(name, span, members, errors);
        }
    }
    for (name, span) in ordered {
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

/// `a, -b`, with `name = "…"`, `using = "…"`, `opclass = "…"`, `include = (c, d)` and
/// `condition = …` among them.
fn group(input: ParseStream<'_>) -> syn::Result<Group> {
    let (mut group, rest) =
        members(input, &["name", "using", "opclass"], &["include", "condition"])?;
    for (setting, value) in rest {
        if setting == "condition" {
            group.condition = Some(value);
            continue;
        }
        let list = match value {
            Expr::Tuple(tuple) => tuple.elems.into_iter().collect(),
            Expr::Paren(one) => vec![*one.expr],
            one => vec![one],
        };
        for item in list {
            let Some(name) = member_path(&item) else {
                return Err(syn::Error::new_spanned(item, "write the name of a member"));
            };
            group.include.push((name, item.span()));
        }
    }
    Ok(group)
}

/// `a, b, language = "…"`
fn fulltext(input: ParseStream<'_>) -> syn::Result<FulltextIndex> {
    let (group, _) = members(input, &["name", "language"], &[])?;
    let language = group.method.clone();
    Ok(FulltextIndex { group: Group { method: None, ..group }, language })
}

/// Members, expressions, and settings: those of `texts` are texts — the name, the method, the class
/// of a [`Group`], in this order —, and those of `others` are given back.
fn members(
    input: ParseStream<'_>,
    texts: &[&str],
    others: &[&'static str],
) -> syn::Result<(Group, Vec<(&'static str, Expr)>)> {
    let mut parts = Vec::new();
    let mut settings: [Option<LitStr>; 3] = [None, None, None];
    let mut rest = Vec::new();
    for item in Punctuated::<Expr, Token![,]>::parse_terminated(input)? {
        if let Expr::Assign(ExprAssign { left, right, .. }) = item {
            let name = as_member(&left).map(|name| name.to_string()).unwrap_or_default();
            if let Some(other) = others.iter().find(|other| **other == name) {
                rest.push((*other, *right));
                continue;
            }
            let Some(at) = texts.iter().position(|known| *known == name) else {
                let known: Vec<String> =
                    texts.iter().chain(others).map(|known| format!("`{known} = …`")).collect();
                return Err(syn::Error::new_spanned(
                    left,
                    format!("write members, expressions, or one of {}", known.join(", ")),
                ));
            };
            let Expr::Lit(ExprLit { lit: Lit::Str(text), .. }) = *right else {
                let message = format!("the {name} is a text: `{name} = \"…\"`");
                return Err(syn::Error::new_spanned(right, message));
            };
            settings[at] = Some(text);
            continue;
        }
        match ordered_member(&item) {
            Some((name, order)) => parts.push(Part::Member { name, span: item.span(), order }),
            None if matches!(item, Expr::Lit(_)) => {
                return Err(syn::Error::new_spanned(item, "write the name of a member"));
            }
            None => parts.push(Part::Expression(item)),
        }
    }
    let [name, method, class] = settings;
    Ok((Group { name, parts, method, class, ..Group::default() }, rest))
}

/// `created`, `-created`, or `created.desc().nulls_last()`
fn ordered_member(item: &Expr) -> Option<(String, PartOrder)> {
    match item {
        Expr::Unary(ExprUnary { op: UnOp::Neg(_), expr, .. }) => {
            let order = PartOrder { descending: true, ..PartOrder::default() };
            member_path(expr).map(|name| (name, order))
        }
        Expr::MethodCall(call) if call.args.is_empty() => {
            let (name, order) = ordered_member(&call.receiver)?;
            Some((
                name,
                match call.method.to_string().as_str() {
                    "asc" => order,
                    "desc" => PartOrder { descending: true, ..order },
                    "nulls_first" => PartOrder { nulls_first: Some(true), ..order },
                    "nulls_last" => PartOrder { nulls_first: Some(false), ..order },
                    _ => return None,
                },
            ))
        }
        other => member_path(other).map(|name| (name, PartOrder::default())),
    }
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
            syn::Member::Named(part) => {
                member_path(&field.base).map(|base| format!("{base}.{part}"))
            }
            syn::Member::Unnamed(_) => None,
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
