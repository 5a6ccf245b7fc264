# make study    the miniature, from an empty folder to its report      (PRESET=gpu: another preset)
# make test     unit tests, and the smoke graph end to end
# make lint     style and types
# make backbones   pretrain the shipped backbones anew, by the recipe in config.yaml: hours

SHELL := /bin/bash
PYTHON ?= $(firstword $(foreach name,python3.11 python3.12 python3.13 python3,$(shell command -v $(name))))
BIN := .venv/bin
INSTALL := $(BIN)/python -m pip install --quiet --disable-pip-version-check -c envs/constraints.txt

PRESET ?= miniature
ifeq ($(filter $(PRESET),miniature $(basename $(notdir $(wildcard presets/*.yaml)))),)
$(error PRESET: given $(PRESET); allowed: miniature $(basename $(notdir $(wildcard presets/*.yaml))))
endif
RESULTS := results/$(PRESET)
SNAKEMAKE := $(BIN)/snakemake $(if $(filter-out miniature,$(PRESET)),--configfile presets/$(PRESET).yaml)

.PHONY: study test lint backbones
.DELETE_ON_ERROR:

study: .venv/study
	@PYTHONPATH=workflow/display $(SNAKEMAKE) --cores all --logger progress
	@echo "report   $(RESULTS)/report.html"
	@echo "table    $(RESULTS)/tables/table2.csv"
	@echo "validity $(RESULTS)/tables/validity.csv"
	@echo "audit    $(RESULTS)/audit/audit.txt"
	@echo "figures  $(RESULTS)/figures/"

test: .venv/dev
	@$(BIN)/python -m pytest -m "not slow"

lint: .venv/dev
	@$(BIN)/ruff check
	@$(BIN)/ruff format --check
	@$(BIN)/snakefmt --check --quiet Snakefile workflow
	@$(BIN)/mypy
	@$(BIN)/snakemake --lint --quiet all

backbones: .venv/study
	@$(BIN)/snakemake --cores all --config preset=retrained 'backbones={source: retrained}' -- backbones
	@$(BIN)/downscaling shelve --backbones results/retrained/backbones --out backbones

# A stamp each: installing is skipped for as long as what it reads is older.
.venv/study: pyproject.toml envs/constraints.txt | $(BIN)/python
	@echo "installing into .venv"
	@$(INSTALL) -e .
	@touch $@

.venv/dev: pyproject.toml envs/constraints.txt | $(BIN)/python
	@echo "installing into .venv, with what tests need"
	@$(INSTALL) -e ".[dev]"
	@touch $@ .venv/study

$(BIN)/python:
	@"$(PYTHON)" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 14))' 2>/dev/null || \
	    { echo "make: a Python from 3.11 to 3.13 is needed; name one with PYTHON=..."; exit 1; }
	@"$(PYTHON)" -m venv .venv || \
	    { rm -rf .venv; echo "make: $(PYTHON) lacks venv; on Debian: apt-get install python3-venv"; exit 1; }

config.schema.json: $(wildcard src/downscaling/study/*.py) | .venv/dev
	@$(BIN)/python -m downscaling.study > $@
