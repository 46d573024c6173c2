//! Random models, and how their rows are related.
//!
//! A model has a key of one column or two, of various kinds, fields that may be NULL or not,
//! perhaps a second key that others refer to, and foreign keys, optional or not and unique or not,
//! to itself and to models before it. Tables between relate any two models.

mod rows;

use super::cell::{Cell, Kind};
use crate::evaluator::Dice;
use rows::{draw_pairs, draw_rows, list, write};
use std::collections::BTreeSet;
use std::sync::OnceLock;
use yara_orm::prelude::*;
use yara_orm::schema::{
    FieldOptions, ForeignKeyOptions, ManyToManyOptions, OnDelete, Table, TableBuilder, Target,
};
use yara_orm::value::Type;

pub use rows::value;

/// A column of a random model.
#[derive(Debug, Clone)]
pub struct Member {
    pub name: &'static str,
    pub kind: Kind,
    pub required: bool,
}

/// A relation of a random model.
#[derive(Debug, Clone)]
pub struct Link {
    pub name: &'static str,
    pub target: usize,
    pub way: Way,
}

/// How a relation is stored.
#[derive(Debug, Clone)]
pub enum Way {
    /// In these fields of the own row; what they refer to, in the target's.
    Own(Vec<usize>, Vec<usize>),
    /// In these fields of the target's rows; what they refer to, in the own row; whether there is
    /// one such row at most.
    Back(Vec<usize>, Vec<usize>, bool),
    /// In pairs of this table between; `true` where the own row is the second of a pair.
    Pairs(usize, bool),
}

impl Link {
    pub fn is_to_many(&self) -> bool {
        matches!(self.way, Way::Back(_, _, false) | Way::Pairs(..))
    }
}

/// A random model. The last of its fields is `mark`, which only updates touch.
pub struct Model {
    pub table: &'static Table,
    pub fields: Vec<Member>,
    /// The fields of the primary key; they are the first.
    pub key: Vec<usize>,
    pub links: Vec<Link>,
    pub rows: Vec<Vec<Cell>>,
}

/// A table between two models, and the positions of the rows that it relates.
pub struct Between {
    table: &'static Table,
    near: usize,
    far: usize,
    pub pairs: BTreeSet<(usize, usize)>,
}

/// All random models, and what is between them.
pub struct Memory {
    pub models: Vec<Model>,
    pub between: Vec<Between>,
}

fn leak(text: String) -> &'static str {
    text.leak()
}

impl Memory {
    /// Models and rows.
    pub fn draw(dice: &mut Dice, round: usize) -> Memory {
        let count = 2 + dice.below(3);
        let mut plans: Vec<Plan> = Vec::new();
        for at in 0..count {
            let plan = Plan::draw(dice, at, &plans);
            plans.push(plan);
        }
        let ends: Vec<(usize, usize)> =
            (0..=dice.below(2)).map(|_| (dice.below(count), dice.below(count))).collect();
        let slots: Vec<Target> = (0..count + ends.len())
            .map(|at| Target::Named {
                name: leak(format!("M{round}_{at}")),
                slot: Box::leak(Box::new(OnceLock::new())),
            })
            .collect();
        let world = Plans { plans, ends, slots, round };
        let mut models: Vec<Model> = (0..count).map(|at| world.declare(at)).collect();
        let mut between: Vec<Between> = (0..world.ends.len()).map(|at| world.between(at)).collect();
        let tables =
            models.iter().map(|model| model.table).chain(between.iter().map(|it| it.table));
        for (slot, table) in world.slots.iter().zip(tables) {
            let Target::Named { slot, .. } = slot else { unreachable!() };
            slot.set(table).unwrap();
        }
        for at in 0..count {
            let rows = draw_rows(dice, &models, &world.plans[at], at);
            models[at].rows = rows;
        }
        for it in &mut between {
            it.pairs = draw_pairs(dice, &models, it.near, it.far);
        }
        Memory { models, between }
    }

    /// Creates the tables and inserts the rows.
    pub async fn write(&self, db: &Db) {
        let mut tables: Vec<&'static Table> = self.models.iter().map(|model| model.table).collect();
        tables.extend(self.between.iter().map(|it| it.table));
        db.create(&tables).await.unwrap();
        for model in &self.models {
            let columns = model.fields.iter().enumerate().map(|(at, field)| {
                let cells = model.rows.iter().map(|row| row[at].value(field.kind));
                list(field.kind.stored(), cells.collect())
            });
            write(db, model.table, columns.collect()).await;
        }
        for it in &self.between {
            let side = |at: usize, row: fn(&(usize, usize)) -> usize| {
                let model = &self.models[at];
                let column = move |field: &usize| {
                    let kind = model.fields[*field].kind;
                    let cells =
                        it.pairs.iter().map(|pair| model.rows[row(pair)][*field].value(kind));
                    list(kind.stored(), cells.collect())
                };
                model.key.iter().map(column).collect::<Vec<_>>()
            };
            let mut columns = side(it.near, |pair| pair.0);
            columns.extend(side(it.far, |pair| pair.1));
            write(db, it.table, columns).await;
        }
    }

