# Everything a person runs here; it needs Python 3.11 or newer and nothing else.
#
#   make demo      try the tutor in the browser, with a simulated Discord
#   make run       run it on Discord; the token comes from DISCORD_TOKEN
#   make test      every check, as in CI; stops at the first that fails
#   make setup     what they all need, in .venv; does nothing when nothing changed
#   make bench     measure speed and memory
#   make crash     kill the bot at every request, and at 300 random instants; judge what is left
#   make faults    play a round under every fault of Discord; judge what is left
#   make fuzz      fuzz all that reads files and clicks, 60 seconds each (SECONDS=…, NAMES="gift …")
#   make texts     collect all sentences for translators, in bot/ui/texts/locale/tutor.pot
#   make format    put the code into its format
#   make clean     remove everything that was made here, but not data/

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
# Not compiled: that takes half of the time, and most of what is installed is never imported.
PIP := $(BIN)/python -m pip install --quiet --no-compile --disable-pip-version-check --constraint constraints.txt

# Where a machine forbids byte code, each of the many processes of the tests would compile all of its
# libraries anew.
export PYTHONDONTWRITEBYTECODE :=

.PHONY: setup demo run test bench crash faults fuzz texts format constraints clean

setup: $(VENV)/.setup-done

# torch comes first and by itself: it is most of the download.
$(VENV)/.setup-done: pyproject.toml constraints.txt Makefile
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || { \
	  echo "The tutor needs Python 3.11 or newer, and '$(PYTHON)' is older or missing." >&2; \
	  echo "Name another one: make $(or $(MAKECMDGOALS),setup) PYTHON=/path/to/python3.11" >&2; \
	  exit 1; }
	@$(BIN)/python -m pip --version >/dev/null 2>&1 || $(PYTHON) -m venv --clear $(VENV) || { \
	  echo "Python's venv is missing. On Debian and Ubuntu: apt install python3-venv" >&2; \
	  exit 1; }
	@echo "Installing into $(VENV), which takes some minutes the first time: PyTorch (1 of 2)"
	@$(PIP) torch
	@echo "Installing the tutor and its tools (2 of 2)"
	@$(PIP) --editable '.[demo,onnx,test,train]'
	@touch $@

demo: setup
	@$(BIN)/tutor demo

run: setup
	@$(BIN)/tutor run

# $(call step,name,command): the first command that fails ends it, and is named.
define step
	@echo "== $(1)"
	@$(2) || { echo "make $@ stopped at: $(1)" >&2; exit 1; }
endef

# It cannot follow the tests' own files under pytest 9, and says so each time.
COVER := $(BIN)/python -W "ignore:Unable to activate pytest" -m slipcover

test: setup
	$(call step,lint (ruff check),$(BIN)/ruff check .)
	$(call step,format (ruff format --check; make format puts it right),$(BIN)/ruff format --check .)
	$(call step,types (basedpyright),$(BIN)/basedpyright)
	$(call step,imports go one way (lint-imports),PYTHONPATH=. $(BIN)/lint-imports --no-cache)
	$(call step,configuration and banks (tutor check),$(BIN)/tutor check)
	@mkdir -p build
	$(call step,tests (pytest),$(COVER) --json --out build/coverage.json -m pytest --numprocesses 2 --dist worksteal)
	$(call step,coverage of 90 % (slipcover),$(COVER) --merge build/coverage.json --out build/coverage.json --fail-under 90)

texts: setup
	@mkdir -p bot/ui/texts/locale
	@$(BIN)/pybabel --quiet extract --no-default-keywords --keyword N_ --keyword NP_:1,2 \
	  --project tutor --no-location --output bot/ui/texts/locale/tutor.pot bot/ui/texts

bench: setup
	@$(BIN)/python -m tests.bench

crash: setup
	@$(BIN)/python -m tests.discord.crash

faults: setup
	@$(BIN)/python -m tests.discord.trouble

# Nothing else needs atheris, which is not made for every machine.
fuzz: setup
	@$(PIP) --editable '.[fuzz]'
	@$(BIN)/python -m tests.fuzz $(or $(SECONDS),60) $(NAMES)

format: setup
	@$(BIN)/ruff check --fix .
	@$(BIN)/ruff format .

# The newest versions that pyproject.toml allows, but for torch, in the place of the pinned ones.
constraints:
	@$(PYTHON) -m venv --clear build/newest
	@grep '^torch==' constraints.txt >build/torch.txt
	@build/newest/bin/python -m pip install --quiet --requirement build/torch.txt '.[demo,fuzz,onnx,test,train]'
	@{ grep '^#' constraints.txt; \
	  build/newest/bin/python -m pip freeze --exclude tutor-bot | sed 's/+cpu$$//'; } >build/new.txt
	@mv build/new.txt constraints.txt

clean:
	@rm -rf $(VENV) .pytest_cache .ruff_cache .hypothesis .import_linter_cache build dist
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +
