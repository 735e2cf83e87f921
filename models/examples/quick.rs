use attune_models::{check::*, mutants, profile};
use std::sync::atomic::AtomicBool;
fn main() {
    let args: Vec<String> = std::env::args().collect();
    let cases = if args[1] == "deep" { profile::deep() } else { profile::quick() };
    if args[1] == "mutants" {
        let all = mutants::all();
        let begun = std::time::Instant::now();
        let chosen: Vec<_> = all
            .into_iter()
            .filter(|(n, _)| args.len() < 3 || args[2..].iter().any(|a| a == n))
            .collect();
        mutants::hunt_all(
            &chosen,
            &cases,
            2,
            &AtomicBool::new(false),
            &|fate| match &fate.killed {
                Some(k) => println!(
                    "{:5.1}s {}: {} in {}+{} [{}]",
                    begun.elapsed().as_secs_f64(),
                    fate.name,
                    k.broken,
                    k.steps,
                    k.cycle,
                    k.case
                ),
                None => println!("{:5.1}s SURVIVED {}", begun.elapsed().as_secs_f64(), fate.name),
            },
        );
        return;
    }
    let total = std::time::Instant::now();
    for case in &cases {
        let begun = std::time::Instant::now();
        let r = check(case, Defect::default(), &|p| p.states < 40_000_000);
        println!(
            "{case}: {:?} states {} trans {} depth {} {:.1}s crowded {} witnesses {}",
            r.end,
            r.states,
            r.transitions,
            r.depth,
            begun.elapsed().as_secs_f64(),
            r.crowded,
            r.witnesses.len()
        );
    }
    println!("total {:.1}", total.elapsed().as_secs_f64());
}
