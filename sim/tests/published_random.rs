//! The replica's draws against draws made by CPython.

use attune_sim::published::random::{Random, Weights};
use serde_json::Value;

#[test]
fn draws_equal_cpython() {
    let checks: Value =
        serde_json::from_str(include_str!("../fixtures/mt19937-check.json")).unwrap();
    let checks = checks.as_object().unwrap();
    assert!(checks.len() >= 5);
    for (seed, lists) in checks {
        let fresh = || Random::new(seed.parse().unwrap());

        let mut random = fresh();
        for expected in lists["unit"].as_array().unwrap() {
            let expected: f64 = expected.as_str().unwrap().parse().unwrap();
            assert_eq!(random.unit(), expected, "unit, seed {seed}");
        }
        for (list, n) in [("below_3", 3), ("below_4", 4)] {
            let mut random = fresh();
            for expected in lists[list].as_array().unwrap() {
                assert_eq!(random.below(n), *expected, "{list}, seed {seed}");
            }
        }
        let mut random = fresh();
        let weights = Weights::new([1, 2, 5]);
        for expected in lists["weighted_1_2_5"].as_array().unwrap() {
            assert_eq!(random.weighted(&weights), *expected, "weighted, seed {seed}");
        }
    }
}

#[test]
fn the_sign_of_a_seed_is_ignored() {
    assert_eq!(Random::new(-42).unit(), Random::new(42).unit());
}
