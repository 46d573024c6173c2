//! Relations that are loaded: a statement for each.

use super::Asker;
use crate::models::{Author, Book, Tag};
use yara_orm::Result;
use yara_orm::prelude::*;

pub async fn ask(asker: &Asker<'_>) {
    let db = asker.db;
    asker
        .ask("load to one", async {
            let books = Book::query().order_by(Book::id).load(Book::author).all(db).await?;
            books
                .iter()
                .map(|book| Ok((book.title.clone(), book.author.get()?.name.clone())))
                .collect::<Result<Vec<_>>>()
        })
        .await;
    asker
        .ask("load to one, perhaps none", async {
            let authors = Author::query().order_by(Author::id).load(Author::mentor).all(db).await?;
            let mentor = |author: &Author| {
                let name = author.mentor.as_ref().map(|key| Ok(key.get()?.name.clone()));
                name.transpose()
            };
            authors
                .iter()
                .map(|author| Ok((author.name.clone(), mentor(author)?)))
                .collect::<Result<Vec<_>>>()
        })
        .await;
    asker
        .ask("load to many", async {
            let authors = Author::query().order_by(Author::id).load(Author::books).all(db).await?;
            authors
                .iter()
                .map(|author| Ok((author.name.clone(), titles(author.books.get()?))))
                .collect::<Result<Vec<_>>>()
        })
        .await;
    asker
        .ask("load many to many", async {
            let books = Book::query().order_by(Book::id).load(Book::tags).all(db).await?;
            books
                .iter()
                .map(|book| Ok((book.title.clone(), names(book.tags.get()?))))
                .collect::<Result<Vec<_>>>()
        })
        .await;
    asker
        .ask("load filtered and sorted", async {
            let books = Author::books.filter(Book::views.ge(10)).order_by(Book::views.desc());
            let authors = Author::query().order_by(Author::id).load(books).all(db).await?;
            authors
                .iter()
                .map(|author| Ok((author.name.clone(), titles(author.books.get()?))))
                .collect::<Result<Vec<_>>>()
        })
        .await;
    asker
        .ask("load some of each", async {
            let books = Author::books.order_by(Book::views.desc()).limit(1);
            let authors = Author::query().order_by(Author::id).load(books).all(db).await?;
            authors
                .iter()
                .map(|author| Ok((author.name.clone(), titles(author.books.get()?))))
                .collect::<Result<Vec<_>>>()
        })
        .await;
    asker
        .ask("load within load", async {
            let authors = Author::filter(Author::name.eq("Ada"))
                .load(Author::books.load(Book::tags))
                .all(db)
                .await?;
            let books = |author: &Author| {
                author
                    .books
                    .get()?
                    .iter()
                    .map(|book| Ok((book.title.clone(), names(book.tags.get()?))))
                    .collect::<Result<Vec<_>>>()
            };
            authors
                .iter()
                .map(|author| Ok((author.name.clone(), books(author)?)))
                .collect::<Result<Vec<_>>>()
        })
        .await;
    asker
        .ask("load of no rows", async {
            Ok(Author::filter(Author::name.eq("Eve")).load(Author::books).all(db).await?.len())
        })
        .await;
    asker
        .ask("related rows of a row", async {
            let ada = Author::find(1).one(db).await?;
            let books = Author::books.of(&ada).order_by(Book::id).all(db).await?;
            Ok((ada.name.clone(), titles(&books)))
        })
        .await;
    asker
        .ask("related rows, filtered", async {
            let ada = Author::find(1).one(db).await?;
            Author::books.of(&ada).filter(Book::views.gt(100)).count(db).await
        })
        .await;
    asker
        .ask("related many to many of a row", async {
            let notes = Book::find(1).one(db).await?;
            Ok(names(&Book::tags.of(&notes).order_by(Tag::id).all(db).await?))
        })
        .await;
}

fn titles(books: &[Book]) -> Vec<String> {
    books.iter().map(|book| book.title.clone()).collect()
}

fn names(tags: &[Tag]) -> Vec<String> {
    tags.iter().map(|tag| tag.name.clone()).collect()
}
