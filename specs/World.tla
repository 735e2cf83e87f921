------------------------------- MODULE World --------------------------------
(* One line and its agents, with what the reference remembers of them, as   *)
(* in models/src/world.rs and trace/src/reference/: what both layers share. *)
EXTENDS Protocol

CONSTANT COMMITS   \* until no more are begun

\* No request waits for an answer.
Nothing == ToLine(0, 0, 0, 0, Ask("None"))

Open       == 0
RefusedFor == 0 - 1
\* Otherwise the version that was accepted.

\* outstanding: the request to be sent again. held, asked, fate: the reference's memory.
NewAgent(last) ==
  [entry |-> NewEntry, outstanding |-> Nothing, last |-> last,
   held |-> 0, asked |-> 0, fate |-> Open]

\* alone: the present grant came because all holders had acknowledged.
NewWorld ==
  [line |-> NewLine, now |-> 0, alone |-> FALSE, agent |-> [a \in Agents |-> NewAgent(0)]]

\* Whether another commit may be begun.
More(w) == w.line.version <= COMMITS

\* A message without what decides nothing: where it is kept, in flight or to be sent again.
Bare(m) ==
  CASE OnlyAsks(m) -> [m EXCEPT !.epoch = 0]
    [] m.to = "line" /\ ~OnlyAsks(m) /\ ~IsCommit(m) -> [m EXCEPT !.version = 0]
    [] m.to = "agent" /\ m.tell.kind \in {"Grant", "Held", "Renewed"} ->
         [m EXCEPT !.tell.deadline = 0]
    [] OTHER -> m

\* Content that cannot be read again, and reads that do not count, are dropped, unless a push
\* can make them readable.
Tidy(w) ==
  LET useless(x) == \/ x.entry.state \in {"Invalid", "Fetching"}
                    \/ x.entry.state = "UpgradingInvalid" /\ x.outstanding.version = 0
      tidy(x) ==
        [x EXCEPT
          !.entry.version = IF useless(x) THEN 0 ELSE @,
          !.held          = IF useless(x) THEN 0 ELSE @,
          !.entry.reads   = IF IsReadable(x.entry) THEN @ ELSE 0]
  IN  IF AT_COMMIT = "push" THEN w ELSE [w EXCEPT !.agent = [a \in Agents |-> tidy(w.agent[a])]]

----------------------------------------------------------------------------
(* Steps *)

CanRead(w, a)  == ~Miss(w.agent[a].entry)
CanWrite(w, a) == w.agent[a].entry.state = "Exclusive" /\ More(w)

CanAsk(w, a, kind) ==
  LET e == w.agent[a].entry
  IN  CASE kind = "Fetch"   -> e.state \in {"Invalid", "Shared"} /\ Miss(e)
        [] kind = "Upgrade" -> e.state \in {"Invalid", "Shared"} /\ More(w)
        [] kind = "Commit"  -> e.state = "Modified"
        [] kind \in {"Release", "Heartbeat"} -> IsExclusive(e)

Reads(w, a)  == [w EXCEPT !.agent[a].entry = Read(@)]
Writes(w, a) == [w EXCEPT !.agent[a].entry = Write(@)]

\* The agent makes a request: the world after it, and the message.
Asks(w, a, kind) ==
  LET x == w.agent[a]
      request == x.last + 1
      asked == CASE kind = "Fetch"     -> AskFetch(x.entry, a, request)
                 [] kind = "Upgrade"   -> AskUpgrade(x.entry, a, request)
                 [] kind = "Commit"    -> AskCommit(x.entry, a, request)
                 [] kind = "Release"   -> AskRelease(x.entry, a, request)
                 [] kind = "Heartbeat" -> AskHeartbeat(x.entry, a, request)
      waits == kind \in {"Fetch", "Upgrade", "Commit"}
      after == [entry |-> asked.entry,
                outstanding |-> IF waits THEN Bare(asked.message) ELSE x.outstanding,
                last |-> request,
                held |-> IF asked.entry.version = 0 THEN 0 ELSE x.held,
                asked |-> CASE kind \in {"Fetch", "Upgrade"} -> w.line.version
                            [] kind = "Commit" -> 0
                            [] OTHER -> x.asked,
                fate |-> IF waits THEN Open ELSE x.fate]
  IN  [world |-> [w EXCEPT !.agent[a] = after], message |-> asked.message]

