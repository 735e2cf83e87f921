//! "Did you mean": the closest of the known words.

/// Longer words are not compared: nobody misspells one of ours at that length.
const CHARACTERS_MAX: usize = 60;

/// The known word that `word` most likely stands for, if any is close enough.
pub(super) fn closest(word: &str, known: &[&'static str]) -> Option<&'static str> {
    let length = word.chars().count();
    if length > CHARACTERS_MAX {
        return None;
    }
    let simple = simplified(word);
    let far_enough = (length / 3).max(1);
    known
        .iter()
        .map(|&candidate| (distance(&simple, &simplified(candidate)), candidate))
        .filter(|&(distance, _)| distance <= far_enough)
        .min_by_key(|&(distance, _)| distance)
        .map(|(_, candidate)| candidate)
}

/// Case, hyphens and spaces are how other tools spell the same word.
fn simplified(word: &str) -> Vec<char> {
    word.chars()
        .flat_map(char::to_lowercase)
        .map(|c| if c == '-' || c == ' ' { '_' } else { c })
        .collect()
}

/// Edit distance: insertions, deletions, replacements and swaps of neighbours.
fn distance(from: &[char], to: &[char]) -> usize {
    let width = to.len() + 1;
    let mut table = vec![0; (from.len() + 1) * width];
    for i in 0..=from.len() {
        for j in 0..=to.len() {
            let best = if i == 0 || j == 0 {
                i + j
            } else {
                let replaced =
                    table[(i - 1) * width + j - 1] + usize::from(from[i - 1] != to[j - 1]);
                let shifted = table[(i - 1) * width + j].min(table[i * width + j - 1]) + 1;
                let swapped =
                    i > 1 && j > 1 && from[i - 1] == to[j - 2] && from[i - 2] == to[j - 1];
                let swapped = if swapped { table[(i - 2) * width + j - 2] + 1 } else { usize::MAX };
                replaced.min(shifted).min(swapped)
            };
            table[i * width + j] = best;
        }
    }
    table[from.len() * width + to.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn distance_counts_single_slips() {
        let distance = |a: &str, b: &str| {
            super::distance(&a.chars().collect::<Vec<_>>(), &b.chars().collect::<Vec<_>>())
        };
        assert_eq!(distance("seed", "seed"), 0);
        assert_eq!(distance("sed", "seed"), 1);
        assert_eq!(distance("sede", "seed"), 1);
        assert_eq!(distance("", "seed"), 4);
        assert_eq!(distance("kitten", "sitting"), 3);
    }

    #[test]
    fn only_close_words_are_suggested() {
        let known = ["seed", "num_agents", "duration_ticks"];
        assert_eq!(closest("sed", &known), Some("seed"));
        assert_eq!(closest("Num-Agents", &known), Some("num_agents"));
        assert_eq!(closest("banana", &known), None);
    }
}
