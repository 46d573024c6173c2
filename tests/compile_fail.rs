//! What must not compile, and what the compiler says of it. After a change of the messages, rewrite
//! them by `TRYBUILD=overwrite cargo test --test compile_fail`, and read them as a user would.
#![allow(missing_docs)]

use std::process::Command;

/// The compiler whose messages are pinned; others word their part of them differently.
const PINNED: &str = "rustc 1.95.";

#[test]
fn messages_say_what_to_write() {
    let version = Command::new("rustc").arg("--version").output();
    let pinned = version.is_ok_and(|output| output.stdout.starts_with(PINNED.as_bytes()));
    if !pinned {
        eprintln!("skipped: the messages are those of {PINNED}x");
        return;
    }
    trybuild::TestCases::new().compile_fail("tests/compile_fail/*.rs");
}
