//! Names: between the spellings of Rust and SQL, and from a mistyped one to what was meant.

/// `BookTag` as `book_tag`, `HTTPServer` as `http_server`.
pub(crate) fn snake_case(name: &str) -> String {
    let letters: Vec<char> = name.chars().collect();
    let mut snake = String::with_capacity(name.len() + 4);
    for (at, letter) in letters.iter().enumerate() {
        let before = at.checked_sub(1).and_then(|at| letters.get(at));
        let word_starts = letter.is_uppercase()
            && before.is_some_and(|before| {
                let acronym_ends =
                    before.is_uppercase() && letters.get(at + 1).is_some_and(|c| c.is_lowercase());
                (!before.is_uppercase() && *before != '_') || acronym_ends
            });
        if word_starts {
            snake.push('_');
        }
        snake.extend(letter.to_lowercase());
    }
    snake
}

/// "; did you mean `name`?" with the nearest of `known`, or all of them where none is near.
pub(crate) fn suggestion<S: AsRef<str>>(wrong: &str, known: &[S]) -> String {
    let limit = (wrong.chars().count() / 3).max(1);
    let near = known
        .iter()
        .map(|name| (distance(wrong, name.as_ref()), name.as_ref()))
        .filter(|(distance, _)| *distance <= limit)
        .min();
    match near {
        Some((_, name)) => format!("; did you mean `{name}`?"),
        None if known.is_empty() => String::new(),
        None => {
            let names: Vec<String> =
                known.iter().map(|name| format!("`{}`", name.as_ref())).collect();
            format!("; it can be {}", names.join(", "))
        }
    }
}

/// The number of insertions, deletions, replacements and swaps of neighbours between two names.
fn distance(left: &str, right: &str) -> usize {
    let left: Vec<char> = left.chars().collect();
    let right: Vec<char> = right.chars().collect();
    let mut before: Vec<usize> = Vec::new();
    let mut above: Vec<usize> = (0..=right.len()).collect();
    for (row, from) in left.iter().enumerate() {
        let mut current = vec![row + 1];
        for (column, to) in right.iter().enumerate() {
            let replaced = above[column] + usize::from(from != to);
            let mut best = replaced.min(above[column + 1] + 1).min(current[column] + 1);
            if row > 0 && column > 0 && *from == right[column - 1] && left[row - 1] == *to {
                best = best.min(before[column - 1] + 1);
            }
            current.push(best);
        }
        before = std::mem::replace(&mut above, current);
    }
    above[right.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_types_become_names_of_tables() {
        for (name, table) in [
            ("Book", "book"),
            ("BookTag", "book_tag"),
            ("HTTPServer", "http_server"),
            ("Sha256", "sha256"),
            ("Order_Line", "order_line"),
            ("Élève", "élève"),
        ] {
            assert_eq!(snake_case(name), table);
        }
    }

    #[test]
    fn near_names_are_offered_and_far_ones_listed() {
        let known = ["unique", "index"];
        assert_eq!(suggestion("uniqe", &known), "; did you mean `unique`?");
        assert_eq!(suggestion("zzzzz", &known), "; it can be `unique`, `index`");
    }
}
