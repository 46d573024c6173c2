//! Full-text search: queries as people write them, in the language of SQLite's FTS5.
//!
//! The query language is that of PostgreSQL's `websearch_to_tsquery`: words that all have to be
//! there, `"a phrase"`, `or` between alternatives, and `-` before what must not be there.

use crate::error::{Error, ErrorKind, Result};
use crate::schema::Fulltext;
use crate::tree::{Alias, Expr, Slot};

/// A word that stands in every text of an FTS5 table, so that "not this" can be asked.
pub(super) const EVERY: &str = "yaraeverytext";

/// What PostgreSQL's English search passes over
/// (source: `english.stop`, the list of the Snowball project).
const PASSED_OVER: &str = " i me my myself we our ours ourselves you your yours yourself yourselves \
    he him his himself she her hers herself it its itself they them their theirs themselves what \
    which who whom this that these those am is are was were be been being have has had having do \
    does did doing a an the and but if or because as until while of at by for with about against \
    between into through during before after above below to from up down in out on off over under \
    again further then once here there when where why how all any both each few more most other \
    some such no nor not only own same so than too very s t can will just don should now ";

/// A part of a query: a word or phrase, and whether it must not be there.
struct Term {
    words: String,
    excluded: bool,
}

/// The query in the language of FTS5.
pub(super) fn query(text: &str, english: bool) -> String {
    let alternatives: Vec<String> = alternatives(text, english)
        .into_iter()
        .filter(|terms| !terms.is_empty())
        .map(|terms| conjunction(&terms))
        .collect();
    match alternatives.is_empty() {
        // Nothing to look for is nowhere to be found.
        true => format!("\"{EVERY}\" NOT \"{EVERY}\""),
        false => alternatives.join(" OR "),
    }
}

fn conjunction(terms: &[Term]) -> String {
    let with = |excluded: bool| terms.iter().filter(move |term| term.excluded == excluded);
    let quoted = |term: &Term| format!("\"{}\"", term.words);
    let mut wanted: Vec<String> = with(false).map(quoted).collect();
    if wanted.is_empty() {
        wanted.push(format!("\"{EVERY}\""));
    }
    let mut out = format!("({})", wanted.join(" AND "));
    for term in with(true) {
        out = format!("({out} NOT {})", quoted(term));
    }
    out
}

/// The terms between one `or` and the next.
fn alternatives(text: &str, english: bool) -> Vec<Vec<Term>> {
    let mut found = vec![Vec::new()];
    let mut rest = text.trim_start();
    while !rest.is_empty() {
        let (excluded, after) = match rest.strip_prefix('-') {
            Some(after) => (true, after),
            None => (false, rest),
        };
        let (words, after) = match after.strip_prefix('"') {
            Some(phrase) => phrase.split_once('"').unwrap_or((phrase, "")),
            None => {
                let end = after.find(|c: char| c.is_whitespace() || c == '"');
                after.split_at(end.unwrap_or(after.len()))
            }
        };
        let phrase = after.len() + words.len() + usize::from(excluded) < rest.len();
        rest = after.trim_start();
        if !phrase && !excluded && words.eq_ignore_ascii_case("or") {
            found.push(Vec::new());
            continue;
        }
        let words: Vec<&str> = words.split(|c: char| !c.is_alphanumeric()).collect();
        let words: Vec<&str> = words.into_iter().filter(|word| !word.is_empty()).collect();
        // A phrase is looked for as it stands, if anything in it counts.
        let counts = words.iter().any(|word| !(english && is_passed_over(word)));
        if let (true, Some(terms)) = (counts, found.last_mut()) {
            terms.push(Term { words: words.join(" "), excluded });
        }
    }
    found
}

fn is_passed_over(word: &str) -> bool {
    let word = word.to_lowercase();
    word.chars().all(char::is_alphabetic) && PASSED_OVER.contains(&format!(" {word} "))
}

/// The columns that are searched, all of one table, and the index that has them; what is missing
/// otherwise.
pub(super) fn index_of(
    texts: &[Expr],
    language: &str,
) -> std::result::Result<(Option<Alias>, &'static Fulltext, Vec<usize>), String> {
    let mut slots: Vec<&Slot> = Vec::with_capacity(texts.len());
    for text in texts {
        match text {
            Expr::Slot(slot) => slots.push(slot),
            _ => return Err("it searches columns of a table, and no computed texts".into()),
        }
    }
    let Some(first) = slots.first().filter(|first| slots.iter().all(|s| s.alias == first.alias))
    else {
        return Err("it searches columns of one table at a time".into());
    };
    let names: Vec<&str> = slots.iter().map(|slot| slot.field.name).collect();
    let place = |index: &Fulltext, column: &str| index.columns.iter().position(|c| *c == column);
    for index in first.field.fulltext.iter().filter(|index| index.language == language) {
        let places = slots.iter().map(|slot| place(index, slot.field.column));
        if let Some(places) = places.collect::<Option<Vec<usize>>>() {
            return Ok((first.alias, index, places));
        }
    }
    Err(format!(
        "it needs an index for it: add `#[model(fulltext({}, language = \"{language}\"))]` to the \
         model",
        names.join(", ")
    ))
}

/// How FTS5 takes texts of a language apart.
pub(super) fn tokenizer(language: &str) -> Result<&'static str> {
    match language {
        "simple" => Ok("unicode61 remove_diacritics 0"),
        "english" => Ok("porter unicode61 remove_diacritics 0"),
        other => Err(Error::new(
            ErrorKind::Unsupported,
            format!(
                "SQLite has no full-text search in the language `{other}`; it has `simple` (words \
                 as they are) and `english`"
            ),
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn queries_are_those_of_a_web_search() {
        for (text, wanted) in [
            ("fat cat", r#"("fat" AND "cat")"#),
            (r#""fat cat" or -dog"#, r#"("fat cat") OR (("yaraeverytext") NOT "dog")"#),
            ("cat -dog -\"big bird\"", r#"((("cat") NOT "dog") NOT "big bird")"#),
            ("or cat or", r#"("cat")"#),
            ("\"or\"", r#"("or")"#),
            ("a-b !! \"", r#"("a b")"#),
            ("NEAR(x* y) AND \"z", r#"("NEAR x" AND "y" AND "AND" AND "z")"#),
            ("", r#""yaraeverytext" NOT "yaraeverytext""#),
        ] {
            assert_eq!(query(text, false), wanted, "{text}");
        }
        assert_eq!(query("the Cat", true), r#"("Cat")"#);
        assert_eq!(query("\"the cat\" \"of the\"", true), r#"("the cat")"#);
        assert_eq!(query("The", true), r#""yaraeverytext" NOT "yaraeverytext""#);
    }
}
