.PHONY: help demo test bench fmt doc

help: ## this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-6s %s\n", $$1, $$2 }' Makefile

# Nothing but the embedded SQLite, without optimisation: the shortest build.
demo: ## the quickstarts in Rust and Python, on an embedded SQLite: questions and answers
	cargo run --no-default-features --features sqlite --example quickstart
	scripts/python --bare python examples/quickstart.py

test: ## every check and test, on SQLite and PostgreSQL (a private one if need be)
	@scripts/with-postgres scripts/test

bench: ## the benchmarks, on SQLite and PostgreSQL
	@scripts/with-postgres benches/run

fmt: ## format the sources
	cargo fmt --all

doc: ## the API documentation, into target/doc
	RUSTDOCFLAGS='-D warnings' cargo doc --workspace --no-deps --all-features
