//! Regular expressions: `yara_regex` and `yara_regex_replace`.

use super::json::refused;
use super::{FLAGS, failed, text};
use crate::pattern::Pattern;
use regex_automata::meta::Regex;
use regex_automata::nfa::thompson::pikevm::PikeVM;
use regex_automata::util::captures::Captures;
use regex_automata::util::syntax;
use regex_automata::{Anchored, Input, MatchKind};
use rusqlite::functions::Context;
use rusqlite::types::ValueRef;
use rusqlite::{Connection, Result};
use std::sync::Arc;

/// Registers them.
pub(super) fn register(database: &Connection) -> Result<()> {
    database.create_scalar_function("yara_regex", 3, FLAGS, |context| {
        let Some(subject) = text(context, 0)? else { return Ok(None) };
        let ignore_case = is_set(context, 2);
        let Some(regex) = compiled(context, move |pattern| matcher(spelled(pattern, ignore_case)))?
        else {
            return Ok(None);
        };
        Ok(Some(regex.is_match(subject.as_bytes())))
    })?;
    database.create_scalar_function("yara_regex_replace", 5, FLAGS, |context| {
        let Some(subject) = text(context, 0)? else { return Ok(None) };
        let Some(replacement) = text(context, 2)? else { return Ok(None) };
        let ignore_case = is_set(context, 4);
        let Some(finder) = compiled(context, move |pattern| Finder::new(pattern, ignore_case))?
        else {
            return Ok(None);
        };
        finder.replace(&subject, &replacement, is_set(context, 3)).map(Some)
    })
}

fn is_set(context: &Context<'_>, index: usize) -> bool {
    context.get_raw(index) == ValueRef::Integer(1)
}

/// The pattern, which is the second argument, compiled once for the statement.
fn compiled<T: Send + Sync + 'static>(
    context: &Context<'_>,
    compile: impl FnOnce(&Pattern) -> Result<T>,
) -> Result<Option<Arc<T>>> {
    if context.get_raw(1) == ValueRef::Null {
        return Ok(None);
    }
    let compiled = context.get_or_create_aux(1, |value| {
        let pattern = value.as_str().map_err(|cause| failed(Box::new(cause)))?;
        let pattern = Pattern::read(pattern).map_err(|reason| refused(&reason))?;
        compile(&pattern)
            .map_err(|error| Box::new(error) as Box<dyn std::error::Error + Send + Sync>)
    });
    compiled.map(Some)
}

/// PostgreSQL's `.` and sets match line ends, and `^` and `$` only the ends of the text; that of
/// the second is the default here.
fn syntax() -> syntax::Config {
    syntax::Config::new().dot_matches_new_line(true)
}

fn spelled(pattern: &Pattern, ignore_case: bool) -> &str {
    if ignore_case { &pattern.ignoring_case } else { &pattern.rust }
}

fn matcher(pattern: &str) -> Result<Regex> {
    Regex::builder().syntax(syntax()).build(pattern).map_err(|cause| failed(Box::new(cause)))
}

/// Finds matches of the length that PostgreSQL's have: the longest at the first place where there
/// is one, or the shortest if repetitions are lazy.
struct Finder {
    first: Regex,
    all: PikeVM,
    lazy: bool,
}

impl Finder {
    fn new(pattern: &Pattern, ignore_case: bool) -> Result<Finder> {
        let pattern_text = spelled(pattern, ignore_case);
        let all = PikeVM::builder()
            .configure(PikeVM::config().match_kind(MatchKind::All))
            .syntax(syntax())
            .build(pattern_text)
            .map_err(|cause| failed(Box::new(cause)))?;
        Ok(Finder { first: matcher(pattern_text)?, all, lazy: pattern.lazy })
    }

    /// The groups of the first match from a byte on; only the whole of it where the groups are in
    /// doubt.
    fn find(&self, subject: &str, from: usize) -> Option<(Captures, bool)> {
        let mut groups = self.first.create_captures();
        self.first.search_captures(&Input::new(subject).range(from..), &mut groups);
        let found = groups.get_match()?;
        let here = Input::new(subject).range(found.start()..).anchored(Anchored::Yes);
        let mut longest = self.all.create_captures();
        self.all.search(&mut self.all.create_cache(), &here.earliest(self.lazy), &mut longest);
        match longest.get_match() {
            Some(whole) if whole.end() != found.end() => Some((longest, false)),
            _ => Some((groups, true)),
        }
    }

    /// Like PostgreSQL's, it goes on where a match ends, and a character further where it is empty.
    fn replace(&self, subject: &str, replacement: &str, all: bool) -> Result<String> {
        let mut out = String::with_capacity(subject.len());
        let (mut done, mut from) = (0, 0);
        while from <= subject.len() {
            let Some((groups, sure)) = self.find(subject, from) else { break };
            let Some(found) = groups.get_match() else { break };
            out.push_str(&subject[done..found.start()]);
            insert(&mut out, subject, replacement, &groups, sure)?;
            done = found.end();
            from = match found.is_empty() {
                false => done,
                true => done + subject[done..].chars().next().map_or(1, char::len_utf8),
            };
            if !all {
                break;
            }
        }
        out.push_str(&subject[done..]);
        Ok(out)
    }
}

/// Writes the replacement: `\1` to `\9` are groups, `\&` is the whole match, `\\` one backslash.
fn insert(
    out: &mut String,
    subject: &str,
    replacement: &str,
    groups: &Captures,
    sure: bool,
) -> Result<()> {
    let mut rest = replacement;
    while let Some((before, after)) = rest.split_once('\\') {
        out.push_str(before);
        let group = match after.chars().next() {
            Some('&') => 0,
            Some(digit @ '1'..='9') => digit as usize - '0' as usize,
            Some('\\') => {
                out.push('\\');
                rest = &after[1..];
                continue;
            }
            _ => {
                out.push('\\');
                rest = after;
                continue;
            }
        };
        if group > 0 && !sure {
            return Err(refused(
                "databases differ in what the groups of this match cover; write the longest of \
                 several alternatives first",
            ));
        }
        if let Some(span) = groups.get_group(group) {
            out.push_str(&subject[span.range()]);
        }
        rest = &after[1..];
    }
    out.push_str(rest);
    Ok(())
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn replaced(subject: &str, pattern: &str, replacement: &str) -> Result<String> {
        let finder = Finder::new(&Pattern::read(pattern).unwrap(), false).unwrap();
        finder.replace(subject, replacement, true)
    }

    #[test]
    fn matches_are_those_of_postgresql() {
        for (subject, pattern, replacement, result) in [
            ("abc", "b*", "-", "-a--c-"),
            ("foobar", "foo|foobar", "x", "x"),
            ("ab", "(a?)(ab)?", "x", "xx"),
            ("<a><b>", "<.*?>", "x", "xx"),
            ("<a><b>", "<.*>", "x", "x"),
            ("Ada Bob", r"(\w+) (\w+)", r"\2 \1 \& \\ \x", r"Bob Ada Ada Bob \ \x"),
            ("éé", "", ".", ".é.é."),
        ] {
            assert_eq!(replaced(subject, pattern, replacement).unwrap(), result, "{pattern}");
        }
        assert!(replaced("foobar", "(foo)|foobar", r"\1").is_err());
    }
}
