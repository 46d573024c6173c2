//! What can be done with a column, and with everything that is computed from columns.

use super::{Among, Operand, Ordering, Pred};
use crate::tree::{self, Between, BinaryOperator, Function, InList, Literal, MatchKind, TextMatch};
use crate::value::{Array, Boolean, Comparable, FieldType, Textual, Type, Value};
use std::marker::PhantomData;

/// A computed value over rows of `M`: `Book::views * 2`.
///
/// ```
/// # use library::*;
/// # run(async |db| {
/// let twice: Vec<i64> = Book::query().order_by(Book::id).select(Book::views * 2).all(&db).await?;
/// assert_eq!(twice, [20, 1000, 10, 2000]);
/// # Ok(()) })
/// ```
pub struct Expr<M, T> {
    tree: tree::Expr,
    of: PhantomData<fn() -> (M, T)>,
}

impl<M, T> Expr<M, T> {
    /// Gives a node of the tree a type. That the type is right is up to the caller; if it is not,
    /// reading the value is an error.
    pub fn from_tree(tree: tree::Expr) -> Expr<M, T> {
        Expr { tree, of: PhantomData }
    }
}

impl<M, T> Clone for Expr<M, T> {
    fn clone(&self) -> Self {
        Expr::from_tree(self.tree.clone())
    }
}

impl<M, T> std::fmt::Debug for Expr<M, T> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.tree.fmt(f)
    }
}

impl<M: 'static, T: FieldType> Expression for Expr<M, T> {
    type Model = M;
    type Type = T;

    fn into_tree(self) -> tree::Expr {
        self.tree
    }
}

/// A value for each row of a model: a [`Column`](super::Column) or an [`Expr`].
///
/// Comparisons take a value, a column or an expression. NULL is a value like others: `eq(None)` is
/// "is NULL", and `ne` is the complement of `eq`.
///
/// ```
/// # use library::*;
/// # run(async |db| {
/// let well_read = Book::views.ge(500) & Book::rating.is_not_null();
/// let longer = (Book::views * 2).gt(Book::author.id + 100);
/// assert_eq!(Book::filter(well_read & longer).count(&db).await?, 2);
/// # Ok(()) })
/// ```
#[allow(
    clippy::wrong_self_convention,
    reason = "`is_null` is a condition on rows, and columns are `Copy`"
)]
pub trait Expression: Sized {
    /// The model whose rows it is computed from.
    type Model: 'static;
    /// The type of the value.
    type Type: FieldType;

    /// The node of the query tree.
    fn into_tree(self) -> tree::Expr;

    /// Equal to `other`.
    ///
    /// ```
    /// # use library::*;
    /// # run(async |db| {
    /// assert_eq!(Book::filter(Book::title.eq("Notes")).count(&db).await?, 1);
    /// assert_eq!(Book::filter(Book::rating.eq(None)).count(&db).await?, 1);
    /// assert_eq!(Book::filter(Book::author.mentor.name.eq("Ada")).count(&db).await?, 1);
    /// assert_eq!(Book::filter((Book::views - 5).eq(Book::views / 2)).count(&db).await?, 1);
    /// # Ok(()) })
    /// ```
    fn eq(self, other: impl Operand<Self::Model, Self::Type>) -> Pred<Self::Model> {
        Pred::from_tree(self.into_tree().equal(other.operand()))
    }

    /// Not equal to `other`: every row for which [`eq`](Expression::eq) does not hold, so also those
    /// in which one of the two is NULL.
    ///
    /// ```
    /// # use library::*;
    /// # run(async |db| {
    /// let others = Book::filter(Book::rating.ne(4.5)).order_by(Book::id).select(Book::title);
    /// assert_eq!(others.all(&db).await?, ["Engine", "École", "100% sure"]); // École is not rated
    /// # Ok(()) })
    /// ```
    fn ne(self, other: impl Operand<Self::Model, Self::Type>) -> Pred<Self::Model> {
        Pred::from_tree(self.into_tree().not_equal(other.operand()))
    }

    /// Less than `other`; false where one of the two is NULL.
    ///
    /// ```
    /// # use library::*;
    /// # run(async |db| {
    /// assert_eq!(Book::filter(Book::views.lt(10)).count(&db).await?, 1);
    /// assert_eq!(Book::filter(Book::rating.lt(4.0)).count(&db).await?, 1);
    /// assert_eq!(Book::filter(!Book::rating.lt(4.0)).count(&db).await?, 3); // NULL among them
    /// # Ok(()) })
    /// ```
    fn lt(self, other: impl Operand<Self::Model, Self::Type>) -> Pred<Self::Model>
    where
        Self::Type: Comparable,
    {
        Pred::from_tree(self.into_tree().binary(BinaryOperator::Less, other.operand()))
    }

