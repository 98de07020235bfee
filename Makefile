# Tidings: every task by one name. `make help` lists them; all can be repeated, the second time is quick.

HOST ?= 127.0.0.1
PORT ?= 3000
export HOST PORT

.DEFAULT_GOAL := help
.PHONY: help run demo dev build check test soak speed feel lighthouse breaks pictures spoken setup fmt clean

help: ## Lists these tasks
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-10s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run: build ## Builds what changed and serves http://127.0.0.1:3000 with data in ./data (HOST=, PORT= change the address)
	@scripts/serve.sh data

demo: build ## The same with sample people and messages in ./demo-data; prints who can sign in
	@scripts/serve.sh demo-data

dev: setup ## Debug build that rebuilds and reloads the page when a file changes, with data in ./data
	@scripts/dev.sh

build: setup ## Makes target/release/tidings, the whole product in one file, and checks the client's size
	@scripts/build.sh
	@scripts/size.sh

check: ## The fast gates: format, lints for server and browser, docs, licences, unused crates
	@scripts/setup.sh check
	@scripts/check.sh

test: ## Everything: gates, Rust tests, release build, real browser; ends with «N passed, N failed»
	@scripts/test.sh

soak: build ## The checker: readers and publishers on a bad network while servers die (SECONDS=600 SEED= USERS=50 READERS=8 RATE=30)
	@SEED="$(SEED)" USERS="$(USERS)" READERS="$(READERS)" RATE="$(RATE)" scripts/soak.sh $(or $(SECONDS),600)

speed: build ## Measures what a search costs in an inbox of 100,000 messages, and what sending costs with its index (about 8 min)
	@cargo test --release --test store -- --ignored --nocapture speed
	@scripts/browser.sh find

feel: build ## Measures in Chromium how long it takes from a click or key to the row that has changed, from sending to the row, and what a frame of scrolling costs (about 8 min)
	@scripts/browser.sh feel

lighthouse: build ## Lighthouse on the signed-in inbox, as a phone; and when the first rows are painted and live (about 2 min)
	@scripts/browser.sh lighthouse

pictures: build ## Takes the pictures anew that the browser tests compare pages with: look at what changed
	@scripts/browser.sh pictures

spoken: build ## Writes anew what a screen reader says, in docs/ACCESSIBILITY.md: read what changed
	@scripts/browser.sh spoken

breaks: ## Shows that the checker can fail: breaks each invariant on purpose, and demands that it says so (about 15 min)
	@scripts/breaks.sh

setup: ## Gets the tools that a build needs and that are missing
	@scripts/setup.sh build

fmt: ## Formats the Rust code
	@cargo fmt

clean: ## Removes what builds and tests made; keeps ./data and the tools
	@cargo clean --quiet
	@rm -rf end2end/node_modules end2end/test-results end2end/playwright-report end2end/screenshots
