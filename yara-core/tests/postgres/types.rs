//! Types that are not built in, and types that are refused by name.

use crate::support::{Cell, connect, in_step, once, one, read, run, text, write};
use yara_core::value::Value;

#[tokio::test]
#[ignore = "needs PostgreSQL; `make test` brings one"]
async fn enums_domains_and_types_of_extensions_that_are_text() {
    let connection = connect().await;
    let schema = format!("yara_types_{}", std::process::id());
    let setup = format!(
        "DROP SCHEMA IF EXISTS {schema} CASCADE; CREATE SCHEMA {schema}; SET search_path = {schema}; \
         CREATE TYPE mood AS ENUM ('sad', 'ok; fine'); CREATE DOMAIN age AS int CHECK (value >= 0); \
         CREATE DOMAIN ages AS age[]; \
         CREATE TABLE person (mood mood, moods mood[], age age, ages age[], all_ages ages)"
    );
    run(&*connection, vec![once(&setup)]).await.unwrap();
    let insert = write(
        "INSERT INTO person VALUES ($1, ARRAY[$2::mood, null], $3::int8, ARRAY[1::age], ARRAY[2::age])",
        vec![Value::Text("ok; fine".into()), Value::Text("sad".into()), Value::I64(7)],
    );
    run(&*connection, vec![insert]).await.unwrap();
    // The first statement asks for the types, the second one knows them.
    for sql in ["SELECT * FROM person", "SELECT * FROM person WHERE true"] {
        let answer = run(&*connection, vec![read(sql, vec![])]).await.unwrap();
        assert_eq!(
            answer.table(),
            [vec![
                text("ok; fine"),
                Cell::Array(vec![text("sad"), Cell::Null]),
                Cell::Value(Value::I32(7)),
                Cell::Array(vec![Cell::Value(Value::I32(1))]),
                Cell::Array(vec![Cell::Value(Value::I32(2))]),
            ]]
        );
    }
    let equal =
        read("SELECT age FROM person WHERE mood = $1", vec![Value::Text("ok; fine".into())]);
    assert_eq!(run(&*connection, vec![equal]).await.unwrap().cell(), Cell::Value(Value::I32(7)));
    run(&*connection, vec![once(&format!("DROP SCHEMA {schema} CASCADE"))]).await.unwrap();
    in_step(&*connection).await;
}

#[tokio::test]
#[ignore = "needs PostgreSQL; `make test` brings one"]
async fn xml_is_text() {
    let connection = connect().await;
    match run(&*connection, vec![read("SELECT '<a/>'::xml", vec![])]).await {
        Ok(answer) => assert_eq!(answer.cell(), text("<a/>")),
        // A server may be built without XML.
        Err(error) => assert_eq!(error.sqlstate(), Some("0A000")),
    }
    in_step(&*connection).await;
}

#[tokio::test]
#[ignore = "needs PostgreSQL; `make test` brings one"]
async fn addresses_and_ranges_are_known() {
    let connection = connect().await;
    for (sql, text) in [
        ("'127.0.0.1'::inet", "127.0.0.1"),
        ("'10.0.0.0/8'::cidr", "10.0.0.0/8"),
        ("'::1/64'::inet", "::1/64"),
    ] {
        let address = Cell::Value(Value::Inet(text.parse().unwrap()));
        assert_eq!(one(&*connection, &format!("SELECT {sql}")).await, address);
        let list = one(&*connection, &format!("SELECT ARRAY[{sql}]")).await;
        assert_eq!(list, Cell::Array(vec![address]));
    }
    for (sql, shown) in [
        ("int4range(1, 3)", "Between(Included(I32(1)), Excluded(I32(3)))"),
        ("'empty'::daterange", "Empty"),
        ("numrange(null, null)", "Between(Unbounded, Unbounded)"),
        ("int8range(null, 5, '[]')", "Between(Unbounded, Excluded(I64(6)))"),
        ("tsrange('1970-01-01', null, '()')", "Between(Excluded(Timestamp(0)), Unbounded)"),
    ] {
        let range = Cell::Other(shown.into());
        assert_eq!(one(&*connection, &format!("SELECT {sql}")).await, range);
        let list = one(&*connection, &format!("SELECT ARRAY[{sql}]")).await;
        assert_eq!(list, Cell::Array(vec![range]));
    }
}

