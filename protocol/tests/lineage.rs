//! A lineage as a driver sees it: a handover step by step, a lossy world at random, recovery, and
//! the grants that pass.

use attune_protocol::lineage::{
    Ask, Carrier, Dna, Event, Generation, Input, Lineage, MayNot, Output, Phase, Record, Recorded,
    Refusal, Rules, Stage, Step, StepId, Tell, ToAgent, ToLineage, Work, invariants,
};
use attune_protocol::{
    AgentId, Entry, Hold, Line, Pass, RequestId, Sequence, Strategy, Strict, Tick, Version, Word,
};
use proptest::prelude::*;

const RULES: Rules = Rules { lease_ticks: 10, estate_ticks: 5, discipline: Strict };
const ESTATE: AgentId = AgentId(9);
const STEP: StepId = StepId(0);

/// What the record says to one message.
fn told(record: &mut Lineage, now: u32, message: ToLineage) -> ToAgent {
    let mut told = None;
    record.handle(Tick(now), message, &RULES, |output| match output {
        Output::Tell(tell) if tell.request == message.request => told = Some(tell),
        Output::Tell(_) | Output::Pass(_) => {}
    });
    told.expect("every request is answered")
}

fn ask(agent: u32, request: u32, generation: u32, ask: Ask) -> ToLineage {
    let (agent, request) = (AgentId(agent), RequestId(request));
    ToLineage { agent, request, generation: Generation(generation), ask }
}

#[test]
fn a_task_goes_from_one_agent_to_the_next() {
    let mut record = Lineage::new(ESTATE, 1);
    let (mut first, mut second) = (Carrier::default(), Carrier::default());
    let (a, b) = (AgentId(0), AgentId(1));
    let inherit = first.inherit(Tick(0), a, RequestId(1), Generation(1)).unwrap();
    let answer = told(&mut record, 2, inherit);
    assert_eq!(first.handle(Tick(3), answer, &RULES).event, Event::Inherited(None));
    // Its lease counts from when it asked, the record's from when that arrived.
    assert!(first.may_act(Tick(9), &RULES) && !first.may_act(Tick(10), &RULES));
    assert_eq!(record.deadline(), Some(Tick(12)));

    assert_eq!(first.effect(Tick(3), &RULES), Err(MayNot::NotThere { work: None }));
    let begin = first.begin(Tick(3), a, RequestId(2), STEP).unwrap();
    assert_eq!(first.heartbeat(Tick(3), a, RequestId(3)), Err(MayNot::Waiting));
    let answer = told(&mut record, 4, begin);
    first.handle(Tick(4), answer, &RULES);
    assert_eq!(first.effect(Tick(5), &RULES), Ok(STEP));
    // It crashes before it completes the step; nobody knows.
    let mut out = Vec::new();
    record.expire(Tick(12), &RULES, |output| out.push(output));
    let pass = Pass { from: a, to: ESTATE, deadline: Tick(17) };
    let retire =
        ToAgent { agent: a, request: RequestId(0), generation: Generation(1), tell: Tell::Retire };
    assert_eq!(out, [Output::Pass(pass), Output::Tell(retire)]);
    assert_eq!(record.remind(), Some(retire));
    assert_eq!((record.phase(), record.generation()), (Phase::Offered, Generation(2)));
    assert_eq!(record.undone().collect::<Vec<_>>(), [(STEP, true)]);

    let inherit = second.inherit(Tick(13), b, RequestId(1), Generation(2)).unwrap();
    let answer = told(&mut record, 13, inherit);
    second.handle(Tick(13), answer, &RULES);
    let late = told(&mut record, 14, ask(0, 3, 1, Ask::Complete(STEP)));
    assert_eq!(late.tell, Tell::Refused(Refusal::Over));
    let begin = second.begin(Tick(14), b, RequestId(2), STEP).unwrap();
    let answer = told(&mut record, 14, begin);
    assert_eq!(answer.tell, Tell::Begun { step: STEP, doubt: true });
    second.handle(Tick(14), answer, &RULES);
    let work = Some(Work::InDoubt(STEP));
    assert_eq!(second.effect(Tick(14), &RULES), Err(MayNot::NotThere { work }));
    second.look(true).unwrap();
    let complete = second.complete(Tick(15), b, RequestId(3), &RULES).unwrap();
    let answer = told(&mut record, 15, complete);
    assert_eq!(second.handle(Tick(15), answer, &RULES).event, Event::Done(STEP));
    assert_eq!(record.steps(), [Step::Done { by: Generation(2) }]);
    // Also when it comes again after the end.
    record.expire(Tick(30), &RULES, |_| panic!("nothing is handed over"));
    assert_eq!(record.phase(), Phase::Finished);
    assert_eq!(told(&mut record, 31, complete).tell, Tell::Done(STEP));
    let late = told(&mut record, 31, ask(2, 1, 3, Ask::Inherit));
    assert_eq!(late.tell, Tell::Refused(Refusal::Over));
}

