//! Random tables, their rows, and random changes of them.

use super::super::build::*;
use crate::evaluator::Dice;
use yara_orm::migrate::{Hints, Operation, State};
use yara_orm::schema::OnDelete;
use yara_orm::schema::definition::{
    ColumnDefinition, FulltextDefinition, IndexDefinition, KeyDefinition, KeySource, Sql,
    TableDefinition,
};
use yara_orm::value::Type;

const KINDS: [Type; 7] =
    [Type::I64, Type::I32, Type::Text, Type::F64, Type::Bool, Type::Date, Type::Numeric];
const ROWS: usize = 4;

fn pick<'t, T>(dice: &mut Dice, from: &'t [T]) -> Option<&'t T> {
    if from.is_empty() { None } else { Some(&from[dice.below(from.len())]) }
}

fn one_in(dice: &mut Dice, times: usize) -> bool {
    dice.below(times) == 0
}

fn is_integer(kind: Type) -> bool {
    matches!(kind, Type::I64 | Type::I32)
}

/// Two or three tables, each after those that it refers to.
pub fn tables(dice: &mut Dice) -> Vec<TableDefinition> {
    let mut tables: Vec<TableDefinition> = Vec::new();
    for name in &["ash", "birch", "cedar"][..2 + dice.below(2)] {
        let key = if one_in(dice, 3) { column("id", Type::I64) } else { id() };
        let mut one = table(name, vec![key]);
        for at in 0..2 + dice.below(3) {
            let mut column = drawn(dice, &format!("c{at}"));
            if column.computed.is_some() {
                column.name = format!("m{at}");
            }
            one.columns.push(column);
        }
        if let Some(other) = pick(dice, &tables) {
            let column = format!("{}_id", other.name.name);
            one.columns.push(optional(&column, Type::I64));
            let on_delete = if one_in(dice, 2) { OnDelete::Cascade } else { OnDelete::SetNull };
            one.foreign_keys.push(refers(&[&column], &other.name.name, &["id"], on_delete));
            one.indexes.push(index(&[&column]));
        }
        tables.push(one);
    }
    tables
}

/// A column, whose values may be computed from the key.
fn drawn(dice: &mut Dice, name: &str) -> ColumnDefinition {
    let kind = KINDS[dice.below(KINDS.len())];
    let mut column = column(name, kind);
    if one_in(dice, 8) {
        let computed = Some(same("\"id\" * 3"));
        return ColumnDefinition { kind: Type::I64, nullable: true, computed, ..column };
    }
    column.nullable = one_in(dice, 2);
    if one_in(dice, 3) {
        column.default = default(kind);
    }
    if kind == Type::Text && one_in(dice, 3) {
        column.max_length = Some(10 + dice.below(9) as u32);
    }
    if kind == Type::I32 && one_in(dice, 3) {
        column.choices = (0..=ROWS).map(|row| (row * 7).to_string()).collect();
    }
    if one_in(dice, 4) {
        column.comment = Some(format!("it's {}", dice.below(9)));
    }
    column
}

fn default(kind: Type) -> Option<Sql> {
    Some(match kind {
        Type::Text => same("'it''s'"),
        Type::Bool => same("FALSE"),
        Type::Date => each("CURRENT_DATE", "date('now')"),
        Type::F64 => same("1.5e0"),
        Type::Numeric => each("0", "'0'"),
        _ => same("0"),
    })
}

/// A value for each row that no other row has, where the kind has so many.
fn fill(kind: Type, key: &str) -> Sql {
    match kind {
        Type::Text => same(&format!("'t' || CAST({key} AS text)")),
        Type::Bool => same("TRUE"),
        Type::Date => each(
            &format!("DATE '2024-01-01' + CAST({key} AS integer)"),
            &format!("date('2024-01-01', {key} || ' days')"),
        ),
        Type::F64 => same(&format!("{key} * 1.5e0")),
        Type::Numeric => each(&format!("{key} * 2.5"), &format!("CAST({key} * 25 AS text)")),
        _ => same(&format!("{key} * 7")),
    }
}