#[tokio::test]
#[ignore = "needs PostgreSQL; `make test` brings one"]
async fn unknown_types_are_told_by_name() {
    let connection = connect().await;
    for (sql, name) in [
        ("SELECT '08:00:2b:01:02:03'::macaddr", "macaddr"),
        ("SELECT B'101'", "bit"),
        ("SELECT B'101'::varbit", "varbit"),
        ("SELECT 1::money", "money"),
        ("SELECT '12:00+02'::timetz", "timetz"),
        ("SELECT point(1, 2)", "point"),
        ("SELECT 'a'::tsvector", "tsvector"),
        ("SELECT row(1, 2)", "record"),
    ] {
        assert_eq!(one(&*connection, sql).await, Cell::Other(name.into()));
    }
    let list = one(&*connection, "SELECT ARRAY[point(1, 2)]").await;
    assert_eq!(list, Cell::Array(vec![Cell::Other("point".into())]));
    in_step(&*connection).await;
}

#[tokio::test]
#[ignore = "needs PostgreSQL; `make test` brings one"]
async fn the_names_of_types_are_found_in_the_middle_of_anything() {
    let connection = connect().await;
    let rows = "SELECT n, point(1, 2) FROM generate_series(1, 5000) n";
    let batch = vec![read("SELECT 1", vec![]), read(rows, vec![]), read("SELECT 2", vec![])];
    let answer = run(&*connection, batch).await.unwrap();
    assert_eq!(answer.rows.len(), 5002);
    assert!(answer.rows[1..5001].iter().all(|(_, row)| row[1] == Cell::Other("point".into())));

    // In a transaction that fails right after, the failure is what is told.
    let other = connect().await;
    let batch = vec![
        crate::support::control("BEGIN"),
        read("SELECT point(1, 2)", vec![]),
        read("SELECT 1 / 0", vec![]),
    ];
    let error = run(&*other, batch).await.unwrap_err();
    assert_eq!(error.sqlstate(), Some("22012"));
    other.reset().await.unwrap();
    assert_eq!(one(&*other, "SELECT point(1, 2)").await, Cell::Other("point".into()));
}

#[tokio::test]
#[ignore = "needs PostgreSQL; `make test` brings one"]
async fn other_built_in_types_have_their_kinds() {
    let connection = connect().await;
    for (sql, cell) in [
        ("SELECT 4294967295::oid", Cell::Value(Value::I64(4_294_967_295))),
        ("SELECT 'x'::\"char\"", text("x")),
        ("SELECT 'x'::name", text("x")),
        ("SELECT 'x'::varchar(3)", text("x")),
        ("SELECT 'x'::char(3)", text("x  ")),
        ("SELECT 'x'", text("x")),
        ("SELECT pg_sleep(0)", text("")),
        ("SELECT ARRAY[]::int[]", Cell::Array(vec![])),
        (
            "SELECT '[5:6]={1,2}'::int8[]",
            Cell::Array(vec![Cell::Value(Value::I64(1)), Cell::Value(Value::I64(2))]),
        ),
    ] {
        assert_eq!(one(&*connection, sql).await, cell, "{sql}");
    }
}

#[tokio::test]
#[ignore = "needs PostgreSQL; `make test` brings one"]
async fn types_of_extensions() {
    let connection = connect().await;
    let sql = "SELECT count(*) FROM pg_available_extensions WHERE name IN ('citext', 'hstore')";
    if one(&*connection, sql).await != crate::support::big(2) {
        eprintln!("skipped: the server has no extensions citext and hstore");
        return;
    }
    // All of it is rolled back.
    let schema = format!("yara_extensions_{}", std::process::id());
    let setup = format!(
        "CREATE SCHEMA {schema}; SET LOCAL search_path = {schema}, public; \
         CREATE EXTENSION IF NOT EXISTS citext; CREATE EXTENSION IF NOT EXISTS hstore"
    );
    run(&*connection, vec![crate::support::control("BEGIN"), once(&setup)]).await.unwrap();
    let batch = vec![
        read("SELECT 'Ada'::citext", vec![]),
        read("SELECT ARRAY['Ada'::citext]", vec![]),
        read("SELECT 'a=>1'::hstore", vec![]),
        read("SELECT 'ADA'::citext = $1", vec![Value::Text("ada".into())]),
    ];
    let rows = run(&*connection, batch).await.unwrap().table();
    assert_eq!(
        rows,
        [
            vec![text("Ada")],
            vec![Cell::Array(vec![text("Ada")])],
            vec![Cell::Other("hstore".into())],
            vec![Cell::Value(Value::Bool(true))],
        ]
    );
    connection.reset().await.unwrap();
    in_step(&*connection).await;
}
