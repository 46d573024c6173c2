//! An expression of the tree, as Python holds it.

use super::literal::{guess, list_of, literal_of, named};
use super::operand::{comparable, computable};
use super::{Select, raise, refuse, shown};
use crate::rows::special::special;
use crate::schema::{self, Codec, Table};
use pyo3::prelude::*;
use std::sync::Arc;
use yara_core::plan;
use yara_core::schema::TableRef;
use yara_core::tree::{
    Between, BinaryOperator, ColumnRef, Expr, Function, InList, Literal, Origin,
};
use yara_core::value::{Array, Type, Value};

/// A node of the tree, with what is known of its values.
#[pyclass(frozen, module = "yara_orm._engine")]
pub(crate) struct Node {
    pub(crate) node: Expr,
    /// The kind of its values, where it is known.
    pub(crate) kind: Option<Type>,
    /// Where it has the values of a field: what Python does with those.
    pub(crate) codec: Option<Arc<Codec>>,
}

impl Node {
    /// A node whose kind is that of the tree.
    pub(crate) fn new(node: Expr) -> Node {
        let kind = node.kind();
        Node { node, kind, codec: None }
    }

    /// A node of a kind.
    pub(crate) fn of(node: Expr, kind: Option<Type>) -> Node {
        Node { node, kind, codec: None }
    }

    /// A node with the values that `self` has.
    pub(super) fn like(&self, node: Expr) -> Node {
        Node { node, kind: self.kind, codec: self.codec.clone() }
    }

    fn boxed(&self) -> Box<Expr> {
        Box::new(self.node.clone())
    }
}

