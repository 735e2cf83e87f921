//! One trace under every strategy.

use super::traces::*;
use attune_sim::engine::{Messages, StrategyName};
use attune_sim::rerun::{Account, ByReason, Comparison, Granularity, Settings, Tokens};
use attune_trace::access::{Access, Outcome};

/// Two agents and one artifact: both read it, one writes, the other reads again twice; much later
/// both read once more.
fn trace() -> Vec<Access> {
    vec![
        at(0, whole("a", 100)),
        at(1, whole("b", 100)),
        at(2, write("a", 20, 110)),
        at(3, whole("b", 110)),
        at(4, whole("b", 110)),
        at(400, whole("a", 110)),
        at(401, whole("b", 110)),
    ]
}

fn compared() -> Comparison {
    compare(&trace(), &Settings { access_count_k: 1, ..Settings::default() })
}

fn under(strategy: StrategyName) -> Account {
    account(&compared(), strategy).clone()
}

#[test]
fn today_every_read_brings_what_it_brought() {
    let found = compared();
    assert_eq!(found.today.tokens, 640);
    assert_eq!((found.trace.reads, found.trace.writes, found.trace.agents), (6, 1, 2));
}

#[test]
fn lazy_and_eager_send_again_what_was_written() {
    for strategy in [StrategyName::Lazy, StrategyName::Eager] {
        let found = under(strategy);
        assert_eq!(found.hits, 3, "{strategy}");
        assert_eq!(found.misses, ByReason { cold: 2, invalidated: 1, ..ByReason::default() });
        let fetched = ByReason { cold: 200, invalidated: 110, ..ByReason::default() };
        // Three fetches, an upgrade and a commit, each answered; the invalidation is acknowledged.
        let control = (5 + 5 + 1) * 12;
        let tokens = Tokens { fetched, invalidations: 12, control, ..Tokens::default() };
        assert_eq!(found.tokens, tokens, "{strategy}");
        assert_eq!(found.tokens.synchronization(), 322);
        let messages = Messages {
            requests: 5,
            answers: 5,
            acknowledgements: 1,
            invalidations: 1,
            ..Messages::default()
        };
        assert_eq!(found.messages, messages, "{strategy}");
    }
}

#[test]
fn a_lease_is_over_after_its_seconds() {
    let found = under(StrategyName::Lease);
    assert_eq!((found.hits, found.misses.expired), (1, 2));
    assert_eq!(found.tokens.fetched.expired, 220);
    assert_eq!(found.tokens.synchronization(), 542);
}

/// A second longer, and the last reads are in time: a synced at 2, b at 3.
#[test]
fn a_lease_that_is_long_enough_is_lazy() {
    let settings = Settings { ttl_ticks: 399, ..Settings::default() };
    let found = compare(&trace(), &settings);
    let (lease, lazy) = (account(&found, StrategyName::Lease), account(&found, StrategyName::Lazy));
    assert_eq!((lease.tokens, lease.misses), (lazy.tokens, lazy.misses));
    let settings = Settings { ttl_ticks: 398, ..Settings::default() };
    let found = compare(&trace(), &settings);
    assert_eq!(account(&found, StrategyName::Lease).misses.expired, 2);
}

/// One read after a sync: the last of b is the second since its fetch.
#[test]
fn an_access_count_is_used_up() {
    let found = under(StrategyName::AccessCount);
    assert_eq!((found.hits, found.misses.expired), (2, 1));
    assert_eq!(found.tokens.synchronization(), 432);
}

#[test]
fn a_push_saves_the_miss() {
    let found = under(StrategyName::Push);
    assert_eq!((found.hits, found.misses.total()), (4, 2));
    assert_eq!((found.tokens.fetched.total(), found.tokens.pushed), (200, 110));
    assert_eq!((found.messages.updates, found.messages.acknowledgements), (1, 1));
    assert_eq!(found.tokens.synchronization(), 310);
}

