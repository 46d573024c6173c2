//! Reading columns and expressions instead of whole rows.

use crate::models::{Author, Book};
use crate::support::{World, library, scenarios};
use yara_orm::prelude::*;

scenarios! {
    tuples_and_structs,
    arithmetic,
    optional_paths,
}

#[derive(Row, Debug, PartialEq)]
struct Line {
    title: String,
    author: String,
    mentor: Option<String>,
    twice: i64,
}

async fn tuples_and_structs(world: World) {
    library(&world.db).await;
    let query = Book::query().order_by(Book::id).limit(2);
    let tuples: Vec<(String, String, i64)> = query
        .clone()
        .select((Book::title, Book::author.name, Book::views * 2))
        .all(&world.db)
        .await
        .unwrap();
    assert_eq!(tuples, [("Notes".into(), "Ada".into(), 20), ("Engine".into(), "Ada".into(), 1000)]);
    let lines: Vec<Line> = Book::filter(Book::title.eq("École"))
        .select(LineColumns {
            title: Book::title,
            author: Book::author.name,
            mentor: Book::author.mentor.name,
            twice: Book::views * 2,
        })
        .all(&world.db)
        .await
        .unwrap();
    assert_eq!(
        lines,
        [Line {
            title: "École".into(),
            author: "Bob".into(),
            mentor: Some("Ada".into()),
            twice: 10
        }]
    );
    let single: Vec<i64> = query.select(Book::views).all(&world.db).await.unwrap();
    assert_eq!(single, [10, 500]);
}

async fn arithmetic(world: World) {
    library(&world.db).await;
    let notes = || Book::filter(Book::title.eq("Notes"));
    let row = notes()
        .select((
            Book::views + 1,
            Book::views - 11,
            Book::views / 3,
            Book::views % 3,
            -Book::views,
            Book::views * Book::views,
        ))
        .one(&world.db)
        .await
        .unwrap();
    assert_eq!(row, (11, -1, 3, 1, -10, 100));
    let row = notes()
        .select((Book::rating * 2.0, Book::rating / 2.0, (Book::views + 2) * 3))
        .one(&world.db)
        .await
        .unwrap();
    assert_eq!(row, (Some(9.0), Some(2.25), 36));
    let negative = notes()
        .select(((Book::views - 17) / 2, (Book::views - 17) % 2))
        .one(&world.db)
        .await
        .unwrap();
    assert_eq!(negative, (-3, -1), "towards zero, on every backend");
    for query in [
        notes().select(Book::views + i64::MAX),
        notes().select(Book::views - 11 + i64::MIN),
        notes().select(Book::views * i64::MAX),
        Book::filter((Book::views + i64::MAX).gt(0)).select(Book::views),
    ] {
        let error = query.all(&world.db).await.unwrap_err();
        assert_eq!((error.kind(), error.sqlstate()), (ErrorKind::Data, Some("22003")));
    }
    for query in [notes().select(Book::views / 0), notes().select(Book::views % 0)] {
        let error = query.all(&world.db).await.unwrap_err();
        assert_eq!((error.kind(), error.sqlstate()), (ErrorKind::Data, Some("22012")));
    }
    let flags = notes()
        .select((Book::views.gt(3).as_value(), Book::rating.gt(5.0).as_value()))
        .one(&world.db)
        .await
        .unwrap();
    assert_eq!(flags, (Some(true), Some(false)));
}

/// A column behind an optional relation is an `Option`, and NULL where there is no row.
async fn optional_paths(world: World) {
    library(&world.db).await;
    let rows: Vec<(String, Option<String>, Option<i64>)> = Author::query()
        .order_by(Author::id)
        .select((Author::name, Author::mentor.name, Author::mentor.id))
        .all(&world.db)
        .await
        .unwrap();
    assert_eq!(rows[0], ("Ada".into(), None, None));
    assert_eq!(rows[1].1, Some("Ada".into()));
    assert_eq!(rows.len(), 4);
    let bios: Vec<Option<String>> = Author::query()
        .order_by(Author::id)
        .select(Author::profile.bio)
        .all(&world.db)
        .await
        .unwrap();
    assert_eq!(bios, [Some("Countess".into()), None, None, None]);
}
