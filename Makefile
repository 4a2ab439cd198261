# `make run` and `make test` each do all their own set-up on a fresh machine (Python >= 3.11 and make).
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
TESTED := $(VENV)/.tested
PEERS := .venv-peers
TESTS_READ := $(shell find src tests catalog benchmarks docs examples -type f -not -name '*.pyc' -not -path '*/.modeltui/*') README.md CHANGELOG.md

.DEFAULT_GOAL := help
.PHONY: help run test check format lint types contracts crash hostile bench bench-growth bench-peers bench-smoke screenshot schema wheel clean

help:  ## Show the targets
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 16

$(READY): pyproject.toml constraints.txt
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "modeltui needs Python 3.11 or later")'
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable '.[dev]'
	$(BIN)/python -m compileall -q src
	touch $@

run: $(READY)  ## Open the console on the sample catalogue
	$(BIN)/modeltui --catalog catalog

test: $(READY)  ## Run the tests
	touch $(TESTED).begun
	$(BIN)/pytest -n auto
	mv $(TESTED).begun $(TESTED)

# The tests again, unless they have passed since anything that they read was changed.
$(TESTED): $(READY) $(TESTS_READ)
	$(MAKE) --no-print-directory test

check: $(READY) format lint types contracts $(TESTED) bench-smoke  ## Everything that CI checks

format: $(READY)
	$(BIN)/ruff format --check .

lint: $(READY)
	$(BIN)/ruff check .

types: $(READY)
	$(BIN)/mypy

contracts: $(READY)
	$(BIN)/lint-imports --no-logo

crash: $(READY)  ## Every crash state, kill point and fault of an apply (ten minutes); prints its table
	MODELTUI_CRASH=all $(BIN)/pytest -n auto -rA tests/crash

hostile: $(READY)  ## A stranger's catalogue whole, and one of 200,000 files
	MODELTUI_HOSTILE=all MODELTUI_CROWD=200000 $(BIN)/pytest -rA tests/hostile

# Into PAGE=docs/performance.md go the tables, for who wants them kept.
bench: $(READY) bench-peers  ## Measure against bare floors and other tools, exit 1 on a miss; then the growth
	$(BIN)/python -m benchmarks --plot docs/growth.svg $(if $(PAGE),--page $(PAGE))

bench-growth: $(READY)  ## From 100 to 100,000 models; draws docs/growth.svg
	$(BIN)/python -m benchmarks.growth --plot docs/growth.svg $(if $(PAGE),--page $(PAGE))

# The tools that `bench` compares with, aside from what the product needs; those of the system (vim, fzf) are taken as they are.
bench-peers: $(PEERS)/.ready

$(PEERS)/.ready: pyproject.toml constraints.txt
	test -x $(PEERS)/bin/python || $(PYTHON) -m venv $(PEERS)
	$(PEERS)/bin/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt '.[peers]' \
		|| echo 'other tools could not be installed: what is compared with them is left out'
	touch $@

bench-smoke: $(READY)
	$(BIN)/python -m benchmarks --smoke
	$(BIN)/python -m benchmarks.growth --smoke

screenshot: $(READY)  ## Draw the pictures of the pages from the real console
	$(BIN)/python -m benchmarks.screenshot docs

schema: $(READY)  ## Write docs/schema, which the tests hold against the format
	$(BIN)/modeltui schema all --out docs/schema --yes

wheel: $(READY)  ## Build the wheel, sample catalogue included
	$(BIN)/python -m pip wheel --quiet --disable-pip-version-check --no-deps --wheel-dir dist .

clean:
	rm -rf $(VENV) $(PEERS) dist .pytest_cache .mypy_cache .ruff_cache .hypothesis