/// Without turns each access is a call: everything known is sent with each, but nothing with the
/// first.
#[test]
fn broadcast_sends_everything_with_each_call() {
    let found = under(StrategyName::Broadcast);
    assert_eq!((found.hits, found.misses.cold), (5, 1));
    assert_eq!((found.tokens.fetched.total(), found.tokens.pushed), (100, 640));
    assert_eq!(found.messages.updates, 6);
    assert_eq!(found.tokens.invalidations, 0);
}

/// Ten calls lie between a's first access and its write.
#[test]
fn calls_without_an_access_are_broadcast_to_as_well() {
    let call = |turn, access| Access { turn: Some(turn), ..access };
    let trace =
        [call(3, whole("a", 100)), call(13, write("a", 20, 110)), call(13, whole("a", 110))];
    let found = compare(&trace, &Settings::default());
    assert_eq!(account(&found, StrategyName::Broadcast).tokens.pushed, 1000);
}

#[test]
fn the_fewest_tokens_are_recommended() {
    let found = compared().recommendation.unwrap();
    assert_eq!((found.strategy, found.tokens), (StrategyName::Push, 310));
    let next = found.next.unwrap();
    assert_eq!((next.strategy, next.tokens), (StrategyName::Lazy, 322));
    assert!((next.saved_percent - 100.0 * 12.0 / 322.0).abs() < 1e-9);
    assert!((found.saved_of_today_percent.unwrap() - 100.0 * 330.0 / 640.0).abs() < 1e-9);
    assert!(found.equal.is_empty() && found.too_stale.is_empty());
}

/// In one call b reads x twice, and in between a writes it: what it was sent with the call is old.
#[test]
fn what_was_sent_with_a_call_can_be_stale_in_it() {
    let call = |turn, access| Access { turn: Some(turn), ..access };
    let trace = [
        call(1, whole("a", 100)),
        call(1, whole("b", 100)),
        call(2, write("a", 20, 100)),
        call(1, whole("b", 100)),
        call(3, write("a", 20, 100)),
        call(1, whole("b", 100)),
    ];
    let settings = Settings { stale_hits_max_percent: 49, ..Settings::default() };
    let found = compare(&trace, &settings);
    let stale = account(&found, StrategyName::Broadcast).staleness;
    assert_eq!((stale.stale_hits, stale.versions_max), (2, 2));
    assert!((stale.versions_mean - 1.5).abs() < 1e-9);
    assert_eq!(found.recommendation.unwrap().too_stale, [StrategyName::Broadcast]);
    let settings = Settings { stale_hits_max_percent: 50, ..Settings::default() };
    assert!(compare(&trace, &settings).recommendation.unwrap().too_stale.is_empty());
}

#[test]
fn a_bound_on_reads_makes_a_round_trip() {
    let settings = Settings { bound_reads: Some(1), ..Settings::default() };
    let found = lazy(&trace(), &settings);
    assert_eq!((found.hits, found.misses.bound), (2, 1));
    assert_eq!(found.tokens.fetched.bound, 110);
}

#[test]
fn what_failed_moves_nothing() {
    let failed = |outcome, access| Access { outcome, tokens: Some(0), ..access };
    let mut accesses = trace();
    accesses.insert(3, failed(Outcome::Conflict, at(2, write("b", 5, 110))));
    accesses.insert(2, failed(Outcome::Failed, at(2, whole("b", 110))));
    let found = compare(&accesses, &Settings { access_count_k: 1, ..Settings::default() });
    assert_eq!((found.trace.failed, found.trace.conflicts), (1, 1));
    assert_eq!(found.strategies, compared().strategies);
}

/// b is told of both writes, and once it is gone of none more: of the third it is told, since the
/// authority does not know yet, but nobody reads that.
#[test]
fn who_is_gone_costs_no_tokens() {
    let trace = [
        whole("a", 100),
        whole("b", 100),
        write("a", 1, 100),
        whole("b", 100),
        write("a", 1, 100),
        write("a", 1, 100),
    ];
    let found = compare(&trace, &Settings::default());
    let lazy = account(&found, StrategyName::Lazy);
    assert_eq!((lazy.messages.invalidations, lazy.tokens.invalidations), (2, 12));
    let push = account(&found, StrategyName::Push);
    assert_eq!((push.messages.updates, push.tokens.pushed), (2, 100));
}

