//! Lookups by text: each builds the tree that its typed spelling builds, and a mistake is an error
//! that names it.

use crate::models::{Author, Book, Booking, Employee, Person, Profile, Seat, Tag};
use crate::support::{World, library, scenarios};
use yara_orm::lookup::{self, Condition, Expected, Lookup, LookupValue};
use yara_orm::prelude::*;
use yara_orm::schema::Table;
use yara_orm::tree::{DatePart, Expr, Function};
use yara_orm::value::{Type, Value};

scenarios! {
    operators_are_the_typed_ones,
    values_become_the_kind_of_the_field,
    paths_go_both_ways,
    relations_stand_for_their_keys,
    keys_of_several_columns,
    lookups_given_together_are_about_one_related_row,
    lookups_given_apart_are_questions_of_their_own,
    the_complement_keeps_every_other_row,
    embedded_structs,
    columns_and_orders,
    queries_as_values,
}

/// The condition of a lookup.
fn tree<M: Model>(lookup: &str, value: impl Into<LookupValue>) -> Expr {
    lookup::condition(M::table(), lookup, value).unwrap()
}

/// Equal in shape, and in values.
#[track_caller]
fn same<M: Model>(lookup: &str, value: impl Into<LookupValue>, typed: Pred<M>) {
    let (built, typed) = (tree::<M>(lookup, value), typed.into_tree());
    assert_eq!(format!("{built:?}"), format!("{typed:?}"), "{lookup}");
}

async fn titles(world: &World, query: Query<Book>) -> Vec<String> {
    query.order_by(Book::id).select(Book::title).all(&world.db).await.unwrap()
}

async fn names(world: &World, query: Query<Author>) -> Vec<String> {
    query.order_by(Author::id).select(Author::name).all(&world.db).await.unwrap()
}

async fn operators_are_the_typed_ones(world: World) {
    same("title", "Notes", Book::title.eq("Notes"));
    same("title__exact", "Notes", Book::title.eq("Notes"));
    same("title__not", "Notes", Book::title.ne("Notes"));
    same("rating", None::<f64>, Book::rating.eq(None));
    same("rating__not", None::<f64>, Book::rating.ne(None));
    same("views__gt", 5_i64, Book::views.gt(5));
    same("views__gte", 5_i64, Book::views.ge(5));
    same("views__lt", 5_i64, Book::views.lt(5));
    same("views__lte", 5_i64, Book::views.le(5));
    same("views__in", [5_i64, 7], Book::views.is_in([5, 7]));
    same("views__in", vec![5_i64, 7], Book::views.is_in([5, 7]));
    same("views__not_in", [5_i64, 7], Book::views.not_in([5, 7]));
    same("rating__in", [Some(4.5), None], Book::rating.is_in([Some(4.5), None]));
    same("views__range", [5_i64, 7], Book::views.between(5, 7));
    same("rating__isnull", true, Book::rating.is_null());
    same("rating__isnull", false, Book::rating.is_not_null());
    same("rating__not_isnull", true, Book::rating.is_not_null());
    same("rating__not_isnull", false, Book::rating.is_null());
    same("title__contains", "o", Book::title.contains("o"));
    same("title__icontains", "o", Book::title.icontains("o"));
    same("title__startswith", "N", Book::title.starts_with("N"));
    same("title__istartswith", "N", Book::title.istarts_with("N"));
    same("title__endswith", "s", Book::title.ends_with("s"));
    same("title__iendswith", "s", Book::title.iends_with("s"));
    same("title__iexact", "NOTES", Book::title.ieq("NOTES"));
    same("title__lower__startswith", "n", Book::title.lower().starts_with("n"));
    same("title__upper__in", ["NOTES"], Book::title.upper().is_in(["NOTES"]));
    same("views__gt", Book::id, Book::views.gt(Book::id));
    same("views__gt", Book::id * 2, Book::views.gt(Book::id * 2));
    let length = |expr| Expr::Call(Function::Length, vec![expr]);
    let longer = length(lookup::column(Book::table(), "title").unwrap())
        .binary(yara_orm::tree::BinaryOperator::Greater, Expr::literal(Value::I32(5)));
    assert_eq!(tree::<Book>("title__length__gt", 5), longer);
    let year = lookup::column(Author::table(), "born__year").unwrap();
    assert!(matches!(year, Expr::Call(Function::Extract(DatePart::Year), _)), "{year:?}");
    let matches = tree::<Book>("title__iregex", "^n");
    assert!(matches!(matches, Expr::Call(Function::RegexMatches { ignore_case: true }, _)));

    library(&world.db).await;
    let found = Book::query().lookup("title__lower__contains", "e").lookup("views__lt", 100);
    assert_eq!(titles(&world, found).await, ["Notes", "École"]);
}

