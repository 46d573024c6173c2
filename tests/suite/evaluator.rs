//! Random conditions, compared with what a naive reading of the same rows in memory gives.

mod combined;
pub mod shelf;

use crate::models::{Author, Book, Tag};
use crate::support::{World, scenarios};
pub use shelf::Dice;
use shelf::{Shelf, fill};
use yara_orm::prelude::*;
use yara_orm::typed::{Column, InValue, Operand};
use yara_orm::value::{Comparable, Textual};

scenarios! {
    random_conditions_mean_what_they_say,
}

fn name(author: Option<&Author>) -> Option<String> {
    author.map(|author| author.name.clone())
}

/// A condition, and what it means. Never freed, so that it can be part of several others.
struct Case<M: 'static> {
    asked: Pred<M>,
    holds: &'static (dyn Fn(&Shelf, &M) -> bool + Send + Sync),
}

impl<M> Case<M> {
    fn asked(&self) -> Pred<M> {
        self.asked.clone()
    }
}

/// One of several conditions, each beside what it means for a row.
macro_rules! one_of {
    ($dice:ident, |$shelf:ident, $row:ident: $model:ty| $($asked:expr => $holds:expr;)+) => {{
        #[allow(unused_variables)]
        let mut cases = vec![$(Case { asked: $asked, holds: Box::leak(Box::new(move |$shelf: &Shelf, $row: &$model| $holds)) }),+];
        cases.swap_remove($dice.below(cases.len()))
    }};
}

/// A question about a text. What is NULL compares with nothing, and equals NULL.
fn about_text<M, C>(dice: &mut Dice, column: C, get: fn(&Shelf, &M) -> Option<String>) -> Case<M>
where
    M: Model,
    C: Expression<Model = M, Type: Textual + Comparable> + Copy,
    &'static str: Operand<M, C::Type> + InValue<C::Type>,
{
    let (text, other) = (dice.text(), dice.text());
    let fold = |text: &str| text.to_lowercase();
    one_of! { dice, |shelf, row: M|
        column.eq(text) => get(shelf, row).is_some_and(|it| it == text);
        column.ne(text) => get(shelf, row).is_none_or(|it| it != text);
        column.lt(text) => get(shelf, row).is_some_and(|it| *it < *text);
        column.ge(text) => get(shelf, row).is_some_and(|it| *it >= *text);
        column.contains(text) => get(shelf, row).is_some_and(|it| it.contains(text));
        column.icontains(text) => get(shelf, row).is_some_and(|it| fold(&it).contains(&fold(text)));
        column.starts_with(text) => get(shelf, row).is_some_and(|it| it.starts_with(text));
        column.istarts_with(text) => get(shelf, row).is_some_and(|it| fold(&it).starts_with(&fold(text)));
        column.ends_with(text) => get(shelf, row).is_some_and(|it| it.ends_with(text));
        column.iends_with(text) => get(shelf, row).is_some_and(|it| fold(&it).ends_with(&fold(text)));
        column.ieq(text) => get(shelf, row).is_some_and(|it| fold(&it) == fold(text));
        column.is_null() => get(shelf, row).is_none();
        column.is_in([text, other]) => get(shelf, row).is_some_and(|it| it == text || it == other);
        column.not_in([text, other]) => get(shelf, row).is_none_or(|it| it != text && it != other);
    }
}

/// A question about something that can be compared and may be NULL.
fn about_value<M, T, C>(
    dice: &mut Dice,
    column: C,
    draw: fn(&mut Dice) -> Option<T>,
    get: fn(&Shelf, &M) -> Option<T>,
) -> Case<M>
where
    M: Model,
    T: Comparable + PartialOrd + Copy,
    C: Expression<Model = M, Type = Option<T>> + Clone,
{
    let (one, two) = (draw(dice), draw(dice));
    let both = |a: Option<T>, b: Option<T>| a.zip(b);
    let column = || column.clone();
    one_of! { dice, |shelf, row: M|
        column().eq(one) => get(shelf, row) == one;
        column().ne(one) => get(shelf, row) != one;
        column().lt(one) => both(get(shelf, row), one).is_some_and(|(it, one)| it < one);
        column().le(one) => both(get(shelf, row), one).is_some_and(|(it, one)| it <= one);
        column().gt(one) => both(get(shelf, row), one).is_some_and(|(it, one)| it > one);
        column().ge(one) => both(get(shelf, row), one).is_some_and(|(it, one)| it >= one);
        column().between(one, two) => both(get(shelf, row), one).zip(two).is_some_and(|((it, one), two)| one <= it && it <= two);
        column().is_in([one, two]) => [one, two].contains(&get(shelf, row));
        column().not_in([one, two]) => ![one, two].contains(&get(shelf, row));
        column().is_not_null() => get(shelf, row).is_some();
    }
}

/// Ands, ors and negations of what `leaf` gives.
fn mixed<M>(dice: &mut Dice, depth: usize, leaf: fn(&mut Dice, usize) -> Case<M>) -> Case<M> {
    if depth == 0 || dice.below(3) == 0 {
        return leaf(dice, depth);
    }
    let (a, b) = (mixed(dice, depth - 1, leaf), mixed(dice, depth - 1, leaf));
    one_of! { dice, |shelf, row: M|
        a.asked() & b.asked() => (a.holds)(shelf, row) && (b.holds)(shelf, row);
        a.asked() | b.asked() => (a.holds)(shelf, row) || (b.holds)(shelf, row);
        !a.asked() => !(a.holds)(shelf, row);
        !(!a.asked() & b.asked()) => (a.holds)(shelf, row) || !(b.holds)(shelf, row);
    }
}

