//! A rule left out: the checker finds the shortest way to a broken promise, it is told as a run,
//! and the protocol core with the same defect comes to the same end, judged anew. Without the
//! defect it does not.

use attune_models::asynchronous::Asynchronous;
use attune_models::atomic::Atomic;
use attune_models::coverage::Coverage;
use attune_models::explore::{Keep, Limits, explore};
use attune_models::fault::{Fault, Faults};
use attune_models::progress;
use attune_models::story::{self, Ending, Layer, Story};
use attune_models::world::Setting;
use attune_protocol::{Rule, Rules, Strategy};
use attune_sim::replay::{Core, Replayed, replay};
use attune_trace::reference::Witness;
use attune_trace::{Defect, Duty, Mutant, Origin, ReadError, Reader, Verdict, diagram};
use std::fs;
use std::path::PathBuf;
use std::sync::atomic::AtomicBool;

fn setting(defect: Option<Defect>, strategy: Strategy, agents: u32) -> Setting<Mutant> {
    let rules = Rules {
        discipline: Mutant(defect.and_then(Defect::rule)),
        strategy,
        bound_reads: Some(1),
        lease_ticks: 1,
        acknowledgement_ticks: 1,
        revalidate: false,
    };
    Setting {
        rules,
        neglected: defect.and_then(Defect::duty),
        agents,
        thorough: true,
        coverage: Coverage::default(),
    }
}

fn faults(faults: &[Fault]) -> Faults {
    faults.iter().fold(Faults::none(), |all, &fault| all.with(fault, Faults::ANY_NUMBER))
}

fn model(
    defect: Option<Defect>,
    strategy: Strategy,
    possible: &[Fault],
) -> Asynchronous<Mutant, 2> {
    Asynchronous {
        setting: setting(defect, strategy, 2),
        commits: 1,
        flight: 2,
        faults: faults(possible),
        heartbeats: false,
        releases: true,
        symmetry: false,
        subsumption: false,
        refines: None,
        log: 2,
        cut: AtomicBool::new(false),
    }
}

fn limits(keep: Keep) -> Limits<'static> {
    Limits { depth: None, keep, threads: 1, go_on: &|met, _, _| met < 400_000 }
}

fn origin() -> Origin {
    Origin {
        model: "asynchronous, 2 agents, 1 commit, 2 messages in flight".to_string(),
        command: "cargo test --test counterexamples".to_string(),
        ..Origin::default()
    }
}

/// The shortest way to a broken promise.
fn broken<M: Layer>(model: &M) -> Story {
    let explored = explore(model, &limits(Keep::States));
    let found = explored.found.expect("some promise breaks");
    story::of(model, &explored.way_to(found), Ending::Broken, origin()).unwrap()
}

fn replayed(story: &Story, core: Core) -> Replayed {
    let text = story.write(Vec::new()).unwrap();
    let mut trace = Reader::new(&text[..]).unwrap();
    replay(&mut trace, core, |_| Ok::<(), ReadError>(())).unwrap()
}

fn comes_to_the_same_end(story: &Story) {
    match replayed(story, Core::AsRecorded) {
        Replayed::Same { events, end: Some(end) } => {
            assert_eq!((events as usize, &end), (story.events.len(), &story.end));
        }
        other => panic!("{other:?}"),
    }
}

/// The sound core does something else, or breaks nothing.
fn is_the_defects_doing(story: &Story) {
    let sound = replayed(story, Core::WithoutDefect);
    assert!(matches!(sound, Replayed::Diverged(_)), "{:?}", story.end.verdict);
}

const LATE: [Fault; 3] = [Fault::Loss, Fault::Reordering, Fault::Lease];

#[test]
fn a_rule_left_out_breaks_a_promise_and_the_core_agrees() {
    let cases = [
        (Rule::CommitIsInItsEpoch, Strategy::lazy(), "no-stale-apply"),
        (Rule::ExpiryOpensAnEpoch, Strategy::lazy(), "no-stale-apply"),
        (Rule::OldInvalidationIsIgnored, Strategy::lazy(), "no-stale-apply"),
        (Rule::CommitNamesItsBase, Strategy::lazy(), "no-lost-update"),
        (Rule::NewerRequestOpensAnEpoch, Strategy::lazy(), "no-stale-apply"),
        (Rule::LostDraftIsDropped, Strategy::lazy(), "data-value"),
        (Rule::FetchRegisters, Strategy::lease(1), "directory-agrees"),
        (Rule::ReadsAreBounded, Strategy::push(), "bounded-staleness"),
        (Rule::RecordIsAppliedOnce, Strategy::lazy(), "recovery"),
        (Rule::GrantWaitsForHolders, Strategy::eager(), "readers-excluded"),
        (Rule::ClaimEndsAtItsDeadline, Strategy::eager(), "timely-expiry"),
    ];
    for (rule, strategy, property) in cases {
        let story = broken(&model(Some(Defect::WithoutRule(rule)), strategy, &Fault::ALL));
        assert_eq!(story.property(), Some(property), "{}", rule.name());
        assert_eq!(story.header.origin.mutant.as_deref(), Some(rule.name()));
        comes_to_the_same_end(&story);
        is_the_defects_doing(&story);
    }
}

#[test]
fn a_duty_neglected_breaks_a_promise_and_the_core_agrees() {
    for duty in Duty::ALL {
        let story = broken(&model(Some(Defect::Neglects(duty)), Strategy::lazy(), &Fault::ALL));
        assert_eq!(story.header.origin.mutant.as_deref(), Some(duty.name()));
        comes_to_the_same_end(&story);
        is_the_defects_doing(&story);
    }
}

