"""The published simulator, a second time, as literally as its rules are written.

This is a check on `sim/src/published`, not a copy of it: dictionaries and lists, no
tricks, and CPython's own `random.Random` for the draws. Standard library only.
"""

import random

STRATEGIES = ["broadcast", "eager", "lazy", "lease", "access_count"]
WORKLOADS = ["read_heavy", "write_heavy", "parallel_editing", "large_artifact_reasoning", "custom"]
CONTEXTS = ["always_read", "conditional_injection", "pointer"]

COUNTERS = [
    "total_actions", "read_actions", "write_actions", "fetch_actions",
    "cache_hits", "cache_misses", "stale_reads", "max_stale_steps",
    "staleness_bound_violations", "invalidations_issued", "invalidations_delivered",
    "updates_issued", "updates_delivered", "message_overhead", "tokens_fetch",
    "tokens_broadcast", "tokens_invalidation", "context_injections",
    "transient_state_timeouts",
]


class Simulator:
    """One run. `scenario` is a plain dictionary, as in `runs.jsonl`."""

    def __init__(self, scenario, strategy, seed):
        self.scenario = scenario
        self.strategy = strategy
        self.random = random.Random(seed)
        self.agents = range(scenario["agents"])
        self.artifacts = range(len(scenario["artifacts"]))
        self.version = {d: a["initial_version"] for d, a in enumerate(scenario["artifacts"])}
        self.directory = {d: {} for d in self.artifacts}  # artifact -> agent -> state
        self.pending = {d: {} for d in self.artifacts}  # artifact -> agent -> tick
        self.cache = {}  # (agent, artifact) -> entry
        self.stale_run = {}  # (agent, artifact) -> length
        self.queue = []
        self.count = {name: 0 for name in COUNTERS}

    def run(self):
        ticks = self.scenario["ticks"]
        for now in range(ticks):
            self.deliver(now)
            for agent in self.agents:
                velocity = self.scenario["velocity"]
                if velocity is not None:
                    for _ in range(velocity):
                        self.act(agent, now)
                elif self.random.random() < self.scenario["action_probability"]:
                    self.act(agent, now)
            if self.strategy == "broadcast":
                self.broadcast(now)
            self.time_out(now)
        self.deliver(ticks)
        count = self.count
        count["total_actions"] = count["read_actions"] + count["write_actions"]
        count["synchronization_tokens"] = (
            count["tokens_fetch"] + count["tokens_broadcast"] + count["tokens_invalidation"]
        )
        return count

    # The five steps of a tick.

    def deliver(self, now):
        due = [m for m in self.queue if m["due"] <= now]
        self.queue = [m for m in self.queue if m["due"] > now]
        for message in due:
            if message["kind"] == "invalidation":
                self.invalidation_arrives(message)
            else:
                self.update_arrives(message, now)

    def act(self, agent, now):
        sizes = [a["size_tokens"] for a in self.scenario["artifacts"]]
        workload = self.scenario["workload"]
        if workload == "large_artifact_reasoning":
            artifact = self.random.choices(list(self.artifacts), weights=sizes)[0]
        else:
            artifact = self.random.choice(list(self.artifacts))
        w = self.scenario["write_probability"]
        if workload == "read_heavy":
            w = min(w, 0.2)
        elif workload == "write_heavy":
            w = max(w, 0.7)
        elif workload == "parallel_editing":
            w = max(w, 0.5)
        elif workload == "large_artifact_reasoning":
            w = min(w, 0.3)
        mutable = self.scenario["artifacts"][artifact]["mutable"]
        if mutable and self.random.random() < w:
            self.write(agent, artifact, now)
        else:
            self.read(agent, artifact, now)

    def broadcast(self, now):
        for artifact in self.artifacts:
            for agent in self.agents:
                self.cache[agent, artifact] = self.fresh(self.version[artifact], now)
                self.directory[artifact][agent] = "S"
                self.count["tokens_broadcast"] += self.size(artifact)
                self.count["updates_issued"] += 1
                self.count["updates_delivered"] += 1
                self.count["context_injections"] += 1

    def time_out(self, now):
        for artifact in self.artifacts:
            for agent, tick in list(self.pending[artifact].items()):
                if now - tick >= self.scenario["timeout_ticks"]:
                    del self.pending[artifact][agent]
                    self.directory[artifact][agent] = "I"
                    self.count["transient_state_timeouts"] += 1

    # Actions.

    def read(self, agent, artifact, now):
        self.count["read_actions"] += 1
        context = self.scenario["context"]
        refresh = self.needs_refresh(agent, artifact, now)
        hit = not (refresh or context == "always_read")
        if hit:
            self.count["cache_hits"] += 1
        else:
            self.count["cache_misses"] += 1
            self.count["context_injections"] += 1
            self.count["tokens_fetch"] += self.size(artifact)
        if refresh:
            self.fetch(agent, artifact, now)
        else:
            self.cache[agent, artifact]["uses"] += 1
        if hit:
            if self.cache[agent, artifact]["version"] < self.version[artifact]:
                run = self.stale_run.get((agent, artifact), 0) + 1
                self.stale_run[agent, artifact] = run
                self.count["stale_reads"] += 1
                self.count["max_stale_steps"] = max(self.count["max_stale_steps"], run)
                bound = self.bound()
                if bound is not None and run > bound:
                    self.count["staleness_bound_violations"] += 1
            else:
                self.stale_run[agent, artifact] = 0
            if context == "conditional_injection":
                self.count["context_injections"] += 1

    def write(self, agent, artifact, now):
        self.count["write_actions"] += 1
        refresh = self.needs_refresh(agent, artifact, now)
        if refresh:
            self.count["cache_misses"] += 1
            self.count["context_injections"] += 1
            self.count["tokens_fetch"] += self.size(artifact)
        peers = self.others_not_invalid(agent, artifact)
        if refresh:
            self.fetch(agent, artifact, now)
        for other in self.others_not_invalid(agent, artifact):
            self.directory[artifact][other] = "I"
            self.pending[artifact][other] = now
        self.version[artifact] += 1
        self.directory[artifact][agent] = "M"
        self.pending[artifact].pop(agent, None)
        self.cache[agent, artifact] = self.fresh(self.version[artifact], now)
        self.stale_run[agent, artifact] = 0
        if self.strategy == "eager":
            for peer in peers:
                pointer = self.scenario["context"] == "pointer"
                self.count["tokens_broadcast"] += 8 if pointer else self.size(artifact)
                self.count["updates_issued"] += 1
                self.count["context_injections"] += 1
                self.send("update", agent, peer, artifact, now)
        elif self.strategy in ("lazy", "lease", "access_count"):
            for peer in peers:
                self.count["tokens_invalidation"] += 12
                self.count["invalidations_issued"] += 1
                self.send("invalidation", agent, peer, artifact, now)

    def fetch(self, agent, artifact, now):
        self.count["fetch_actions"] += 1
        others = self.others_not_invalid(agent, artifact)
        for other in others:
            self.directory[artifact][other] = "S"
        self.directory[artifact][agent] = "S" if others else "E"
        self.pending[artifact].pop(agent, None)
        self.cache[agent, artifact] = self.fresh(self.version[artifact], now)

    # Messages.

    def send(self, kind, sender, receiver, artifact, now):
        self.count["message_overhead"] += 1
        loss = self.scenario["loss_rate"]
        if loss > 0 and self.random.random() < loss:
            return
        self.queue.append({
            "kind": kind, "sender": sender, "receiver": receiver, "artifact": artifact,
            "version": self.version[artifact], "due": now + self.scenario["latency_ticks"],
        })

    def invalidation_arrives(self, message):
        receiver, artifact = message["receiver"], message["artifact"]
        older = message["version"] - 1
        entry = self.cache.get((receiver, artifact))
        if entry is None:
            self.cache[receiver, artifact] = {
                "valid": False, "version": older, "uses": 0, "expiry": None,
            }
        else:
            entry["valid"] = False
            entry["version"] = min(entry["version"], older)
        self.directory[artifact][receiver] = "I"
        self.pending[artifact].pop(receiver, None)
        self.stale_run[receiver, artifact] = 0
        self.count["invalidations_delivered"] += 1

    def update_arrives(self, message, now):
        receiver, artifact = message["receiver"], message["artifact"]
        self.cache[receiver, artifact] = self.fresh(message["version"], now)
        self.directory[artifact][receiver] = "S"
        self.directory[artifact][message["sender"]] = "S"
        self.stale_run[receiver, artifact] = 0
        self.count["updates_delivered"] += 1

    # Small things.

    def size(self, artifact):
        return self.scenario["artifacts"][artifact]["size_tokens"]

    def fresh(self, version, now):
        expiry = now + self.scenario["lease_ttl_ticks"] if self.strategy == "lease" else None
        return {"valid": True, "version": version, "uses": 0, "expiry": expiry}

    def needs_refresh(self, agent, artifact, now):
        entry = self.cache.get((agent, artifact))
        if entry is None or not entry["valid"]:
            return True
        if self.strategy == "lease" and now >= entry["expiry"]:
            return True
        return self.strategy == "access_count" and entry["uses"] >= self.scenario["access_count_k"]

    def others_not_invalid(self, agent, artifact):
        return [a for a, state in self.directory[artifact].items() if a != agent and state != "I"]

    def bound(self):
        return {
            "broadcast": 0,
            "eager": 0,
            "lazy": None,
            "lease": self.scenario["lease_ttl_ticks"],
            "access_count": self.scenario["access_count_k"],
        }[self.strategy]


def run(scenario, strategy, seed):
    """The counters of one run."""
    return Simulator(scenario, strategy, seed).run()
