//! The handoff engine: a run computed by hand, promises under faults, and what must follow from
//! what is assumed.

use attune_sim::engine::StrategyName;
use attune_sim::handoff::{self, BadRecording, Recording, Report, Unsupported};
use attune_sim::scenario::{KeepBy, Scenario, Ticks};
use std::path::Path;

fn long_task() -> Scenario {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../scenarios/handoff/long-task.yaml");
    Scenario::read(&path).unwrap_or_else(|errors| panic!("{errors}"))
}

fn run(scenario: &Scenario, seed: i64) -> Report {
    run_under(scenario, StrategyName::Lazy, seed)
}

fn run_under(scenario: &Scenario, strategy: StrategyName, seed: i64) -> Report {
    handoff::run(scenario, strategy, seed).unwrap_or_else(|failure| panic!("{failure}"))
}

/// Two steps of one read each, no facts, everything constant.
fn tiny() -> Scenario {
    let mut scenario = Scenario::published(1, 200, &[100], 0.0, 1.0, 1);
    scenario.handoff.steps = Some(2);
    scenario.handoff.actions_per_step = 1;
    scenario.handoff.action_tokens = 10;
    scenario.handoff.action_sigma = 0.0;
    scenario.handoff.base_tokens = 50;
    scenario.handoff.context_tokens = 200;
    scenario.handoff.prepare_at = 1.0;
    scenario.handoff.divide_at = 0.9;
    scenario.handoff.budget_bytes = 0;
    scenario.handoff.facts_per_step = 0.0;
    scenario
}

/// Started at 0, asks at 6; reads until 10 (a fetch) and until 14 (a hit).
#[test]
fn a_task_in_one_context_by_hand() {
    let report = run(&tiny(), 1);
    assert_eq!((report.steps_done, report.steps_right, report.tasks_right), (2, 2, 1));
    assert_eq!((report.handoffs, report.ticks_to_done), (0, 14));
    assert_eq!((report.reads, report.hits, report.misses_cold), (2, 1, 1));
    assert_eq!(report.tokens.fetch, 100);
    assert_eq!(report.context_tokens, 50 + 100 + 10 + 10);
}

/// At 160 of 200 tokens it divides: drafts until 13, the successor is started at 14, asks at 20,
/// fetches (or is told that what is on the disk is current), and reads until 24.
#[test]
fn a_task_in_two_contexts_by_hand() {
    let mut scenario = tiny();
    scenario.handoff.divide_at = 0.8;
    for (versions, fetched) in [(false, 200), (true, 100)] {
        scenario.handoff.versions = versions;
        let report = run(&scenario, 1);
        assert_eq!((report.steps_right, report.handoffs, report.divisions), (2, 1, 1));
        assert_eq!((report.reads, report.hits, report.misses_cold), (2, 0, 2));
        assert_eq!((report.tokens.fetch, report.ticks_to_done), (fetched, 24), "{versions}");
        // Read again, wherever it came from.
        assert_eq!(report.context_tokens, 2 * (50 + 100 + 10));
    }
}

/// A context of 165 overflows: 50 + 100 + 10 leaves no room for the second step's 10.
#[test]
fn a_context_that_overflows_is_lost_and_its_step_repeated() {
    let mut scenario = tiny();
    scenario.handoff.context_tokens = 165;
    scenario.handoff.divide_at = 1.0;
    let report = run(&scenario, 1);
    assert_eq!((report.overflows, report.handoffs, report.divisions), (1, 1, 0));
    // Overflowed at 14 with the step begun; the lease was last renewed at 6.
    assert_eq!((report.steps_in_doubt, report.steps_repeated), (1, 1));
    // Offered at 36, asked at 42, looks until 46, reads until 50.
    assert_eq!((report.steps_right, report.ticks_to_done), (2, 50));
}

fn faulty(seed: i64) -> Scenario {
    let mut scenario = long_task();
    scenario.duration_ticks = 12_000;
    scenario.agents = 1 + seed as u32 % 3;
    scenario.network.latency = Ticks::Uniform { min: 0, max: 5 };
    scenario.network.loss_rate = 0.3;
    scenario.network.request_latency = Ticks::Uniform { min: 0, max: 3 };
    scenario.network.request_loss_rate = 0.2;
    scenario.network.duplication_rate = 0.2;
    scenario.network.reorder_rate = 0.2;
    scenario.network.reorder_ticks = 7;
    scenario.faults.crash_probability = 0.003;
    scenario.protocol.retry_ticks = 4;
    scenario.protocol.bound_reads = Some(6);
    scenario.handoff.steps = Some(20);
    scenario.handoff.actions_per_step = 4;
    scenario.handoff.context_tokens = 60_000;
    scenario.handoff.versions = seed % 2 == 0;
    scenario
}

