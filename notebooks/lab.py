"""Where the notebooks find the results and the `attune` command."""

import json
import os
import subprocess
from pathlib import Path

import polars as pl

ROOT = Path(__file__).resolve().parent.parent


def table(name: str) -> pl.DataFrame:
    """A table of results/, as `make reproduce` wrote it."""
    return pl.read_parquet(ROOT / "results" / "tables" / f"{name}.parquet")


def command() -> str:
    """The attune to ask: $ATTUNE, or what cargo has built."""
    built = (ROOT / "target" / kind / "attune" for kind in ("release", "debug"))
    found = os.environ.get("ATTUNE") or next((str(path) for path in built if path.exists()), None)
    if found is None:
        raise SystemExit("there is no attune yet: run `cargo build --release`, or set ATTUNE")
    return found


def attune(*arguments: str):
    """What `attune … --format json` says, run from the repository's root."""
    done = subprocess.run(
        [command(), *arguments, "--format", "json"], cwd=ROOT, capture_output=True, text=True
    )
    if done.returncode != 0:
        raise RuntimeError(done.stderr.strip())
    return json.loads(done.stdout)


# Whole tables, whole texts.
pl.Config.set_tbl_rows(40)
pl.Config.set_fmt_str_lengths(200)
