//! Changing one row that has been read.

use crate::models::{Account, Author, Book};
use crate::support::{World, library, scenarios};
use yara_orm::prelude::*;

scenarios! {
    an_edit_writes_what_was_set,
    save_writes_the_whole_row,
    reload_reads_again,
    a_row_that_is_gone_is_an_error,
    a_version_notices_lost_updates,
    auto_now_is_the_time_of_the_last_write,
}

/// Only what was set is written: a concurrent change of another column survives.
async fn an_edit_writes_what_was_set(world: World) {
    library(&world.db).await;
    let mut book = Book::filter(Book::title.eq("Notes")).one(&world.db).await.unwrap();
    Book::find(book.id).update().set(Book::views, 99).exec(&world.db).await.unwrap();
    world.counting(1, book.edit().set(Book::title, "New").save(&world.db)).await.unwrap();
    assert_eq!((book.title.as_str(), book.views), ("New", 99));
    assert_eq!(Book::find(book.id).one(&world.db).await.unwrap(), book);
    book.edit().set(Book::views, Book::views + 1).save(&world.db).await.unwrap();
    assert_eq!(book.views, 100);
}

async fn save_writes_the_whole_row(world: World) {
    library(&world.db).await;
    let mut book =
        Book::filter(Book::title.eq("Notes")).load(Book::author).one(&world.db).await.unwrap();
    book.title = "Changed".into();
    book.rating = None;
    world.counting(1, book.save(&world.db)).await.unwrap();
    assert!(book.author.is_loaded(), "a relation stays loaded where its key is the same");
    let fresh = Book::find(book.id).one(&world.db).await.unwrap();
    assert_eq!((fresh.title.as_str(), fresh.rating, fresh.views), ("Changed", None, 10));
    let bob = Author::filter(Author::name.eq("Bob")).one(&world.db).await.unwrap();
    book.author = ForeignKey::from(&bob);
    book.save(&world.db).await.unwrap();
    assert!(!book.author.is_loaded());
    assert_eq!(Book::filter(Book::author.name.eq("Bob")).count(&world.db).await.unwrap(), 2);
}

async fn reload_reads_again(world: World) {
    library(&world.db).await;
    let mut book = Book::filter(Book::title.eq("Notes")).one(&world.db).await.unwrap();
    Book::find(book.id).update().set(Book::views, 99).exec(&world.db).await.unwrap();
    book.reload(&world.db).await.unwrap();
    assert_eq!(book.views, 99);
}

async fn a_row_that_is_gone_is_an_error(world: World) {
    library(&world.db).await;
    let mut book = Book::filter(Book::title.eq("Notes")).one(&world.db).await.unwrap();
    book.delete(&world.db).await.unwrap();
    let error = book.delete(&world.db).await.unwrap_err();
    assert!(error.is_stale_row());
    assert_eq!(error.to_string(), "the Book is gone");
    assert!(book.save(&world.db).await.unwrap_err().is_stale_row());
    assert!(book.reload(&world.db).await.unwrap_err().is_stale_row());
    assert!(book.edit().set(Book::views, 1).save(&world.db).await.unwrap_err().is_stale_row());
}

/// Two that read the same row: the second to write is told.
async fn a_version_notices_lost_updates(world: World) {
    let mut mine = Account::create().owner("Ada").insert(&world.db).await.unwrap();
    let mut yours = Account::find(mine.id).one(&world.db).await.unwrap();
    mine.edit().set(Account::owner, "Bob").save(&world.db).await.unwrap();
    assert_eq!(mine.version, 2);
    let error = yours.edit().set(Account::owner, "Cy").save(&world.db).await.unwrap_err();
    assert!(error.is_stale_row());
    assert_eq!(
        error.to_string(),
        "the Account has been changed or deleted since it was read; read it again"
    );
    assert!(yours.save(&world.db).await.unwrap_err().is_stale_row());
    assert!(yours.delete(&world.db).await.unwrap_err().is_stale_row());
    yours.reload(&world.db).await.unwrap();
    yours.owner = "Cy".into();
    yours.save(&world.db).await.unwrap();
    assert_eq!(yours.version, 3);
    Account::query().update().set(Account::owner, "Dan").exec(&world.db).await.unwrap();
    assert!(
        yours.save(&world.db).await.unwrap_err().is_stale_row(),
        "an update by query counts too"
    );
}

async fn auto_now_is_the_time_of_the_last_write(world: World) {
    let mut account = Account::create().owner("Ada").insert(&world.db).await.unwrap();
    let created = account.created;
    tokio::time::sleep(std::time::Duration::from_millis(2)).await;
    account.save(&world.db).await.unwrap();
    assert_eq!(account.created, created);
    assert!(account.changed > created);
    assert_eq!(Account::find(account.id).one(&world.db).await.unwrap(), account);
}
