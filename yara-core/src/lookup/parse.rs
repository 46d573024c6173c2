//! From a lookup's text to its parts.

use super::member::{self, Member};
use super::operator::Operator;
use super::transform::Transform;
use super::wrong;
use crate::error::Result;
use crate::names::nearest;
use crate::schema::{Field, Relation, Table};
use crate::tree::Expr;
use crate::value::Type;

/// A lookup that has been checked against the schema: `author__name__icontains`.
#[derive(Debug, Clone)]
pub struct Lookup {
    /// As it was given, for messages.
    pub text: Box<str>,
    /// The relations on the way, by name.
    pub path: Vec<&'static str>,
    /// What is compared.
    pub base: Base,
    /// What is done to it first.
    pub transforms: Vec<Transform>,
    /// How it is compared.
    pub operator: Operator,
    /// The tables along the path: before each step, and after the last.
    pub(super) tables: Vec<&'static Table>,
}

/// What a lookup is about.
#[derive(Debug, Clone)]
pub enum Base {
    /// A field of the model at the end of the path.
    Field(&'static Field),
    /// The primary key of that model, where it has several columns.
    Key(Vec<&'static Field>),
    /// A related row as a whole, meant by the values of these fields of it.
    Relation(&'static Relation, Vec<&'static Field>),
    /// An expression that the query has given a name, and its kind where it is known.
    Expr(Box<Expr>, Option<Type>),
}

/// Which value a lookup takes, so that a program can make it of what it has.
#[derive(Debug, Clone, PartialEq)]
pub enum Expected {
    /// One value; of any kind where it is `None`.
    One(Option<Type>),
    /// A list of values, `None` among them perhaps, or a query.
    Many(Option<Type>),
    /// Two values.
    Pair(Option<Type>),
    /// True or false.
    Flag,
    /// A related row, by the values of these fields of it: one value, or a list of the parts.
    Key(Vec<&'static str>, Vec<Type>),
    /// A list of such.
    Keys(Vec<&'static str>, Vec<Type>),
}

/// Whether the text ends with an operator.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Ending {
    /// It may.
    Operator,
    /// It names a value and no condition.
    Value,
}

impl Lookup {
    /// The lookup that a text spells. Errs where a name is unknown, with the nearest ones, and
    /// where an operator does not fit what it stands behind.
    pub fn parse(table: &'static Table, text: &str) -> Result<Lookup> {
        Lookup::with_names(table, text, &[])
    }

    /// [`Lookup::parse`], where the query has given names to expressions, which outrank fields;
    /// each with its kind where that is known.
    pub fn with_names(
        table: &'static Table,
        text: &str,
        names: &[(&str, Expr, Option<Type>)],
    ) -> Result<Lookup> {
        parse(table, text, names, Ending::Operator)
    }

    /// The table that the lookup begins at.
    pub fn table(&self) -> &'static Table {
        self.tables[0]
    }

    /// The table that has the field.
    pub fn owner(&self) -> &'static Table {
        self.tables[self.tables.len() - 1]
    }

    /// The field that is compared, if it is one.
    pub fn field(&self) -> Option<&'static Field> {
        match &self.base {
            Base::Field(field) => Some(field),
            Base::Key(fields) | Base::Relation(_, fields) if fields.len() == 1 => Some(fields[0]),
            _ => None,
        }
    }

