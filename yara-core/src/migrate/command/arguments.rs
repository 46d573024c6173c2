//! The words of a command.

use super::Goal;
use crate::migrate::Hints;
use crate::names::nearest;
use std::time::Duration;

/// What there is to say.
pub(super) const HELP: &str = "\
commands:
  make [NAME]          write what the models ask for, and no file gives, into a new file
      --empty            a file without operations, to be written by hand
      --rename OLD=NEW   the column `table.old`, or the table `old`, is called so now
      --drop WHAT        the column `table.column`, or the table, goes with its values
      --fill COLUMN=SQL  what the rows there are have in the column `table.column`
      --allow-destructive
                         tables that have no model any more go, with their rows
  check                fail where the models ask for something that no file gives
  up [TARGET]          apply what the database has not had, as far as TARGET
      --out-of-order     also what comes before a migration that it has had
      --ignore-missing   although it has had some that there is no file of
  down [TARGET]        undo the last migration, or all that come after TARGET; `zero`: all
      --steps NUMBER     undo so many
  status               list the migrations, and which of them the database has had
  sql NAME             write the statements of a migration
      --backward         of undoing it
  fake [TARGET]        note that migrations are applied without running them

options of all that need the database:
  --database URL       where it is; otherwise the variable DATABASE_URL says so
  --lock-timeout SECONDS
                       how long to wait for another program that is migrating

A migration is named by its whole name, or by its number.";

/// A command and what it is told.
#[derive(Debug)]
pub(super) struct Parsed {
    pub(super) asked: Asked,
    pub(super) url: Option<String>,
    pub(super) lock_timeout: Option<Duration>,
    pub(super) out_of_order: bool,
    pub(super) ignore_missing: bool,
}

/// A command.
#[derive(Debug)]
pub(super) enum Asked {
    Help,
    Make { name: Option<String>, empty: bool, hints: Hints },
    Check,
    Up(Option<String>),
    Down(Goal),
    Status,
    Sql { name: String, backward: bool },
    Fake(Option<String>),
}

/// A command that there is: its name, how many words it takes at most, and its options; those that
/// end in `=` have a value.
struct Known {
    name: &'static str,
    words: usize,
    options: &'static [&'static str],
    database: bool,
}

const KNOWN: [Known; 7] = [
    Known {
        name: "make",
        words: 1,
        options: &["empty", "rename=", "drop=", "fill=", "allow-destructive"],
        database: false,
    },
    Known { name: "check", words: 0, options: &[], database: false },
    Known { name: "up", words: 1, options: &["out-of-order", "ignore-missing"], database: true },
    Known { name: "down", words: 1, options: &["steps="], database: true },
    Known { name: "status", words: 0, options: &[], database: true },
    Known { name: "sql", words: 1, options: &["backward"], database: true },
    Known { name: "fake", words: 1, options: &[], database: true },
];

/// What a command is told, taken apart.
struct Words {
    words: Vec<String>,
    options: Vec<(&'static str, String)>,
}

impl Words {
    fn word(&self) -> Option<String> {
        self.words.first().cloned()
    }

    fn has(&self, name: &str) -> bool {
        self.options.iter().any(|(option, _)| *option == name)
    }

    fn all(&self, name: &'static str) -> impl Iterator<Item = &str> {
        let of_name = self.options.iter().filter(move |(option, _)| *option == name);
        of_name.map(|(_, value)| value.as_str())
    }

