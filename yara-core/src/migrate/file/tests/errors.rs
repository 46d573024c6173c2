//! What is said of files that are wrong, and where.

use crate::migrate::Migration;

/// What is said of a text, without the name of the file.
fn error(text: &str) -> String {
    let error = Migration::parse("migrations/0002_more.toml", text).unwrap_err().to_string();
    error.strip_prefix("migrations/0002_more.toml, ").map(str::to_owned).unwrap_or(error)
}

fn refused(text: &str, line: usize, column: usize, what: &str) {
    assert_eq!(error(text), format!("line {line}, column {column}: {what}"), "{text}");
}

#[test]
fn what_is_not_toml_is_told() {
    let said = error("note = \"a\"\n\n[[operation]\n");
    assert!(said.starts_with("line 3, column 13: not TOML: "), "{said}");
    let said = error("note = \"a");
    assert!(said.starts_with("line 1, column 10: not TOML: "), "{said}");
}

#[test]
fn unknown_keys_are_told_with_the_nearest() {
    refused(
        "note = \"a\"\natomik = false",
        2,
        1,
        "a migration has no key `atomik`; did you mean `atomic`?",
    );
    refused(
        "[[operation]]\nadd_colum = {}",
        2,
        1,
        "an operation has no key `add_colum`; did you mean `add_column`?",
    );
    refused(
        "[[operation]]\nadd_column = { table = \"é\", name = \"b\", defalt = \"0\" }",
        2,
        41,
        "`add_column` has no key `defalt`; did you mean `default`?",
    );
    refused(
        "[[operation]]\n[operation.create_table]\nname = \"t\"\ncolumns = [\n  { name = \"a\", tipe = \"i64\" },\n]",
        5,
        17,
        "a column has no key `tipe`; did you mean `type`?",
    );
    refused(
        "[[operation]]\nadd_index = { table = \"t\", keys = [{ column = \"a\", zzzzzz = 1 }] }",
        2,
        52,
        "a key of an index has no key `zzzzzz`; it has `class`, `column`, `descending`, `expression`, `nulls`",
    );
}

#[test]
fn an_operation_has_one_key() {
    refused(
        "[[operation]]\nstep = \"a\"\ndrop_table = \"b\"",
        1,
        1,
        "an operation has one key, its name, and this has `drop_table` and `step`",
    );
    refused("\n[[operation]]\n", 2, 1, "an operation has one key, its name, and this has none");
}

#[test]
fn what_is_missing_is_told() {
    for (text, key) in [
        ("drop_column = { table = \"t\" }", "name"),
        ("drop_column = { name = \"a\" }", "table"),
        ("rename_table = { from = \"t\" }", "to"),
        ("rename_column = { table = \"t\", to = \"t\" }", "from"),
        ("add_column = { table = \"t\", name = \"a\" }", "type"),
        ("set_primary_key = { table = \"t\" }", "columns"),
        ("add_unique = { table = \"t\", name = \"u\" }", "columns"),
        ("drop_unique = { table = \"t\" }", "columns"),
        ("add_check = { table = \"t\", name = \"u\" }", "condition"),
        ("drop_check = { table = \"t\" }", "name"),
        ("add_foreign_key = { table = \"t\", columns = [\"a\"], to = [\"b\"] }", "references"),
        ("drop_foreign_key = { table = \"t\" }", "columns"),
        ("add_index = { table = \"t\", name = \"i\" }", "keys"),
        ("drop_index = { table = \"t\" }", "keys"),
        ("add_fulltext = { table = \"t\", name = \"i\", columns = [\"a\"] }", "language"),
        ("drop_fulltext = { table = \"t\" }", "name"),
        ("sql = { down = \"x\" }", "up"),
    ] {
        let (name, before) = (text.split(' ').next().unwrap(), text.find('{').unwrap());
        let what = format!("`{name}` lacks `{key}`");
        refused(&format!("[[operation]]\n{text}"), 2, before + 1, &what);
    }
}

#[test]
fn wrong_values_are_told() {
    for (text, what) in [
        ("note = 1", "`note` is a text, not 1"),
        ("atomic = \"no\"", "`atomic` is true or false, not the text `no`"),
        ("operation = \"no\"", "`operation` is a list, not the text `no`"),
        ("operation = [1.5]", "`operation` is a table, not 1.5"),
        ("operation = [{ step = {} }]", "`step` is a text, not a table"),
        ("operation = [{ step = [] }]", "`step` is a text, not a list"),
        ("operation = [{ step = 1979-05-27 }]", "`step` is a text, not 1979-05-27"),
        ("operation = [{ step = true }]", "`step` is a text, not true"),
        ("operation = [{ drop_table = 7 }]", "`drop_table` is the name of a table, not 7"),
        (
            "operation = [{ drop_table = \"a..b\" }]",
            "`a..b` is no name: a part is empty, or has a quote within; a name that holds a dot \
             stands in double quotes, such as `\"a.b\"`",
        ),
        (
            "operation = [{ sql = { up = 1 } }]",
            "`up` is SQL: a text, or a table of one for each database, not 1",
        ),
        (
            "operation = [{ sql = { up = {} } }]",
            "`up` is SQL: a text, or a table of one for each database, not a table",
        ),
        (
            "operation = [{ sql = { up = { SQLite = \"x\" } } }]",
            "databases are named in small letters: `sqlite`",
        ),
    ] {
        let said = error(text);
        assert!(said.starts_with("line 1, column "), "{said}");
        assert_eq!(said.split_once(": ").unwrap().1, what, "{text}");
    }
}

#[test]
fn wrong_definitions_are_told() {
    let column = |rest: &str| {
        let text = format!("[[operation]]\nadd_column = {{ table = \"t\", name = \"a\", {rest} }}");
        error(&text).split_once(": ").unwrap().1.to_owned()
    };
    assert_eq!(column("type = \"i46\""), "there is no kind `i46`; did you mean `i16` or `i64`?");
    assert!(column("type = \"string\"").starts_with(
        "there is no kind `string`; kinds are `bool`, `i16`, `i32`, `i64`, `f32`, `f64`, `numeric`, `text`"
    ));
    assert_eq!(
        column("type = \"range(i16)\""),
        "there are no ranges of `i16`; there are of `i32`, `i64`, `numeric`, `date`, `timestamp` and `timestamptz`"
    );
    assert_eq!(column("type = {}"), "a kind of a program's own lacks `name`");
    assert_eq!(
        column("type = { list = \"i64\", name = \"x\" }"),
        "a list of a kind has the key `list` alone"
    );
    assert_eq!(
        column("type = \"text\", max_length = -1"),
        "`max_length` is a whole number from 0 to 4294967295, not -1"
    );
    assert_eq!(
        column("type = \"numeric\", precision = [1]"),
        "`precision` is two numbers: digits in all, and after the point, such as [10, 2]"
    );
    let key = |rest: &str| {
        let text = format!(
            "[[operation]]\nadd_foreign_key = {{ table = \"t\", columns = [\"a\"], references = \"b\", to = [\"id\"], {rest} }}"
        );
        error(&text).split_once(": ").unwrap().1.to_owned()
    };
    assert_eq!(
        key("on_delete = \"CASCADE\""),
        "`on_delete` is one of `no_action`, `restrict`, `cascade`, `set_null`, `set_default`, not `CASCADE`"
    );
    let index = "[[operation]]\nadd_index = { table = \"t\", keys = [{ descending = true }] }";
    assert_eq!(
        error(index),
        "line 2, column 36: a key of an index has a `column` or an `expression`"
    );
}
