# The project's commands; `make` alone lists them.
PYTHON ?= python3
STAMP := .venv/.set-up
AWS_TOOLS := .venv/aws/.set-up
BIN := .venv/bin
WORKFLOW := configs/workflows/anticline_2d.yaml
RENDER = anticline render $(WORKFLOW) --cluster configs/clusters/aws.yaml
DEMO := output/anticline_2d_workflow
DRAWN := model smooth survey stack reflectivity

export PATH := $(CURDIR)/$(BIN):$(PATH)

.DEFAULT_GOAL := help
.PHONY: help setup aws-tools demo check test test-mpi test-full test-gpu bench reproduce-convergence-map jobscripts parallelcluster doctor lock clean

help: ## list the commands
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-10s %s\n", $$1, $$2}' Makefile

setup: $(STAMP) ## install what is missing: system packages, .venv, bindings over MPI

$(STAMP): pyproject.toml requirements.lock $(wildcard setup/*)
	@PYTHON=$(PYTHON) setup/system.sh
	@$(PYTHON) setup/environment.py
	@$(PYTHON) setup/wheels.py
	@touch $@

aws-tools: $(AWS_TOOLS) ## install pcluster, aws and what tests hold AWS's files to: 435 MB

$(AWS_TOOLS): setup/aws.lock | $(STAMP)
	@$(PYTHON) setup/environment.py aws
	@touch $@

demo: setup ## model a survey over an anticline and migrate it, as a workflow; draw it
	@anticline run $(WORKFLOW)
	@[ $(DEMO)/report.html -nt $(DEMO)/steps/compare/ended.json ] || anticline report $(DEMO)
	@new=$$(for file in $(DRAWN:%=$(DEMO)/steps/%/*.h5); do \
		[ $${file%.h5}.png -nt $$file ] || echo $$file; done); \
		[ -z "$$new" ] || anticline plot $$new >/dev/null
	@echo "pictures:" && ls $(DEMO)/steps/*/*.png && echo "report: $(DEMO)/report.html"

check: setup $(AWS_TOOLS) ## ruff, mypy --strict, import-linter
	@echo "== check: style, types, imports"
	@ruff check --quiet . && ruff format --quiet --check . && echo "ruff: no finding"
	@mypy
	@lint-imports

test: check ## check, then every quick test: on one process, then on 2, 3 and 4 ranks
	@tests/run.sh all "not slow and not gpu"

test-mpi: setup ## only the quick tests on 2, 3 and 4 ranks
	@tests/run.sh ranks "not slow and not gpu"

test-full: check ## every test, those that take minutes included
	@tests/run.sh all "not gpu"

test-gpu: ## the tests that need a CUDA device, on one process and on ranks
	@tests/gpu.sh

bench: setup ## speed as ratios: to memory bandwidth, and to peers
	@python benchmarks/run.py

reproduce-convergence-map: setup ## how far misfits converge; goes on where it stopped
	@mkdir -p output
	@python benchmarks/convergence_map.py output/convergence_map.yaml
	@anticline run output/convergence_map.yaml --run output/convergence_map

jobscripts: setup ## render jobscripts/ anew
	@$(RENDER) --out jobscripts/x86 --queue x86
	@$(RENDER) --out jobscripts/graviton --queue graviton
	@$(RENDER) --out jobscripts/gpu --queue x86 --queue shots=gpu --queue image=gpu

parallelcluster: setup ## render parallelcluster/*.yaml anew
	@anticline cluster render configs/clusters/aws.yaml --out parallelcluster

doctor: setup ## what this machine offers, and a remedy for each lack
	@anticline doctor

lock: setup ## write the locks anew from pyproject.toml
	@setup/lock.sh

clean: ## remove what was made: results, caches and the environment
	rm -rf .venv benchmarks/.envs output build dist .mypy_cache .ruff_cache .pytest_cache \
		.import_linter_cache .hypothesis
	find framework solvers tests setup -name __pycache__ -prune -exec rm -rf {} +
