------------------------------- MODULE Posted -------------------------------
(* Section 6.1 with invalidations that travel: Upgrade and Write post them, *)
(* and each peer takes its own later. The paper's other sections describe   *)
(* such a bus; its spec invalidates all peers in the same step.             *)
EXTENDS Printed

CONSTANT ACKNOWLEDGED  \* TRUE: Upgrade and Write wait until none is in flight

VARIABLE inFlight      \* the agents to whom an invalidation is on its way

postedVars == <<artifactVersion, artifactState, agentSteps, lastSync, inFlight>>

MayClaim == ACKNOWLEDGED => inFlight = {}

PostedInit == Init /\ inFlight = {}

PostedUpgrade(a) ==
  /\ artifactState[a] = "S"
  /\ MayClaim
  /\ artifactState' = [artifactState EXCEPT ![a] = "E"]
  /\ inFlight'      = inFlight \cup (AGENTS \ {a})
  /\ UNCHANGED <<artifactVersion, agentSteps, lastSync>>

PostedWrite(a) ==
  /\ artifactState[a] \in {"E", "M"}
  /\ MayClaim
  /\ artifactVersion' = artifactVersion + 1
  /\ artifactState'   = [artifactState EXCEPT ![a] = "M"]
  /\ lastSync'        = [lastSync EXCEPT ![a] = artifactVersion']
  /\ inFlight'        = inFlight \cup (AGENTS \ {a})
  /\ UNCHANGED agentSteps

Deliver(a) ==
  /\ a \in inFlight
  /\ artifactState' = [artifactState EXCEPT ![a] = "I"]
  /\ inFlight'      = inFlight \ {a}
  /\ UNCHANGED <<artifactVersion, agentSteps, lastSync>>

PostedNext ==
  \E a \in AGENTS :
    \/ (Read(a) \/ Fetch(a)) /\ UNCHANGED inFlight
    \/ PostedWrite(a) \/ PostedUpgrade(a) \/ Deliver(a)

PostedSpec == PostedInit /\ [][PostedNext]_postedVars

----------------------------------------------------------------------------
\* Exact for claims about artifactState, as in MCPrinted: no guard reads anything else.
StatesOnly == <<artifactState, inFlight>>

Owner(a) == artifactState[a] \in {"E", "M"}

OneOwner == \A a, b \in AGENTS : (a # b) => ~(Owner(a) /\ Owner(b))

ReadersExcluded ==
  \A a, b \in AGENTS : (a # b /\ artifactState[a] = "M") => artifactState[b] = "I"

FreshCopies == \A a \in AGENTS : artifactState[a] # "I" => lastSync[a] = artifactVersion

============================================================================