    fn last(&self, name: &'static str) -> Option<&str> {
        self.all(name).last()
    }
}

/// Reads a command. `is_open` says that there is a database already. The error says what is wrong.
pub(super) fn parse(arguments: &[String], is_open: bool) -> Result<Parsed, String> {
    let Some((name, rest)) = arguments.split_first() else {
        return Ok(parsed(Asked::Help));
    };
    if matches!(name.as_str(), "help" | "--help" | "-h") || rest.iter().any(|one| one == "--help") {
        return Ok(parsed(Asked::Help));
    }
    let Some(known) = KNOWN.iter().find(|known| known.name == name) else {
        let names = KNOWN.iter().map(|known| known.name).chain(["help"]);
        return Err(format!("there is no command {}{}", shown(name), nearest(name, names)));
    };
    let words = take_apart(known, rest, known.database && !is_open)?;
    let asked = match known.name {
        "make" => {
            Asked::Make { name: words.word(), empty: words.has("empty"), hints: hints(&words)? }
        }
        "check" => Asked::Check,
        "up" => Asked::Up(words.word()),
        "down" => Asked::Down(back(&words)?),
        "status" => Asked::Status,
        "sql" => Asked::Sql {
            name: words.word().ok_or("`sql` is told which migration: its name, or its number")?,
            backward: words.has("backward"),
        },
        _ => Asked::Fake(words.word()),
    };
    Ok(Parsed {
        asked,
        url: words.last("database=").map(str::to_owned),
        lock_timeout: words.last("lock-timeout=").map(seconds).transpose()?,
        out_of_order: words.has("out-of-order"),
        ignore_missing: words.has("ignore-missing"),
    })
}

fn parsed(asked: Asked) -> Parsed {
    Parsed { asked, url: None, lock_timeout: None, out_of_order: false, ignore_missing: false }
}

fn take_apart(known: &Known, rest: &[String], needs_url: bool) -> Result<Words, String> {
    let beside: &[&'static str] = match (known.database, needs_url) {
        (true, true) => &["database=", "lock-timeout="],
        (true, false) => &["lock-timeout="],
        (false, _) => &[],
    };
    let options = || known.options.iter().chain(beside).copied();
    let mut words = Words { words: Vec::new(), options: Vec::new() };
    let mut rest = rest.iter();
    while let Some(word) = rest.next() {
        let Some(option) = word.strip_prefix("--") else {
            if words.words.len() == known.words || word.contains("://") {
                return Err(too_many(known, word));
            }
            words.words.push(word.clone());
            continue;
        };
        let (name, value) = match option.split_once('=') {
            Some((name, value)) => (name, Some(value.to_owned())),
            None => (option, None),
        };
        let Some(found) = options().find(|option| option.trim_end_matches('=') == name) else {
            let names = options().map(|option| option.trim_end_matches('='));
            return Err(format!(
                "`{}` has no option {}{}",
                known.name,
                shown(name),
                nearest(name, names)
            ));
        };
        let value = match (found.ends_with('='), value) {
            (true, Some(value)) => value,
            (true, None) => rest.next().cloned().ok_or(format!("`--{name}` needs a value"))?,
            (false, None) => String::new(),
            (false, Some(_)) => return Err(format!("`--{name}` has no value")),
        };
        words.options.push((found, value));
    }
    Ok(words)
}

fn too_many(known: &Known, word: &str) -> String {
    if word.contains("://") {
        // Not shown: there may be a password in it.
        return format!("`{}` takes no URL here; give it by `--database`", known.name);
    }
    let most = if known.words == 0 { "no word" } else { "one word" };
    format!("`{}` takes {most} behind it; {} is too many", known.name, shown(word))
}

/// A word, unless it may hold a URL.
fn shown(word: &str) -> String {
    if word.contains("://") { "that looks like a URL".to_owned() } else { format!("`{word}`") }
}

fn back(words: &Words) -> Result<Goal, String> {
    match (words.word(), words.last("steps=")) {
        (Some(_), Some(_)) => Err("`down` takes a target or `--steps`, not both".to_owned()),
        (Some(target), None) => Ok(Goal::DownTo(target)),
        (None, None) => Ok(Goal::Back(1)),
        (None, Some(count)) => count
            .parse()
            .map(Goal::Back)
            .map_err(|_| format!("`--steps` is a number of migrations, and not {}", shown(count))),
    }
}

fn seconds(text: &str) -> Result<Duration, String> {
    let seconds: Option<f64> = text.parse().ok();
    seconds
        .and_then(|seconds| Duration::try_from_secs_f64(seconds).ok())
        .ok_or_else(|| format!("`--lock-timeout` is a number of seconds, and not {}", shown(text)))
}

fn hints(words: &Words) -> Result<Hints, String> {
    let pair = |option: &str, text: &str| match text.split_once('=') {
        Some((left, right)) if !left.is_empty() && !right.is_empty() => {
            Ok((left.trim().to_owned(), right.trim().to_owned()))
        }
        _ => Err(format!(
            "`--{option}` has two sides with `=` between them, and not {}",
            shown(text)
        )),
    };
    let mut hints = Hints::new().allow_destructive(words.has("allow-destructive"));
    for text in words.all("rename=") {
        let (from, to) = pair("rename", text)?;
        hints = hints.rename(from, to);
    }
    for text in words.all("drop=") {
        hints = hints.drop(text);
    }
    for text in words.all("fill=") {
        let (column, sql) = pair("fill", text)?;
        hints = hints.fill(column, sql.as_str());
    }
    Ok(hints)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(words: &[&str]) -> String {
        let words: Vec<String> = words.iter().map(|word| (*word).to_owned()).collect();
        match parse(&words, false) {
            Ok(parsed) => format!("{:?}", parsed.asked),
            Err(wrong) => wrong,
        }
    }

    #[test]
    fn commands_are_read() {
        assert_eq!(told(&[]), "Help");
        assert_eq!(told(&["up"]), "Up(None)");
        assert_eq!(told(&["up", "0002"]), "Up(Some(\"0002\"))");
        assert_eq!(told(&["down"]), "Down(Back(1))");
        assert_eq!(told(&["down", "--steps", "3"]), "Down(Back(3))");
        assert_eq!(told(&["down", "--steps=2"]), "Down(Back(2))");
        assert_eq!(told(&["down", "zero"]), "Down(DownTo(\"zero\"))");
        assert_eq!(told(&["sql", "2", "--backward"]), "Sql { name: \"2\", backward: true }");
        assert_eq!(told(&["fake"]), "Fake(None)");
        assert_eq!(told(&["up", "--help"]), "Help");
        let words = ["up", "--database", "sqlite://a.db", "--lock-timeout=1.5", "--out-of-order"];
        let parsed = parse(&words.map(str::to_owned), false).unwrap();
        assert_eq!(parsed.url.as_deref(), Some("sqlite://a.db"));
        assert_eq!(parsed.lock_timeout, Some(Duration::from_millis(1500)));
        assert!(parsed.out_of_order && !parsed.ignore_missing);
    }

    #[test]
    fn hints_are_read() {
        let words = ["make", "names", "--rename", "book.title=name", "--fill", "book.n = 1 = 1"];
        let hints = Hints::new().rename("book.title", "name").fill("book.n", "1 = 1");
        let expected = format!("Make {{ name: Some(\"names\"), empty: false, hints: {hints:?} }}");
        assert_eq!(told(&words), expected);
    }

    #[test]
    fn wrong_words_are_told() {
        for (words, wrong) in [
            (&["upp"][..], "there is no command `upp`; did you mean `up`?"),
            (&["up", "1", "2"], "`up` takes one word behind it; `2` is too many"),
            (&["status", "1"], "`status` takes no word behind it; `1` is too many"),
            (&["sql"], "`sql` is told which migration: its name, or its number"),
            (&["up", "--databse=x"], "`up` has no option `databse`; did you mean `database`?"),
            (&["check", "--steps", "1"], "`check` has no option `steps`"),
            (&["down", "1", "--steps", "1"], "`down` takes a target or `--steps`, not both"),
            (&["down", "--steps", "x"], "`--steps` is a number of migrations, and not `x`"),
            (&["down", "--steps"], "`--steps` needs a value"),
            (&["sql", "1", "--backward=yes"], "`--backward` has no value"),
            (
                &["up", "--lock-timeout", "-1"],
                "`--lock-timeout` is a number of seconds, and not `-1`",
            ),
            (
                &["make", "--rename", "title"],
                "`--rename` has two sides with `=` between them, and not `title`",
            ),
        ] {
            assert_eq!(told(words), wrong);
        }
    }

    #[test]
    fn what_looks_like_a_url_is_not_shown() {
        let url = "postgres://ada:secret@localhost/app";
        for words in [
            &[url][..],
            &["up", url],
            &["status", url],
            &["up", "1", url],
            &["up", &format!("--{url}")],
            &["up", &format!("--databse={url}")],
            &["down", "--steps", url],
            &["up", "--lock-timeout", url],
        ] {
            let wrong = told(words);
            assert!(!wrong.contains("secret"), "{wrong}");
            assert!(!wrong.starts_with("Up"), "{wrong}");
        }
    }
}