/// Answers to all that there is to ask of two sets of tables.
pub fn hints(old: &State, new: &State) -> Hints {
    let mut hints = Hints::new().allow_destructive(true);
    for table in &old.tables {
        let Some(later) = new.table(&table.name) else { continue };
        for column in table.columns.iter().filter(|column| later.column(&column.name).is_none()) {
            hints = hints.drop(format!("{}.{}", table.name, column.name));
        }
        for column in later.columns.iter().filter(|column| column.computed.is_none()) {
            let path = format!("{}.{}", table.name, column.name);
            let needed = match table.column(&column.name) {
                None => !column.nullable && column.default.is_none(),
                Some(before) => before.kind != column.kind || (before.nullable && !column.nullable),
            };
            if needed {
                hints = hints.fill(path, fill(column.kind, "\"id\""));
            }
        }
    }
    hints
}

/// The statements that insert rows.
pub fn rows(state: &State) -> Vec<String> {
    let mut statements = Vec::new();
    for table in &state.tables {
        for row in 1..=ROWS {
            let mut columns = Vec::new();
            let mut values = Vec::new();
            for column in table.columns.iter().filter(|column| column.computed.is_none()) {
                let refers = table.foreign_keys.iter().any(|key| key.columns[0] == column.name);
                if row == 2 && column.nullable {
                    continue;
                }
                columns.push(format!("\"{}\"", column.name));
                values.push(match (&column.name[..], refers) {
                    ("id", _) | (_, true) => row.to_string(),
                    _ => match fill(column.kind, &row.to_string()) {
                        Sql::Same(text) => text,
                        Sql::Each(_) if column.kind == Type::Date => format!("'2024-02-0{row}'"),
                        Sql::Each(_) => format!("'{row}.5'"),
                    },
                });
            }
            let name = &table.name.name;
            let (columns, values) = (columns.join(", "), values.join(", "));
            statements.push(format!("INSERT INTO \"{name}\" ({columns}) VALUES ({values})"));
        }
    }
    statements
}

/// A change of one of the tables, which may make no sense.
pub fn change(dice: &mut Dice, state: &State) -> Operation {
    let table = pick(dice, &state.tables).unwrap();
    let called = table.name.clone();
    let fresh = format!("n{}", dice.below(1000));
    let any = pick(dice, &table.columns[1..]).cloned();
    let key = format!("\"{}\"", table.columns[0].name);
    match (dice.below(15), any) {
        (0, _) => Operation::RenameTable { from: called, to: name(&fresh) },
        (1, Some(column)) => {
            Operation::RenameColumn { table: called, from: column.name, to: fresh }
        }
        (2, _) => {
            let from = table.columns[0].name.clone();
            Operation::RenameColumn { table: called, from, to: fresh }
        }
        (3 | 4, _) => {
            let mut column = drawn(dice, &fresh);
            column.computed = column.computed.map(|_| same(&format!("{key} * 3")));
            let needs = !column.nullable && column.default.is_none();
            let filled = needs || (one_in(dice, 3) && column.computed.is_none());
            let fill = filled.then(|| fill(column.kind, &key));
            Operation::AddColumn { table: called, column, fill }
        }
        // Undoing brings it back for the rows there are.
        (5, Some(column)) if column.nullable || column.default.is_some() => {
            Operation::DropColumn { table: called, column: column.name }
        }
        (6..=8, Some(column)) => altered(dice, table, column, &key),
        (9, Some(column)) if unlike(&column) => {
            Operation::AddUnique { table: called, unique: unique(&[&column.name]) }
        }
        (10, Some(column)) => Operation::AddIndex {
            table: called,
            index: drawn_index(dice, &column, &fresh),
            concurrently: false,
        },
        (11, Some(column)) if is_integer(column.kind) => {
            let condition = format!("\"{}\" >= 0", column.name);
            Operation::AddCheck { table: called, check: check(&fresh, &condition) }
        }
        (12, Some(column)) if column.kind == Type::Text => {
            let columns = vec![column.name];
            let fulltext = FulltextDefinition { name: fresh, language: "english".into(), columns };
            Operation::AddFulltext { table: called, fulltext }
        }
        (13, _) if one_in(dice, 2) && !table.foreign_keys.is_empty() => {
            let columns = table.foreign_keys[0].columns.clone();
            Operation::DropForeignKey { table: called, columns }
        }
        (13, _) => undone(table),
        _ => Operation::CommentTable { table: called, comment: Some(fresh) },
    }
}

