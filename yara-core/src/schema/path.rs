//! Paths from a model through its relations, as constants.

use super::Table;

/// A step from one model to the next, or into a struct that is flattened into columns.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// Where every path begins.
    Root,
    /// Through the relation of this name.
    Relation(&'static str),
    /// Into the embedded struct of this name.
    Embed(&'static str),
}

/// One step of a path; the typed layer builds whole paths in constants.
#[derive(Debug, Clone, Copy)]
pub struct PathNode {
    /// The path up to here; `None` at the root.
    pub parent: Option<&'static PathNode>,
    /// This step.
    pub step: Step,
    /// The table at which the path begins.
    pub root: fn() -> &'static Table,
}

impl PathNode {
    /// Relations from the root to here, and the prefix that embedded structs give to field names.
    pub fn unroll(&self) -> (Vec<&'static str>, String) {
        let mut relations = Vec::new();
        let mut prefix = String::new();
        let mut node = Some(self);
        while let Some(current) = node {
            match current.step {
                Step::Root => {}
                Step::Relation(name) => relations.push(name),
                Step::Embed(name) => prefix.insert_str(0, &format!("{name}.")),
            }
            node = current.parent;
        }
        relations.reverse();
        (relations, prefix)
    }

    /// Whether this is the root itself, so that nothing has to be unrolled.
    pub fn is_root(&self) -> bool {
        matches!(self.step, Step::Root)
    }
}
