//! Batches: order, atomicity, what the sink is told, and what it may refuse.

use crate::support::{
    Cell, Collected, big, connect, control, in_step, int, once, one, read, run, run_into, text,
    write,
};
use yara_core::backend::{Access, Command, Request};
use yara_core::value::{Type, Value};

#[tokio::test]
#[ignore = "needs PostgreSQL; `make test` brings one"]
async fn the_sink_is_told_columns_rows_and_ends_in_order() {
    let connection = connect().await;
    let setup = once("CREATE TEMP TABLE t (id int, name text)");
    let insert = write("INSERT INTO t VALUES (1, $1), (2, $1)", vec![Value::Text("x".into())]);
    let none = read("SELECT id FROM t WHERE false", vec![]);
    let both = read("SELECT id, name FROM t ORDER BY id", vec![]);
    let empty = once("");
    let answer = run(&*connection, vec![setup, insert, none, both, empty]).await.unwrap();
    let columns: Vec<(usize, &[String])> =
        answer.columns.iter().map(|(request, names)| (*request, names.as_slice())).collect();
    let names = ["id".to_owned(), "name".to_owned()];
    assert_eq!(
        columns,
        [(0, &[][..]), (1, &[][..]), (2, &names[..1]), (3, &names[..]), (4, &[][..])]
    );
    assert_eq!(answer.rows, [(3, vec![int(1), text("x")]), (3, vec![int(2), text("x")])]);
    assert_eq!(answer.done, [(0, 0), (1, 2), (2, 0), (3, 2), (4, 0)]);
    assert_eq!(run(&*connection, vec![]).await.unwrap().done, []);
}

#[tokio::test]
#[ignore = "needs PostgreSQL; `make test` brings one"]
async fn a_batch_is_atomic_outside_a_transaction() {
    let connection = connect().await;
    run(&*connection, vec![once("CREATE TEMP TABLE t (id int PRIMARY KEY)")]).await.unwrap();
    let insert = |id: i32| write("INSERT INTO t VALUES ($1)", vec![Value::I32(id)]);
    let error = run(&*connection, vec![insert(1), insert(2), insert(1)]).await.unwrap_err();
    assert!(error.is_unique_violation());
    assert_eq!(one(&*connection, "SELECT count(*) FROM t").await, big(0));
    in_step(&*connection).await;

    // In a transaction, what was before the batch is there until it is rolled back.
    run(&*connection, vec![control("BEGIN"), insert(1)]).await.unwrap();
    assert!(connection.needs_reset());
    run(&*connection, vec![insert(1)]).await.unwrap_err();
    let error = run(&*connection, vec![read("SELECT 1", vec![])]).await.unwrap_err();
    assert_eq!(error.sqlstate(), Some("25P02"));
    run(&*connection, vec![control("ROLLBACK")]).await.unwrap();
    assert_eq!(one(&*connection, "SELECT count(*) FROM t").await, big(0));
    in_step(&*connection).await;
}

#[tokio::test]
#[ignore = "needs PostgreSQL; `make test` brings one"]
async fn an_error_of_the_commit_is_an_error_of_the_batch() {
    let connection = connect().await;
    let setup = "CREATE TEMP TABLE parent (id int PRIMARY KEY); \
         CREATE TEMP TABLE child (id int REFERENCES parent DEFERRABLE INITIALLY DEFERRED)";
    run(&*connection, vec![once(setup)]).await.unwrap();
    let insert = write("INSERT INTO child VALUES (1)", vec![]);
    let error = run(&*connection, vec![insert]).await.unwrap_err();
    assert!(error.is_foreign_key_violation());
    assert_eq!(error.statement(), Some("INSERT INTO child VALUES (1)"));
    in_step(&*connection).await;
}

#[tokio::test]
#[ignore = "needs PostgreSQL; `make test` brings one"]
async fn a_repeated_statement_is_one_request() {
    let connection = connect().await;
    run(&*connection, vec![once("CREATE TEMP TABLE t (id int, name text)")]).await.unwrap();
    let sql = "INSERT INTO t VALUES ($1, $2) RETURNING id";
    let mut request = write(sql, vec![]);
    request.repeat = 300;
    for id in 0..300 {
        let name = if id % 2 == 0 { Value::Text("x".into()) } else { Value::Null(Type::Text) };
        request.values.extend([Value::I32(id), name]);
    }
    let answer =
        run(&*connection, vec![request.clone(), read("SELECT count(name) FROM t", vec![])]);
    let answer = answer.await.unwrap();
    let ids: Vec<Vec<Cell>> = (0..300).map(|id| vec![int(id)]).collect();
    assert_eq!(answer.table()[..300], ids);
    assert_eq!(answer.table()[300], [big(150)]);
    assert_eq!(answer.done, [(0, 300), (1, 1)]);
    assert_eq!(answer.columns.len(), 2);

    request.repeat = 0;
    request.values.clear();
    let answer = run(&*connection, vec![request.clone()]).await.unwrap();
    assert_eq!(answer.done, [(0, 0)]);
    request.repeat = 2;
    request.values = vec![Value::I32(1)];
    assert!(run(&*connection, vec![request.clone()]).await.unwrap_err().is_invalid_query());
    request.values =
        vec![Value::I32(1), Value::Null(Type::Text), Value::I64(1), Value::Null(Type::Text)];
    assert!(run(&*connection, vec![request]).await.unwrap_err().is_invalid_query());
    in_step(&*connection).await;
}

