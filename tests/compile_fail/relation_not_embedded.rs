use yara_orm::prelude::*;

#[derive(Debug, Clone)]
struct Address {
    street: String,
}

#[derive(Model, Debug, Clone)]
struct Person {
    id: i64,
    #[field(embed)]
    address: Address,
}

fn main() {}
