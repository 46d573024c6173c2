//! A condition and its negation together keep every row, each once: on rows with NULLs in them,
//! for conditions put together at random.

use super::models::{book, col, compare, in_list, int, list, not, related, review};
use super::{prepare, query};
use crate::plan::{compile, count};
use crate::sql::{Postgres, Sqlite};
use crate::tree::{Between, BinaryOperator, Expr, Quantifier, Statement};
use crate::value::{Type, Value};
use rusqlite::ToSql;
use rusqlite::types::Value as Stored;
use std::rc::Rc;

const ROWS: &str = "
    INSERT INTO author (id, name, bio, mentor_id) VALUES
        (1, 'a', NULL, NULL), (2, 'b', 'x', 1), (3, 'c', NULL, 2);
    INSERT INTO book (id, title, views, pages, author_id, editor_id) VALUES
        (1, 'a', 1, NULL, 1, NULL), (2, 'b', 2, 2, 1, 1), (3, 'c', 3, 3, 2, 2),
        (4, 'd', 4, NULL, 2, 3), (5, 'e', 1, 1, 3, NULL), (6, 'f', 0, 2, 3, 3);
    INSERT INTO review (id, book_id, stars, text, reader_id) VALUES
        (1, 1, 1, '', 1), (2, 1, 3, '', 2), (3, 2, 2, '', 9), (4, 6, 2, '', 3);
";

/// Numbers that look random and are the same in each run
/// (source: Marsaglia, "Xorshift RNGs", 2003).
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, limit: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % limit
    }
}

fn value(numbers: &mut Numbers) -> Expr {
    const PATHS: [&str; 7] = [
        "views",
        "pages",
        "editor_id",
        "author.mentor_id",
        "editor.mentor.id",
        "editor.mentor.mentor_id",
        "cover.id",
    ];
    match numbers.below(10) {
        0 => Expr::literal(Value::Null(Type::I64)),
        1 | 2 => int(numbers.below(4) as i64),
        _ => col(book(), PATHS[numbers.below(7) as usize]),
    }
}

fn condition(numbers: &mut Numbers, depth: u64) -> Expr {
    let choice = if depth == 0 { numbers.below(6) } else { numbers.below(10) };
    match choice {
        0 => compare(value(numbers), BinaryOperator::Less, value(numbers)),
        1 => {
            Expr::Binary(BinaryOperator::Equal, Box::new(value(numbers)), Box::new(value(numbers)))
        }
        2 => Expr::Same(Box::new(value(numbers)), Box::new(value(numbers)), numbers.below(2) == 0),
        3 => {
            let items = (0..numbers.below(3)).map(|item| Value::I64(item as i64)).collect();
            in_list(value(numbers), list(&Type::I64, items), numbers.below(2) == 0)
        }
        4 => Expr::Between(Box::new(Between {
            operand: value(numbers),
            low: value(numbers),
            high: value(numbers),
        })),
        5 => {
            let quantifier = [Quantifier::Any, Quantifier::None, Quantifier::All]
                [numbers.below(3) as usize]
                .clone();
            let stars = compare(
                col(review(), "stars"),
                BinaryOperator::Less,
                col(review(), "reader.mentor_id"),
            );
            related(book(), "reviews", quantifier, Some(stars))
        }
        6 => not(condition(numbers, depth - 1)),
        7 => Expr::And(vec![condition(numbers, depth - 1), condition(numbers, depth - 1)]),
        8 => Expr::Or(vec![condition(numbers, depth - 1), condition(numbers, depth - 1)]),
        _ => condition(numbers, depth - 1).equal(condition(numbers, depth - 1)),
    }
}

fn stored(value: &Value) -> Box<dyn ToSql> {
    match value {
        Value::I64(number) => Box::new(*number),
        Value::Array(array) => {
            let items = array.items.iter().map(|item| match item {
                Value::I64(number) => Stored::Integer(*number),
                _ => Stored::Null,
            });
            Box::new(Rc::new(items.collect::<Vec<_>>()))
        }
        _ => Box::new(Stored::Null),
    }
}

/// The number of books that meet a condition.
fn books(database: &rusqlite::Connection, condition: Expr) -> i64 {
    let statement: Statement = count(&query(book(), &["id"]).filtered(condition));
    let request = compile(&statement, &Sqlite).unwrap().request(&statement).unwrap();
    let values: Vec<Box<dyn ToSql>> = request.values.iter().map(stored).collect();
    let values: Vec<&dyn ToSql> = values.iter().map(|value| &**value).collect();
    let number = database.query_row(&request.command.sql, values.as_slice(), |row| row.get(0));
    let number = number.unwrap_or_else(|error| panic!("{error}: {}", request.command.sql));
    let postgres = compile(&statement, &Postgres).unwrap().request(&statement).unwrap();
    prepare::print_count(&postgres, number);
    number
}

#[test]
fn a_condition_and_its_negation_keep_every_row_once() {
    let database = prepare::sqlite();
    database.execute_batch("PRAGMA foreign_keys = OFF").unwrap();
    database.execute_batch(ROWS).unwrap();
    let mut numbers = Numbers(0x2545_f491_4f6c_dd1d);
    for _ in 0..400 {
        let condition = condition(&mut numbers, 3);
        let met = books(&database, condition.clone());
        assert_eq!(met + books(&database, not(condition.clone())), 6, "{condition:?}");
        let both = condition.clone().and(not(condition.clone()));
        assert_eq!(books(&database, both), 0, "{condition:?}");
        assert_eq!(books(&database, not(not(condition.clone()))), met, "{condition:?}");
    }
}
