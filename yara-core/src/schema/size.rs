//! How large the values of a column may be.

use super::{Shape, Table};
use crate::value::Type;

/// How large the values of a column may be.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Size {
    /// The greatest number of characters of a text.
    pub max_length: Option<u32>,
    /// Digits in all and after the point, for [`Type::Numeric`].
    pub precision: Option<(u32, u32)>,
}

/// Through how many foreign keys that are keys themselves a size is looked for; they may lead in a
/// circle.
const STEPS: usize = 16;

impl Table {
    /// How large the values of a field may be. A part of a foreign key holds what it refers to, and
    /// so has the size of that.
    pub fn size(&self, at: usize) -> Size {
        let (mut table, mut at): (&Table, usize) = (self, at);
        for _ in 0..STEPS {
            let field = &table.fields[at];
            let size = Size { max_length: field.max_length, precision: field.precision };
            if size != Size::default() || !matches!(field.kind, Type::Text | Type::Numeric) {
                return size;
            }
            match referred(table, at) {
                Some(next) => (table, at) = next,
                None => return size,
            }
        }
        Size::default()
    }
}

/// What a part of a foreign key refers to. Where its model is not known, whoever needs the relation
/// says so.
fn referred(table: &Table, at: usize) -> Option<(&'static Table, usize)> {
    let relation = &table.relations[table.fields[at].relation?];
    let Ok(Shape::Direct(pairs)) = relation.shape(table) else { return None };
    let there = pairs.into_iter().find(|(here, _)| *here == at)?.1;
    Some((relation.target.table().ok()?, there))
}
