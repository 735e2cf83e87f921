//! Panics of the core, caught: what a search or a replay finds is a counterexample and no crash.

use crate::reference::{Broken, Checked, Property};
use std::any::Any;
use std::cell::Cell;
use std::panic::{self, AssertUnwindSafe};
use std::sync::Once;
use std::thread;

thread_local! {
    /// Whether a panic of this thread is caught, so that nobody need read of it elsewhere.
    static CAUGHT: Cell<bool> = const { Cell::new(false) };
}

static HOOK: Once = Once::new();

/// Does some work. If it panics nothing is printed, and the error is what the panic says; whatever
/// the work was changing is left half done.
pub fn caught<T>(work: impl FnOnce() -> T) -> Result<T, String> {
    quietly(work).map_err(|payload| words(&*payload))
}

/// Does a step that is judged: a panic breaks a promise, too.
#[inline]
pub fn without_panic<T>(step: impl FnOnce() -> Checked<T>) -> Checked<T> {
    match quietly(step) {
        Ok(judged) => judged,
        Err(_) => Err(PANIC),
    }
}

#[inline]
fn quietly<T>(work: impl FnOnce() -> T) -> thread::Result<T> {
    if !HOOK.is_completed() {
        hook();
    }
    let outer = CAUGHT.replace(true);
    let done = panic::catch_unwind(AssertUnwindSafe(work));
    CAUGHT.set(outer);
    done
}

#[cold]
fn hook() {
    HOOK.call_once(|| {
        let before = panic::take_hook();
        panic::set_hook(Box::new(move |info| {
            if !CAUGHT.get() {
                before(info);
            }
        }));
    });
}

/// The promise that a panic breaks. What it said is in the event.
pub(crate) const PANIC: Broken =
    Broken { property: Property::NoPanic, what: "the core panics at a step that is possible" };

#[cold]
fn words(payload: &(dyn Any + Send)) -> String {
    let fixed = payload.downcast_ref::<&str>().map(ToString::to_string);
    fixed.or_else(|| payload.downcast_ref::<String>().cloned()).unwrap_or_default()
}

#[cfg(test)]
pub mod tests {
    use super::*;
    use crate::{
        Action, End, Header, Judge, Judged, Origin, Outcome, Reader, Record, RulesForm, Verdict,
        Writer, diagram, text,
    };
    use attune_protocol::{AgentId, RequestId, Rule, Strategy, Tick};

    thread_local! {
        /// Whoever asks for this rule panics.
        static TRAP: Cell<Option<Rule>> = const { Cell::new(None) };
    }

    pub fn step_on(rule: Rule) {
        assert!(TRAP.get() != Some(rule), "{} is a trap", rule.name());
    }

    fn header() -> Header {
        let form = RulesForm {
            strategy: Strategy::lazy(),
            bound_reads: Some(1),
            lease_ticks: 1,
            acknowledgement_ticks: 1,
            revalidate: false,
        };
        Header::events(1, 1, &form.rules(Default::default()), Origin::default())
    }

    /// The line panics as it is asked.
    fn judged(judge: &mut Judge) -> Vec<Judged> {
        let (agent, now) = (AgentId(0), Tick(0));
        let fetch = Action::Fetch { agent, now, request: RequestId(1) };
        let mut judged = vec![judge.step(0, fetch).unwrap()];
        let Outcome::Sent(message) = judged[0].event.outcome else { panic!("nothing was sent") };
        let gets = Action::LineGets { message, now, kept: false, answers_lost: false };
        judged.push(judge.step(0, gets).unwrap());
        judged
    }

    #[test]
    fn a_panic_of_the_core_is_an_event_that_reads_back_and_happens_again() {
        TRAP.set(Some(Rule::FetchRegisters));
        let header = header();
        let mut judge = Judge::new(header.machine(None));
        let story = judged(&mut judge);
        let words = "fetch-registers is a trap".to_string();
        assert_eq!(story[1].event.outcome, Outcome::Panicked(words));
        assert_eq!((story[0].broken, story[1].broken), (None, Some(PANIC)));
        let told = text::event(&story[1].event).join("");
        assert!(told.contains("the core panics, \"fetch-registers is a trap\""), "{told}");

        let (property, what) = (PANIC.property.name().to_string(), PANIC.what.to_string());
        let end: End = judge.machine().end(Verdict::Broken { property, what, how: Vec::new() });
        let events: Vec<_> = story.into_iter().map(|judged| judged.event).collect();
        let drawn = diagram::terminal(&header, &events, &end);
        assert!(drawn.contains("the core panics"), "{drawn}");
        let mut writer = Writer::new(Vec::new(), &header).unwrap();
        events.iter().for_each(|event| writer.event(event).unwrap());
        let written = writer.end(&end).unwrap();
        let mut again = Judge::new(header.machine(None));
        for record in Reader::new(&written[..]).unwrap() {
            match record.unwrap() {
                Record::Event(event) => {
                    assert_eq!(again.step(0, event.action).unwrap().event, event);
                }
                Record::End(end) => assert_eq!(again.machine().end(end.verdict.clone()), end),
            }
        }
        TRAP.set(None);
    }

    #[test]
    fn a_panic_while_the_core_is_asked_again_breaks_the_promise() {
        // Only a message that comes twice meets this rule: the judge tries every one twice.
        TRAP.set(Some(Rule::RepeatedRequestIsAnswered));
        let mut judge = Judge::new(header().machine(None));
        let (agent, now) = (AgentId(0), Tick(0));
        let upgrade = Action::Upgrade { agent, now, request: RequestId(1) };
        let Outcome::Sent(message) = judge.step(0, upgrade).unwrap().event.outcome else {
            panic!("nothing was sent")
        };
        let gets = Action::LineGets { message, now, kept: false, answers_lost: false };
        let judged = judge.step(0, gets).unwrap();
        assert!(matches!(judged.event.outcome, Outcome::Told(_)), "{:?}", judged.event);
        assert_eq!(judged.broken, Some(PANIC));
        TRAP.set(None);
    }

    #[test]
    fn what_does_not_panic_is_done() {
        assert_eq!(caught(|| 1), Ok(1));
        assert_eq!(caught(|| -> u32 { panic!("{} words", 2) }), Err("2 words".to_string()));
        assert!(!CAUGHT.get());
    }
}
