//! Partial reads, deltas, and changes from outside.

use super::traces::*;
use attune_sim::engine::StrategyName;
use attune_sim::rerun::{Granularity, Settings};
use attune_trace::access::Access;

fn whole_files() -> Settings {
    Settings { granularity: Granularity::WholeFiles, ..Settings::default() }
}

fn deltas() -> Settings {
    Settings { deltas: true, ..Settings::default() }
}

/// Of 40 lines with 10 tokens each.
fn part(range: (u64, u64)) -> Access {
    let tokens = 10 * (range.1 - range.0 + 1);
    Access { artifact_tokens: Some(400), total_lines: Some(40), ..lines("a", range, tokens) }
}

#[test]
fn other_lines_are_no_hit() {
    let trace = [
        part((1, 10)),
        // Five lines more.
        part((6, 15)),
        // All there.
        part((2, 14)),
        // Nobody knows which lines: 30 tokens.
        scattered("a", 30),
        // 25 lines more.
        Access { total_lines: Some(40), ..whole("a", 400) },
        // The copy is whole now.
        scattered("a", 30),
        part((20, 40)),
    ];
    let found = lazy(&trace, &Settings::default());
    assert_eq!((found.misses.cold, found.misses.other_lines, found.hits), (1, 3, 3));
    assert_eq!(found.tokens.fetched.cold, 100);
    assert_eq!(found.tokens.fetched.other_lines, 50 + 30 + 250);
    let found = lazy(&trace, &whole_files());
    assert_eq!((found.misses.cold, found.hits), (1, 6));
    assert_eq!(found.tokens.fetched.total(), 400);
}

#[test]
fn an_invalidated_copy_has_no_lines() {
    let b = |access: Access| Access { agent: "b".to_string(), ..access };
    let trace =
        [part((1, 10)), b(part((1, 40))), b(write("b", 5, 400)), part((1, 5)), part((6, 10))];
    let found = lazy(&trace, &Settings::default());
    assert_eq!((found.misses.invalidated, found.misses.other_lines), (1, 1));
    assert_eq!(found.tokens.fetched.invalidated, 50);
    assert_eq!(found.tokens.fetched.other_lines, 50);
}

/// Who has no copy is given as much as it replaces, who had some lines those lines as they are now.
#[test]
fn a_writer_is_given_what_it_has_not_seen() {
    let b = |access: Access| Access { agent: "b".to_string(), ..access };
    let trace = [part((1, 10)), b(write("b", 30, 400)), write("a", 5, 400)];
    let found = lazy(&trace, &Settings::default());
    assert_eq!(found.tokens.granted, 30 + 100);
    assert_eq!((found.write_misses, found.writes_refreshed), (2, 1));
    assert_eq!(lazy(&trace, &whole_files()).tokens.granted, 800);
}

/// What a writer makes whole it has whole; who creates it is given nothing.
#[test]
fn who_makes_an_artifact_holds_it() {
    let trace = [write("a", 100, 100), whole("a", 100), scattered("a", 5)];
    let found = lazy(&trace, &Settings::default());
    assert_eq!((found.hits, found.tokens.synchronization()), (2, 0));
}

/// Two writes of 5 and 7 tokens: 12 bring the copy of b up to date.
#[test]
fn deltas_are_the_sum_of_what_was_written() {
    let trace =
        [whole("a", 100), whole("b", 100), write("a", 5, 100), write("a", 7, 100), whole("b", 100)];
    assert_eq!(lazy(&trace, &Settings::default()).tokens.fetched.invalidated, 100);
    for settings in [deltas(), Settings { deltas: true, ..whole_files() }] {
        let found = lazy(&trace, &settings);
        assert_eq!((found.misses.invalidated, found.tokens.fetched.invalidated), (1, 0));
        assert_eq!(found.tokens.deltas, 12);
    }
    let found = compare(&trace, &deltas());
    let push = account(&found, StrategyName::Push);
    assert_eq!((push.tokens.pushed, push.tokens.deltas, push.hits), (0, 12, 1));
}

