//! Transactions.

mod options;

pub use options::{Isolation, TransactionOptions};
