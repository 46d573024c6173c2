//! Texts.

use super::super::{Expr, Expression, Operand};
use super::{Of, call, unary};
use crate::tree::Function;
use crate::value::Textual;

/// What can be made of a text. Characters are those of Unicode, and are counted from 1.
///
/// ```
/// # use library::*;
/// # run(async |db| {
/// let short = Book::title.replace(" ", "").substring(1, 4).upper();
/// let titles = Book::query().order_by(Book::id).select(short).all(&db).await?;
/// assert_eq!(titles, ["NOTE", "ENGI", "ÉCOL", "100%"]);
/// # Ok(()) })
/// ```
pub trait TextFunctions: Expression {
    /// The number of characters.
    ///
    /// ```
    /// # use library::*;
    /// # run(async |db| {
    /// assert_eq!(Book::filter(Book::title.length().eq(5)).count(&db).await?, 2);
    /// # Ok(()) })
    /// ```
    fn length(self) -> Expr<Self::Model, Of<Self::Type, i32>>
    where
        Self::Type: Textual,
    {
        unary(Function::Length, self)
    }

    /// Without the spaces at either end.
    ///
    /// ```
    /// # use library::*;
    /// # run(async |db| {
    /// let trimmed = func::value("  a ".to_owned()).trim();
    /// assert_eq!(Book::query().select(trimmed).first(&db).await?, Some("a".into()));
    /// # Ok(()) })
    /// ```
    fn trim(self) -> Expr<Self::Model, Self::Type>
    where
        Self::Type: Textual,
    {
        unary(Function::Trim, self)
    }

    /// Without the spaces at the start.
    fn trim_start(self) -> Expr<Self::Model, Self::Type>
    where
        Self::Type: Textual,
    {
        unary(Function::TrimStart, self)
    }

    /// Without the spaces at the end.
    fn trim_end(self) -> Expr<Self::Model, Self::Type>
    where
        Self::Type: Textual,
    {
        unary(Function::TrimEnd, self)
    }

    /// Without any of these characters at either end.
    ///
    /// ```
    /// # use library::*;
    /// # run(async |db| {
    /// let trimmed = Book::title.trim_matches("Es");
    /// let titles = Book::query().order_by(Book::id).select(trimmed).all(&db).await?;
    /// assert_eq!(titles[..2], ["Note", "ngine"]);
    /// # Ok(()) })
    /// ```
    fn trim_matches(
        self,
        characters: impl Operand<Self::Model, String>,
    ) -> Expr<Self::Model, Self::Type>
    where
        Self::Type: Textual,
    {
        call(Function::Trim, [self.into_tree(), characters.operand()])
    }

    /// Without any of these characters at the start.
    fn trim_start_matches(
        self,
        characters: impl Operand<Self::Model, String>,
    ) -> Expr<Self::Model, Self::Type>
    where
        Self::Type: Textual,
    {
        call(Function::TrimStart, [self.into_tree(), characters.operand()])
    }

    /// Without any of these characters at the end.
    fn trim_end_matches(
        self,
        characters: impl Operand<Self::Model, String>,
    ) -> Expr<Self::Model, Self::Type>
    where
        Self::Type: Textual,
    {
        call(Function::TrimEnd, [self.into_tree(), characters.operand()])
    }

    /// So many characters from the one at `start`, counted from 1. A negative length is an error
    /// of kind `Data`.
    ///
    /// ```
    /// # use library::*;
    /// # run(async |db| {
    /// let initials = Author::query().order_by(Author::id).select(Author::name.substring(1, 1));
    /// assert_eq!(initials.all(&db).await?, ["A", "B", "C", "D"]);
    /// let rest = Author::query().order_by(Author::id).select(Author::name.substring_from(2));
    /// assert_eq!(rest.all(&db).await?, ["da", "ob", "y", "an"]);
    /// # Ok(()) })
    /// ```
    fn substring(
        self,
        start: impl Operand<Self::Model, i32>,
        length: impl Operand<Self::Model, i32>,
    ) -> Expr<Self::Model, Self::Type>
    where
        Self::Type: Textual,
    {
        call(Function::Substring, [self.into_tree(), start.operand(), length.operand()])
    }