/// A broken promise would be a panic with the command that repeats it.
#[test]
fn promises_hold_under_every_fault_and_work_goes_on() {
    let (mut crashes, mut doubts, mut passed, mut vain, mut done) = (0, 0, 0, 0, 0);
    for seed in 0..60 {
        let scenario = faulty(seed);
        for strategy in StrategyName::ALL.into_iter().skip(1) {
            let report = run_under(&scenario, strategy, seed);
            assert_eq!(report.lost_updates, 0);
            crashes += report.crashes;
            doubts += report.steps_in_doubt;
            passed += report.grants_passed;
            vain += report.started_in_vain;
            done += u64::from(report.steps_done == report.steps);
        }
    }
    // What is to be survived did happen.
    assert!(
        crashes > 1000 && doubts > 500 && passed > 100 && vain > 10,
        "{crashes} {doubts} {passed} {vain}"
    );
    assert_eq!(done, 300, "every run comes to its end");
}

#[test]
fn the_same_seed_is_the_same_run() {
    for strategy in [StrategyName::Eager, StrategyName::Push] {
        assert_eq!(run_under(&faulty(2), strategy, 5), run_under(&faulty(2), strategy, 5));
    }
    assert_ne!(run(&long_task(), 1), run(&long_task(), 2));
}

#[test]
fn who_keeps_everything_misses_nothing() {
    let mut scenario = long_task();
    scenario.handoff.keep_by = KeepBy::Share;
    scenario.handoff.kept_share = 1.0;
    scenario.handoff.findable_share = 0.0;
    let report = run(&scenario, 3);
    assert!(report.handoffs >= 5 && report.needed > 100);
    assert_eq!(report.known, report.needed);
    assert_eq!(report.facts_kept, report.facts_known);
    assert_eq!(report.steps_right, report.steps);
}

#[test]
fn who_keeps_nothing_knows_what_its_own_steps_made() {
    let mut scenario = long_task();
    scenario.handoff.keep_by = KeepBy::Share;
    scenario.handoff.kept_share = 0.0;
    scenario.handoff.findable_share = 0.0;
    let report = run(&scenario, 3);
    assert_eq!((report.facts_kept, report.uses_kept, report.found), (0, 0, 0));
    assert!(report.known > 0 && report.missing > report.needed / 4);
    assert!(report.steps_right < report.steps);
    // Everything can be found: nothing is wrong, it only takes longer.
    scenario.handoff.findable_share = 1.0;
    scenario.duration_ticks *= 2;
    let found = run(&scenario, 3);
    assert_eq!((found.missing, found.steps_right), (0, found.steps));
    assert!(found.ticks_to_done > report.ticks_to_done);
}

/// 0.94 to the sixth power is 0.69.
#[test]
fn what_is_never_learnt_again_decays_by_the_power_of_handoffs() {
    let mut scenario = long_task();
    scenario.handoff.keep_by = KeepBy::Share;
    scenario.handoff.findable_share = 0.0;
    let (mut made, mut kept) = (0, 0);
    for seed in 0..100 {
        let report = run(&scenario, seed);
        for of in &report.generations {
            assert_eq!(of.first_kept, of.first_known, "nothing is relearnt");
        }
        if let Some(seventh) = report.generations.get(6) {
            made += seventh.first_made;
            kept += seventh.first_kept;
        }
    }
    assert!(made > 1000);
    let share = kept as f64 / made as f64;
    assert!((share - 0.690).abs() < 0.03, "{share}");
}

#[test]
fn more_budget_preserves_more_of_what_is_used() {
    let mut last = (0.0, 0.0);
    for budget in [256, 1024, 4096, 16_384, 1_000_000] {
        let mut scenario = long_task();
        scenario.handoff.budget_bytes = budget;
        scenario.wire.bytes_per_token = 1000.0;
        let reports: Vec<Report> = (0..20).map(|seed| run(&scenario, seed)).collect();
        let share = |part: fn(&Report) -> u64, whole: fn(&Report) -> u64| {
            reports.iter().map(part).sum::<u64>() as f64
                / reports.iter().map(whole).sum::<u64>() as f64
        };
        let facts = share(|run| run.facts_kept, |run| run.facts_known);
        let uses = share(|run| run.uses_kept, |run| run.uses_known);
        assert!(
            facts > last.0 && (uses > last.1 || uses == 1.0),
            "{budget}: {facts} {uses} after {last:?}"
        );
        assert!(uses > facts || facts == 1.0, "what is used most is kept first");
        last = (facts, uses);
    }
    assert_eq!(last, (1.0, 1.0));
}

