//! What the model of a lineage promises, and the situations that put it to the test.

use std::fmt;

macro_rules! named {
    ($(#[doc = $about:literal])+ $kind:ident { $($item:ident = $name:literal, $says:literal;)+ }) => {
        $(#[doc = $about])+
        #[derive(
            Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash,
            serde::Serialize, serde::Deserialize,
        )]
        pub enum $kind {
            $($item,)+
        }

        impl $kind {
            pub const ALL: &[$kind] = &[$($kind::$item,)+];

            /// As in reports and on the command line.
            pub fn name(self) -> &'static str {
                match self {
                    $($kind::$item => $name,)+
                }
            }

            /// In a sentence.
            pub fn says(self) -> &'static str {
                match self {
                    $($kind::$item => $says,)+
                }
            }
        }

        impl fmt::Display for $kind {
            fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
                f.write_str(self.name())
            }
        }
    };
}

named! {
    /// A promise.
    Promise {
        OneActs = "one-acts",
            "at most one agent may act for a lineage, and the record knows it";
        OneIsAccepted = "one-is-accepted",
            "the record takes steps, drafts and leases from the acting generation alone, before its deadline";
        GenerationsGrow = "generations-grow",
            "a division makes the next generation, and one agent inherits it";
        StepsAreKept = "steps-are-kept",
            "a step that was added stays, and goes from open to begun to done; done it stays";
        EffectsAreKnown = "effects-are-known",
            "no effect takes place that the record does not know to be possible";
        DoneOnce = "done-once",
            "the effect of a step takes place once, and before the step is called done";
        DoubtIsTold = "doubt-is-told",
            "who begins a step that another generation had begun is told so, as often as it asks";
        DraftsGrow = "drafts-grow",
            "what is handed over is the newest draft that was accepted";
        GrantsPass = "grants-pass",
            "what a parent owns goes to its successor in newer epochs, to nobody else before the estate's deadline, and is of no more use to the parent";
        TrueAnswers = "true-answers",
            "what the record says is so when it says it, and what is rightly asked is done";
        NothingGivenUp = "nothing-given-up",
            "an agent stops only when its generation is over, and says so";
        Timely = "timely",
            "a deadline that has passed is acted on, and none before; nobody is started when all is done";
        Recovery = "recovery",
            "a record recovered from its log is the record that spoke before the crash";
        NoPanic = "no-panic",
            "no step makes the core panic";
        DeadlockFreedom = "deadlock-freedom",
            "some step is possible until the task is done";
        TaskEnds = "task-ends",
            "under fairness every step of the task is done in the end";
        GrantsAreFreed = "grants-are-freed",
            "under fairness a grant whose owner is not there ends, or goes on to who is";
        EndIsReachable = "end-is-reachable",
            "from every state the end of the task can be reached";
    }
}

named! {
    /// Something that has to happen in a run for a promise to be put to the test.
    Situation {
        DividedByRequest = "divided-by-request", "a generation hands over before its lease ends";
        DividedByDeadline = "divided-by-deadline", "a generation's lease ends with steps undone";
        DividedWithWork = "divided-with-work", "a generation hands over in the midst of a step";
        SecondSuccessor = "second-successor", "a second agent asks to be a generation that is taken";
        RebornAsks = "reborn-asks", "an agent that has inherited and crashed asks again";
        RepeatedInheritance = "repeated-inheritance", "a request to inherit arrives twice";
        LateInheritance = "late-inheritance", "a request to inherit arrives when the next generation is offered";
        AgentAgain = "agent-again", "an agent is a generation for the second time";
        ZombieRefused = "zombie-refused", "a generation that is over still asks to act, and is refused";
        ZombieInOffer = "zombie-in-offer", "it does so while nobody acts";
        LateDivision = "late-division", "a request to divide arrives when its generation is over";
        OwnClock = "own-clock", "an agent's lease is over before an effect that it was about to let take place";
        BegunInDoubt = "begun-in-doubt", "a successor begins what another generation had begun";
        FoundDone = "found-done", "who looks finds that the effect has taken place";
        FoundUndone = "found-undone", "who looks finds that the effect has not taken place";
        DoubtRepeated = "doubt-repeated", "a beginning in doubt is asked for again";
        BegunWhenDone = "begun-when-done", "a request to begin a step arrives when it is done";
        CompletionRepeated = "completion-repeated", "a completion that was accepted arrives again";
        CompletionLate = "completion-late", "a completion that was accepted arrives again from a generation that is over";
        OldDraft = "old-draft", "a draft arrives after a newer one";
        Renewed = "renewed", "a lease is renewed";
        AddedAgain = "added-again", "an addition arrives twice";
        RetiredSaysSo = "retired-says-so", "a parent says that it has stopped";
        LateRetirement = "late-retirement", "such a word arrives from an earlier generation of the agent that leaves now";
        LateRetire = "late-retire", "an agent that is a generation again hears that its earlier one is over";
        EstateOwns = "estate-owns", "a grant of a parent waits for the successor";
        HeirOwns = "heir-owns", "it goes to the successor";
        EstateLapses = "estate-lapses", "its deadline passes, and nobody has inherited";
        ThirdWaits = "third-waits", "somebody else wants the line meanwhile, and waits";
        ParentWrites = "parent-writes", "a parent commits under the grant that has passed, and is refused";
        HeirWrites = "heir-writes", "the successor commits";
        Stopped = "stopped", "the authority stops before it answers, and recovers";
        Finished = "finished", "the last lease ends with every step done";
    }
}

/// A set of situations.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Met(pub u64);

impl Met {
    pub fn note(&mut self, situation: Situation) {
        self.0 |= 1 << situation as u32;
    }

    pub fn has(self, situation: Situation) -> bool {
        self.0 >> situation as u32 & 1 == 1
    }

    pub fn all(self) -> impl Iterator<Item = Situation> {
        Situation::ALL.iter().copied().filter(move |&situation| self.has(situation))
    }
}

/// A broken promise, and how.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Broken {
    pub promise: Promise,
    pub what: &'static str,
}

pub type Checked<T = ()> = Result<T, Broken>;

pub fn ensure(kept: bool, promise: Promise, what: &'static str) -> Checked {
    if kept { Ok(()) } else { Err(Broken { promise, what }) }
}

impl fmt::Display for Broken {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        write!(f, "{}: {}", self.promise, self.what)
    }
}
