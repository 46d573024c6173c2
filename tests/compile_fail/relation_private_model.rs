use yara_orm::prelude::*;

#[derive(Model, Debug, Clone)]
pub struct User {
    id: i64,
    #[relation(reverse = "user")]
    sessions: HasMany<Session>,
}

#[derive(Model, Debug, Clone)]
struct Session {
    id: i64,
    user: ForeignKey<User>,
}

#[derive(Model, Debug, Clone)]
pub struct Login {
    id: i64,
    session: ForeignKey<Session>,
}

fn main() {}
