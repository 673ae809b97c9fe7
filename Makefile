# `make run` and `make test` need nothing before them: they set up what is missing and skip what is there.
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
.NOTPARALLEL:
.DELETE_ON_ERROR:

# Lazy on purpose: the search for a Python runs only when the virtual environment is made.
PYTHON ?= $(shell for python in python3 python3.14 python3.13 python3.12 python3.11; do \
	"$$python" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 14))' 2>/dev/null && echo "$$python" && break; done)
UV ?= $(firstword $(wildcard .venv/bin/uv) uv)
LOCK = $(UV) pip compile --universal --python-version 3.11 --generate-hashes --no-header --no-annotate -q
BIN := .venv/bin
PIP := $(BIN)/python -m pip --quiet --disable-pip-version-check
JS_SOURCES := $(shell find js \( -name node_modules -o -name dist \) -prune -o -type f -print)
# A stamp is out of date when what it stands for was removed, whatever its time says.
unless = $(if $(wildcard $(1)),,FORCE)

.PHONY: help setup run test bench screenshots soak clean lint types js-test py-test chromium lock FORCE

help:
	@echo "make run     start Byleave on http://localhost:8000 and an example website on http://localhost:8001"
	@echo "make test    lint, types and every test; with firefox-esr installed also a visit in Firefox"
	@echo "make setup   what both need: .venv, js/node_modules and the built scripts"
	@echo "make soak    the long forms of the fault and oracle tests: about five quarters of an hour"
	@echo "make bench   measure, and write docs/benchmarks.md; BENCH_EVENTS=100000000 for the full size"
	@echo "make screenshots  picture every page of a made-up demo into docs/screenshots/"
	@echo "make lock    write the lock files anew (needs uv)"
	@echo "make clean   remove everything that was made, but not data/"

setup: .stamps/python .stamps/node .stamps/build

run: setup
	@exec $(BIN)/python -m example.run

test: setup chromium lint types js-test py-test

lint: setup
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: setup
	$(BIN)/mypy

js-test: setup
	cd js && npm run --silent check
	cd js && npm run --silent test

# A file of tests stays in one process: what it founds once is founded once. More processes than cores would be quicker by a
# fifth, but then browsers wait for each other, and tests of moments fail.
py-test: setup
	$(BIN)/pytest -n auto --maxprocesses 4 --dist loadfile

soak: setup chromium
	@echo "The long forms: 200 kills of each process, 5 M events of backlog, full disks, damage, 2 400 answers of the oracle, 300 lives of a store, 10 000 page loads, every control of a page, 200 requests made up for each route of the API and each caller."
	@echo "About five quarters of an hour on 2 cores; FAULT_SEED repeats a fault test's choices. Nothing is kept."
	FAULTS_LONG=1 HARD_KILLS=$${HARD_KILLS:-200} FULL_TIMES=$${FULL_TIMES:-20} DAMAGES=$${DAMAGES:-50} \
		BACKLOG_EVENTS=$${BACKLOG_EVENTS:-5000000} $(BIN)/pytest -s --durations=15 tests/faults
	PAGE_LOADS=$${PAGE_LOADS:-10000} $(BIN)/pytest -s tests/e2e/test_page_loads.py
	CONTROLS=$${CONTROLS:-1000} $(BIN)/pytest -s tests/e2e/test_states.py
	API_FUZZ=$${API_FUZZ:-200} $(BIN)/pytest -s tests/dashboard/test_fuzz.py
	HYPOTHESIS_PROFILE=long $(BIN)/pytest --timeout=3000 --durations=5 --hypothesis-show-statistics tests/query tests/store/test_visit_lives.py

bench: setup
	$(BIN)/python -m tests.bench

screenshots: setup chromium
	$(BIN)/python -m tests.screenshots

clean:
	rm -rf .venv .stamps js/node_modules collector/static dashboard/static dist test-results
	rm -rf .pytest_cache .mypy_cache .ruff_cache .hypothesis
	find collector dashboard example tests -name __pycache__ -type d -prune -exec rm -rf {} +

lock:
	@command -v $(UV) >/dev/null || { echo "make lock needs uv: see https://docs.astral.sh/uv"; exit 1; }
	$(LOCK) pyproject.toml -o requirements.lock
	$(LOCK) --group dev pyproject.toml -o requirements-dev.lock
	$(LOCK) --group pyproject.toml:build -o requirements-build.lock
	cd js && npm install --package-lock-only --no-audit --no-fund

.stamps/python: requirements-build.lock requirements-dev.lock pyproject.toml $(call unless,.venv/bin/byleave)
	@[ -n "$(PYTHON)" ] || { echo "Byleave needs Python 3.11 to 3.14; none was found. Install one, or run: make PYTHON=/path/to/python3"; exit 1; }
	@"$(PYTHON)" -c 'import ensurepip, venv' 2>/dev/null || { echo "Python's venv module is missing. On Debian and Ubuntu: apt-get install python3-venv"; exit 1; }
	@echo "Installing the Python packages"
	[ -x $(BIN)/pip ] || "$(PYTHON)" -m venv .venv
	$(PIP) install --require-hashes --only-binary :all: -r requirements-build.lock
	$(PIP) install --require-hashes --no-build-isolation -r requirements-dev.lock
	$(PIP) install --no-deps --no-build-isolation -e .
	@mkdir -p .stamps && touch $@

.stamps/node: js/package-lock.json $(call unless,js/node_modules/.package-lock.json)
	@command -v npm >/dev/null || { echo "Byleave needs Node.js 20.19 or newer with npm to build its scripts; it was not found. See https://nodejs.org"; exit 1; }
	@node -e 'const [a, b] = process.versions.node.split(".").map(Number); process.exit(a > 20 || (a === 20 && b >= 19) ? 0 : 1)' \
		|| { echo "Byleave needs Node.js 20.19 or newer; this is $$(node --version). See https://nodejs.org"; exit 1; }
	@echo "Installing the npm packages"
	cd js && npm ci --no-audit --no-fund --no-update-notifier --loglevel=error
	@mkdir -p .stamps && touch $@

.stamps/build: .stamps/node $(JS_SOURCES) $(call unless,collector/static/manifest.json) $(call unless,dashboard/static/dashboard.js)
	@echo "Building the scripts"
	cd js && npm run --silent build
	@mkdir -p .stamps && touch $@

# Only the tests need a browser. One runs in Firefox too, where there is one: apt-get install firefox-esr
chromium:
	@command -v chromium >/dev/null && exit; \
	root=""; [ "$$(id -u)" = 0 ] || { sudo -n true 2>/dev/null && root="sudo -n"; } || \
		{ echo "The tests need Chromium. On Debian and Ubuntu: sudo apt-get install chromium"; exit 1; }; \
	command -v apt-get >/dev/null || { echo "The tests need Chromium on the PATH as 'chromium'. Install it and try again."; exit 1; }; \
	echo "Installing Chromium"; \
	export DEBIAN_FRONTEND=noninteractive; \
	$$root apt-get install -y -qq chromium >/dev/null || { $$root apt-get update -qq && $$root apt-get install -y -qq chromium >/dev/null; }

FORCE:
