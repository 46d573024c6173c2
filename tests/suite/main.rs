//! One set of scenarios, run on every backend against real databases.
//!
//! A scenario says: given these rows, this call gives those rows, in so many statements. Each runs
//! on SQLite and on PostgreSQL; without a server the latter are counted as ignored, and `make test`
//! brings one.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test may fail")]
#![allow(missing_docs, unreachable_pub, reason = "a test is no library")]

mod models;
mod support;

mod aggregates;
mod arrays;
mod batch;
mod bulk;
mod changes;
mod commons;
mod conditions;
mod copy;
mod create;
mod distinct_on;
mod edit;
mod errors;
mod evaluator;
mod explain;
mod functions;
mod graph;
mod groups;
mod joins;
mod json;
mod keys;
mod loading;
mod locks;
mod lookups;
mod lookups_of_values;
mod migrations;
mod ordering;
mod pages;
mod projections;
mod random;
mod ranges;
mod raw;
mod regex;
mod relations;
mod returning;
mod schema;
mod search;
mod sets;
mod shapes;
mod snapshot;
mod streaming;
mod subqueries;
mod summaries;
mod transactions;
mod types;
mod update_delete;
mod update_many;
mod upsert;
mod windows;
