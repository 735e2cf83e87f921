//! A way through a model, told as a run that anybody can follow and replay.
//!
//! A way leads over states in normal form, whose names change from step to step. Here it is taken
//! again without them: at each step the action is looked for that leads to the same normal form
//! from the state as it really is. What it does is done on an [`attune_trace::Machine`] as well,
//! which gives the events, and judged there; the two have to agree on the line and on every copy.
//! So a story owes nothing to the normal form, and a mistake in that cannot make one up.

mod layers;
mod stuck;
mod witness;

pub use stuck::stuck;
pub use witness::{Sought, witness};

use crate::explore::Explorable;
use crate::world::Setting;
use attune_protocol::{Discipline, Entry, Strict};
use attune_trace::reference::{Broken, Property, Seen, Witness};
use attune_trace::{
    Action, Defect, End, Event, Header, Impossible, Judge, Judged, LineView, Mutant, Origin,
    Verdict, Writer, text,
};
use std::fmt;
use std::hash::Hash;
use std::io::{self, Write};

/// A run, from the beginning to what it shows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Story {
    pub header: Header,
    pub events: Vec<Event>,
    pub end: End,
}

impl Story {
    /// Writes it as an event trace.
    pub fn write<W: Write>(&self, out: W) -> io::Result<W> {
        let mut writer = Writer::new(out, &self.header)?;
        self.events.iter().try_for_each(|event| writer.event(event))?;
        writer.end(&self.end)
    }

    /// The property that it shows broken.
    pub fn property(&self) -> Option<&str> {
        match &self.end.verdict {
            Verdict::Broken { property, .. } | Verdict::Repeats { property, .. } => Some(property),
            Verdict::Reached { .. } | Verdict::Complete => None,
        }
    }
}

/// What a way is to show.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Ending {
    /// A promise breaks at its last step: whichever it is.
    Broken,
    /// This was found broken by other means than a look at the run.
    Found { property: Property, what: String },
    /// This situation is met, at the last step or before.
    Reached(Witness),
}

/// Why a way cannot be told: a mistake of the model's, or of whoever asks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Untold {
    /// Without normal forms there is no such step.
    NoSuchStep { step: usize, action: String },
    /// The machine cannot do what the model did.
    Impossible { step: usize, why: Impossible },
    /// After the step, the machine is in another state than the model.
    Differs { step: usize, what: String },
    /// The run does not show what it should.
    NotShown { what: String },
    /// There is no graph to take a cycle from.
    NoGraph,
}

impl fmt::Display for Untold {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        match self {
            Untold::NoSuchStep { step, action } => {
                write!(f, "step {step} of the way, {action}, is none of the run's")
            }
            Untold::Impossible { step, why } => write!(f, "step {step} of the way: {why}"),
            Untold::Differs { step, what } => {
                write!(f, "after step {step} of the way, model and machine differ: {what}")
            }
            Untold::NotShown { what } => write!(f, "the run does not show this: {what}"),
            Untold::NoGraph => f.write_str("the search has kept no graph"),
        }
    }
}

impl std::error::Error for Untold {}

/// Rules that a trace can name.
pub trait Nameable: Discipline {
    fn mutant(&self) -> Mutant;
}

impl Nameable for Strict {
    fn mutant(&self) -> Mutant {
        Mutant(None)
    }
}

impl Nameable for Mutant {
    fn mutant(&self) -> Mutant {
        *self
    }
}

/// A model whose ways can be told.
pub trait Layer:
    Explorable<State: Clone + PartialEq + Hash, Action: Clone + PartialEq + fmt::Debug>
{
    type Discipline: Nameable;

    fn setting(&self) -> &Setting<Self::Discipline>;
    fn start(&self) -> Self::State;
    /// Takes a step and leaves all names as they are.
    fn concrete(&self, state: &Self::State, action: &Self::Action) -> Option<Self::State>;
    fn normalized(&self, state: &Self::State) -> Self::State;
    /// Whether two actions differ at most in whom or which message they concern.
    fn are_alike(&self, one: &Self::Action, other: &Self::Action) -> bool;
    /// The promise that is broken here.
    fn broken(&self, state: &Self::State) -> Option<Property>;
    /// The line and the copies.
    fn view(&self, state: &Self::State) -> (LineView, Vec<Entry>);
    /// Does on a machine what an action does here.
    fn tell(
        &self,
        state: &Self::State,
        action: &Self::Action,
        teller: &mut Teller,
    ) -> Result<(), Impossible>;
}

/// A machine that keeps its events, up to the first broken promise.
pub struct Teller {
    judge: Judge,
    events: Vec<Event>,
    /// The situations met at each event.
    seen: Vec<Seen>,
    broken: Option<Broken>,
    /// How, in sentences.
    how: Vec<String>,
}

