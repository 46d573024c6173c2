//! Paths into JSON documents, and what they are compared with.

use crate::tree::{self, BinaryOperator, Function};
use crate::typed::{Column, Expr, Expression, Pred, Projection};
use crate::value::{DecodeError, FieldType, Numeric, RowReader, Type, Value};
use std::marker::PhantomData;
use std::sync::Arc;

/// What stands at a path of a JSON document: `Page::data.path(("tags", 0))`.
///
/// As an [`Expression`] it is the document there, or NULL where nothing is there; `is_null` and
/// `is_not_null` ask that, and JSON's own `null` is something. Its own comparisons go by JSON type:
/// `5` is equal to the numbers `5` and `5.0`, and not to the string `"5"`.
///
/// ```
/// # use library::*;
/// # use serde_json::json;
/// # #[derive(Model, Debug, Clone)]
/// # struct Page { id: i64, data: serde_json::Value }
/// # run(async |db| {
/// # db.create_tables::<Page>().await?;
/// for data in [json!({"a": 5.0}), json!({"a": "5"}), json!({"a": null}), json!({})] {
///     Page::create().data(data).insert(&db).await?;
/// }
/// let a = || Page::data.path("a");
/// assert_eq!(Page::filter(a().eq(5)).select(Page::id).all(&db).await?, [1]);
/// assert_eq!(Page::filter(a().eq("5")).select(Page::id).all(&db).await?, [2]);
/// assert_eq!(Page::filter(a().is_json_null()).select(Page::id).all(&db).await?, [3]);
/// assert_eq!(Page::filter(a().is_null()).select(Page::id).all(&db).await?, [4]);
/// assert_eq!(Page::filter(a().ne(5)).count(&db).await?, 3);
/// assert_eq!(Page::filter(a().lt(6)).count(&db).await?, 1);
/// assert_eq!(Page::query().order_by(Page::id).select(a().text()).first(&db).await?, Some(Some("5.0".into())));
/// # Ok(()) })
/// ```
pub struct JsonPath<M> {
    document: tree::Expr,
    steps: Result<Vec<tree::Expr>, Arc<str>>,
    of: PhantomData<fn() -> M>,
}

impl<M> Clone for JsonPath<M> {
    fn clone(&self) -> Self {
        JsonPath { document: self.document.clone(), steps: self.steps.clone(), of: PhantomData }
    }
}

impl<M> std::fmt::Debug for JsonPath<M> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("JsonPath")
            .field("document", &self.document)
            .field("steps", &self.steps)
            .finish()
    }
}

impl<M: 'static> Expression for JsonPath<M> {
    type Model = M;
    type Type = Option<serde_json::Value>;

    fn into_tree(self) -> tree::Expr {
        self.call(Function::JsonGet)
    }
}

impl<M: 'static> Projection<M> for JsonPath<M> {
    type Row = Option<serde_json::Value>;

    fn append(self, columns: &mut Vec<tree::Expr>) {
        columns.push(self.into_tree());
    }

    fn decode(row: &mut RowReader<'_, '_>) -> Result<Self::Row, DecodeError> {
        row.read()
    }
}