#[test]
fn who_divides_stops_and_says_so() {
    let mut record = Lineage::new(ESTATE, 1);
    let (mut first, a) = (Carrier::default(), AgentId(0));
    let inherit = first.inherit(Tick(0), a, RequestId(1), Generation(1)).unwrap();
    let answer = told(&mut record, 0, inherit);
    first.handle(Tick(0), answer, &RULES);
    let prepare = first.prepare(Tick(1), a, RequestId(2)).unwrap();
    let answer = told(&mut record, 1, prepare);
    assert_eq!(answer.tell, Tell::Prepared(Some(Dna(1))));
    first.handle(Tick(1), answer, &RULES);
    let divide = first.divide(Tick(2), a, RequestId(3)).unwrap();
    assert!(!first.may_act(Tick(2), &RULES));
    assert_eq!(first.again(a), Some(divide));
    let answer = told(&mut record, 2, divide);
    assert_eq!(record.dna(), Some(Dna(2)));
    let handled = first.handle(Tick(2), answer, &RULES);
    assert_eq!((handled.event, first.stage()), (Event::Divided, Stage::Idle));
    assert_eq!(record.leaving(), Some(a));
    record.handle(Tick(3), handled.reply.unwrap(), &RULES, |_| panic!("it is not answered"));
    assert_eq!(record.leaving(), None);
}

#[test]
fn what_cannot_be_is_refused_with_a_reason() {
    let mut record = Lineage::new(ESTATE, 1);
    told(&mut record, 0, ask(0, 1, 1, Ask::Inherit));
    let refused = |record: &mut Lineage, message| match told(record, 1, message).tell {
        Tell::Refused(refusal) => refusal,
        tell => panic!("{tell:?}"),
    };
    let next = StepId(1);
    assert_eq!(
        refused(&mut record, ask(0, 2, 1, Ask::Begin(StepId(7)))),
        Refusal::NoSuchStep { next }
    );
    assert_eq!(
        refused(&mut record, ask(0, 3, 1, Ask::Add(StepId(2)))),
        Refusal::NoSuchStep { next }
    );
    let not_begun = Refusal::NotBegun(STEP);
    assert_eq!(refused(&mut record, ask(0, 4, 1, Ask::Complete(STEP))), not_begun);
    let taken = Refusal::Taken { by: AgentId(0) };
    assert_eq!(refused(&mut record, ask(1, 1, 1, Ask::Inherit)), taken);
    assert_eq!(refused(&mut record, ask(0, 5, 1, Ask::Inherit)), taken);
    assert_eq!(refused(&mut record, ask(1, 2, 1, Ask::Begin(STEP))), Refusal::Over);
}

/// Agents, a record and a network, and what truly happened.
struct World {
    record: Recorded,
    log: Vec<Record>,
    agents: [(Carrier, u32); 3],
    to_record: Vec<ToLineage>,
    to_agents: Vec<ToAgent>,
    happened: [u32; 2],
    completed: [u32; 2],
    now: u32,
}

impl World {
    fn new() -> World {
        World {
            record: Recorded::new(Lineage::new(ESTATE, 2)),
            log: Vec::new(),
            agents: Default::default(),
            to_record: Vec::new(),
            to_agents: Vec::new(),
            happened: [0; 2],
            completed: [0; 2],
            now: 0,
        }
    }

