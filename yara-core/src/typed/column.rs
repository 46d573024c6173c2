//! A column of a model, perhaps of one at the end of a path.

use super::{Expression, Model, Path, Root};
use crate::schema::{PathNode, TableRef};
use crate::tree;
use std::borrow::Cow;
use std::marker::PhantomData;

/// A column of `M` with values of type `T`: `Book::title`, `Book::author.name`.
///
/// It is a constant: copying it is free. What can be done with it is in [`Expression`].
///
/// ```
/// # use library::*;
/// # run(async |db| {
/// use yara_orm::typed::Column;
///
/// let text: Column<Book, String> = Book::author.name;
/// let optional: Column<Book, Option<String>> = Book::author.mentor.name;
/// assert_eq!((text.name(), optional.name()), ("name", "name"));
/// assert_eq!(Book::filter(text.eq("Bob") & optional.eq("Ada")).count(&db).await?, 1);
/// # Ok(()) })
/// ```
pub struct Column<M, T> {
    node: &'static PathNode,
    field: &'static str,
    of: PhantomData<fn() -> (M, T)>,
}

impl<M, T> Column<M, T> {
    /// The field of a name at the end of a path; the derive calls this.
    pub const fn new(node: &'static PathNode, field: &'static str) -> Column<M, T> {
        Column { node, field, of: PhantomData }
    }

    /// A field of the model itself; the derive calls this.
    pub const fn own(field: &'static str) -> Column<M, T>
    where
        M: Model,
    {
        Column::new(<Root<M> as Path>::NODE, field)
    }

    /// The name of the field, without the path.
    pub fn name(self) -> &'static str {
        self.field
    }

    /// The field's full name in its table and the relations on the way.
    pub(super) fn resolve(self) -> tree::ColumnRef {
        let table = TableRef((self.node.root)());
        if self.node.is_root() {
            return tree::ColumnRef {
                table,
                origin: tree::Origin::Query,
                path: Vec::new(),
                field: Cow::Borrowed(self.field),
            };
        }
        let (path, prefix) = self.node.unroll();
        let field = match prefix.is_empty() {
            true => Cow::Borrowed(self.field),
            false => Cow::Owned(format!("{prefix}{}", self.field)),
        };
        tree::ColumnRef { table, origin: tree::Origin::Query, path, field }
    }
}

impl<M, T> Clone for Column<M, T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<M, T> Copy for Column<M, T> {}

impl<M, T> std::fmt::Debug for Column<M, T> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Column({})", self.field)
    }
}

impl<M: 'static, T: crate::value::FieldType> Expression for Column<M, T> {
    type Model = M;
    type Type = T;

    fn into_tree(self) -> tree::Expr {
        tree::Expr::Column(self.resolve())
    }
}
