//! Finding what a mistyped name was meant to be.

/// "; did you mean `name`?" with the nearest of `known`, or a list of some where none is near.
pub(crate) fn nearest<'a>(wrong: &str, known: impl Iterator<Item = &'a str>) -> String {
    let mut by_distance: Vec<(usize, &str)> =
        known.map(|name| (distance(wrong, name), name)).collect();
    by_distance.sort();
    let limit = (wrong.chars().count() / 3).max(1);
    let near: Vec<String> = by_distance
        .iter()
        .take_while(|(distance, _)| *distance <= limit)
        .take(3)
        .map(|(_, name)| format!("`{name}`"))
        .collect();
    if !near.is_empty() {
        return format!("; did you mean {}?", near.join(" or "));
    }
    let mut names: Vec<String> = by_distance.iter().map(|(_, name)| format!("`{name}`")).collect();
    names.sort();
    names.dedup();
    match names.len() {
        0 => String::new(),
        count if count > 12 => format!("; it has {}, …", names[..12].join(", ")),
        _ => format!("; it has {}", names.join(", ")),
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
    fn near_names_are_offered_and_far_ones_listed() {
        let known = || ["name", "views", "title"].into_iter();
        assert_eq!(nearest("nmae", known()), "; did you mean `name`?");
        assert_eq!(nearest("nme", known()), "; did you mean `name`?");
        assert_eq!(nearest("zzzzzz", known()), "; it has `name`, `title`, `views`");
    }
}
