//! Documents that are changed: put together anew as text, key by key in their order.
//!
//! What is changed, the new value and the steps stand once, as columns of a row called `yara`. For
//! each step there is a subquery over the parts of the document there, in which the part that the
//! step names is replaced by what the next step gives.

use super::super::super::{Level, Writer, document};
use super::json::{json, text_or_null, value_text};
use crate::error::Result;
use crate::tree::Expr;

/// The document with `value` at the end of a path, or without what is there.
pub(super) fn rebuilt(
    writer: &mut Writer<'_>,
    of: &Expr,
    value: Option<&Expr>,
    steps: &[Expr],
) -> Result<Level> {
    let indexes = steps.iter().map(document::is_index).collect::<Result<Vec<bool>>>()?;
    let change = Change { indexes: &indexes, sets: value.is_some() };
    writer.push("(SELECT ");
    writer.push(&change.text("yara.document", 0));
    writer.push(" FROM (SELECT ");
    json(writer, of)?;
    writer.push(" AS document");
    if let Some(value) = value {
        writer.push(", ");
        value_text(writer, value)?;
        writer.push(" AS value");
    }
    for (at, (step, index)) in steps.iter().zip(&indexes).enumerate() {
        writer.push(", ");
        writer.operand(step, Level::Atom)?;
        writer.push(if *index { "::bigint" } else { "::text" });
        writer.push(&format!(" AS s{at}"));
    }
    writer.push(") AS yara)");
    Ok(Level::Atom)
}

/// What is to be done at the end of a path.
struct Change<'a> {
    /// For each step whether it is an index.
    indexes: &'a [bool],
    /// Whether a value is set, or something removed.
    sets: bool,
}

impl Change<'_> {
    /// The document `of` after the steps from `at` on, as `json`.
    fn text(&self, of: &str, at: usize) -> String {
        let last = at + 1 == self.indexes.len();
        let new = match (last, self.sets) {
            (true, true) => "yara.value".to_owned(),
            (true, false) => String::new(),
            (false, _) => format!("({})::text", self.text(&format!("e{at}.value"), at + 1)),
        };
        match self.indexes[at] {
            true => array(of, at, &new, last && self.sets),
            false => object(of, at, &new, last && self.sets),
        }
    }
}

/// `new` is empty where the part is to be left out.
fn object(of: &str, at: usize, new: &str, adds: bool) -> String {
    let (value, filter) = match new {
        "" => (format!("e{at}.value::text"), format!(" WHERE e{at}.key <> yara.s{at}")),
        new => (
            format!("CASE WHEN e{at}.key = yara.s{at} THEN {new} ELSE e{at}.value::text END"),
            String::new(),
        ),
    };
    let added = match adds {
        true => format!(
            ", CASE WHEN bool_or(e{at}.key = yara.s{at}) THEN NULL \
             ELSE to_json(yara.s{at})::text || ':' || yara.value END"
        ),
        false => String::new(),
    };
    format!(
        "CASE json_typeof({of}) WHEN 'object' THEN (SELECT ('{{' || concat_ws(',', \
         string_agg(to_json(e{at}.key)::text || ':' || {value}, ',' ORDER BY e{at}.ordinality)\
         {added}) || '}}')::json FROM json_each({of}) WITH ORDINALITY AS e{at}{filter}) ELSE {of} END"
    )
}

/// Like [`object`]; an index below zero counts from the end.
fn array(of: &str, at: usize, new: &str, adds: bool) -> String {
    let length = format!("json_array_length({of})");
    let place =
        format!("(CASE WHEN yara.s{at} < 0 THEN yara.s{at} + {length} ELSE yara.s{at} END)");
    let (value, filter) = match new {
        "" => (format!("e{at}.value::text"), format!(" WHERE e{at}.n - 1 <> {place}")),
        new => (
            format!("CASE WHEN e{at}.n - 1 = {place} THEN {new} ELSE e{at}.value::text END"),
            String::new(),
        ),
    };
    let (before, after) = match adds {
        true => (
            format!("CASE WHEN {place} < 0 THEN yara.value END, "),
            format!(", CASE WHEN {place} >= {length} THEN yara.value END"),
        ),
        false => (String::new(), String::new()),
    };
    format!(
        "CASE json_typeof({of}) WHEN 'array' THEN (SELECT ('[' || concat_ws(',', {before}\
         string_agg({value}, ',' ORDER BY e{at}.n){after}) || ']')::json \
         FROM json_array_elements({of}) WITH ORDINALITY AS e{at}(value, n){filter}) ELSE {of} END"
    )
}

/// Two objects as one, where NULL adds nothing. A key stands where it stood first and has the value that it had last.
pub(super) fn merged(writer: &mut Writer<'_>, of: &Expr, other: &Expr) -> Result<Level> {
    writer.push(
        "(SELECT CASE WHEN json_typeof(yara.one) = 'object' AND json_typeof(yara.two) = 'object' \
         THEN (SELECT ('{' || coalesce(string_agg(to_json(e.key)::text || ':' || e.value, ',' \
         ORDER BY e.n), '') || '}')::json FROM (SELECT p.key, min(p.n) AS n, \
         (array_agg(p.value::text ORDER BY p.n DESC))[1] AS value FROM (\
         SELECT key, value, ordinality AS n FROM json_each(yara.one) WITH ORDINALITY UNION ALL \
         SELECT key, value, ordinality + 4294967296 FROM json_each(yara.two) WITH ORDINALITY\
         ) AS p GROUP BY p.key) AS e) \
         WHEN yara.one IS NOT NULL THEN coalesce(yara.two, yara.one) END FROM (SELECT ",
    );
    json(writer, of)?;
    writer.push(" AS one, ");
    writer.push("(");
    text_or_null(writer, other)?;
    writer.push(")::json AS two) AS yara)");
    Ok(Level::Atom)
}