impl Teller {
    /// Does one thing; gives nothing once a promise is broken.
    pub fn act(&mut self, action: Action) -> Result<Option<&Event>, Impossible> {
        if self.broken.is_some() {
            return Ok(None);
        }
        let Judged { event, broken, how, seen } = self.judge.step(0, action)?;
        (self.broken, self.how) = (broken, how);
        self.events.push(event);
        self.seen.push(seen);
        Ok(self.events.last())
    }

    /// Does what a line is given, at this time or, if only that breaks a promise, at a later one:
    /// a model judges a driver that comes late without a step for it.
    fn act_now_or_late(&mut self, now: Action, late: Action) -> Result<Option<&Event>, Impossible> {
        let breaks = |action| {
            let judged = self.judge.clone().step(0, action);
            judged.is_ok_and(|judged| judged.broken.is_some())
        };
        let is_late = self.broken.is_none() && !breaks(now) && breaks(late);
        self.act(if is_late { late } else { now })
    }

    pub fn judge(&self) -> &Judge {
        &self.judge
    }
}

/// Tells a way from the model's initial state. Of `origin`, property and mutant are filled in.
pub fn of<M: Layer>(
    model: &M,
    way: &[M::Action],
    ending: Ending,
    origin: Origin,
) -> Result<Story, Untold> {
    let mut run = Run::new(model, origin);
    way.iter().try_for_each(|action| run.step(action))?;
    run.end(ending)
}

/// A way while it is told.
struct Run<'a, M: Layer> {
    model: &'a M,
    header: Header,
    teller: Teller,
    concrete: M::State,
    normal: M::State,
    steps: usize,
}

