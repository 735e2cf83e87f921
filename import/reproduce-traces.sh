#!/bin/sh
# Every figure that rests on recorded sessions, from a folder of them: a folder per source with an
# accesses.jsonl in the plain format of docs/importing.md. Writes text and JSON to results/traces/;
# nothing of the sessions themselves.
set -eu
attune=$(cd "$(dirname "$1")" && pwd)/$(basename "$1")
traces=$2
results=$3
[ -d "$traces" ] || { echo "error: TRACES=$traces: no such folder; name one with a folder per source" >&2; exit 2; }
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 130' INT TERM
found=
for file in "$traces"/*/accesses.jsonl; do
	[ -f "$file" ] || continue
	source=$(basename "$(dirname "$file")")
	found=yes
	trace="$work/$source.jsonl"
	"$attune" import jsonl "$file" -o "$trace" >/dev/null 2>"$work/said" || { cat "$work/said" >&2; exit 2; }
	mkdir -p "$results/$source"
	# The trace is named as a reader would have it, not by where it was made.
	for variant in "" --across --whole-files --deltas; do
		(cd "$work" && "$attune" replay "$source.jsonl" $variant --format json) >"$results/$source/replay$variant.json"
	done
	# A source of writes alone, or of too few sessions, cannot be calibrated: then the file says why.
	(cd "$work" && "$attune" calibrate "$source.jsonl" 2>&1) >"$results/$source/calibration.md" || true
	echo "$source: done"
done
[ -n "$found" ] || { echo "error: TRACES=$traces: no folder in it has an accesses.jsonl" >&2; exit 2; }
set -- "$traces"/*/messages.jsonl
if [ -f "$1" ]; then
	"$attune" codec measure "$@" -o "$results/compression" >/dev/null
	echo "compression: done"
fi
# What handoffs preserve: of all sessions with their messages, and of compactions and native files.
set --
for file in "$traces"/*/messages.jsonl "$traces"/*/pairs.jsonl "$traces"/native/*/[0-9].*; do
	[ -f "$file" ] && set -- "$@" "$file"
done
if [ $# -gt 0 ]; then
	mkdir -p "$results/handoff"
	{
		echo "# What a handoff preserves"
		echo
		echo "Made by \`make reproduce-traces TRACES=…\` with \`attune handoff measure\`, from sessions that are not in"
		echo "this repository. What is asked, how a text answers, and what was assumed:"
		echo "[docs/recall.md](../../../docs/recall.md)."
		for part in all test develop; do
			printf '\n## Part: %s\n\n`attune handoff measure FILES --part %s`\n\n```\n' "$part" "$part"
			"$attune" handoff measure "$@" --part "$part"
			printf '```\n'
		done
	} >"$work/HANDOFF.md"
	mv "$work/HANDOFF.md" "$results/handoff/REPORT.md"
	echo "handoff: done"
fi
{
	echo "# Recorded sessions, replayed"
	echo
	echo "Made by \`make reproduce-traces TRACES=…\` from sessions that are not in this repository, so a fresh"
	echo "clone cannot repeat it. How to read it: [docs/replaying.md](../../docs/replaying.md). Beside each, as"
	echo "JSON: the same with \`--across\`, \`--whole-files\` and \`--deltas\`, and what \`attune calibrate\` fits"
	echo "([docs/workloads.md](../../docs/workloads.md))."
	for trace in "$work"/*.jsonl; do
		source=$(basename "$trace" .jsonl)
		printf '\n## %s\n' "$source"
		printf '\n```\n'
		(cd "$work" && "$attune" replay "$source.jsonl")
		printf '```\n'
	done
} >"$work/REPORT.md"
mv "$work/REPORT.md" "$results/REPORT.md"
