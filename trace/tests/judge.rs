//! The judge finds nothing in what the whole protocol does, whatever happens to it.

use attune_protocol::{AgentId, RequestId, Strategy as Coherence, Tick};
use attune_trace::{Action, Header, Judge, Machine, Origin, RulesForm};
use proptest::prelude::*;

const AGENTS: u32 = 3;
const ARTIFACTS: u32 = 2;

fn header(strategy: Coherence) -> Header {
    let form = RulesForm {
        strategy,
        bound_reads: Some(3),
        lease_ticks: 4,
        acknowledgement_ticks: 2,
        revalidate: true,
    };
    Header::events(AGENTS, ARTIFACTS, &form.rules(Default::default()), Origin::default())
}

type Draw = (u8, u32, usize, u32, u32, bool);

/// What a driver may do, out of a few numbers, or nothing. `tick`: the time.
fn action(machine: &Machine, draw: Draw, step: u32) -> Option<Action> {
    let (what, agent, place, tick, artifact, kept) = draw;
    let agent = AgentId(agent);
    let (now, request) = (Tick(step / 4 + tick), RequestId(step + 1));
    let (to_line, to_agent) = (machine.to_line(artifact), machine.to_agent(artifact));
    let to_line = to_line.get(place % to_line.len().max(1)).copied();
    let to_agent = to_agent.get(place % to_agent.len().max(1)).copied();
    Some(match what {
        0 | 1 => Action::Read { agent, now },
        2 => Action::Fetch { agent, now, request },
        3 | 4 => Action::Upgrade { agent, now, request },
        5 | 6 => Action::Write { agent, now },
        7 | 8 => Action::Commit { agent, now, request },
        9 => Action::Release { agent, now, request },
        10 => Action::Heartbeat { agent, now, request },
        11 => Action::Resend { agent, message: machine.awaited(artifact, agent)? },
        12..=16 => Action::LineGets { message: to_line?, now, kept, answers_lost: tick == 2 },
        17..=21 => Action::AgentGets { message: to_agent?, now, kept },
        22 => Action::LoseToLine { message: to_line? },
        23 => Action::LoseToAgent { message: to_agent? },
        24 => Action::Crash { agent },
        25 => Action::Expire { now },
        26 => Action::Publish { now },
        27 if kept => Action::LineTime { now },
        27 => Action::AgentTime { agent, now },
        _ if kept => Action::Snapshot,
        _ => Action::Restart,
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1000))]

    #[test]
    fn the_whole_protocol_breaks_nothing(
        draws in prop::collection::vec(
            (0..29u8, 0..AGENTS, 0..6usize, 0..3u32, 0..ARTIFACTS, any::<bool>()),
            1..200,
        ),
        strategy in prop::sample::select(vec![
            Coherence::broadcast(), Coherence::eager(), Coherence::lazy(), Coherence::lease(3),
            Coherence::access_count(2), Coherence::push(),
        ]),
    ) {
        let mut judge = Judge::new(header(strategy).machine(None));
        for (step, &draw) in draws.iter().enumerate() {
            let Some(action) = action(judge.machine(), draw, step as u32) else { continue };
            if let Ok(judged) = judge.step(draw.4, action) {
                prop_assert_eq!(judged.broken, None, "{:?}", judged.event);
            }
        }
    }
}