    /// All characters from the one at `start`, counted from 1.
    fn substring_from(self, start: impl Operand<Self::Model, i32>) -> Expr<Self::Model, Self::Type>
    where
        Self::Type: Textual,
    {
        call(Function::Substring, [self.into_tree(), start.operand()])
    }

    /// With every `old` replaced; an empty one is nowhere.
    ///
    /// ```
    /// # use library::*;
    /// # run(async |db| {
    /// Book::query().update().set(Book::title, Book::title.replace("%", " per cent")).exec(&db).await?;
    /// assert_eq!(Book::filter(Book::title.eq("100 per cent sure")).count(&db).await?, 1);
    /// # Ok(()) })
    /// ```
    fn replace(
        self,
        old: impl Operand<Self::Model, String>,
        new: impl Operand<Self::Model, String>,
    ) -> Expr<Self::Model, Self::Type>
    where
        Self::Type: Textual,
    {
        call(Function::Replace, [self.into_tree(), old.operand(), new.operand()])
    }

    /// Filled up at the start to so many characters; a longer text loses its end.
    ///
    /// ```
    /// # use library::*;
    /// # run(async |db| {
    /// let padded = Author::query().order_by(Author::id).select(Author::name.pad_start(4, ".-"));
    /// assert_eq!(padded.first(&db).await?, Some(".Ada".into()));
    /// # Ok(()) })
    /// ```
    fn pad_start(
        self,
        length: impl Operand<Self::Model, i32>,
        fill: impl Operand<Self::Model, String>,
    ) -> Expr<Self::Model, Self::Type>
    where
        Self::Type: Textual,
    {
        call(Function::PadLeft, [self.into_tree(), length.operand(), fill.operand()])
    }

    /// Filled up at the end to so many characters; a longer text loses its end.
    fn pad_end(
        self,
        length: impl Operand<Self::Model, i32>,
        fill: impl Operand<Self::Model, String>,
    ) -> Expr<Self::Model, Self::Type>
    where
        Self::Type: Textual,
    {
        call(Function::PadRight, [self.into_tree(), length.operand(), fill.operand()])
    }

    /// Where `part` begins, counted from 1; 0 where it is not in the text.
    ///
    /// ```
    /// # use library::*;
    /// # run(async |db| {
    /// let places = Book::query().order_by(Book::id).select(Book::title.position("n"));
    /// assert_eq!(places.all(&db).await?, [0, 2, 0, 0]);
    /// # Ok(()) })
    /// ```
    fn position(
        self,
        part: impl Operand<Self::Model, String>,
    ) -> Expr<Self::Model, Of<Self::Type, i32>>
    where
        Self::Type: Textual,
    {
        call(Function::Position, [self.into_tree(), part.operand()])
    }

    /// The text so many times; nothing of it for a number below 1.
    fn repeat(self, times: impl Operand<Self::Model, i32>) -> Expr<Self::Model, Self::Type>
    where
        Self::Type: Textual,
    {
        call(Function::Repeat, [self.into_tree(), times.operand()])
    }

    /// Backwards, character by character.
    ///
    /// ```
    /// # use library::*;
    /// # run(async |db| {
    /// let names = Author::query().order_by(Author::id).select(Author::name.reverse().repeat(2));
    /// assert_eq!(names.first(&db).await?, Some("adAadA".into()));
    /// # Ok(()) })
    /// ```
    fn reverse(self) -> Expr<Self::Model, Self::Type>
    where
        Self::Type: Textual,
    {
        unary(Function::Reverse, self)
    }
}

impl<E: Expression> TextFunctions for E {}
