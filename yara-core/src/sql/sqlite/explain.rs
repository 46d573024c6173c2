//! `EXPLAIN QUERY PLAN`, whose rows are the nodes of a tree: number, that of the node above, a
//! number that means nothing, and what is done
//! (source: SQLite documentation, "EXPLAIN QUERY PLAN").

use super::super::{ExplainFormat, ExplainOptions};
use crate::error::{Error, ErrorKind, Result};
use serde_json::{Value, json};

pub(super) fn before(options: &ExplainOptions) -> Result<String> {
    if options.analyze {
        return Err(Error::new(
            ErrorKind::Unsupported,
            "SQLite does not tell how long the parts of a query take; explain it without \
             `analyze`, or measure the query as a whole",
        ));
    }
    if options.verbose {
        return Err(Error::new(
            ErrorKind::Unsupported,
            "SQLite tells a plan with one level of detail; explain it without `verbose`",
        ));
    }
    Ok("EXPLAIN QUERY PLAN ".into())
}

pub(super) fn plan(options: &ExplainOptions, rows: &[Vec<String>]) -> String {
    match options.format {
        ExplainFormat::Text => {
            let mut lines = Vec::with_capacity(rows.len());
            indented(rows, "0", 0, &mut lines);
            lines.join("\n")
        }
        ExplainFormat::Json => Value::Array(nodes(rows, "0")).to_string(),
    }
}

/// The nodes below one.
fn below<'r>(rows: &'r [Vec<String>], above: &str) -> impl Iterator<Item = (&'r str, &'r str)> {
    let node = move |row: &'r Vec<String>| match row.as_slice() {
        [number, parent, _, detail] if parent == above => Some((&**number, &**detail)),
        _ => None,
    };
    rows.iter().filter_map(node)
}

fn indented(rows: &[Vec<String>], above: &str, depth: usize, lines: &mut Vec<String>) {
    for (number, detail) in below(rows, above) {
        lines.push(format!("{}{detail}", "  ".repeat(depth)));
        indented(rows, number, depth + 1, lines);
    }
}

fn nodes(rows: &[Vec<String>], above: &str) -> Vec<Value> {
    let node = |(number, detail): (&str, &str)| match nodes(rows, number) {
        inner if inner.is_empty() => json!({ "detail": detail }),
        inner => json!({ "detail": detail, "nodes": inner }),
    };
    below(rows, above).map(node).collect()
}
