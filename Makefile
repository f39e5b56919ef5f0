# What a newcomer needs: `make run` and `make test`. Everything else is a part of these.

REGIE := target/debug/regie
PACKAGES := target/packages
FIXTURES := target/fixtures

# The plugin and the library in JavaScript.
JS := plugin-sdk/js plugins/tracker-counter-js

.PHONY: help setup frontend build packages fixtures run test test-rust test-frontend test-plugins test-browser bench lint format openapi

help: ## Say what there is
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## (.*)/  make \1\t\2/' | expand -t 20

setup: ## Install what is missing: wasm target, Debian packages (as root), npm packages
	@scripts/setup.sh

frontend: setup
	cd frontend && npm run build

build: frontend
	cargo build -p regie-server

packages: build
	$(REGIE) plugin build --out $(PACKAGES) plugins/*/

fixtures: build
	$(REGIE) plugin build --out $(FIXTURES) tests/fixtures/plugins/*/

run: packages ## Build all and start a demo; prints its URLs and stays in the foreground
	$(REGIE) demo --instance instance --plugins $(PACKAGES)

test: lint test-frontend test-plugins test-rust test-browser ## Everything, on a clean checkout

test-frontend: frontend
	cd frontend && npm test

test-plugins: setup
	@for dir in $(JS); do (cd $$dir && node --test) || exit 1; done

test-rust: packages fixtures
	$(REGIE) plugin check $(PACKAGES)/*/
	cargo test --workspace

test-browser: packages fixtures
	cd frontend && npm run e2e

bench: packages fixtures ## Measure: hooks, store, fan-out, clicks; prints ratios against peers and floors
	scripts/bench.sh

lint: frontend
	cargo fmt --all --check
	cargo clippy --workspace --all-targets -- -D warnings
	cd frontend && npm run lint
	cd plugins/tracker-counter-js && npm run --silent types

format:
	cargo fmt --all
	cd frontend && npm run format

openapi: build ## Write the server's own API document and the client generated from it
	$(REGIE) openapi > frontend/app/openapi.json
	cd frontend && npm run api --workspace app
