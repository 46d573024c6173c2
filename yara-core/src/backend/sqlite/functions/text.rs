//! Text by Unicode, where SQLite's own functions know ASCII alone.
//!
//! `lower` and `upper` give what ICU gives on PostgreSQL, where a sigma at the end of a word is
//! another letter. Matches that ignore case fold the two into one: a search for a part of the word
//! would miss it else.

/// The text in lower case.
pub(super) fn lower(text: &str) -> String {
    if text.is_ascii() { text.to_ascii_lowercase() } else { text.to_lowercase() }
}

/// The text as it is compared where case does not count.
pub(super) fn fold(text: &str) -> String {
    if text.is_ascii() {
        text.to_ascii_lowercase()
    } else {
        text.to_lowercase().replace('ς', "σ")
    }
}

/// The text in upper case.
pub(super) fn upper(text: &str) -> String {
    if text.is_ascii() { text.to_ascii_uppercase() } else { text.to_uppercase() }
}

/// Asks with both texts as they are, or both folded.
fn compare(text: &str, part: &str, ignore_case: bool, ask: fn(&str, &str) -> bool) -> bool {
    if ignore_case { ask(&fold(text), &fold(part)) } else { ask(text, part) }
}

/// Whether `part` is in `text`.
pub(super) fn contains(text: &str, part: &str, ignore_case: bool) -> bool {
    compare(text, part, ignore_case, |text, part| text.contains(part))
}

/// Whether `text` begins with `part`.
pub(super) fn starts_with(text: &str, part: &str, ignore_case: bool) -> bool {
    compare(text, part, ignore_case, |text, part| text.starts_with(part))
}

/// Whether `text` ends with `part`.
pub(super) fn ends_with(text: &str, part: &str, ignore_case: bool) -> bool {
    compare(text, part, ignore_case, |text, part| text.ends_with(part))
}

/// Whether `text` matches a pattern of `LIKE`, with `\` as the escape, as in PostgreSQL.
pub(super) fn like(text: &str, pattern: &str, ignore_case: bool) -> bool {
    compare(text, pattern, ignore_case, matches)
}

fn matches(text: &str, pattern: &str) -> bool {
    let (mut text, mut pattern) = (text, pattern);
    // Where to go on after the last `%` if what follows it does not match here.
    let mut retry: Option<(&str, &str)> = None;
    loop {
        let mut parts = pattern.chars();
        let part = parts.next();
        if part == Some('%') {
            pattern = parts.as_str();
            retry = Some((text, pattern));
            continue;
        }
        let mut rest = text.chars();
        let matched = match (part, rest.next()) {
            (None, None) => return true,
            (Some('_'), Some(_)) => true,
            // An escape at the very end stands for itself.
            (Some('\\'), Some(next)) => parts.next().unwrap_or('\\') == next,
            (Some(part), Some(next)) => part == next,
            _ => false,
        };
        if matched {
            (text, pattern) = (rest.as_str(), parts.as_str());
            continue;
        }
        let Some((from, after)) = retry else { return false };
        let mut from = from.chars();
        if from.next().is_none() {
            return false;
        }
        (text, pattern) = (from.as_str(), after);
        retry = Some((text, pattern));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_follow_postgresql() {
        for (text, pattern) in [
            ("", ""),
            ("", "%"),
            ("abc", "abc"),
            ("abc", "a%"),
            ("abc", "%c"),
            ("abc", "a_c"),
            ("École", "_cole"),
            ("50%", "50\\%"),
            ("a_b", "a\\_b"),
            ("a\\b", "a\\\\b"),
            ("abcabcabd", "%abd"),
            ("aXbXc", "a%X%c"),
        ] {
            assert!(like(text, pattern, false), "{text} like {pattern}");
        }
        for (text, pattern) in [
            ("abc", ""),
            ("abc", "ab"),
            ("abc", "ABC"),
            ("50x", "50\\%"),
            ("", "_"),
            ("ab", "a\\b\\"),
        ] {
            assert!(!like(text, pattern, false), "{text} not like {pattern}");
        }
        assert!(like("ÉCOLE", "é%", true));
    }

    #[test]
    fn a_pattern_of_many_wildcards_is_no_trap() {
        let text = "a".repeat(5000);
        assert!(!like(&text, &"%a".repeat(30).replace("%a", "%aa%b"), false));
    }

    #[test]
    fn case_is_ignored_by_unicode() {
        assert!(contains("La GRANDE École", "ÉCOLE", true));
        assert!(!contains("La GRANDE École", "école", false));
        assert!(contains("ΟΔΟΣ", "οδοσ", true));
        assert!(starts_with("Éa", "é", true) && ends_with("aÉ", "é", true));
        assert_eq!(upper("straße é"), "STRASSE É");
        assert_eq!(lower("ÀÉ ΟΔΟΣ"), "àé οδος");
        assert!(contains("ΟΔΟΣ", "οδος", true) && contains("οδος", "ΔΟΣ", true));
    }
}
