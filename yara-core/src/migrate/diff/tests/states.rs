//! Random states that make sense, and the hints by which one becomes another.

use crate::migrate::diff::Hints;
use crate::migrate::random::Random;
use crate::migrate::samples::{index, sql};
use crate::migrate::{Operation, State};
use crate::schema::OnDelete;
use crate::schema::definition::{
    CheckDefinition, ColumnDefinition, ForeignKeyDefinition, FulltextDefinition, IndexDefinition,
    KeyDefinition, KeySource, TableDefinition, TableName, UniqueDefinition,
};
use crate::value::Type;

const TABLES: [&str; 6] = ["a", "b", "c", "d", "shop.a", "\"x.y\""];
const PLAIN: [&str; 6] = ["c0", "c1", "c2", "c3", "c4", "c5"];
const COMPUTED: [&str; 2] = ["g0", "g1"];

/// The names of all columns.
pub(super) fn column_names() -> impl Iterator<Item = &'static str> {
    PLAIN.into_iter().chain(COMPUTED).chain(["id"])
}

/// A state in which one index at most is called `shared`.
pub(super) fn state(random: &mut Random) -> State {
    let mut state = State::default();
    for name in TABLES {
        if random.chance(60) {
            state.tables.push(table(name.parse().unwrap(), random));
        }
    }
    for at in 0..state.tables.len() {
        for _ in 0..random.below(3) {
            refer(&mut state, at, random);
        }
    }
    if let Some(table) = state.tables.first_mut().filter(|_| random.chance(60)) {
        table.indexes.push(IndexDefinition { name: Some("shared".into()), ..index(&["id"]) });
    }
    if random.chance(50) {
        state.tables.reverse();
    }
    state
}

fn table(name: TableName, random: &mut Random) -> TableDefinition {
    let id =
        ColumnDefinition { counted: random.chance(50), ..ColumnDefinition::new("id", Type::I64) };
    let mut table = TableDefinition::new(name, vec![id]);
    for name in PLAIN {
        if random.chance(60) {
            table.columns.push(column(name, random));
        }
    }
    let plain: Vec<String> = table.columns.iter().map(|column| column.name.clone()).collect();
    if random.chance(20) {
        let mut keys: Vec<String> = Vec::new();
        for column in table.columns.iter_mut().skip(1).take(2) {
            column.nullable = false;
            keys.push(column.name.clone());
        }
        if !keys.is_empty() {
            table.primary_key = keys;
            table.columns[0].counted = false;
        }
    }
    for name in COMPUTED {
        let mut one = column(name, random);
        if random.chance(50) {
            let text = format!("f(\"{}\", \"{}\")", random.pick(&plain), random.pick(&plain));
            one.computed = random.chance(70).then(|| sql(&text));
            one.default = one.default.filter(|_| one.computed.is_none());
            table.columns.push(one);
        }
    }
    parts(&mut table, random);
    table.comment = random.chance(20).then(|| "x".into());
    table
}

fn column(name: &str, random: &mut Random) -> ColumnDefinition {
    let kinds = [Type::I32, Type::I64, Type::Text, Type::Text, Type::Numeric, Type::Date];
    let kind = *random.pick(&kinds);
    ColumnDefinition {
        max_length: (kind == Type::Text).then(|| 1 + random.below(2) as u32),
        precision: (kind == Type::Numeric).then(|| (9, random.below(2) as u32)),
        nullable: random.chance(40),
        default: random.chance(30).then(|| sql(if random.chance(50) { "1" } else { "2" })),
        comment: random.chance(10).then(|| "y".into()),
        ..ColumnDefinition::new(name, kind)
    }
}

/// Columns, each once; one at least.
fn some(table: &TableDefinition, random: &mut Random) -> Vec<String> {
    let mut columns = vec![random.pick(&table.columns).name.clone()];
    if random.chance(30) {
        let other = random.pick(&table.columns).name.clone();
        if !columns.contains(&other) {
            columns.push(other);
        }
    }
    columns
}

fn parts(table: &mut TableDefinition, random: &mut Random) {
    for at in 0..random.below(3) {
        let columns = some(table, random);
        let name = random.chance(30).then(|| format!("u{at}"));
        let unique = UniqueDefinition { name, columns };
        if !table.uniques.iter().any(|known| known.columns == unique.columns) {
            table.uniques.push(unique);
        }
    }
    for at in 0..random.below(3) {
        let condition = sql(&format!("\"{}\" > 0", some(table, random)[0]));
        table.checks.push(CheckDefinition { name: format!("k{at}"), condition });
    }
    for at in 0..random.below(3) {
        let columns = some(table, random);
        let mut one = IndexDefinition {
            name: random.chance(40).then(|| format!("{}_i{at}", table.name)),
            unique: random.chance(30),
            keys: columns.into_iter().map(KeyDefinition::column).collect(),
            ..index(&[])
        };
        if one.name.is_some() && random.chance(40) {
            let expression = sql(&format!("g(\"{}\")", some(table, random)[0]));
            one.keys.push(KeyDefinition {
                of: KeySource::Expression(expression),
                ..KeyDefinition::column("")
            });
        }
        if random.chance(20) {
            one.condition = Some(sql(&format!("\"{}\" = 'x'", some(table, random)[0])));
        }
        let same = |known: &IndexDefinition| {
            known.name.is_none() && one.name.is_none() && known.columns().eq(one.columns())
        };
        if !table.indexes.iter().any(same) {
            table.indexes.push(one);
        }
    }
    if random.chance(20) {
        let columns = some(table, random);
        let name = format!("{}_w", table.name);
        table.fulltext.push(FulltextDefinition { name, language: "simple".into(), columns });
    }
}

