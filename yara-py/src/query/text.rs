//! Matching texts, and SQL text itself.

use super::Node;
use super::operand::{anything, textual};
use super::refuse;
use crate::db::sql::raw_parts;
use crate::schema;
use pyo3::prelude::*;
use yara_core::tree::{Expr, Function, MatchKind, Raw, TextMatch};
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
    let operand = match node.is_in_document() {
        true => Expr::Call(Function::JsonString, vec![node.node.clone()]),
        false => node.node.clone(),
    };
    if let Some(known) = node.kind
        && !node.is_in_document()
        && !matches!(known, Type::Text)
    {
        return Err(refuse(format!(
            "only texts are matched with a text, and this is a {}",
            known.name()
        )));
    }
    let text = TextMatch { kind, ignore_case, operand, pattern: textual(pattern)? };
    Ok(Node::of(Expr::Match(Box::new(text)), Some(Type::Bool)))
}

/// SQL text, in which `$1`, `$2`, … or each `?` in turn stand for values and nodes.
#[pyfunction]
#[pyo3(signature = (text, operands, kind = None))]
fn raw(text: &str, operands: Vec<Bound<'_, PyAny>>, kind: Option<&str>) -> PyResult<Node> {
    let operands = operands.iter().map(anything).collect::<PyResult<Vec<_>>>()?;
    let parts = raw_parts(text, operands)?;
    let kind = kind.map(schema::kind).transpose()?;
    Ok(Node::of(Expr::Raw(Box::new(Raw { parts, kind })), kind))
}

/// Adds the functions to the module.
pub(super) fn register(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add_function(wrap_pyfunction!(match_text, module)?)?;
    module.add_function(wrap_pyfunction!(raw, module)?)
}
