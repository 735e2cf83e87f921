//! Witnesses: the situations that the promises are about. A promise that is never tested is not
//! kept, it is untried; so a checker shows which of these it has met.

use super::Property;

/// A situation that a promise guards.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum Witness {
    CommitAccepted,
    ZombieCommits,
    CommitRepeated,
    CommitLost,
    CommitSuperseded,
    StaleBaseRefused,
    UpgradeHeld,
    HeldConfirms,
    UpgradeRepeated,
    OldUpgradeArrives,
    HolderAsksAnew,
    ClaimWaits,
    GrantedAfterAcknowledgements,
    ClaimTimesOut,
    LeaseExpires,
    DeadlineBeforeMessage,
    FetchBesideWriter,
    LateAcknowledgement,
    Released,
    OldReleaseArrives,
    Renewed,
    ZombieHeartbeat,
    StaleHit,
    BoundStopsRead,
    AgeStopsRead,
    OldAnswerIgnored,
    OldEventIgnored,
    StaleFillNotKept,
    UncacheableFill,
    LateGrant,
    UnwantedGrant,
    RepeatedGrant,
    InvalidatedWhileUpgrading,
    InvalidatedWriter,
    InvalidatedWhileCommitting,
    Invalidated,
    Updated,
    UpdateWithoutCopy,
    UpdateIgnored,
    Acknowledged,
    CommitConfirmed,
    CommitGivenUp,
    Recovered,
    RecoveredWithOverlap,
}

/// A set of witnesses.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Seen(pub u64);

impl Seen {
    #[inline(always)]
    pub fn note(&mut self, witness: Witness) {
        self.0 |= 1 << witness as u8;
    }

    pub fn has(self, witness: Witness) -> bool {
        self.0 >> witness as u8 & 1 == 1
    }
}

macro_rules! witnesses {
    ($($witness:ident $name:literal $property:ident $words:literal;)*) => {
        impl Witness {
            pub const ALL: &[Witness] = &[$(Witness::$witness),*];

            pub fn name(self) -> &'static str {
                match self { $(Witness::$witness => $name),* }
            }

            /// The witness of this name.
            pub fn named(name: &str) -> Option<Witness> {
                Witness::ALL.iter().copied().find(|witness| witness.name() == name)
            }

            /// The promise that this situation puts to the test.
            pub fn property(self) -> Property {
                match self { $(Witness::$witness => Property::$property),* }
            }

            /// The situation in words.
            pub fn words(self) -> &'static str {
                match self { $(Witness::$witness => $words),* }
            }
        }
    };
}

witnesses! {
    CommitAccepted "commit-accepted" MonotonicVersions "a commit is accepted";
    ZombieCommits "zombie-commits" SingleWriter "a commit arrives from an agent that does not own the line any more";
    CommitRepeated "commit-repeated" AppliedOnce "an accepted commit arrives again";
    CommitLost "commit-lost" NoStaleApply "a commit from an epoch that is over is refused";
    CommitSuperseded "commit-superseded" TrueAnswers "the line can no longer tell what became of a commit";
    StaleBaseRefused "stale-base-refused" NoLostUpdate "the owner commits on a base that is not current";
    UpgradeHeld "upgrade-held" Exclusive "an agent asks for a line that another one holds";
    HeldConfirms "held-confirms" DirectoryAgrees "a refused upgrade confirms the copy it named";
    UpgradeRepeated "upgrade-repeated" AppliedOnce "an upgrade arrives again at its holder's line";
    OldUpgradeArrives "old-upgrade-arrives" NoStaleApply "an upgrade arrives after its sender has asked anew";
    HolderAsksAnew "holder-asks-anew" NoStaleApply "the holder asks with a new request, having given its earlier one up";
    ClaimWaits "claim-waits" ReadersExcluded "a claim waits for acknowledgements";
    GrantedAfterAcknowledgements "granted-after-acknowledgements" ReadersExcluded "the last holder acknowledges and the claim is granted";
    ClaimTimesOut "claim-times-out" TimelyExpiry "a claim is granted although somebody has not acknowledged";
    LeaseExpires "lease-expires" TimelyExpiry "a lease runs out";
    DeadlineBeforeMessage "deadline-before-message" TimelyExpiry "a message finds a deadline that has passed";
    FetchBesideWriter "fetch-beside-writer" ReadersExcluded "a fetch is answered while another agent writes";
    LateAcknowledgement "late-acknowledgement" DirectoryAgrees "an acknowledgement arrives that says nothing about now";
    Released "released" Exclusive "an owner releases";
    OldReleaseArrives "old-release-arrives" Exclusive "a release arrives after its grant is over";
    Renewed "renewed" TimelyExpiry "a heartbeat renews a lease";
    ZombieHeartbeat "zombie-heartbeat" NoStaleApply "a heartbeat arrives after its grant is over";
    StaleHit "stale-hit" BoundedStaleness "an agent reads a version that is not current any more";
    BoundStopsRead "bound-stops-read" BoundedStaleness "K reads since the last sync: a copy may not be read";
    AgeStopsRead "age-stops-read" BoundedStaleness "a copy that has served its time may not be read";
    OldAnswerIgnored "old-answer-ignored" AppliedOnce "an answer arrives that nobody waits for";
    OldEventIgnored "old-event-ignored" NoStaleApply "an event arrives that is older than the copy";
    StaleFillNotKept "stale-fill-not-kept" NoStaleApply "an answer arrives after the invalidation of what it brings";
    UncacheableFill "uncacheable-fill" ReadersExcluded "a fill arrives that may not be kept";
    LateGrant "late-grant" NoStaleApply "a grant arrives after its own end was heard of";
    UnwantedGrant "unwanted-grant" Answered "a grant arrives that nobody waits for";
    RepeatedGrant "repeated-grant" AppliedOnce "a grant arrives again";
    InvalidatedWhileUpgrading "invalidated-while-upgrading" NoStaleApply "a copy is invalidated while its upgrade is under way";
    InvalidatedWriter "invalidated-writer" NoStaleApply "a writer hears that its grant is over";
    InvalidatedWhileCommitting "invalidated-while-committing" NothingGivenUp "an invalidation arrives while a commit is under way";
    Invalidated "invalidated" HoldersTold "a readable copy is invalidated";
    Updated "updated" DataValue "a pushed version refreshes a copy";
    UpdateWithoutCopy "update-without-copy" DirectoryAgrees "a pushed version meets an agent without a copy";
    UpdateIgnored "update-ignored" ReadersExcluded "an update that nobody takes back is ignored";
    Acknowledged "acknowledged" Answered "an event is acknowledged";
    CommitConfirmed "commit-confirmed" DataValue "an agent hears that its commit was accepted";
    CommitGivenUp "commit-given-up" NothingGivenUp "an agent hears that its commit was refused";
    Recovered "recovered" Recovery "the authority recovers from its log";
    RecoveredWithOverlap "recovered-with-overlap" Recovery "the log holds records that the snapshot already has";
}
