//! Which scenarios the replica accepts.

use attune_sim::published::{figures, supports};
use attune_sim::scenario::{Scenario, Ticks};

#[test]
fn the_papers_scenarios_are_supported() {
    for figure in figures::all() {
        assert_eq!(supports(figure.parameters.scenario()), Ok(()));
    }
}

#[test]
fn settings_without_an_effect_here_may_be_anything() {
    let mut scenario = plain();
    scenario.network.latency = Ticks::Constant(7);
    scenario.network.loss_rate = 0.5;
    scenario.network.reorder_ticks = 3;
    scenario.protocol.lease_ticks = 99;
    scenario.protocol.acknowledgement_ticks = 99;
    scenario.protocol.retry_ticks = 99;
    scenario.protocol.control_tokens = 99;
    scenario.protocol.invalidation_tokens = 99;
    scenario.faults.recovery_ticks = Ticks::Constant(99);
    assert_eq!(supports(&scenario), Ok(()));
}

#[test]
fn every_unsupported_setting_is_named() {
    let mut scenario = plain();
    scenario.network.latency = Ticks::Uniform { min: 1, max: 1 };
    scenario.network.request_latency = Ticks::Constant(1);
    scenario.network.request_loss_rate = 0.1;
    scenario.network.duplication_rate = 0.1;
    scenario.network.reorder_rate = 0.1;
    scenario.protocol.bound_reads = Some(3);
    scenario.protocol.write_ticks = Ticks::Constant(1);
    scenario.protocol.heartbeat_ticks = Some(1);
    scenario.protocol.revalidate = true;
    scenario.faults.crash_probability = 0.1;
    scenario.pattern.popularity_exponent = 1.0;
    scenario.pattern.locality = 0.1;
    scenario.pattern.never_written_share = 0.1;
    scenario.pattern.size_sigma = 0.1;
    scenario.pattern.turn_stay_probability = Some(0.1);
    scenario.pattern.bursts = Some(Default::default());
    scenario.pattern.helpers = 1;
    scenario.handoff.steps = Some(1);
    let unsupported = supports(&scenario).unwrap_err();
    assert_eq!(unsupported.settings.len(), 18);
    assert!(unsupported.to_string().contains("network.duplication_rate"));
}

#[test]
fn the_unsupported_setting_alone_is_named() {
    let mut scenario = plain();
    scenario.protocol.revalidate = true;
    let unsupported = supports(&scenario).unwrap_err();
    assert_eq!(unsupported.settings, ["protocol.revalidate"]);
}

fn plain() -> Scenario {
    figures::all()[0].parameters.scenario().clone()
}
