#!/usr/bin/env python3
"""Run TLC on every cfg and compare with expected.json.

usage: run_tlc.py JAR [--workers N] [--slow] [NAME ...]      (NAME: the start of a cfg's name)
"""

import argparse
import json
import re
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent


def run(java, jar, want, cfg, workers):
    """What TLC says, and the seconds it took."""
    with tempfile.TemporaryDirectory(prefix="tlc-") as scratch:
        command = [java, "-XX:+UseParallelGC", "-cp", str(jar), "tlc2.TLC"]
        command += ["-workers", str(workers), "-metadir", scratch, "-config", str(cfg)]
        # Dead ends where the flight is full of what nobody loses.
        command += (["-deadlock"] if want.get("dead_ends") else []) + [f"{want['spec']}.tla"]
        began = time.monotonic()
        done = subprocess.run(command, cwd=HERE, capture_output=True, text=True, check=False)
        return done.stdout + done.stderr, time.monotonic() - began


def outcome(text, cfg):
    """The outcome in the terms of expected.json, or None if TLC could not check."""
    if broken := re.search(r"Invariant (\w+) is violated", text):
        # The first state of a trace is Init, which is no step.
        return {"violates": broken[1], "steps": len(re.findall(r"^State \d+:", text, re.M)) - 1}
    if "Temporal properties were violated" in text:
        # TLC does not say which, and its behaviour is no shortest one.
        return {"violates": re.search(r"^PROPERTIES (\w+)$", cfg.read_text(), re.M)[1]}
    if "Deadlock reached" in text:
        return {"violates": "deadlock", "steps": len(re.findall(r"^State \d+:", text, re.M)) - 1}
    found = r"([\d,]+) states generated, ([\d,]+) distinct states found, 0 states left"
    if "No error has been found" in text and (last := re.findall(found, text)):
        generated, states = (int(number.replace(",", "")) for number in last[-1])
        # Init is generated, but by no transition.
        return {"states": states, "transitions": generated - 1}
    return None


def words(result):
    if result is None:
        return "TLC failed"
    if "states" in result:
        transitions = result.get("transitions")
        return f"{result['states']:,} states" + (f", {transitions:,} steps" if transitions else "")
    return result["violates"] + (f" after {result['steps']}" if "steps" in result else "")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("jar", type=Path, help="tla2tools.jar")
    parser.add_argument("--workers", type=int, default=1, help="more than one may lengthen traces")
    parser.add_argument("--slow", action="store_true", help="also those that take minutes each")
    parser.add_argument("names", nargs="*", help="only cfgs whose names start so")
    args = parser.parse_args()

    java = shutil.which("java")
    if java is None:
        sys.exit("run_tlc: no java on the path; TLC needs Java 8 or later")
    if not args.jar.is_file():
        sys.exit(
            f"run_tlc: no file {args.jar}; get tla2tools.jar from "
            "https://github.com/tlaplus/tlaplus/releases and give its path (make tlc TLA2TOOLS=path)"
        )

    expected = json.loads((HERE / "expected.json").read_text())
    cfgs = {path.stem: path for path in sorted((HERE / "cfg").glob("*.cfg"))}
    if odd := sorted(cfgs.keys() ^ expected.keys()):
        sys.exit(f"run_tlc: cfg/ and expected.json differ in: {', '.join(odd)}")

    differs = 0
    for name, want in expected.items():
        if args.names and not name.startswith(tuple(args.names)):
            continue
        if want.get("slow") and not args.slow:
            continue
        cfg = cfgs[name]
        text, seconds = run(java, args.jar.resolve(), want, cfg.relative_to(HERE), args.workers)
        got = outcome(text, cfg)
        want = {key: value for key, value in want.items() if key not in ("spec", "slow", "dead_ends")}
        if got is not None:
            # Of some only the states are expected.
            got = {key: value for key, value in got.items() if key in want or key != "transitions"}
        same = got == want
        differs += not same
        verdict = "ok" if same else "DIFFERS"
        print(f"{name:<43} {words(want):<33} {words(got):<33} {verdict:<8} {seconds:5.1f} s", flush=True)
        if got is None:
            print(text.strip(), file=sys.stderr)
    if differs:
        sys.exit(f"run_tlc: {differs} differ")


if __name__ == "__main__":
    main()