#[tokio::test]
#[ignore = "needs PostgreSQL; `make test` brings one"]
async fn a_text_of_several_statements_is_atomic() {
    let connection = connect().await;
    let script = "CREATE TEMP TABLE a (x int); -- one; two\nINSERT INTO a VALUES (1), (2);\n\
         INSERT INTO a VALUES (3); SELECT x, ';' AS s FROM a ORDER BY x LIMIT 1;";
    let answer = run(&*connection, vec![once(script)]).await.unwrap();
    assert_eq!(answer.table(), [vec![int(1), text(";")]]);
    assert_eq!(answer.done, [(0, 4)]);
    let error =
        run(&*connection, vec![once("DELETE FROM a; SELECT 1 / 0; SELECT 1")]).await.unwrap_err();
    assert_eq!(error.statement(), Some("SELECT 1 / 0"));
    assert_eq!(one(&*connection, "SELECT count(*) FROM a").await, big(3));
}

#[tokio::test]
#[ignore = "needs PostgreSQL; `make test` brings one"]
async fn a_sink_that_refuses_leaves_the_connection_in_step() {
    let connection = connect().await;
    for rows in [1, 10, 20_000] {
        let sink = Collected { refuse: Some(rows / 2 + 1), ..Collected::default() };
        let sql = format!("SELECT n, repeat('x', 100) FROM generate_series(1, {rows}) n");
        let batch = vec![read(&sql, vec![]), read("SELECT 1", vec![])];
        let error = run_into(&*connection, batch, sink).await.unwrap_err();
        assert_eq!(error.to_string(), "the sink refused a row");
        in_step(&*connection).await;
    }
}

#[tokio::test]
#[ignore = "needs PostgreSQL; `make test` brings one"]
async fn a_write_whose_row_is_refused_is_done() {
    let connection = connect().await;
    run(&*connection, vec![once("CREATE TEMP TABLE kept (x int)")]).await.unwrap();
    let insert = || write("INSERT INTO kept VALUES (1), (2) RETURNING x", vec![]);
    for (batch, rows) in [(vec![insert()], 2), (vec![insert(), insert()], 6)] {
        let sink = Collected { refuse: Some(1), ..Collected::default() };
        let error = run_into(&*connection, batch, sink).await.unwrap_err();
        assert_eq!(error.to_string(), "the sink refused a row");
        assert_eq!(one(&*connection, "SELECT count(*) FROM kept").await, big(rows));
    }
}

#[tokio::test]
#[ignore = "needs PostgreSQL; `make test` brings one"]
async fn a_cell_that_cannot_be_read_names_its_column() {
    let connection = connect().await;
    let sql = "SELECT 1 AS fine, '294276-12-31'::timestamp AS far";
    let error = run(&*connection, vec![read(sql, vec![])]).await.unwrap_err();
    assert!(error.is_decode_error());
    assert!(error.to_string().starts_with("column `far` cannot be read: "), "{error}");
    assert_eq!(error.statement(), Some(sql));
    in_step(&*connection).await;
}

#[tokio::test]
#[ignore = "needs PostgreSQL; `make test` brings one"]
async fn large_results_arrive_whole() {
    let connection = connect().await;
    let sql = "SELECT n, repeat(chr(65 + n % 26), n % 3000) FROM generate_series(1, 20000) n";
    let answer = run(&*connection, vec![read(sql, vec![])]).await.unwrap();
    assert_eq!(answer.rows.len(), 20_000);
    for (at, (_, row)) in answer.rows.iter().enumerate() {
        let n = at + 1;
        let letter = char::from(65 + (n % 26) as u8).to_string();
        assert_eq!(row[0], int(n as i32));
        assert_eq!(row[1], text(&letter.repeat(n % 3000)));
    }
    let wide = one(&*connection, "SELECT repeat('x', 20000000)").await;
    assert!(matches!(wide, Cell::Value(Value::Text(text)) if text.len() == 20_000_000));
    in_step(&*connection).await;
}

#[tokio::test]
#[ignore = "needs PostgreSQL; `make test` brings one"]
async fn copy_is_refused() {
    let connection = connect().await;
    let copy =
        |sql: &str| Request::new(std::sync::Arc::new(Command::once(sql, Access::Write)), vec![]);
    let error = run(&*connection, vec![copy("COPY (SELECT 1) TO STDOUT")]).await.unwrap_err();
    assert!(error.is_unsupported(), "{error}");
    in_step(&*connection).await;
    run(&*connection, vec![once("CREATE TEMP TABLE t (id int)")]).await.unwrap();
    let error = run(&*connection, vec![copy("COPY t FROM STDIN")]).await.unwrap_err();
    assert!(error.is_unsupported() && error.to_string().contains("bulk_load"), "{error}");
    in_step(&*connection).await;
}
