----------------------------- MODULE MCPrinted -----------------------------
(* What it takes to check Printed: bounds, a view, and the claims that     *)
(* section 6.2 leaves out. All of it is ours.                               *)
EXTENDS Printed

CONSTANTS MAX_VERSION, MAX_STEPS

Owner(a) == artifactState[a] \in {"E", "M"}

\* Nothing bounds versions or steps, so the space is infinite without one of these.
VersionsBounded == artifactVersion <= MAX_VERSION
StepsCapped     == VersionsBounded /\ \A a \in AGENTS : agentSteps[a] <= MAX_STEPS
StalenessCapped == VersionsBounded /\ BoundedStaleness

\* Every guard of section 6.1 reads artifactState alone. So this view is exact for claims about
\* artifactState: it covers every version and every number of reads.
StatesOnly == artifactState

----------------------------------------------------------------------------
\* At most one agent holds the right to write.
OneOwner == \A a, b \in AGENTS : (a # b) => ~(Owner(a) /\ Owner(b))

\* SWMR as the field means it: while one agent may write, nobody else may read.
ReadersExcluded ==
  \A a, b \in AGENTS : (a # b /\ artifactState[a] = "M") => artifactState[b] = "I"

\* What E says: this is the only copy.
ExclusiveIsAlone ==
  \A a, b \in AGENTS : (a # b /\ artifactState[a] = "E") => artifactState[b] = "I"

\* Staleness in versions: what can be read is the current version.
FreshCopies == \A a \in AGENTS : artifactState[a] # "I" => lastSync[a] = artifactVersion

Fairness == \A a \in AGENTS : WF_vars(Fetch(a))
FairSpec == Spec /\ Fairness

\* 6.3, in words only: an agent in I eventually reaches S, under weak fairness on Fetch.
Progress == \A a \in AGENTS : (artifactState[a] = "I") ~> (artifactState[a] = "S")

============================================================================
