//! Regular expressions.

use crate::tree::{self, Function};
use crate::typed::{Expr, Expression, Operand, Pred};
use crate::value::{FieldType, Textual};

/// Matching texts by regular expressions, and replacing what matches.
///
/// A pattern is made of what means the same on every backend: `. ^ $ | ( ) (?: ) [a-z] [^a-z]`, the
/// repetitions `* + ? {2} {2,} {2,5}` and their short forms with `?`, `\d \w \s` and `\D \W \S` over
/// all of Unicode, `\b \B` at the ends of words, `\t \n \r \f \v`, and `\` before a sign that stands
/// for itself. Anything else is refused before anything is sent. `.` matches line ends, too; `^` and
/// `$` are the ends of the text.
///
/// ```
/// # use library::*;
/// # run(async |db| {
/// assert_eq!(Book::filter(Book::title.matches(r"^\d+% ")).count(&db).await?, 1);
/// assert_eq!(Book::filter(Book::title.imatches("é.*E$")).count(&db).await?, 1);
/// let error = Book::filter(Book::title.matches("(?=a)")).count(&db).await.unwrap_err();
/// assert_eq!(error.kind(), ErrorKind::InvalidQuery);
///
/// let spaced = Book::title.replace_all_matches(r"(\w)\b", r"\1.");
/// let titles = Book::query().order_by(Book::id).select(spaced).all(&db).await?;
/// assert_eq!(titles[3], "100.% sure.");
/// # Ok(()) })
/// ```
pub trait RegexFunctions: Expression<Type: Textual> {
    /// Whether the pattern matches somewhere in the text.
    fn matches(self, pattern: impl Into<String>) -> Pred<Self::Model> {
        matched(self, pattern.into(), false)
    }

    /// [`matches`](RegexFunctions::matches), where case does not count.
    fn imatches(self, pattern: impl Into<String>) -> Pred<Self::Model> {
        matched(self, pattern.into(), true)
    }

    /// With the first match replaced. In the replacement, `\1` to `\9` are what the groups matched,
    /// `\&` is the whole match, and `\\` one backslash. A match covers as much as it can, or with
    /// `*?` and its like as little.
    fn replace_match(
        self,
        pattern: impl Into<String>,
        replacement: impl Operand<Self::Model, String>,
    ) -> Expr<Self::Model, Self::Type> {
        replaced(self, pattern.into(), replacement.operand(), false, false)
    }

    /// [`replace_match`](RegexFunctions::replace_match) for every match.
    fn replace_all_matches(
        self,
        pattern: impl Into<String>,
        replacement: impl Operand<Self::Model, String>,
    ) -> Expr<Self::Model, Self::Type> {
        replaced(self, pattern.into(), replacement.operand(), true, false)
    }

    /// [`replace_match`](RegexFunctions::replace_match), where case does not count.
    fn ireplace_match(
        self,
        pattern: impl Into<String>,
        replacement: impl Operand<Self::Model, String>,
    ) -> Expr<Self::Model, Self::Type> {
        replaced(self, pattern.into(), replacement.operand(), false, true)
    }

    /// [`replace_all_matches`](RegexFunctions::replace_all_matches), where case does not count.
    fn ireplace_all_matches(
        self,
        pattern: impl Into<String>,
        replacement: impl Operand<Self::Model, String>,
    ) -> Expr<Self::Model, Self::Type> {
        replaced(self, pattern.into(), replacement.operand(), true, true)
    }
}

impl<E: Expression<Type: Textual>> RegexFunctions for E {}

fn text(text: String) -> tree::Expr {
    match text.into_value() {
        Ok(value) => tree::Expr::literal(value),
        Err(error) => tree::Expr::Invalid(error.to_string().into()),
    }
}

fn matched<E: Expression>(subject: E, pattern: String, ignore_case: bool) -> Pred<E::Model> {
    let arguments = vec![subject.into_tree(), text(pattern)];
    Pred::from_tree(tree::Expr::Call(Function::RegexMatches { ignore_case }, arguments))
}

fn replaced<E: Expression>(
    subject: E,
    pattern: String,
    replacement: tree::Expr,
    all: bool,
    ignore_case: bool,
) -> Expr<E::Model, E::Type> {
    let arguments = vec![subject.into_tree(), text(pattern), replacement];
    Expr::from_tree(tree::Expr::Call(Function::RegexReplace { all, ignore_case }, arguments))
}