    /// Less than or equal to `other`.
    fn le(self, other: impl Operand<Self::Model, Self::Type>) -> Pred<Self::Model>
    where
        Self::Type: Comparable,
    {
        Pred::from_tree(self.into_tree().binary(BinaryOperator::LessOrEqual, other.operand()))
    }

    /// Greater than `other`.
    fn gt(self, other: impl Operand<Self::Model, Self::Type>) -> Pred<Self::Model>
    where
        Self::Type: Comparable,
    {
        Pred::from_tree(self.into_tree().binary(BinaryOperator::Greater, other.operand()))
    }

    /// Greater than or equal to `other`.
    fn ge(self, other: impl Operand<Self::Model, Self::Type>) -> Pred<Self::Model>
    where
        Self::Type: Comparable,
    {
        Pred::from_tree(self.into_tree().binary(BinaryOperator::GreaterOrEqual, other.operand()))
    }

    /// From `low` to `high`, both included.
    ///
    /// ```
    /// # use library::*;
    /// # run(async |db| {
    /// assert_eq!(Book::filter(Book::views.between(5, 500)).count(&db).await?, 3);
    /// assert_eq!(Book::filter(Book::views.between(Book::id, Book::id + 20)).count(&db).await?, 2);
    /// # Ok(()) })
    /// ```
    fn between(
        self,
        low: impl Operand<Self::Model, Self::Type>,
        high: impl Operand<Self::Model, Self::Type>,
    ) -> Pred<Self::Model>
    where
        Self::Type: Comparable,
    {
        Pred::from_tree(tree::Expr::Between(Box::new(Between {
            operand: self.into_tree(),
            low: low.operand(),
            high: high.operand(),
        })))
    }

    /// One of `values`: of a list, or of what a query that selects one column gives. An empty list
    /// matches nothing; `None` in it matches NULL. A query's NULLs match nothing, and NULL is in no
    /// query.
    ///
    /// ```
    /// # use library::*;
    /// # run(async |db| {
    /// let titles = vec!["Notes".to_owned(), "nothing".to_owned()];
    /// assert_eq!(Book::filter(Book::title.is_in(&titles)).count(&db).await?, 1);
    /// assert_eq!(Book::filter(Book::title.is_in(["Notes", "Engine"])).count(&db).await?, 2);
    /// assert_eq!(Book::filter(Book::rating.is_in([Some(4.5), None])).count(&db).await?, 2);
    /// let pupils = Author::filter(Author::mentor.exists()).select(Author::id);
    /// assert_eq!(Book::filter(Book::author.id.is_in(pupils)).one(&db).await?.title, "École");
    /// # Ok(()) })
    /// ```
    fn is_in(self, values: impl Among<Self::Type>) -> Pred<Self::Model> {
        Pred::from_tree(values.holds(self.into_tree()))
    }

    /// None of `values`: the complement of [`is_in`](Expression::is_in).
    ///
    /// ```
    /// # use library::*;
    /// # run(async |db| {
    /// assert_eq!(Book::filter(Book::views.not_in([10, 5])).count(&db).await?, 2);
    /// assert_eq!(Book::filter(Book::views.not_in(Vec::<i64>::new())).count(&db).await?, 4);
    /// # Ok(()) })
    /// ```
    fn not_in(self, values: impl Among<Self::Type>) -> Pred<Self::Model> {
        !self.is_in(values)
    }

    /// NULL.
    ///
    /// ```
    /// # use library::*;
    /// # run(async |db| {
    /// assert_eq!(Book::filter(Book::rating.is_null()).count(&db).await?, 1);
    /// assert_eq!(Author::filter(Author::mentor.name.is_null()).count(&db).await?, 3);
    /// # Ok(()) })
    /// ```
    fn is_null(self) -> Pred<Self::Model> {
        Pred::from_tree(tree::Expr::IsNull(Box::new(self.into_tree()), false))
    }

    /// Not NULL.
    fn is_not_null(self) -> Pred<Self::Model> {
        Pred::from_tree(tree::Expr::IsNull(Box::new(self.into_tree()), true))
    }

    /// True; a boolean column as a condition. NULL is not true.
    fn is_true(self) -> Pred<Self::Model>
    where
        Self::Type: Boolean,
    {
        Pred::from_tree(self.into_tree())
    }

