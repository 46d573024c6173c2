//! Regular expressions that mean the same everywhere.
//!
//! The common ground of PostgreSQL's expressions and of the crate `regex`, which SQLite's functions
//! use; a pattern is read here and written anew for either, so that a construct that only one of
//! them knows is refused before anything is sent.

mod set;

/// A pattern that was understood.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Pattern {
    /// As PostgreSQL writes it.
    pub(crate) postgres: String,
    /// As the crate `regex` writes it.
    pub(crate) rust: String,
    /// The same, where case does not count. It is spelled out, because PostgreSQL's `~*` takes a
    /// letter for its lower and its upper case, and the crate for everything that folds alike.
    pub(crate) ignoring_case: String,
    /// Whether the shortest match counts: its repetitions end with `?`.
    pub(crate) lazy: bool,
    greedy: bool,
    alternatives: bool,
}

/// The greatest number in `{m,n}` (source: PostgreSQL's `DUPMAX`).
const MOST: u32 = 255;

impl Pattern {
    /// Reads a pattern, or says what is wrong with it.
    pub(crate) fn read(text: &str) -> Result<Pattern, String> {
        let mut reader = Reader { rest: text, open: 0, out: Pattern::empty() };
        reader
            .all()
            .map(|()| reader.out)
            .map_err(|reason| format!("the regular expression `{text}` {reason}"))
    }

    /// Refuses a pattern whose matches are longer on one database than on another one.
    pub(crate) fn check_replaceable(&self, text: &str) -> Result<(), String> {
        if self.lazy && (self.greedy || self.alternatives) {
            return Err(format!(
                "the regular expression `{text}` mixes short repetitions (`*?`) with long ones \
                 (`*`) or with `|`, and databases differ in what such a match covers; use one kind"
            ));
        }
        Ok(())
    }

    fn empty() -> Pattern {
        Pattern {
            postgres: String::new(),
            rust: String::new(),
            ignoring_case: String::new(),
            lazy: false,
            greedy: false,
            alternatives: false,
        }
    }

    /// Adds what is written alike.
    fn both(&mut self, text: &str) {
        self.postgres.push_str(text);
        self.for_rust(text);
    }

    fn for_rust(&mut self, text: &str) {
        self.rust.push_str(text);
        self.ignoring_case.push_str(text);
    }

    /// Adds a character that stands for itself.
    fn literal(&mut self, character: char, within_set: bool) {
        push(&mut self.postgres, character);
        push(&mut self.rust, character);
        let cases = cases(character);
        let bracket = !within_set && cases[0] != cases[1];
        self.ignoring_case.push_str(if bracket { "[" } else { "" });
        push(&mut self.ignoring_case, cases[0]);
        if cases[0] != cases[1] {
            push(&mut self.ignoring_case, cases[1]);
        }
        self.ignoring_case.push_str(if bracket { "]" } else { "" });
    }

    /// Adds the characters of a set from one to another; where case does not count, also the cases
    /// of those between that are not.
    fn range(&mut self, first: char, last: char) {
        for text in [&mut self.postgres, &mut self.rust, &mut self.ignoring_case] {
            push(text, first);
            text.push('-');
            push(text, last);
        }
        for character in (first..=last).flat_map(cases) {
            if !(first..=last).contains(&character) {
                push(&mut self.ignoring_case, character);
            }
        }
    }

    /// Adds digits, letters and digits, or blanks. They are those of Unicode, as ICU has them.
    fn class(&mut self, name: char, within_set: bool) {
        let members = match name.to_ascii_lowercase() {
            'd' => r"\p{Nd}",
            'w' => r"\p{L}\p{Nd}_",
            _ => r"\s\x1c-\x1f",
        };
        let not = if name.is_ascii_uppercase() { "^" } else { "" };
        match within_set {
            true => self.for_rust(members),
            false => self.for_rust(&format!("[{not}{members}]")),
        }
        self.postgres.push('\\');
        self.postgres.push(name);
    }
}

