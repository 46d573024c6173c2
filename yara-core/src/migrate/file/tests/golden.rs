//! The format at its best.

use crate::migrate::Migration;
use crate::migrate::samples;

const LIBRARY: &str = include_str!("library.toml");

#[test]
fn a_library_is_good_to_read() {
    assert_eq!(Migration::new(samples::library()).to_toml(), LIBRARY);
    assert_eq!(Migration::parse("library", LIBRARY).unwrap().operations, samples::library());
}