    /// Matches a pattern: `%` stands for any text, `_` for one character, `\` before either for
    /// itself. Case counts, on every backend.
    ///
    /// ```
    /// # use library::*;
    /// # run(async |db| {
    /// assert_eq!(Book::filter(Book::title.like("_ngine")).count(&db).await?, 1);
    /// assert_eq!(Book::filter(Book::title.like("100\\% %")).count(&db).await?, 1);
    /// assert_eq!(Book::filter(Book::title.ilike("n%")).count(&db).await?, 1);
    /// # Ok(()) })
    /// ```
    fn like(self, pattern: impl Operand<Self::Model, String>) -> Pred<Self::Model>
    where
        Self::Type: Textual,
    {
        text_match(self, MatchKind::Like, false, pattern)
    }

    /// [`like`](Expression::like), where case does not count.
    fn ilike(self, pattern: impl Operand<Self::Model, String>) -> Pred<Self::Model>
    where
        Self::Type: Textual,
    {
        text_match(self, MatchKind::Like, true, pattern)
    }

    /// Equal, where case does not count: `École` equals `ÉCOLE`.
    ///
    /// ```
    /// # use library::*;
    /// # run(async |db| {
    /// assert_eq!(Book::filter(Book::title.ieq("éCOLE")).count(&db).await?, 1);
    /// # Ok(()) })
    /// ```
    fn ieq(self, text: impl Operand<Self::Model, String>) -> Pred<Self::Model>
    where
        Self::Type: Textual,
    {
        text_match(self, MatchKind::Exact, true, text)
    }

    /// Has `text` in it, which is plain text: `%` is a per cent sign.
    ///
    /// ```
    /// # use library::*;
    /// # run(async |db| {
    /// assert_eq!(Book::filter(Book::title.contains("N")).count(&db).await?, 1);
    /// assert_eq!(Book::filter(Book::title.icontains("N")).count(&db).await?, 2);
    /// assert_eq!(Book::filter(Book::title.contains("%")).count(&db).await?, 1);
    /// assert_eq!(Book::filter(Book::title.contains(Book::author.name)).count(&db).await?, 0);
    /// # Ok(()) })
    /// ```
    fn contains(self, text: impl Operand<Self::Model, String>) -> Pred<Self::Model>
    where
        Self::Type: Textual,
    {
        text_match(self, MatchKind::Contains, false, text)
    }

    /// [`contains`](Expression::contains), where case does not count.
    fn icontains(self, text: impl Operand<Self::Model, String>) -> Pred<Self::Model>
    where
        Self::Type: Textual,
    {
        text_match(self, MatchKind::Contains, true, text)
    }

    /// Begins with `text`.
    ///
    /// ```
    /// # use library::*;
    /// # run(async |db| {
    /// assert_eq!(Book::filter(Book::title.starts_with("E")).count(&db).await?, 1);
    /// assert_eq!(Book::filter(Book::title.iends_with("SURE")).count(&db).await?, 1);
    /// # Ok(()) })
    /// ```
    fn starts_with(self, text: impl Operand<Self::Model, String>) -> Pred<Self::Model>
    where
        Self::Type: Textual,
    {
        text_match(self, MatchKind::StartsWith, false, text)
    }

    /// [`starts_with`](Expression::starts_with), where case does not count.
    fn istarts_with(self, text: impl Operand<Self::Model, String>) -> Pred<Self::Model>
    where
        Self::Type: Textual,
    {
        text_match(self, MatchKind::StartsWith, true, text)
    }

    /// Ends with `text`.
    fn ends_with(self, text: impl Operand<Self::Model, String>) -> Pred<Self::Model>
    where
        Self::Type: Textual,
    {
        text_match(self, MatchKind::EndsWith, false, text)
    }

    /// [`ends_with`](Expression::ends_with), where case does not count.
    fn iends_with(self, text: impl Operand<Self::Model, String>) -> Pred<Self::Model>
    where
        Self::Type: Textual,
    {
        text_match(self, MatchKind::EndsWith, true, text)
    }

    /// In lower case, all of Unicode.
    ///
    /// ```
    /// # use library::*;
    /// # run(async |db| {
    /// let titles = Book::query().order_by(Book::title.lower()).select(Book::title.lower());
    /// assert_eq!(titles.all(&db).await?, ["100% sure", "engine", "notes", "école"]);
    /// # Ok(()) })
    /// ```
    fn lower(self) -> Expr<Self::Model, Self::Type>
    where
        Self::Type: Textual,
    {
        Expr::from_tree(tree::Expr::Call(Function::Lower, vec![self.into_tree()]))
    }

