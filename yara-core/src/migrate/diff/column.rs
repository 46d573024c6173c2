//! Columns that come, change and go.

use super::convert::{Conversion, conversion};
use super::hints::Answers;
use super::pair::Pair;
use super::question::Questions;
use crate::migrate::Operation;
use crate::schema::definition::{ColumnDefinition, Sql, TableName};
use crate::sql::rewrite::instead_of_null;
use crate::value::Type;

/// Asks what the rows have in new columns, and how values are converted, where nobody has said it.
pub(super) fn ask(pairs: &[Pair], answers: &Answers, questions: &mut Questions) {
    for pair in pairs {
        let table = pair.name();
        for column in pair.coming() {
            if pair.needs_value(column) && fill_of_new(pair, column, answers).is_none() {
                questions.ask(format!(
                    "`{table}.{0}` comes and cannot be NULL: what do the rows that are there have \
                     in it? fill(\"{table}.{0}\", \"…\") says it in SQL; or let it be NULL, or have \
                     a default of the database",
                    column.name
                ));
            } else {
                // So that the hint counts as used.
                answers.fill_of(&table, &column.name);
            }
        }
        for (old, new) in pair.staying() {
            if old.computed.is_none() {
                ask_about_change(&table, old, new, answers, questions);
            }
        }
    }
}

fn ask_about_change(
    table: &TableName,
    old: &ColumnDefinition,
    new: &ColumnDefinition,
    answers: &Answers,
    questions: &mut Questions,
) {
    let label = format!("{table}.{}", new.name);
    if let Conversion::Asked(how) = conversion(old, new) {
        if answers.fill_of(table, &new.name).is_none() {
            questions.ask(format!(
                "`{label}` {how}, and what becomes of its values is not clear: \
                 fill({label:?}, \"…\") says it in SQL, of what they are now"
            ));
        }
    } else if old.nullable && !new.nullable && fill_of_changed(table, old, new, answers).is_none() {
        questions.ask(format!(
            "`{label}` cannot be NULL any more: what do the rows have that are? \
             fill({label:?}, \"…\") says it in SQL"
        ));
    } else if old != new {
        answers.fill_of(table, &new.name);
    }
}

impl Pair {
    fn rekeyed(&self) -> bool {
        self.old.primary_key != self.new.primary_key
    }

    /// Whether the rows have nothing in a new column unless they are told what. A database counts
    /// up its key; what becomes the key later was not counted.
    fn needs_value(&self, column: &ColumnDefinition) -> bool {
        let counts = column.counted && !self.new.primary_key.contains(&column.name);
        let filled = column.default.is_some() || column.computed.is_some() || counts;
        !column.nullable && !filled
    }
}

/// What the rows have in a new column.
fn fill_of_new(pair: &Pair, column: &ColumnDefinition, answers: &Answers) -> Option<Sql> {
    let table = &pair.new.name;
    let needed = |_: &&Sql| pair.needs_value(column);
    let constant = || answers.constant_of(table, &column.name).filter(needed);
    answers.fill_of(table, &column.name).or_else(constant).cloned()
}

/// What the rows have in a column that changes: a hint, or where nothing but NULL goes the value in
/// place of it.
fn fill_of_changed(
    table: &TableName,
    old: &ColumnDefinition,
    new: &ColumnDefinition,
    answers: &Answers,
) -> Option<Sql> {
    let hint = answers.fill_of(table, &new.name);
    let only_null_goes = matches!(conversion(old, new), Conversion::Exact);
    if !only_null_goes || !old.nullable || new.nullable {
        return hint.cloned();
    }
    let value = hint.or(new.default.as_ref()).or_else(|| answers.constant_of(table, &new.name));
    // Beside a text, what becomes one has to be one.
    let as_text = new.kind == Type::Text && old.kind != Type::Text;
    value.map(|value| instead_of_null(&new.name, as_text, value))
}

/// Computed columns that go or are made anew: before the columns that they are computed from.
pub(super) fn computed_dropped(pairs: &[Pair]) -> Vec<Operation> {
    let of = |pair: &Pair| {
        let going = pair.going().filter(|column| column.computed.is_some());
        let names: Vec<String> = going.map(|column| column.name.clone()).collect();
        let table = pair.name();
        let drop = move |column| Operation::DropColumn { table: table.clone(), column };
        pair.remade.iter().cloned().chain(names).map(drop).collect::<Vec<_>>()
    };
    pairs.iter().flat_map(of).collect()
}

/// The other columns that go.
pub(super) fn dropped(pairs: &[Pair]) -> Vec<Operation> {
    let of = |pair: &Pair| {
        let going = pair.going().filter(|column| column.computed.is_none());
        let drop = |column: &ColumnDefinition| Operation::DropColumn {
            table: pair.name(),
            column: column.name.clone(),
        };
        going.map(drop).collect::<Vec<_>>()
    };
    pairs.iter().flat_map(of).collect()
}

/// What comes and changes in one table: columns, the key between them, then what is computed.
pub(super) fn changed(pair: &Pair, answers: &Answers) -> Vec<Operation> {
    let table = pair.name();
    let alter = |column: &ColumnDefinition, fill| Operation::AlterColumn {
        table: table.clone(),
        column: column.clone(),
        fill,
    };
    let mut operations = Vec::new();
    let mut after = Vec::new();
    for new in pair.coming().filter(|column| column.computed.is_none()) {
        let fill = fill_of_new(pair, new, answers);
        let first = pair.until_key(new, new, false);
        after.extend((first != *new).then(|| alter(new, None)));
        operations.push(Operation::AddColumn { table: table.clone(), column: first, fill });
    }
    // What is not computed any more does not hold fast what it was computed from.
    let (freed, others): (Vec<_>, Vec<_>) =
        pair.staying().partition(|(old, _)| old.computed.is_some());
    for (old, new) in freed.into_iter().chain(others) {
        let fill = fill_of_changed(&table, old, new, answers);
        let first = pair.until_key(old, new, old.counted);
        after.extend((first != *new).then(|| alter(new, None)));
        if first != *old {
            operations.push(alter(&first, fill));
        }
    }
    if pair.rekeyed() {
        for old in pair.going().filter(|column| column.counted) {
            operations.push(alter(&pair.until_key(old, old, false), None));
        }
        let columns = pair.new.primary_key.clone();
        operations.push(Operation::SetPrimaryKey { table: table.clone(), columns });
    }
    operations.extend(after);
    let is_remade = |name: &str| pair.remakes([name].into_iter());
    for column in &pair.new.columns {
        let comes = pair.old.column(&column.name).is_none() && column.computed.is_some();
        if comes || is_remade(&column.name) {
            let (table, column) = (table.clone(), column.clone());
            operations.push(Operation::AddColumn { table, column, fill: None });
        }
    }
    if pair.old.comment != pair.new.comment {
        let comment = pair.new.comment.clone();
        operations.push(Operation::CommentTable { table, comment });
    }
    operations
}

impl Pair {
    /// What a column is until the primary key has changed, if it does: a column of the key cannot
    /// be NULL, and a database may count up nothing but the key.
    fn until_key(
        &self,
        old: &ColumnDefinition,
        new: &ColumnDefinition,
        counted: bool,
    ) -> ColumnDefinition {
        let mut first = new.clone();
        if self.rekeyed() {
            first.nullable = old.nullable && new.nullable;
            first.counted = counted && new.counted;
        }
        first
    }
}
