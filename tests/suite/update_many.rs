//! Changing many rows, each to values of its own.

use crate::models::{Account, Author, Book, Seat, Tag};
use crate::support::{World, library, scenarios};
use rust_decimal::Decimal;
use yara_orm::prelude::*;

scenarios! {
    each_row_gets_its_own_values,
    a_missing_row_takes_everything_back,
    each_tells_which_rows_are_missing,
    versions_are_honoured,
    a_key_of_several_columns_and_lists,
    what_cannot_be_written_is_refused,
    a_violation_takes_everything_back,
    in_a_transaction_it_fails_alone,
}

#[derive(Model, Debug, Clone, PartialEq)]
pub struct Shelf {
    #[field(primary_key)]
    pub id: i64,
    pub labels: Vec<String>,
    pub width: Decimal,
    pub note: Option<String>,
}

/// One statement in a transaction, whatever the number of rows.
async fn each_row_gets_its_own_values(world: World) {
    let rows = (0..1000).map(|at| Account::create().owner(format!("o{at}")));
    let mut accounts = Account::insert_many(rows).all(&world.db).await.unwrap();
    for (at, account) in accounts.iter_mut().enumerate() {
        account.balance = Decimal::from(at);
        account.owner = format!("p{at}");
    }
    let update = Account::update_many(&accounts, (Account::balance, Account::owner));
    let fresh = world.counting(3, update.all(&world.db)).await.unwrap();
    assert_eq!(fresh.len(), 1000);
    for (at, (fresh, given)) in fresh.iter().zip(&accounts).enumerate() {
        assert_eq!((fresh.id, &fresh.owner, fresh.version), (given.id, &format!("p{at}"), 2));
        assert_eq!(fresh.balance, Decimal::from(at));
        assert!(fresh.changed >= given.changed);
    }
    assert_eq!(Account::query().order_by(Account::id).all(&world.db).await.unwrap(), fresh);
    let none: [Account; 0] = [];
    let update = Account::update_many(&none, Account::balance);
    assert_eq!(world.counting(0, update.exec(&world.db)).await.unwrap(), 0);
}

async fn a_missing_row_takes_everything_back(world: World) {
    library(&world.db).await;
    let mut books = Book::query().order_by(Book::id).all(&world.db).await.unwrap();
    for book in &mut books {
        book.views += 1;
    }
    books[3].delete(&world.db).await.unwrap();
    let error = Book::update_many(&books, Book::views).exec(&world.db).await.unwrap_err();
    assert!(error.is_stale_row());
    assert_eq!(
        error.to_string(),
        "1 of 4 rows of Book are gone: row 3 (id 4); nothing was written"
    );
    let views = Book::query().order_by(Book::id).select(Book::views).all(&world.db).await.unwrap();
    assert_eq!(views, [10, 500, 5]);
}

async fn each_tells_which_rows_are_missing(world: World) {
    library(&world.db).await;
    let mut tags = Tag::query().order_by(Tag::id).all(&world.db).await.unwrap();
    tags.iter_mut().for_each(|tag| tag.name.push('!'));
    tags[1].id = 77;
    let update = Tag::update_many(&tags, Tag::name);
    let each = world.counting(1, update.each(&world.db)).await.unwrap();
    assert_eq!(each[0].as_ref().unwrap().name, "maths!");
    assert!(each[1].is_none());
    assert_eq!(each[2].as_ref().unwrap().name, "rust!");
}

async fn versions_are_honoured(world: World) {
    let rows = ["a", "b"].map(|owner| Account::create().owner(owner));
    let mut accounts = Account::insert_many(rows).all(&world.db).await.unwrap();
    Account::filter(Account::owner.eq("b"))
        .update()
        .set(Account::balance, Decimal::TEN)
        .exec(&world.db)
        .await
        .unwrap();
    accounts.iter_mut().for_each(|account| account.balance = Decimal::ONE);
    let error =
        Account::update_many(&accounts, Account::balance).exec(&world.db).await.unwrap_err();
    assert!(error.is_stale_row());
    assert!(error.to_string().contains("changed since they were read: row 1"), "{error}");
    let balances = Account::query().order_by(Account::id).select(Account::balance);
    assert_eq!(balances.all(&world.db).await.unwrap(), [Decimal::ZERO, Decimal::TEN]);
}

