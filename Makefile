# A fresh machine needs Python 3.11, make and nothing else: every target sets up what it needs in .venv.
PYTHON ?= python3
BIN := .venv/bin
ALONE := --ignore-glob='*_browser.py' --ignore-glob='*_brokers.py'
# Many tests wait for a server, a browser or a broker.
TESTS_AT_ONCE := $(shell expr $$(getconf _NPROCESSORS_ONLN) \* 3 / 2)
NUMERIC := apps baseline contracts estimators explain kernel lab model monitoring nn pipeline scoring train export test_verification.py

.PHONY: setup demo test test-pages test-brokers test-slow test-all test-engines test-portable coverage sanitize check bench wheel-test docs clean
setup: .venv/.ready  ## byte code, even where PYTHONDONTWRITEBYTECODE is set: else each process compiles all anew
	@$(BIN)/python -m compileall -q src
.venv/.ready: pyproject.toml constraints.txt setup.py $(wildcard src/reread/kernel/source/*)
	$(PYTHON) -m venv .venv
	$(BIN)/pip install --quiet --upgrade pip --constraint constraints.txt
	$(BIN)/pip install --quiet --editable '.[all]' --group dev --constraint constraints.txt && touch $@
demo: setup        ## train on the bundled messages, predict, verify: under 3 minutes
	$(BIN)/python examples/demo.py
test: setup        ## the tests that need no data, no browser, no broker and no minutes
	PYTHONDONTWRITEBYTECODE= OMP_NUM_THREADS=1 $(BIN)/pytest -n $(TESTS_AT_ONCE) $(ALONE)
test-pages: setup  ## pages in a real browser: each on a phone and a desktop, light and dark
	PYTHONDONTWRITEBYTECODE= OMP_NUM_THREADS=1 $(BIN)/pytest -n $(TESTS_AT_ONCE) $$(find tests -name 'test_*browser.py')
test-brokers: setup  ## streams with real brokers: those of Debian's packages that are installed
	PYTHONDONTWRITEBYTECODE= OMP_NUM_THREADS=1 $(BIN)/pytest -n $(TESTS_AT_ONCE) -m "" $$(find tests -name 'test_*brokers.py')
test-slow: setup   ## what is marked slow and needs no data, of commands, servers, examples: kills and resumed runs
	PYTHONDONTWRITEBYTECODE= OMP_NUM_THREADS=1 $(BIN)/pytest -n $(TESTS_AT_ONCE) -m slow tests/apps tests/client tests/docs tests/lab $(ALONE)
coverage: setup    ## the same, and which lines and branches they reach: two thirds more of the processor's time
	OMP_NUM_THREADS=1 $(BIN)/pytest -n auto --cov --cov-report=term:skip-covered
test-all: setup    ## also those marked slow
	.ci/arm-tools && $(BIN)/pytest -n auto -m "" --hypothesis-profile=search
test-engines: setup  ## five engines, one model, and a Ray cluster: installs Ray, Spark (and as root Java), Dask, DuckDB, Polars
	$(BIN)/pip install --quiet --group engines --constraint constraints.txt
	command -v java > /dev/null || apt-get -qq install --yes --no-install-recommends default-jre-headless > /dev/null
	$(BIN)/pytest tests/scale -m ""
test-portable: setup  ## those that train and score, as on a processor of no instruction level at all, on one thread
	PYTHONDONTWRITEBYTECODE= ATEN_CPU_CAPABILITY=default REREAD_KERNEL=portable OMP_NUM_THREADS=1 $(BIN)/pytest -n $(TESTS_AT_ONCE) $(ALONE) $(NUMERIC:%=tests/%)
sanitize: setup    ## the kernel under AddressSanitizer, UndefinedBehaviorSanitizer and, where it is installed, valgrind
	$(BIN)/pytest tests/kernel/test_sanitized*.py -m ""
check: setup       ## style, types, import contracts, declared dependencies
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports && $(BIN)/deptry src
bench: setup       ## every race: bundled messages, minutes; DATA=folder PYTHONS="keras=… peers=…": hours (benchmarks/README.md)
	$(BIN)/python benchmarks/bench.py $(if $(DATA),--data $(DATA)) $(foreach each,$(PYTHONS),--python $(each))
wheel-test: demo   ## sdist and wheel build with and without a compiler; the wheel, without torch, scores the demo's model
	$(BIN)/pytest tests/test_packaging.py -m "" && $(BIN)/python benchmarks/torch_free.py
docs: setup        ## the documentation site, strictly: build/site/html/index.html, read without a network
	$(BIN)/pip install --quiet --group docs --constraint constraints.txt
	$(BIN)/python docs/site/build.py
clean:
	rm -rf .venv build dist demo
