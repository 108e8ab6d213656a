# studybell: `make run` shows it, `make test` proves it. Both work on a fresh machine with Python 3.11+.
PYTHON ?= python3
BIN := .venv/bin
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check
# Tests wait for disks, servers and browsers as much as for a processor.
WORKERS ?= $(shell expr 2 \* $$(getconf _NPROCESSORS_ONLN))

.PHONY: help install run test check lint types arrows collect node bench torture mutants lock dev clean
help: ## show this list
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## /\t/' | expand -t 12

install: .venv/.installed ## prepare .venv with the locked dependencies

run: install ## serve the sample season with an embedded mailbox and a fast clock
	@$(BIN)/studybell demo

test: dev ## run all tests
	$(BIN)/python -m pytest -n $(WORKERS) --dist worksteal tests

check: lint types arrows ## lint, formatting, types and the arrows between the rooms

lint: dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: dev
	$(BIN)/mypy

arrows: dev
	$(BIN)/lint-imports

collect: dev # compiles the tests, so that not each of many processes does
	$(BIN)/python -m pytest --collect-only --quiet tests | tail -n 1

node: $(patsubst %,tests/%/node/node_modules,delivery feed mail)

tests/%/node/node_modules: tests/%/node/package-lock.json
	cd $(@D) && npm ci --no-audit --no-fund
	@touch $@

bench: dev ## measure against peers, in ratios
	$(BIN)/python -m tests.benchmarks

torture: dev ## kill, crash, race and cut off in large: takes hours (ONLY="killing and sqlite" for a part)
	$(BIN)/python -m tests.torture $(if $(ONLY),-k "$(ONLY)")

mutants: dev ## break the ledger in every known way, and see that the tests notice: takes some minutes
	$(BIN)/python -m tests.torture.mutating

lock: ## write the hashed locks anew (needs uv)
	uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --custom-compile-command "make lock" \
		pyproject.toml --group build -o requirements.txt
	uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --custom-compile-command "make lock" \
		-c requirements.txt pyproject.toml --group dev -o requirements-dev.txt

clean: ## remove .venv and everything that tools left behind
	rm -rf .venv dist build .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache

dev: .venv/.developing

.venv/bin/python:
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "studybell needs Python 3.11 or newer; set PYTHON=...")'
	$(PYTHON) -m venv .venv

.venv/.installed: .venv/bin/python requirements.txt pyproject.toml
	$(PIP) --require-hashes --requirement requirements.txt
	$(PIP) --no-deps --no-build-isolation --editable .
	@touch $@

.venv/.developing: .venv/.installed requirements-dev.txt
	$(PIP) --require-hashes --requirement requirements-dev.txt
	@touch $@