/// The lower and the upper case of a character, each one character: Unicode's simple mappings.
fn cases(character: char) -> [char; 2] {
    let only = |mut cased: std::char::ToUppercase| match (cased.next(), cased.next()) {
        (Some(only), None) => Some(only),
        _ => None,
    };
    let upper = only(character.to_uppercase()).unwrap_or_else(|| {
        // Of the letters that become several, those with an iota below have a capital of their own.
        let is_upper = |upper: &char| *upper != character && lower(*upper) == character;
        ('\u{1f80}'..='\u{1fff}').find(is_upper).unwrap_or(character)
    });
    [lower(character), upper]
}

fn lower(character: char) -> char {
    let mut cased = character.to_lowercase();
    match (cased.next(), cased.next()) {
        (Some(only), None) => only,
        // `İ`, the one letter whose lower case is several.
        (first, _) => first.unwrap_or(character),
    }
}

/// Writes a character that stands for itself.
fn push(out: &mut String, character: char) {
    if ".\\+*?()|[]{}^$-&~#".contains(character) {
        out.push('\\');
    }
    out.push(character);
}

struct Reader<'t> {
    rest: &'t str,
    open: usize,
    out: Pattern,
}

type Step<T = ()> = Result<T, String>;

impl Reader<'_> {
    fn next(&mut self) -> Option<char> {
        let mut characters = self.rest.chars();
        let next = characters.next()?;
        self.rest = characters.as_str();
        Some(next)
    }

    fn takes(&mut self, text: &str) -> bool {
        let rest = self.rest.strip_prefix(text);
        self.rest = rest.unwrap_or(self.rest);
        rest.is_some()
    }

    fn all(&mut self) -> Step {
        while let Some(next) = self.next() {
            if self.part(next)? {
                self.repetition()?;
            }
        }
        match self.open {
            0 => Ok(()),
            _ => Err("has a `(` that is not closed".into()),
        }
    }

    /// Reads a part, and says whether it can be repeated.
    fn part(&mut self, next: char) -> Step<bool> {
        match next {
            '(' => {
                let group = if self.takes("?:") { "(?:" } else { "(" };
                if group == "(" && self.rest.starts_with('?') {
                    return Err(format!(
                        "holds `({}`; of groups with `?` only `(?:…)` is the same everywhere",
                        self.rest.chars().take(3).collect::<String>()
                    ));
                }
                self.open += 1;
                self.out.both(group);
                Ok(false)
            }
            ')' => {
                self.open = self.open.checked_sub(1).ok_or("has a `)` that closes nothing")?;
                self.out.both(")");
                Ok(true)
            }
            '|' => {
                self.out.alternatives = true;
                self.out.both("|");
                Ok(false)
            }
            '^' | '$' => {
                self.out.both(if next == '^' { "^" } else { "$" });
                Ok(false)
            }
            '.' => {
                self.out.both(".");
                Ok(true)
            }
            '[' => self.set().map(|()| true),
            '\\' => self.escape(),
            '*' | '+' | '?' | '{' => Err(format!("has a `{next}` that repeats nothing")),
            other => {
                self.out.literal(other, false);
                Ok(true)
            }
        }
    }

    /// `\d` and its like; whether it can be repeated.
    fn escape(&mut self) -> Step<bool> {
        match self.next() {
            Some(name @ ('d' | 'D' | 'w' | 'W' | 's' | 'S')) => {
                self.out.class(name, false);
                Ok(true)
            }
            Some(edge @ ('b' | 'B')) => {
                self.out.postgres.push_str(if edge == 'b' { "\\y" } else { "\\Y" });
                self.out.for_rust(if edge == 'b' { "\\b" } else { "\\B" });
                Ok(false)
            }
            other => {
                let character = escaped(other)?;
                self.out.literal(character, false);
                Ok(true)
            }
        }
    }

    /// `*`, `+`, `?` or `{m,n}`, perhaps with `?` behind it; nothing of it may be there.
    fn repetition(&mut self) -> Step {
        let mut fixed = false;
        match self.rest.chars().next() {
            Some(sign @ ('*' | '+' | '?')) => {
                self.next();
                self.out.both(sign.encode_utf8(&mut [0; 4]));
            }
            Some('{') => fixed = self.bounds()?,
            _ => return Ok(()),
        }
        match self.takes("?") {
            true => {
                self.out.both("?");
                self.out.lazy |= !fixed;
            }
            false => self.out.greedy |= !fixed,
        }
        match self.rest.chars().next() {
            Some(sign @ ('*' | '+' | '?' | '{')) => {
                Err(format!("repeats a repetition by `{sign}`; put it into `(?:…)`"))
            }
            _ => Ok(()),
        }
    }

    /// `{m}`, `{m,}` or `{m,n}`; whether it is the first.
    fn bounds(&mut self) -> Step<bool> {
        let wrong =
            || format!("needs `{{m}}`, `{{m,}}` or `{{m,n}}` at `{{`, with numbers to {MOST}");
        let (inner, rest) = self.rest[1..].split_once('}').ok_or_else(wrong)?;
        let number = |text: &str| {
            let digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
            text.parse::<u32>().ok().filter(|number| digits && *number <= MOST).ok_or_else(wrong)
        };
        let (least, most) = match inner.split_once(',') {
            None => (number(inner)?, None),
            Some((least, "")) => (number(least)?, None),
            Some((least, most)) => (number(least)?, Some(number(most)?)),
        };
        if most.is_some_and(|most| most < least) {
            return Err(wrong());
        }
        self.out.both(&format!("{{{inner}}}"));
        self.rest = rest;
        Ok(!inner.contains(','))
    }
}

