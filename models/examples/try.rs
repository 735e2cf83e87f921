use attune_models::{asynchronous::*, coverage::Coverage, explore::*, world::*};
use attune_protocol::*;
use std::sync::atomic::AtomicBool;
fn run<const A: usize>(
    strategy: Strategy,
    commits: u32,
    flight: usize,
    faults: Faults,
    k: u16,
    hb: bool,
    symmetry: bool,
    revalidate: bool,
    flag_norel: bool,
    flag_live: bool,
) {
    let rules = Rules {
        discipline: Strict,
        strategy,
        bound_reads: Some(k),
        lease_ticks: 1,
        acknowledgement_ticks: 1,
        revalidate,
    };
    let model = Asynchronous::<Strict, A> {
        setting: Setting {
            rules,
            neglected: None,
            agents: A as u32,
            coverage: Coverage::default(),
        },
        commits,
        flight,
        faults,
        heartbeats: hb,
        releases: !flag_norel,
        symmetry,
        cut: AtomicBool::new(false),
    };
    let begun = std::time::Instant::now();
    let go = |s: usize, d: usize, p: usize| {
        if false {
            eprint!("\r{s} {d} {p}   ");
        }
        s < 60_000_000
    };
    let e = explore(&model, &Limits { depth: None, keep_graph: flag_live, go_on: &go }, |_| false);
    let t = begun.elapsed().as_secs_f64();
    println!(
        "n={A} {strategy:?} c={commits} f={flight} {faults:?}: states {} transitions {} depth {} {:?} {t:.1}s {:.0}/s cut {:?} witnesses {} size {}",
        e.states,
        e.transitions,
        e.depth,
        e.end,
        e.states as f64 / t,
        model.cut,
        model.setting.coverage.witnesses().count(),
        std::mem::size_of::<attune_models::asynchronous::State<A>>()
    );
    if let Some(graph) = &e.graph {
        let begun = std::time::Instant::now();
        let verdict = attune_models::progress::judge(graph, A as u32);
        println!("progress {verdict:?} {:.1}s", begun.elapsed().as_secs_f64());
        if let Err(stuck) = verdict {
            let mut s = model.normal(&model.initial());
            for a in e.way_to(stuck.state) {
                println!("{a:?}");
                s = model.normal(&model.step(&s, a).ok().unwrap());
            }
            println!("{s:#?}");
        }
    }
    println!("MET {:?}", model.setting.coverage.met());
    if let Some(found) = e.found {
        let mut s = model.normal(&model.initial());
        for a in e.way_to(found) {
            println!("{a:?}");
            if let Some(b) = model.breaks(&s, a) {
                println!("BROKEN {b}");
                for a in &s.world.agents {
                    println!("{a:?}");
                }
                for p in &s.flight {
                    println!("{:?}", p.message());
                }
                break;
            }
            s = model.normal(&model.step(&s, a).ok().unwrap());
        }
        println!("{s:#?}");
    }
}
fn atomic<const A: usize>(
    n: u32,
    strategy: Strategy,
    commits: u32,
    faults: Faults,
    symmetry: bool,
) {
    let rules = Rules {
        discipline: Strict,
        strategy,
        bound_reads: Some(1),
        lease_ticks: 1,
        acknowledgement_ticks: 1,
        revalidate: false,
    };
    let model = attune_models::atomic::Atomic::<Strict, A> {
        setting: Setting { rules, neglected: None, agents: n, coverage: Coverage::default() },
        commits,
        faults,
        symmetry,
    };
    let begun = std::time::Instant::now();
    let go = |s: usize, _d: usize, _p: usize| s < 30_000_000;
    let e = explore(&model, &Limits { depth: None, keep_graph: false, go_on: &go }, |_| false);
    let t = begun.elapsed().as_secs_f64();
    println!(
        "atomic n={n} c={commits} {faults:?}: states {} transitions {} depth {} {:?} {t:.1}s {:.0}/s witnesses {}",
        e.states,
        e.transitions,
        e.depth,
        e.end,
        e.states as f64 / t,
        model.setting.coverage.witnesses().count()
    );
    if let Some(found) = e.found {
        let mut s = model.normal(&model.initial());
        for a in e.way_to(found) {
            println!("{a:?}");
            if let Some(b) = model.breaks(&s, a) {
                println!("BROKEN {b}");
                break;
            }
            s = model.normal(&model.step(&s, a).unwrap());
        }
        println!("{s:#?}");
    }
}
fn main() {
    let args: Vec<String> = std::env::args().collect();
    let n: usize = args[1].parse().unwrap();
    let strategy = match args[2].as_str() {
        "eager" => Strategy::eager(),
        "lazy" => Strategy::lazy(),
        "push" => Strategy::push(),
        "broadcast" => Strategy::broadcast(),
        "lease" => Strategy::lease(1),
        "count" => Strategy::access_count(1),
        _ => panic!(),
    };
    let commits = args[3].parse().unwrap();
    let flight = args[4].parse().unwrap();
    let mut faults = Faults::none();
    for f in args[5].split(',').filter(|f| !f.is_empty()) {
        let (name, times) = f.split_once(':').map_or((f, 255), |(n, t)| (n, t.parse().unwrap()));
        faults = faults.with(*Fault::ALL.iter().find(|f| f.name() == name).unwrap(), times);
    }
    let flag = |name: &str| args.iter().any(|a| a == name);
    let k = if flag("k2") { 2 } else { 1 };
    match n {
        a if a > 10 => atomic::<8>(a as u32 - 10, strategy, commits, faults, flag("sym")),
        2 => run::<2>(
            strategy,
            commits,
            flight,
            faults,
            k,
            flag("hb"),
            flag("sym"),
            flag("rev"),
            flag("norel"),
            flag("live"),
        ),
        3 => run::<3>(
            strategy,
            commits,
            flight,
            faults,
            k,
            flag("hb"),
            flag("sym"),
            flag("rev"),
            flag("norel"),
            flag("live"),
        ),
        _ => panic!(),
    }
}