async fn a_key_of_several_columns_and_lists(world: World) {
    let rows = [("A", 1), ("A", 2), ("B", 1)]
        .map(|(row, number)| Seat::create().row(row).number(number).comfortable(false));
    let mut seats = Seat::insert_many(rows).all(&world.db).await.unwrap();
    seats[1].comfortable = true;
    assert_eq!(Seat::update_many(&seats, Seat::comfortable).exec(&world.db).await.unwrap(), 3);
    let soft = Seat::filter(Seat::comfortable.is_true()).one(&world.db).await.unwrap();
    assert_eq!((soft.row.as_str(), soft.number), ("A", 2));

    world.db.create_tables::<Shelf>().await.unwrap();
    let rows = (0..3).map(|at| {
        let labels = vec![format!("l{at}"); at];
        Shelf::create().labels(labels).width(Decimal::new(15, 1))
    });
    let mut shelves = Shelf::insert_many(rows).all(&world.db).await.unwrap();
    for shelf in &mut shelves {
        shelf.labels.push("new".into());
        shelf.width += Decimal::new(25, 2);
        shelf.note = (shelf.id == 2).then(|| "second".into());
    }
    let update = Shelf::update_many(&shelves, (Shelf::labels, Shelf::width, Shelf::note));
    assert_eq!(update.all(&world.db).await.unwrap(), shelves);
    let upsert = shelves
        .iter()
        .map(|shelf| Shelf::create().id(shelf.id).labels(Vec::new()).width(Decimal::ONE));
    let upsert =
        Shelf::insert_many(upsert).on_conflict(Shelf::id).update((Shelf::labels, Shelf::width));
    let each = upsert.each(&world.db).await.unwrap();
    assert!(each.iter().all(|row| row.is_updated() && row.row().unwrap().labels.is_empty()));
}

/// Refused before anything is sent, naming the row.
async fn what_cannot_be_written_is_refused(world: World) {
    library(&world.db).await;
    let mut tags = Tag::query().order_by(Tag::id).all(&world.db).await.unwrap();
    tags[2].name = "x".repeat(51);
    let error =
        world.counting(0, Tag::update_many(&tags, Tag::name).exec(&world.db)).await.unwrap_err();
    assert_eq!(
        error.to_string(),
        "row 2: Tag.name: the text has 51 characters, and the field holds at most 50"
    );
    let error =
        world.counting(0, Tag::update_many(&tags, Tag::id).exec(&world.db)).await.unwrap_err();
    assert!(error.to_string().starts_with("Tag.id is the key"), "{error}");
    let twice = [&tags[0], &tags[1], &tags[0]];
    let update = Tag::update_many(twice, Tag::name);
    let error = world.counting(0, update.exec(&world.db)).await.unwrap_err();
    assert_eq!(error.to_string(), "rows 0 and 2 are the same Tag (id 1); give it once");
    let accounts: [Account; 0] = [];
    let update = Account::update_many(&accounts, Account::version);
    let error = world.counting(0, update.exec(&world.db)).await.unwrap_err();
    assert!(error.to_string().starts_with("Account.version counts"), "{error}");
}

async fn a_violation_takes_everything_back(world: World) {
    library(&world.db).await;
    let mut books = Book::query().order_by(Book::id).all(&world.db).await.unwrap();
    books[0].views = 77;
    books[2].views = -1;
    let error = Book::update_many(&books, Book::views).exec(&world.db).await.unwrap_err();
    assert!(error.is_check_violation());
    assert_eq!(Book::filter(Book::views.eq(77)).count(&world.db).await.unwrap(), 0);
}

async fn in_a_transaction_it_fails_alone(world: World) {
    library(&world.db).await;
    let mut authors = Author::query().order_by(Author::id).all(&world.db).await.unwrap();
    authors.iter_mut().for_each(|author| author.name.push('!'));
    authors[3].id = 77;
    let tx = world.db.begin().await.unwrap();
    let error = Author::update_many(&authors, Author::name).exec(&tx).await.unwrap_err();
    assert!(error.is_stale_row());
    let update = Author::update_many(&authors[..2], Author::name);
    assert_eq!(update.exec(&tx).await.unwrap(), 2);
    tx.commit().await.unwrap();
    let names = Author::query().order_by(Author::id).select(Author::name);
    assert_eq!(names.all(&world.db).await.unwrap(), ["Ada!", "Bob!", "Cy", "Dan"]);
}
