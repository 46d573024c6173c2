//! SQLite's errors have the kinds, SQLSTATEs and attributes that PostgreSQL's have.

use crate::support::*;
use std::sync::Arc;
use yara_core::backend::Connection;
use yara_core::error::{Error, ErrorKind};

fn tables() -> Arc<dyn Connection> {
    let connection = memory();
    let script = "create table p (id integer primary key, a text not null, b integer, \
           constraint positive check (b > 0), unique (a, b)); \
         create table e (a text); create unique index by_upper on e (upper(a)); insert into e values ('x'); \
         create table c (p integer references p (id), r integer references p (id) on delete restrict); \
         create table s (n integer) strict; \
         create trigger t before insert on s when new.n = 42 begin select raise(abort, 'not 42'); end; \
         insert into p values (1, 'x', 1), (2, 'y', 1)";
    run(&connection, vec![once(script)]).unwrap();
    connection
}

fn fail(connection: &Arc<dyn Connection>, sql: &str) -> Error {
    let error = run(connection, vec![write(sql)]).unwrap_err();
    assert_eq!(error.statement(), Some(sql));
    assert!(!connection.needs_reset());
    error
}

#[test]
fn constraints() {
    let connection = tables();
    let error = fail(&connection, "insert into p values (3, 'x', 1)");
    assert!(error.is_unique_violation(), "{error:?}");
    assert_eq!(error.sqlstate(), Some("23505"));
    assert_eq!((error.table(), error.column()), (Some("p"), Some("a")));
    let error = fail(&connection, "insert into p values (1, 'z', 1)");
    assert!(error.is_unique_violation() && error.column() == Some("id"), "{error:?}");
    let error = fail(&connection, "insert into e values ('X')");
    assert!(error.is_unique_violation() && error.constraint() == Some("by_upper"), "{error:?}");

    let error = fail(&connection, "insert into p (a) values (null)");
    assert!(error.is_not_null_violation(), "{error:?}");
    assert_eq!(
        (error.sqlstate(), error.table(), error.column()),
        (Some("23502"), Some("p"), Some("a"))
    );

    let error = fail(&connection, "insert into p values (3, 'z', -1)");
    assert!(error.is_check_violation(), "{error:?}");
    assert_eq!((error.sqlstate(), error.constraint()), (Some("23514"), Some("positive")));

    let error = fail(&connection, "insert into c (p) values (77)");
    assert!(error.is_foreign_key_violation() && error.sqlstate() == Some("23503"), "{error:?}");
    run(&connection, vec![write("insert into c values (1, 2)")]).unwrap();
    for id in [1, 2] {
        let error = fail(&connection, &format!("delete from p where id = {id}"));
        assert!(error.is_foreign_key_violation(), "{error:?}");
    }
}

#[test]
fn data_and_triggers() {
    let connection = tables();
    let error = fail(&connection, "insert into s values ('text')");
    assert_eq!(error.kind(), ErrorKind::Data, "{error:?}");
    let error = fail(&connection, "insert into s values (42)");
    assert_eq!((error.kind(), error.to_string().as_str()), (ErrorKind::Database, "not 42"));
    let error = fail(&connection, "select yara_numeric_div('1', '0')");
    assert_eq!((error.kind(), error.sqlstate()), (ErrorKind::Data, Some("22012")), "{error:?}");
    let error = fail(&connection, "select yara_numeric_add('1', 'x')");
    assert_eq!((error.kind(), error.sqlstate()), (ErrorKind::Data, Some("22P02")), "{error:?}");
    let error =
        fail(&connection, "select sum(n) from (select 9223372036854775807 n union all select 1)");
    assert_eq!(error.sqlstate(), Some("22003"), "{error:?}");
    let error = fail(&connection, "select zeroblob(2000000000)");
    assert_eq!(error.kind(), ErrorKind::Data, "{error:?}");
}

#[test]
fn statements() {
    let connection = tables();
    for (sql, state, position) in [
        ("selekt 1", "42601", Some(1)),
        ("select 'é', from p", "42601", Some(13)),
        ("select 1 from nowhere", "42P01", None),
        ("select missing from p", "42703", Some(8)),
        ("select \"mistyped\" from p", "42703", Some(8)),
        ("insert into p (zzz) values (1)", "42703", None),
        ("select no_such_function(1)", "42883", None),
        ("create table p (x)", "42P07", None),
        ("select 'unended", "42601", None),
    ] {
        let error = fail(&connection, sql);
        assert_eq!(
            (error.kind(), error.sqlstate()),
            (ErrorKind::Programming, Some(state)),
            "{error:?}"
        );
        if position.is_some() {
            assert_eq!(error.database().unwrap().position, position, "{error:?}");
        }
    }
    for sql in ["COMMIT", "ROLLBACK", "RELEASE unknown"] {
        let error = run(&connection, vec![control(sql)]).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Transaction, "{error:?}");
    }
    assert!(run(&connection, vec![read("")]).is_err());
}