#[test]
fn more_changes_than_content_are_sent_as_content() {
    let trace = [
        whole("a", 100),
        whole("b", 100),
        write("a", 80, 100),
        write("a", 80, 100),
        whole("b", 100),
    ];
    let found = lazy(&trace, &deltas());
    assert_eq!((found.tokens.deltas, found.tokens.fetched.invalidated), (0, 100));
}

#[test]
fn a_change_of_unknown_size_is_no_delta() {
    let unknown = Access { tokens: None, ..write("a", 0, 100) };
    let trace = [whole("a", 100), whole("b", 100), unknown, write("a", 1, 100), whole("b", 100)];
    let found = lazy(&trace, &deltas());
    assert_eq!((found.tokens.deltas, found.tokens.fetched.invalidated), (0, 100));
}

/// With deltas an expired copy is named, and confirmed.
#[test]
fn an_expired_copy_that_is_unchanged_is_confirmed() {
    let trace = [at(0, whole("a", 100)), at(300, whole("a", 100))];
    let lease = |settings| {
        let found = compare(&trace, &settings);
        account(&found, StrategyName::Lease).tokens.fetched
    };
    assert_eq!(lease(Settings::default()).expired, 100);
    assert_eq!(lease(deltas()).expired, 0);
}

#[test]
fn a_change_from_outside_invalidates() {
    let trace = [
        content("1", whole("a", 100)),
        content("1", whole("a", 100)),
        content("2", whole("a", 100)),
        content("2", whole("a", 100)),
    ];
    let found = compare(&trace, &deltas());
    assert_eq!(found.trace.changed_outside, 1);
    let lazy = account(&found, StrategyName::Lazy);
    assert_eq!((lazy.hits, lazy.misses.invalidated), (2, 1));
    assert_eq!((lazy.tokens.fetched.invalidated, lazy.tokens.deltas), (100, 0));
    assert_eq!(lazy.staleness.if_outside_is_unwatched, 1);
    assert_eq!(lazy.staleness.stale_hits, 0);
    // What is not the agents' own traffic is not counted: two fetches, one invalidation.
    assert_eq!(lazy.messages.total(), 2 * 2 + 2);
}

/// The second write replaced what no recorded write made.
#[test]
fn a_base_shows_a_change_from_outside() {
    let trace = [
        content("1", whole("a", 100)),
        replacing("1", "2", write("a", 5, 100)),
        replacing("3", "4", write("a", 5, 100)),
        content("4", whole("a", 100)),
    ];
    let found = compare(&trace, &Settings::default());
    assert_eq!(found.trace.changed_outside, 1);
    let lazy = account(&found, StrategyName::Lazy);
    assert_eq!((lazy.tokens.granted, lazy.writes_refreshed, lazy.hits), (100, 1, 1));
    assert_eq!(found.today.lost_updates.lost, 1, "the author knew content 2, and replaced 3");
}

#[test]
fn a_size_that_is_not_recorded_is_estimated() {
    let unknown = Access { tokens: None, agent: "b".to_string(), ..part((1, 20)) };
    let found = compare(&[part((1, 10)), unknown], &Settings::default());
    assert_eq!(found.trace.reads_estimated, 1);
    assert_eq!(found.today.tokens, 300);
}

/// Twice as large after the write, in lines nobody has counted: ten of them are as long as before.
#[test]
fn lines_stay_as_long_as_they_were() {
    let unknown =
        Access { tokens: None, artifact_tokens: None, total_lines: None, ..part((1, 10)) };
    let trace = [part((1, 20)), write("a", 400, 800), Access { agent: "b".to_string(), ..unknown }];
    assert_eq!(compare(&trace, &Settings::default()).today.tokens, 200 + 100);
}

#[test]
fn the_whole_is_no_smaller_than_what_was_read_of_it() {
    let found = lazy(&[scattered("a", 250)], &whole_files());
    assert_eq!(found.tokens.fetched.cold, 250);
}