#[pymethods]
impl Node {
    /// The name of the kind of value, where it is known.
    #[getter]
    fn kind(&self) -> Option<&'static str> {
        self.kind.map(Type::name)
    }

    /// The code of the kind of value, as fields are described by.
    #[getter]
    fn code(&self) -> Option<String> {
        self.kind.map(schema::code)
    }

    /// Whether it can be NULL.
    #[getter]
    fn is_nullable(&self) -> bool {
        self.node.is_nullable()
    }

    /// The field's name, where the node is a column of its own table.
    #[getter]
    fn own_field(&self) -> Option<String> {
        match &self.node {
            Expr::Column(column) if column.path.is_empty() => Some(column.field.to_string()),
            _ => None,
        }
    }

    /// `=`, `<>`, `<`, `<=`, `>` or `>=` with another node or a value.
    fn compare(&self, operator: &str, other: &Bound<'_, PyAny>) -> PyResult<Node> {
        if self.is_in_document() {
            return Ok(Node::of(self.compare_json(operator, other)?, Some(Type::Bool)));
        }
        let other = comparable(other, self)?;
        let node = self.node.clone();
        let node = match operator {
            "=" => node.equal(other),
            "<>" => node.not_equal(other),
            "<" => node.binary(BinaryOperator::Less, other),
            "<=" => node.binary(BinaryOperator::LessOrEqual, other),
            ">" => node.binary(BinaryOperator::Greater, other),
            ">=" => node.binary(BinaryOperator::GreaterOrEqual, other),
            _ => return Err(refuse(format!("there is no comparison `{operator}`"))),
        };
        Ok(Node::of(node, Some(Type::Bool)))
    }

    /// `+`, `-`, `*`, `/` or `%` with another node or a value, which stands first if `reflected`.
    fn compute(&self, operator: &str, other: &Bound<'_, PyAny>, reflected: bool) -> PyResult<Node> {
        let operator = match operator {
            "+" if self.kind == Some(Type::Text) => BinaryOperator::Concat,
            "+" => BinaryOperator::Add,
            "-" => BinaryOperator::Subtract,
            "*" => BinaryOperator::Multiply,
            "/" => BinaryOperator::Divide,
            "%" => BinaryOperator::Remainder,
            _ => return Err(refuse(format!("there is no operator `{operator}`"))),
        };
        let (near, far) = (self.node.clone(), computable(other, self)?);
        let far_kind = other.cast::<Node>().map_or_else(|_| far.kind(), |far| far.get().kind);
        let (node, kinds) = match reflected {
            true => (far.binary(operator, near), (far_kind, self.kind)),
            false => (near.binary(operator, far), (self.kind, far_kind)),
        };
        // A moment less what is not known may be a moment or a time between two.
        let likely = match (operator, self.kind) {
            (
                BinaryOperator::Subtract,
                Some(Type::Date | Type::Time | Type::Timestamp | Type::TimestampTz),
            ) => None,
            (_, kind) => kind,
        };
        Ok(Node::of(node, operator.kind(kinds.0, kinds.1).or(likely)))
    }

    /// A text and another one after it.
    fn concat(&self, other: &Node) -> Node {
        let node = self.node.clone().binary(BinaryOperator::Concat, other.node.clone());
        Node::of(node, Some(Type::Text))
    }

    /// Whether there is an aggregate over the rows of the query in it.
    #[getter]
    fn holds_aggregate(&self) -> bool {
        self.node.holds_aggregate()
    }

    /// `-x`
    fn negate(&self) -> Node {
        Node::of(Expr::Negate(self.boxed()), self.kind)
    }

    /// The complement.
    fn complement(&self) -> Node {
        Node::of(Expr::Not(self.boxed()), Some(Type::Bool))
    }

    /// Is NULL, or is not.
    fn is_null(&self, negated: bool) -> Node {
        Node::of(Expr::IsNull(self.boxed(), negated), Some(Type::Bool))
    }

    /// Between two bounds, both included.
    fn between(&self, low: &Bound<'_, PyAny>, high: &Bound<'_, PyAny>) -> PyResult<Node> {
        if self.is_in_document() {
            let between = self.compare_json(">=", low)?.and(self.compare_json("<=", high)?);
            return Ok(Node::of(between, Some(Type::Bool)));
        }
        let between = Between {
            operand: self.node.clone(),
            low: comparable(low, self)?,
            high: comparable(high, self)?,
        };
        Ok(Node::of(Expr::Between(Box::new(between)), Some(Type::Bool)))
    }

    /// One of a list of values, in which `None` stands for NULL.
    fn in_list(&self, values: Vec<Bound<'_, PyAny>>) -> PyResult<Node> {
        if self.is_in_document() {
            let equal = |value| self.compare_json("=", value);
            let one_of = values.iter().map(equal).collect::<PyResult<_>>()?;
            return Ok(Node::of(Expr::Or(one_of), Some(Type::Bool)));
        }
        let (items, with_null) = list_of(&values, self.kind, self.codec.as_deref())?;
        let element = items.first().map(Value::kind).or(self.kind).unwrap_or(Type::Text);
        let list = Literal::new(Value::Array(Box::new(Array::new(element.list(), items))));
        let list = InList { operand: self.node.clone(), list, with_null };
        Ok(Node::of(Expr::In(Box::new(list)), Some(Type::Bool)))
    }

    /// Asks about ranges: whether one `contains` a value or another one, is `contained_by` another
    /// one, or `overlap`s with it.
    fn ranged(&self, question: &str, other: &Bound<'_, PyAny>) -> PyResult<Node> {
        let Some(kind @ Type::Range(element)) = self.kind else {
            return Err(refuse(format!(
                "`{question}` is asked of ranges, and this is a value of kind {}",
                self.kind.map_or("that is not known", Type::name)
            )));
        };
        let near = self.node.clone();
        let far = match other.cast::<Node>() {
            Ok(node) => node.get().node.clone(),
            Err(_) if question == "contains" && !special(other.py())?.is_range(other)? => {
                let value = literal_of(other, *element, None);
                Expr::literal(value.map_err(|error| match &self.codec {
                    Some(codec) => named(other.py(), codec, error),
                    None => error,
                })?)
            }
            Err(_) => Expr::literal(literal_of(other, kind, self.codec.as_deref())?),
        };
        let (function, operands) = match question {
            "contains" => (Function::RangeContains, vec![near, far]),
            "contained_by" => (Function::RangeContains, vec![far, near]),
            _ => (Function::RangeOverlaps, vec![near, far]),
        };
        Ok(Node::of(Expr::Call(function, operands), Some(Type::Bool)))
    }

    /// One of the values that a query gives.
    fn in_select(&self, select: &Select) -> Node {
        let node = Expr::InSelect(self.boxed(), Box::new(plan::part(select.tree().clone())));
        Node::of(node, Some(Type::Bool))
    }

    /// As a value of another kind.
    fn cast(&self, kind: &str) -> PyResult<Node> {
        let kind = schema::kind(kind)?;
        Ok(Node::of(Expr::Cast(self.boxed(), kind), Some(kind)))
    }

    /// The same, of the row of the next query around.
    fn read_outer(&self) -> PyResult<Node> {
        match self.node.read_model() {
            Some(table) => Ok(self.like(self.node.clone().read_from(table, &Origin::Outer))),
            None => Err(refuse("outer() takes what reads a column, and this reads none")),
        }
    }

    /// The expression, without values.
    fn __repr__(&self) -> String {
        shown::expression(&self.node).to_string()
    }
}

