//! What holds of all traces.

use super::traces::*;
use attune_sim::engine::StrategyName;
use attune_sim::rerun::{Granularity, Settings};
use attune_trace::access::{Access, ContentId};
use proptest::prelude::*;

const AGENTS: [&str; 3] = ["a", "b", "c"];
const ARTIFACTS: [&str; 2] = ["x", "y"];

/// Reads of all kinds and writes, sizes known, with times that may stand still.
fn accesses() -> impl Strategy<Value = Vec<Access>> {
    let one = (0..3_usize, 0..2_usize, 0..6_u8, (1..30_u64, 0..20_u64), 1..200_u64, 0..4_u8);
    proptest::collection::vec((one, 0..200_i64), 0..40).prop_map(|all| {
        let mut now = 0;
        let mut sizes = [300_u64; 2];
        let each = all.into_iter().map(|(one, later)| {
            let (agent, artifact, kind, (first, more), tokens, name) = one;
            now += later;
            let agent = AGENTS[agent];
            let access = match kind {
                0 => {
                    sizes[artifact] = tokens + 100;
                    write(agent, tokens, sizes[artifact])
                }
                1 | 2 => lines(agent, (first, first + more), 5 * (more + 1)),
                3 => scattered(agent, tokens.min(90)),
                _ => whole(agent, sizes[artifact]),
            };
            let version = (name == 0).then(|| ContentId(tokens.to_string()));
            of(ARTIFACTS[artifact], at(now, Access { version, ..access }))
        });
        each.collect()
    })
}

fn settings() -> impl Strategy<Value = Settings> {
    (any::<bool>(), any::<bool>(), any::<bool>(), proptest::option::of(0..4_u16)).prop_map(
        |(across, whole_files, deltas, bound_reads)| Settings {
            across,
            granularity: if whole_files { Granularity::WholeFiles } else { Granularity::Lines },
            deltas,
            bound_reads,
            access_count_k: 2,
            ..Settings::default()
        },
    )
}

proptest! {
    #[test]
    fn every_read_is_a_hit_or_a_miss(trace in accesses(), settings in settings()) {
        let found = compare(&trace, &settings);
        for account in &found.strategies {
            prop_assert_eq!(account.hits + account.misses.total(), account.reads);
            prop_assert_eq!(account.reads + account.writes, trace.len() as u64);
            prop_assert_eq!(account.messages.answers, account.messages.requests);
        }
    }

    /// Whoever asks for lines is never sent more for it than today.
    #[test]
    fn reads_bring_no_more_than_today(trace in accesses(), settings in settings()) {
        let settings = Settings { granularity: Granularity::Lines, ..settings };
        let found = compare(&trace, &settings);
        for account in &found.strategies {
            prop_assert!(account.tokens.fetched.total() <= found.today.tokens, "{account:?}");
        }
    }

    /// Reads of the whole artifact: then whole copies bring no more than today either.
    #[test]
    fn whole_reads_bring_no_more_than_today(trace in accesses()) {
        let settings = Settings { granularity: Granularity::WholeFiles, ..Settings::default() };
        let sized = |access: &Access| access.tokens.is_some() && access.tokens == access.artifact_tokens;
        let whole: Vec<Access> = trace
            .into_iter()
            .filter(|access| access.op == attune_trace::access::Op::Write || sized(access))
            .collect();
        let found = compare(&whole, &settings);
        for account in &found.strategies {
            prop_assert!(account.tokens.fetched.total() <= found.today.tokens, "{account:?}");
        }
    }

    /// Where nothing takes time, whoever invalidates leaves nothing stale, and it does not matter
    /// when it does.
    #[test]
    fn nothing_is_stale_and_eager_is_lazy(trace in accesses(), settings in settings()) {
        let found = compare(&trace, &settings);
        for account in &found.strategies {
            if account.strategy != StrategyName::Broadcast {
                prop_assert_eq!(account.staleness.stale_hits, 0);
            }
        }
        let (eager, lazy) =
            (account(&found, StrategyName::Eager), account(&found, StrategyName::Lazy));
        prop_assert_eq!(&eager.tokens, &lazy.tokens);
        prop_assert_eq!(&eager.misses, &lazy.misses);
        prop_assert_eq!(&eager.messages, &lazy.messages);
    }

    /// A copy that expires is never read more often than one that does not.
    #[test]
    fn expiry_only_costs_hits(trace in accesses(), settings in settings()) {
        let found = compare(&trace, &settings);
        let lazy = account(&found, StrategyName::Lazy);
        for strategy in [StrategyName::Lease, StrategyName::AccessCount] {
            prop_assert!(account(&found, strategy).hits <= lazy.hits, "{strategy}");
        }
    }

    #[test]
    fn the_same_trace_gives_the_same_bytes(trace in accesses(), settings in settings()) {
        let bytes = || serde_json::to_vec(&compare(&trace, &settings)).unwrap();
        prop_assert_eq!(bytes(), bytes());
    }
}
