//! Random joins, combined queries and queries within queries, compared with nested loops over the
//! same rows in memory.

use super::shelf::{Dice, Shelf, fill};
use super::{Case, mixed, of_author, of_book};
use crate::models::{Author, Book};
use crate::support::{World, scenarios};
use yara_orm::func::exists;
use yara_orm::prelude::*;
use yara_orm::typed::{Alias, Perhaps, Presence, Present};

scenarios! {
    random_joins_are_nested_loops,
    random_sets_are_those_of_their_rows,
    random_subqueries_are_about_their_rows,
}

/// Whether two books are partners: as a condition, and naively. What is NULL equals nothing here.
type Match = (Pred<Book>, fn(&Shelf, &Book, &Book) -> bool);

/// The conditions are written once for each kind of alias, because their columns differ in type.
trait Columns: Presence {
    fn partners(dice: &mut Dice, other: &Alias<Book, Book, Self>) -> Match
    where
        Self: Sized;
}

macro_rules! columns {
    ($($presence:ty),+) => {$(
        impl Columns for $presence {
            fn partners(dice: &mut Dice, other: &Alias<Book, Book, Self>) -> Match {
                match dice.below(6) {
                    0 => (Book::views.lt(other.col(Book::views)), |_, one, two| one.views < two.views),
                    1 => (
                        other.col(Book::author.id).eq(Book::author.id) & other.col(Book::id).ne(Book::id),
                        |_, one, two| one.author.key() == two.author.key() && one.id != two.id,
                    ),
                    2 => (other.col(Book::rating).eq(Book::rating), |_, one, two| {
                        one.rating.is_some() && one.rating == two.rating
                    }),
                    3 => (other.col(Book::author.name).eq(Book::title), |all, one, two| {
                        all.writer(two).name == one.title
                    }),
                    4 => (Book::author.mentor.id.eq(other.col(Book::author.id)), |all, one, two| {
                        all.guide(one).is_some_and(|guide| guide.id == *two.author.key())
                    }),
                    _ => (other.col(Book::tags.count()).gt(Book::tags.count()), |all, one, two| {
                        all.tags(two).count() > all.tags(one).count()
                    }),
                }
            }
        }
    )+};
}

columns!(Present, Perhaps);

async fn random_joins_are_nested_loops(world: World) {
    let mut dice = Dice(11);
    let shelf = fill(&world.db, &mut dice).await;
    let (other, maybe) = (Book::alias("other"), Book::alias("maybe").optional());
    for round in 0..60 {
        let depth = round % 3;
        let (own, its) = (mixed(&mut dice, depth, of_book), mixed(&mut dice, depth, of_book));
        let (first, first_holds) = Present::partners(&mut dice, &other);
        let (second, second_holds) = Perhaps::partners(&mut dice, &maybe);
        let mut expected = Vec::new();
        for one in shelf.books.iter().filter(|one| (own.holds)(&shelf, one)) {
            let twos = shelf.books.iter().filter(|two| first_holds(&shelf, one, two));
            for two in twos.filter(|two| (its.holds)(&shelf, two)) {
                let threes = shelf.books.iter().filter(|three| second_holds(&shelf, one, three));
                let threes: Vec<Option<i64>> = threes.map(|three| Some(three.id)).collect();
                let threes = if threes.is_empty() { vec![None] } else { threes };
                expected.extend(threes.into_iter().map(|three| (one.id, two.id, three)));
            }
        }
        let query = Book::filter(own.asked())
            .join(&other, first.clone() & other.holds(its.asked()))
            .left_join(&maybe, second.clone())
            .order_by((Book::id, other.col(Book::id), maybe.col(Book::id)));
        let rows = query.clone().select((Book::id, other.col(Book::id), maybe.col(Book::id)));
        let rows = rows.all(&world.db).await.unwrap();
        assert_eq!(rows, expected, "{:?}, {first:?}, {:?}, {second:?}", own.asked, its.asked);
        assert_eq!(query.clone().count(&world.db).await.unwrap() as usize, expected.len());
        let alone: Vec<_> =
            expected.iter().filter(|row| row.2.is_none()).map(|row| row.0).collect();
        let without = query.filter(maybe.is_none()).select(Book::id).all(&world.db).await.unwrap();
        assert_eq!(without, alone);
    }
}