/// Whose row is meant: by default that of the nearest query about the model, by no name at all that
/// of the next one around, and by any other name that of what was joined by it.
pub(super) fn origin_of(name: Option<&str>) -> Origin {
    match name {
        None => Origin::Query,
        Some("") => Origin::Outer,
        Some(name) => Origin::Named(name.into()),
    }
}

/// A field at the end of a path through relations.
#[pyfunction]
#[pyo3(signature = (table, path, owner, field, origin = None))]
fn column(
    table: &Table,
    path: Vec<String>,
    owner: &Table,
    field: &str,
    origin: Option<&str>,
) -> PyResult<Node> {
    let at = owner.inner.field_index(field).map_err(raise)?;
    let codec = owner.codec(at).cloned();
    let mut steps = Vec::with_capacity(path.len());
    let mut place = table.inner;
    for step in path {
        let relation = place.relation(&step).map_err(raise)?;
        steps.push(relation.name);
        place = relation.target.table().map_err(raise)?;
    }
    let column = ColumnRef {
        path: steps,
        origin: origin_of(origin),
        field: owner.inner.fields[at].name.into(),
        ..ColumnRef::own(table.inner, owner.inner.fields[at].name)
    };
    let kind = owner.inner.fields[at].kind;
    Ok(Node { node: Expr::Column(column), kind: Some(kind), codec })
}

/// A value; of a kind, if one is named.
#[pyfunction]
#[pyo3(signature = (value, kind = None))]
fn literal(value: &Bound<'_, PyAny>, kind: Option<&str>) -> PyResult<Node> {
    let value = match kind {
        Some(kind) => literal_of(value, schema::kind(kind)?, None)?,
        None => guess(value)?,
    };
    Ok(Node::new(Expr::literal(value)))
}

/// All are true.
#[pyfunction]
fn all_of(nodes: Vec<PyRef<'_, Node>>) -> Node {
    joined(nodes, Expr::and, Expr::And(Vec::new()))
}

/// One is true.
#[pyfunction]
fn any_of(nodes: Vec<PyRef<'_, Node>>) -> Node {
    joined(nodes, Expr::or, Expr::Or(Vec::new()))
}

fn joined(nodes: Vec<PyRef<'_, Node>>, join: fn(Expr, Expr) -> Expr, none: Expr) -> Node {
    let node = nodes.iter().map(|node| node.node.clone()).reduce(join).unwrap_or(none);
    Node::of(node, Some(Type::Bool))
}

/// Whether a query has rows.
#[pyfunction]
fn exists(select: &Select) -> Node {
    let inner = plan::without_columns(plan::part(select.tree().clone()));
    Node::of(Expr::Exists(Box::new(inner)), Some(Type::Bool))
}

/// The value of a query's first row; without an order, that of the smallest key.
#[pyfunction]
fn scalar(select: &Select) -> PyResult<Node> {
    match &*select.columns {
        [column] => Ok(Node {
            node: Expr::Scalar(Box::new(select.first_only())),
            kind: column.kind,
            codec: column.codec.clone(),
        }),
        columns => Err(refuse(format!(
            "a subquery that stands for a value gives one column, not {}; choose it with \
             .values_list(…, flat=True)",
            columns.len()
        ))),
    }
}

/// All fields of a table, in a list of columns.
pub(super) fn fields_of(table: &'static yara_core::schema::Table) -> Expr {
    Expr::fields(TableRef(table))
}

/// Adds the functions to the module.
pub(super) fn register(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add_function(wrap_pyfunction!(column, module)?)?;
    module.add_function(wrap_pyfunction!(literal, module)?)?;
    module.add_function(wrap_pyfunction!(all_of, module)?)?;
    module.add_function(wrap_pyfunction!(any_of, module)?)?;
    module.add_function(wrap_pyfunction!(exists, module)?)?;
    module.add_function(wrap_pyfunction!(scalar, module)?)
}
