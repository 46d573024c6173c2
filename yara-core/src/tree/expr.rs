//! Expressions.

use super::{
    Case, ColumnRef, Custom, Function, Literal, Order, Origin, Output, Raw, Select, Slot, Window,
};
use crate::schema::TableRef;
use crate::value::{Type, Value};
use std::sync::Arc;

/// An expression: a value for each row, or for each group of rows.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Expr {
    /// A value.
    Literal(Literal),
    /// A column by its path, before planning.
    Column(ColumnRef),
    /// All fields of a model, in order; only in a list of columns.
    Fields(TableRef, Origin),
    /// A column of an aliased table, after planning.
    Slot(Slot),
    /// A column of the query that is read from.
    Output(Output),
    /// The column of this name in the row that an upsert could not insert (SQL's `excluded`).
    Excluded(&'static str),
    /// Two operands. Comparisons give NULL where an operand is NULL, as in SQL.
    Binary(BinaryOperator, Box<Expr>, Box<Expr>),
    /// `-x`
    Negate(Box<Expr>),
    /// All are true; true if there are none.
    And(Vec<Expr>),
    /// One is true; false if there are none.
    Or(Vec<Expr>),
    /// The complement: true where the operand is false *or NULL*, so that a condition and its
    /// negation together keep every row.
    Not(Box<Expr>),
    /// Is NULL, or with `true` is not NULL.
    IsNull(Box<Expr>, bool),
    /// Equal, where NULL is a value like others; with `true` not equal.
    Same(Box<Expr>, Box<Expr>, bool),
    /// Between two bounds, both included.
    Between(Box<Between>),
    /// In a list.
    In(Box<InList>),
    /// Several values, together in a list of such rows.
    InRows(Box<InRows>),
    /// Several values as one, for [`Expr::InSelect`].
    Tuple(Vec<Expr>),
    /// A text that contains, starts or ends with another, or matches a pattern.
    Match(Box<TextMatch>),
    /// A condition on, or a number of, the rows of a relation. Never a join: it multiplies nothing.
    Related(Box<Related>),
    /// An aggregate over the rows of the query or its groups.
    Aggregate(Box<Aggregate>),
    /// A function.
    Call(Function, Vec<Expr>),
    /// Whether a query has rows.
    Exists(Box<Select>),
    /// The one value of a query's one row.
    Scalar(Box<Select>),
    /// Is one of the values that a query gives.
    InSelect(Box<Expr>, Box<Select>),
    /// SQL text with values and expressions in it.
    Raw(Box<Raw>),
    /// The value of an expression as another kind.
    Cast(Box<Expr>, Type),
    /// The value of the first condition that is true.
    Case(Box<Case>),
    /// A function over the rows around the row.
    Window(Box<Window>),
    /// A function or operator that the engine does not know.
    Custom(Box<Custom>),
    /// What could not be built. Carried here, so that builders need no `Result`; running the query
    /// returns the message before anything is sent.
    Invalid(Arc<str>),
}

/// Operators of two operands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum BinaryOperator {
    /// `+`
    Add,
    /// `-`
    Subtract,
    /// `*`
    Multiply,
    /// `/`; integers divide to an integer, towards zero.
    Divide,
    /// `%`
    Remainder,
    /// Text after text.
    Concat,
    /// `=`
    Equal,
    /// `<>`
    NotEqual,
    /// `<`
    Less,
    /// `<=`
    LessOrEqual,
    /// `>`
    Greater,
    /// `>=`
    GreaterOrEqual,
}

impl BinaryOperator {
    /// Whether the result is true or false.
    pub fn is_comparison(self) -> bool {
        use BinaryOperator::{Equal, Greater, GreaterOrEqual, Less, LessOrEqual, NotEqual};
        matches!(self, Equal | NotEqual | Less | LessOrEqual | Greater | GreaterOrEqual)
    }
}

/// `operand between low and high`
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Between {
    /// What is compared.
    pub operand: Expr,
    /// The smallest value that matches.
    pub low: Expr,
    /// The greatest value that matches.
    pub high: Expr,
}

/// `operand in (…)`
///
/// The list is one literal, an array, so that its length makes no new statement. `with_null` says
/// that NULL was in the list: then rows where the operand is NULL match.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct InList {
    /// What is looked for.
    pub operand: Expr,
    /// The values, NULL not among them.
    pub list: Literal,
    /// Whether NULL matches.
    pub with_null: bool,
}

/// `(a, b) in ((1, 2), (3, 4))`
///
/// The rows are given by column, as lists of one length, so that their number makes no new
/// statement.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct InRows {
    /// What is looked for.
    pub operands: Vec<Expr>,
    /// For each operand its values.
    pub lists: Vec<Literal>,
}

/// How a text matches.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum MatchKind {
    /// The whole text.
    Exact,
    /// Anywhere in it.
    Contains,
    /// At its start.
    StartsWith,
    /// At its end.
    EndsWith,
    /// By a pattern of SQL's LIKE: `%` for any text, `_` for one character, `\` before either for
    /// itself.
    Like,
}