impl<M: 'static> JsonPath<M> {
    pub(super) fn new(document: tree::Expr, path: impl IntoJsonPath) -> JsonPath<M> {
        JsonPath { document, steps: steps(path), of: PhantomData }
    }

    fn call(self, function: Function) -> tree::Expr {
        match self.steps {
            Ok(steps) if steps.is_empty() && function == Function::JsonGet => self.document,
            Ok(steps) => {
                let arguments = [self.document].into_iter().chain(steps);
                tree::Expr::Call(function, arguments.collect())
            }
            Err(reason) => tree::Expr::Invalid(reason),
        }
    }

    /// A path that goes on from here.
    pub fn path(self, path: impl IntoJsonPath) -> JsonPath<M> {
        let steps = self.steps.and_then(|mut known| {
            known.extend(steps(path)?);
            Ok(known)
        });
        JsonPath { steps, ..self }
    }

    /// What is there as text: a string without its quotes, anything else as it is written; NULL for
    /// `null`.
    pub fn text(self) -> Expr<M, Option<String>> {
        Expr::from_tree(self.call(Function::JsonText))
    }

    /// The string that is there; NULL where anything else is.
    pub fn string(self) -> Expr<M, Option<String>> {
        self.only(Function::JsonString)
    }

    /// The number that is there, with all its digits; NULL where anything else is.
    pub fn number(self) -> Expr<M, Option<Numeric>> {
        self.only(Function::JsonNumber)
    }

    /// `true` or `false`; NULL where anything else is there.
    pub fn boolean(self) -> Expr<M, Option<bool>> {
        self.only(Function::JsonBool)
    }

    fn only<T>(self, function: Function) -> Expr<M, T> {
        Expr::from_tree(tree::Expr::Call(function, vec![self.call(Function::JsonGet)]))
    }

    /// The same JSON value: numbers as numbers, objects whatever the order of their keys. `None` is
    /// JSON's `null`.
    pub fn eq(self, other: impl JsonOperand<M>) -> Pred<M> {
        let arguments = vec![self.call(Function::JsonGet), other.json()];
        Pred::from_tree(tree::Expr::Call(Function::JsonEquals, arguments))
    }

    /// The complement of [`eq`](JsonPath::eq): where nothing is, too.
    pub fn ne(self, other: impl JsonOperand<M>) -> Pred<M> {
        !self.eq(other)
    }

    /// One of these JSON values.
    pub fn is_in<V: JsonOperand<M>>(self, values: impl IntoIterator<Item = V>) -> Pred<M> {
        let equal = |value: V| self.clone().eq(value).into_tree();
        Pred::from_tree(tree::Expr::Or(values.into_iter().map(equal).collect()))
    }

    /// None of these JSON values.
    pub fn not_in<V: JsonOperand<M>>(self, values: impl IntoIterator<Item = V>) -> Pred<M> {
        !self.is_in(values)
    }

    /// JSON's `null`, which is something: NULL, where nothing is, is not.
    pub fn is_json_null(self) -> Pred<M> {
        self.eq(serde_json::Value::Null)
    }

    /// A number that is less, or a string that is before; false for other types.
    pub fn lt(self, other: impl JsonComparable<M>) -> Pred<M> {
        self.ordered(BinaryOperator::Less, other)
    }

    /// [`lt`](JsonPath::lt), or equal.
    pub fn le(self, other: impl JsonComparable<M>) -> Pred<M> {
        self.ordered(BinaryOperator::LessOrEqual, other)
    }

    /// A number that is greater, or a string that is behind; false for other types.
    pub fn gt(self, other: impl JsonComparable<M>) -> Pred<M> {
        self.ordered(BinaryOperator::Greater, other)
    }

    /// [`gt`](JsonPath::gt), or equal.
    pub fn ge(self, other: impl JsonComparable<M>) -> Pred<M> {
        self.ordered(BinaryOperator::GreaterOrEqual, other)
    }

    fn ordered(self, operator: BinaryOperator, other: impl JsonComparable<M>) -> Pred<M> {
        let (function, other) = other.comparable();
        let value = tree::Expr::Call(function, vec![self.call(Function::JsonGet)]);
        Pred::from_tree(value.binary(operator, other))
    }
}

/// A step of a path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum JsonStep {
    /// The value of a key of an object.
    Key(String),
    /// An item of an array; from the end where it is below zero.
    Index(i32),
}

impl From<&str> for JsonStep {
    fn from(key: &str) -> JsonStep {
        JsonStep::Key(key.to_owned())
    }
}

impl From<String> for JsonStep {
    fn from(key: String) -> JsonStep {
        JsonStep::Key(key)
    }
}

impl From<i32> for JsonStep {
    fn from(index: i32) -> JsonStep {
        JsonStep::Index(index)
    }
}