    /// The model whose rows are meant, where whole rows are: only those of this one will do.
    pub fn target(&self) -> Option<&'static Table> {
        match &self.base {
            Base::Relation(relation, _) => relation.target.table().ok(),
            Base::Key(_) => Some(self.owner()),
            Base::Field(_) | Base::Expr(..) => None,
        }
    }

    /// The kind of what is compared, behind the transforms.
    pub fn kind(&self) -> Option<Type> {
        let kind = match &self.base {
            Base::Expr(_, kind) => *kind,
            _ => self.field().map(|field| field.kind),
        };
        self.transforms.iter().fold(kind, |kind, transform| transform.kind(kind))
    }

    /// Whether what is compared stands at a path in a JSON document.
    pub(super) fn in_document(&self) -> bool {
        self.transforms.last().is_some_and(Transform::is_step)
    }

    /// Which value it takes.
    pub fn expected(&self) -> Expected {
        use Operator::*;
        if let Base::Key(fields) | Base::Relation(_, fields) = &self.base {
            let names = || fields.iter().map(|field| field.name).collect();
            let kinds = || fields.iter().map(|field| field.kind).collect();
            return match self.operator {
                IsNull | NotIsNull => Expected::Flag,
                In | NotIn => Expected::Keys(names(), kinds()),
                _ => Expected::Key(names(), kinds()),
            };
        }
        let kind = self.kind();
        match self.operator {
            // Of what ranges are of, it is asked by a range.
            ContainedBy if !matches!(kind, Some(Type::Array(_) | Type::Range(_) | Type::Json)) => {
                Expected::One(kind.and_then(Type::range))
            }
            Exact | Not | Gt | Gte | Lt | Lte | Filter | ContainedBy | Overlap => {
                Expected::One(kind)
            }
            Contains => Expected::One(kind),
            In | NotIn => Expected::Many(kind),
            Range => Expected::Pair(kind),
            IsNull | NotIsNull => Expected::Flag,
            IContains | StartsWith | IStartsWith | EndsWith | IEndsWith | IExact | Regex
            | IRegex | Search | HasKey => Expected::One(Some(Type::Text)),
            HasAnyKeys | HasKeys => Expected::Many(Some(Type::Text)),
        }
    }
}

/// The parts of a text.
pub(super) fn parse(
    table: &'static Table,
    text: &str,
    names: &[(&str, Expr, Option<Type>)],
    ending: Ending,
) -> Result<Lookup> {
    let segments: Vec<&str> = text.split("__").collect();
    let mut lookup = Lookup {
        text: text.into(),
        path: Vec::new(),
        base: Base::Key(Vec::new()),
        transforms: Vec::new(),
        operator: Operator::Exact,
        tables: vec![table],
    };
    let named = |count: usize| {
        let name = segments[..count].join("__");
        let (_, expr, kind) = names.iter().find(|(known, ..)| *known == name)?;
        Some((Base::Expr(Box::new(expr.clone()), *kind), count))
    };
    // Most queries name no expressions, and their texts need not be put together again.
    let longest = if names.is_empty() { 0 } else { segments.len() };
    let used = match (1..=longest).rev().find_map(named) {
        Some((base, used)) => {
            lookup.base = base;
            used
        }
        None => {
            let names: Vec<&str> = names.iter().map(|(name, ..)| *name).collect();
            members(&mut lookup, &segments, &names, ending)?
        }
    };
    endings(&mut lookup, &segments[used..], ending)?;
    Ok(lookup)
}

