"""Writes random runs of the reference, one JSON object a line, to standard output.

    python3 generate.py [runs] [seed] > runs.jsonl

The defaults rewrite `runs.jsonl` as committed.
"""

import json
import random
import sys

import published

SEEDS = [0, 1, -1, 42, -42, 20260305, 2**32 - 1, 2**32, 2**33 + 5, -(2**40), 2**63 - 1, -(2**63)]


def scenario(draw):
    """A scenario anywhere in the space, small enough that rare interleavings happen."""
    velocity = draw.choice([1, 2, 3]) if draw.random() < 0.3 else None
    return {
        "agents": draw.randint(1, 9),
        "ticks": draw.choice([0, 1, 3, 10, 20, 20, 40, 40, 60, 60]),
        "workload": draw.choice(published.WORKLOADS + ["custom"] * 2),
        "velocity": velocity,
        "action_probability": None if velocity else max(probability(draw), probability(draw)),
        "write_probability": probability(draw),
        "artifacts": [artifact(draw) for _ in range(draw.randint(1, 5))],
        "lease_ttl_ticks": draw.choice([0, 1, 2, 3, 5, 10, 300]),
        "access_count_k": draw.choice([0, 1, 2, 3, 6, 100]),
        "timeout_ticks": draw.randint(0, 8),
        "context": draw.choice(published.CONTEXTS),
        "latency_ticks": draw.randint(0, 5),
        "loss_rate": draw.choice([0.0, 0.0, 0.1, 0.5, 0.9]),
    }


def artifact(draw):
    return {
        "size_tokens": draw.choice([1, 7, 8, 12, 100, 900, 1200, 4096]),
        "initial_version": draw.choice([0, 1, 1, 2, 7]),
        "mutable": draw.random() < 0.85,
    }


def probability(draw):
    """Three digits at most, so that every JSON reader gets the same float."""
    return draw.choice([0.0, 0.05, 0.25, 0.5, 0.75, 1.0, round(draw.random(), 3)])


def main():
    runs = int(sys.argv[1]) if len(sys.argv) > 1 else 400
    draw = random.Random(int(sys.argv[2]) if len(sys.argv) > 2 else 7)
    for index in range(runs):
        given = scenario(draw)
        # Every strategy equally often; every special seed first, then any.
        strategy = published.STRATEGIES[index % len(published.STRATEGIES)]
        seed = SEEDS[index] if index < len(SEEDS) else draw.randint(-(2**40), 2**40)
        line = {
            "scenario": given,
            "strategy": strategy,
            "seed": seed,
            "counters": published.run(given, strategy, seed),
        }
        print(json.dumps(line, separators=(",", ":")))


if __name__ == "__main__":
    main()
