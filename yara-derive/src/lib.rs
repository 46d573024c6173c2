//! The derive macros of yara-orm.