    /// In upper case, all of Unicode.
    fn upper(self) -> Expr<Self::Model, Self::Type>
    where
        Self::Type: Textual,
    {
        Expr::from_tree(tree::Expr::Call(Function::Upper, vec![self.into_tree()]))
    }

    /// This text and `other` after it.
    ///
    /// ```
    /// # use library::*;
    /// # run(async |db| {
    /// let label = Book::author.name.concat(": ").concat(Book::title);
    /// let labels = Book::query().order_by(Book::id).select(label).all(&db).await?;
    /// assert_eq!(labels[0], "Ada: Notes");
    /// # Ok(()) })
    /// ```
    fn concat(self, other: impl Operand<Self::Model, Self::Type>) -> Expr<Self::Model, Self::Type>
    where
        Self::Type: Textual,
    {
        Expr::from_tree(self.into_tree().binary(BinaryOperator::Concat, other.operand()))
    }

    /// Least first. NULL is greater than every value unless said otherwise, on every backend.
    ///
    /// ```
    /// # use library::*;
    /// # run(async |db| {
    /// let best = Book::query().order_by((Book::rating.desc().nulls_last(), Book::title.asc()));
    /// assert_eq!(best.first(&db).await?.map(|book| book.title), Some("100% sure".into()));
    /// # Ok(()) })
    /// ```
    fn asc(self) -> Ordering<Self::Model> {
        Ordering::new(self.into_tree(), false)
    }

    /// Greatest first.
    fn desc(self) -> Ordering<Self::Model> {
        Ordering::new(self.into_tree(), true)
    }
}

/// A value that may stand in the list of [`Expression::is_in`]: one of the column's type, or a
/// borrowed form of it.
#[diagnostic::on_unimplemented(
    message = "a list of `{Self}` does not fit a column of type `{T}`",
    label = "expected a list of `{T}`"
)]
pub trait InValue<T> {
    /// The value to send.
    fn encode(self) -> Result<Value, crate::value::EncodeError>;
}

#[diagnostic::do_not_recommend]
impl<T: FieldType> InValue<T> for T {
    fn encode(self) -> Result<Value, crate::value::EncodeError> {
        FieldType::encode(&self)
    }
}

#[diagnostic::do_not_recommend]
impl<T: FieldType> InValue<Option<T>> for T {
    fn encode(self) -> Result<Value, crate::value::EncodeError> {
        FieldType::encode(&self)
    }
}

#[diagnostic::do_not_recommend]
impl<T: FieldType> InValue<T> for &T {
    fn encode(self) -> Result<Value, crate::value::EncodeError> {
        FieldType::encode(self)
    }
}

#[diagnostic::do_not_recommend]
impl InValue<String> for &str {
    fn encode(self) -> Result<Value, crate::value::EncodeError> {
        FieldType::encode(&self.to_owned())
    }
}

#[diagnostic::do_not_recommend]
impl InValue<Option<String>> for &str {
    fn encode(self) -> Result<Value, crate::value::EncodeError> {
        FieldType::encode(&self.to_owned())
    }
}

/// A text match of any kind.
fn text_match<E: Expression>(
    expression: E,
    kind: MatchKind,
    ignore_case: bool,
    pattern: impl Operand<E::Model, String>,
) -> Pred<E::Model> {
    let pattern = pattern.operand();
    if let (MatchKind::Like, tree::Expr::Literal(literal)) = (kind, &pattern)
        && let Value::Text(text) = &literal.value
        && text.bytes().rev().take_while(|byte| *byte == b'\\').count() % 2 == 1
    {
        let reason =
            format!("the pattern `{text}` ends with a `\\` that escapes nothing; `\\\\` is one");
        return Pred::from_tree(tree::Expr::Invalid(reason.into()));
    }
    Pred::from_tree(tree::Expr::Match(Box::new(TextMatch {
        kind,
        ignore_case,
        operand: expression.into_tree(),
        pattern,
    })))
}

/// `operand in (values)`, with NULL taken out of the list.
pub(super) fn in_list(
    operand: tree::Expr,
    element: Type,
    values: impl Iterator<Item = Result<Value, crate::value::EncodeError>>,
) -> tree::Expr {
    let mut items = Vec::new();
    let mut with_null = false;
    for value in values {
        match value {
            Ok(Value::Null(_)) => with_null = true,
            Ok(value) => items.push(value),
            Err(error) => return tree::Expr::Invalid(error.to_string().into()),
        }
    }
    let list = Literal::new(Value::Array(Box::new(Array::new(element.list(), items))));
    tree::Expr::In(Box::new(InList { operand, list, with_null }))
}
