//! Nodes as text that is good to read.
//!
//! An operation is one line where it fits, else each of its members is; a list of tables has a line
//! for each, or a heading for each where the lines were too long. Text of several lines stays so.

use super::node::{Members, Node};
use std::fmt::Write;

/// How long a line may be.
const WIDTH: usize = 100;

/// A whole file: members of its own, and `operation`, the list of operations.
pub(super) fn document(members: &Members) -> String {
    let mut text = String::new();
    for (key, node) in &members.0 {
        match node {
            Node::List(operations) if key == "operation" => {
                for operation in operations {
                    if !text.is_empty() {
                        text.push('\n');
                    }
                    one(operation, &mut text);
                }
            }
            node => member(key, node, &mut text),
        }
    }
    text
}

/// One operation: a table of one member.
fn one(operation: &Node, text: &mut String) {
    let Node::Table(members) = operation else { return };
    text.push_str("[[operation]]\n");
    for (name, node) in &members.0 {
        let line = format!("{} = {}", self::key(name), inline(node));
        match node {
            Node::Table(parts) if is_long(&line) || has_lines(node) => {
                let _ = writeln!(text, "[operation.{name}]");
                parts_of(name, parts, text);
            }
            _ => {
                text.push_str(&line);
                text.push('\n');
            }
        }
    }
}

/// The members of an operation, those with headings of their own last.
fn parts_of(operation: &str, parts: &Members, text: &mut String) {
    for (key, node) in parts.0.iter().filter(|(_, node)| headed(node).is_none()) {
        member(key, node, text);
    }
    for (key, node) in &parts.0 {
        for item in headed(node).into_iter().flatten() {
            let _ = writeln!(text, "\n[[operation.{operation}.{key}]]");
            if let Node::Table(members) = item {
                members.0.iter().for_each(|(key, node)| member(key, node, text));
            }
        }
    }
}

/// The tables of a list, if they do not fit on lines.
fn headed(node: &Node) -> Option<&[Node]> {
    match node {
        Node::List(items) if items.iter().all(|item| matches!(item, Node::Table(_))) => {
            items.iter().any(|item| is_long(&inline(item)) || has_lines(item)).then_some(items)
        }
        _ => None,
    }
}

fn is_long(line: &str) -> bool {
    line.chars().count() > WIDTH
}

/// Whether a part of it is to have lines of its own: text of several lines, or several tables.
fn has_lines(node: &Node) -> bool {
    match node {
        Node::Text(text) => text.contains('\n'),
        Node::List(items) => {
            items.iter().any(has_lines)
                || items.iter().filter(|item| matches!(item, Node::Table(_))).count() > 1
        }
        Node::Lines(_) => true,
        Node::Table(members) => members.0.iter().any(|(_, node)| has_lines(node)),
        Node::Flag(_) | Node::Number(_) => false,
    }
}

/// A member in lines of its own.
fn member(key: &str, node: &Node, text: &mut String) {
    let key = self::key(key);
    let line = format!("{key} = {}", inline(node));
    match node {
        Node::Text(lines) if lines.contains('\n') => {
            let _ = writeln!(text, "{key} = {}", several_lines(lines));
        }
        Node::List(items) | Node::Lines(items) if is_long(&line) || has_lines(node) => {
            let _ = writeln!(text, "{key} = [");
            for item in items {
                let _ = writeln!(text, "  {},", inline(item));
            }
            text.push_str("]\n");
        }
        Node::Table(members) if is_long(&line) || has_lines(node) => {
            for (inner, node) in &members.0 {
                nested(&key, inner, node, text);
            }
        }
        _ => {
            text.push_str(&line);
            text.push('\n');
        }
    }
}

/// A member of a member, such as SQL for one of several databases.
fn nested(outer: &str, inner: &str, node: &Node, text: &mut String) {
    let value = match node {
        Node::Text(lines) if lines.contains('\n') => several_lines(lines),
        node => inline(node),
    };
    let _ = writeln!(text, "{outer}.{} = {value}", key(inner));
}

fn inline(node: &Node) -> String {
    match node {
        Node::Text(text) => quoted(text),
        Node::Flag(flag) => flag.to_string(),
        Node::Number(number) => number.to_string(),
        Node::List(items) | Node::Lines(items) => {
            format!("[{}]", items.iter().map(inline).collect::<Vec<_>>().join(", "))
        }
        Node::Table(members) => {
            let member = |(name, node): &(_, Node)| {
                let name: &std::borrow::Cow<'_, str> = name;
                format!("{} = {}", key(name), inline(node))
            };
            format!("{{ {} }}", members.0.iter().map(member).collect::<Vec<_>>().join(", "))
        }
    }
}

/// A key, quoted where it has to be.
fn key(name: &str) -> String {
    let bare = |char: char| char.is_ascii_alphanumeric() || char == '_' || char == '-';
    if !name.is_empty() && name.chars().all(bare) { name.to_owned() } else { quoted(name) }
}

/// Text on one line: in single quotes where that saves it from escapes, in three of them where one
/// is in it.
fn quoted(text: &str) -> String {
    if text.contains(['"', '\\']) && !text.chars().any(char::is_control) {
        if !text.contains('\'') {
            return format!("'{text}'");
        }
        if !text.contains("''") {
            return format!("'''{text}'''");
        }
    }
    let mut quoted = String::from("\"");
    for char in text.chars() {
        escape(char, &mut quoted);
    }
    quoted + "\""
}

/// Text on several lines.
fn several_lines(text: &str) -> String {
    let plain = |char: char| !char.is_control() || char == '\n' || char == '\t';
    if !text.contains("'''") && !text.ends_with('\'') && text.chars().all(plain) {
        return format!("'''\n{text}'''");
    }
    let mut lines = String::from("\"\"\"\n");
    for char in text.chars() {
        match char {
            '\n' => lines.push('\n'),
            char => escape(char, &mut lines),
        }
    }
    lines + "\"\"\""
}

fn escape(char: char, text: &mut String) {
    match char {
        '"' => text.push_str("\\\""),
        '\\' => text.push_str("\\\\"),
        '\n' => text.push_str("\\n"),
        '\t' => text.push_str("\\t"),
        '\r' => text.push_str("\\r"),
        char if char.is_control() => {
            let _ = write!(text, "\\u{:04X}", u32::from(char));
        }
        char => text.push(char),
    }
}
