//! Matching texts, and SQL text itself.

use super::Node;
use super::operand::{anything, textual};
use super::refuse;
use crate::schema;
use pyo3::prelude::*;
use yara_core::tree::{Expr, MatchKind, Raw, RawPart, TextMatch};
use yara_core::value::Type;

/// Whether a text contains, begins with, ends with or is another; `like` takes a pattern.
#[pyfunction]
fn match_text(
    node: &Node,
    kind: &str,
    pattern: &Bound<'_, PyAny>,
    ignore_case: bool,
) -> PyResult<Node> {
    let kind = match kind {
        "exact" => MatchKind::Exact,
        "contains" => MatchKind::Contains,
        "startswith" => MatchKind::StartsWith,
        "endswith" => MatchKind::EndsWith,
        "like" => MatchKind::Like,
        _ => return Err(refuse(format!("there is no match `{kind}`"))),
    };
    if let Some(known) = node.kind
        && !matches!(known, Type::Text)
    {
        return Err(refuse(format!(
            "only texts are matched with a text, and this is a {}",
            known.name()
        )));
    }
    let text =
        TextMatch { kind, ignore_case, operand: node.node.clone(), pattern: textual(pattern)? };
    Ok(Node::of(Expr::Match(Box::new(text)), Some(Type::Bool)))
}

/// SQL text with values and nodes in it: texts and operands take turns.
#[pyfunction]
#[pyo3(signature = (texts, operands, kind = None))]
fn raw(texts: Vec<String>, operands: Vec<Bound<'_, PyAny>>, kind: Option<&str>) -> PyResult<Node> {
    let mut parts = Vec::with_capacity(texts.len() + operands.len());
    let mut operands = operands.iter();
    for text in texts {
        parts.push(RawPart::Text(text));
        if let Some(operand) = operands.next() {
            parts.push(RawPart::Expr(anything(operand)?));
        }
    }
    let kind = kind.map(schema::kind).transpose()?;
    Ok(Node::of(Expr::Raw(Box::new(Raw { parts, kind })), kind))
}

/// Adds the functions to the module.
pub(super) fn register(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add_function(wrap_pyfunction!(match_text, module)?)?;
    module.add_function(wrap_pyfunction!(raw, module)?)
}
