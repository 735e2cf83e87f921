------------------------------ MODULE Repaired ------------------------------
(* Section 6.1 with the smallest changes under which its claims are true.  *)
(* The first is always made: Read is guarded, versions are bounded.         *)
(* REPAIRS turns on the others, one by one:                                 *)
(*   "count"      agentSteps is what its comment says, steps since the last *)
(*                sync: Fetch and Write set it to 0, and K bounds it alone  *)
(*   "renew"      an agent out of reads may fetch, whatever its state       *)
(*   "downgrade"  a fetch leaves the owner in S, as in MESI                 *)
(*   "wait"       instead of "downgrade": no fetch beside an owner          *)
EXTENDS Integers, TLC

CONSTANTS AGENTS, MAX_STALE_STEPS, MAX_VERSION, REPAIRS

VARIABLES artifactVersion, artifactState, agentSteps, lastSync

vars == <<artifactVersion, artifactState, agentSteps, lastSync>>

Owner(a) == artifactState[a] \in {"E", "M"}

Staleness(a) ==
  IF "count" \in REPAIRS THEN agentSteps[a] ELSE agentSteps[a] - lastSync[a]

\* agentSteps once a is in sync.
Synced(a) == IF "count" \in REPAIRS THEN [agentSteps EXCEPT ![a] = 0] ELSE agentSteps

OutOfReads(a) == Staleness(a) >= MAX_STALE_STEPS

----------------------------------------------------------------------------
(* 6.1 *)

Init ==
  /\ artifactVersion = 1
  /\ artifactState   = [a \in AGENTS |-> "S"]
  /\ agentSteps      = [a \in AGENTS |-> 0]
  /\ lastSync        = [a \in AGENTS |-> 1]

Read(a) ==
  /\ artifactState[a] # "I"
  /\ ~OutOfReads(a)                                               \* added
  /\ agentSteps' = [agentSteps EXCEPT ![a] = agentSteps[a] + 1]
  /\ UNCHANGED <<artifactState, artifactVersion, lastSync>>

Write(a) ==
  /\ artifactState[a] \in {"E", "M"}
  /\ artifactVersion < MAX_VERSION                                \* added
  /\ artifactVersion' = artifactVersion + 1
  /\ artifactState'   = [x \in AGENTS |-> IF x = a THEN "M" ELSE "I"]
  /\ lastSync'        = [lastSync EXCEPT ![a] = artifactVersion']
  /\ agentSteps'      = Synced(a)                                 \* was: UNCHANGED

Fetch(a) ==
  /\ \/ artifactState[a] = "I"
     \/ "renew" \in REPAIRS /\ OutOfReads(a)                      \* added
  /\ "wait" \in REPAIRS => \A x \in AGENTS \ {a} : ~Owner(x)      \* added
  /\ artifactState' =
       [x \in AGENTS |->
         IF x = a \/ ("downgrade" \in REPAIRS /\ Owner(x))        \* was: x = a
         THEN "S" ELSE artifactState[x]]
  /\ lastSync'        = [lastSync EXCEPT ![a] = artifactVersion]
  /\ agentSteps'      = Synced(a)                                 \* was: UNCHANGED
  /\ UNCHANGED artifactVersion

Upgrade(a) ==
  /\ artifactState[a] = "S"
  /\ artifactState'   = [x \in AGENTS |-> IF x = a THEN "E" ELSE "I"]
  /\ UNCHANGED <<artifactVersion, agentSteps, lastSync>>

Next == \E a \in AGENTS : Read(a) \/ Write(a) \/ Fetch(a) \/ Upgrade(a)

Spec == Init /\ [][Next]_vars

FairSpec == Spec /\ \A a \in AGENTS : WF_vars(Fetch(a))

Symmetry == Permutations(AGENTS)

----------------------------------------------------------------------------
(* 6.2, and what it leaves out *)

SingleWriter ==
  \A a, b \in AGENTS :
    (a # b) => ~(artifactState[a] = "M" /\ artifactState[b] = "M")

OneOwner == \A a, b \in AGENTS : (a # b) => ~(Owner(a) /\ Owner(b))

ReadersExcluded ==
  \A a, b \in AGENTS : (a # b /\ artifactState[a] = "M") => artifactState[b] = "I"

ExclusiveIsAlone ==
  \A a, b \in AGENTS : (a # b /\ artifactState[a] = "E") => artifactState[b] = "I"

MonotonicVersion == [][artifactVersion' >= artifactVersion]_vars

\* As printed; with "count", in the unit that its text names.
BoundedStaleness == \A a \in AGENTS : Staleness(a) <= MAX_STALE_STEPS

FreshCopies == \A a \in AGENTS : artifactState[a] # "I" => lastSync[a] = artifactVersion

Progress == \A a \in AGENTS : (artifactState[a] = "I") ~> (artifactState[a] = "S")

\* A guard on Read may not end reading for good.
ReadsAgain == \A a \in AGENTS : ~ENABLED Read(a) ~> ENABLED Read(a)

============================================================================
