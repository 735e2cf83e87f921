//! What the tick engine can take of a fitted source: a scenario. A tick is a call of the model by
//! whoever has the turn; where calls are not recorded, an access.
//!
//! It is coarser than the sessions that a [`Model`](super::Model) makes up: a fixed set of artifacts
//! instead of ones that are discovered, one probability of a write instead of one per situation,
//! whole artifacts instead of parts, and agents that stay to the end. Use it to vary what sessions
//! cannot: the network, faults, many agents.

use super::fit::{Fit, written_at_all};
use super::law::Lognormal;
use super::observe::{RoleSample, Sample};
use crate::scenario::{Activity, Bursts, Pattern, Scenario};

const SEED: i64 = 1;

/// The scenario of a mean session of a source.
pub fn scenario(fit: &Fit, sample: &Sample, sizes: Option<Lognormal>) -> Scenario {
    let sessions = sample.sessions.max(1) as f64;
    let helpers = libm::round(sample.helpers.iter().sum::<u64>() as f64 / sessions);
    let artifacts = libm::round(sample.artifacts.len() as f64 / sessions).max(1.0);
    let turns = fit.model.turns.as_ref();
    let calls = sample.accesses as f64 / sessions / turns.map_or(1.0, |turns| turns.touching());
    let written = written_at_all(&sample.artifacts);
    let size = sizes.unwrap_or(Lognormal { median: 1.0, sigma: 0.0, max: 1.0 });
    let size_tokens = libm::round(size.median).clamp(1.0, 1e9) as u32;
    let mut scenario = Scenario::published(
        helpers as u32 + 1,
        libm::round(calls).clamp(1.0, 1e6) as u32,
        &vec![size_tokens; artifacts as usize],
        written.lead.new,
        1.0,
        SEED,
    );
    scenario.name =
        fit.model.source.chars().take(crate::scenario::fields::TEXT_CHARACTERS_MAX).collect();
    scenario.activity = Activity::Probability(1.0);
    scenario.pattern = Pattern {
        popularity_exponent: fit.popularity_exponent.unwrap_or(0.0),
        locality: stays(&[&sample.lead, &sample.helper]),
        never_written_share: written.never_written,
        size_sigma: size.sigma.min(5.0),
        turn_stay_probability: (helpers > 0.0).then_some(fit.model.team.stay),
        bursts: turns.map(|turns| Bursts {
            burst_stay_probability: turns.touch_after_touch,
            pause_stay_probability: 1.0 - turns.touch_after_pause,
        }),
        helpers: helpers as u32,
        helper_write_probability: (helpers > 0.0).then_some(written.helper.new),
        helper_action_probability: None,
    };
    scenario
}

/// Of accesses that follow another of their agent, those to the same artifact.
fn stays(roles: &[&RoleSample]) -> f64 {
    let all = roles.iter().flat_map(|role| role.stay);
    let (hits, of) = all.fold((0, 0), |(hits, of), share| (hits + share.hits, of + share.of));
    if of == 0 { 0.0 } else { hits as f64 / of as f64 }
}
