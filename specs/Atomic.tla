------------------------------- MODULE Atomic -------------------------------
(* The atomic layer (models/src/atomic.rs): a request and all its effects   *)
(* are one step. Only an event can be lost, an agent crash, a deadline      *)
(* pass.                                                                    *)
EXTENDS World

CONSTANT FAULTS   \* of "loss", "crash", "lease"; each may happen any number of times

VARIABLE world

vars == <<world>>

Init == world = NewWorld

\* All that follows from these messages, in order; who is deaf hears no event.
RECURSIVE Settle(_, _, _)
Settle(w, sent, deaf) ==
  IF sent = <<>> THEN w
  ELSE LET m == Head(sent)
       IN  IF m.to = "line"
           THEN LET step == LineGets(w, m) IN Settle(step.world, Tail(sent) \o step.told, deaf)
           ELSE IF IsEvent(m) /\ m.agent \in deaf THEN Settle(w, Tail(sent), deaf)
           ELSE LET step == AgentGets(w, m) IN Settle(step.world, Tail(sent) \o step.replies, deaf)

Becomes(w, sent, deaf) == world' = Tidy(Settle(w, sent, deaf))

\* Who may not hear the events of a step that `actors` take.
Deaf(actors) == IF "loss" \in FAULTS THEN SUBSET (MayHold(world.line) \ actors) ELSE {{}}

ReadStep(a)  == CanRead(world, a) /\ Becomes(Reads(world, a), <<>>, {})
WriteStep(a) == CanWrite(world, a) /\ Becomes(Writes(world, a), <<>>, {})

AskStep(a, kind) ==
  /\ CanAsk(world, a, kind)
  /\ LET step == Asks(world, a, kind)
     IN  \E deaf \in Deaf({a}) :
           /\ kind \in {"Fetch", "Release", "Heartbeat"} => deaf = {}
           /\ Becomes(step.world, <<step.message>>, deaf)

\* Its claim waits for somebody who has not heard.
Resend(a) ==
  /\ world.agent[a].outstanding # Nothing
  /\ \E deaf \in Deaf({a}) : Becomes(world, <<world.agent[a].outstanding>>, deaf)

Crash(a) ==
  /\ "crash" \in FAULTS
  /\ CanCrash(world, a)
  /\ Becomes(Crashes(world, a), <<>>, {})

\* A deadline passes and is acted on.
ExpireStep ==
  /\ "lease" \in FAULTS
  /\ world.line.hold # Free
  /\ LET step == Expires([world EXCEPT !.now = world.line.hold.deadline])
     IN  \E deaf \in Deaf({}) : Becomes(step.world, step.told, deaf)

Kinds == {"Fetch", "Upgrade", "Commit", "Release", "Heartbeat"}

Next ==
  \/ \E a \in Agents : ReadStep(a) \/ WriteStep(a) \/ Resend(a) \/ Crash(a)
  \/ \E a \in Agents, kind \in Kinds : AskStep(a, kind)
  \/ ExpireStep

Spec == Init /\ [][Next]_vars

NormalForm == Normal(world, {})

----------------------------------------------------------------------------
SingleWriter     == SingleWriterIn(world)
DirectoryAgrees  == DirectoryAgreesIn(world)
NobodyAhead      == NobodyAheadIn(world)
DataValue        == DataValueIn(world)
ReadersExcluded  == ReadersExcludedIn(world)
BoundedStaleness == BoundedStalenessIn(world)

\* Versions grow one by one, and nothing goes back.
MonotonicVersions ==
  [][/\ world'.line.version - world.line.version \in {0, 1}
     /\ world'.line.epoch >= world.line.epoch]_vars

\* A version comes from the owner, in its epoch, from a draft that was derived from the one before.
NoLostUpdate ==
  [][world'.line.version # world.line.version =>
       \E a \in Agents :
         LET x == world.agent[a]
         IN  /\ Owner(world.line) = a
             /\ x.entry.state \in {"Modified", "Committing"}
             /\ x.entry.epoch = world.line.epoch
             /\ x.held = world.line.version]_vars

\* A decision about a commit is final: it is not accepted twice, or after it was refused.
CommitIsFinal == [][FinalIn(world, world')]_vars

============================================================================
