//! Migrations of anything that can be written, whether it makes sense or not.

use crate::migrate::random::Random;
use crate::migrate::{Migration, Operation};
use crate::schema::OnDelete;
use crate::schema::definition::{
    CheckDefinition, ColumnDefinition, ForeignKeyDefinition, FulltextDefinition, IndexDefinition,
    KeyDefinition, KeySource, Sql, TableDefinition, TableName, UniqueDefinition,
};
use crate::tree::Nulls;
use crate::value::{ForeignKind, Type};

const TEXTS: [&str; 21] = [
    "a",
    "title",
    "",
    " ",
    "a.b",
    "it's",
    "a \"quoted\" one",
    "both ' and \"",
    "\"a\" = 'b'",
    "'b' = \"a\"",
    "''' and \"",
    "back\\slash",
    "C:\\new\\table",
    "é, 中, 🦀",
    "line\nbreak",
    "\n'''\n",
    "ends with quote'\n'",
    "tab\tand\r\nreturn",
    "\u{1}\u{7f}\u{85}",
    "\"\"\"\n\"\"\"",
    "a text that is longer than the others, so that what it is part of does not fit on one line",
];

pub(super) fn migration(random: &mut Random) -> Migration {
    let count = random.below(6);
    let operations = (0..count).map(|_| operation(random)).collect();
    Migration { note: maybe(random, text), atomic: random.chance(80), operations }
}

fn text(random: &mut Random) -> String {
    (*random.pick(&TEXTS)).to_owned()
}

fn maybe<T>(random: &mut Random, make: impl FnOnce(&mut Random) -> T) -> Option<T> {
    random.chance(30).then(|| make(random))
}

/// From `least` to three.
fn some<T>(random: &mut Random, least: usize, make: impl Fn(&mut Random) -> T) -> Vec<T> {
    let count = least + random.below(4 - least);
    (0..count).map(|_| make(random)).collect()
}

fn name(random: &mut Random) -> TableName {
    TableName { schema: maybe(random, text), name: text(random) }
}

fn sql(random: &mut Random) -> Sql {
    if random.chance(70) {
        return Sql::Same(text(random));
    }
    Sql::Each([("postgresql".into(), text(random)), ("a database".into(), text(random))].into())
}

fn kind(random: &mut Random) -> Type {
    let vector = ForeignKind::kept("vector", Some("vector(3)"), None, Some("vector"));
    let kinds = [Type::I64, Type::Text, Type::Range(&Type::Date), Type::Foreign(vector)];
    let kind = *random.pick(&kinds);
    if random.chance(20) { kind.list() } else { kind }
}

fn column(random: &mut Random) -> ColumnDefinition {
    ColumnDefinition {
        name: text(random),
        kind: kind(random),
        max_length: maybe(random, |random| random.below(1000) as u32),
        precision: maybe(random, |random| (random.below(40) as u32, u32::MAX)),
        nullable: random.chance(30),
        counted: random.chance(30),
        default: maybe(random, sql),
        computed: maybe(random, sql),
        choices: some(random, 0, text),
        comment: maybe(random, text),
    }
}

fn unique(random: &mut Random) -> UniqueDefinition {
    UniqueDefinition { name: maybe(random, text), columns: some(random, 1, text) }
}

fn check(random: &mut Random) -> CheckDefinition {
    CheckDefinition { name: text(random), condition: sql(random) }
}

fn foreign_key(random: &mut Random) -> ForeignKeyDefinition {
    let actions = [
        OnDelete::NoAction,
        OnDelete::Restrict,
        OnDelete::Cascade,
        OnDelete::SetNull,
        OnDelete::SetDefault,
    ];
    ForeignKeyDefinition {
        columns: some(random, 1, text),
        table: name(random),
        to: some(random, 1, text),
        on_delete: *random.pick(&actions),
        on_update: *random.pick(&actions),
    }
}

fn index(random: &mut Random) -> IndexDefinition {
    IndexDefinition {
        name: maybe(random, text),
        unique: random.chance(30),
        keys: some(random, 1, key),
        method: maybe(random, text),
        include: some(random, 0, text),
        condition: maybe(random, sql),
    }
}

fn key(random: &mut Random) -> KeyDefinition {
    if random.chance(50) {
        return KeyDefinition::column(text(random));
    }
    KeyDefinition {
        of: match random.chance(50) {
            true => KeySource::Column(text(random)),
            false => KeySource::Expression(sql(random)),
        },
        descending: random.chance(50),
        nulls: *random.pick(&[Nulls::Greatest, Nulls::First, Nulls::Last]),
        class: maybe(random, text),
    }
}

fn fulltext(random: &mut Random) -> FulltextDefinition {
    FulltextDefinition {
        name: text(random),
        language: text(random),
        columns: some(random, 1, text),
    }
}

fn table(random: &mut Random) -> TableDefinition {
    TableDefinition {
        name: name(random),
        comment: maybe(random, text),
        columns: some(random, 0, column),
        primary_key: some(random, 0, text),
        uniques: some(random, 0, unique),
        checks: some(random, 0, check),
        foreign_keys: some(random, 0, foreign_key),
        indexes: some(random, 0, index),
        fulltext: some(random, 0, fulltext),
    }
}

fn operation(random: &mut Random) -> Operation {
    let table = name(random);
    let column = |random: &mut Random| (column(random), maybe(random, sql));
    match random.below(Operation::NAMES.len()) {
        0 => Operation::CreateTable(self::table(random)),
        1 => Operation::DropTable(table),
        2 => Operation::RenameTable { from: table, to: name(random) },
        3 => Operation::CommentTable { table, comment: maybe(random, text) },
        4 => {
            let (column, fill) = column(random);
            Operation::AddColumn { table, column, fill }
        }
        5 => Operation::DropColumn { table, column: text(random) },
        6 => Operation::RenameColumn { table, from: text(random), to: text(random) },
        7 => {
            let (column, fill) = column(random);
            Operation::AlterColumn { table, column, fill }
        }
        8 => Operation::SetPrimaryKey { table, columns: some(random, 0, text) },
        9 => Operation::AddUnique { table, unique: unique(random) },
        10 => Operation::DropUnique { table, unique: unique(random) },
        11 => Operation::AddCheck { table, check: check(random) },
        12 => Operation::DropCheck { table, name: text(random) },
        13 => Operation::AddForeignKey { table, foreign_key: foreign_key(random) },
        14 => Operation::DropForeignKey { table, columns: some(random, 1, text) },
        15 => {
            let concurrently = random.chance(30);
            Operation::AddIndex { table, index: index(random), concurrently }
        }
        16 => {
            let concurrently = random.chance(30);
            Operation::DropIndex { table, index: index(random), concurrently }
        }
        17 => Operation::AddFulltext { table, fulltext: fulltext(random) },
        18 => Operation::DropFulltext { table, name: text(random) },
        19 => Operation::Sql { up: sql(random), down: maybe(random, sql) },
        _ => Operation::Step { name: text(random) },
    }
}
