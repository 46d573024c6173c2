"""Both languages, one answer: what `tests/languages` tells in Rust, asked in Python."""
