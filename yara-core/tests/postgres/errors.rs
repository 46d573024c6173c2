//! What the server says, and what becomes of it.

use crate::support::{connect, in_step, once, read, run, write};
use yara_core::error::ErrorKind;
use yara_core::value::Value;

#[tokio::test]
#[ignore = "needs PostgreSQL; `make test` brings one"]
async fn every_attribute_of_a_violation_arrives() {
    let connection = connect().await;
    let setup = "CREATE TEMP TABLE book (id int PRIMARY KEY, title text NOT NULL, \
         pages int CONSTRAINT pages_positive CHECK (pages > 0))";
    run(&*connection, vec![once(setup)]).await.unwrap();
    let insert = "INSERT INTO book VALUES ($1, $2, $3)";
    let row = |id: i32, title: Value, pages: i32| {
        vec![write(insert, vec![Value::I32(id), title, Value::I32(pages)])]
    };
    let title = || Value::Text("Ada".into());
    run(&*connection, row(1, title(), 1)).await.unwrap();

    let error = run(&*connection, row(1, title(), 1)).await.unwrap_err();
    assert!(error.is_unique_violation() && error.is_constraint_violation());
    assert_eq!(error.sqlstate(), Some("23505"));
    assert_eq!(error.constraint(), Some("book_pkey"));
    assert_eq!(error.table(), Some("book"));
    assert_eq!(error.detail(), Some("Key (id)=(1) already exists."));
    assert!(error.database().unwrap().schema.as_deref().unwrap().starts_with("pg_temp"));
    assert_eq!(error.statement(), Some(insert));

    let null = Value::Null(yara_core::value::Type::Text);
    let error = run(&*connection, row(2, null, 1)).await.unwrap_err();
    assert!(error.is_not_null_violation());
    assert_eq!(error.column(), Some("title"));

    let error = run(&*connection, row(2, title(), 0)).await.unwrap_err();
    assert!(error.is_check_violation());
    assert_eq!(error.constraint(), Some("pages_positive"));
    in_step(&*connection).await;
}

#[tokio::test]
#[ignore = "needs PostgreSQL; `make test` brings one"]
async fn kinds_positions_and_hints() {
    let connection = connect().await;
    for (sql, kind, position) in [
        ("SELECT * FROM nowhere", ErrorKind::Programming, Some(15)),
        ("SELEC 1", ErrorKind::Programming, Some(1)),
        ("SELECT 1 / 0", ErrorKind::Data, None),
        ("SELECT 'x'::int", ErrorKind::Data, Some(8)),
        (
            "SELECT pg_catalog.pg_cancel_backend(pg_backend_pid()), pg_sleep(1)",
            ErrorKind::QueryCanceled,
            None,
        ),
    ] {
        let error = run(&*connection, vec![read(sql, vec![])]).await.unwrap_err();
        assert_eq!(error.kind(), kind, "{error}");
        assert_eq!(error.database().unwrap().position, position, "{sql}");
        assert_eq!(error.statement(), Some(sql));
        in_step(&*connection).await;
    }
    let hinted = "SELECT lenght('x')";
    let error = run(&*connection, vec![read(hinted, vec![])]).await.unwrap_err();
    assert!(error.hint().is_some_and(|hint| hint.contains("No function matches")));
}

#[tokio::test]
#[ignore = "needs PostgreSQL; `make test` brings one"]
async fn the_statement_that_failed_is_named() {
    let connection = connect().await;
    let batch = vec![
        read("SELECT 1", vec![]),
        read("SELECT 1 / $1::int4", vec![Value::I32(0)]),
        read("SELECT 3", vec![]),
    ];
    let error = run(&*connection, batch).await.unwrap_err();
    assert_eq!(error.statement(), Some("SELECT 1 / $1::int4"));
    in_step(&*connection).await;
}

#[tokio::test]
#[ignore = "needs PostgreSQL; `make test` brings one"]
async fn notices_and_notifications_are_passed_over() {
    let connection = connect().await;
    let noisy = "DO $$ BEGIN FOR n IN 1..100 LOOP RAISE WARNING 'noise; %', n; END LOOP; END $$";
    run(&*connection, vec![once(noisy)]).await.unwrap();
    let channel = format!("yara_{}", std::process::id());
    run(&*connection, vec![once(&format!("LISTEN {channel}"))]).await.unwrap();
    let other = connect().await;
    run(&*other, vec![once(&format!("NOTIFY {channel}, 'x'"))]).await.unwrap();
    run(&*connection, vec![once("SET application_name = 'yara-other'")]).await.unwrap();
    in_step(&*connection).await;
}

#[tokio::test]
#[ignore = "needs PostgreSQL; `make test` brings one"]
async fn too_many_parameters_are_refused_by_this_side() {
    let connection = connect().await;
    let values = vec![Value::I32(1); 65_536];
    let error = run(&*connection, vec![read("SELECT 1", values)]).await.unwrap_err();
    assert!(error.is_invalid_query(), "{error}");
    let error = run(&*connection, vec![read("SELECT '\0'", vec![])]).await.unwrap_err();
    assert!(error.is_invalid_query(), "{error}");
    in_step(&*connection).await;
}
