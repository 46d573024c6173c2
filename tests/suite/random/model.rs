//! Random models and their rows.

use super::cell::{Cell, Kind};
use crate::evaluator::Dice;
use chrono::NaiveDate;
use rust_decimal::Decimal;
use std::collections::BTreeSet;
use std::sync::OnceLock;
use yara_orm::plan;
use yara_orm::prelude::*;
use yara_orm::schema::{
    FieldOptions, ForeignKeyOptions, ManyToManyOptions, Table, TableBuilder, TableRef, Target,
};
use yara_orm::tree::{Insert, InsertSource, Literal, Statement};
use yara_orm::value::{Array, Type, Value};

/// A field of a random model.
#[derive(Debug, Clone)]
pub struct Member {
    pub name: &'static str,
    pub kind: Kind,
}

/// A relation of a random model.
#[derive(Debug, Clone)]
pub struct Link {
    pub name: &'static str,
    pub target: usize,
    pub way: Way,
}

/// How a relation is stored.
#[derive(Debug, Clone, Copy)]
pub enum Way {
    /// In this field of the own row.
    Own(usize),
    /// In this field of the target's rows.
    Back(usize),
    /// In pairs; `true` where the own key is the second of a pair.
    Pairs(bool),
}

impl Link {
    pub fn is_to_many(&self) -> bool {
        !matches!(self.way, Way::Own(_))
    }
}

/// A random model: `id`, its fields, its foreign keys, and `mark`, which only updates touch.
pub struct Model {
    pub table: &'static Table,
    pub members: Vec<Member>,
    pub links: Vec<Link>,
    pub rows: Vec<Vec<Cell>>,
}

/// All random models, the pairs of a many-to-many relation between the first and the last, and the
/// table that holds them.
pub struct Memory {
    pub models: Vec<Model>,
    pub pairs: BTreeSet<(i64, i64)>,
    between: &'static Table,
}

fn leak(text: String) -> &'static str {
    text.leak()
}

/// A random value; small sets of values, so that rows have some in common.
pub fn value(dice: &mut Dice, kind: Kind) -> Cell {
    if dice.below(5) == 0 {
        return Cell::Null;
    }
    let number = dice.below(7) as i64 - 2;
    match kind {
        Kind::Int => Cell::Int(number),
        Kind::Float => Cell::Float(number as f64 / 2.0),
        Kind::Decimal => Cell::Decimal(Decimal::new(number * 5, 1)),
        Kind::Bool => Cell::Bool(number > 0),
        Kind::Day => Cell::Day(NaiveDate::from_ymd_opt(2000, 3, (number + 3) as u32).unwrap()),
        Kind::Text => {
            let text = (0..dice.below(3)).map(|_| ['a', 'b', 'é'][dice.below(3)]).collect();
            Cell::Text(text)
        }
    }
}

impl Memory {
    /// Models and rows.
    pub fn draw(dice: &mut Dice, round: usize) -> Memory {
        let count = 2 + dice.below(3);
        let plans: Vec<Plan> = (0..count).map(|at| Plan::draw(dice, at)).collect();
        let slots: Vec<Target> = (0..=count)
            .map(|at| Target::Named {
                name: leak(format!("M{round}_{at}")),
                slot: Box::leak(Box::new(OnceLock::new())),
            })
            .collect();
        let mut models: Vec<Model> =
            (0..count).map(|at| declare(&plans, &slots, at, round)).collect();
        let between = Box::leak(Box::new(
            TableBuilder::join_table(
                leak(format!("m{round}_pairs")),
                ("near", slots[0], &[("id", Type::I64)]),
                ("far", slots[count - 1], &[("id", Type::I64)]),
            )
            .unwrap(),
        ));
        let tables = models.iter().map(|model| model.table).chain([&*between]);
        for (slot, table) in slots.iter().zip(tables) {
            let Target::Named { slot, .. } = slot else { unreachable!() };
            slot.set(table).unwrap();
        }
        for at in 0..count {
            let rows = draw_rows(dice, &models, &plans[at], at);
            models[at].rows = rows;
        }
        let ids = |at: usize| models[at].rows.len() as i64;
        let mut pairs = BTreeSet::new();
        for _ in 0..8 {
            if ids(0) > 0 && ids(count - 1) > 0 {
                let near = 1 + dice.below(ids(0) as usize) as i64;
                pairs.insert((near, 1 + dice.below(ids(count - 1) as usize) as i64));
            }
        }
        Memory { models, pairs, between }
    }

    /// Creates the tables and inserts the rows.
    pub async fn write(&self, db: &Db) {
        let mut tables: Vec<&'static Table> = self.models.iter().map(|model| model.table).collect();
        tables.push(self.between);
        db.create(&tables).await.unwrap();
        for model in &self.models {
            let fields = model.members.len() + model.keys().count() + 1;
            let kinds = |at: usize| model.kind(at);
            let columns = (0..fields).map(|at| {
                let cells = model.rows.iter().map(|row| row[at].value(kinds(at))).collect();
                list(kinds(at).stored(), cells)
            });
            insert(db, model.table, (0..fields).collect(), columns.collect()).await;
        }
        let side = |pick: fn(&(i64, i64)) -> i64| {
            list(Type::I64, self.pairs.iter().map(|pair| Value::I64(pick(pair))).collect())
        };
        insert(db, self.between, vec![0, 1], vec![side(|pair| pair.0), side(|pair| pair.1)]).await;
    }

