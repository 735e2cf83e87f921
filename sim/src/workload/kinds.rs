//! Sessions of one source by how long they are: short ones read other things and come back less
//! than long ones, and sums are of the long ones for the most part. So each kind has a model of its
//! own, and together they have the lengths that were observed.

use attune_trace::access::Access;

/// Kinds at most, each with an equal part of all accesses.
const KINDS_MAX: usize = 3;

/// A kind with fewer sessions than this, or accesses, is no kind of its own.
const SESSIONS_MIN: usize = 15;
const ACCESSES_MIN: usize = 200;

/// Sessions of one kind, with its name.
pub struct Kind<'a> {
    pub name: String,
    pub sessions: Vec<&'a Vec<Access>>,
}

/// The sessions by kind, the short ones first; in each the order is as before.
pub fn by_length<'a>(sessions: &[&'a Vec<Access>]) -> Vec<Kind<'a>> {
    let length =
        |session: &&Vec<Access>| session.iter().filter(|access| access.outcome.is_done()).count();
    let mut lengths: Vec<usize> = sessions.iter().map(length).collect();
    lengths.sort_unstable();
    let cuts = (1..=KINDS_MAX).rev().find_map(|kinds| cuts(&lengths, kinds)).unwrap_or_default();
    let beginnings = std::iter::once(0).chain(cuts.iter().copied());
    let ends = cuts.iter().copied().map(Some).chain([None]);
    beginnings
        .zip(ends)
        .map(|(from, to)| {
            let inside = |session: &&&Vec<Access>| {
                let length = length(session);
                length >= from && to.is_none_or(|to| length < to)
            };
            let name = match (from, to) {
                (0, None) => "all".to_string(),
                (from, None) => format!("from {from} accesses"),
                (from, Some(to)) => format!("{from} to {} accesses", to - 1),
            };
            Kind { name, sessions: sessions.iter().filter(inside).copied().collect() }
        })
        .collect()
}

/// The lengths at which the second kind begins, and the third; `None` if one would be too small.
fn cuts(sorted: &[usize], kinds: usize) -> Option<Vec<usize>> {
    let total: usize = sorted.iter().sum();
    let mut cuts = Vec::new();
    let mut sum = 0;
    for length in sorted {
        sum += length;
        if sum * kinds > total * (cuts.len() + 1) && cuts.len() + 1 < kinds {
            cuts.push(*length);
        }
    }
    let place = |cut: &usize| sorted.partition_point(|length| length < cut);
    let edges: Vec<usize> =
        std::iter::once(0).chain(cuts.iter().map(place)).chain([sorted.len()]).collect();
    let large = |edge: &[usize]| {
        let kind = sorted.get(edge[0]..edge[1]).unwrap_or_default();
        kind.len() >= SESSIONS_MIN && kind.iter().sum::<usize>() >= ACCESSES_MIN
    };
    (kinds == 1 || edges.windows(2).all(large)).then_some(cuts)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_kind_has_its_part_of_the_accesses_or_there_are_fewer() {
        let lengths: Vec<usize> = (1..=100).collect();
        assert_eq!(cuts(&lengths, 3), Some(vec![58, 82]));
        assert_eq!(cuts(&lengths, 2), Some(vec![71]));
        assert_eq!(cuts(&lengths, 1), Some(Vec::new()));
        assert_eq!(cuts(&[10; 100], 3), None, "all alike");
        assert_eq!(cuts(&(1..=40).collect::<Vec<_>>(), 3), None, "too few of the long ones");
    }
}