/// Goes along relations to what is compared; gives the number of segments that it took.
fn members(
    lookup: &mut Lookup,
    segments: &[&str],
    names: &[&str],
    ending: Ending,
) -> Result<usize> {
    let mut here = lookup.tables[0];
    let mut prefix = String::new();
    let mut at = 0;
    loop {
        let Some(name) = segments.get(at) else {
            let place = prefix.trim_end_matches('.').replace('.', "__");
            let first = here.member_names().find_map(|name| name.strip_prefix(&prefix));
            return Err(wrong(
                &lookup.text,
                format_args!(
                    "`{place}` of {} is a struct of several fields; name one of them, as in \
                     `{place}__{}`",
                    here.model,
                    first.unwrap_or_default()
                ),
            ));
        };
        let Some((found, used)) = member::find(here, &prefix, &segments[at..]) else {
            let others = names.iter().copied().chain(["pk"]).filter(|_| prefix.is_empty());
            let reason = member::unknown(here, &prefix, name, others);
            return Err(wrong(&lookup.text, reason));
        };
        at += used;
        match found {
            Member::Field(field) => {
                lookup.base = Base::Field(field);
                return Ok(at);
            }
            Member::PrimaryKey => {
                let mut key: Vec<&'static Field> = here.key_fields().collect();
                lookup.base = match (key.len(), key.pop()) {
                    (1, Some(only)) => Base::Field(only),
                    (_, last) => {
                        key.extend(last);
                        Base::Key(key)
                    }
                };
                return Ok(at);
            }
            Member::Embedded(inner) => prefix = inner,
            Member::Relation(relation) => {
                let target = relation.target.table()?;
                let next = &segments[at..];
                if next.is_empty() || member::find(target, "", next).is_none() {
                    let known = next.len() == 1 && Operator::named(next[0]).is_some();
                    if !next.is_empty() && (!known || ending == Ending::Value) {
                        let others = Operator::row_names().filter(|_| ending == Ending::Operator);
                        let reason = member::unknown(target, "", next[0], others.chain(["pk"]));
                        return Err(wrong(&lookup.text, reason));
                    }
                    lookup.base = Base::Relation(relation, member::key_of(relation)?);
                    return Ok(at);
                }
                lookup.path.push(relation.name);
                lookup.tables.push(target);
                here = target;
                prefix.clear();
            }
        }
    }
}

/// Transforms and the operator.
pub(super) fn endings(lookup: &mut Lookup, segments: &[&str], ending: Ending) -> Result<()> {
    for (at, name) in segments.iter().enumerate() {
        let last = at + 1 == segments.len();
        let kind = lookup.kind();
        let operator = Operator::named(name).filter(|_| last && ending == Ending::Operator);
        if let Base::Key(_) | Base::Relation(..) = lookup.base {
            match operator.filter(|operator| operator.fits_row()) {
                Some(operator) => lookup.operator = operator,
                None => {
                    let reason = row_reason(lookup, name);
                    return Err(wrong(&lookup.text, reason));
                }
            }
            continue;
        }
        let in_document = lookup.in_document();
        let fits = operator.filter(|operator| operator.fits(kind, in_document));
        // A key of a document may be called as an operator is that does not fit a document.
        if let Some(operator) = fits {
            lookup.operator = operator;
        } else if let Some(transform) = Transform::named(name, kind)
            .filter(|_| kind != Some(Type::Json) || operator.is_none() || in_document)
        {
            lookup.transforms.push(transform);
        } else {
            let reason = reason(lookup, segments, at, ending);
            return Err(wrong(&lookup.text, reason));
        }
    }
    Ok(())
}

fn row_reason(lookup: &Lookup, name: &str) -> String {
    let near = nearest(name, Operator::row_names());
    let what = match &lookup.base {
        Base::Relation(relation, _) => relation.name,
        _ => "pk",
    };
    format!(
        "`{what}` of {} stands for a row and cannot be asked `{name}`{near}",
        lookup.owner().model
    )
}

/// Why a segment behind a field means nothing.
fn reason(lookup: &Lookup, segments: &[&str], at: usize, ending: Ending) -> String {
    let name = segments[at];
    let kind = lookup.kind();
    let what = match &lookup.base {
        Base::Field(field) if lookup.transforms.is_empty() => {
            format!("`{}` of {}", field.name.replace('.', "__"), lookup.owner().model)
        }
        _ if at == 0 => "the value".to_owned(),
        _ => format!("`{}`", segments[at - 1]),
    };
    let kind_name = kind.map_or("a value", Type::name);
    if Operator::named(name).is_some() {
        if at + 1 < segments.len() {
            return format!("`{name}` compares, so nothing can follow it");
        }
        if ending == Ending::Value {
            return format!("`{name}` compares, and a value is wanted here, not a condition");
        }
    }
    let mut names = Transform::names(kind);
    if ending == Ending::Operator {
        names.extend(Operator::names(kind, lookup.in_document()));
    }
    let near = nearest(name, names.into_iter());
    format!("{what} is {kind_name} and has no `{name}`{near}")
}