/// A query about books, and the keys that it gives, in any order.
fn some_books(dice: &mut Dice, shelf: &Shelf, depth: usize) -> (Query<Book>, Vec<i64>) {
    if depth == 0 || dice.below(4) == 0 {
        let case = mixed(dice, depth.min(1), of_book);
        let books = shelf.books.iter().filter(|book| (case.holds)(shelf, book));
        let mut keys: Vec<i64> = books.map(|book| book.id).collect();
        let query = Book::filter(case.asked());
        if dice.below(3) > 0 {
            return (query, keys);
        }
        let (limit, offset) = (dice.below(6), dice.below(3));
        keys = keys.into_iter().rev().skip(offset).take(limit).collect();
        return (query.order_by(Book::id.desc()).limit(limit as u64).offset(offset as u64), keys);
    }
    let (one, mut left) = some_books(dice, shelf, depth - 1);
    let (two, right) = some_books(dice, shelf, depth - 1);
    let once = |mut keys: Vec<i64>| {
        keys.sort_unstable();
        keys.dedup();
        keys
    };
    let (query, mut keys) = match dice.below(4) {
        0 => (one.union_all(two), {
            left.extend(right);
            left
        }),
        1 => (one.union(two), {
            left.extend(right);
            once(left)
        }),
        2 => (one.intersect(two), {
            left.retain(|key| right.contains(key));
            once(left)
        }),
        _ => (one.except(two), {
            left.retain(|key| !right.contains(key));
            once(left)
        }),
    };
    if dice.below(4) > 0 {
        return (query, keys);
    }
    let case = mixed(dice, 1, of_book);
    keys.retain(|key| shelf.books.iter().any(|book| book.id == *key && (case.holds)(shelf, book)));
    (query.filter(case.asked()), keys)
}

async fn random_sets_are_those_of_their_rows(world: World) {
    let mut dice = Dice(13);
    let shelf = fill(&world.db, &mut dice).await;
    for round in 0..80 {
        let (query, mut keys) = some_books(&mut dice, &shelf, 1 + round % 3);
        keys.sort_unstable();
        let spelled = format!("{query:?}");
        assert_eq!(query.clone().count(&world.db).await.unwrap() as usize, keys.len(), "{spelled}");
        assert_eq!(query.clone().exists(&world.db).await.unwrap(), !keys.is_empty(), "{spelled}");
        let among = Book::filter(Book::id.is_in(query.clone().select(Book::id)));
        let found = query.as_table("found").query().order_by(Book::id).select(Book::id);
        assert_eq!(found.all(&world.db).await.unwrap(), keys, "{spelled}");
        keys.dedup();
        let among = among.order_by(Book::id).select(Book::id).all(&world.db).await.unwrap();
        assert_eq!(among, keys, "{spelled}");
    }
}

async fn random_subqueries_are_about_their_rows(world: World) {
    let mut dice = Dice(17);
    let shelf = fill(&world.db, &mut dice).await;
    for round in 0..80 {
        let depth = round % 3;
        let (book, author): (Case<Book>, Case<Author>) =
            (mixed(&mut dice, depth, of_book), mixed(&mut dice, depth, of_author));
        let theirs = || Book::filter(book.asked() & Book::author.id.eq(outer(Author::id)));
        let writers = Author::filter(author.asked()).select(Author::id);
        let rows = Author::query().order_by(Author::id).select((
            Author::id,
            exists(theirs()).as_value(),
            theirs().order_by(Book::id.desc()).select(Book::id).scalar(),
        ));
        let expected: Vec<(i64, Option<bool>, Option<i64>)> = shelf
            .authors
            .iter()
            .map(|it| {
                let last = shelf.books(it).filter(|it| (book.holds)(&shelf, it)).last();
                (it.id, Some(last.is_some()), last.map(|book| book.id))
            })
            .collect();
        assert_eq!(rows.all(&world.db).await.unwrap(), expected, "{:?}", book.asked);
        let mut expected: Vec<i64> = Vec::new();
        for it in &shelf.books {
            let writer = shelf.writer(it);
            let first = shelf.books(writer).filter(|other| (book.holds)(&shelf, other)).count() < 2;
            if (author.holds)(&shelf, writer) && first {
                expected.push(it.id);
            }
        }
        let two = theirs().offset(1);
        let few = Author::filter(!exists(two)).select(Author::id);
        let found = Book::filter(Book::author.id.is_in(writers) & Book::author.id.is_in(few));
        let found = found.order_by(Book::id).select(Book::id).all(&world.db).await.unwrap();
        assert_eq!(found, expected, "{:?}, {:?}", book.asked, author.asked);
    }
}
