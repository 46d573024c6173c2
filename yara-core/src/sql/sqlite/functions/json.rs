//! JSON documents, by functions that read them as PostgreSQL does.

use super::super::super::{Level, Writer, document};
use super::unsupported;
use crate::error::Result;
use crate::tree::{Expr, Function};
use crate::value::Type;

pub(super) fn call(
    writer: &mut Writer<'_>,
    function: Function,
    arguments: &[Expr],
) -> Result<Level> {
    let (name, plain, value) = match function {
        Function::JsonGet => ("yara_json_get", 1, false),
        Function::JsonText => ("yara_json_text", 1, false),
        Function::JsonNumber => ("yara_json_number", 1, false),
        Function::JsonString => ("yara_json_string", 1, false),
        Function::JsonBool => ("yara_json_bool", 1, false),
        Function::JsonEquals => ("yara_json_equal", 1, true),
        Function::JsonContains => ("yara_json_contains", 1, true),
        Function::JsonHasKey => ("yara_json_has_key", 2, false),
        Function::JsonHasAnyKey => ("yara_json_has_any_key", 2, false),
        Function::JsonHasAllKeys => ("yara_json_has_all_keys", 2, false),
        Function::JsonLength => ("yara_json_length", 1, false),
        Function::JsonKeys => ("yara_json_keys", 1, false),
        Function::JsonType => ("yara_json_type", 1, false),
        Function::JsonSet => ("yara_json_set", 1, true),
        Function::JsonRemove => ("yara_json_remove", 1, false),
        Function::JsonMerge => ("yara_json_merge", 1, true),
        Function::JsonArray => {
            document::array(writer, arguments, value_text)?;
            return Ok(Level::Concat);
        }
        Function::JsonObject => {
            document::object(writer, arguments, value_text)?;
            return Ok(Level::Concat);
        }
        function => return Err(unsupported(function)),
    };
    writer.push(name);
    writer.push("(");
    writer.list(arguments.iter().enumerate(), |writer, (at, argument)| {
        match (at == 1 && value, function) {
            (true, Function::JsonSet) => return value_text(writer, argument),
            (true, _) => return converted(writer, "yara_json_or_null", argument),
            _ => {}
        }
        if at >= plain + usize::from(value) {
            document::is_index(argument)?;
        }
        writer.expr(argument)
    })?;
    writer.push(")");
    Ok(Level::Atom)
}

/// Any value as the text of a JSON document to build with: NULL is the document `null`.
fn value_text(writer: &mut Writer<'_>, value: &Expr) -> Result<()> {
    converted(writer, "yara_to_json", value)
}

/// Any value as the text of a JSON document; the function is told what it cannot see.
fn converted(writer: &mut Writer<'_>, function: &str, value: &Expr) -> Result<()> {
    document::check(writer.dialect.name(), value)?;
    writer.push(function);
    writer.push("(");
    writer.expr(value)?;
    writer.push(", '");
    let mut kind = value.kind();
    while let Some(Type::Array(item)) = kind {
        writer.push("list ");
        kind = Some(*item);
    }
    writer.push(match kind {
        Some(Type::Bool) => "boolean",
        Some(Type::F32) => "real",
        Some(Type::Numeric) => "number",
        Some(Type::Json) => "document",
        Some(Type::Timestamp | Type::TimestampTz) => "moment",
        _ => "plain",
    });
    writer.push("')");
    Ok(())
}