async fn values_become_the_kind_of_the_field(world: World) {
    same("views", 5, Book::views.eq(5));
    same("views", 5_i16, Book::views.eq(5));
    same("rating__gt", 4, Book::rating.gt(4.0));
    same("rating__gt", 4.5_f32, Book::rating.gt(4.5));
    same("views__in", vec![5, 7], Book::views.is_in([5, 7]));
    let value = |lookup: &str, value: LookupValue| {
        lookup::condition(Book::table(), lookup, value).map(|_| ()).unwrap_err().to_string()
    };
    assert_eq!(
        value("views__gt", "many".into()),
        "lookup `views__gt`: it compares with a value of kind 64-bit integer, and was given text"
    );
    assert_eq!(
        value("views", 1.5.into()),
        "lookup `views`: it compares with a value of kind 64-bit integer, and was given 64-bit float"
    );
    assert_eq!(
        value("rating", 9_007_199_254_740_993_i64.into()),
        "lookup `rating`: 9007199254740993 does not fit a 64-bit float"
    );
    assert_eq!(
        value("views__in", 5.into()),
        "lookup `views__in`: it takes a list or a query, not 32-bit integer"
    );
    assert_eq!(
        value("views__range", [5, 6, 7].into()),
        "lookup `views__range`: it takes a list of two values, the least and the greatest, not 3 values"
    );
    assert_eq!(
        value("rating__isnull", 1.into()),
        "lookup `rating__isnull`: it takes true or false, not 32-bit integer"
    );
    assert_eq!(
        value("rating__gt", None::<f64>.into()),
        "lookup `rating__gt`: NULL has no place in `gt`; `isnull` asks for it"
    );
    assert_eq!(
        value("title", [1, 2].into()),
        "lookup `title`: it compares with a value of kind text, and was given a list"
    );

    // The error of a query, before anything is sent.
    let query = Book::query().lookup("views", "many");
    let error = world.counting(0, query.count(&world.db)).await.unwrap_err();
    assert!(error.is_invalid_query());
}

fn mistake(table: &'static Table, text: &str) -> String {
    Lookup::parse(table, text).map(|lookup| format!("{lookup:?}")).unwrap_err().to_string()
}