/// Whether all rows have other values in it.
fn unlike(column: &ColumnDefinition) -> bool {
    column.kind != Type::Bool && column.default.is_none()
}

/// A drop of something that was added.
fn undone(of: &TableDefinition) -> Operation {
    let table = of.name.clone();
    if let Some(unique) = of.uniques.last() {
        return Operation::DropUnique { table, unique: unique.clone() };
    }
    if let Some(check) = of.checks.last() {
        return Operation::DropCheck { table, name: check.name.clone() };
    }
    if let Some(index) = of.indexes.last() {
        return Operation::DropIndex { table, index: index.clone(), concurrently: false };
    }
    Operation::CommentTable { table, comment: None }
}

fn drawn_index(dice: &mut Dice, column: &ColumnDefinition, fresh: &str) -> IndexDefinition {
    let own = KeySource::Column(column.name.clone());
    let quoted = format!("\"{}\"", column.name);
    let falling = KeyDefinition { descending: one_in(dice, 2), ..key(own) };
    let condition = one_in(dice, 3).then(|| same(&format!("{quoted} IS NOT NULL")));
    let mut keys = vec![falling];
    if column.kind == Type::Text && one_in(dice, 2) {
        keys.push(key(KeySource::Expression(same(&format!("lower({quoted})")))));
    }
    IndexDefinition { name: Some(format!("{fresh}_index")), keys, condition, ..index(&[]) }
}

/// A column that becomes something else, so that it can become again what it was.
fn altered(
    dice: &mut Dice,
    table: &TableDefinition,
    old: ColumnDefinition,
    key: &str,
) -> Operation {
    let mut column = old.clone();
    let mut filled = false;
    match dice.below(7) {
        0 if is_integer(old.kind) && old.computed.is_none() => {
            column.kind = if old.kind == Type::I64 { Type::I32 } else { Type::I64 };
        }
        1 if is_integer(old.kind) && old.computed.is_none() && old.default.is_none() => {
            let held = table.foreign_keys.iter().any(|key| key.columns.contains(&old.name));
            let named = table.checks.iter().any(
                |check| matches!(&check.condition, Sql::Same(text) if text.contains(&old.name)),
            );
            column.kind = if held || named { old.kind } else { Type::Text };
        }
        2 if old.nullable && old.computed.is_none() => {
            column.nullable = false;
            filled = true;
        }
        3 if !old.nullable => column.nullable = true,
        4 if old.computed.is_none() => {
            column.default = if old.default.is_some() { None } else { default(old.kind) };
        }
        5 if old.kind == Type::Text => {
            column.max_length = if old.max_length.is_some() { None } else { Some(60) };
        }
        6 if old.computed.is_some() => {
            column.computed =
                if one_in(dice, 2) { None } else { Some(same(&format!("{key} + 1"))) };
        }
        _ => column.comment = Some(format!("of {}", dice.below(9))),
    }
    let refers = table.foreign_keys.iter().any(|key| key.columns.contains(&old.name));
    let fill = filled.then(|| if refers { same(key) } else { fill(old.kind, key) });
    Operation::AlterColumn { table: table.name.clone(), column, fill }
}