/// What b last did is its second read; that it failed to read once more keeps nobody there.
#[test]
fn who_fails_is_gone_as_well() {
    let failed = Access { outcome: Outcome::Failed, ..whole("b", 0) };
    let trace = [whole("a", 100), whole("b", 100), write("a", 1, 100), failed];
    let found = compare(&trace, &Settings::default());
    assert_eq!(account(&found, StrategyName::Lazy).tokens.invalidations, 0);
}

/// Turns that go back, as after a rewind, are calls that were made.
#[test]
fn calls_are_never_fewer_than_before() {
    let call = |turn, access| Access { turn: Some(turn), ..access };
    let trace = [call(5, whole("a", 100)), call(3, whole("a", 100))];
    let found = compare(&trace, &Settings::default());
    let today = found.money.iter().find(|cost| cost.strategy.is_none()).unwrap();
    assert!((today.once.without_cache - (5.0 * 2000.0 + 200.0) * 3.0 / 1e6).abs() < 1e-12);
}

/// Two calls of 2,000 structural tokens, and 100 of content in the first.
#[test]
fn money_is_prompts_times_prices() {
    let found = compare(&[whole("a", 100), whole("a", 100)], &Settings::default());
    let cost = found.money.iter().find(|cost| cost.strategy == Some(StrategyName::Lazy)).unwrap();
    assert_eq!(cost.plan, "90 % off, paid writes");
    let near = |got: f64, expected: f64| assert!((got - expected).abs() < 1e-12, "{got}");
    near(cost.once.without_cache, 4100.0 * 3.0 / 1e6);
    near(cost.once.with_cache, (2000.0 * 0.3 + 2100.0 * 3.75) / 1e6);
    near(cost.kept.without_cache, 4200.0 * 3.0 / 1e6);
    near(cost.kept.with_cache, (2100.0 * 0.3 + 2100.0 * 3.75) / 1e6);
    let today = found.money.iter().find(|cost| cost.strategy.is_none()).unwrap();
    near(today.kept.without_cache, 4300.0 * 3.0 / 1e6);
}

#[test]
fn whole_files_bring_what_nobody_asked_for() {
    let trace =
        [Access { artifact_tokens: Some(400), total_lines: Some(40), ..lines("a", (1, 10), 100) }];
    assert_eq!(lazy(&trace, &Settings::default()).tokens.fetched.cold, 100);
    let settings = Settings { granularity: Granularity::WholeFiles, ..Settings::default() };
    assert_eq!(lazy(&trace, &settings).tokens.fetched.cold, 400);
}

/// Sizes that nobody recorded are 0 for all: that says nothing of which strategy is better.
#[test]
fn without_any_size_none_is_recommended() {
    let read = |agent| Access { tokens: None, artifact_tokens: None, ..whole(agent, 0) };
    let found = compare(&[read("a"), read("b"), read("a")], &Settings::default());
    assert_eq!(found.recommendation, None);
}

/// A trace may say any number of calls; what broadcast would send for them is not small for it.
#[test]
fn a_sum_that_does_not_fit_is_the_largest() {
    let size = attune_trace::access::NUMBER_MAX;
    let call = |turn, access| Access { turn: Some(turn), ..access };
    let trace = [call(1, whole("a", size)), call(size, whole("a", size)), whole("a", size)];
    let found = compare(&trace, &Settings::default());
    let tokens = account(&found, StrategyName::Broadcast).tokens;
    assert_eq!((tokens.pushed, tokens.synchronization()), (u64::MAX, u64::MAX));
    assert_eq!(found.recommendation.unwrap().strategy, StrategyName::Lazy);
}
