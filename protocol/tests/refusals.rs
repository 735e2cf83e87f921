//! Commits that the line must not take, put to it directly: an agent that follows the protocol
//! cannot even send most of them.

use attune_protocol::{
    AgentId, Ask, Epoch, Hold, Line, Refusal, RequestId, Rules, Strategy, Strict, Tell, Tick,
    ToAgent, ToLine, Version, Word,
};

const RULES: Rules = Rules {
    strategy: Strategy::lazy(),
    bound_reads: None,
    lease_ticks: 10,
    acknowledgement_ticks: 3,
    revalidate: false,
    discipline: Strict,
};

fn message(agent: u32, request: u32, ask: Ask) -> ToLine {
    ToLine {
        agent: AgentId(agent),
        request: RequestId(request),
        version: None,
        epoch: Epoch(0),
        ask,
    }
}

/// The line's only answer.
fn says(line: &mut Line<Word>, now: u32, message: ToLine) -> ToAgent {
    let mut said = Vec::new();
    line.handle(Tick(now), message, &RULES, |answer| said.push(answer));
    assert_eq!(said.len(), 1, "{said:?}");
    said[0]
}

/// A line that agent 0 owns, and a commit that it would take.
fn owned() -> (Line<Word>, ToLine) {
    let mut line = Line::new(Version::FIRST, 2);
    let grant = says(&mut line, 0, message(0, 1, Ask::Upgrade));
    assert!(matches!(grant.tell, Tell::Grant { .. }));
    let commit = message(0, 2, Ask::Commit);
    (line, ToLine { version: Some(grant.version), epoch: grant.epoch, ..commit })
}

fn refused(line: &mut Line<Word>, now: u32, commit: ToLine) -> Refusal {
    let version = line.version();
    let answer = says(line, now, commit);
    assert_eq!(line.version(), version);
    match answer.tell {
        Tell::Refused(refusal) => refusal,
        tell => panic!("{tell:?} is no refusal"),
    }
}

#[test]
fn the_right_commit_is_taken() {
    let (mut line, commit) = owned();
    let answer = says(&mut line, 9, commit);
    assert_eq!(answer.tell, Tell::Committed);
    assert_eq!(answer.version, Version::FIRST.next());
    assert_eq!(line.hold(), Hold::Free);
}

#[test]
fn another_agent_is_refused() {
    let (mut line, commit) = owned();
    let commit = ToLine { agent: AgentId(1), ..commit };
    let refusal = refused(&mut line, 0, commit);
    assert_eq!(refusal, Refusal::LostEpoch { refused: commit.epoch });
    assert_eq!(line.owner(), Some(AgentId(0)), "who has the right keeps it");
}

#[test]
fn another_epoch_is_refused() {
    let (line, commit) = owned();
    for epoch in [Epoch(0), Epoch(1), commit.epoch.next()] {
        let refusal = refused(&mut line.clone(), 0, ToLine { epoch, ..commit });
        assert_eq!(refusal, Refusal::LostEpoch { refused: epoch });
    }
}

#[test]
fn a_write_from_nothing_is_refused() {
    let (line, commit) = owned();
    for version in [None, Some(Version::FIRST.next())] {
        let mut line = line;
        let refusal = refused(&mut line, 0, ToLine { version, ..commit });
        assert_eq!(refusal, Refusal::StaleBase { base: version });
        // It is over for this grant: the right base comes too late.
        assert_eq!(line.hold(), Hold::Free);
        assert_eq!(refused(&mut line, 0, commit), Refusal::LostEpoch { refused: commit.epoch });
    }
}

#[test]
fn the_deadline_itself_is_too_late() {
    let (line, commit) = owned();
    assert_eq!(line.deadline(), Some(Tick(10)));
    let mut told = Vec::new();
    let mut late = line;
    late.handle(Tick(10), commit, &RULES, |answer| told.push(answer.tell));
    let lost = Tell::Refused(Refusal::LostEpoch { refused: commit.epoch });
    assert_eq!(told, [Tell::Invalidate, lost]);
}

#[test]
fn nothing_is_taken_in_a_later_epoch_of_the_same_agent() {
    let (mut line, commit) = owned();
    let grant = says(&mut line, 0, message(0, 3, Ask::Upgrade));
    assert!(grant.epoch > commit.epoch, "a new request is a new grant");
    assert_eq!(refused(&mut line, 0, commit), Refusal::LostEpoch { refused: commit.epoch });
}

#[test]
fn what_was_taken_is_never_called_lost() {
    let (mut line, first) = owned();
    says(&mut line, 0, first);
    // Once more: the same answer, whatever has been granted since.
    let grant = says(&mut line, 0, message(1, 1, Ask::Upgrade));
    assert_eq!(says(&mut line, 0, first).tell, Tell::Committed);
    let second =
        ToLine { version: Some(grant.version), epoch: grant.epoch, ..message(1, 2, Ask::Commit) };
    let mut told = Vec::new();
    line.handle(Tick(0), second, &RULES, |answer| told.push(answer));
    assert_eq!(told[0].tell, Tell::Committed);
    // And after others' commits: unknown, which is neither.
    assert_eq!(refused(&mut line, 0, first), Refusal::Superseded { refused: first.epoch });
}

#[test]
fn a_heartbeat_renews_its_own_grant_only() {
    let (mut line, commit) = owned();
    let heartbeat = ToLine { ask: Ask::Heartbeat, ..commit };
    assert_eq!(says(&mut line, 9, heartbeat).tell, Tell::Renewed { deadline: Tick(19) });
    let other = ToLine { agent: AgentId(1), ..heartbeat };
    let lost = Tell::Refused(Refusal::LostEpoch { refused: commit.epoch });
    assert_eq!(says(&mut line, 9, other).tell, lost);
    assert_eq!(line.deadline(), Some(Tick(19)));
}

#[test]
fn a_release_gives_its_own_grant_back_only() {
    let (mut line, commit) = owned();
    let release = ToLine { ask: Ask::Release, ..commit };
    for other in [
        ToLine { agent: AgentId(1), ..release },
        ToLine { epoch: commit.epoch.next(), ..release },
        ToLine { epoch: Epoch(1), ..release },
    ] {
        line.handle(Tick(0), other, &RULES, |answer| panic!("{answer:?}"));
        assert_eq!(line.owner(), Some(AgentId(0)));
    }
    line.handle(Tick(0), release, &RULES, |answer| panic!("{answer:?}"));
    assert_eq!(line.hold(), Hold::Free);
}
