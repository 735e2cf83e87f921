//! Whatever is done to a trace, a replay ends with an answer.

use attune_sim::replay::{Core, Replayed, replay};
use attune_trace::{ReadError, Reader};
use proptest::prelude::*;

const EXAMPLE: &str = include_str!("../../trace/tests/golden/stale-read.jsonl");

fn replayed(text: &[u8]) -> Result<Replayed, ReadError> {
    replay(&mut Reader::new(text)?, Core::AsRecorded, |_| Ok(()))
}

#[test]
fn the_example_comes_out_the_same() {
    let Replayed::Same { events, end } = replayed(EXAMPLE.as_bytes()).unwrap() else {
        panic!("it diverged")
    };
    assert_eq!((events, end.is_some()), (19, true));
}

/// The places of all numbers in the example, so that most alterations can still be read.
fn numbers() -> Vec<usize> {
    let digits = EXAMPLE.bytes().enumerate().filter(|(_, byte)| byte.is_ascii_digit());
    digits.map(|(place, _)| place).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn altered_numbers_are_an_answer_or_an_error(
        places in prop::collection::vec(prop::sample::select(numbers()), 1..3),
        number in prop::sample::select(vec!["0", "1", "2", "3", "5", "99", "65536", "4294967295"]),
    ) {
        let mut text = EXAMPLE.to_string();
        let mut places = places;
        places.sort_unstable();
        places.dedup();
        for &place in places.iter().rev() {
            text.replace_range(place..=place, number);
        }
        let _ = replayed(text.as_bytes());
    }

    #[test]
    fn altered_bytes_are_an_answer_or_an_error(place in 0..EXAMPLE.len(), byte in any::<u8>()) {
        let mut text = EXAMPLE.as_bytes().to_vec();
        text[place] = byte;
        let _ = replayed(&text);
        let _ = replayed(&text[..place]);
    }
}