/// A path: a key, an index, or a tuple or list of them.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no path into a JSON document",
    label = "expected a key, an index, or a tuple of them: `(\"tags\", 0)`"
)]
pub trait IntoJsonPath {
    /// The steps.
    fn into_steps(self) -> Vec<JsonStep>;
}

macro_rules! single_steps {
    ($($step:ty),+) => {$(
        impl IntoJsonPath for $step {
            fn into_steps(self) -> Vec<JsonStep> {
                vec![self.into()]
            }
        }
    )+};
}

single_steps!(&str, String, i32, JsonStep);

impl<S: Into<JsonStep>> IntoJsonPath for Vec<S> {
    fn into_steps(self) -> Vec<JsonStep> {
        self.into_iter().map(Into::into).collect()
    }
}

impl<S: Into<JsonStep>, const N: usize> IntoJsonPath for [S; N] {
    fn into_steps(self) -> Vec<JsonStep> {
        self.into_iter().map(Into::into).collect()
    }
}

macro_rules! tuple_steps {
    ($(($($part:ident),+))+) => {$(
        impl<$($part: Into<JsonStep>),+> IntoJsonPath for ($($part,)+) {
            fn into_steps(self) -> Vec<JsonStep> {
                #[allow(non_snake_case, reason = "the type parameters name the parts")]
                let ($($part,)+) = self;
                vec![$($part.into()),+]
            }
        }
    )+};
}

tuple_steps! { (A) (A, B) (A, B, C) (A, B, C, D) (A, B, C, D, E) (A, B, C, D, E, F) }

fn steps(path: impl IntoJsonPath) -> Result<Vec<tree::Expr>, Arc<str>> {
    let step = |step: JsonStep| match step {
        JsonStep::Index(index) => Ok(tree::Expr::literal(Value::I32(index))),
        JsonStep::Key(key) => match key.into_value() {
            Ok(key) => Ok(tree::Expr::literal(key)),
            Err(error) => Err(error.to_string().into()),
        },
    };
    path.into_steps().into_iter().map(step).collect()
}

/// What `build` makes of the steps of a path that changes a document; it needs one.
pub(super) fn invalid_or(
    path: impl IntoJsonPath,
    build: impl FnOnce(Vec<tree::Expr>) -> tree::Expr,
) -> tree::Expr {
    match steps(path) {
        Ok(steps) if steps.is_empty() => {
            let reason = "a path of no steps is the whole document; assign to the column instead";
            tree::Expr::Invalid(reason.into())
        }
        Ok(steps) => build(steps),
        Err(reason) => tree::Expr::Invalid(reason),
    }
}

/// A value that becomes part of a JSON document, or is compared with one: a number, text, boolean,
/// document, an `Option` of these, or a column or expression of any type that JSON can hold.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be JSON in a query of `{M}`",
    label = "expected a number, text, `bool`, `serde_json::Value`, `Json<…>`, or a column of `{M}`"
)]
pub trait JsonOperand<M> {
    /// The node of the query tree. Values are documents, whatever their type.
    fn json(self) -> tree::Expr;
}

fn document(value: Result<serde_json::Value, serde_json::Error>) -> tree::Expr {
    let value = value.map_err(|error| error.to_string());
    match value.and_then(|value| value.into_value().map_err(|error| error.to_string())) {
        Ok(value) => tree::Expr::literal(value),
        Err(error) => tree::Expr::Invalid(error.into()),
    }
}

macro_rules! json_values {
    ($($rust:ty),+) => {$(
        #[diagnostic::do_not_recommend]
        impl<M> JsonOperand<M> for $rust {
            fn json(self) -> tree::Expr {
                document(serde_json::to_value(self))
            }
        }
    )+};
}

json_values!(
    bool,
    i16,
    i32,
    i64,
    u32,
    u64,
    &str,
    String,
    &String,
    serde_json::Value,
    &serde_json::Value
);

