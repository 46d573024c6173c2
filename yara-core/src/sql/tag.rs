//! Words for the database's log, as a comment before the statement.

use super::Writer;
use crate::error::{Error, ErrorKind, Result};
use crate::tree::{Name, Select, Source, Statement};

/// `/* words */ `; nothing where the statement has none.
pub(super) fn tag(writer: &mut Writer<'_>, statement: &Statement) -> Result<()> {
    let words = match statement {
        Statement::Select(select) => of_select(select),
        Statement::Insert(insert) => insert.tag.as_ref(),
        Statement::Update(update) => of_select(&update.rows),
        Statement::Delete(delete) => of_select(&delete.rows),
        Statement::UpdateEach(_) | Statement::Raw(_) => None,
    };
    let Some(words) = words else { return Ok(()) };
    writer.push(&comment(words)?);
    Ok(())
}

/// SQL text with words for the database's log before it.
///
/// Errs where the words hold a NUL character, at which the text would end.
///
/// ```
/// # fn main() -> yara_orm::Result<()> {
/// assert_eq!(yara_orm::sql::tagged("select 1", "path=/books")?, "/* path=/books */ select 1");
/// # Ok(()) }
/// ```
pub fn tagged(sql: &str, words: &str) -> Result<String> {
    Ok(comment(words)? + sql)
}

fn comment(words: &str) -> Result<String> {
    if words.contains('\0') {
        return Err(Error::new(
            ErrorKind::InvalidQuery,
            "the tag of a statement must not hold a NUL character: its text would end there",
        ));
    }
    Ok(format!("/* {} */ ", within_comment(words)))
}

/// The words of a query, or of the one whose rows it is about, as of those that are counted.
fn of_select(select: &Select) -> Option<&Name> {
    select.tag.as_ref().or_else(|| match &select.from {
        Some(Source::Query(inner)) => of_select(inner),
        _ => None,
    })
}

/// The words without the ends and beginnings of comments, which nest in PostgreSQL. A sign may be
/// part of both, so that one pass over the text must not join what it leaves.
fn within_comment(words: &str) -> String {
    let mut safe = String::with_capacity(words.len());
    for sign in words.chars() {
        let joins = matches!((safe.chars().last(), sign), (Some('*'), '/') | (Some('/'), '*'));
        if joins {
            safe.push(' ');
        }
        safe.push(sign);
    }
    safe
}

#[cfg(test)]
mod tests {
    use super::within_comment;

    #[test]
    fn words_cannot_leave_their_comment() {
        assert_eq!(within_comment("job 7"), "job 7");
        assert_eq!(within_comment("a */ drop /* b"), "a * / drop / * b");
        assert_eq!(within_comment("*/*/"), "* / * /");
        assert_eq!(within_comment("**//"), "** //");
    }
}
