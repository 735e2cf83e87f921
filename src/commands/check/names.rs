//! Names that somebody may have meant.

/// Of the names that are known those close to this one, in words to be added to an error: they
/// share a part with it or differ in few letters. Empty if there are none.
pub fn hint<'a>(name: &str, known: impl Iterator<Item = &'a str>) -> String {
    let mut close: Vec<_> = known.filter(|known| is_close(name, known)).collect();
    close.sort_by_key(|known| distance(name, known));
    close.truncate(MOST);
    match close.as_slice() {
        [] => String::new(),
        names => format!("; is it {}?", names.join(", ")),
    }
}

/// More names than this help nobody.
const MOST: usize = 5;

fn is_close(name: &str, known: &str) -> bool {
    let shares = known.split('-').any(|part| part.len() > 3 && name.contains(part));
    shares || distance(name, known) <= 3
}

/// How many letters to add, leave out or change.
fn distance(one: &str, other: &str) -> usize {
    let mut row: Vec<usize> = (0..=other.chars().count()).collect();
    for (above, letter) in one.chars().enumerate() {
        let mut diagonal = row[0];
        row[0] = above + 1;
        for (place, other) in other.chars().enumerate() {
            let changed = diagonal + usize::from(letter != other);
            diagonal = row[place + 1];
            row[place + 1] = changed.min(diagonal + 1).min(row[place] + 1);
        }
    }
    row[row.len() - 1]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slip_is_close_and_something_else_is_not() {
        let hint = |name| hint(name, ["stale-hit", "renewed"].into_iter());
        assert_eq!(hint("satle-hti"), "");
        assert_eq!(hint("stael-hit"), "; is it stale-hit?");
        assert_eq!(hint("stale"), "; is it stale-hit?");
        assert_eq!(hint("renwed"), "; is it renewed?");
        assert_eq!(hint("nothing-like-it"), "");
    }

    #[test]
    fn the_closest_names_come_first() {
        let known =
            ["stale-one", "stale-two", "stale-three", "stale-four", "stale-five", "stale-six"];
        let hint = hint("stale-sixx", known.into_iter());
        assert!(hint.starts_with("; is it stale-six, "), "{hint}");
        assert_eq!(hint.matches("stale-").count(), MOST);
    }
}
