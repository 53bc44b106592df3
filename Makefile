# Everything that one types in this project. `make` alone lists it.

NAME ?= sandbox
# The distribution's Python, as on the hosts, where it is new enough: one that was built without its profile, as pyenv does
# unless told otherwise, takes an eighth longer to mask (docs/performance.md).
DISTRIBUTION := /usr/bin/python3
IS_NEW_ENOUGH := import sys; sys.exit(sys.version_info < (3, 10))
PYTHON ?= $(shell "$(DISTRIBUTION)" -c '$(IS_NEW_ENOUGH)' 2>/dev/null && echo "$(DISTRIBUTION)" || echo python3)
VENV_PYTHON := "$(CURDIR)/.cache/venv/bin/python"
# The sandbox makes namespaces, mounts and loop devices: that needs root. `-E` keeps the environment (proxies, AWS settings).
SUDO := $(if $(filter 0,$(shell id -u)),,sudo -E env "PATH=$$PATH")

OWN_PATH := $(CURDIR)/.cache/bin:$(CURDIR)/.cache/venv/bin
# Set-up starts from the machine's own Python, also where the environment of a sandbox is loaded.
SETUP := cd "$(CURDIR)" && PATH="$(subst $(CURDIR)/.cache/venv/bin:,,$(subst $(CURDIR)/.cache/bin:,,$(PATH)))" $(PYTHON) -m sandbox.toolchain
export PATH := $(OWN_PATH):$(PATH)
# What Python compiled is kept, whatever the machine is set to: without it, collecting tests takes nearly twice as long. With
# sudo it is not, or root's files would lie in your tree.
export PYTHONDONTWRITEBYTECODE := $(if $(SUDO),1,)
export NAME

.DEFAULT_GOAL := help
.PHONY: help docs setup sandbox sandbox-stop sandbox-env doctor demo demo-aurora test test-fast soak check format toolkit kernel bench clean

help: ## This list.
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-13s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)
	@echo "  NAME=<name> chooses the sandbox (default: sandbox)."

setup: ## Bring every tool into .cache/ (minutes the first time, then under two seconds).
	@$(SETUP)

sandbox: setup ## Start a sandbox and print the environment for typing pulumi commands yourself.
	@$(SUDO) $(VENV_PYTHON) -m sandbox start --name "$$NAME"

sandbox-stop: ## Stop that sandbox and leave nothing of it behind.
	@$(SUDO) $(VENV_PYTHON) -m sandbox stop --name "$$NAME"

sandbox-env: ## Print the environment of a running sandbox: eval "$(make -s sandbox-env)"
	@$(SUDO) $(VENV_PYTHON) -m sandbox env --name "$$NAME"

doctor: setup ## Says whether a stack's surroundings are in order, and what to do: STACK=<name>, else the selected one.
	@$(VENV_PYTHON) -m doctor $(if $(STACK),--stack "$(STACK)")

demo: setup ## The whole story in a sandbox: a production, two refreshes, what staging then holds.
	@$(SUDO) $(VENV_PYTHON) -m sandbox.demo

demo-aurora: setup ## The second refresh in a sandbox: dumps masked and loaded, swapped, refused, taken back.
	@$(SUDO) $(VENV_PYTHON) -m sandbox.demo_aurora

test: setup check ## All checks and all tests, those that need root and real servers too.
	$(VENV_PYTHON) -m pytest -m "not sandbox and not soak" --numprocesses auto
	$(SUDO) $(VENV_PYTHON) -m pytest -m "sandbox and not soak" --numprocesses 3 --dist loadscope

soak: setup ## The long tests: killed in every step with pulumi, ten refreshes under writers (an hour).
	$(SUDO) $(VENV_PYTHON) -m pytest -m soak --hypothesis-profile=search --numprocesses 3 --dist loadscope
	@$(SETUP) --mysql
	$(SUDO) env UNDERSTUDY_MYSQL="$(CURDIR)/.cache/mysql/bin" $(VENV_PYTHON) -m pytest -m "sandbox and not soak" tests/aurora

test-fast: setup ## The quick tests, which need neither root nor servers.
	$(VENV_PYTHON) -m pytest -m "not sandbox and not soak and not slow" --numprocesses auto

# Shell is looked for, so that a new file cannot be forgotten; the stand-ins without ending carry their shebang.
SHELL_FILES = $(shell find scripts sandbox docs .ci -name .cache -prune -o -type f \
	\( -name '*.sh' -o ! -name '*.*' -exec sh -c 'head -n 1 "$$1" | grep -q "^#!.*sh$$"' _ {} \; \) -print)

check: setup ## Lint, format, types and shell.
	ruff check .
	ruff format --check .
	mypy
	shellcheck --external-sources --source-path=scripts $(SHELL_FILES)
	shfmt --diff --indent 2 --case-indent $(SHELL_FILES)

format: setup ## Rewrite Python and shell in the project's format.
	ruff check --fix-only --quiet .
	ruff format .
	shfmt --write --indent 2 --case-indent $(SHELL_FILES)

docs: setup ## Write the generated parts of docs/ anew, and build the site into .cache/site.
	$(VENV_PYTHON) -m documentation
	NO_MKDOCS_2_WARNING=1 $(VENV_PYTHON) -m mkdocs build --strict --quiet

toolkit: ## Fetch the wheels for hosts that are unlike this machine: PYTHON_VERSION=3.12, MACHINE=aarch64.
	@$(SETUP) $(if $(PYTHON_VERSION),--python-version "$(PYTHON_VERSION)") $(if $(MACHINE),--machine "$(MACHINE)")

kernel: ## Build the anonymizer's kernel (needs Rust); make setup does so too, where it can.
	@$(SETUP) --kernel

bench: setup ## Measure the masked copy beside raw ones and other tools: BENCH="--quick" for a small one.
	$(VENV_PYTHON) -m bench $(BENCH)
	$(VENV_PYTHON) -m bench.dumps $(BENCH)

clean: ## Remove .cache/ (run make sandbox-stop first).
	@if [ -n "$$(ls -A .sandbox 2>/dev/null)" ]; then echo "A sandbox is running: make sandbox-stop NAME=… first." >&2; exit 1; fi
	rm -rf .cache
