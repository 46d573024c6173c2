//! Documents that are changed: put together anew, key by key in their order. What is not changed
//! stays as it was written; keys are written anew, and blanks between parts are left out.

use super::{Document, Node, Step, place, write_string};

/// With `value` at the end of a path. What lacks the last key, or ends before the last index, gets
/// it; where the way there is missing, nothing changes.
pub(in crate::backend::sqlite) fn set(
    document: &Document<'_>,
    path: &[Step<'_>],
    value: &str,
) -> String {
    changed(document, path, Some(value))
}

/// Without what stands at the end of a path.
pub(in crate::backend::sqlite) fn removed(document: &Document<'_>, path: &[Step<'_>]) -> String {
    changed(document, path, None)
}

fn changed(document: &Document<'_>, path: &[Step<'_>], value: Option<&str>) -> String {
    let Some((step, rest)) = path.split_first() else {
        return document.text.to_owned();
    };
    // What stands in the place of a part that the step names; nothing where it is left out.
    let new = |part: &Document<'_>| match rest {
        [] => value.map(str::to_owned),
        rest => Some(changed(part, rest, value)),
    };
    let added = value.filter(|_| rest.is_empty());
    match (&document.node, step) {
        (Node::Object(entries), Step::Key(key)) => {
            let mut parts: Vec<(&str, String)> = Vec::with_capacity(entries.len() + 1);
            for (name, part) in entries {
                let text = if name == key { new(part) } else { Some(part.text.to_owned()) };
                parts.extend(text.map(|text| (&**name, text)));
            }
            if let Some(value) = added
                && !entries.iter().any(|(name, _)| name == key)
            {
                parts.push((key, value.to_owned()));
            }
            object(&parts)
        }
        (Node::Array(items), Step::Index(index)) => {
            let at = place(*index, items.len());
            let mut parts = Vec::with_capacity(items.len() + 1);
            parts.extend(added.filter(|_| at < 0).map(str::to_owned));
            for (position, part) in (0..).zip(items) {
                parts.extend(if position == at { new(part) } else { Some(part.text.to_owned()) });
            }
            let past = usize::try_from(at).is_ok_and(|at| at >= items.len());
            parts.extend(added.filter(|_| past).map(str::to_owned));
            format!("[{}]", parts.join(","))
        }
        _ => document.text.to_owned(),
    }
}

/// Two objects as one: a key stands where it stood first, and has the value that it had last.
/// Unless both are objects, the second alone.
pub(in crate::backend::sqlite) fn merged(one: &Document<'_>, two: &Document<'_>) -> String {
    let (Node::Object(first), Node::Object(second)) = (&one.node, &two.node) else {
        return two.text.to_owned();
    };
    let mut parts: Vec<(&str, String)> = Vec::with_capacity(first.len() + second.len());
    for (key, value) in first.iter().chain(second) {
        match parts.iter_mut().find(|(known, _)| known == key) {
            Some((_, known)) => value.text.clone_into(known),
            None => parts.push((key, value.text.to_owned())),
        }
    }
    object(&parts)
}

fn object(parts: &[(&str, String)]) -> String {
    let mut out = String::from("{");
    for (at, (key, value)) in parts.iter().enumerate() {
        out.push_str(if at > 0 { "," } else { "" });
        write_string(&mut out, key);
        out.push(':');
        out.push_str(value);
    }
    out.push('}');
    out
}