\* All is lost but the request counter: request ids are never used again.
CanCrash(w, a) == Tidy(w).agent[a] # NewAgent(w.agent[a].last)
Crashes(w, a)  == [w EXCEPT !.agent[a] = NewAgent(@.last)]

Grantee(line) == IF line.hold.kind = "Owned" THEN <<line.hold.agent, line.epoch>> ELSE <<0, 0>>

\* The line gets a message: the world after it, and what the line says.
LineGets(w, m) ==
  LET result  == LineHandle(w.line, w.now, m)
      due     == IsDue(w.line, w.now)
      between == IF due THEN Expire(w.line, w.now).line ELSE w.line
      alone   == IF Grantee(between) # Grantee(result.line)
                 THEN Owner(result.line) # 0 /\ AT_UPGRADE = "invalidate"
                 ELSE w.alone /\ ~due
      x       == w.agent[m.agent]
      waits   == IsCommit(m) /\ IsCommit(x.outstanding) /\ x.outstanding.request = m.request
      refused == \E i \in DOMAIN result.told :
                   /\ result.told[i].tell.kind = "Refused"
                   /\ result.told[i].tell.why \in {"LostEpoch", "StaleBase"}
      fate    == CASE ~waits -> x.fate
                   [] result.line.version # w.line.version -> result.line.version
                   [] refused -> RefusedFor
                   [] OTHER   -> x.fate
  IN  [world |-> [w EXCEPT !.line = result.line, !.alone = alone, !.agent[m.agent].fate = fate],
       told  |-> result.told]

\* The driver looks after deadlines.
Expires(w) ==
  LET result == Expire(w.line, w.now)
  IN  [world |-> [w EXCEPT !.line = result.line, !.alone = FALSE], told |-> result.told]

\* An agent gets a message: the world after it, and its replies.
AgentGets(w, m) ==
  LET x       == w.agent[m.agent]
      handled == EntryHandle(x.entry, m)
      entry   == handled.entry
      takes   == CASE handled.event \in {"Filled", "Granted"} -> m.tell.content
                   [] handled.event = "Updated"   -> TRUE
                   [] handled.event = "Lost"      -> m.tell.kind = "Update"
                   [] handled.event = "Committed" -> x.fate = m.version
                   [] OTHER -> FALSE
      ended   == ~IsWaiting(entry)
      after   == [x EXCEPT
                   !.entry = entry,
                   !.held  = CASE entry.version = 0 -> 0
                               [] takes -> m.version
                               [] OTHER -> @,
                   !.outstanding = IF ended THEN Nothing ELSE @,
                   !.asked = IF ended THEN 0 ELSE @,
                   !.fate  = IF ended THEN Open ELSE @]
  IN  [world |-> [w EXCEPT !.agent[m.agent] = after], replies |-> handled.reply]

----------------------------------------------------------------------------
(* Promises about one state (trace/src/reference/mod.rs, protocol/src/invariants.rs) *)

SingleWriterIn(w) ==
  \A a, b \in Agents :
    LET writes(c) == IsExclusive(w.agent[c].entry) /\ w.agent[c].entry.epoch = w.line.epoch
    IN  writes(a) /\ writes(b) => a = b

DirectoryAgreesIn(w) ==
  /\ w.line.current \cap w.line.behind = {}
  /\ w.line.hold.kind = "Owned" => w.line.hold.agent \in w.line.current
  /\ w.line.hold.kind = "Claimed" => w.line.behind # {}
  /\ \A a \in Agents : IsReadable(w.agent[a].entry) => a \in MayHold(w.line)

\* Nobody is ahead of the line.
NobodyAheadIn(w) ==
  \A a \in Agents : /\ w.agent[a].entry.epoch <= w.line.epoch
                    /\ w.agent[a].entry.version <= w.line.version

