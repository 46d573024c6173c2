//! Documents and lists: what stands at a place in one, and comparing it.
//!
//! What stands at a path in a JSON document is compared by JSON type, as lookups do: a number with
//! numbers, a text with texts.

use super::literal::{guess, item_of, literal_of};
use super::{Node, refuse};
use crate::encode::encode;
use pyo3::prelude::*;
use pyo3::types::{PyInt, PyString};
use yara_core::tree::{BinaryOperator, Expr, Function};
use yara_core::value::{Type, Value};

impl Node {
    /// Whether it is what stands at a path in a document.
    pub(super) fn is_in_document(&self) -> bool {
        matches!(self.node, Expr::Call(Function::JsonGet, _))
    }

    /// `=`, `<>`, `<` and so on with a value in Python, or with another node, by JSON type.
    pub(super) fn compare_json(&self, operator: &str, other: &Bound<'_, PyAny>) -> PyResult<Expr> {
        let operator = match operator {
            "=" => return Ok(self.json_equal(document(other)?)),
            "<>" => return Ok(Expr::Not(Box::new(self.json_equal(document(other)?)))),
            "<" => BinaryOperator::Less,
            "<=" => BinaryOperator::LessOrEqual,
            ">" => BinaryOperator::Greater,
            ">=" => BinaryOperator::GreaterOrEqual,
            _ => return Err(refuse(format!("there is no comparison `{operator}`"))),
        };
        let (function, other) = comparable(other)?;
        Ok(Expr::Call(function, vec![self.node.clone()]).binary(operator, other))
    }

    fn json_equal(&self, other: Expr) -> Expr {
        Expr::Call(Function::JsonEquals, vec![self.node.clone(), other])
    }
}

#[pymethods]
impl Node {
    /// Whether it is what stands at a path in a document.
    #[getter(is_in_document)]
    fn stands_in_document(&self) -> bool {
        self.is_in_document()
    }

    /// What stands at a step in a document or a list: a key or an index.
    fn item(&self, step: &Bound<'_, PyAny>) -> PyResult<Node> {
        match self.kind {
            Some(Type::Json) => {
                let step = json_step(step)?;
                let arguments = match &self.node {
                    Expr::Call(Function::JsonGet, known) => {
                        known.iter().cloned().chain([step]).collect()
                    }
                    document => vec![document.clone(), step],
                };
                Ok(Node::of(Expr::Call(Function::JsonGet, arguments), Some(Type::Json)))
            }
            Some(Type::Array(item)) => {
                if !step.is_instance_of::<PyInt>() && step.cast::<Node>().is_err() {
                    return Err(refuse(format!(
                        "an item of a list has a number, not {}",
                        step.repr()?
                    )));
                }
                let index = match step.cast::<Node>() {
                    Ok(index) => index.get().node.clone(),
                    Err(_) => Expr::literal(encode(step, Type::I32)?),
                };
                let node = Expr::Call(Function::ArrayGet, vec![self.node.clone(), index]);
                Ok(Node::of(node, Some(*item)))
            }
            kind => Err(refuse(format!(
                "only documents and lists have parts, and this is a {}",
                kind.map_or("value of unknown kind", Type::name)
            ))),
        }
    }

    /// A value as the items of this list are.
    fn item_value(&self, value: &Bound<'_, PyAny>) -> PyResult<Node> {
        let Some(kind @ Type::Array(element)) = self.kind else {
            return Err(refuse("this is no list"));
        };
        if let Ok(node) = value.cast::<Node>() {
            let node = node.get();
            return Ok(Node { node: node.node.clone(), kind: node.kind, codec: None });
        }
        let item = item_of(value, kind, *element, self.codec.as_deref())?;
        Ok(Node::of(Expr::literal(item), Some(*element)))
    }

    /// A value of the kind that this has.
    fn same_kind(&self, value: &Bound<'_, PyAny>) -> PyResult<Node> {
        if let Ok(node) = value.cast::<Node>() {
            let node = node.get();
            return Ok(Node {
                node: node.node.clone(),
                kind: node.kind,
                codec: node.codec.clone(),
            });
        }
        let literal = match self.kind {
            Some(kind) => literal_of(value, kind, self.codec.as_deref())?,
            None => guess(value)?,
        };
        Ok(self.like(Expr::literal(literal)))
    }
}

/// A key or an index.
fn json_step(step: &Bound<'_, PyAny>) -> PyResult<Expr> {
    if step.is_instance_of::<PyString>() {
        return Ok(Expr::literal(encode(step, Type::Text)?));
    }
    let is_number = step.is_instance_of::<PyInt>() && !step.is_instance_of::<pyo3::types::PyBool>();
    if is_number {
        return Ok(Expr::literal(encode(step, Type::I32)?));
    }
    Err(refuse(format!("a step into a document is a key or an index, not {}", step.repr()?)))
}

