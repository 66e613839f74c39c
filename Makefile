# Needs python3 (3.11 or later) with its venv module, and make. `make demo` shows the tool at work, `make test` runs all tests.

PYTHON ?= python3
VENV ?= .venv
DAY = 2026-11-01

BIN = $(VENV)/bin
LINT = $(BIN)/runbook-lint

.PHONY: help demo test lint bench generated clean

help:
	@echo "make demo       lint the two example repositories"
	@echo "make test       run all tests with branch coverage"
	@echo "make lint       ruff, mypy and the import contract"
	@echo "make bench      measure the speed beside that of other tools, which are installed into build/bench; OPTIONS=--help"
	@echo "make generated  write the pages of the rules, rules/packs.json and the man page anew"
	@echo "make clean      remove the virtual environment and what tools left behind"

# Two stamps: the tool alone is enough for a demo, the development tools come with the first test.
$(VENV)/.made:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python 3.11 or later is needed; name it with PYTHON=..." >&2; exit 1; }
	$(PYTHON) -m venv $(VENV)
	@touch $@

$(VENV)/.installed: pyproject.toml | $(VENV)/.made
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable .
	@touch $@

$(VENV)/.developing: pyproject.toml | $(VENV)/.made
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[dev]'
	@touch $@ $(VENV)/.installed

demo: $(VENV)/.installed
	@echo
	@echo "== A governed repository: runbooks, catalog, alerts and owners agree, so nothing is found."
	@echo "== runbook-lint check --as-of $(DAY) examples/gpu-cloud"
	@echo
	@$(LINT) check --as-of $(DAY) examples/gpu-cloud
	@echo
	@echo "== A repository with a fault for every rule. Its false secrets and unreadable files are put together in build/faulty."
	@echo "== runbook-lint check --as-of $(DAY) build/faulty"
	@echo
	@$(BIN)/python examples/assemble.py build/faulty
	@$(LINT) check --as-of $(DAY) build/faulty; test $$? -eq 1
	@echo
	@echo "== That run ended with exit code 1, as it should. Next: $(BIN)/runbook-lint explain alert/runbook-id"

test: $(VENV)/.developing
	$(BIN)/python -m pytest -n auto --dist loadfile --cov --cov-report=term

lint: $(VENV)/.developing
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

bench: $(VENV)/.installed
	@$(BIN)/python -m benchmarks.bench $(OPTIONS)

generated: $(VENV)/.installed
	$(VENV)/bin/python -c 'from runbook_lint import packs; print(packs.packed(), end="")' > rules/packs.json
	$(LINT) rules --format markdown --pages docs/rules --output rules/README.md
	$(BIN)/python man/generate.py > man/runbook-lint.1

clean:
	rm -rf $(VENV) build dist .coverage .coverage.* .mypy_cache .pytest_cache .ruff_cache .import_linter_cache .hypothesis
