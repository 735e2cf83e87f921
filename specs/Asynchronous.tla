---------------------------- MODULE Asynchronous ----------------------------
(* The asynchronous layer (models/src/asynchronous.rs): requests, answers   *)
(* and events are in flight; agents crash, leases run out at any moment.    *)
EXTENDS World

CONSTANTS
  FLIGHT,       \* messages in flight at most; a step that would send more is left out
  FAULTS,       \* of "loss", "dup", "reorder", "crash", "lease"; each any number of times
  RELEASES,     \* whether agents release before the last commit,
  HEARTBEATS    \* and whether they send heartbeats

VARIABLES world, flight

vars == <<world, flight>>

Init == world = NewWorld /\ flight = <<>>

InFlight == {flight[i] : i \in DOMAIN flight}
Without(i) == SubSeq(flight, 1, i - 1) \o SubSeq(flight, i + 1, Len(flight))

\* Requests, answers and events of one agent are links of their own.
Link(m) == <<m.to, m.agent, IsEvent(m)>>

\* Messages of one link keep their order unless they may overtake one another.
IsNext(i) ==
  IF "reorder" \in FAULTS THEN TRUE ELSE \A j \in 1..(i - 1) : Link(flight[j]) # Link(flight[i])

\* What is in flight already is not there twice, whatever decides nothing apart.
RECURSIVE Sent(_, _)
Sent(now, messages) ==
  IF messages = <<>> THEN now
  ELSE LET m == Head(messages)
           there == \E i \in DOMAIN now : Bare(now[i]) = Bare(m)
       IN  Sent(IF there THEN now ELSE Append(now, m), Tail(messages))

Becomes(w, now, messages) ==
  LET after == Sent(now, messages)
  IN  /\ Len(after) <= FLIGHT
      /\ world' = Tidy(w)
      /\ flight' = [i \in DOMAIN after |-> Bare(after[i])]

----------------------------------------------------------------------------
ReadStep(a)  == CanRead(world, a) /\ Becomes(Reads(world, a), flight, <<>>)
WriteStep(a) == CanWrite(world, a) /\ Becomes(Writes(world, a), flight, <<>>)

AskStep(a, kind) ==
  /\ CanAsk(world, a, kind)
  /\ kind = "Release" /\ ~RELEASES => ~More(world)
  /\ kind = "Heartbeat" =>
       HEARTBEATS /\ ~ \E m \in InFlight : m.to = "line" /\ m.agent = a /\ m.ask.kind = kind
  /\ LET step == Asks(world, a, kind) IN Becomes(step.world, flight, <<step.message>>)

\* The agent sends its request again.
Resend(a) ==
  LET m == world.agent[a].outstanding
  IN  m # Nothing /\ m \notin InFlight /\ Becomes(world, flight, <<m>>)

\* A message arrives; if it is kept, it stays in flight.
Arrive(i, kept) ==
  LET m == flight[i]
      rest == IF kept THEN flight ELSE Without(i)
  IN  /\ IsNext(i)
      /\ kept => "dup" \in FAULTS
      /\ IF m.to = "line"
         THEN LET step == LineGets(world, m) IN Becomes(step.world, rest, step.told)
         ELSE LET step == AgentGets(world, m) IN Becomes(step.world, rest, step.replies)

Lose(i) == "loss" \in FAULTS /\ IsNext(i) /\ Becomes(world, Without(i), <<>>)

Crash(a) == "crash" \in FAULTS /\ CanCrash(world, a) /\ Becomes(Crashes(world, a), flight, <<>>)

LineTime ==
  /\ "lease" \in FAULTS
  /\ world.line.hold # Free
  /\ ~IsDue(world.line, world.now)
  /\ Becomes([world EXCEPT !.now = @ + 1], flight, <<>>)

ExpireStep ==
  /\ IsDue(world.line, world.now)
  /\ LET step == Expires(world) IN Becomes(step.world, flight, step.told)

Kinds == {"Fetch", "Upgrade", "Commit", "Release", "Heartbeat"}

Next ==
  \/ \E a \in Agents : ReadStep(a) \/ WriteStep(a) \/ Resend(a) \/ Crash(a)
  \/ \E a \in Agents, kind \in Kinds : AskStep(a, kind)
  \/ \E i \in DOMAIN flight : Lose(i) \/ \E kept \in BOOLEAN : Arrive(i, kept)
  \/ LineTime
  \/ ExpireStep

Spec == Init /\ [][Next]_vars

