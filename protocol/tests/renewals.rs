//! What an owner believes about its own deadline. Models of the protocol leave that out, since the
//! line decides nothing by it.

use attune_protocol::{
    AgentId, Entry, Epoch, Event, RequestId, Rules, Strategy, Strict, Tell, Tick, ToAgent, Version,
};

const AGENT: AgentId = AgentId(0);

const RULES: Rules = Rules {
    strategy: Strategy::lazy(),
    bound_reads: None,
    lease_ticks: 10,
    acknowledgement_ticks: 3,
    revalidate: false,
    discipline: Strict,
};

#[test]
fn a_late_renewal_does_not_take_back_a_newer_one() {
    let mut entry = Entry::default();
    let request = entry.upgrade(Tick(0), AGENT, RequestId(1), &RULES).request;
    let mut hears = |now, tell| {
        let (version, epoch) = (Version::FIRST, Epoch(2));
        let message = ToAgent { agent: AGENT, request, version, epoch, tell };
        entry.handle(Tick(now), message, &RULES).event
    };
    assert_eq!(hears(0, Tell::Grant { content: true, deadline: Tick(10) }), Event::Granted);
    let renewed = |deadline| Tell::Renewed { deadline: Tick(deadline) };
    assert_eq!(hears(8, renewed(18)), Event::Renewed(Tick(18)));
    assert_eq!(hears(9, renewed(14)), Event::Renewed(Tick(18)));
}