    pub fn model(&self, table: &'static Table) -> (usize, &Model) {
        let same = |(_, model): &(usize, &Model)| std::ptr::eq(model.table, table);
        self.models.iter().enumerate().find(same).unwrap()
    }
}

impl Model {
    /// The foreign keys.
    fn keys(&self) -> impl Iterator<Item = &Link> {
        self.links.iter().filter(|link| !link.is_to_many())
    }

    /// The kind of the field at a position.
    pub fn kind(&self, at: usize) -> Kind {
        match at {
            0 => Kind::Int,
            at => self.members.get(at - 1).map_or(Kind::Int, |member| member.kind),
        }
    }

    pub fn link(&self, name: &str) -> &Link {
        self.links.iter().find(|link| link.name == name).unwrap()
    }
}

/// What a model will be.
struct Plan {
    kinds: Vec<Kind>,
    /// Foreign keys: to models before it, or to itself.
    keys: Vec<usize>,
}

impl Plan {
    fn draw(dice: &mut Dice, at: usize) -> Plan {
        let fields = 2 + dice.below(3);
        let kinds = (0..fields).map(|_| Kind::ALL[dice.below(Kind::ALL.len())]).collect();
        let keys = (0..dice.below(3)).map(|_| dice.below(at + 1)).collect();
        Plan { kinds, keys }
    }

    fn first_key(&self) -> usize {
        1 + self.kinds.len()
    }
}

fn declare(plans: &[Plan], slots: &[Target], at: usize, round: usize) -> Model {
    let plan = &plans[at];
    let id = FieldOptions { primary_key: true, ..FieldOptions::REQUIRED };
    let open = FieldOptions { nullable: true, ..FieldOptions::REQUIRED };
    let mut table = TableBuilder::new(
        leak(format!("M{round}_{at}")),
        leak(format!("m{round}_{at}")),
    )
    .field("id", Type::I64, id);
    let (mut members, mut links) = (Vec::new(), Vec::new());
    for (number, kind) in plan.kinds.iter().enumerate() {
        let name = leak(format!("f{number}"));
        let precision = (*kind == Kind::Decimal).then_some((12, 3));
        table = table.field(name, kind.stored(), FieldOptions { precision, ..open.clone() });
        members.push(Member { name, kind: *kind });
    }
    for (number, target) in plan.keys.iter().enumerate() {
        let name = leak(format!("k{number}"));
        let options = ForeignKeyOptions { optional: true, ..ForeignKeyOptions::REQUIRED };
        table = table.foreign_key(name, slots[*target], &[("id", Type::I64)], options);
        links.push(Link { name, target: *target, way: Way::Own(plan.first_key() + number) });
    }
    for (other, there) in plans.iter().enumerate() {
        for (number, target) in there.keys.iter().enumerate().filter(|(_, target)| **target == at) {
            let name = leak(format!("b{other}_{number}"));
            let inverse = leak(format!("k{number}"));
            table = table.reverse(name, slots[other], inverse, false);
            let way = Way::Back(there.first_key() + number);
            links.push(Link { name, target: other, way });
            debug_assert_eq!(*target, at);
        }
    }
    let last = plans.len() - 1;
    if at == 0 {
        let options =
            ManyToManyOptions { table: slots[plans.len()], source: "near", target: "far" };
        table = table.many_to_many("fars", slots[last], options);
        links.push(Link { name: "fars", target: last, way: Way::Pairs(false) });
    }
    if at == last {
        table = table.reverse("nears", slots[0], "fars", false);
        links.push(Link { name: "nears", target: 0, way: Way::Pairs(true) });
    }
    let table = table.field("mark", Type::I64, open).finish().unwrap();
    Model { table: Box::leak(Box::new(table)), members, links, rows: Vec::new() }
}

/// Rows whose keys lead to rows before them.
fn draw_rows(dice: &mut Dice, models: &[Model], plan: &Plan, at: usize) -> Vec<Vec<Cell>> {
    let mut rows: Vec<Vec<Cell>> = Vec::new();
    for id in 1..=(3 + dice.below(8)) {
        let mut row = vec![Cell::Int(id as i64)];
        row.extend(plan.kinds.iter().map(|kind| value(dice, *kind)));
        for target in &plan.keys {
            let there = if *target == at { id } else { models[*target].rows.len() };
            row.push(match dice.below(4) {
                0 => Cell::Null,
                _ => Cell::Int(1 + dice.below(there) as i64),
            });
        }
        rows.push(row);
    }
    rows
}

fn list(kind: Type, items: Vec<Value>) -> Literal {
    Literal::new(Value::Array(Box::new(Array::new(kind.list(), items))))
}

async fn insert(db: &Db, table: &'static Table, fields: Vec<usize>, columns: Vec<Literal>) {
    let statement = Statement::Insert(Insert {
        table: TableRef(table),
        fields,
        source: InsertSource::Columns(columns),
        conflict: None,
        returning: Vec::new(),
        tag: None,
        told: None,
        load: false,
    });
    let compiled = plan::compile(&statement, db.dialect()).unwrap();
    let request = compiled.request(&statement).unwrap();
    db.run(vec![request], Box::new(super::Rows::new(Vec::new()))).await.unwrap();
}
