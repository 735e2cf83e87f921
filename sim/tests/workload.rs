//! Workloads: what is made up from a model is fitted to that model again, is judged to be near it,
//! and what cannot be fitted is said.

use attune_sim::rerun::Settings;
use attune_sim::workload::{
    BadWorkload, Calibration, Measure, Model, Options, Source, Workload, calibrate, session,
};
use attune_trace::access::{Access, Op};

const TEAM: &str = include_str!("workload/team.yaml");

fn team() -> Model {
    Workload::from_yaml(TEAM, "team.yaml").unwrap().sources.remove(0)
}

fn sessions(model: &Model, seed: u64, count: u64) -> Vec<Vec<Access>> {
    (0..count).map(|number| session(model, seed, number)).collect()
}

fn source(sessions: Vec<Vec<Access>>) -> Source {
    Source { name: "team".to_string(), sessions }
}

fn options(sessions: u64) -> Options {
    Options { fit_share: 0.5, seed: 1, sessions, settings: Settings::default() }
}

fn calibrated(sessions: Vec<Vec<Access>>, made: u64) -> Calibration {
    calibrate(&source(sessions), &options(made), &|| ())
}

#[track_caller]
fn near(found: f64, right: f64, within: f64) {
    assert!((found - right).abs() <= within, "{found} for {right} ± {within}");
}

/// Sessions of the very model: the synthetic ones differ from them by chance alone, the uniform ones
/// in what the paper's workload leaves out.
#[test]
fn a_source_of_the_models_own_kind_is_within_the_stated_error() {
    let found = calibrated(sessions(&team(), 11, 400), 600);
    assert_eq!(found.warnings, Vec::<String>::new());
    let judgement = found.judgement.unwrap();
    let outside = judgement.compared.iter().filter(|row| !row.within).count();
    assert!(outside * 10 <= judgement.compared.len(), "{outside} of {}", judgement.compared.len());
    assert_eq!(judgement.best.real, judgement.best.synthetic);
    let hits = judgement.compared.iter().filter(|row| row.measure == Measure::HitRate);
    for row in hits.filter(|row| row.strategy.name() == "lazy") {
        assert!(row.stated_error < 8.0 && row.difference.abs() < 6.0, "{row:?}");
        assert!(row.uniform_difference > 2.0 * row.stated_error, "{row:?}");
    }
}

/// Fitted to sessions of one kind, judged by others: the error must not cover that.
#[test]
fn another_kind_of_sessions_is_not_within_it() {
    let mut other = team();
    other.lead.locality.read_whole = 0.8;
    other.lead.locality.read_part = 0.8;
    other.reads.again_after_parts.same_lines = 0.9;
    other.reads.again_after_whole.whole = 0.9;
    let (own, other) = (sessions(&team(), 3, 400), sessions(&other, 4, 400));
    // Which sessions judge depends on their names alone, and both kinds have the same.
    let fitted = calibrated(own.clone(), 10);
    let judging = |session: &Vec<Access>| {
        let one = calibrated(vec![session.clone(), own[0].clone()], 1);
        one.judging.sessions > 0 && one.fitted.sessions < 2
    };
    let mixed: Vec<Vec<Access>> = own
        .iter()
        .zip(other)
        .map(|(own, other)| if judging(own) { other } else { own.clone() })
        .collect();
    let found = calibrated(mixed, 400);
    assert_eq!(found.fitted.sessions, fitted.fitted.sessions);
    let compared = found.judgement.unwrap().compared;
    let hits = compared
        .iter()
        .find(|row| row.measure == Measure::HitRate && row.strategy.name() == "lazy");
    let hits = hits.unwrap();
    assert!(!hits.within, "{hits:?}");
}

#[test]
fn the_same_seed_gives_the_same_on_any_number_of_threads() {
    let all = sessions(&team(), 5, 60);
    assert_eq!(session(&team(), 5, 17), all[17]);
    assert_ne!(session(&team(), 6, 17), all[17]);
    let once = |threads| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        let found = pool.install(|| calibrated(all.clone(), 40));
        serde_json::to_string(&found).unwrap()
    };
    assert_eq!(once(1), once(4));
}

#[test]
fn what_cannot_be_fitted_is_said() {
    let writes: Vec<Access> = sessions(&team(), 1, 1)
        .remove(0)
        .into_iter()
        .map(|access| Access { op: Op::Write, time_ms: None, turn: None, lines: None, ..access })
        .collect();
    let found = calibrated(vec![writes], 10);
    let said = found.warnings.join("\n");
    for word in ["reads: none", "time: none", "turns and bursts", "small: 1 session", "to judge by"]
    {
        assert!(said.contains(word), "{word} in {said}");
    }
    assert_eq!(found.judgement, None);
    assert!(found.models.len() == 1 && found.scenario.is_some());

    let nothing = calibrated(Vec::new(), 10);
    assert_eq!((nothing.models, nothing.judgement), (Vec::new(), None));
}

#[test]
fn a_workload_file_is_read_as_it_was_written_and_is_a_scenario() {
    let found = calibrated(sessions(&team(), 2, 300), 5);
    let scenario = found.scenario.unwrap();
    let workload = Workload { sources: found.models };
    let text = workload.to_yaml(&scenario);
    assert_eq!(Workload::from_yaml(&text, "w.yaml").unwrap(), workload);
    let read = attune_sim::scenario::Scenario::from_yaml(&text, "w.yaml").unwrap();
    assert_eq!(read, scenario);
    let pattern = scenario.pattern;
    near(pattern.locality, 0.4, 0.1);
    near(pattern.turn_stay_probability.unwrap(), 0.8, 0.05);
    near(pattern.bursts.unwrap().burst_stay_probability, 0.6, 0.05);
    assert!(pattern.popularity_exponent > 0.3 && pattern.size_sigma > 0.7);
}

#[test]
fn mistakes_in_a_workload_file_are_named() {
    let error = |text: &str| Workload::from_yaml(text, "w.yaml").unwrap_err().to_string();
    let wrong = TEAM.replace("stay: 0.8}", "stay: 1.5}");
    assert_eq!(
        error(&wrong),
        "w.yaml: in source team, team.stay is 1.5; allowed: a number from 0 to 1"
    );
    let wrong = TEAM.replace("median: 1500,", "median: 0,");
    assert!(error(&wrong).contains("artifacts.tokens is 0; allowed: a median above 0"));
    let wrong = TEAM.replace("discount: 0.4", "discount: 1");
    assert!(error(&wrong).contains("discovery.discount is 1;"));
    let wrong = TEAM.replace("popularity: 0.8", "fame: 0.8");
    assert!(error(&wrong).contains("fame"), "{}", error(&wrong));
    assert!(error("workload: {sources: []}").contains("name at least one source"));
    let plain = Workload::from_yaml("simulation: {}", "w.yaml");
    assert!(matches!(plain, Err(BadWorkload::Syntax { .. })));
}
