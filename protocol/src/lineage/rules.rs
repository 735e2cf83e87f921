//! The rules of a lineage by name, as [`crate::Rule`] has those of the line, and its settings.

use crate::discipline::rules;
use crate::{Discipline, Strict};

/// How long rights last, and which rules are kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Rules<D = Strict> {
    /// How long a generation may act without a heartbeat, in ticks.
    pub lease_ticks: u32,
    /// How long grants wait for a successor, in ticks.
    pub estate_ticks: u32,
    /// [`Strict`], but in a model checker.
    pub discipline: D,
}

impl<D: Discipline<Rule>> Rules<D> {
    #[inline]
    pub(super) fn keeps(&self, rule: Rule) -> bool {
        D::KEEPS_ALL || self.discipline.keeps(rule)
    }

    /// Whether what `rule` demands is so, or not demanded.
    #[inline]
    pub(super) fn permits(&self, rule: Rule, demanded: bool) -> bool {
        demanded || !self.keeps(rule)
    }
}

rules! {
    // Time.
    /// The record looks at its deadline before it handles a message, so that nothing is accepted
    /// of a generation whose lease is over.
    DeadlineComesFirst = "deadline-comes-first",
    /// A lineage divides at the deadline of its generation, so that a crashed agent cannot stop the
    /// task for ever.
    LeaseEndsAtItsDeadline = "lease-ends-at-its-deadline",
    /// A lineage that has nothing left to do is finished at the deadline, so that nobody is started
    /// for nothing.
    DoneLineageIsFinished = "done-lineage-is-finished",

    // Dividing.
    /// A division makes the next generation, so that what the parent still sends can be told apart.
    DivisionMakesAGeneration = "division-makes-a-generation",
    /// Only the generation that acts divides, so that a late request does not end another one.
    DivisionIsByTheActing = "division-is-by-the-acting",
    /// Only the generation that acts prepares drafts.
    DraftIsByTheActing = "draft-is-by-the-acting",
    /// A draft replaces older ones only, so that a late one does not.
    DraftsOnlyGrow = "drafts-only-grow",
    /// What the parent owns goes to the estate, so that it can use it no more and nobody else can
    /// either.
    GrantsGoToTheEstate = "grants-go-to-the-estate",
    /// A generation whose lease ran out is told, so that its agent can be put to other use.
    ParentIsTold = "parent-is-told",
    /// The agent of the generation before is remembered until it has stopped.
    ParentIsRemembered = "parent-is-remembered",
    /// Who says that it has stopped names its generation, so that a late word does not count for
    /// another one.
    RetirementNamesItsGeneration = "retirement-names-its-generation",

    // Inheriting.
    /// One agent inherits; who comes second is refused.
    OneInherits = "one-inherits",
    /// Who asks to inherit names the generation that it was started for, so that a late request does
    /// not make its agent another one.
    InheritanceNamesItsGeneration = "inheritance-names-its-generation",
    /// An agent that has inherited and asks again by a newer request has crashed meanwhile: it is
    /// not the generation any more, since it does not know what it had begun.
    InheritanceIsOfOneRequest = "inheritance-is-of-one-request",
    /// A repeated request to inherit is answered again, so that a lost answer does not cost a lease.
    RepeatedInheritanceIsAnswered = "repeated-inheritance-is-answered",
    /// What the estate has goes to the successor.
    GrantsGoToTheSuccessor = "grants-go-to-the-successor",

    // Steps.
    /// Only the generation that acts adds steps.
    AdditionIsByTheActing = "addition-is-by-the-acting",
    /// A repeated addition is answered and adds nothing.
    RepeatedAdditionAddsNothing = "repeated-addition-adds-nothing",
    /// Only the generation that acts begins steps.
    BeginningIsByTheActing = "beginning-is-by-the-acting",
    /// A step that an earlier generation has begun is begun in doubt, so that its effect does not
    /// silently take place twice.
    BegunStepIsInDoubt = "begun-step-is-in-doubt",
    /// A step that is begun again by the same generation is in doubt as it was, so that a lost answer
    /// does not end the doubt.
    DoubtIsRemembered = "doubt-is-remembered",
    /// A step that is done is not begun again.
    DoneStepStaysDone = "done-step-stays-done",
    /// Only the generation that acts completes steps.
    CompletionIsByTheActing = "completion-is-by-the-acting",
    /// A repeated completion is acknowledged again, also to a generation that is over meanwhile, so
    /// that what was accepted is never called refused.
    RepeatedCompletionIsAcknowledged = "repeated-completion-is-acknowledged",

    // Leases.
    /// Only the generation that acts renews its lease.
    HeartbeatIsByTheActing = "heartbeat-is-by-the-acting",
    /// A heartbeat moves the deadline, so that what its sender believes is so.
    HeartbeatExtendsTheLease = "heartbeat-extends-the-lease",

    // The agent.
    /// An answer is taken only for the request that is under way.
    AnswerIsAwaited = "answer-is-awaited",
    /// An agent whose lease is over by its own clock acts no more, whatever it has heard.
    OwnClockEndsTheLease = "own-clock-ends-the-lease",
    /// An agent's lease counts from when it first sent its request, so that it ends before the
    /// record's.
    LeaseCountsFromTheRequest = "lease-counts-from-the-request",
    /// An agent that has asked to divide acts no more, whether or not it is answered.
    DividerStops = "divider-stops",
    /// An effect takes place only after the answer that says that the step is begun, so that the
    /// record knows of all that may have happened.
    EffectComesAfterTheAnswer = "effect-comes-after-the-answer",
    /// Where there is doubt an agent looks before it acts.
    DoubtIsLookedInto = "doubt-is-looked-into",
    /// An effect takes place once.
    EffectIsNotRepeated = "effect-is-not-repeated",
    /// Only what took place is called done.
    CompletionComesAfterTheEffect = "completion-comes-after-the-effect",
    /// Being told that a generation is over ends that one, and no later one.
    RetirementIsOfThisGeneration = "retirement-is-of-this-generation",
    /// Who is told that its generation is over says that it has stopped.
    RetirementIsAcknowledged = "retirement-is-acknowledged",
}
