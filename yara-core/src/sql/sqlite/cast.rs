//! The value of an expression as another kind, with the meaning and the errors of PostgreSQL, where
//! SQLite's own cast would cut, or make a zero of what is no number.

use super::super::{Level, Writer};
use super::numeric::bits;
use crate::error::{Error, ErrorKind, Result};
use crate::tree::Expr;
use crate::value::Type;

/// Writes a cast.
pub(super) fn cast(writer: &mut Writer<'_>, operand: &Expr, kind: Type) -> Result<Level> {
    use Type::*;
    let from = operand.kind();
    if from == Some(kind) {
        writer.operand(operand, Level::Atom)?;
        return Ok(Level::Atom);
    }
    let function = match (from, kind) {
        (Some(Bool), Text) => return bool_text(writer, operand),
        (Some(I16), I32 | I64)
        | (Some(I32), I64)
        | (Some(Bool), I16 | I32 | I64)
        | (Some(Uuid | Json | Date), Text) => {
            writer.operand(operand, Level::Atom)?;
            return Ok(Level::Atom);
        }
        (Some(Text), I16 | I32 | I64) => {
            return with_bits(writer, "yara_text_to_integer", operand, bits(Some(kind)));
        }
        (None | Some(I16 | I32 | I64 | F32 | F64 | Numeric), I16 | I32 | I64) => {
            return with_bits(writer, "yara_to_integer", operand, bits(Some(kind)));
        }
        (None | Some(I16 | I32 | I64 | F32 | F64 | Numeric | Text), F32 | F64) => {
            return with_bits(writer, "yara_to_float", operand, bits(Some(kind)));
        }
        (None | Some(I16 | I32 | I64 | F32 | F64 | Text), Numeric) => {
            return with_bits(writer, "yara_to_numeric", operand, bits(from));
        }
        (None | Some(I16 | I32 | I64 | F32 | F64 | Numeric), Text) => {
            return with_bits(writer, "yara_to_text", operand, bits(from));
        }
        (Some(Time | Timestamp | TimestampTz), Text) => "yara_moment_text",
        (None | Some(I16 | I32 | I64 | Text), Bool) => "yara_to_bool",
        (None | Some(Text | Timestamp | TimestampTz), Date) => "yara_to_date",
        (None | Some(Text | Timestamp | TimestampTz), Time) => "yara_to_time",
        (None | Some(Text | Date | TimestampTz), Timestamp) => "yara_to_timestamp",
        (None | Some(Text | Date | Timestamp), TimestampTz) => "yara_to_timestamptz",
        (None | Some(Text), Uuid) => "yara_to_uuid",
        (None | Some(Text), Json) => "yara_to_json",
        (from, kind) => return Err(unsupported(from, kind)),
    };
    writer.call(function, &[operand])
}

fn with_bits(writer: &mut Writer<'_>, name: &str, operand: &Expr, bits: u8) -> Result<Level> {
    writer.push(name);
    writer.push("(");
    writer.expr(operand)?;
    writer.push(&format!(", {bits})"));
    Ok(Level::Atom)
}

fn bool_text(writer: &mut Writer<'_>, operand: &Expr) -> Result<Level> {
    writer.push("CASE ");
    writer.operand(operand, Level::Atom)?;
    writer.push(" WHEN 1 THEN 'true' WHEN 0 THEN 'false' END");
    Ok(Level::Raw)
}

fn unsupported(from: Option<Type>, to: Type) -> Error {
    Error::new(
        ErrorKind::Unsupported,
        format!(
            "SQLite cannot cast {} to {}; read the value as it is and convert it in the program",
            from.map_or("SQL text", Type::name),
            to.name()
        ),
    )
}
