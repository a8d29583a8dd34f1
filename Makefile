# Everything runs on a fresh machine with Rust, Python 3.10 or newer, and make.
# The Python environment below .venv holds AWS servers to run against, and clients (rclone, the AWS CLI);
# no AWS account is used.

PYTHON ?= python3
CARGO ?= cargo
# Such as --locked or --offline, for every cargo command.
CARGO_FLAGS ?=

VENV := .venv
TARGET := $(or $(CARGO_TARGET_DIR),target)

.DEFAULT_GOAL := help
.PHONY: help demo test check lint deny bench

help: ## Show this list
	@awk -F ':.*## ' '/^[a-z.]+:.*## / { printf "  make %-6s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

demo: $(VENV) ## Set up a bucket and its identities on a local AWS server, step by step
	@$(CARGO) build $(CARGO_FLAGS)
	@$(VENV)/bin/python tests/demo.py $(TARGET)/debug/s3setup

test: $(VENV) ## Run all tests, against local AWS servers
	@$(CARGO) test $(CARGO_FLAGS)

check: lint test deny ## Formatting, lints, all tests, and the dependencies' audit

bench: ## Run the benchmarks
	@$(CARGO) bench $(CARGO_FLAGS)

lint:
	@$(CARGO) fmt --check
	@$(CARGO) clippy $(CARGO_FLAGS) --all-targets -- -D warnings

# Advisories need a download; the rest of the audit does not, and must pass without it.
deny:
	@if ! $(CARGO) deny --version >/dev/null 2>&1; then \
		echo "NOT DONE: the dependencies' audit (cargo install --locked cargo-deny)"; \
	elif ! $(CARGO) deny check bans licenses sources; then \
		exit 1; \
	elif ! $(CARGO) deny fetch db >/dev/null 2>&1; then \
		echo "NOT DONE: the search for advisories (their database cannot be downloaded)"; \
	else \
		$(CARGO) deny check advisories; \
	fi

# Made again whenever the pinned versions change. The stamp comes last: an interrupted
# installation is begun anew.
$(VENV): $(VENV)/.installed

$(VENV)/.installed: tests/requirements.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 10))' \
		|| { echo "Python 3.10 or newer is needed: make PYTHON=python3.12 $(MAKECMDGOALS)"; exit 1; }
	@echo "Making $(VENV), with the AWS servers and clients of the tests (once; about half a minute)"
	@rm -rf $(VENV)
	@$(PYTHON) -m venv $(VENV)
	@$(VENV)/bin/python -m pip install --quiet --disable-pip-version-check \
		--require-hashes --requirement tests/requirements.txt
	@touch $@