    /// Rows of a model, and all that refers to them, and so on.
    pub fn gone_with(&self, at: usize, rows: &[usize]) -> BTreeSet<(usize, usize)> {
        let mut gone: BTreeSet<(usize, usize)> = rows.iter().map(|row| (at, *row)).collect();
        loop {
            let known = gone.len();
            for (at, model) in self.models.iter().enumerate() {
                for (row, cells) in model.rows.iter().enumerate() {
                    let refers = |link: &Link| match &link.way {
                        Way::Own(fields, to) => gone.iter().any(|(target, other)| {
                            let others = &self.models[*target].rows[*other];
                            *target == link.target
                                && fields.iter().zip(to).all(|(own, to)| cells[*own] == others[*to])
                        }),
                        _ => false,
                    };
                    if model.links.iter().any(refers) {
                        gone.insert((at, row));
                    }
                }
            }
            if gone.len() == known {
                return gone;
            }
        }
    }

    pub fn model(&self, table: &'static Table) -> (usize, &Model) {
        let same = |(_, model): &(usize, &Model)| std::ptr::eq(model.table, table);
        self.models.iter().enumerate().find(same).unwrap()
    }
}

impl Model {
    pub fn link(&self, name: &str) -> &Link {
        self.links.iter().find(|link| link.name == name).unwrap()
    }

    /// Whether a foreign key of the model, which is at this position, leads to the model itself.
    pub fn refers_to_itself(&self, at: usize) -> bool {
        self.links.iter().any(|link| link.target == at && matches!(link.way, Way::Own(..)))
    }

    /// The position of `mark`.
    pub fn mark(&self) -> usize {
        self.fields.len() - 1
    }
}

/// What a model will be.
struct Plan {
    key: Vec<Member>,
    /// Whether it has a second key, the field `code`.
    code: bool,
    members: Vec<Member>,
    keys: Vec<KeyPlan>,
}

/// A foreign key: to a model before the own one, or to itself.
struct KeyPlan {
    target: usize,
    optional: bool,
    unique: bool,
    /// To the field `code` of the target, and not to its primary key.
    to_code: bool,
}

const CODE: Member = Member { name: "code", kind: Kind::Text, required: true };

impl Plan {
    fn draw(dice: &mut Dice, at: usize, before: &[Plan]) -> Plan {
        let kinds: &[Kind] = match dice.below(8) {
            0 => &[Kind::Text],
            1 => &[Kind::Uuid],
            2 => &[Kind::Int, Kind::Text],
            3 => &[Kind::Text, Kind::Small],
            _ => &[Kind::Int],
        };
        let names: &[&str] = if kinds.len() == 1 { &["id"] } else { &["one", "two"] };
        let of_key =
            |(name, kind): (&&'static str, &Kind)| Member { name, kind: *kind, required: true };
        let key = names.iter().zip(kinds).map(of_key).collect();
        let code = dice.below(3) == 0;
        let fields = 2 + dice.below(3);
        let members = (0..fields).map(|number| Member {
            name: leak(format!("f{number}")),
            kind: Kind::ALL[dice.below(Kind::ALL.len())],
            required: dice.below(3) == 0,
        });
        let members = members.collect();
        let keys = (0..dice.below(3)).map(|_| {
            let target = dice.below(at + 1);
            let has_code = before.get(target).map_or(code, |plan| plan.code);
            KeyPlan {
                target,
                optional: dice.below(2) == 0,
                unique: dice.below(4) == 0,
                to_code: has_code && dice.below(2) == 0,
            }
        });
        let keys = keys.collect();
        Plan { key, code, members, keys }
    }

    /// The key that others refer to.
    fn referred(&self, to_code: bool) -> Vec<Member> {
        if to_code { vec![CODE] } else { self.key.clone() }
    }

    /// The positions of that key.
    fn referred_at(&self, to_code: bool) -> Vec<usize> {
        if to_code { vec![self.key.len()] } else { (0..self.key.len()).collect() }
    }

    /// The position of the first field of the first foreign key.
    fn keys_begin(&self) -> usize {
        self.key.len() + usize::from(self.code) + self.members.len()
    }
}

/// What all models will be.
struct Plans {
    plans: Vec<Plan>,
    /// Which models the tables between relate.
    ends: Vec<(usize, usize)>,
    /// Of the models, and then of the tables between.
    slots: Vec<Target>,
    round: usize,
}

impl Plans {
    /// The fields of a foreign key in its model.
    fn key_fields(&self, at: usize, number: usize) -> Vec<usize> {
        let plan = &self.plans[at];
        let width = |key: &KeyPlan| self.plans[key.target].referred(key.to_code).len();
        let first = plan.keys_begin() + plan.keys[..number].iter().map(width).sum::<usize>();
        (first..first + width(&plan.keys[number])).collect()
    }

