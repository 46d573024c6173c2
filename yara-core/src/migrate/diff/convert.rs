//! Whether every value of one kind is one of another.

use crate::schema::definition::ColumnDefinition;
use crate::value::Type;

/// What becomes of the values of a column that changes.
pub(super) enum Conversion {
    /// They stay what they are, or the database refuses those that do not fit.
    Exact,
    /// What happens to the column, where databases do it in ways of their own or lose something.
    Asked(String),
}

pub(super) fn conversion(old: &ColumnDefinition, new: &ColumnDefinition) -> Conversion {
    if !is_exact(old.kind, new.kind) {
        let (from, to) = (old.kind.name(), new.kind.name());
        let how = match from == to {
            true => format!("becomes another kind of {to}"),
            false => format!("is {from} and becomes {to}"),
        };
        return Conversion::Asked(how);
    }
    match (old.precision, new.precision) {
        // Digits before the point that do not fit are refused, those after it are rounded away.
        (Some((_, before)), Some((_, after))) if after < before => {
            Conversion::Asked(format!("keeps {after} digits after the point instead of {before}"))
        }
        (None, Some((_, after))) if old.kind == Type::Numeric => {
            Conversion::Asked(format!("keeps {after} digits after the point"))
        }
        _ => Conversion::Exact,
    }
}

/// Whether one is the other, in a wider or narrower type.
pub(super) fn is_alike(one: Type, other: Type) -> bool {
    let whole = |kind| matches!(kind, Type::I16 | Type::I32 | Type::I64);
    let float = |kind| matches!(kind, Type::F32 | Type::F64);
    one == other || (whole(one) && whole(other)) || (float(one) && float(other))
}

/// Whether values of one kind are read as another one everywhere, or refused.
fn is_exact(from: Type, to: Type) -> bool {
    let whole = |kind| matches!(kind, Type::I16 | Type::I32 | Type::I64);
    match (from, to) {
        (from, to) if from == to => true,
        (from, to) if whole(from) && whole(to) => true,
        (from, Type::Numeric) => whole(from),
        (from, Type::F64) => matches!(from, Type::I16 | Type::I32 | Type::F32),
        (from, Type::F32) => from == Type::I16,
        (from, Type::Text) => whole(from) || from == Type::Uuid,
        _ => false,
    }
}