\* What an agent has is what it takes it for, and what claims to be current is.
DataValueIn(w) ==
  \A a \in Agents :
    LET x == w.agent[a]
    IN  /\ x.entry.version # 0 => x.entry.version = x.held
        /\ IsReadable(x.entry) /\ x.entry.epoch = w.line.epoch => x.entry.version = w.line.version

\* Nobody reads beside an owner who was granted alone.
ReadersExcludedIn(w) ==
  AT_UPGRADE = "invalidate" /\ w.alone /\ Owner(w.line) # 0
    => \A a \in Agents : IsReadable(w.agent[a].entry) => a = Owner(w.line)

BoundedStalenessIn(w) == \A a \in Agents : w.agent[a].entry.reads <= K

\* Of two worlds: what was decided about a commit stays so until its agent has heard of it.
FinalIn(w, v) ==
  \A a \in Agents :
    LET old == w.agent[a]
        new == v.agent[a]
    IN  old.fate # Open /\ new.outstanding = old.outstanding => new.fate = old.fate

----------------------------------------------------------------------------
(* The normal form (models/src/normal.rs): of all states that differ in     *)
(* names alone, one. Requests and epochs are only ever compared, so their   *)
(* ranks are enough; epochs that no message can meet any more become one    *)
(* with their neighbours; of times, what is left of them.                   *)

Normal(w, flight) ==
  LET line  == w.line
      used  == {m \in flight \cup {w.agent[a].outstanding : a \in Agents} : m # Nothing}

      \* Of each agent.
      requests == [a \in Agents |->
        {m.request : m \in {x \in used : x.agent = a}}
        \cup {w.agent[a].entry.request}
        \cup {IF line.hold.agent = a THEN line.hold.request ELSE 0}]
      Rank(a, request) == Cardinality({r \in requests[a] : 0 < r /\ r <= request})

      refusing == {m \in used : /\ m.to = "agent" /\ m.tell.kind = "Refused"
                                /\ m.tell.why # "StaleBase"}
      messages == {m.epoch : m \in {x \in used : ~OnlyAsks(x)}}
                  \cup {m.tell.refused : m \in refusing}
                  \* A repeated acknowledgement is dated by the epoch after its commit's.
                  \cup {m.epoch + 1 : m \in {x \in used : IsCommit(x) /\ x.epoch = line.committed}}
      writers  == {a \in Agents : \/ IsExclusive(w.agent[a].entry)
                                  \/ w.agent[a].entry.state = "Committing"}
      met   == messages \cup {line.epoch} \cup {w.agent[a].entry.epoch : a \in writers}
      named == (met \cup {line.told, line.committed} \cup {w.agent[a].entry.epoch : a \in Agents})
               \ {0}
      \* A met epoch is a class of its own; those between two of them are one.
      begins == {e \in named :
                   \/ e \in met
                   \/ LET below == {x \in named : x < e}
                      IN  \/ below = {}
                          \/ (CHOOSE x \in below : \A y \in below : y <= x) \in met}
      class == [e \in named \cup {0} |-> Cardinality({x \in begins : x <= e})]

      Renamed(m) ==
        LET there == [m EXCEPT !.request = Rank(m.agent, m.request), !.epoch = class[m.epoch]]
        IN  IF m \in refusing THEN [there EXCEPT !.tell.refused = class[m.tell.refused]] ELSE there
      Agent(a) ==
        LET x == w.agent[a]
            e == x.entry
        IN  <<e.state, e.version, class[e.epoch], Rank(a, e.request), e.reads,
              IF x.outstanding = Nothing THEN Nothing ELSE Renamed(x.outstanding),
              x.held, x.asked, x.fate>>
      left == IF line.hold = Free THEN 0 ELSE Max(line.hold.deadline - w.now, 0)
  IN  [line |-> [version |-> line.version, epoch |-> class[line.epoch],
                 committed |-> class[line.committed], told |-> class[line.told],
                 current |-> line.current, behind |-> line.behind,
                 hold |-> IF line.hold = Free THEN Free
                          ELSE [line.hold EXCEPT !.deadline = left,
                                                 !.request = Rank(line.hold.agent, @)]],
       alone |-> w.alone,
       agents |-> [a \in Agents |-> Agent(a)],
       renamed |-> [m \in flight |-> Renamed(m)]]

============================================================================