/// A text and what it must match. Case counts unless `ignore_case`, in every language and on every
/// backend; the pattern of all but [`MatchKind::Like`] is plain text.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct TextMatch {
    /// How.
    pub kind: MatchKind,
    /// Whether `É` matches `é`.
    pub ignore_case: bool,
    /// The text.
    pub operand: Expr,
    /// What is looked for.
    pub pattern: Expr,
}

/// What is asked of the rows of a relation.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Quantifier {
    /// At least one matches.
    Any,
    /// None matches.
    None,
    /// No row fails to match; true where there are no rows.
    All,
    /// How many match.
    Count,
    /// An aggregate over those that match.
    Aggregate(Box<Aggregate>),
}

/// A question about the rows of a relation.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Related {
    /// Where the path begins.
    pub table: TableRef,
    /// Which of the tables around, where several are of that model.
    pub origin: Origin,
    /// The relations on the way; the last is the one that is asked about.
    pub path: Vec<&'static str>,
    /// What is asked.
    pub quantifier: Quantifier,
    /// A condition over the related model; `None` is true.
    pub condition: Option<Expr>,
}

/// Functions over the rows of a group.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum AggregateFunction {
    /// The number of rows, or of values that are not NULL.
    Count,
    /// The sum.
    Sum,
    /// The mean.
    Avg,
    /// The least.
    Min,
    /// The greatest.
    Max,
    /// Texts, one after the other with [`Aggregate::separator`] between them.
    Text,
    /// Values as a list, NULL among them.
    Array,
    /// Values as a JSON array.
    Json,
    /// Whether all are true.
    All,
    /// Whether one is true.
    Any,
    /// The standard deviation of a sample, as a float.
    StdDev,
    /// The standard deviation of all there is, as a float.
    StdDevAll,
    /// The variance of a sample, as a float.
    Variance,
    /// The variance of all there is, as a float.
    VarianceAll,
    /// An aggregate that the engine does not know: the user's word for its name and the kind of its
    /// result. Several arguments are a tuple.
    Custom(&'static str, Type),
}

/// A function over the rows of a group.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Aggregate {
    /// Which.
    pub function: AggregateFunction,
    /// Of what; `None` counts rows.
    pub argument: Option<Expr>,
    /// What stands between texts.
    pub separator: Option<Expr>,
    /// Each value once.
    pub distinct: bool,
    /// Only the rows where this is true.
    pub filter: Option<Expr>,
    /// In which order the values are taken.
    pub order: Vec<Order>,
}

impl Aggregate {
    /// Of all rows, in no order.
    pub fn new(function: AggregateFunction, argument: Option<Expr>) -> Aggregate {
        Aggregate {
            function,
            argument,
            separator: None,
            distinct: false,
            filter: None,
            order: Vec::new(),
        }
    }
}

impl Expr {
    /// All fields of the query's own table.
    pub fn fields(table: TableRef) -> Expr {
        Expr::Fields(table, Origin::Query)
    }

    /// A value.
    pub fn literal(value: Value) -> Expr {
        Expr::Literal(Literal::new(value))
    }

    /// Both; flattens nested conjunctions.
    pub fn and(self, other: Expr) -> Expr {
        Expr::And(joined(self, other, |expr| match expr {
            Expr::And(items) => Ok(items),
            other => Err(other),
        }))
    }

    /// Either; flattens nested disjunctions.
    pub fn or(self, other: Expr) -> Expr {
        Expr::Or(joined(self, other, |expr| match expr {
            Expr::Or(items) => Ok(items),
            other => Err(other),
        }))
    }

    /// `self operator other`
    pub fn binary(self, operator: BinaryOperator, other: Expr) -> Expr {
        Expr::Binary(operator, Box::new(self), Box::new(other))
    }

    /// Equal to `other`; to a NULL literal: is NULL.
    pub fn equal(self, other: Expr) -> Expr {
        match other {
            Expr::Literal(literal) if literal.value.is_null() => {
                Expr::IsNull(Box::new(self), false)
            }
            other => self.binary(BinaryOperator::Equal, other),
        }
    }

    /// The complement of [`Expr::equal`]: true also where one of the two is NULL.
    pub fn not_equal(self, other: Expr) -> Expr {
        match other {
            Expr::Literal(literal) if literal.value.is_null() => Expr::IsNull(Box::new(self), true),
            other => Expr::Same(Box::new(self), Box::new(other), true),
        }
    }
}

/// The items of two expressions of one kind in one list.
fn joined(left: Expr, right: Expr, items: impl Fn(Expr) -> Result<Vec<Expr>, Expr>) -> Vec<Expr> {
    let mut list = items(left).unwrap_or_else(|single| vec![single]);
    match items(right) {
        Ok(more) => list.extend(more),
        Err(single) => list.push(single),
    }
    list
}
