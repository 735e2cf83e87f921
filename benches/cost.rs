//! What an action costs: `cargo run --release -p attune-sim --example cost`, or with arguments
//! `[strategy [agents [ticks]]]` for one line of the table.

#![allow(clippy::disallowed_methods, reason = "to measure time is what this is for")]

mod support;

use attune_sim::engine::{self, Report, StrategyName};
use attune_sim::scenario::Scenario;
use std::time::{Duration, Instant};

/// Of so many runs the fastest counts.
const RUNS: u32 = 5;
/// Agents times ticks of a run, where the number of ticks is not given.
const TURNS: u32 = 1 << 21;

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let number = |place: usize| {
        arguments.get(place).map(|text| text.parse::<u32>().expect("a number is expected"))
    };
    let strategies: Vec<StrategyName> = match arguments.first() {
        Some(name) => vec![name.parse().expect("a strategy is expected")],
        None => vec![StrategyName::Lazy],
    };
    println!("strategy     agents  messages/action  ns/action  ns/message  bytes/pair");
    for strategy in strategies {
        match (number(1), number(2)) {
            (Some(agents), Some(ticks)) => line(strategy, agents, ticks, 1),
            (Some(agents), None) => line(strategy, agents, TURNS / agents, RUNS),
            _ => {
                // First, since memory is that of the largest so far.
                million(strategy);
                let agents = [4096, 1024, 256, 64, 16, 4];
                agents.into_iter().for_each(|agents| line(strategy, agents, TURNS / agents, RUNS));
            }
        }
    }
}

/// A million agents, of whom a thousand act in each tick.
fn million(strategy: StrategyName) {
    let text = include_str!("../scenarios/scale/million.yaml");
    let scenario = Scenario::from_yaml(text, "million.yaml").expect("a scenario");
    let (report, elapsed) = timed(&scenario, strategy);
    println!(
        "{strategy:<12} {} agents, {} artifacts: {} actions, {:.0} ns/action, {} MB",
        report.agents,
        report.artifacts,
        report.actions,
        elapsed.as_nanos() as f64 / report.actions as f64,
        peak_bytes().map_or("-".into(), |bytes| (bytes >> 20).to_string())
    );
}

fn line(strategy: StrategyName, agents: u32, ticks: u32, runs: u32) {
    let before = peak_bytes();
    let scenario = support::scenario(agents, ticks);
    let (report, elapsed) =
        (0..runs).map(|_| timed(&scenario, strategy)).min_by_key(|run| run.1).expect("a run");
    let ns = elapsed.as_nanos() as f64;
    let (actions, messages) = (report.actions as f64, report.messages.total() as f64);
    let pairs = f64::from(agents) * support::ARTIFACTS as f64;
    // Runs of fewer agents than an earlier one fit into what that has left.
    let bytes = match (before, peak_bytes()) {
        (Some(before), Some(after)) if after > before => {
            format!("{:.1}", (after - before) as f64 / pairs)
        }
        _ => "-".into(),
    };
    println!(
        "{strategy:<12} {agents:>6} {:>16.2} {:>10.1} {:>11.1} {bytes:>11}",
        messages / actions,
        ns / actions,
        ns / messages,
    );
}

fn timed(scenario: &Scenario, strategy: StrategyName) -> (Report, Duration) {
    let start = Instant::now();
    let report = engine::run(scenario, strategy, scenario.seed).expect("promises are kept");
    (report, start.elapsed())
}

/// The most memory that this process has had at a time, where the system says (Linux).
fn peak_bytes() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    Some(line.trim().strip_suffix("kB")?.trim().parse::<u64>().ok()? * 1024)
}
