# make study    the miniature, from an empty folder to its report      (PRESET=gpu: another preset)
# make test     unit tests, and the smoke graph end to end
# make lint     style and types
# make backbones   pretrain the shipped backbones anew, by the recipe in config.yaml: hours

SHELL := /bin/bash
PYTHON ?= $(firstword $(foreach name,python3.11 python3.12 python3.13 python3,$(shell command -v $(name))))
BIN := .venv/bin
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check

PRESET ?= miniature
ifeq ($(filter $(PRESET),miniature $(basename $(notdir $(wildcard presets/*.yaml)))),)
$(error PRESET: given $(PRESET); allowed: miniature $(basename $(notdir $(wildcard presets/*.yaml))))
endif
OVER := $(if $(filter rehearsal,$(PRESET)),paper)
RESULTS := results/$(PRESET)
SNAKEMAKE := $(BIN)/snakemake $(if $(filter-out miniature,$(PRESET)),--configfile $(addprefix presets/,$(addsuffix .yaml,$(OVER) $(PRESET))))

.PHONY: study test lint backbones
.DELETE_ON_ERROR:

study: .venv/installed
	@PYTHONPATH=workflow/display $(SNAKEMAKE) --cores all --logger progress
	@echo "report   $(RESULTS)/report.html"
	@echo "table    $(RESULTS)/tables/table2.csv"
	@echo "validity $(RESULTS)/tables/validity.csv"
	@echo "audit    $(RESULTS)/audit/audit.txt"
	@echo "figures  $(RESULTS)/figures/"
	@$(BIN)/downscaling compare $(RESULTS) --brief || true

test: .venv/installed
	@$(BIN)/python -m pytest -m "not slow" -n auto --maxprocesses 4 --dist loadfile --no-loadscope-reorder

lint: .venv/installed
	@$(BIN)/ruff check
	@$(BIN)/ruff format --check
	@$(BIN)/snakefmt --check Snakefile workflow
	@$(BIN)/mypy
	@$(BIN)/lint-imports
	@$(BIN)/snakemake --lint --quiet all

backbones: .venv/installed
	@$(BIN)/snakemake --cores all --config preset=retrained 'backbones={source: retrained}' -- backbones
	@$(BIN)/downscaling shelve --backbones results/retrained/backbones --out backbones

# A stamp: installing is skipped for as long as what it reads is older. pip works on one core and
# resolves for a minute; so the pinned list, in which nothing is left to resolve, is unpacked by two
# of them, and compiled on all cores (some packages carry a module for a later Python). The last
# call adds what only this platform needs, such as a GPU's libraries.
.venv/installed: pyproject.toml envs/constraints.txt | $(BIN)/python
	@echo "installing into .venv"
	@grep -v '^#' envs/constraints.txt | sort -r | xargs -P 2 -n 25 $(PIP) --no-deps --no-compile
	@$(BIN)/python -m compileall -qq -j 0 .venv/lib || true
	@$(PIP) --no-build-isolation -c envs/constraints.txt -e ".[dev]"
	@touch $@

$(BIN)/python:
	@"$(PYTHON)" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 14))' 2>/dev/null || \
	    { echo "make: a Python from 3.11 to 3.13 is needed; name one with PYTHON=..."; exit 1; }
	@"$(PYTHON)" -m venv .venv || \
	    { rm -rf .venv; echo "make: $(PYTHON) lacks venv; on Debian: apt-get install python3-venv"; exit 1; }

config.schema.json: $(wildcard src/downscaling/config/*.py) | .venv/installed
	@$(BIN)/python -m downscaling.config > $@