impl<'a, M: Layer> Run<'a, M> {
    fn new(model: &'a M, origin: Origin) -> Run<'a, M> {
        let Setting { rules, neglected, agents, .. } = model.setting();
        let mutant = rules.discipline.mutant();
        let rules = attune_protocol::Rules {
            discipline: mutant,
            strategy: rules.strategy,
            bound_reads: rules.bound_reads,
            lease_ticks: rules.lease_ticks,
            acknowledgement_ticks: rules.acknowledgement_ticks,
            revalidate: rules.revalidate,
        };
        let duty = neglected.map(Defect::Neglects);
        let defect = mutant.0.map(Defect::WithoutRule).or(duty);
        let origin = Origin { mutant: defect.map(|defect| defect.name().to_string()), ..origin };
        let header = Header::events(*agents, 1, &rules, origin);
        let judge = Judge::new(header.machine(defect));
        let teller =
            Teller { judge, events: Vec::new(), seen: Vec::new(), broken: None, how: Vec::new() };
        let concrete = model.start();
        let normal = model.normalized(&concrete);
        Run { model, header, teller, concrete, normal, steps: 0 }
    }

    /// Goes the way's next step.
    fn step(&mut self, action: &M::Action) -> Result<(), Untold> {
        self.steps += 1;
        let step = self.steps;
        let none = || Untold::NoSuchStep { step, action: format!("{action:?}") };
        let (normal, _) = self.model.successor(&self.normal, action).ok_or_else(none)?;
        let (really, concrete) = self.find(action, &normal).ok_or_else(none)?;
        self.model
            .tell(&self.concrete, &really, &mut self.teller)
            .map_err(|why| Untold::Impossible { step, why })?;
        (self.concrete, self.normal) = (concrete, normal);
        let over = self.teller.broken.is_some() || self.model.broken(&self.concrete).is_some();
        if over { Ok(()) } else { self.agrees() }
    }

    /// The action that really leads to a state of this normal form, and that state. Of those that
    /// do, one like the way's.
    fn find(&self, wanted: &M::Action, normal: &M::State) -> Option<(M::Action, M::State)> {
        let model = self.model;
        let mut actions = Vec::new();
        model.actions(&self.concrete, &mut actions);
        let likeness = |action: &M::Action| match () {
            () if action == wanted => 0,
            () if model.are_alike(action, wanted) => 1,
            () => 2,
        };
        actions.sort_by_key(likeness);
        let broken = model.broken(normal);
        actions.into_iter().find_map(|action| {
            let next = model.concrete(&self.concrete, &action)?;
            // Where a promise breaks the step is left half done, and no name means anything.
            let same = match broken {
                None => model.normalized(&next) == *normal,
                Some(_) => model.broken(&next) == broken && model.are_alike(&action, wanted),
            };
            same.then_some((action, next))
        })
    }

    /// Whether the machine is where the model is.
    fn agrees(&self) -> Result<(), Untold> {
        let machine = self.teller.judge.machine();
        let (line, entries) = self.model.view(&self.concrete);
        let step = self.steps;
        let other = LineView::from(machine.line(0));
        if line != other {
            let what = format!("the line, {} and {}", text::line(&line), text::line(&other));
            return Err(Untold::Differs { step, what });
        }
        for (agent, entry) in (0..).map(attune_protocol::AgentId).zip(&entries) {
            let other = machine.entry(0, agent);
            if entry != other {
                let words = |entry| text::entry(&attune_trace::EntryView::from(entry));
                let what = format!("{agent}, {} and {}", words(entry), words(other));
                return Err(Untold::Differs { step, what });
            }
        }
        Ok(())
    }

    fn end(mut self, ending: Ending) -> Result<Story, Untold> {
        let how = std::mem::take(&mut self.teller.how);
        let broken = |Broken { property, what }: Broken| {
            let (name, what) = (property.name().to_string(), what.to_string());
            (property, Verdict::Broken { property: name, what, how })
        };
        let (property, verdict) = match (self.teller.broken, ending) {
            // Whatever else was to be shown: this is.
            (Some(found), Ending::Broken | Ending::Found { .. }) => broken(found),
            (Some(found), Ending::Reached(_)) => {
                return Err(Untold::NotShown { what: format!("a sound run: {found}") });
            }
            (None, Ending::Broken) => {
                return Err(Untold::NotShown { what: "a broken promise".to_string() });
            }
            (None, Ending::Found { property, what }) => {
                let name = property.name().to_string();
                (property, Verdict::Broken { property: name, what, how: Vec::new() })
            }
            (None, Ending::Reached(witness)) => {
                let at = self.teller.seen.iter().position(|seen| seen.has(witness));
                let missing = || Untold::NotShown { what: witness.words().to_string() };
                let length = at.ok_or_else(missing)? + 1;
                self = self.cut(length)?;
                let witness_name = witness.name().to_string();
                (witness.property(), Verdict::Reached { witness: witness_name })
            }
        };
        Ok(self.story(property, verdict))
    }

    /// The same up to this event.
    fn cut(mut self, length: usize) -> Result<Self, Untold> {
        let defect = self.header.defect().ok().flatten();
        let events = std::mem::take(&mut self.teller.events);
        let mut judge = Judge::new(self.header.machine(defect));
        for event in &events[..length] {
            let step = event.step as usize;
            let again = judge.step(0, event.action);
            again.map_err(|why| Untold::Impossible { step, why })?;
        }
        self.teller.judge = judge;
        self.teller.events = events;
        self.teller.events.truncate(length);
        Ok(self)
    }

    fn story(self, property: Property, verdict: Verdict) -> Story {
        let Run { mut header, teller, .. } = self;
        header.origin.property = Some(property.name().to_string());
        let end = teller.judge.machine().end(verdict);
        Story { header, events: teller.events, end }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use attune_protocol::{AgentId, RequestId, Rule, Rules, Strategy, Tick};
    use attune_trace::{Machine, Outcome};

    /// A teller of whom a1's fetch is in flight to a line that a0 owns until t1; and that fetch.
    fn teller(rule: Option<Rule>) -> (Teller, impl Fn(u32) -> Action) {
        let rules = Rules {
            discipline: Mutant(rule),
            strategy: Strategy::lazy(),
            bound_reads: Some(1),
            lease_ticks: 1,
            acknowledgement_ticks: 1,
            revalidate: false,
        };
        let judge = Judge::new(Machine::new(rules, 2, 1));
        let (events, seen) = (Vec::new(), Vec::new());
        let mut teller = Teller { judge, events, seen, broken: None, how: Vec::new() };
        let (now, request) = (Tick(0), RequestId(1));
        let mut sends = |action| match teller.act(action) {
            Ok(Some(Event { outcome: Outcome::Sent(message), .. })) => *message,
            other => panic!("{other:?}"),
        };
        let upgrade = sends(Action::Upgrade { agent: AgentId(0), now, request });
        let fetch = sends(Action::Fetch { agent: AgentId(1), now, request });
        let gets = |message, now| Action::LineGets {
            message,
            now: Tick(now),
            kept: false,
            answers_lost: false,
        };
        teller.act(gets(upgrade, 0)).unwrap();
        (teller, move |now| gets(fetch, now))
    }

    #[test]
    fn what_only_a_late_driver_breaks_is_told_late() {
        let (mut teller, gets) = teller(Some(Rule::DeadlineComesFirst));
        teller.act_now_or_late(gets(0), gets(1)).unwrap();
        assert_eq!(teller.broken.map(|broken| broken.property), Some(Property::TimelyExpiry));
        assert!(teller.how.iter().any(|words| words.starts_with("due: t1 ")), "{:?}", teller.how);
    }

    #[test]
    fn what_breaks_at_no_time_is_told_in_time() {
        let (mut teller, gets) = self::teller(None);
        let told = teller.act_now_or_late(gets(0), gets(1)).unwrap().unwrap();
        assert_eq!(told.action, gets(0));
        assert_eq!(teller.broken, None);
    }
}