/// Lets a table refer to some table by one of its keys, if it has as many columns.
fn refer(state: &mut State, at: usize, random: &mut Random) {
    let target = random.pick(&state.tables);
    let mut keys: Vec<&Vec<String>> = vec![&target.primary_key];
    keys.extend(target.uniques.iter().map(|unique| &unique.columns));
    let to = (*random.pick(&keys)).clone();
    let name = target.name.clone();
    let table = &mut state.tables[at];
    let mut columns: Vec<String> = Vec::new();
    for _ in 0..9 {
        let column = random.pick(&table.columns).name.clone();
        if columns.len() < to.len() && !columns.contains(&column) {
            columns.push(column);
        }
    }
    let taken = table.foreign_keys.iter().any(|key| key.columns == columns);
    if columns.len() == to.len() && !taken {
        let on_delete = *random.pick(&[OnDelete::NoAction, OnDelete::Cascade]);
        let on_update = OnDelete::NoAction;
        table.foreign_keys.push(ForeignKeyDefinition {
            columns,
            table: name,
            to,
            on_delete,
            on_update,
        });
    }
}

/// Hints that answer every question, renames among them.
pub(super) fn hints(old: &State, new: &State, random: &mut Random) -> Hints {
    let mut hints = Hints::new();
    let mut coming: Vec<&TableDefinition> =
        new.tables.iter().filter(|table| old.table(&table.name).is_none()).collect();
    for table in &old.tables {
        let mut later = table.name.clone();
        if new.table(&table.name).is_none() {
            if coming.is_empty() || random.chance(50) {
                hints = hints.drop(table.name.to_string());
                continue;
            }
            later = coming.remove(random.below(coming.len())).name.clone();
            hints = hints.rename(table.name.to_string(), later.to_string());
        }
        if let Some(wanted) = new.table(&later) {
            hints = of_columns(table, wanted, hints, random);
        }
    }
    hints
}

fn of_columns(
    old: &TableDefinition,
    new: &TableDefinition,
    mut hints: Hints,
    random: &mut Random,
) -> Hints {
    let plain = |column: &&ColumnDefinition| column.computed.is_none();
    let mut coming: Vec<&ColumnDefinition> = new.columns.iter().filter(plain).collect();
    coming.retain(|column| old.column(&column.name).is_none());
    let mut pairs = Vec::new();
    for column in &old.columns {
        let label = format!("{}.{}", old.name, column.name);
        match new.column(&column.name) {
            Some(wanted) if wanted.computed.is_some() && column.computed.is_none() => {
                hints = hints.drop(label);
            }
            Some(wanted) => pairs.push((column, wanted)),
            // Under a name of its own, a key is no computed column.
            None if column.computed.is_none() && !coming.is_empty() && random.chance(40) => {
                let wanted = coming.remove(random.below(coming.len()));
                hints = hints.rename(label, wanted.name.clone());
                pairs.push((column, wanted));
            }
            None => hints = hints.drop(label),
        }
    }
    let fill = |hints: Hints, name: &str| hints.fill(format!("{}.{name}", new.name), "0");
    hints = coming.iter().fold(hints, |hints, column| fill(hints, &column.name));
    let changed = pairs.iter().filter(|(old, new)| {
        let renamed = ColumnDefinition { name: new.name.clone(), ..(*old).clone() };
        old.computed.is_none() && renamed != **new
    });
    changed.fold(hints, |hints, (_, new)| fill(hints, &new.name))
}

#[test]
fn random_states_make_sense() {
    for seed in 0..50 {
        let state = state(&mut Random::new(seed));
        let mut made = State::default();
        for table in &state.tables {
            let table = TableDefinition { foreign_keys: Vec::new(), ..table.clone() };
            made.apply(&Operation::CreateTable(table)).unwrap();
        }
        for table in &state.tables {
            for key in table.foreign_keys.clone() {
                let table = table.name.clone();
                made.apply(&Operation::AddForeignKey { table, foreign_key: key }).unwrap();
            }
        }
        assert_eq!(made, state);
    }
}
