//! Which sessions a workload is fitted to, and which judge it: by the session's name alone, so that
//! a session stays where it is when others come.

/// Whether the session is one to fit to.
pub fn fits(session: &str, seed: u64, share: f64) -> bool {
    ((hash(session, seed) >> 11) as f64 / 9_007_199_254_740_992.0) < share
}

/// A number as good as drawn, which depends on the name and the seed alone.
pub fn hash(name: &str, seed: u64) -> u64 {
    // FNV-1a, then a finish (that of SplitMix64), since its high bits alone mix badly.
    let mut hash = 0xcbf2_9ce4_8422_2325_u64 ^ seed;
    for byte in name.bytes() {
        hash = (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3);
    }
    hash = (hash ^ (hash >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    hash = (hash ^ (hash >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    hash ^ (hash >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn about_the_share_is_chosen_and_it_depends_on_the_seed() {
        let chosen = |seed| -> Vec<usize> {
            (0..4000).filter(|number| fits(&format!("session-{number}"), seed, 0.3)).collect()
        };
        let (one, other) = (chosen(1), chosen(2));
        assert!((1100..1300).contains(&one.len()), "{}", one.len());
        let both = one.iter().filter(|number| other.contains(number)).count();
        assert!((280..440).contains(&both), "{both}");
    }
}
