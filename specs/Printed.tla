------------------------------ MODULE Printed ------------------------------
(* The paper's section 6.1 and 6.2, transcribed line by line. Only the     *)
(* module header, `vars`, `Spec`, `BrokenNext` and `BrokenSpec` are ours.   *)
EXTENDS Integers

CONSTANTS AGENTS, MAX_STALE_STEPS

VARIABLES
  artifactVersion,  \* Natural number, global canonical version
  artifactState,    \* [Agent -> {M, E, S, I}], per-agent state
  agentSteps,       \* [Agent -> Nat], steps executed since last sync
  lastSync          \* [Agent -> Nat], version at last sync

vars == <<artifactVersion, artifactState, agentSteps, lastSync>>

----------------------------------------------------------------------------
(* 6.1 *)

Init ==
  /\ artifactVersion = 1
  /\ artifactState   = [a \in AGENTS |-> "S"]
  /\ agentSteps      = [a \in AGENTS |-> 0]
  /\ lastSync        = [a \in AGENTS |-> 1]

Read(a) ==
  /\ artifactState[a] # "I"
  /\ agentSteps' = [agentSteps EXCEPT ![a] = agentSteps[a] + 1]
  /\ UNCHANGED <<artifactState, artifactVersion, lastSync>>

Write(a) ==
  /\ artifactState[a] \in {"E", "M"}
  /\ artifactVersion' = artifactVersion + 1
  /\ artifactState'   = [x \in AGENTS |-> IF x = a THEN "M" ELSE "I"]
  /\ lastSync'        = [lastSync EXCEPT ![a] = artifactVersion']
  /\ UNCHANGED agentSteps

Fetch(a) ==
  /\ artifactState[a] = "I"
  /\ artifactState'   = [artifactState EXCEPT ![a] = "S"]
  /\ lastSync'        = [lastSync EXCEPT ![a] = artifactVersion]
  /\ UNCHANGED <<artifactVersion, agentSteps>>

Upgrade(a) ==
  /\ artifactState[a] = "S"
  /\ artifactState'   = [x \in AGENTS |-> IF x = a THEN "E" ELSE "I"]
  /\ UNCHANGED <<artifactVersion, agentSteps, lastSync>>

Next == \E a \in AGENTS : Read(a) \/ Write(a) \/ Fetch(a) \/ Upgrade(a)

Spec == Init /\ [][Next]_vars

----------------------------------------------------------------------------
(* 6.2 *)

SingleWriter ==
  \A a, b \in AGENTS :
    (a # b) => ~(artifactState[a] = "M" /\ artifactState[b] = "M")

\* In words only: "TLC verifies artifactVersion' >= artifactVersion in every transition."
MonotonicVersion == [][artifactVersion' >= artifactVersion]_vars

BoundedStaleness ==
  \A a \in AGENTS :
    (agentSteps[a] - lastSync[a]) <= MAX_STALE_STEPS

----------------------------------------------------------------------------
(* 6.3, the counterexample under invalidation removal *)

BrokenUpgrade(a) ==
  /\ artifactState[a] = "S"
  /\ artifactState' = [artifactState EXCEPT ![a] = "E"]
  /\ UNCHANGED <<artifactVersion, agentSteps, lastSync>>

BrokenNext == \E a \in AGENTS : Read(a) \/ Write(a) \/ Fetch(a) \/ BrokenUpgrade(a)

BrokenSpec == Init /\ [][BrokenNext]_vars

============================================================================