/// The character that stands behind a `\`.
fn escaped(character: Option<char>) -> Step<char> {
    match character {
        Some('t') => Ok('\t'),
        Some('n') => Ok('\n'),
        Some('r') => Ok('\r'),
        Some('f') => Ok('\x0c'),
        Some('v') => Ok('\x0b'),
        Some(sign) if sign.is_ascii_punctuation() => Ok(sign),
        Some(other) => Err(format!(
            "holds `\\{other}`; what is the same everywhere is \\d \\w \\s \\b, their opposites in \
             capitals, \\t \\n \\r \\f \\v, and `\\` before a sign"
        )),
        None => Err("ends with a `\\` that escapes nothing".into()),
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn each_is_written_in_its_own_way() {
        let read = |text| Pattern::read(text).unwrap();
        let word = read(r"\bé\d{2,}[^\w.-]$");
        assert_eq!(word.postgres, r"\yé\d{2,}[^\w\.\-]$");
        assert_eq!(word.rust, r"\bé[\p{Nd}]{2,}[^\p{L}\p{Nd}_\.\-]$");
        assert_eq!(read(r"(?:a|b)+?\.\<").rust, r"(?:a|b)+?\.<");
        assert!(read("<.*?>").lazy && !read("<.*>").lazy && !read("a{3}").lazy);
        assert_eq!(read("[a-z0-9&&]").rust, r"[a-z0-9\&\&]");
        assert_eq!(read("").rust, "");
        assert_eq!(read("aσ[b-cΣ]").ignoring_case, "[aA][σΣ][b-cBCσΣ]");
    }

    #[test]
    fn what_differs_is_refused() {
        for (pattern, reason) in [
            ("(?=a)", "only `(?:…)`"),
            ("(?i)a", "only `(?:…)`"),
            (r"(a)\1", r"holds `\1`"),
            (r"\p{L}", r"holds `\p`"),
            (r"\A", r"holds `\A`"),
            ("a**", "repeats a repetition"),
            ("*a", "repeats nothing"),
            ("^*", "repeats nothing"),
            ("***=a", "repeats nothing"),
            ("a{256}", "numbers to 255"),
            ("a{2,1}", "numbers to 255"),
            ("a{", "numbers to 255"),
            ("[[:alpha:]]", "`[` in a set"),
            ("[]", "is not closed"),
            ("[z-a]", "from `z` to `a`"),
            (r"[a-\d]", "from `a`"),
            ("(a", "not closed"),
            ("a)", "closes nothing"),
            ("a\\", "escapes nothing"),
        ] {
            let error = Pattern::read(pattern).unwrap_err();
            assert!(error.contains(reason), "{pattern}: {error}");
        }
        let mixed = Pattern::read("a*b*?").unwrap();
        assert!(mixed.check_replaceable("a*b*?").is_err());
    }
}
