//! Cells that were read on a thread without the interpreter, until they become objects.

use yara_core::value::ValueRef;

/// So many rows are turned into objects at a time: well below a millisecond of the interpreter.
const ROWS: usize = 256;
/// The same for large cells.
const BYTES: usize = 256 * 1024;

#[derive(Clone, Copy)]
enum Cell {
    Null,
    I64(i64),
    F64(f64),
    /// A piece of the memory.
    Text(usize, usize),
    /// A piece of the memory.
    Bytes(usize, usize),
}

/// Rows as they came, in two pieces of memory that are used again.
#[derive(Default)]
pub(super) struct OwnedRows {
    cells: Vec<Cell>,
    memory: Vec<u8>,
    /// Where each row ends.
    ends: Vec<usize>,
}

impl OwnedRows {
    /// Keeps a row, unless a cell is of a kind that is not kept.
    pub(super) fn push(&mut self, row: &[ValueRef<'_>]) -> bool {
        let (cells, memory) = (self.cells.len(), self.memory.len());
        for cell in row {
            let kept = match cell {
                ValueRef::Null => Cell::Null,
                ValueRef::I64(value) => Cell::I64(*value),
                ValueRef::F64(value) => Cell::F64(*value),
                ValueRef::Text(text) => {
                    let (start, end) = self.keep(text.as_bytes());
                    Cell::Text(start, end)
                }
                ValueRef::Bytes(bytes) => {
                    let (start, end) = self.keep(bytes);
                    Cell::Bytes(start, end)
                }
                _ => {
                    self.cells.truncate(cells);
                    self.memory.truncate(memory);
                    return false;
                }
            };
            self.cells.push(kept);
        }
        self.ends.push(self.cells.len());
        true
    }

    fn keep(&mut self, bytes: &[u8]) -> (usize, usize) {
        let start = self.memory.len();
        self.memory.extend_from_slice(bytes);
        (start, self.memory.len())
    }

    /// Whether it is time to make objects of them.
    pub(super) fn is_full(&self) -> bool {
        self.ends.len() >= ROWS || self.memory.len() >= BYTES
    }

    pub(super) fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }

    /// Hands the rows over, and forgets them.
    pub(super) fn drain<E>(
        &mut self,
        mut take: impl FnMut(&[ValueRef<'_>]) -> Result<(), E>,
    ) -> Result<(), E> {
        let mut start = 0;
        let mut row = Vec::new();
        for end in &self.ends {
            row.clear();
            row.extend(self.cells[start..*end].iter().map(|cell| self.borrowed(*cell)));
            take(&row)?;
            start = *end;
        }
        self.clear();
        Ok(())
    }

    pub(super) fn clear(&mut self) {
        self.cells.clear();
        self.memory.clear();
        self.ends.clear();
    }

    fn borrowed(&self, cell: Cell) -> ValueRef<'_> {
        match cell {
            Cell::Null => ValueRef::Null,
            Cell::I64(value) => ValueRef::I64(value),
            Cell::F64(value) => ValueRef::F64(value),
            Cell::Bytes(start, end) => ValueRef::Bytes(&self.memory[start..end]),
            // It was text when it was kept, so that nothing is lost here.
            Cell::Text(start, end) => match std::str::from_utf8(&self.memory[start..end]) {
                Ok(text) => ValueRef::Text(text),
                Err(_) => ValueRef::Null,
            },
        }
    }
}