#[test]
fn mistakes_are_told_with_what_would_work() {
    let book = Book::table();
    assert_eq!(
        mistake(book, "titel"),
        "lookup `titel`: Book has no field `titel`; did you mean `title`?"
    );
    assert_eq!(
        mistake(book, "author__nmae__icontains"),
        "lookup `author__nmae__icontains`: Author has no field `nmae`; did you mean `name`?"
    );
    assert_eq!(
        mistake(book, "title__icontans"),
        "lookup `title__icontans`: `title` of Book is text and has no `icontans`; did you mean \
         `icontains` or `contains`?"
    );
    assert!(mistake(book, "views__icontains").starts_with(
        "lookup `views__icontains`: `views` of Book is 64-bit integer and has no `icontains`; it has \
         `abs`, `ceil`, `contained_by`, `exact`"
    ));
    assert_eq!(
        mistake(book, "views__gt__lt"),
        "lookup `views__gt__lt`: `gt` compares, so nothing can follow it"
    );
    assert_eq!(
        mistake(book, "author__gt"),
        "lookup `author__gt`: `author` of Book stands for a row and cannot be asked `gt`; it has \
         `exact`, `in`, `isnull`, `not_in`, `not_isnull`, `not`"
    );
    assert!(mistake(book, "title__year").contains("`title` of Book is text and has no `year`"));
    assert!(mistake(book, "").contains("Book has no field ``"));
    assert!(mistake(book, "title__").contains("is text and has no ``"));
    assert_eq!(
        mistake(Person::table(), "home__stret"),
        "lookup `home__stret`: `home` of Person has no field `stret`; did you mean `street`?"
    );
    assert_eq!(
        mistake(Person::table(), "home"),
        "lookup `home`: `home` of Person is a struct of several fields; name one of them, as in \
         `home__street`"
    );
    let column = |text| lookup::column(book, text).unwrap_err().to_string();
    assert_eq!(
        column("tags__name"),
        "lookup `tags__name`: Book.tags leads to any number of rows, so there is no single value; \
         aggregate it, or ask whether one of the rows matches"
    );
    assert_eq!(
        column("views__gt"),
        "lookup `views__gt`: `gt` compares, and a value is wanted here, not a condition"
    );
    let order = lookup::order(book, "-titel").unwrap_err().to_string();
    assert!(order.contains("did you mean `title`?"), "{order}");
    let key = lookup::column(Booking::table(), "seat").unwrap_err().to_string();
    assert_eq!(key, "lookup `seat`: it stands for a key of 2 columns; name one of them");
}

#[test]
fn a_lookup_tells_which_value_it_takes() {
    let expected = |table, text| Lookup::parse(table, text).unwrap().expected();
    let book = Book::table();
    assert_eq!(expected(book, "views__gt"), Expected::One(Some(Type::I64)));
    assert_eq!(expected(book, "title__length"), Expected::One(Some(Type::I32)));
    assert_eq!(expected(book, "title__icontains"), Expected::One(Some(Type::Text)));
    assert_eq!(expected(book, "views__in"), Expected::Many(Some(Type::I64)));
    assert_eq!(expected(book, "views__range"), Expected::Pair(Some(Type::I64)));
    assert_eq!(expected(book, "author__isnull"), Expected::Flag);
    assert_eq!(expected(book, "author"), Expected::Key(vec!["id"], vec![Type::I64]));
    assert_eq!(
        expected(Booking::table(), "seat__in"),
        Expected::Keys(vec!["row", "number"], vec![Type::Text, Type::I32])
    );
    assert_eq!(
        expected(Employee::table(), "department"),
        Expected::Key(vec!["code"], vec![Type::Text])
    );
    assert_eq!(expected(Author::table(), "born__year__gte"), Expected::One(Some(Type::I32)));
    let lookup = Lookup::parse(book, "author__mentor__name__lower__startswith").unwrap();
    assert_eq!(lookup.path, ["author", "mentor"]);
    assert_eq!(lookup.field().map(|field| field.name), Some("name"));
    assert_eq!((lookup.table().model, lookup.owner().model), ("Book", "Author"));
}

async fn paths_go_both_ways(world: World) {
    same("author__name", "Ada", Book::author.name.eq("Ada"));
    same("author__mentor__name", "Ada", Book::author.mentor.name.eq("Ada"));
    same("profile__bio", "Countess", Author::profile.bio.eq("Countess"));
    same("books__title", "Notes", Author::books.any(Book::title.eq("Notes")));
    same("books__tags__name", "maths", Author::books.any(Book::tags.any(Tag::name.eq("maths"))));
    same("books__author__name", "Ada", Tag::books.any(Book::author.name.eq("Ada")));
    same("mentor__books__views__gt", 9, Author::mentor.books.any(Book::views.gt(9)));
    same("author__books__title", "Notes", Book::author.books.any(Book::title.eq("Notes")));

    library(&world.db).await;
    let beside = Book::query().lookup("author__books__title", "Notes");
    assert_eq!(titles(&world, beside).await, ["Notes", "Engine"]);
    let taught = Book::query().lookup("author__mentor__profile__bio__startswith", "Count");
    assert_eq!(titles(&world, taught).await, ["École"]);
    let mathematicians = Author::query().lookup("books__tags__name__in", ["maths", "rust"]);
    assert_eq!(names(&world, mathematicians.clone()).await, ["Ada", "Cy"]);
    assert_eq!(mathematicians.count(&world.db).await.unwrap(), 2, "no row is multiplied");
}