    fn declare(&self, at: usize) -> Model {
        let (plan, round) = (&self.plans[at], self.round);
        let mut table =
            TableBuilder::new(leak(format!("M{round}_{at}")), leak(format!("m{round}_{at}")));
        let (mut fields, mut links) = (Vec::new(), Vec::new());
        let mut add = |table: TableBuilder, member: &Member, options: FieldOptions| {
            fields.push(member.clone());
            let precision = (member.kind == Kind::Decimal).then_some((12, 3));
            let nullable = !member.required;
            let options = FieldOptions { precision, nullable, ..options };
            table.field(member.name, member.kind.stored(), options)
        };
        for member in &plan.key {
            let options = FieldOptions { primary_key: true, ..FieldOptions::REQUIRED };
            table = add(table, member, options);
        }
        if plan.code {
            table = add(table, &CODE, FieldOptions { unique: true, ..FieldOptions::REQUIRED });
        }
        for member in &plan.members {
            table = add(table, member, FieldOptions::REQUIRED);
        }
        for (number, key) in plan.keys.iter().enumerate() {
            let name = leak(format!("k{number}"));
            let there = &self.plans[key.target];
            let parts = there.referred(key.to_code);
            let options = ForeignKeyOptions {
                optional: key.optional,
                unique: key.unique,
                to: if key.to_code { &["code"] } else { &[] },
                on_delete: OnDelete::Cascade,
                ..ForeignKeyOptions::REQUIRED
            };
            table = table.foreign_key(name, self.slots[key.target], &stored(&parts), options);
            for part in &parts {
                let single = parts.len() == 1;
                let name =
                    if single { format!("{name}_id") } else { format!("{name}_{}", part.name) };
                let required = !key.optional;
                fields.push(Member { name: leak(name), kind: part.kind, required });
            }
            let way = Way::Own(self.key_fields(at, number), there.referred_at(key.to_code));
            links.push(Link { name, target: key.target, way });
        }
        for (other, there) in self.plans.iter().enumerate() {
            for (number, key) in there.keys.iter().enumerate().filter(|(_, key)| key.target == at) {
                let name = leak(format!("b{other}_{number}"));
                let inverse = leak(format!("k{number}"));
                table = table.reverse(name, self.slots[other], inverse, key.unique);
                let to = plan.referred_at(key.to_code);
                let way = Way::Back(self.key_fields(other, number), to, key.unique);
                links.push(Link { name, target: other, way });
            }
        }
        for (number, (near, far)) in self.ends.iter().enumerate() {
            let (fars, nears) = (leak(format!("fars{number}")), leak(format!("nears{number}")));
            if *near == at {
                let between = self.slots[self.plans.len() + number];
                let options = ManyToManyOptions { table: between, source: "near", target: "far" };
                table = table.many_to_many(fars, self.slots[*far], options);
                links.push(Link { name: fars, target: *far, way: Way::Pairs(number, false) });
            }
            if *far == at {
                table = table.reverse(nears, self.slots[*near], fars, false);
                links.push(Link { name: nears, target: *near, way: Way::Pairs(number, true) });
            }
        }
        let mark = Member { name: "mark", kind: Kind::Int, required: false };
        let options = FieldOptions { nullable: true, ..FieldOptions::REQUIRED };
        let table = table.field(mark.name, mark.kind.stored(), options).finish().unwrap();
        fields.push(mark);
        let key = (0..plan.key.len()).collect();
        Model { table: Box::leak(Box::new(table)), fields, key, links, rows: Vec::new() }
    }

    fn between(&self, number: usize) -> Between {
        let (near, far) = self.ends[number];
        let parts = |at: usize| stored(&self.plans[at].key);
        let table = TableBuilder::join_table(
            leak(format!("m{}_pairs{number}", self.round)),
            ("near", self.slots[near], &parts(near)),
            ("far", self.slots[far], &parts(far)),
        );
        let table = Box::leak(Box::new(table.unwrap()));
        Between { table, near, far, pairs: BTreeSet::new() }
    }
}

fn stored(members: &[Member]) -> Vec<(&'static str, Type)> {
    members.iter().map(|member| (member.name, member.kind.stored())).collect()
}
