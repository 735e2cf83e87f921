//! Where a mutant is killed that the case at hand lets live.

use super::cut::Allowed;
use super::watched;
use attune_models::case::{Case, Layer};
use attune_models::mutants::{self, Killed};
use attune_models::profile;
use serde_json::{Value, json};

/// Looks through the quick profile for a case that needs the rule: nothing if it was interrupted.
pub fn elsewhere(name: &str) -> Option<Killed> {
    let mutant = mutants::all().into_iter().find(|&(known, _)| known == name)?;
    let cases = profile::quick();
    let what = format!("looking for a case that needs {name}");
    watched(&what, &Allowed::without_bounds(), &|_, go_on| {
        mutants::hunt(mutant, &cases, go_on).killed
    })
}

pub fn words(name: &str, killed: &Killed) -> String {
    let Killed { broken, steps, case, .. } = killed;
    format!(
        "  held without {name}: this case does not need it. Another does, where {broken} \
         ({steps} steps):\n  {}\n",
        command(name, case)
    )
}

pub fn value(name: &str, killed: &Killed) -> Value {
    json!({
        "property": killed.broken.property.name(),
        "what": killed.broken.what,
        "steps": killed.steps,
        "case": killed.case.to_string(),
        "command": command(name, &killed.case),
    })
}

/// The command that checks this case without this rule.
fn command(name: &str, case: &Case) -> String {
    let plain = Case::new(case.layer, case.strategy, case.agents);
    let mut words = vec!["attune check".to_string()];
    if case.layer == Layer::Atomic {
        words.push("atomic".to_string());
    }
    words.push(format!("--mutant {name}"));
    let mut add = |is_wanted: bool, option: String| {
        if is_wanted {
            words.push(option);
        }
    };
    add(case.strategy.name() != "lazy", format!("--strategy {}", case.strategy.name()));
    add(case.agents != 2, format!("--agents {}", case.agents));
    add(case.artifacts != plain.artifacts, format!("--artifacts {}", case.artifacts));
    add(case.commits != plain.commits, format!("--commits {}", case.commits));
    add(case.flight != plain.flight, format!("--flight {}", case.flight));
    add(!case.faults.is_empty(), format!("--faults {}", case.faults));
    add(case.log != plain.log, format!("--log {}", case.log));
    add(case.bound_reads != plain.bound_reads, format!("--bound {}", case.bound_reads));
    add(case.lease_ticks != plain.lease_ticks, format!("--lease-ticks {}", case.lease_ticks));
    let switches = [
        (case.revalidate, "--revalidate"),
        (case.heartbeats, "--heartbeats"),
        (case.releases && case.layer == Layer::Asynchronous, "--releases"),
        (case.symmetry, "--symmetry"),
        (case.liveness, "--liveness"),
    ];
    for (is_on, name) in switches {
        add(is_on, name.to_string());
    }
    words.join(" ")
}
