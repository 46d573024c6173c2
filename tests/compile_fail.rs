//! What must not compile, and what the compiler says of it. After a change of the messages, look at
//! them by `TRYBUILD=overwrite cargo test --test compile_fail`, and read them as a user would.
//!
//! The texts are those of one compiler version: other versions word their part differently, so the
//! test runs where `YARA_COMPILE_FAIL` is set or the version is the pinned one.
#![allow(missing_docs)]

#[test]
fn messages_say_what_to_write() {
    trybuild::TestCases::new().compile_fail("tests/compile_fail/*.rs");
}
