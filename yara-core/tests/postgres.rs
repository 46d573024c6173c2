//! The PostgreSQL backend against a server.
//!
//! `YARA_TEST_POSTGRES_URL` names the server; the tests that need it are ignored by a plain
//! `cargo test`, and run by `make test`. Optional: `YARA_TEST_POSTGRES_PASSWORD_URL`, of a user who logs
//! in by SCRAM over TCP, and `YARA_TEST_POSTGRES_CA`, the path of the certificate of the authority
//! that signed the server's, which is valid for `localhost`.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs, unreachable_pub)]

#[path = "postgres/batches.rs"]
mod batches;
#[path = "postgres/cancellation.rs"]
mod cancellation;
#[path = "postgres/connecting.rs"]
mod connecting;
#[path = "postgres/cursors.rs"]
mod cursors;
#[path = "postgres/errors.rs"]
mod errors;
#[path = "postgres/lost.rs"]
mod lost;
#[path = "postgres/pieces.rs"]
mod pieces;
#[path = "postgres/pipelining.rs"]
mod pipelining;
#[path = "postgres/statements.rs"]
mod statements;
#[path = "postgres/support.rs"]
mod support;
#[path = "postgres/types.rs"]
mod types;
#[path = "postgres/values.rs"]
mod values;