macro_rules! json_floats {
    ($($rust:ty),+) => {$(
        #[diagnostic::do_not_recommend]
        impl<M> JsonOperand<M> for $rust {
            fn json(self) -> tree::Expr {
                match self.is_finite() {
                    true => document(serde_json::to_value(self)),
                    false => tree::Expr::Invalid(format!("JSON has no number {self}").into()),
                }
            }
        }
    )+};
}

json_floats!(f32, f64);

#[diagnostic::do_not_recommend]
impl<M> JsonOperand<M> for Numeric {
    fn json(self) -> tree::Expr {
        match self.is_finite() {
            true => tree::Expr::literal(Value::Json(self.as_str().into())),
            false => tree::Expr::Invalid(format!("JSON has no number {self}").into()),
        }
    }
}

#[diagnostic::do_not_recommend]
impl<M, T: serde::Serialize> JsonOperand<M> for crate::value::Json<T> {
    fn json(self) -> tree::Expr {
        match serde_json::to_string(&self.0) {
            Ok(text) => tree::Expr::literal(Value::Json(text.into())),
            Err(error) => tree::Expr::Invalid(error.to_string().into()),
        }
    }
}

#[diagnostic::do_not_recommend]
impl<M, T: JsonOperand<M>> JsonOperand<M> for Option<T> {
    fn json(self) -> tree::Expr {
        match self {
            Some(value) => value.json(),
            None => document(Ok(serde_json::Value::Null)),
        }
    }
}

/// A number or text that JSON numbers and strings are less or greater than.
#[diagnostic::on_unimplemented(
    message = "JSON of a query of `{M}` has no order with `{Self}`",
    label = "expected a number, text, or a column of `{M}` with one"
)]
pub trait JsonComparable<M> {
    /// What is taken of the document, and what it is compared with.
    fn comparable(self) -> (Function, tree::Expr);
}

macro_rules! json_numbers {
    ($($rust:ty),+) => {$(
        #[diagnostic::do_not_recommend]
        impl<M> JsonComparable<M> for $rust {
            fn comparable(self) -> (Function, tree::Expr) {
                let number = match self.to_string().parse::<Numeric>() {
                    Ok(number) => tree::Expr::literal(Value::Numeric(number)),
                    Err(error) => tree::Expr::Invalid(error.to_string().into()),
                };
                (Function::JsonNumber, number)
            }
        }
    )+};
}

json_numbers!(i16, i32, i64, u32, u64, f32, f64, Numeric);

macro_rules! json_texts {
    ($($rust:ty),+) => {$(
        #[diagnostic::do_not_recommend]
        impl<M> JsonComparable<M> for $rust {
            fn comparable(self) -> (Function, tree::Expr) {
                let text = match self.to_owned().into_value() {
                    Ok(text) => tree::Expr::literal(text),
                    Err(error) => tree::Expr::Invalid(error.to_string().into()),
                };
                (Function::JsonString, text)
            }
        }
    )+};
}

json_texts!(&str, String);

macro_rules! expression_operands {
    ($($shell:ident),+) => {$(
        #[diagnostic::do_not_recommend]
        impl<M: 'static, T: FieldType> JsonOperand<M> for $shell<M, T> {
            fn json(self) -> tree::Expr {
                self.into_tree()
            }
        }

        #[diagnostic::do_not_recommend]
        impl<M: 'static, T: FieldType> JsonComparable<M> for $shell<M, T> {
            fn comparable(self) -> (Function, tree::Expr) {
                match T::TYPE {
                    Type::Text => (Function::JsonString, self.into_tree()),
                    Type::I16 | Type::I32 | Type::I64 | Type::F32 | Type::F64 | Type::Numeric => {
                        (Function::JsonNumber, self.into_tree())
                    }
                    kind => {
                        let reason = format!("JSON has no order with a {}", kind.name());
                        (Function::JsonNumber, tree::Expr::Invalid(reason.into()))
                    }
                }
            }
        }
    )+};
}

expression_operands!(Column, Expr);

#[diagnostic::do_not_recommend]
impl<M: 'static> JsonOperand<M> for JsonPath<M> {
    fn json(self) -> tree::Expr {
        self.into_tree()
    }
}
