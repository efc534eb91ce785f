PYTHON ?= python3
SPECS ?= ../shared/specs
GAMES ?= 500
PY = .venv/bin/python

.PHONY: up test chaos unit contract lint-catalogue check lock deps dev browser

up: deps
	@exec $(PY) manage.py up

deps:
	@$(PYTHON) bootstrap.py

dev:
	@$(PYTHON) bootstrap.py --dev

# The whole suite, on SQLite with the embedded broker and on PostgreSQL with Redis, side by side; what a browser makes
# of a page once.
test: dev browser
	@SPECS="$(abspath $(SPECS))" $(PY) -m tests.services

# The long experiments on what is never lost and never doubled, hours of them; CHAOS_SCALE=0.1 makes them a tenth as long.
# Each says what it came to in one line, all of them at the end; RECORD=1 adds those to tests/acceptance/chaos/RESULTS.md.
chaos: dev
	@results=$$(mktemp); CHAOS_RESULTS=$$results CHAOS_EXAMPLES=$(GAMES) CHAOS_STEPS=80 \
		TEST_PROCESSES="sqlite postgres" $(PY) -m tests.services -o faulthandler_timeout=0 \
		tests/acceptance/chaos/nightly_*.py tests/acceptance/chaos/test_e43_machine.py; \
		code=$$?; $(PY) -m tests.acceptance.chaos.record $$results $(if $(RECORD),--write); rm -f $$results; exit $$code

# The pure part: the recipe language, the connectors, the sandboxes. No database, no browser.
unit: dev
	@$(PY) -m pytest -q $(wildcard tests/recipe tests/connectors tests/sandboxes)

browser: dev
	@$(PY) -m tests.browser

# What every entry of the catalogue owes to the people who read it: a label, help on what is needed, a sample, a class.
lint-catalogue: dev
	@$(PY) manage.py operations --lint

contract: dev
	@test -d "$(SPECS)" || { echo "contract: there is no folder $(SPECS). Name it: make contract SPECS=…"; exit 1; }
	@SPECS="$(abspath $(SPECS))" $(PY) -m pytest -q tests/contract

check: dev
	@.ci/checks

lock: dev
	@command -v uv >/dev/null || { echo "make lock needs uv: https://docs.astral.sh/uv/"; exit 1; }
	uv pip compile requirements.in $(LOCK) -o requirements.txt
	uv pip compile requirements-dev.in -c requirements.txt $(LOCK) -o requirements-dev.txt

LOCK = --quiet --upgrade --generate-hashes --universal --python-version 3.11 --no-annotate --no-header \
	--no-emit-index-url --no-emit-find-links
