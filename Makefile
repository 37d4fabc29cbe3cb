# `make demo` opens CoClause on this machine, `make stop` stops it, `make test` tries everything.
# Each may be run again, after a kill too: what is up to date is skipped, the rest is taken up.
.DEFAULT_GOAL := help
.PHONY: help setup demo demo-data stop test nightly bench check

PYTHON := .venv/bin/python
# Stamps carry the folder's key: an environment does not survive a move of its checkout.
PLACE := $(firstword $(shell pwd | cksum))
PYTHON_READY := .venv/.ready-$(PLACE)
PYTHON_DEV_READY := .venv/.ready-dev-$(PLACE)
NODE_READY := node_modules/.ready
NODE_DEV_READY := node_modules/.ready-dev
NPM_CI := PATH="$(CURDIR)/.venv/bin:$$PATH" npm ci --ignore-scripts --no-audit --no-fund --loglevel=error

COCLAUSE_CHROMIUM ?= $(firstword $(foreach name,chromium chromium-browser google-chrome google-chrome-stable,$(shell command -v $(name))))
export COCLAUSE_CHROMIUM

help:
	@echo "make demo       ouvre la démonstration sur http://127.0.0.1:8000 (COCLAUSE_PORT pour un autre port)"
	@echo "make stop       l'arrête"
	@echo "make test       lance les tests"
	@echo "make setup      installe l'environnement seul, dans .venv"
	@echo "make demo-data  remplit la base sans servir : la commande « coclause » y répond"
	@echo "make check      relit le code sans rien changer"
	@echo "make nightly    lance ce qui est trop long pour chaque changement"
	@echo "make bench      mesure"

# Without development tools; --inexact leaves those that are already there.
$(PYTHON_READY): uv.lock pyproject.toml
	@echo "Environnement Python…"
	@scripts/uv sync --quiet --frozen --inexact --no-dev --group frontend
	@touch $@

$(PYTHON_DEV_READY): uv.lock pyproject.toml
	@echo "Environnement Python et outils de développement…"
	@scripts/uv sync --quiet --frozen --inexact
	@touch $@ $(PYTHON_READY)

$(NODE_READY): package.json package-lock.json | $(PYTHON_READY)
	@echo "Fichiers de présentation…"
	@$(NPM_CI) --omit=dev
	@touch $@

$(NODE_DEV_READY): package.json package-lock.json | $(PYTHON_DEV_READY)
	@echo "Fichiers de présentation et outils de test…"
	@$(NPM_CI)
	@touch $@ $(NODE_READY)

setup: $(PYTHON_READY) $(NODE_READY)

demo: setup
	@exec $(PYTHON) -m coclause.cli demo

demo-data: setup
	@$(PYTHON) -m coclause.cli demo-data

stop:
	@if [ -x $(PYTHON) ]; then $(PYTHON) -m coclause.cli stop; fi

test: $(PYTHON_DEV_READY) $(NODE_DEV_READY)
ifeq ($(COCLAUSE_CHROMIUM),)
	@echo "ATTENTION : pas de Chromium ici, les tests dans le navigateur ne sont PAS lancés (Debian : apt install chromium)."
endif
	@COCLAUSE_DEMO=1 $(PYTHON) -m pytest -n 3 --dist loadgroup $(PYTEST_ARGS)
ifeq ($(COCLAUSE_CHROMIUM),)
	@echo "ATTENTION : les tests dans le navigateur n'ont PAS été lancés, faute de Chromium."
endif

# What is too slow for every change: the same pages for every role and in every state.
nightly: $(PYTHON_DEV_READY) $(NODE_DEV_READY)
	@COCLAUSE_DEMO=1 COCLAUSE_NIGHTLY=1 $(PYTHON) -m pytest -n 2 --dist loadgroup -m nightly $(PYTEST_ARGS)

bench: $(PYTHON_DEV_READY) $(NODE_DEV_READY) demo-data
	@$(PYTHON) -m benchmarks

check: $(PYTHON_DEV_READY)
	$(PYTHON) -m ruff format --check
	$(PYTHON) -m ruff check
	COCLAUSE_TOOLING=1 $(PYTHON) -m mypy
	.venv/bin/lint-imports
	.venv/bin/djlint --quiet --lint src/coclause/web/templates
	@# No database is needed to compare models with migrations: the warning says only that.
	COCLAUSE_TOOLING=1 DATABASE_URL=postgres:///none?host=/nonexistent $(PYTHON) -W ignore::RuntimeWarning \
		-m django makemigrations --check --dry-run --settings coclause.config.settings
	scripts/uv lock --check
	scripts/check-locks
