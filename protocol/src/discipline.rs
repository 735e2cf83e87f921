//! The protocol's rules by name, so that each can be shown to be needed: without it, some promise
//! breaks.
//!
//! Where [`crate::Line`] or [`crate::Entry`] enforces a rule it asks for it by name. [`Strict`]
//! keeps every rule and takes no space; what is asked of it is known when the code is compiled,
//! and nothing of the question is left. Only a model checker has a [`Discipline`] of its own, one
//! that breaks a rule; whatever runs for others uses `Rules`, which is `Rules<Strict>`.

/// Which rules are kept: those of the line and its entries, or of another machine of the protocol.
pub trait Discipline<R = Rule>: Copy + Sync {
    /// Whether all are kept, for the compiler to know before anything is inlined.
    const KEEPS_ALL: bool = false;

    fn keeps(&self, rule: R) -> bool;
}

/// Keeps every rule.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Strict;

impl<R> Discipline<R> for Strict {
    const KEEPS_ALL: bool = true;

    #[inline(always)]
    fn keeps(&self, _: R) -> bool {
        true
    }
}

/// The rules of one machine as its enum `Rule`, each with its name and its sentence.
macro_rules! rules {
    ($($(#[doc = $says:literal])+ $rule:ident = $name:literal,)+) => {
        /// A rule of the protocol: what it demands, and what it protects.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Rule {
            $($(#[doc = $says])+ $rule,)+
        }

        impl Rule {
            pub const ALL: &[Rule] = &[$(Rule::$rule,)+];

            /// As in reports and on the command line.
            pub const fn name(self) -> &'static str {
                match self {
                    $(Rule::$rule => $name,)+
                }
            }

            /// What it demands and what for, in one sentence.
            pub const fn says(self) -> &'static str {
                match self {
                    $(Rule::$rule => concat!($($says),+).trim_ascii(),)+
                }
            }
        }
    };
}

pub(crate) use rules;

rules! {
    // Time.
    /// The line looks at its deadline before it handles a message, so that nothing is accepted
    /// under a grant that is over.
    DeadlineComesFirst = "deadline-comes-first",
    /// A claim is granted at its deadline, so that a silent holder cannot stop writers for ever.
    ClaimEndsAtItsDeadline = "claim-ends-at-its-deadline",
    /// A grant is taken back at its deadline, so that a crashed owner cannot stop writers for ever.
    GrantEndsAtItsDeadline = "grant-ends-at-its-deadline",
    /// A grant that expires closes its epoch, so that the old owner's draft is fenced off.
    ExpiryOpensAnEpoch = "expiry-opens-an-epoch",
    /// An expiry starts a round, so that no earlier acknowledgement speaks for the old owner.
    ExpiryStartsARound = "expiry-starts-a-round",
    /// After an expiry the old owner counts as behind, so that its copy is not forgotten.
    ExpiryRemembersTheOwner = "expiry-remembers-the-owner",
    /// An expiry is told to the old owner, so that it stops before it tries to commit.
    ExpiryTellsTheOwner = "expiry-tells-the-owner",

    // Fetches and publications.
    /// Who fetches counts as a holder, so that its copy can be invalidated.
    FetchRegisters = "fetch-registers",
    /// A fill brings the content unless the agent has that very version.
    FillBringsContent = "fill-brings-content",
    /// Under eager invalidation nothing that is given out beside a writer may be kept.
    NoCopyBesideAWriter = "no-copy-beside-a-writer",
    /// Who is published to counts as a holder, so that its copy can be invalidated.
    PublicationRegisters = "publication-registers",
    /// A publication, which may be lost, leaves those behind there who are behind.
    PublicationAnswersForNobody = "publication-answers-for-nobody",

    // Upgrades.
    /// A claim opens an epoch, so that grants can be told apart.
    ClaimOpensAnEpoch = "claim-opens-an-epoch",
    /// Under eager invalidation a claim makes every other copy one that is to go.
    ClaimOutdatesCopies = "claim-outdates-copies",
    /// A claim tells those whose copies are to go, so that the grant need not wait for its deadline.
    ClaimTellsTheHolders = "claim-tells-the-holders",
    /// Under eager invalidation a grant waits for acknowledgements, so that nobody reads beside
    /// the writer.
    GrantWaitsForHolders = "grant-waits-for-holders",
    /// Under eager invalidation a grant waits for the acknowledgements of all holders, not of one.
    GrantWaitsForEveryHolder = "grant-waits-for-every-holder",
    /// Who is granted the line counts as a holder, so that its copy can be invalidated.
    GrantRegisters = "grant-registers",
    /// A grant brings the content unless the agent has that very version.
    GrantBringsContent = "grant-brings-content",
    /// A second upgrade is told to wait; a live claim or grant is never given to another agent.
    HeldLineIsNotStolen = "held-line-is-not-stolen",
    /// An upgrade that is told to wait is confirmed its copy only if that is current.
    OnlyTheCurrentCopyIsConfirmed = "only-the-current-copy-is-confirmed",
    /// Who is confirmed a copy counts as a holder, so that it can be invalidated.
    ConfirmationRegisters = "confirmation-registers",
    /// A newer request of the holder opens an epoch, so that what is left of the older one, maybe
    /// from before a crash, is fenced off.
    NewerRequestOpensAnEpoch = "newer-request-opens-an-epoch",
    /// A repeated request is answered again, so that a lost grant is not lost for good.
    RepeatedRequestIsAnswered = "repeated-request-is-answered",
    /// A repeated request is answered with the same grant, so that a duplicate does not end the
    /// grant it asked for.
    RepeatedRequestKeepsItsGrant = "repeated-request-keeps-its-grant",
    /// An older request of the holder is ignored, so that a late one does not end the grant.
    OlderRequestIsIgnored = "older-request-is-ignored",

    // Commits.
    /// Only the owner commits.
    CommitIsByTheOwner = "commit-is-by-the-owner",
    /// The owner commits only in the epoch of its grant, so that no earlier draft passes for this
    /// one.
    CommitIsInItsEpoch = "commit-is-in-its-epoch",
    /// A commit is derived from the current version, so that no update is lost.
    CommitIsOnTheCurrentBase = "commit-is-on-the-current-base",
    /// A commit on another base ends the grant, so that nobody has to wait for the deadline.
    StaleBaseFreesTheLine = "stale-base-frees-the-line",
    /// A commit makes the next version, so that versions name contents.
    CommitMakesAVersion = "commit-makes-a-version",
    /// A commit opens an epoch, so that its repetition is not another commit and older copies are
    /// known for what they are.
    CommitOpensAnEpoch = "commit-opens-an-epoch",
    /// A commit ends the grant.
    CommitEndsTheGrant = "commit-ends-the-grant",
    /// After a commit every other copy counts as behind.
    CommitOutdatesCopies = "commit-outdates-copies",
    /// A commit is told to those behind (invalidated or pushed, as the strategy says), so that
    /// stale reads end.
    CommitTellsThoseBehind = "commit-tells-those-behind",
    /// A repeated commit is acknowledged again, so that what was accepted is never called lost.
    RepeatedCommitIsAcknowledged = "repeated-commit-is-acknowledged",
    /// Only the commit that was accepted is acknowledged again: another one under the same grant
    /// was not applied.
    OnlyTheSameCommitIsARepeat = "only-the-same-commit-is-a-repeat",
    /// A repeated commit is acknowledged in the epoch of the commit, so that its copy does not pass
    /// for newer than what was said since.
    AcknowledgedAgainAsAtFirst = "acknowledged-again-as-at-first",
    /// A commit of which the line does not know any more whether it was accepted is not called
    /// lost.
    UnknownCommitIsNotCalledLost = "unknown-commit-is-not-called-lost",
    /// A commit that cannot have been accepted is called lost, and not unknown.
    LostCommitIsNotCalledUnknown = "lost-commit-is-not-called-unknown",

    // Releases and heartbeats.
    /// Only the owner gives the line back.
    ReleaseIsByTheOwner = "release-is-by-the-owner",
    /// The owner gives back only the grant that it names, so that a late release does not end
    /// another one.
    ReleaseIsInItsEpoch = "release-is-in-its-epoch",
    /// Only the owner renews the lease.
    HeartbeatIsByTheOwner = "heartbeat-is-by-the-owner",
    /// The owner renews only the grant that its heartbeat names.
    HeartbeatIsInItsEpoch = "heartbeat-is-in-its-epoch",
    /// A heartbeat moves the deadline, so that a slow writer keeps its grant.
    HeartbeatExtendsTheLease = "heartbeat-extends-the-lease",

    // Acknowledgements, at the line.
    /// A round has the epoch in which it is told, so that acknowledgements can be told apart.
    RoundHasItsEpoch = "round-has-its-epoch",
    /// An acknowledgement of an earlier round says nothing about this one.
    AcknowledgementIsOfThisRound = "acknowledgement-is-of-this-round",
    /// Who acknowledges and has a copy that is new enough stays a holder.
    HolderStaysAHolder = "holder-stays-a-holder",
    /// Where content is sent to all, all count as holders, whatever they have now.
    EverybodyIsAHolderIfSentToAll = "everybody-is-a-holder-if-sent-to-all",

    // The log.
    /// A record that is applied already is not applied again, so that a log may be read from
    /// anywhere before the snapshot.
    RecordIsAppliedOnce = "record-is-applied-once",
    /// No record is left out, so that a recovered line is the line that spoke before the crash.
    NoRecordIsLeftOut = "no-record-is-left-out",

    // Reads.
    /// An invalid copy is not read.
    InvalidCopyIsNotRead = "invalid-copy-is-not-read",
    /// A copy is read at most K times after its last sync, whatever was lost.
    ReadsAreBounded = "reads-are-bounded",
    /// A hit is counted.
    HitIsCounted = "hit-is-counted",
    /// Only an answer to a request is a sync: what arrives unasked may be old, and does not start
    /// the count again.
    OnlyARoundTripIsASync = "only-a-round-trip-is-a-sync",
    /// A copy expires by time, if the strategy says so.
    CopyExpiresByTicks = "copy-expires-by-ticks",
    /// While an upgrade is under way a copy that expires by time is not read: it cannot be shown to
    /// be in time.
    NoLeaseWhileUpgrading = "no-lease-while-upgrading",
    /// A copy expires by reads, if the strategy says so.
    CopyExpiresByReads = "copy-expires-by-reads",

    // What an agent asks for.
    /// An expired copy is not named in a request, so that it is not confirmed (the paper's
    /// assumption A1), unless the rules say `revalidate`.
    ExpiredCopyIsNotNamed = "expired-copy-is-not-named",
    /// Only who has been granted the line writes.
    WriterHasTheGrant = "writer-has-the-grant",
    /// A commit names the version that it was derived from.
    CommitNamesItsBase = "commit-names-its-base",
    /// A commit names the epoch of its grant.
    CommitNamesItsEpoch = "commit-names-its-epoch",
    /// A draft that is released or lost is dropped, so that it does not pass for a version.
    LostDraftIsDropped = "lost-draft-is-dropped",

    // What an agent makes of answers.
    /// A fill is taken only for the fetch that is under way.
    FillIsAwaited = "fill-is-awaited",
    /// A fill that may not be kept is good for one read.
    UncacheableFillIsNotKept = "uncacheable-fill-is-not-kept",
    /// An answer older than what has been heard meanwhile makes no copy.
    OvertakenAnswerIsNotKept = "overtaken-answer-is-not-kept",
    /// A grant is taken only for the upgrade that is under way.
    GrantIsAwaited = "grant-is-awaited",
    /// A grant from before what has been heard meanwhile is over, and not taken.
    OvertakenGrantIsNotTaken = "overtaken-grant-is-not-taken",
    /// A grant that is over ends the request it answers, so that leases shorter than the way do not
    /// make a writer ask for ever.
    OvertakenGrantEndsTheRequest = "overtaken-grant-ends-the-request",
    /// A grant is taken once: its duplicate does not undo what was written under it.
    GrantIsTakenOnce = "grant-is-taken-once",
    /// The duplicate of a grant in use is not given back.
    GrantInUseIsNotGivenBack = "grant-in-use-is-not-given-back",
    /// A grant to a request that was given up is given back, so that nobody has to wait for its
    /// deadline.
    UnwantedGrantIsGivenBack = "unwanted-grant-is-given-back",
    /// Being told to wait is taken only for the upgrade that is under way.
    HeldIsAwaited = "held-is-awaited",
    /// Who is told to wait keeps its copy only if it is confirmed.
    UnconfirmedCopyIsNotKept = "unconfirmed-copy-is-not-kept",
    /// A commit is taken for accepted only on the answer to it.
    CommittedIsAwaited = "committed-is-awaited",
    /// A commit is taken for refused only on the answer to it.
    RefusalIsAwaited = "refusal-is-awaited",
    /// A heartbeat's refusal ends the grant that it speaks of, and no later one.
    RefusedHeartbeatIsOfThisGrant = "refused-heartbeat-is-of-this-grant",
    /// A renewal is taken for the grant that it speaks of, and no other.
    RenewalIsOfThisGrant = "renewal-is-of-this-grant",

    // What an agent makes of events.
    /// An invalidation ends only what is older than it.
    OldInvalidationIsIgnored = "old-invalidation-is-ignored",
    /// An invalidation ends a shared copy.
    InvalidationEndsTheCopy = "invalidation-ends-the-copy",
    /// An invalidation ends the copy that is read while an upgrade is under way.
    InvalidationEndsTheUpgradersCopy = "invalidation-ends-the-upgraders-copy",
    /// An invalidation ends a grant.
    InvalidationEndsTheGrant = "invalidation-ends-the-grant",
    /// An update replaces only what is older than it.
    OldUpdateIsIgnored = "old-update-is-ignored",
    /// An update refreshes a copy and makes none, since an agent cannot tell how old it is after
    /// a crash (unless content is sent to all).
    UpdateMakesNoCopy = "update-makes-no-copy",
    /// An update ends a grant.
    UpdateEndsTheGrant = "update-ends-the-grant",
    /// A publication that comes again is taken by whoever lost its copy meanwhile.
    PublicationIsTakenAgain = "publication-is-taken-again",
    /// Under eager invalidation an update that nobody acknowledges is ignored, since its copy could
    /// not be taken back before a grant.
    UnacknowledgedUpdateIsIgnored = "unacknowledged-update-is-ignored",
    /// Invalidations and updates are acknowledged, so that nobody has to wait for a deadline.
    EventsAreAcknowledged = "events-are-acknowledged",
    /// Who acknowledges says that it has a copy, if it has one, so that the line does not forget it.
    HolderSaysSo = "holder-says-so",
    /// Who acknowledges and has no copy says so too, so that the line does not keep telling it.
    OnlyAHolderSaysSo = "only-a-holder-says-so",
}