async fn relations_stand_for_their_keys(world: World) {
    library(&world.db).await;
    let ada = Author::filter(Author::name.eq("Ada")).one(&world.db).await.unwrap();
    same("author", ada.id, Book::author.id.eq(ada.id));
    same("author_id", ada.id, Book::author_id.eq(ada.id));
    same("author__pk", ada.id, Book::author.id.eq(ada.id));
    same("author__in", [ada.id], Book::author.id.is_in([ada.id]));
    same("mentor__isnull", true, Author::mentor.is_none());
    same("mentor__isnull", false, Author::mentor.exists());
    same("mentor", None::<i64>, Author::mentor.id.is_null());
    same("books__isnull", true, !Author::books.exists());
    same("books__isnull", false, Author::books.exists());
    same("profile__not_isnull", true, Author::profile.exists());
    same("books__in", [1_i64], Author::books.any(Book::id.is_in([1])));
    same("department", "rd", Employee::department.code.eq("rd"));
    let find = |lookup: &str, value: LookupValue| Book::query().lookup(lookup, value);
    assert_eq!(titles(&world, find("author", ada.id.into())).await, ["Notes", "Engine"]);
    assert_eq!(titles(&world, find("author_id", ada.id.into())).await, ["Notes", "Engine"]);
    assert_eq!(titles(&world, find("author__not", ada.id.into())).await, ["École", "100% sure"]);
    assert_eq!(titles(&world, find("pk__in", [1, 3].into())).await, ["Notes", "École"]);
    let taught = Author::query().lookup("mentor__isnull", false);
    assert_eq!(names(&world, taught).await, ["Bob"]);
    let not_of_ada = Author::query().lookup("mentor__not", ada.id);
    assert_eq!(names(&world, not_of_ada).await, ["Ada", "Cy", "Dan"], "NULL is kept");
    let idle = Author::query().lookup("books__isnull", true);
    assert_eq!(names(&world, idle).await, ["Dan"]);
    let unknown = Author::query().lookup("profile__isnull", true);
    assert_eq!(names(&world, unknown).await, ["Bob", "Cy", "Dan"]);
}

async fn keys_of_several_columns(world: World) {
    for number in 1..=3 {
        let seat = Seat::create().row("A").number(number).comfortable(number > 1);
        let seat = seat.insert(&world.db).await.unwrap();
        let guest = format!("guest {number}");
        Booking::create().guest(guest).seat(&seat).insert(&world.db).await.unwrap();
    }
    Booking::create().guest("standing").seat(None).insert(&world.db).await.unwrap();
    let guests = async |lookup: &str, value: LookupValue| {
        let query = Booking::query().lookup(lookup, value).order_by(Booking::guest);
        query.select(Booking::guest).all(&world.db).await.unwrap()
    };
    let key = |number: i32| LookupValue::from([LookupValue::from("A"), number.into()]);
    assert_eq!(guests("seat", key(2)).await, ["guest 2"]);
    assert_eq!(guests("seat__not", key(2)).await, ["guest 1", "guest 3", "standing"]);
    assert_eq!(guests("seat__in", [key(1), key(3)].into()).await, ["guest 1", "guest 3"]);
    assert_eq!(guests("seat__not_in", [key(1), key(3)].into()).await, ["guest 2", "standing"]);
    assert_eq!(guests("seat__isnull", true.into()).await, ["standing"]);
    assert_eq!(guests("seat__number__gte", 2.into()).await, ["guest 2", "guest 3"]);
    let seats = Seat::query().lookup("pk", key(1));
    assert_eq!(seats.count(&world.db).await.unwrap(), 1);
    let seats = Seat::query().lookup("bookings__guest", "guest 3");
    assert_eq!(seats.one(&world.db).await.unwrap().number, 3);
    let error = lookup::condition(Seat::table(), "pk", "A").unwrap_err().to_string();
    assert_eq!(error, "lookup `pk`: the key is (row, number), and was given text");
    let comfortable = Seat::filter(Seat::comfortable.is_true());
    assert_eq!(guests("seat__in", comfortable.into()).await, ["guest 2", "guest 3"]);
}

