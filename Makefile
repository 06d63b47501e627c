# make demo     builds Dryport and runs one task on this host: in a container if Docker answers, else as a process
# make test     runs every test; what needs an engine or a client that is missing is skipped with a printed reason
# make figures  measures starts, idle processes, commits, calls and restarts, in release builds; the machine should do
#               nothing else
#
# All install what the build needs by apt-get if it is missing and they may.

SWIFT ?= swift
SUDO := $(shell [ "$$(id -u)" = 0 ] || echo sudo -n)

.PHONY: demo test figures setup format lint

demo: setup
	$(SWIFT) build --product dryport
	.build/debug/dryport run Examples/task-definitions/hello.json

# In three parts: worlds and processes that keep all cores busy would starve tests with time limits.
test: setup
	$(SWIFT) test --skip DryportSimulationTests --skip IntegrationTests
	$(SWIFT) test --skip-build --filter DryportSimulationTests
	$(SWIFT) test --skip-build --filter IntegrationTests

figures: setup
	$(SWIFT) run --package-path Benchmarks -c release dryport-figures $(FIGURES)

format:
	$(SWIFT) format --in-place --recursive --parallel Package.swift Sources Tests Examples $(wildcard Benchmarks)

lint:
	$(SWIFT) format lint --strict --recursive --parallel Package.swift Sources Tests Examples $(wildcard Benchmarks)

setup:
	@command -v $(SWIFT) >/dev/null || { echo "dryport: Swift 6.2 or later is needed: https://www.swift.org/install" >&2; exit 1; }
	@if [ "$$(uname)" = Linux ] && [ ! -e /usr/include/sqlite3.h ]; then \
		echo "dryport: installing libsqlite3-dev"; \
		command -v apt-get >/dev/null && { $(SUDO) apt-get update && $(SUDO) apt-get install -y libsqlite3-dev; } || { \
			echo "dryport: SQLite's headers are needed: apt-get install libsqlite3-dev, or your system's package" >&2; \
			exit 1; }; \
	fi
