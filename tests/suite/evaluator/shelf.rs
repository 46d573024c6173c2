//! Rows of a library in memory, and how they are related: written at random, read naively.

use crate::models::{Author, Book, Tag};
use chrono::NaiveDate;
use std::collections::BTreeSet;
use yara_orm::prelude::*;

/// Random numbers that are the same in every run.
pub struct Dice(pub u64);

impl Dice {
    pub fn below(&mut self, sides: usize) -> usize {
        let next = self.0.wrapping_mul(6_364_136_223_846_793_005);
        self.0 = next.wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % sides
    }

    pub fn number(&mut self) -> i64 {
        self.below(5) as i64
    }

    pub fn rating(&mut self) -> Option<f64> {
        (self.below(3) > 0).then(|| self.number() as f64 / 2.0)
    }

    pub fn day(&mut self) -> Option<NaiveDate> {
        let day = NaiveDate::from_ymd_opt(1999, 12, 30 + self.below(2) as u32);
        day.filter(|_| self.below(3) > 0)
    }

    /// Never freed, so that conditions and closures can share it.
    pub fn text(&mut self) -> &'static str {
        let letters = ['a', 'A', 'é', 'É', '%', '_', '\\', '\''];
        let text: String = (0..self.below(4)).map(|_| letters[self.below(8)]).collect();
        text.leak()
    }
}

/// All rows, and which book has which tag.
pub struct Shelf {
    pub authors: Vec<Author>,
    pub books: Vec<Book>,
    pub tags: Vec<Tag>,
    pairs: BTreeSet<(i64, i64)>,
}

impl Shelf {
    pub fn author(&self, key: Option<&ForeignKey<Author>>) -> Option<&Author> {
        key.and_then(|key| self.authors.iter().find(|author| author.id == *key.key()))
    }

    pub fn writer(&self, book: &Book) -> &Author {
        self.author(Some(&book.author)).unwrap()
    }

    pub fn mentor(&self, author: &Author) -> Option<&Author> {
        self.author(author.mentor.as_ref())
    }

    /// The mentor of the author of a book.
    pub fn guide(&self, book: &Book) -> Option<&Author> {
        self.mentor(self.writer(book))
    }

    pub fn books(&self, author: &Author) -> impl Iterator<Item = &Book> {
        self.books.iter().filter(|book| *book.author.key() == author.id)
    }

    pub fn pupils(&self, mentor: &Author) -> impl Iterator<Item = &Author> {
        let is = |author: &&Author| author.mentor.as_ref().map(ForeignKey::key) == Some(&mentor.id);
        self.authors.iter().filter(is)
    }

    pub fn tags(&self, book: &Book) -> impl Iterator<Item = &Tag> {
        self.tags.iter().filter(|tag| self.pairs.contains(&(book.id, tag.id)))
    }

    pub fn tagged(&self, tag: &Tag) -> impl Iterator<Item = &Book> {
        self.books.iter().filter(|book| self.pairs.contains(&(book.id, tag.id)))
    }
}

/// Fills the tables, and keeps what they have.
pub async fn fill(db: &Db, dice: &mut Dice) -> Shelf {
    let mut authors: Vec<Author> = Vec::new();
    for place in 0..9 {
        let mut row = Author::create().name(dice.text()).born(dice.day());
        if place > 0 && dice.below(3) > 0 {
            row = row.mentor(&authors[dice.below(place)]);
        }
        authors.push(row.insert(db).await.unwrap());
    }
    let titles: BTreeSet<_> = (0..40).map(|_| (dice.below(8), dice.text())).collect();
    let rows = titles.into_iter().map(|(author, title)| {
        let row = Book::create().title(title).author(&authors[author]);
        row.views(dice.number()).rating(dice.rating())
    });
    let books = Book::insert_many(rows).all(db).await.unwrap();
    let names: BTreeSet<_> = (0..6).map(|_| dice.text()).collect();
    let tags = names.into_iter().map(|name| Tag::create().name(name));
    let tags = Tag::insert_many(tags).all(db).await.unwrap();
    let mut pairs = BTreeSet::new();
    for book in &books {
        let some: Vec<&Tag> = tags.iter().filter(|_| dice.below(3) == 0).collect();
        Book::tags.of(book).add(db, some.iter().copied()).await.unwrap();
        pairs.extend(some.iter().map(|tag| (book.id, tag.id)));
    }
    Shelf { authors, books, tags, pairs }
}
