------------------------------ MODULE Protocol ------------------------------
(* The protocol itself: what the line and an agent's entry do, as functions *)
(* of what they are and what they are given. Operators are named after the  *)
(* functions of protocol/src/line/decide.rs and protocol/src/entry/.        *)
(* 0 stands for no version, no epoch, no request.                           *)
EXTENDS Integers, Sequences, FiniteSets

CONSTANTS
  N,            \* agents
  AT_UPGRADE,   \* "keep" or "invalidate"
  AT_COMMIT,    \* "silent", "invalidate" or "push"
  K             \* reads of a copy between two syncs

Agents == 1..N

LEASE_TICKS           == 1
ACKNOWLEDGEMENT_TICKS == 1

Max(x, y) == IF x >= y THEN x ELSE y

----------------------------------------------------------------------------
(* Messages *)

ToLine(a, request, version, epoch, ask) ==
  [to |-> "line", agent |-> a, request |-> request, version |-> version, epoch |-> epoch,
   ask |-> ask]

ToAgent(a, request, version, epoch, tell) ==
  [to |-> "agent", agent |-> a, request |-> request, version |-> version, epoch |-> epoch,
   tell |-> tell]

\* What an agent asks. An acknowledgement says whether a copy is left.
Ask(kind) == [kind |-> kind]
Acknowledgement(holds) == [kind |-> "Acknowledge", holds |-> holds]

\* What a line tells.
Fill(content, cacheable) == [kind |-> "Fill", content |-> content, cacheable |-> cacheable]
Grant_(content, deadline) == [kind |-> "Grant", content |-> content, deadline |-> deadline]
Held(valid, deadline) == [kind |-> "Held", valid |-> valid, deadline |-> deadline]
Refused(why, refused) == [kind |-> "Refused", why |-> why, refused |-> refused]
Renewed(deadline) == [kind |-> "Renewed", deadline |-> deadline]
Tell(kind) == [kind |-> kind]                     \* "Committed", "Invalidate", "Update"

IsEvent(m) == m.to = "agent" /\ m.tell.kind \in {"Invalidate", "Update"}
OnlyAsks(m) == m.to = "line" /\ m.ask.kind \in {"Fetch", "Upgrade"}
IsCommit(m) == m.to = "line" /\ m.ask.kind = "Commit"

----------------------------------------------------------------------------
(* The line *)

Free == [kind |-> "Free", agent |-> 0, request |-> 0, deadline |-> 0, content |-> FALSE]

NewLine ==
  [version |-> 1, epoch |-> 1, committed |-> 0, told |-> 1, hold |-> Free,
   current |-> {}, behind |-> {}]

Owner(line) == IF line.hold.kind = "Owned" THEN line.hold.agent ELSE 0
MayHold(line) == line.current \cup line.behind
IsDue(line, now) == line.hold # Free /\ line.hold.deadline <= now

Answer(line, m, tell) == ToAgent(m.agent, m.request, line.version, line.epoch, tell)
Event(line, a, tell)  == ToAgent(a, 0, line.version, line.epoch, tell)

Result(line, told) == [line |-> line, told |-> told]

TellBehind(line, tell) ==
  LET behind == SelectSeq([a \in Agents |-> a], LAMBDA a : a \in line.behind)
  IN  [i \in DOMAIN behind |-> Event(line, behind[i], tell)]

\* Eager invalidation promises a writer that nobody reads while it holds the line.
ExcludesReaders(line) == AT_UPGRADE = "invalidate" /\ line.hold # Free

Register(line, a) == [line EXCEPT !.behind = @ \ {a}, !.current = @ \cup {a}]

OpenEpoch(line) == [line EXCEPT !.epoch = @ + 1]

OutdateAllBut(line, a) ==
  Register([line EXCEPT !.told = line.epoch,
                        !.behind = @ \cup line.current,
                        !.current = {}], a)

NeedsContent(line, m) == m.version # line.version

IsFromOwner(line, m) == Owner(line) = m.agent /\ m.epoch = line.epoch

Fetch(line, m) ==
  LET cacheable == ~ExcludesReaders(line)
      after == IF cacheable THEN Register(line, m.agent) ELSE line
  IN  Result(after, <<Answer(after, m, Fill(NeedsContent(line, m), cacheable))>>)

\* Says again what the holder, or those it waits for, may not have heard.
Repeat(line) ==
  IF line.hold.kind = "Owned"
  THEN <<ToAgent(line.hold.agent, line.hold.request, line.version, line.epoch,
                 Grant_(line.hold.content, line.hold.deadline))>>
  ELSE TellBehind(line, Tell("Invalidate"))

Grant(line, now, claim) ==
  LET owned == [claim EXCEPT !.kind = "Owned", !.deadline = now + LEASE_TICKS]
      after == [Register(line, claim.agent) EXCEPT !.hold = owned]
  IN  Result(after, Repeat(after))

\* A new epoch; granted at once unless holders are to be told first.
Claim(line, now, m) ==
  LET claim == [kind |-> "Claimed", agent |-> m.agent, request |-> m.request,
                deadline |-> now + ACKNOWLEDGEMENT_TICKS, content |-> NeedsContent(line, m)]
      opened == OpenEpoch(line)
      after == IF AT_UPGRADE = "invalidate" THEN OutdateAllBut(opened, m.agent) ELSE opened
  IN  IF AT_UPGRADE = "invalidate" /\ after.behind # {}
      THEN Result([after EXCEPT !.hold = claim], TellBehind(after, Tell("Invalidate")))
      ELSE Grant(after, now, claim)

Upgrade(line, now, m) ==
  IF line.hold = Free THEN Claim(line, now, m)
  ELSE IF line.hold.agent = m.agent THEN
    \* Newer: it has given its earlier request up, or come back from a crash.
    CASE m.request > line.hold.request -> Claim(line, now, m)
      [] m.request = line.hold.request -> Result(line, Repeat(line))
      [] m.request < line.hold.request -> Result(line, <<>>)
  ELSE
    LET valid == m.version = line.version /\ ~ExcludesReaders(line)
        after == IF valid THEN Register(line, m.agent) ELSE line
    IN  Result(after, <<Answer(after, m, Held(valid, line.hold.deadline))>>)

\* A commit from an epoch that is over: acknowledged again if it made the current version.
RefuseOrRepeat(line, m) ==
  IF line.committed # 0 /\ line.committed = m.epoch
  THEN [Answer(line, m, Tell("Committed")) EXCEPT !.epoch = line.committed + 1]
  ELSE IF m.epoch < line.committed /\ m.version + 1 # line.version
  THEN Answer(line, m, Refused("Superseded", m.epoch))
  ELSE Answer(line, m, Refused("LostEpoch", m.epoch))

\* The one place where a version comes into being.
Commit(line, m) ==
  IF ~IsFromOwner(line, m) THEN Result(line, <<RefuseOrRepeat(line, m)>>)
  ELSE IF m.version # line.version
  THEN Result([line EXCEPT !.hold = Free],
              <<Answer(line, m, Refused("StaleBase", m.version))>>)
  ELSE
    LET made  == [line EXCEPT !.committed = line.epoch, !.version = @ + 1, !.hold = Free]
        after == OutdateAllBut(OpenEpoch(made), m.agent)
        events == CASE AT_COMMIT = "silent"     -> <<>>
                    [] AT_COMMIT = "invalidate" -> TellBehind(after, Tell("Invalidate"))
                    [] AT_COMMIT = "push"       -> TellBehind(after, Tell("Update"))
    IN  Result(after, <<Answer(after, m, Tell("Committed"))>> \o events)

Release(line, m) ==
  Result(IF IsFromOwner(line, m) THEN [line EXCEPT !.hold = Free] ELSE line, <<>>)

Heartbeat(line, now, m) ==
  LET deadline == now + LEASE_TICKS
  IN  IF IsFromOwner(line, m)
      THEN Result([line EXCEPT !.hold.deadline = deadline],
                  <<Answer(line, m, Renewed(deadline))>>)
      ELSE Result(line, <<Answer(line, m, Refused("LostEpoch", m.epoch))>>)

\* One that is older than the last round, or overtaken by a fetch, says nothing about now.
Acknowledge(line, now, m) ==
  IF m.epoch < line.told \/ m.agent \notin line.behind THEN Result(line, <<>>)
  ELSE
    LET left  == [line EXCEPT !.behind = @ \ {m.agent}]
        after == IF m.ask.holds THEN [left EXCEPT !.current = @ \cup {m.agent}] ELSE left
    IN  IF line.hold.kind = "Claimed" /\ after.behind = {}
        THEN Grant(after, now, line.hold)
        ELSE Result(after, <<>>)

Decide(line, now, m) ==
  CASE m.ask.kind = "Fetch"       -> Fetch(line, m)
    [] m.ask.kind = "Upgrade"     -> Upgrade(line, now, m)
    [] m.ask.kind = "Commit"      -> Commit(line, m)
    [] m.ask.kind = "Release"     -> Release(line, m)
    [] m.ask.kind = "Heartbeat"   -> Heartbeat(line, now, m)
    [] m.ask.kind = "Acknowledge" -> Acknowledge(line, now, m)

\* A deadline has passed: a claim is granted, a lease taken back.
Expire(line, now) ==
  CASE ~IsDue(line, now)          -> Result(line, <<>>)
    [] line.hold.kind = "Claimed" -> Grant(line, now, line.hold)
    [] line.hold.kind = "Owned"   ->
         LET a == line.hold.agent
             opened == OpenEpoch([line EXCEPT !.hold = Free])
             after == [opened EXCEPT !.told = opened.epoch,
                                     !.current = @ \ {a},
                                     !.behind = @ \cup {a}]
         IN  Result(after, <<Event(after, a, Tell("Invalidate"))>>)

\* Line::handle: the deadline comes first.
LineHandle(line, now, m) ==
  LET first == IF IsDue(line, now) THEN Expire(line, now) ELSE Result(line, <<>>)
      rest  == Decide(first.line, now, m)
  IN  Result(rest.line, first.told \o rest.told)

----------------------------------------------------------------------------
(* The entry *)

NewEntry == [state |-> "Invalid", version |-> 0, epoch |-> 0, request |-> 0, reads |-> 0]

IsReadable(e)  == e.state \in {"Shared", "Exclusive", "Modified", "Upgrading"}
IsExclusive(e) == e.state \in {"Exclusive", "Modified"}
IsWaiting(e)   == e.state \in {"Fetching", "Upgrading", "UpgradingInvalid", "Committing"}

Miss(e) == ~(IsReadable(e) /\ e.reads < K)

Read(e)  == [e EXCEPT !.reads = @ + 1]
Write(e) == [e EXCEPT !.state = "Modified"]

LoseGrant(e, state, version) ==
  [e EXCEPT !.state = state, !.version = version, !.request = 0]
LoseDraft(e) == LoseGrant(e, "Invalid", 0)

Wait(e, state, request) == [e EXCEPT !.state = state, !.request = request]

\* What an agent that asks becomes, and its message.
Asked(entry, message) == [entry |-> entry, message |-> message]

AskFetch(e, a, request) ==
  Asked(Wait(e, "Fetching", request), ToLine(a, request, 0, e.epoch, Ask("Fetch")))

\* Only a copy that stays readable is named.
AskUpgrade(e, a, request) ==
  Asked(Wait(e, IF Miss(e) THEN "UpgradingInvalid" ELSE "Upgrading", request),
        ToLine(a, request, IF Miss(e) THEN 0 ELSE e.version, e.epoch, Ask("Upgrade")))

AskCommit(e, a, request) ==
  Asked(Wait(e, "Committing", request),
        ToLine(a, request, e.version, e.epoch, Ask("Commit")))

AskRelease(e, a, request) ==
  Asked(IF e.state = "Exclusive" THEN LoseGrant(e, "Shared", e.version) ELSE LoseDraft(e),
        ToLine(a, request, e.version, e.epoch, Ask("Release")))

AskHeartbeat(e, a, request) ==
  Asked(e, ToLine(a, request, e.version, e.epoch, Ask("Heartbeat")))

----------------------------------------------------------------------------
(* What an entry does with each message from the line *)

Handled(entry, event, reply) == [entry |-> entry, event |-> event, reply |-> reply]
Quiet(entry, event) == Handled(entry, event, <<>>)

Awaits(e, m, states) == e.state \in states /\ e.request = m.request
UpgradingStates == {"Upgrading", "UpgradingInvalid"}

\* After an answer: Shared if it may be kept and nothing newer has been heard of meanwhile.
Sync(e, m, keep) ==
  [e EXCEPT !.reads = 0,
            !.request = 0,
            !.state = IF keep /\ m.epoch >= e.epoch THEN "Shared" ELSE "Invalid",
            !.epoch = Max(e.epoch, m.epoch)]

Filled(e, m) ==
  LET usable == m.tell.content \/ e.version = m.version
  IN  IF ~usable \/ ~Awaits(e, m, {"Fetching"}) THEN Quiet(e, "Ignored")
      ELSE Quiet(Sync([e EXCEPT !.version = m.version], m, m.tell.cacheable), "Filled")

Granted(e, m) ==
  LET awaited   == Awaits(e, m, UpgradingStates)
      usable    == m.tell.content \/ e.version = m.version
      overtaken == m.epoch < e.epoch
      repeated  == m.epoch = e.epoch /\ e.state \in {"Exclusive", "Modified", "Committing"}
  IN  IF awaited /\ overtaken
      THEN \* It was over before it arrived.
           Quiet(LoseGrant(e, IF e.state = "Upgrading" THEN "Shared" ELSE "Invalid", e.version),
                 "Lost")
      ELSE IF awaited /\ usable
      THEN Quiet([state |-> "Exclusive", version |-> m.version, epoch |-> m.epoch,
                  request |-> 0, reads |-> 0], "Granted")
      ELSE IF repeated \/ overtaken THEN Quiet(e, "Ignored")
      ELSE \* Granted to a request that was given up: give it back.
           Handled(e, "Ignored",
                   <<ToLine(m.agent, m.request, m.version, m.epoch, Ask("Release"))>>)

HeldByAnother(e, m) ==
  IF ~Awaits(e, m, UpgradingStates) THEN Quiet(e, "Ignored")
  ELSE Quiet(Sync(e, m, m.tell.valid /\ e.version # 0), "Held")

Committed(e, m) ==
  IF ~Awaits(e, m, {"Committing"}) THEN Quiet(e, "Ignored")
  ELSE Quiet(Sync([e EXCEPT !.version = m.version], m, TRUE), "Committed")

RefusedBy(e, m) ==
  LET commit    == Awaits(e, m, {"Committing"})
      heartbeat == IsExclusive(e) /\ m.tell.why = "LostEpoch" /\ m.tell.refused = e.epoch
  IN  IF ~commit /\ ~heartbeat THEN Quiet(e, "Ignored")
      ELSE Quiet(LoseDraft([e EXCEPT !.epoch = Max(@, m.epoch)]), "Lost")

Invalidated(e, epoch) ==
  LET later == [e EXCEPT !.epoch = epoch]
  IN  CASE epoch <= e.epoch       -> Quiet(e, "Ignored")
        [] OTHER ->
           CASE e.state = "Shared"    -> Quiet([later EXCEPT !.state = "Invalid"], "Invalidated")
             [] e.state = "Upgrading" ->
                  Quiet([later EXCEPT !.state = "UpgradingInvalid"], "Invalidated")
             [] IsExclusive(e)        -> Quiet(LoseDraft(later), "Lost")
             [] OTHER                 -> Quiet(later, "Ignored")

\* Content refreshes a copy, it does not make one.
Updated(e, m) ==
  LET later == [e EXCEPT !.epoch = m.epoch]
      taken == [later EXCEPT !.version = m.version]
  IN  IF e.version = 0 THEN Invalidated(e, m.epoch)
      ELSE IF m.epoch <= e.epoch THEN Quiet(e, "Ignored")
      ELSE CASE e.state \in {"Fetching", "Committing"} -> Quiet(later, "Ignored")
             [] e.state \in {"Invalid", "Shared"} ->
                  Quiet([taken EXCEPT !.state = "Shared"], "Updated")
             [] e.state \in UpgradingStates ->
                  Quiet([taken EXCEPT !.state = "Upgrading"], "Updated")
             [] IsExclusive(e) -> Quiet(LoseGrant(later, "Shared", m.version), "Lost")

Acknowledging(handled, m) ==
  LET e == handled.entry
      holds == IsReadable(e) /\ e.epoch >= m.epoch
  IN  [handled EXCEPT !.reply =
         <<ToLine(m.agent, m.request, e.version, m.epoch, Acknowledgement(holds))>>]

EntryHandle(e, m) ==
  CASE m.tell.kind = "Fill"       -> Filled(e, m)
    [] m.tell.kind = "Grant"      -> Granted(e, m)
    [] m.tell.kind = "Held"       -> HeldByAnother(e, m)
    [] m.tell.kind = "Committed"  -> Committed(e, m)
    [] m.tell.kind = "Refused"    -> RefusedBy(e, m)
    [] m.tell.kind = "Renewed"    -> Quiet(e, "Ignored")   \* no agent looks at its own deadline
    [] m.tell.kind = "Invalidate" -> Acknowledging(Invalidated(e, m.epoch), m)
    [] m.tell.kind = "Update"     -> Acknowledging(Updated(e, m), m)

============================================================================
