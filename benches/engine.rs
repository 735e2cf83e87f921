//! The protocol engine: what an action costs, and its parts. `cargo bench -p attune-sim --bench
//! engine`; elements per second are actions.

mod support;

use attune_protocol::{
    AgentId, AgentSet, Bitset, Entry, Line, Read, RequestId, Rules, Strategy, Strict, Tick,
    ToAgent, ToLine, Version, Word,
};
use attune_sim::engine::{self, StrategyName};
use criterion::{
    BenchmarkGroup, BenchmarkId, Criterion, SamplingMode, Throughput, measurement::WallTime,
};
use criterion::{criterion_group, criterion_main};
use std::hint::black_box;
use std::time::Duration;

criterion_group! {
    name = benches;
    config = Criterion::default()
        .sample_size(10)
        .warm_up_time(Duration::from_millis(500))
        .measurement_time(Duration::from_secs(2));
    targets = agents, strategies, transitions
}
criterion_main!(benches);

/// Under lazy invalidation, by number of agents.
fn agents(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("agents");
    for agents in [4, 16, 64, 256, 1024, 4096] {
        run(&mut group, &agents.to_string(), StrategyName::Lazy, agents, (1 << 20) / agents);
    }
    group.finish();
}

/// With 64 agents, by strategy.
fn strategies(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("strategies");
    for strategy in StrategyName::ALL {
        let ticks = if strategy == StrategyName::Broadcast { 500 } else { 10_000 };
        run(&mut group, strategy.name(), strategy, 64, ticks);
    }
    group.finish();
}

fn run(
    group: &mut BenchmarkGroup<WallTime>,
    name: &str,
    strategy: StrategyName,
    agents: u32,
    ticks: u32,
) {
    let scenario = support::scenario(agents, ticks);
    let run = || engine::run(&scenario, strategy, scenario.seed).expect("promises are kept");
    group.sampling_mode(SamplingMode::Flat);
    group.throughput(Throughput::Elements(run().actions));
    group.bench_function(name, |bencher| bencher.iter(run));
}

/// The protocol's transitions alone, without a simulation around them.
fn transitions(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("transitions");
    group.bench_function("read_hit", read_hit);
    group.bench_function("fetch", fetch);
    group.bench_function(BenchmarkId::new("commit_told_to_8", "word"), |bencher| {
        commit::<Word>(bencher, 64);
    });
    group.bench_function(BenchmarkId::new("commit_told_to_8", "bitset_of_1024"), |bencher| {
        commit::<Bitset>(bencher, 1024);
    });
    group.finish();
}

fn read_hit(bencher: &mut criterion::Bencher) {
    let mut room = Room::<Word>::new(1);
    room.fetch(AgentId(0));
    bencher.iter(|| {
        let read = room.entries[0].read(black_box(NOW), &room.rules);
        assert!(matches!(black_box(read), Read::Hit(_)));
    });
}

/// Request, decision and fill.
fn fetch(bencher: &mut criterion::Bencher) {
    let mut room = Room::<Word>::new(64);
    bencher.iter(|| room.fetch(black_box(AgentId(5))));
}

/// A whole write: upgrade, grant, commit, answer, and eight invalidations with their
/// acknowledgements; and the eight fetches that make the readers holders again.
fn commit<S: AgentSet>(bencher: &mut criterion::Bencher, agents: u32) {
    let mut room = Room::<S>::new(agents);
    bencher.iter(|| {
        (1..9).for_each(|reader| room.fetch(AgentId(reader * 7)));
        room.write(black_box(AgentId(0)));
    });
}

const NOW: Tick = Tick(1);

/// One line, its agents' entries, and a channel that takes no time.
struct Room<S> {
    rules: Rules,
    line: Line<S>,
    entries: Vec<Entry>,
    request: u32,
    sent: Vec<ToAgent>,
}

impl<S: AgentSet> Room<S> {
    fn new(agents: u32) -> Room<S> {
        Room {
            rules: Rules {
                strategy: Strategy::lazy(),
                bound_reads: None,
                lease_ticks: 30,
                acknowledgement_ticks: 10,
                revalidate: false,
                discipline: Strict,
            },
            line: Line::new(Version::FIRST, agents),
            entries: vec![Entry::default(); agents as usize],
            request: 0,
            sent: Vec::with_capacity(16),
        }
    }

    fn next_request(&mut self) -> RequestId {
        // A benchmark may take more requests than an agent has numbers.
        self.request = self.request.wrapping_add(1);
        RequestId(self.request)
    }

    fn fetch(&mut self, agent: AgentId) {
        let request = self.next_request();
        let message = self.entries[agent.0 as usize].fetch(agent, request, &self.rules);
        self.settle(message);
    }

    fn write(&mut self, agent: AgentId) {
        let request = self.next_request();
        let message = self.entries[agent.0 as usize].upgrade(NOW, agent, request, &self.rules);
        self.settle(message);
        let request = self.next_request();
        let entry = &mut self.entries[agent.0 as usize];
        entry.write(&self.rules).expect("granted");
        let message = entry.commit(agent, request, &self.rules).expect("written");
        self.settle(message);
    }

    fn settle(&mut self, message: ToLine) {
        let Room { rules, line, entries, sent, .. } = self;
        line.handle(NOW, message, rules, |said| sent.push(said));
        for said in sent.drain(..) {
            let handled = entries[said.agent.0 as usize].handle(NOW, said, rules);
            if let Some(reply) = handled.reply {
                line.handle(NOW, reply, rules, |_| unreachable!("nobody waits for this"));
            }
        }
    }
}
