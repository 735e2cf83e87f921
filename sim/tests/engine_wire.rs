//! Bytes on the wire: what compression, streams and deltas change, and that nothing else changes.

use attune_sim::engine::{self, Report, StrategyName};
use attune_sim::scenario::{Network, Scenario, Ticks};
use attune_sim::wire::{Compressed, Compression, Wire};

fn scenario(wire: Wire) -> Scenario {
    let mut scenario = Scenario::published(5, 200, &[4096, 900, 300], 0.2, 0.75, 7);
    scenario.wire = wire;
    scenario
}

fn run(strategy: StrategyName, wire: Wire) -> Report {
    engine::run(&scenario(wire), strategy, 11).unwrap()
}

#[test]
fn uncompressed_bytes_are_envelopes_and_content() {
    for strategy in StrategyName::ALL {
        let report = run(strategy, Wire { bytes_per_token: 4.0, ..Wire::default() });
        let content = 4 * (report.tokens.fetch + report.tokens.push);
        assert_eq!(report.wire.total(), 146 * report.messages.total() + content, "{strategy}");
    }
}

#[test]
fn the_wire_changes_nothing_but_bytes() {
    let wires = [
        Wire { compression: Compression::Frames, ..Wire::default() },
        Wire { compression: Compression::Streams, deltas: true, ..Wire::default() },
    ];
    for strategy in StrategyName::ALL {
        let plain = run(strategy, Wire::default());
        for wire in &wires {
            let other = run(strategy, wire.clone());
            assert!(other.wire.total() < plain.wire.total(), "{strategy}");
            assert_eq!(Report { wire: plain.wire, ..other }, plain, "{strategy}");
        }
    }
}

/// A copy that is pushed at each tick is nearly always the one that the agent has.
#[test]
fn deltas_make_broadcast_cheap_and_leave_first_copies_whole() {
    let deltas = Wire { deltas: true, changed_share: 0.1, ..Wire::default() };
    let plain = run(StrategyName::Broadcast, Wire::default());
    let known = run(StrategyName::Broadcast, deltas.clone());
    assert!(known.wire.push * 10 < plain.wire.push, "{:?} {:?}", known.wire, plain.wire);
    assert_eq!(known.wire.control, plain.wire.control);

    // Without writes each agent fetches each artifact once, whole.
    let mut quiet = scenario(deltas);
    quiet.write_probability = 0.0;
    let known = engine::run(&quiet, StrategyName::Lazy, 11).unwrap();
    quiet.wire.deltas = false;
    assert_eq!(known.wire, engine::run(&quiet, StrategyName::Lazy, 11).unwrap().wire);
}

#[test]
fn a_write_that_changes_everything_leaves_nothing_to_a_delta() {
    let whole = run(StrategyName::Lazy, Wire::default());
    let delta = |changed_share| {
        run(StrategyName::Lazy, Wire { deltas: true, changed_share, ..Wire::default() })
            .wire
            .total()
    };
    assert_eq!(delta(1.0), whole.wire.total());
    assert!(delta(0.5) < delta(0.9) && delta(0.1) < delta(0.5));
}

/// The fast way through the exchange and the general one count the same things.
#[test]
fn latency_and_loss_are_counted_too() {
    let mut slow = scenario(Wire { deltas: true, ..Wire::default() });
    slow.network = Network {
        request_latency: Ticks::Constant(2),
        request_loss_rate: 0.05,
        loss_rate: 0.05,
        duplication_rate: 0.05,
        ..Network::default()
    };
    for strategy in StrategyName::ALL {
        let report = engine::run(&slow, strategy, 3).unwrap();
        let content = 4 * (report.tokens.fetch + report.tokens.push);
        let whole = 146 * report.messages.total() + content;
        assert!(report.wire.total() < whole, "{strategy}");
        let mut without = slow.clone();
        without.wire.deltas = false;
        assert_eq!(engine::run(&without, strategy, 3).unwrap().wire.total(), whole, "{strategy}");
    }
}

#[test]
fn compression_leaves_what_it_is_said_to_leave() {
    let frames = Compressed { message_bytes: 0.0, content_ratio: 0.5 };
    let wire = Wire { compression: Compression::Frames, frames, ..Wire::default() };
    let report = run(StrategyName::Eager, wire);
    assert_eq!(report.wire.total(), 2 * (report.tokens.fetch + report.tokens.push));
}