    /// One thing happens, as these numbers say.
    fn step(&mut self, (what, which, other): (u8, u8, u8)) {
        let now = Tick(self.now);
        let number = usize::from(which) % 3;
        let id = AgentId(number as u32);
        match what % 16 {
            0..=4 if !self.to_record.is_empty() => {
                let place = usize::from(which) % self.to_record.len();
                let message = self.to_record[place];
                if other > 60 {
                    self.to_record.remove(place);
                }
                self.give(Input::Message(message));
            }
            5..=8 if !self.to_agents.is_empty() => {
                let place = usize::from(which) % self.to_agents.len();
                let message = self.to_agents[place];
                if other > 60 {
                    self.to_agents.remove(place);
                }
                let (carrier, _) = &mut self.agents[message.agent.0 as usize];
                self.to_record.extend(carrier.handle(now, message, &RULES).reply);
            }
            9 if other > 200 => self.agents[number].0 = Carrier::default(),
            9 if !self.to_record.is_empty() => drop(self.to_record.remove(0)),
            10 => self.now += u32::from(other) / 40,
            11 => self.give(Input::Expire),
            _ => self.acts(id, other),
        }
    }

    fn give(&mut self, input: Input) {
        let before = self.record.lineage.clone();
        let record = Record { sequence: self.record.applied.next(), now: Tick(self.now), input };
        self.log.push(record);
        let to_agents = &mut self.to_agents;
        let applied = self.record.apply(record, &RULES, |output| match output {
            Output::Tell(told) => to_agents.push(told),
            Output::Pass(_) => {}
        });
        applied.unwrap();
        for (step, (was, is)) in before.steps().iter().zip(self.record.lineage.steps()).enumerate()
        {
            let done = |step: &Step| matches!(step, Step::Done { .. });
            assert!(!done(was) || was == is, "a step that is done changes");
            self.completed[step] += u32::from(!done(was) && done(is));
        }
    }

    /// The agent does the next thing that it can do.
    fn acts(&mut self, id: AgentId, other: u8) {
        let now = Tick(self.now);
        let offered = self.record.lineage.generation();
        let (carrier, requests) = &mut self.agents[id.0 as usize];
        *requests += 1;
        let request = RequestId(*requests);
        let asked = match (carrier.stage(), carrier.work()) {
            (Stage::Idle, _) => carrier.inherit(now, id, request, offered).ok(),
            _ if carrier.again(id).is_some() => carrier.again(id),
            (_, Some(Work::InDoubt(step))) => {
                carrier.look(self.happened[step.0 as usize] > 0).unwrap();
                None
            }
            (_, Some(Work::Clear(_))) => {
                if let Ok(step) = carrier.effect(now, &RULES) {
                    self.happened[step.0 as usize] += 1;
                }
                None
            }
            (_, Some(Work::Happened(_))) => carrier.complete(now, id, request, &RULES).ok(),
            _ => match other % 6 {
                0 => carrier.divide(now, id, request).ok(),
                1 => carrier.prepare(now, id, request).ok(),
                2 => carrier.heartbeat(now, id, request).ok(),
                _ => carrier.begin(now, id, request, StepId(u32::from(other) % 2)).ok(),
            },
        };
        self.to_record.extend(asked);
    }