\* Where messages overtake one another, the flight is a bag, otherwise each link is a queue.
NormalForm ==
  LET normal == Normal(world, InFlight)
      Renamed(m) == normal.renamed[m]
      Places(m) == {i \in DOMAIN flight : Renamed(flight[i]) = m}
      Queue(link) == SelectSeq(flight, LAMBDA m : Link(m) = link)
      Names(queue) == [i \in DOMAIN queue |-> Renamed(queue[i])]
  IN  <<[normal EXCEPT !.renamed = {}],
        IF "reorder" \in FAULTS
        THEN {<<m, Cardinality(Places(m))>> : m \in {Renamed(m) : m \in InFlight}}
        ELSE {<<1, Names(Queue(link))>> : link \in {Link(m) : m \in InFlight}}>>

----------------------------------------------------------------------------
SingleWriter     == SingleWriterIn(world)
DirectoryAgrees  == DirectoryAgreesIn(world)
NobodyAhead      == NobodyAheadIn(world)
DataValue        == DataValueIn(world)
ReadersExcluded  == ReadersExcludedIn(world)
BoundedStaleness == BoundedStalenessIn(world)

\* A message that comes twice changes the line, or its agent, once.
AppliedOnce ==
  \A m \in InFlight :
    IF m.to = "line"
    THEN LET once == LineHandle(world.line, world.now, m).line
         IN  LineHandle(once, world.now, m).line = once
    ELSE LET once == EntryHandle(world.agent[m.agent].entry, m).entry
         IN  EntryHandle(once, m).entry = once

\* Versions grow one by one, and nothing goes back.
MonotonicVersions ==
  [][/\ world'.line.version - world.line.version \in {0, 1}
     /\ world'.line.epoch >= world.line.epoch
     /\ \A a \in Agents : \/ world'.agent[a].entry.epoch >= world.agent[a].entry.epoch
                          \/ world'.agent[a] = NewAgent(world.agent[a].last)]_vars

\* A version comes from a commit by the owner, in its epoch (NoStaleApply), on the current
\* version (NoLostUpdate).
NoStaleApply ==
  [][world'.line.version # world.line.version =>
       \E m \in InFlight : /\ IsCommit(m)
                           /\ m.agent = Owner(world.line)
                           /\ m.epoch = world.line.epoch]_vars
NoLostUpdate ==
  [][world'.line.version # world.line.version =>
       \E m \in InFlight : IsCommit(m) /\ m.version = world.line.version]_vars

\* A decision about a commit is final: it is not accepted twice, or after it was refused.
CommitIsFinal == [][FinalIn(world, world')]_vars

----------------------------------------------------------------------------
(* Progress (models/src/progress.rs). A step is possible here even if there *)
(* is no room for what it sends: what is left out for that is no excuse.    *)

Waits(a) == world.agent[a].outstanding # Nothing

Arrives(i) == Arrive(i, FALSE)

IsRequest(a, m) == m = world.agent[a].outstanding
IsAnswer(a, m) ==
  /\ m.to = "agent" /\ ~IsEvent(m) /\ m.agent = a
  /\ Waits(a) /\ m.request = world.agent[a].outstanding.request
IsEventTo(a, m) == IsEvent(m) /\ m.agent = a
IsAcknowledgement(a, m) == m.to = "line" /\ m.agent = a /\ m.ask.kind = "Acknowledge"

Is(kind, a, m) ==
  CASE kind = "request"         -> IsRequest(a, m)
    [] kind = "answer"          -> IsAnswer(a, m)
    [] kind = "event"           -> IsEventTo(a, m)
    [] kind = "acknowledgement" -> IsAcknowledgement(a, m)

CanArrive(kind, a) == \E i \in DOMAIN flight : IsNext(i) /\ Is(kind, a, flight[i])
DoesArrive(kind, a) == \E i \in DOMAIN flight : Is(kind, a, flight[i]) /\ Arrives(i)

\* Time, the driver's look after deadlines and agents that ask again, weakly; the channel, by
\* link, strongly.
Fairness ==
  /\ \A a \in Agents :
       /\ []<>(~Waits(a) \/ world.agent[a].outstanding \in InFlight) \/ []<><<Resend(a)>>_vars
       /\ \A kind \in {"request", "answer", "event", "acknowledgement"} :
            []<>CanArrive(kind, a) => []<><<DoesArrive(kind, a)>>_vars
  /\ "lease" \in FAULTS =>
       /\ []<>(world.line.hold = Free \/ IsDue(world.line, world.now)) \/ []<><<LineTime>>_vars
       /\ []<>~IsDue(world.line, world.now) \/ []<><<ExpireStep>>_vars

FairSpec == Spec /\ Fairness

EveryRequestEnds == \A a \in Agents : Waits(a) ~> ~Waits(a)

============================================================================
