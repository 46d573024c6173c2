//! How a lookup compares.

use crate::value::Type;

/// What a lookup asks of a value; its name stands at the end.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Operator {
    /// `exact`, or nothing: equal; `None` is NULL.
    Exact,
    /// `not`: every row for which `exact` does not hold.
    Not,
    /// `gt`
    Gt,
    /// `gte`
    Gte,
    /// `lt`
    Lt,
    /// `lte`
    Lte,
    /// `in`: one of a list, or of what a query gives.
    In,
    /// `not_in`: the complement of `in`.
    NotIn,
    /// `range`: between two values, both included.
    Range,
    /// `isnull`: NULL, or with `false` not NULL; of a relation: whether there is no related row.
    IsNull,
    /// `not_isnull`: the opposite of `isnull`.
    NotIsNull,
    /// `contains`: of a text: has a text in it; of a list: has all of these items, or this one; of
    /// JSON: contains this document; of a range: has this one or this value in it.
    Contains,
    /// `icontains`
    IContains,
    /// `startswith`
    StartsWith,
    /// `istartswith`
    IStartsWith,
    /// `endswith`
    EndsWith,
    /// `iendswith`
    IEndsWith,
    /// `iexact`
    IExact,
    /// `regex`, `posix_regex`: a regular expression matches somewhere.
    Regex,
    /// `iregex`, `iposix_regex`
    IRegex,
    /// `search`: a full-text query matches.
    Search,
    /// `filter`: conditions on a JSON document, as an object: `{"breed": "pug", "age__gt": 3}`.
    Filter,
    /// `has_key`
    HasKey,
    /// `has_any_keys`
    HasAnyKeys,
    /// `has_keys`
    HasKeys,
    /// `contained_by`: of a list, a range or JSON: everything of it is in the value; of what ranges
    /// are of: it is in the range.
    ContainedBy,
    /// `overlap`: of a list or a range: has something in common with the value.
    Overlap,
}

use Operator::*;

const NAMES: [(&str, Operator); 29] = [
    ("exact", Exact),
    ("not", Not),
    ("gt", Gt),
    ("gte", Gte),
    ("lt", Lt),
    ("lte", Lte),
    ("in", In),
    ("not_in", NotIn),
    ("range", Range),
    ("isnull", IsNull),
    ("not_isnull", NotIsNull),
    ("contains", Contains),
    ("icontains", IContains),
    ("startswith", StartsWith),
    ("istartswith", IStartsWith),
    ("endswith", EndsWith),
    ("iendswith", IEndsWith),
    ("iexact", IExact),
    ("regex", Regex),
    ("iregex", IRegex),
    ("posix_regex", Regex),
    ("iposix_regex", IRegex),
    ("search", Search),
    ("filter", Filter),
    ("has_key", HasKey),
    ("has_any_keys", HasAnyKeys),
    ("has_keys", HasKeys),
    ("contained_by", ContainedBy),
    ("overlap", Overlap),
];

impl Operator {
    /// The operator of a name.
    pub fn named(name: &str) -> Option<Operator> {
        NAMES.iter().find(|(known, _)| *known == name).map(|(_, operator)| *operator)
    }

    /// Its name.
    pub fn name(self) -> &'static str {
        NAMES.iter().find(|(_, operator)| *operator == self).map_or("exact", |(name, _)| name)
    }

    /// Whether it can be asked of values of a kind; of an unknown kind anything can. A JSON
    /// document as a whole has no order and is no text, and what stands at a path in one may.
    pub(super) fn fits(self, kind: Option<Type>, in_document: bool) -> bool {
        let Some(kind) = kind else { return true };
        let json = kind == Type::Json;
        let list = matches!(kind, Type::Array(_));
        let range = matches!(kind, Type::Range(_));
        match self {
            Exact | Not | IsNull | NotIsNull => true,
            In | NotIn => !list && (!json || in_document),
            Gt | Gte | Lt | Lte | Range => !list && (!json || in_document),
            Contains => kind == Type::Text || json || list || range,
            IContains | StartsWith | IStartsWith | EndsWith | IEndsWith | IExact | Regex
            | IRegex => kind == Type::Text || (json && in_document),
            Search => kind == Type::Text,
            Filter | HasKey | HasAnyKeys | HasKeys => json,
            ContainedBy => json || list || range || kind.range().is_some(),
            Overlap => list || range,
        }
    }

    /// The names of the operators that fit, for messages.
    pub(super) fn names(
        kind: Option<Type>,
        in_document: bool,
    ) -> impl Iterator<Item = &'static str> {
        NAMES
            .into_iter()
            .filter(move |(_, operator)| operator.fits(kind, in_document))
            .map(|(name, _)| name)
    }

    /// Whether it can be asked of a related row as a whole.
    pub(super) fn fits_row(self) -> bool {
        matches!(self, Exact | Not | In | NotIn | IsNull | NotIsNull)
    }

    /// The names of those that can be asked of a related row.
    pub(super) fn row_names() -> impl Iterator<Item = &'static str> {
        NAMES.into_iter().filter(|(_, operator)| operator.fits_row()).map(|(name, _)| name)
    }
}