/// A path into a document: a step, or a tuple of them.
pub(super) fn json_path(path: &Bound<'_, PyAny>) -> PyResult<Vec<Expr>> {
    if path.is_instance_of::<PyString>() || path.is_instance_of::<PyInt>() {
        return Ok(vec![json_step(path)?]);
    }
    let steps: Vec<Expr> =
        path.try_iter()?.map(|step| json_step(&step?)).collect::<PyResult<_>>()?;
    if steps.is_empty() {
        return Err(refuse(
            "a path of no steps is the whole document; assign to the column instead",
        ));
    }
    Ok(steps)
}

/// A document: an expression as it is, anything else as JSON.
pub(super) fn document(value: &Bound<'_, PyAny>) -> PyResult<Expr> {
    if let Ok(node) = value.cast::<Node>() {
        return Ok(node.get().node.clone());
    }
    if value.is_none() {
        return Ok(Expr::literal(Value::Json("null".into())));
    }
    // A decimal is a number of JSON, with all its digits.
    if let Ok(Value::Numeric(number)) = guess(value)
        && number.is_finite()
    {
        return Ok(Expr::literal(Value::Json(number.as_str().into())));
    }
    Ok(Expr::literal(encode(value, Type::Json)?))
}

/// What is less or greater than something in a document, and as what that is read.
fn comparable(value: &Bound<'_, PyAny>) -> PyResult<(Function, Expr)> {
    let (kind, expr) = match value.cast::<Node>() {
        Ok(node) => (node.get().kind, node.get().node.clone()),
        Err(_) => {
            let value = guess(value)?;
            (Some(value.kind()), Expr::literal(value))
        }
    };
    let function = match kind {
        Some(Type::Text) => Function::JsonString,
        Some(Type::Bool) => Function::JsonBool,
        Some(Type::I16 | Type::I32 | Type::I64 | Type::F32 | Type::F64 | Type::Numeric) | None => {
            Function::JsonNumber
        }
        Some(other) => {
            return Err(refuse(format!(
                "only numbers, texts and booleans of JSON are less or greater than others, and this \
                 is a {}",
                other.name()
            )));
        }
    };
    let expr = match (function, expr) {
        (Function::JsonNumber, Expr::Literal(literal)) => {
            let number = encode(value, Type::Numeric).unwrap_or(literal.value);
            Expr::literal(number)
        }
        (_, expr) => expr,
    };
    Ok((function, expr))
}

/// A document with another value at a path.
#[pyfunction]
fn json_set(node: &Node, path: &Bound<'_, PyAny>, value: &Bound<'_, PyAny>) -> PyResult<Node> {
    let mut arguments = vec![node.node.clone(), document(value)?];
    arguments.extend(json_path(path)?);
    Ok(node.like(Expr::Call(Function::JsonSet, arguments)))
}

/// A document without what stands at a path.
#[pyfunction]
fn json_remove(node: &Node, path: &Bound<'_, PyAny>) -> PyResult<Node> {
    let mut arguments = vec![node.node.clone()];
    arguments.extend(json_path(path)?);
    Ok(node.like(Expr::Call(Function::JsonRemove, arguments)))
}

/// A function of a document and of another one.
#[pyfunction]
fn json_pair(name: &str, node: &Node, other: &Bound<'_, PyAny>) -> PyResult<Node> {
    let (own, other) = (node.node.clone(), document(other)?);
    Ok(match name {
        "merge" => node.like(Expr::Call(Function::JsonMerge, vec![own, other])),
        "contains" => condition(Function::JsonContains, own, other),
        "contained_by" => condition(Function::JsonContains, other, own),
        "equals" => condition(Function::JsonEquals, own, other),
        name => return Err(refuse(format!("documents have no `{name}`"))),
    })
}

fn condition(function: Function, left: Expr, right: Expr) -> Node {
    Node::of(Expr::Call(function, vec![left, right]), Some(Type::Bool))
}

/// An object of these entries, or an array of these values: columns and expressions among them.
#[pyfunction]
fn json_build(entries: Vec<(Option<String>, Bound<'_, PyAny>)>, object: bool) -> PyResult<Node> {
    let mut arguments = Vec::with_capacity(entries.len() * 2);
    for (key, value) in &entries {
        if let Some(key) = key {
            arguments.push(Expr::literal(Value::Text(key.as_str().into())));
        }
        arguments.push(document(value)?);
    }
    let function = if object { Function::JsonObject } else { Function::JsonArray };
    Ok(Node::of(Expr::Call(function, arguments), Some(Type::Json)))
}

/// Adds the functions to the module.
pub(super) fn register(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add_function(wrap_pyfunction!(json_set, module)?)?;
    module.add_function(wrap_pyfunction!(json_remove, module)?)?;
    module.add_function(wrap_pyfunction!(json_pair, module)?)?;
    module.add_function(wrap_pyfunction!(json_build, module)?)
}
