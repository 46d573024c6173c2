use yara_orm::prelude::*;

#[derive(Model, Debug, Clone)]
struct Person {
    id: i64,
    #[relation(through = Membership, target = groop)]
    groups: ManyToMany<Group>,
    #[relation(through = Membership, source = group)]
    swapped: ManyToMany<Group>,
}

#[derive(Model, Debug, Clone)]
struct Group {
    id: i64,
    #[relation(reverse = "groups")]
    people: ManyToMany<Person>,
}

#[derive(Model, Debug, Clone)]
struct Membership {
    #[field(primary_key)]
    person: ForeignKey<Person>,
    #[field(primary_key)]
    group: ForeignKey<Group>,
}

fn main() {}