async fn lookups_given_together_are_about_one_related_row(world: World) {
    library(&world.db).await;
    let together = |first: (&str, LookupValue), second: (&str, LookupValue)| {
        Author::query().lookups([first, second])
    };
    let typed = Author::books.any(Book::title.eq("Notes") & Book::views.gt(100));
    let lookups = [("books__title", "Notes".into()), ("books__views__gt", 100.into())];
    assert_eq!(Pred::<Author>::lookups(lookups).into_tree(), typed.into_tree());
    let none = together(("books__title", "Notes".into()), ("books__views__gt", 100.into()));
    assert_eq!(names(&world, none).await, [""; 0]);
    let ada = together(("books__title", "Engine".into()), ("books__views__gt", 100.into()));
    assert_eq!(names(&world, ada).await, ["Ada"]);

    // One book and one tag of that book, whatever stands between the lookups.
    let lookups: [(&str, LookupValue); 3] = [
        ("books__tags__name", "poetry".into()),
        ("name__startswith", "A".into()),
        ("books__views__gt", 100.into()),
    ];
    assert_eq!(names(&world, Author::query().lookups(lookups.clone())).await, [""; 0]);
    let typed = Author::books.any(Book::tags.any(Tag::name.eq("poetry")) & Book::views.gt(100))
        & Author::name.starts_with("A");
    assert_eq!(Pred::<Author>::lookups(lookups).into_tree(), typed.into_tree());

    // An alternative about the same row, as `Q(…) & (Q(…) | Q(…))` in Python.
    let part = |lookup: &str, value: LookupValue| {
        Condition::lookup(Lookup::parse(Author::table(), lookup).unwrap(), value)
    };
    let either =
        Condition::Or(vec![part("books__views", 500.into()), part("books__views", 1000.into())]);
    let condition = Condition::And(vec![part("books__title", "Notes".into()), either.clone()]);
    let typed =
        Author::books.any(Book::title.eq("Notes") & (Book::views.eq(500) | Book::views.eq(1000)));
    assert_eq!(condition.build().unwrap(), typed.into_tree());
    let either = Pred::from_tree(either.build().unwrap());
    assert_eq!(names(&world, Author::filter(either)).await, ["Ada", "Cy"]);
}

async fn lookups_given_apart_are_questions_of_their_own(world: World) {
    library(&world.db).await;
    let apart = Author::query().lookup("books__title", "Notes").lookup("books__views__gt", 100);
    assert_eq!(names(&world, apart).await, ["Ada"]);
    // A value that is a column of the row around the question.
    let pupils = Author::query().lookup("pupils__id__gt", Author::id);
    assert_eq!(names(&world, pupils).await, ["Ada"]);
    let pupils = Author::query().lookup("pupils__id__lt", Author::id * 1);
    assert_eq!(names(&world, pupils).await, [""; 0]);
    let named = Author::query().lookup("books__title__contains", Author::name);
    assert_eq!(names(&world, named).await, [""; 0]);
}

