//! Lists.

use crate::tree::{self, Function};
use crate::typed::{Column, Expr, Expression, InValue, Operand, Pred};
use crate::value::{Array, FieldType, List, Value};

/// What can be asked of a column or expression of lists (`Vec<…>`), and what can be made of it.
///
/// An item that is NULL equals nothing, except where a method says otherwise. Items count from 0.
///
/// ```
/// # use library::*;
/// #[derive(Model, Debug, Clone)]
/// struct Page {
///     id: i64,
///     tags: Vec<String>,
/// }
///
/// # run(async |db| {
/// db.create_tables::<Page>().await?;
/// Page::create().tags(vec!["rust".into(), "sql".into()]).insert(&db).await?;
///
/// let found = Page::tags.has("rust") & Page::tags.overlaps(["sql", "c"]) & !Page::tags.has("c");
/// assert_eq!(Page::filter(found).count(&db).await?, 1);
/// assert_eq!(Page::filter(Page::tags.contains_all(["sql", "rust"])).count(&db).await?, 1);
/// assert_eq!(Page::filter(Page::tags.contained_by(["sql"])).count(&db).await?, 0);
///
/// let more = Page::tags.append("c").remove("rust");
/// Page::query().update().set(Page::tags, more).exec(&db).await?;
/// let row = Page::query().select((Page::tags.item(0), Page::tags.array_length())).one(&db).await?;
/// assert_eq!(row, (Some("sql".into()), 2));
/// # Ok(()) })
/// ```
pub trait ArrayFunctions: Expression<Type: List> {
    /// Whether an item is in the list; `None` asks for one that is NULL.
    fn has(self, item: impl Operand<Self::Model, <Self::Type as List>::Item>) -> Pred<Self::Model> {
        let list = self.into_tree();
        Pred::from_tree(match item.operand() {
            tree::Expr::Literal(item) if item.value.is_null() => {
                tree::Expr::Call(Function::ArrayHasNull, vec![list])
            }
            item => tree::Expr::Call(Function::ArrayHas, vec![list, item]),
        })
    }

    /// Whether every item of `other` is in the list, in any order; true of an empty `other`.
    fn contains_all(
        self,
        other: impl ListOperand<Self::Model, <Self::Type as List>::Item>,
    ) -> Pred<Self::Model> {
        Pred::from_tree(call(Function::ArrayContains, self.into_tree(), other.list()))
    }

    /// Whether every item of the list is in `other`; true of an empty list.
    fn contained_by(
        self,
        other: impl ListOperand<Self::Model, <Self::Type as List>::Item>,
    ) -> Pred<Self::Model> {
        Pred::from_tree(call(Function::ArrayContains, other.list(), self.into_tree()))
    }

    /// Whether the two have an item in common.
    fn overlaps(
        self,
        other: impl ListOperand<Self::Model, <Self::Type as List>::Item>,
    ) -> Pred<Self::Model> {
        Pred::from_tree(call(Function::ArrayOverlaps, self.into_tree(), other.list()))
    }

    /// The number of items; NULL of NULL.
    fn array_length(self) -> Expr<Self::Model, <Self::Type as List>::Length> {
        Expr::from_tree(tree::Expr::Call(Function::ArrayLength, vec![self.into_tree()]))
    }

    /// The item at an index, counted from 0; NULL where there is none.
    fn item(
        self,
        index: impl Operand<Self::Model, i32>,
    ) -> Expr<Self::Model, <<Self::Type as List>::Item as FieldType>::Optional> {
        Expr::from_tree(call(Function::ArrayGet, self.into_tree(), index.operand()))
    }

    /// With an item more at the end. NULL counts as an empty list.
    fn append(
        self,
        item: impl Operand<Self::Model, <Self::Type as List>::Item>,
    ) -> Expr<Self::Model, Self::Type> {
        Expr::from_tree(call(Function::ArrayAppend, self.into_tree(), item.operand()))
    }

    /// Without the items that are equal to one; `None` takes out those that are NULL.
    fn remove(
        self,
        item: impl Operand<Self::Model, <Self::Type as List>::Item>,
    ) -> Expr<Self::Model, Self::Type> {
        Expr::from_tree(call(Function::ArrayRemove, self.into_tree(), item.operand()))
    }

    /// With the items of another list behind its own. NULL counts as an empty list.
    fn extend(
        self,
        other: impl ListOperand<Self::Model, <Self::Type as List>::Item>,
    ) -> Expr<Self::Model, Self::Type> {
        Expr::from_tree(call(Function::ArrayConcat, self.into_tree(), other.list()))
    }
}

impl<E: Expression<Type: List>> ArrayFunctions for E {}

fn call(function: Function, one: tree::Expr, other: tree::Expr) -> tree::Expr {
    tree::Expr::Call(function, vec![one, other])
}

/// A list of values, or a column or expression of lists, that fits one with items of type `T`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no list of `{T}` for a query of `{M}`",
    label = "expected a list of `{T}`, or a column or expression of `{M}` with such lists"
)]
pub trait ListOperand<M, T> {
    /// The node of the query tree.
    fn list(self) -> tree::Expr;
}

fn list<T: FieldType, V: InValue<T>>(values: impl IntoIterator<Item = V>) -> tree::Expr {
    match values.into_iter().map(V::encode).collect::<Result<Vec<Value>, _>>() {
        Ok(items) => {
            let array = Array::new(T::TYPE.list(), items);
            tree::Expr::literal(Value::Array(Box::new(array)))
        }
        Err(error) => tree::Expr::Invalid(error.to_string().into()),
    }
}

#[diagnostic::do_not_recommend]
impl<M, T: FieldType, V: InValue<T>, const N: usize> ListOperand<M, T> for [V; N] {
    fn list(self) -> tree::Expr {
        list(self)
    }
}

#[diagnostic::do_not_recommend]
impl<M, T: FieldType, V: InValue<T>> ListOperand<M, T> for Vec<V> {
    fn list(self) -> tree::Expr {
        list(self)
    }
}

#[diagnostic::do_not_recommend]
impl<'v, M, T: FieldType, V> ListOperand<M, T> for &'v [V]
where
    &'v V: InValue<T>,
{
    fn list(self) -> tree::Expr {
        list(self)
    }
}

#[diagnostic::do_not_recommend]
impl<'v, M, T: FieldType, V> ListOperand<M, T> for &'v Vec<V>
where
    &'v V: InValue<T>,
{
    fn list(self) -> tree::Expr {
        list(self)
    }
}

macro_rules! expression_operands {
    ($($shell:ident),+) => {$(
        #[diagnostic::do_not_recommend]
        impl<M: 'static, T: FieldType, L: List<Item = T>> ListOperand<M, T> for $shell<M, L> {
            fn list(self) -> tree::Expr {
                self.into_tree()
            }
        }
    )+};
}

expression_operands!(Column, Expr);
