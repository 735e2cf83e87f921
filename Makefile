# `make help` lists the targets.

CARGO ?= cargo
TLA2TOOLS ?= tla2tools.jar
TRACES ?= traces

.DEFAULT_GOAL := help
# The model checker is compiled with optimization in every profile (Cargo.toml).
.PHONY: help reproduce reproduce-all reproduce-traces dictionaries report notebooks test lint unit drift check check-accept check-deep mutants bench predict-grid tlc clean

help: ## List the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  %-14s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

reproduce: ## Write results/: every printed figure of the paper beside what this lab gets
	$(CARGO) run --release --locked --features report -- reproduce

reproduce-all: reproduce ## And what compression buys, and handoffs: results/compression/, results/handoff/
	$(CARGO) run --release --locked --features report -- reproduce --paper masc
	$(CARGO) run --release --locked --features report -- codec measure
	@mkdir -p results/times
	{ printf '# Times of one run\n\n`attune codec bench`; they depend on the machine and do not repeat.\n\n```\n' && \
	  $(CARGO) run --release --locked --quiet --features report -- codec bench && \
	  printf '```\n'; } > results/times/REPORT.md

reproduce-traces: ## Write results/traces/ from recorded sessions (TRACES=folder with a folder per source)
	$(CARGO) build --release --locked --features report
	import/reproduce-traces.sh target/release/attune "$(TRACES)" results/traces

report: ## One HTML page of results/, without network: target/report.html
	$(CARGO) run --release --locked --features report -- report results -o target/report.html

notebooks: ## Execute the notebooks, which assert what they claim (Python 3.11; packages from the network the first time)
	@command -v python3 > /dev/null || { echo "error: the notebooks need Python 3.11 or newer: install python3" >&2; exit 1; }
	$(CARGO) build --locked --features report
	python3 notebooks/run.py $${CARGO_TARGET_DIR:-target}/debug/attune

test: lint unit drift check mutants notebooks ## Everything CI runs: lints, tests, drift of results/, model checking, mutants, notebooks

lint: ## Format and lints
	$(CARGO) fmt --all --check
	$(CARGO) clippy --workspace --all-targets --all-features --locked -- -D warnings
	RUSTDOCFLAGS="-D warnings" $(CARGO) doc --workspace --no-deps --locked --quiet

unit: ## All tests, documentation tests included
	$(CARGO) test --workspace --all-features --locked

drift: ## Fail if results/ is not what a fresh run gives
	$(CARGO) run --locked --features report -- reproduce --check
	$(CARGO) run --locked --features report -- reproduce --paper masc --check
	$(CARGO) run --locked --features report -- codec measure --check

dictionaries: ## Train the dictionaries that ship, from codec/corpus/ (then build again)
	$(CARGO) run --release --locked -- codec train codec/corpus/*.jsonl --keep-apart --size 64 -o codec/dictionaries/written-1.attd

check: ## Model-check the protocol (quick profile); shows what a change did to the state counts
	$(CARGO) run --locked --features report -- check --profile quick --baseline models/quick.tsv
	$(CARGO) run --locked --features report -- check lineage --baseline models/lineage.tsv

check-accept: ## Take the present state counts of the quick profile and of the lineage for the baseline
	$(CARGO) run --locked --features report -- check --profile quick --baseline models/quick.tsv --accept
	$(CARGO) run --locked --features report -- check lineage --baseline models/lineage.tsv --accept

check-deep: ## The deep profile: more agents, messages and faults (see docs/model-checking.md)
	$(CARGO) run --release --locked -- check --profile deep --baseline models/deep.tsv

mutants: ## Leave each rule of the protocol out once: some promise must break
	$(CARGO) run --locked --features report -- check --mutants
	$(CARGO) run --locked --features report -- check lineage --mutants

bench: ## Criterion benchmarks: ratios to the published simulator, and to zstd, in one run
	$(CARGO) bench --locked -p attune-sim -p attune-codec

predict-grid: ## The expected-cost formula against the replica over the whole grid (about 7 minutes)
	$(CARGO) run --release --locked -- predict --grid --format csv --out target/expected-cost-grid.csv

tlc: ## Every TLA+ spec in specs/ against the counts expected of it (TLA2TOOLS=path of the jar; 6 minutes)
	python3 specs/run_tlc.py $(TLA2TOOLS)

clean: ## Remove what was built
	$(CARGO) clean
