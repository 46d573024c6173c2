//! Functions: random arguments through each of them, compared with what Rust gives; and what is
//! said of each that no random row would show.

mod choice;
mod moment;
mod number;
mod places;
mod sample;
mod text;
