//! Sessions of a project that share a directory.

use super::traces::*;
use attune_sim::engine::StrategyName;
use attune_sim::rerun::{Peers, Settings};
use attune_trace::access::Access;

fn across() -> Settings {
    Settings { across: true, ..Settings::default() }
}

/// Session one writes between the reads of session two.
fn trace() -> Vec<Access> {
    vec![
        session("one", at(0, whole("main", 100))),
        session("one", at(60, write("main", 10, 100))),
        session("one", at(90, whole("main", 100))),
        session("two", at(30, whole("main", 100))),
        session("two", at(70, whole("main", 100))),
        session("two", at(3670, of("y", whole("main", 7)))),
    ]
}

#[test]
fn sessions_alone_know_nothing_of_one_another() {
    let found = compare(&trace(), &Settings::default());
    assert_eq!((found.trace.sessions, found.trace.groups, found.trace.artifacts), (2, 2, 3));
    let lazy = account(&found, StrategyName::Lazy);
    assert_eq!((lazy.misses.cold, lazy.misses.invalidated, lazy.hits), (3, 0, 2));
    assert_eq!(found.peers.served, 0);
}

#[test]
fn sessions_of_a_project_are_merged_by_time() {
    let found = compare(&trace(), &across());
    assert_eq!((found.trace.sessions, found.trace.groups, found.trace.artifacts), (2, 1, 2));
    assert_eq!(found.trace.agents, 2, "main of one is not main of two");
    let lazy = account(&found, StrategyName::Lazy);
    assert_eq!((lazy.misses.cold, lazy.misses.invalidated, lazy.hits), (3, 1, 1));
    let peers = Peers { first_reads: 3, served: 1, first_tokens: 207, served_tokens: 100 };
    assert_eq!(found.peers, peers);
}

#[test]
fn a_peer_serves_what_is_unchanged_for_an_hour() {
    let had = |middle: Option<Access>, then| {
        let first = [session("one", at(0, whole("main", 100)))];
        let last = session("two", at(then, whole("main", 100)));
        let trace: Vec<Access> = first.into_iter().chain(middle).chain([last]).collect();
        compare(&trace, &across()).peers.served
    };
    assert_eq!((had(None, 3600), had(None, 3601)), (1, 0));
    // The writer has what it wrote.
    assert_eq!(had(Some(session("three", at(10, write("main", 1, 100)))), 3600), 1);
    // Somebody has changed it since.
    let changed = [
        session("one", at(0, content("1", whole("main", 100)))),
        session("two", at(9, content("2", whole("main", 100)))),
    ];
    assert_eq!(compare(&changed, &across()).peers.served, 0);
    // Its own are no peer's.
    assert_eq!(had(Some(session("two", at(10, write("main", 1, 100)))), 20), 0);
}

#[test]
fn other_projects_and_sessions_without_one_share_nothing() {
    let other = |project: Option<&str>, access: Access| Access {
        project: project.map(str::to_string),
        ..access
    };
    let trace = [
        session("one", at(0, whole("main", 100))),
        other(Some("q"), session("two", at(1, whole("main", 100)))),
        other(None, session("three", at(2, whole("main", 100)))),
        other(None, session("four", at(3, whole("main", 100)))),
    ];
    let found = compare(&trace, &across());
    assert_eq!((found.trace.groups, found.peers.served), (4, 0));
}
