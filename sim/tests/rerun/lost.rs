//! Lost updates as they happened.

use super::traces::*;
use attune_sim::rerun::{LostUpdates, Settings};
use attune_trace::access::Access;

fn judge(trace: &[Access]) -> LostUpdates {
    let found = compare(trace, &Settings::default());
    assert!(found.strategies.iter().all(|account| account.lost_updates == 0));
    found.today.lost_updates
}

#[test]
fn by_content() {
    let trace = [
        content("1", whole("a", 100)),
        content("1", whole("b", 100)),
        replacing("1", "2", write("b", 5, 100)),
        replacing("2", "3", write("a", 5, 100)),
        // It knows what it wrote itself.
        replacing("3", "4", write("a", 5, 100)),
    ];
    let expected =
        LostUpdates { lost: 1, lost_by_content: 1, judged_by_content: 3, ..LostUpdates::default() };
    assert_eq!(judge(&trace), expected);
}

/// b has put back what a had seen: nothing is lost, though there was a write.
#[test]
fn content_decides_before_order() {
    let trace = [
        content("1", whole("a", 100)),
        content("1", whole("b", 100)),
        replacing("1", "2", write("b", 5, 100)),
        replacing("2", "1", write("b", 5, 100)),
        replacing("1", "3", write("a", 5, 100)),
    ];
    assert_eq!(judge(&trace).lost, 0);
}

#[test]
fn by_order_where_no_contents_are_known() {
    let trace = [
        whole("a", 100),
        whole("b", 100),
        write("b", 5, 100),
        write("a", 5, 100),
        write("a", 5, 100),
        whole("b", 100),
        write("b", 5, 100),
    ];
    let expected = LostUpdates { lost: 1, judged_by_order: 4, ..LostUpdates::default() };
    assert_eq!(judge(&trace), expected);
}

/// A part has no name for its content; that b's read of the whole was of another shows that a's
/// was before the change.
#[test]
fn a_change_from_outside_counts_once_it_was_seen() {
    let trace = [
        content("1", whole("b", 100)),
        lines("a", (1, 5), 20),
        content("2", whole("b", 100)),
        write("a", 5, 100),
    ];
    assert_eq!(judge(&trace).lost, 1);
}

#[test]
fn what_cannot_be_told_is_said() {
    let trace =
        [of("new", write("a", 50, 50)), of("new", write("b", 5, 50)), of("old", write("a", 5, 50))];
    let expected = LostUpdates { made: 1, unseen: 2, ..LostUpdates::default() };
    assert_eq!(judge(&trace), expected);
}