fn of_book(dice: &mut Dice, depth: usize) -> Case<Book> {
    if depth == 0 {
        return match dice.below(7) {
            0 => about_text(dice, Book::title, |_, row| Some(row.title.clone())),
            1 => about_value(dice, Book::rating, Dice::rating, |_, row| row.rating),
            2 => about_text(dice, Book::author.name, |all, row| name(Some(all.writer(row)))),
            3 => about_value(dice, Book::author.born, Dice::day, |all, row| all.writer(row).born),
            4 => about_text(dice, Book::author.mentor.name, |all, row| name(all.guide(row))),
            5 => {
                let born = Book::author.mentor.mentor.born;
                about_value(dice, born, Dice::day, |all, row| all.mentor(all.guide(row)?)?.born)
            }
            _ => one_of! { dice, |shelf, row: Book|
                (Book::views * 2 - 1).gt(Book::id % 4) => row.views * 2 > row.id % 4 + 1;
                Book::rating.lt(Book::rating * 2.0) => row.rating.is_some_and(|it| it < it * 2.0);
                Book::author.mentor.is_none() => shelf.writer(row).mentor.is_none();
                Book::author.mentor.name.eq(Book::title) => shelf.guide(row).is_some_and(|it| it.name == row.title);
            },
        };
    }
    let (book, author) = (mixed(dice, depth - 1, of_book), mixed(dice, depth - 1, of_author));
    let (tag, least) = (mixed(dice, depth - 1, of_tag), dice.number() / 2);
    one_of! { dice, |shelf, row: Book|
        Book::tags.any(tag.asked()) => shelf.tags(row).any(|it| (tag.holds)(shelf, it));
        Book::tags.all(tag.asked()) => shelf.tags(row).all(|it| (tag.holds)(shelf, it));
        Book::author.mentor.books.none(book.asked()) =>
            shelf.guide(row).is_none_or(|it| !shelf.books(it).any(|it| (book.holds)(shelf, it)));
        Book::author.pupils.count_where(author.asked()).ge(least) =>
            shelf.pupils(shelf.writer(row)).filter(|it| (author.holds)(shelf, it)).count() as i64 >= least;
    }
}

fn of_author(dice: &mut Dice, depth: usize) -> Case<Author> {
    if depth == 0 {
        let sum = Author::books.sum(Book::views);
        let least = Author::books.min(Book::rating);
        let born = Author::pupils.max(Author::mentor.born);
        return match dice.below(5) {
            0 => about_value(dice, Author::born, Dice::day, |_, row| row.born),
            1 => about_text(dice, Author::mentor.name, |all, row| name(all.mentor(row))),
            2 => about_value(
                dice,
                sum,
                |dice| Some(dice.number()),
                |all, row| all.books(row).map(|it| it.views).reduce(|a, b| a + b),
            ),
            3 => about_value(dice, least, Dice::rating, |all, row| {
                all.books(row).filter_map(|it| it.rating).reduce(f64::min)
            }),
            _ => {
                about_value(dice, born, Dice::day, |all, row| all.pupils(row).next().and(row.born))
            }
        };
    }
    let (book, author) = (mixed(dice, depth - 1, of_book), mixed(dice, depth - 1, of_author));
    one_of! { dice, |shelf, row: Author|
        Author::books.any(book.asked()) => shelf.books(row).any(|it| (book.holds)(shelf, it));
        Author::books.all(book.asked()) => shelf.books(row).all(|it| (book.holds)(shelf, it));
        Author::pupils.none(author.asked()) => !shelf.pupils(row).any(|it| (author.holds)(shelf, it));
    }
}

fn of_tag(dice: &mut Dice, depth: usize) -> Case<Tag> {
    if depth == 0 {
        return about_text(dice, Tag::name, |_, row| Some(row.name.clone()));
    }
    let book = mixed(dice, depth - 1, of_book);
    one_of! { dice, |shelf, row: Tag| Tag::books.any(book.asked()) => shelf.tagged(row).any(|it| (book.holds)(shelf, it)); }
}

/// The rows that the database gives are those for which the case holds; `exclude` gives the others.
async fn check<M: Model<Key = i64>>(
    db: &Db,
    shelf: &Shelf,
    rows: &[M],
    id: Column<M, i64>,
    case: Case<M>,
) {
    let held: Vec<i64> = rows.iter().filter(|row| (case.holds)(shelf, row)).map(M::key).collect();
    let found = M::filter(case.asked()).order_by(id).select(id).all(db).await.unwrap();
    assert_eq!(found, held, "{:?}", case.asked);
    let others = M::query().exclude(case.asked()).count(db).await.unwrap();
    assert_eq!(others as usize, rows.len() - held.len(), "not {:?}", case.asked);
}

async fn random_conditions_mean_what_they_say(world: World) {
    let mut dice = Dice(7);
    let shelf = fill(&world.db, &mut dice).await;
    for round in 0..240 {
        let depth = round % 4;
        check(&world.db, &shelf, &shelf.books, Book::id, mixed(&mut dice, depth, of_book)).await;
        check(&world.db, &shelf, &shelf.authors, Author::id, mixed(&mut dice, depth, of_author))
            .await;
        check(&world.db, &shelf, &shelf.tags, Tag::id, mixed(&mut dice, depth, of_tag)).await;
    }
}
