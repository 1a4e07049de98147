# Every recipe sets up what it needs in $(VENV): a fresh clone needs no other step.
PYTHON ?= python3
VENV ?= .venv
BIN = $(VENV)/bin

.PHONY: demo test chroma lint types floors examples verify bench check clean

# The main job, offline: every shipped agent on ten seeds, with the invariant checks.
demo: $(VENV)/installed
	$(BIN)/python -m memorygym.bench --seeds 10 --validate

test: $(VENV)/developing
	$(BIN)/python -m pytest -n 2

# The tests of the extra `chroma`, about 500 MB to install.
chroma: $(VENV)/developing
	$(BIN)/pip install --quiet --editable ".[chroma]"
	$(BIN)/python -m pytest -m chroma

lint: $(VENV)/developing
	$(BIN)/ruff check
	$(BIN)/ruff format --check

types: $(VENV)/developing
	$(BIN)/mypy

floors: $(VENV)/developing
	$(BIN)/lint-imports

examples: $(VENV)/installed
	set -e; for example in examples/*.py; do echo "$$example"; $(BIN)/python -W error "$$example"; done

# Proves for dealt worlds that every question can be answered from what was shown, and not without it.
verify: $(VENV)/installed
	$(BIN)/memorygym verify --track worlds --seeds 3

bench: $(VENV)/installed
	$(BIN)/python -m memorygym.bench --seeds 1 --validate

check: lint types floors test examples verify bench

clean:
	rm -rf $(VENV)

$(VENV)/installed: pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --editable .
	touch $@

$(VENV)/developing: $(VENV)/installed
	$(BIN)/pip install --quiet --editable ".[dev,llm]"
	touch $@
