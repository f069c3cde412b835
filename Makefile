# The only commands to know. PYTHON may name another interpreter (3.11 or newer).
PYTHON ?= python3
BIN := .venv/bin
LOCK = $(BIN)/uv pip compile --quiet --upgrade --generate-hashes --no-header --no-emit-index-url --no-emit-find-links pyproject.toml

.PHONY: serve system client test origins devices quality sizes bench lab lab-full receipts lint lock clean faults alarms

serve: .venv/installed
	$(BIN)/lightkeeper serve

.venv/installed: requirements-dev.lock pyproject.toml
	test -x $(BIN)/python || $(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --no-deps --require-hashes -r requirements-dev.lock
	$(BIN)/python -m pip install --quiet --no-deps --no-build-isolation -e .
	touch $@

node_modules/installed: package.json package-lock.json
	npm ci --silent
	touch $@

# What tests drive, from Debian's packages: three browser engines, nginx, Caddy, WordPress.
system:
	tests/browsers.sh
	tests/deploy/install.sh
	tests/origins/install.sh

# What reading offline runs in browsers, after a change in client/: client/built is served, and committed.
client: .venv/installed node_modules/installed
	$(BIN)/python -m tests.scripts

test: .venv/installed system
	$(BIN)/pytest -n 3 --dist loadfile --no-loadscope-reorder

# A real WordPress, nginx and an odd server, through Lightkeeper and directly. PAGES=DIR: a folder of real pages as well.
origins: .venv/installed
	tests/origins/install.sh
	$(BIN)/pytest -m origins tests/origins
	$(if $(PAGES),$(BIN)/python -m tests.origins.pages $(PAGES))

# More engines, themes and situations than test has time for.
devices: .venv/installed system
	$(BIN)/pytest -m devices

# Extraction beside other extractors, over a folder of pages with their truth: PAGES=DIR.
quality: .venv/installed
	$(BIN)/python -m tests.quality $(PAGES)

# Bytes of Light pages on the wire, and of reading offline, over the demo and, with PAGES=DIR, over a folder of pages.
sizes: .venv/installed
	$(BIN)/python -m tests.sizes $(PAGES)
	$(BIN)/python -m tests.bundles.bytes $(PAGES)

# How fast and how large: AREAS="store pull" for some only, see tests/bench.
bench: .venv/installed
	$(BIN)/python -m tests.bench $(AREAS)

# Real browsers on links made to measure (root; Linux). What build/lab.csv has is not measured again.
lab: .venv/installed system
	$(BIN)/pytest -q -m clock tests/lab
	$(BIN)/python -m tests.lab

lab-full: .venv/installed system
	$(BIN)/pytest -q -m clock tests/lab
	$(BIN)/python -m tests.lab --full --csv build/lab-full.csv

# What a reader sees of every fault in three engines: docs/faults.md.
faults: .venv/installed system
	$(BIN)/python -m tests.browser.fault_table

# 600 full pages on a good link in three engines, as readers go about with them: no banner, nobody taken for failed.
alarms: .venv/installed system
	$(BIN)/python -m tests.browser.alarms

# The receipt's situations in three engines, expected against seen: docs/receipts.md.
receipts: .venv/installed system
	$(BIN)/python -m tests.browser.receipts

lint: .venv/installed node_modules/installed
	$(BIN)/ruff check server tests fixtures
	$(BIN)/ruff format --check server tests fixtures
	$(BIN)/mypy
	node_modules/.bin/tsc -p client
	$(BIN)/python -m tests.scripts --check

lock:
	$(LOCK) -o requirements.lock
	$(LOCK) --all-extras -o requirements-dev.lock

clean:
	rm -rf .venv node_modules build dist
