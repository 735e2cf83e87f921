//! The protocol engine beside the replica of the published simulator, on the same workload:
//! `cargo bench -p attune-sim --bench published`. Both take the same scenario; elements per
//! second are actions, so the ratio is how much faster one is.

mod support;

use attune_sim::engine::{self, StrategyName};
use attune_sim::published::{self, Strategy};
use criterion::{
    BenchmarkId, Criterion, SamplingMode, Throughput, criterion_group, criterion_main,
};
use std::time::Duration;

criterion_group! {
    name = benches;
    config = Criterion::default()
        .sample_size(10)
        .warm_up_time(Duration::from_millis(500))
        .measurement_time(Duration::from_secs(2));
    targets = lazy
}
criterion_main!(benches);

fn lazy(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("lazy");
    group.sampling_mode(SamplingMode::Flat);
    for agents in [16, 64, 256] {
        let scenario = support::scenario(agents, (1 << 17) / agents);
        let seed = scenario.seed;
        let replica = || published::run(&scenario, Strategy::Lazy, seed);
        group.throughput(Throughput::Elements(replica().total_actions));
        group.bench_function(BenchmarkId::new("replica", agents), |bencher| bencher.iter(replica));
        let engine =
            || engine::run(&scenario, StrategyName::Lazy, seed).expect("promises are kept");
        group.throughput(Throughput::Elements(engine().actions));
        group.bench_function(BenchmarkId::new("engine", agents), |bencher| bencher.iter(engine));
    }
    group.finish();
}
