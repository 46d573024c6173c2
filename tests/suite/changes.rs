//! Tables that change, with rows in them: by the statements of each operation, one by one and in
//! random rows of many.

mod build;
mod catalog;
mod change;

mod columns;
mod computed;
mod constraints;
mod conversions;
mod foreign_keys;
mod indexes;
mod kept;
mod law;
mod names;
mod schemas;
mod searched;
