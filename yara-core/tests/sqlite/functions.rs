//! What SQL finds on every connection.

use crate::support::*;
use std::sync::Arc;
use yara_core::backend::Connection;

fn text(connection: &Arc<dyn Connection>, expression: &str) -> Option<String> {
    typed::<Option<String>>(connection, &format!("select {expression}"), vec![]).unwrap().remove(0)
}

fn truth(connection: &Arc<dyn Connection>, expression: &str) -> Option<bool> {
    typed::<Option<bool>>(connection, &format!("select {expression}"), vec![]).unwrap().remove(0)
}

#[test]
fn case_is_unicode() {
    let connection = memory();
    assert_eq!(text(&connection, "yara_lower('ÉCOLE')").unwrap(), "école");
    assert_eq!(text(&connection, "yara_upper('école')").unwrap(), "ÉCOLE");
    assert_eq!(text(&connection, "yara_lower(12)").unwrap(), "12");
    for (expression, expected) in [
        ("yara_contains('La GRANDE École', 'école', 1)", true),
        ("yara_contains('La GRANDE École', 'école', 0)", false),
        ("yara_contains('50% of', '0%', 0)", true),
        ("yara_contains('x', '', 0)", true),
        ("yara_starts_with('École', 'éc', true)", true),
        ("yara_starts_with('École', 'éc', false)", false),
        ("yara_ends_with('CAFÉ', 'fé', 1)", true),
        ("yara_like('Ada', 'a%', 0)", false),
        ("yara_like('Ada', 'A%', 0)", true),
        ("yara_like('Ada', 'a_A', 1)", true),
        (r"yara_like('50%', '50\%', 0)", true),
        (r"yara_like('500', '50\%', 0)", false),
    ] {
        assert_eq!(truth(&connection, expression), Some(expected), "{expression}");
    }
}

#[test]
fn null_gives_null() {
    let connection = memory();
    for expression in [
        "yara_lower(null)",
        "yara_contains(null, 'x', 0)",
        "yara_contains('x', null, 0)",
        "yara_like(null, null, 1)",
        "yara_numeric_add('1', null)",
        "yara_numeric_div(null, '0')",
        "yara_numeric_neg(null)",
        "yara_numeric_cmp(null, '1')",
        "yara_numeric_rem('1', null)",
        "yara_abs(null, 64)",
        "yara_round(1.5, null, 64)",
        "yara_sign(null)",
        "yara_floor(null)",
        "yara_power(2, null)",
        "yara_substring('x', null)",
        "yara_substring('x', 1, null)",
        "yara_pad_left('x', 2, null)",
        "yara_repeat(null, 2)",
        "yara_reverse(null)",
        "yara_greatest(null, null)",
        "yara_numeric_nullif(null, '1')",
        "yara_to_integer(null, 64)",
        "yara_text_to_integer(null, 64)",
        "yara_to_float(null, 64)",
        "yara_to_numeric(null, 64)",
        "yara_to_text(null, 64)",
        "yara_to_bool(null)",
        "yara_to_date(null)",
        "yara_extract('year', null)",
        "yara_truncate('year', null)",
        "yara_moment_add(null, 0)",
        "yara_moment_diff('2024-01-01', null)",
        "yara_age(null, '2024-01-01')",
        "yara_interval_add(null, 0)",
        "(select yara_numeric_sum(a) from t)",
        "(select yara_numeric_avg(null))",
    ] {
        assert_eq!(text(&connection, expression), None, "{expression}");
    }
}

#[test]
fn decimals_are_numbers() {
    let connection = memory();
    run(&connection, vec![once("create table n (v text); insert into n values ('10'), ('9.5'), ('-3'), ('2.50'), ('2.5'), ('NaN'), ('-Infinity'), ('12345678901234567890.1'), ('12345678901234567890.2')")]).unwrap();
    let sorted = typed::<String>(
        &connection,
        "select v from n order by v collate yara_numeric, rowid",
        vec![],
    )
    .unwrap();
    assert_eq!(
        sorted,
        [
            "-Infinity",
            "-3",
            "2.50",
            "2.5",
            "9.5",
            "10",
            "12345678901234567890.1",
            "12345678901234567890.2",
            "NaN"
        ]
    );
    assert_eq!(
        ints(&connection, "select count(*) from n where v collate yara_numeric = '2.500'"),
        [2]
    );
    assert_eq!(ints(&connection, "select count(distinct v collate yara_numeric) from n"), [8]);
    let finite = "from n where v not in ('NaN', '-Infinity')";
    let value = |what: &str| {
        typed::<String>(&connection, &format!("select {what} {finite}"), vec![]).unwrap().remove(0)
    };
    assert_eq!(value("yara_numeric_sum(v)"), "24691357802469135801.80");
    assert_eq!(value("max(v collate yara_numeric)"), "12345678901234567890.2");
    for (expression, result) in [
        ("yara_numeric_add('0.1', '0.20')", "0.30"),
        ("yara_numeric_sub('99999999999999999999', '0.01')", "99999999999999999998.99"),
        ("yara_numeric_mul('1.50', 2)", "3.00"),
        ("yara_numeric_div('1', '3')", "0.33333333333333333333"),
        ("yara_numeric_neg('-0.5')", "0.5"),
        ("yara_numeric_add(1, 0.5)", "1.5"),
        (
            "(select yara_numeric_avg(column1) from (values ('1'), ('2'), (null), ('2')))",
            "1.6666666666666667",
        ),
    ] {
        assert_eq!(text(&connection, expression).unwrap(), result, "{expression}");
    }
    assert_eq!(ints(&connection, "select yara_numeric_cmp('10', '9')"), [1]);
    assert_eq!(ints(&connection, "select yara_numeric_cmp('1.0', 1)"), [0]);
}

#[test]
fn indexes_and_checks_may_use_them() {
    let connection = memory();
    let script = "create table p (n text check (yara_numeric_cmp(n, '0') > 0), t text); \
        create unique index i on p (yara_lower(t)); insert into p values ('1.5', 'É')";
    run(&connection, vec![once(script)]).unwrap();
    assert!(
        run(&connection, vec![write("insert into p values ('-1', 'x')")])
            .unwrap_err()
            .is_check_violation()
    );
    assert!(
        run(&connection, vec![write("insert into p values ('1', 'é')")])
            .unwrap_err()
            .is_unique_violation()
    );
}

#[test]
fn a_sum_of_many_is_exact() {
    let connection = memory();
    run(&connection, vec![once("create table n (v text)"), once("with recursive r(i) as (select 1 union all select i + 1 from r limit 10000) insert into n select '0.1' from r")]).unwrap();
    assert_eq!(text(&connection, "(select yara_numeric_sum(v) from n)").unwrap(), "1000.0");
    assert_eq!(
        text(&connection, "(select yara_numeric_avg(v) from n)").unwrap(),
        "0.10000000000000000000"
    );
}