    fn check(&self) {
        let lineage = &self.record.lineage;
        invariants::record(lineage).unwrap();
        let carriers = (0..).map(AgentId).zip(self.agents.iter().map(|(carrier, _)| carrier));
        invariants::one_acts(lineage, Tick(self.now), carriers, &RULES).unwrap();
        for (step, happened) in lineage.steps().iter().zip(self.happened) {
            let done = matches!(step, Step::Done { .. });
            assert!(happened == u32::from(done) || !done && happened <= 1, "{step:?} {happened}");
        }
        assert!(self.completed.iter().all(|&times| times <= 1));
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    /// Whatever is lost, repeated, late or crashes: one acts, and each effect takes place once.
    #[test]
    fn no_step_is_lost_or_done_twice(
        choices in prop::collection::vec(any::<(u8, u8, u8)>(), 0..400),
    ) {
        let mut world = World::new();
        for choice in choices {
            world.step(choice);
            world.check();
        }
        // From a snapshot anywhere and the whole log the very same record comes.
        let mut snapshot = Recorded::new(Lineage::new(ESTATE, 2));
        let middle = world.log.len() / 2;
        for &record in &world.log[..middle] {
            snapshot.apply(record, &RULES, |_| {}).unwrap();
        }
        let log = world.log.iter().copied();
        prop_assert_eq!(&snapshot.clone().recover(log, &RULES, |_| {}).unwrap(), &world.record);
        if let Some(&late) = world.log.get(middle + 1) {
            let gap = snapshot.recover([late], &RULES, |_| {}).unwrap_err();
            prop_assert_eq!(gap.missing, Sequence(middle as u64 + 1));
        }
    }
}

fn line_rules(strategy: Strategy) -> attune_protocol::Rules {
    attune_protocol::Rules {
        strategy,
        bound_reads: None,
        lease_ticks: 20,
        acknowledgement_ticks: 4,
        revalidate: false,
        discipline: Strict,
    }
}

/// An agent asks for the line; its entry hears the answers.
fn upgrade(line: &mut Line<Word>, entry: &mut Entry, agent: AgentId, request: u32) {
    let rules = line_rules(Strategy::lazy());
    let message = entry.upgrade(Tick(0), agent, RequestId(request), &rules);
    let mut told = Vec::new();
    line.handle(Tick(0), message, &rules, |message| told.push(message));
    for message in told {
        entry.handle(Tick(0), message, &rules);
    }
}

#[test]
fn a_grant_passes_to_the_estate_and_on_to_the_successor() {
    let rules = line_rules(Strategy::lazy());
    let mut line = Line::<Word>::new(Version::FIRST, 4);
    let [parent, heir, estate, third] = [0, 1, 2, 3].map(AgentId);
    let mut entries = [Entry::default(); 4];
    upgrade(&mut line, &mut entries[0], parent, 1);
    entries[0].write(&rules).unwrap();
    let late = entries[0].commit(parent, RequestId(2), &rules).unwrap();
    let granted = line.epoch();

    line.pass(Tick(1), Pass { from: parent, to: estate, deadline: Tick(9) }, &rules, |_| {});
    assert_eq!(line.owner(), Some(estate));
    assert!(line.epoch() > granted);
    line.handle(Tick(2), late, &rules, |_| {});
    assert_eq!(line.version(), Version::FIRST, "the parent's commit is refused");
    upgrade(&mut line, &mut entries[3], third, 1);
    assert_eq!(line.owner(), Some(estate), "a third waits");
    // Passing again what is gone changes nothing.
    let before = line;
    line.pass(Tick(2), Pass { from: parent, to: estate, deadline: Tick(19) }, &rules, |_| {});
    assert_eq!(line, before);

    line.pass(Tick(3), Pass { from: estate, to: heir, deadline: Tick(13) }, &rules, |_| {});
    assert_eq!(line.owner(), Some(heir));
    upgrade(&mut line, &mut entries[1], heir, 1);
    assert!(entries[1].is_exclusive() && entries[1].epoch() == line.epoch());
}

#[test]
fn what_nobody_inherits_is_freed_and_a_waiting_claim_ends() {
    let rules = line_rules(Strategy::eager());
    let mut line = Line::<Word>::new(Version::FIRST, 4);
    let [parent, reader, estate] = [0, 1, 2].map(AgentId);
    let fetch = Entry::default().fetch(reader, RequestId(1), &rules);
    line.handle(Tick(0), fetch, &rules, |_| {});
    let claim = Entry::default().upgrade(Tick(0), parent, RequestId(1), &rules);
    line.handle(Tick(0), claim, &rules, |_| {});
    assert!(matches!(line.hold(), Hold::Claimed(_)), "it waits for the reader");
    line.pass(Tick(1), Pass { from: parent, to: estate, deadline: Tick(9) }, &rules, |_| {});
    assert_eq!(line.hold(), Hold::Free);

    let rules = line_rules(Strategy::lazy());
    let mut line = Line::<Word>::new(Version::FIRST, 4);
    upgrade(&mut line, &mut Entry::default(), parent, 1);
    line.pass(Tick(1), Pass { from: parent, to: estate, deadline: Tick(9) }, &rules, |_| {});
    line.expire(Tick(9), &rules, |_| {});
    assert_eq!(line.hold(), Hold::Free);
    line.pass(Tick(9), Pass { from: estate, to: reader, deadline: Tick(19) }, &rules, |_| {});
    assert_eq!(line.hold(), Hold::Free, "what has lapsed is not inherited");
}