#[test]
fn a_step_of_the_atomic_layer_is_told_message_by_message() {
    for (rule, symmetry) in [(Rule::FetchRegisters, true), (Rule::CommitOutdatesCopies, false)] {
        let defect = Some(Defect::WithoutRule(rule));
        let model = Atomic::<Mutant, 4> {
            setting: setting(defect, Strategy::lazy(), 3),
            commits: 2,
            faults: faults(&[Fault::Loss, Fault::Crash, Fault::Lease]),
            symmetry,
            unreliable: false,
        };
        let explored = explore(&model, &limits(Keep::States));
        let way = explored.way_to(explored.found.expect("some promise breaks"));
        let story = story::of(&model, &way, Ending::Broken, origin()).unwrap();
        assert!(story.events.len() > way.len());
        comes_to_the_same_end(&story);
        is_the_defects_doing(&story);
    }
}

#[test]
fn what_goes_on_for_ever_is_told_with_one_round_of_it() {
    // Where time stands still, what nobody knows of any more is never taken back.
    let model = model(None, Strategy::lazy(), &[Fault::Loss]);
    let explored = explore(&model, &limits(Keep::Graph));
    assert_eq!(explored.found, None);
    let graph = explored.graph.as_ref().unwrap();
    let stuck = progress::judge(graph, 2, true).expect_err("a lost release is never made good");
    let story = story::stuck(&model, &explored, &stuck, origin()).unwrap();
    let Verdict::Repeats { from_step, .. } = story.end.verdict else { panic!("{story:?}") };
    assert!((2..=story.events.len() as u32).contains(&from_step));
    let drawn = diagram::terminal(&story.header, &story.events, &story.end);
    assert!(drawn.contains(&format!("====  and again from step {from_step}\n")), "{drawn}");
    let drawn = diagram::mermaid(&story.header, &story.events, &story.end);
    assert!(drawn.contains("    loop for ever\n") && drawn.contains("    end\n"), "{drawn}");
    comes_to_the_same_end(&story);
}

#[test]
fn a_situation_that_is_met_is_told_up_to_there() {
    let model = model(None, Strategy::lazy(), &LATE);
    let found = story::witness(&model, Witness::StaleHit, &limits(Keep::States), origin());
    let story = found.unwrap().story.expect("a copy is read before its invalidation comes");
    comes_to_the_same_end(&story);
    assert_eq!(story.header.origin.mutant, None);
    let never = story::witness(&model, Witness::Recovered, &limits(Keep::States), origin());
    assert_eq!(never.unwrap().story, None, "without restarts");
}

#[test]
fn each_counterexample_says_what_the_last_step_was() {
    // What an agent does, what a line does, a recovery, and a read.
    let (late, stops) = (&LATE[..2], &[Fault::Restart][..]);
    let cases = [
        (Rule::OldUpdateIsIgnored, Strategy::push(), late, ["before: a", "; sends acknowledge e"]),
        (
            Rule::RepeatedRequestIsAnswered,
            Strategy::eager(),
            late,
            ["the line is", "the line: nothing said"],
        ),
        (Rule::RecordIsAppliedOnce, Strategy::lazy(), stops, ["snapshot: v", "record 1: a"]),
        (Rule::RepeatedRequestKeepsItsGrant, Strategy::lazy(), late, ["a second time: the", "e3"]),
        (Rule::NoRecordIsLeftOut, Strategy::lazy(), stops, ["record 2: a", "recovery should stop"]),
        (Rule::ReadsAreBounded, Strategy::lazy(), late, ["1 read and 0 ticks since", "K is 1"]),
    ];
    for (rule, strategy, faults, expected) in cases {
        let story = broken(&model(Some(Defect::WithoutRule(rule)), strategy, faults));
        let Verdict::Broken { how, .. } = &story.end.verdict else { panic!("{:?}", story.end) };
        let told = how.join("\n");
        let drawn = diagram::terminal(&story.header, &story.events, &story.end);
        assert!(
            drawn.contains(&format!("  {}", rule.says().split(", ").next().unwrap())),
            "{drawn}"
        );
        for part in expected {
            assert!(told.contains(part), "{}: {part} in {told}", rule.name());
        }
    }
}

#[test]
fn the_diagrams_of_a_counterexample_are_these() {
    let cases = [
        (Rule::CommitIsInItsEpoch, Strategy::lazy(), &LATE[..]),
        (Rule::OldUpdateIsIgnored, Strategy::push(), &LATE[..]),
        (Rule::RecordIsAppliedOnce, Strategy::lazy(), &[Fault::Restart][..]),
    ];
    for (rule, strategy, faults) in cases {
        let story = broken(&model(Some(Defect::WithoutRule(rule)), strategy, faults));
        is_as_kept(rule.name(), &story);
    }
}

fn is_as_kept(name: &str, story: &Story) {
    let Story { header, events, end } = story;
    let drawn = [
        ("txt", diagram::terminal(header, events, end)),
        ("mmd", diagram::mermaid(header, events, end)),
        ("jsonl", String::from_utf8(story.write(Vec::new()).unwrap()).unwrap()),
    ];
    for (extension, made) in drawn {
        let path = PathBuf::from(env!("CARGO_MANIFEST_DIR"))
            .join("tests/golden")
            .join(format!("{name}.{extension}"));
        if std::env::var_os("UPDATE_GOLDEN").is_some() {
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(&path, &made).unwrap();
        }
        let kept = fs::read_to_string(&path).expect("UPDATE_GOLDEN=1 writes it");
        assert_eq!(made, kept, "UPDATE_GOLDEN=1 writes it anew; read the diff");
    }
}
