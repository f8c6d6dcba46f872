# Everything here runs in .venv, which the first command makes. `make help` lists the targets.
PYTHON ?= python3
# Optional address of PyTorch's CPU wheels, for Linux without a GPU: https://download.pytorch.org/whl/cpu
TORCH_INDEX ?=
PAGE ?=
FRESH ?=
PART ?=

VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check
INDEX := $(if $(TORCH_INDEX),--extra-index-url $(TORCH_INDEX))
KIT := $(BIN)/python -m coursekit

.DEFAULT_GOAL := help
.PHONY: help serve site test update check test-all test-hub real-models test-real browser bench lock clean

help: ## list these targets
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | awk -F':.*## ' '{printf "  make %-11s %s\n", $$1, $$2}'

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit("Python 3.11 or newer is needed, this is " + sys.version.split()[0] + "; set PYTHON=python3.x") if sys.version_info < (3, 11) else None'
	$(PYTHON) -m venv $(VENV)

# One stamp for each set-up; the full one contains the site's.
$(VENV)/site.stamp: pyproject.toml constraints.txt | $(BIN)/python
	@if [ -e $(VENV)/full.stamp ]; then $(MAKE) --no-print-directory $(VENV)/full.stamp; else \
	  $(PIP) install --quiet --constraint constraints.txt --editable '.[docs]'; fi
	@touch $@

$(VENV)/full.stamp: pyproject.toml constraints.txt | $(BIN)/python
	$(PIP) install --quiet --constraint constraints.txt $(INDEX) --editable '.[docs,run,quantization,labs,dev]'
	@touch $@ $(VENV)/site.stamp

$(VENV)/real.stamp: $(VENV)/full.stamp
	$(PIP) install --quiet --constraint constraints.txt $(INDEX) --editable '.[docs,run,quantization,labs,dev,real]'
	@touch $@

serve: $(VENV)/site.stamp ## build the site, serve it, rebuild on every change
	@$(KIT) serve

site: $(VENV)/site.stamp ## build the site into site/
	@$(KIT) site

test: $(VENV)/full.stamp ## everything that gates a change; PAGE=docs/….md for one page, FRESH=1 for all anew
	@$(KIT) test $(if $(FRESH),--fresh) $(PAGE)

update: $(VENV)/full.stamp ## refresh the outputs and figures of PAGE=docs/….md, and print what changed
	@$(KIT) update $(PAGE)

check: $(VENV)/full.stamp ## lint, types, links, what each page owes; the pages and tests that the change can reach
	@$(KIT) check

test-all: $(VENV)/full.stamp ## nightly: test, all downloads, all recorded experiments; PART=2/4 for one of four parts
	@$(KIT) test-all $(if $(PART),--part $(PART))

test-hub: $(VENV)/full.stamp ## opt-in: run and record snippets/ with the real GPT-2 and BERT (downloads 1.0 GB)
	@$(KIT) test-hub

real-models: $(VENV)/real.stamp ## opt-in: SmolLM2, MiniLM and texts into the user's cache (downloads 180 MB, keeps 740)
	@$(KIT) real-models

test-real: $(VENV)/full.stamp ## opt-in: what needs these two; run and record snippets/ with them
	@$(KIT) test-real

browser: $(VENV)/full.stamp ## get the Chromium in which the tests look at the site, if there is none
	@$(KIT) browser

bench: $(VENV)/full.stamp ## print what site, tests and records cost; speed and memory of training and generation
	@$(KIT) bench
	@$(BIN)/python -m lessons.benchmark

lock: $(VENV)/full.stamp ## renew constraints.txt
	@$(KIT) lock

clean: ## remove what the other targets made here; models in the user's cache stay
	rm -rf $(VENV) site .cache