#[test]
fn smaller_contexts_make_more_generations() {
    let mut last = 0;
    for context in [2_000_000, 400_000, 200_000, 100_000] {
        let mut scenario = long_task();
        scenario.handoff.context_tokens = context;
        let handoffs = (0..5).map(|seed| run(&scenario, seed).handoffs).sum();
        assert!(handoffs > last || context == 2_000_000, "{context}: {handoffs}");
        last = handoffs;
    }
}

#[test]
fn what_cannot_be_modelled_is_refused_with_what_to_do() {
    let supports = |scenario: &Scenario| handoff::supports(scenario, StrategyName::Lazy);
    assert_eq!(supports(&long_task()), Ok(()));
    assert_eq!(
        handoff::supports(&long_task(), StrategyName::Broadcast),
        Err(Unsupported::Broadcast)
    );
    assert_eq!(supports(&Scenario::published(1, 1, &[1], 0.5, 0.5, 1)), Err(Unsupported::NoSteps));
    let mut crowded = long_task();
    crowded.agents = 1_001;
    assert_eq!(supports(&crowded), Err(Unsupported::Lineages { lineages: 1_001 }));
    let mut local = long_task();
    local.pattern.locality = 0.5;
    assert_eq!(supports(&local), Err(Unsupported::Setting { setting: "workload.locality" }));
    let mut full = long_task();
    full.handoff.base_tokens = 180_000;
    let refused = supports(&full).unwrap_err().to_string();
    assert!(refused.contains("raise handoff.context_tokens"), "{refused}");
}

/// A short task whose agents crash, on a network that loses messages.
fn short() -> Scenario {
    let mut scenario = faulty(0);
    scenario.name = "short task".to_string();
    scenario.handoff.steps = Some(6);
    scenario.handoff.actions_per_step = 3;
    scenario.handoff.context_tokens = 30_000;
    scenario.agents = 1;
    scenario
}

/// `scenarios/handoff/recordings/short-task.jsonl` is a recording; `UPDATE_GOLDEN=1` records it again.
#[test]
fn a_recorded_lineage_replays_on_the_core() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../scenarios/handoff/recordings/short-task.jsonl");
    let (report, recordings) = handoff::recorded(&short(), StrategyName::Lazy, 9).unwrap();
    let text = recordings[0].to_json_lines();
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        std::fs::write(&path, &text).unwrap();
    }
    let committed = std::fs::read_to_string(&path).unwrap();
    assert!(committed == text, "it is out of date: set UPDATE_GOLDEN=1 and read the difference");
    let lineage = Recording::from_json_lines(&committed).unwrap().replay().unwrap();
    assert!(lineage.is_done() && report.handoffs >= 2 && report.crashes > 0);
}

#[test]
fn a_recording_that_was_changed_is_found_out() {
    let (_, recordings) = handoff::recorded(&short(), StrategyName::Lazy, 9).unwrap();
    let text = recordings[0].to_json_lines();
    let completed = text.lines().position(|line| line.contains("complete")).unwrap();
    // A step that was never begun is completed.
    let lines: Vec<&str> = text.lines().collect();
    let begun = lines.iter().position(|line| line.contains("begin")).unwrap();
    let without = [&lines[..begun], &lines[begun + 1..]].concat().join("\n");
    let error = Recording::from_json_lines(&without).unwrap().replay().unwrap_err();
    assert!(matches!(error, BadRecording::Differs { line, .. } if line <= completed), "{error}");
    let cut = &text[..text.len() - 10];
    let error = Recording::from_json_lines(cut).unwrap_err().to_string();
    assert!(error.starts_with(&format!("line {}:", lines.len())), "{error}");
    assert!(matches!(Recording::from_json_lines(""), Err(BadRecording::Empty)));
    let other = text.replace("attune lineage 1", "attune lineage 9");
    assert!(matches!(Recording::from_json_lines(&other), Err(BadRecording::Format { .. })));
}
