# make study    the miniature, from an empty folder to its report
#               (PRESET=smoke: another preset; those that cost much show their plan and ask for YES=1)
# make test     unit tests, and the smoke graph end to end
# make lint     style and types
# make backbones   pretrain the shipped backbones anew, by the recipe in config.yaml: hours

SHELL := /bin/bash
# The first that starts: a name may be pyenv's, without a version behind it.
PYTHON ?= $(shell for python in python3.11 python3.12 python3.13 python3; do \
    "$$python" -c "" 2> /dev/null && command -v "$$python" && break; done)
# Another folder is for another Python: make test VENV=/tmp/other PYTHON=python3.13
VENV := .venv
BIN := $(VENV)/bin
# Tools are called as modules: the first line of a script names a path, and the kernel takes none with a
# blank.
RUN := $(BIN)/python -m
PIP := $(RUN) pip install --quiet --disable-pip-version-check

PRESET ?= miniature
PRESETS := miniature $(basename $(notdir $(wildcard presets/*.yaml)))
# The value as it is written: no function of make in it is called, no % stands for other letters.
ifneq ($(words $(value PRESET))$(findstring |$(value PRESET)|,$(PRESETS:%=|%|)),1|$(value PRESET)|)
$(error PRESET: given $(value PRESET); allowed: $(PRESETS))
endif
OVER := $(if $(filter rehearsal,$(PRESET)),paper)
RESULTS := results/$(PRESET)
SNAKEMAKE := $(RUN) snakemake $(if $(filter-out miniature,$(PRESET)),--configfile $(addprefix presets/,$(addsuffix .yaml,$(OVER) $(PRESET))))

# What downloads much, or asks for GPUs, shows its plan and waits for a word.
ASKED := $(if $(filter paper rehearsal released gpu,$(PRESET)),$(if $(YES),,ask))

.PHONY: study test lint backbones
.DELETE_ON_ERROR:

study: $(VENV)/installed
ifneq ($(ASKED),)
	@$(RUN) downscaling plan $(addprefix presets/,$(addsuffix .yaml,$(OVER) $(PRESET)))
	@echo; echo "nothing was started; to run it: make study PRESET=$(PRESET) YES=1"; exit 1
else
	@PYTHONPATH=workflow/display $(SNAKEMAKE) --cores all --logger progress
	@echo "report   $(RESULTS)/report.html"
	@echo "table    $(RESULTS)/tables/table2.csv"
	@echo "validity $(RESULTS)/tables/validity.csv"
	@echo "audit    $(RESULTS)/audit/audit.txt"
	@echo "figures  $(RESULTS)/figures/"
	@$(RUN) downscaling compare $(RESULTS) --brief || true
endif

test: $(VENV)/installed
	@$(RUN) pytest -m "not slow" -n auto --maxprocesses 4 --dist loadfile --no-loadscope-reorder

lint: $(VENV)/installed
	@$(RUN) ruff check
	@$(RUN) ruff format --check
	@$(RUN) snakefmt --check Snakefile workflow
	@$(RUN) mypy
	@$(BIN)/python -c 'from importlinter.cli import lint_imports_command as lint; lint()'
	@$(RUN) snakemake --lint --quiet all

backbones: $(VENV)/installed
	@$(RUN) snakemake --cores all --config preset=retrained 'backbones={source: retrained}' -- backbones
	@$(RUN) downscaling shelve --backbones results/retrained/backbones --out backbones

# A stamp: installing is skipped for as long as what it reads is older. pip works on one core and
# resolves for a minute; so the pinned list, in which nothing is left to resolve, is unpacked by two
# of them, and compiled on all cores (some packages carry a module for a later Python). The last
# call adds what only this platform needs, such as a GPU's libraries.
$(VENV)/installed: pyproject.toml envs/constraints.txt | $(BIN)/python
	@echo "installing into $(VENV)"
	@grep -v '^#' envs/constraints.txt | sort -r | xargs -P 2 -n 25 $(PIP) --no-deps --no-compile
	@$(RUN) compileall -qq -j 0 $(VENV)/lib || true
	@$(PIP) --no-build-isolation -c envs/constraints.txt -e ".[dev]"
	@touch $@

$(BIN)/python:
	@"$(PYTHON)" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 14))' 2>/dev/null || \
	    { echo "make: Python 3.11 to 3.13 is needed; name one with PYTHON=..."; exit 1; }
	@"$(PYTHON)" -m venv $(VENV) || \
	    { rm -f $@; echo "make: $(PYTHON) lacks venv; on Debian: apt-get install python3-venv"; exit 1; }

config.schema.json: $(wildcard src/downscaling/config/*.py) | $(VENV)/installed
	@$(RUN) downscaling.config > $@