/// SEMANTICS 8: a condition and its complement together take every row once.
async fn the_complement_keeps_every_other_row(world: World) {
    library(&world.db).await;
    let lookups: [(&str, LookupValue); 9] = [
        ("books__title", "Notes".into()),
        ("books__rating__gt", 3.into()),
        ("books__rating__isnull", true.into()),
        ("books__tags__name", "maths".into()),
        ("mentor__name", "Ada".into()),
        ("mentor__books__title", "Notes".into()),
        ("mentor__in", [1].into()),
        ("books__isnull", true.into()),
        ("profile__bio__icontains", "COUNT".into()),
    ];
    for (lookup, value) in lookups {
        let condition = || Pred::<Author>::lookup(lookup, value.clone());
        let matching = Author::filter(condition()).count(&world.db).await.unwrap();
        let others = Author::query().exclude(condition()).count(&world.db).await.unwrap();
        assert!(matching > 0, "{lookup}");
        assert_eq!(matching + others, 4, "{lookup}");
    }
    let not_notes = Author::query().exclude(Pred::lookup("books__title", "Notes"));
    assert_eq!(names(&world, not_notes).await, ["Bob", "Cy", "Dan"]);
}

async fn embedded_structs(world: World) {
    use crate::models::{Address, Mood};
    let home = Address { street: "Main Street".into(), zip: None };
    let new = Person::create().home(home).work(None).mood(Mood::Happy).level(None);
    new.insert(&world.db).await.unwrap();
    same("home__street", "x", Person::home.street.eq("x"));
    let found = Person::query().lookup("home__street__startswith", "Main");
    assert_eq!(found.lookup("home__zip__isnull", true).count(&world.db).await.unwrap(), 1);
    let found = Person::query().lookup("mood", Mood::Happy);
    assert_eq!(found.count(&world.db).await.unwrap(), 1);
}

async fn columns_and_orders(world: World) {
    library(&world.db).await;
    let sorted = |orders: [&str; 2]| Book::query().order_by_lookups(orders).select(Book::title);
    let read = async |query: Query<Book, String>| query.all(&world.db).await.unwrap();
    assert_eq!(
        read(sorted(["-author__name", "views"])).await,
        ["100% sure", "École", "Notes", "Engine"]
    );
    assert_eq!(read(sorted(["author", "-pk"])).await, ["Engine", "Notes", "École", "100% sure"]);
    assert_eq!(read(sorted(["title__lower", "id"])).await.len(), 4);
    let column = |text| lookup::column(Book::table(), text).unwrap();
    assert_eq!(column("author__name"), Book::author.name.into_tree());
    assert_eq!(column("author"), Book::author.id.into_tree());
    assert_eq!(column("title__lower"), Book::title.lower().into_tree());
    let error = Book::query().order_by_lookups(["nothing"]).all(&world.db).await.unwrap_err();
    assert!(error.is_invalid_query());
    let random = lookup::order(Book::table(), "?").unwrap();
    assert_eq!(random.expr, Expr::Call(Function::Random, Vec::new()));

    // Names that a query gave to expressions.
    let twice = (Book::views * 2).into_tree();
    let names = [("twice", twice, Some(Type::I64))];
    let lookup = Lookup::with_names(Book::table(), "twice__gte", &names).unwrap();
    let condition = Condition::lookup(lookup, 1000).build().unwrap();
    assert_eq!(condition, (Book::views * 2).ge(1000).into_tree());
}

async fn queries_as_values(world: World) {
    library(&world.db).await;
    let hot = Book::filter(Book::views.gt(100));
    let authors = Author::query().lookup("id__in", hot.clone().select(Book::author.id));
    assert_eq!(names(&world, authors).await, ["Ada", "Cy"]);
    // A query of rows stands for their keys.
    let authors = Author::query().lookup("books__in", hot.clone());
    assert_eq!(names(&world, authors).await, ["Ada", "Cy"]);
    let others = Author::query().exclude(Pred::lookup("books__in", hot.clone()));
    assert_eq!(names(&world, others).await, ["Bob", "Dan"]);
    let top = Book::query().order_by(Book::views.desc()).limit(1).select(Book::views);
    let books = Book::query().lookup("views", top);
    assert_eq!(titles(&world, books).await, ["100% sure"]);
    let beside = Profile::query().lookup("author__books__in", hot);
    assert_eq!(beside.count(&world.db).await.unwrap(), 1);
}
