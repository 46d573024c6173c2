//! The command line of a program's own binary.

use super::{NOTES, applied, given, notes};
use crate::support::{World, scenarios};
use yara_orm::migrate::Migrations;
use yara_orm::prelude::*;

scenarios! {
    commands_do_what_their_methods_do,
    exit_codes_tell_how_it_went,
    what_was_done_before_an_error_is_told,
    options_are_those_of_the_run,
    passwords_are_never_written,
}

/// What a command wrote to its two places, and its exit code.
async fn command(migrations: &Migrations, db: Option<&Db>, words: &[&str]) -> (u8, String, String) {
    let (mut output, mut errors) = (Vec::new(), Vec::new());
    let words = words.iter().map(|word| (*word).to_owned()).collect();
    let code = migrations.command_to(db, words, &mut output, &mut errors).await;
    (code, String::from_utf8(output).unwrap(), String::from_utf8(errors).unwrap())
}

async fn commands_do_what_their_methods_do(world: World) {
    let migrations = given(&NOTES);
    let url = world.url.as_str();
    let told = async |words: &[&str]| {
        let words = [words, &["--database", url]].concat();
        let (code, output, errors) = command(&migrations, None, &words).await;
        assert_eq!((code, errors.as_str()), (0, ""), "{words:?}");
        output
    };
    assert_eq!(told(&["status"]).await, "[ ] 0001_notes\n[ ] 0002_first\n[ ] 0003_views\n");
    assert_eq!(told(&["up", "1"]).await, "applied 0001_notes\n");
    assert_eq!(told(&["up"]).await, "applied 0002_first\napplied 0003_views\n");
    assert_eq!(told(&["up"]).await, "nothing to apply\n");
    assert_eq!(notes(&world.db).await.unwrap(), ["first"]);
    assert_eq!(told(&["down"]).await, "undone 0003_views\n");
    let status = told(&["status"]).await;
    let lines: Vec<&str> = status.lines().collect();
    assert!(lines[1].starts_with("[x] 0002_first  20"), "{status}");
    assert_eq!(lines[2], "[ ] 0003_views");
    assert_eq!(told(&["down", "--steps", "2"]).await, "undone 0002_first\nundone 0001_notes\n");
    assert_eq!(told(&["down"]).await, "nothing to undo\n");
    assert_eq!(told(&["sql", "2"]).await, "insert into note (id, text) values (1, 'first');\n");
    assert_eq!(told(&["sql", "2", "--backward"]).await, "delete from note where id = 1;\n");
    assert_eq!(told(&["fake", "2"]).await, "noted 0001_notes\nnoted 0002_first\n");
    assert_eq!(told(&["fake", "2"]).await, "nothing to note\n");
    assert_eq!(applied(&world.db).await, ["0001_notes", "0002_first"]);
    assert!(told(&["help"]).await.starts_with("commands:\n  make "));
}

async fn exit_codes_tell_how_it_went(world: World) {
    let migrations = given(&NOTES);
    let on = async |words: &[&str]| command(&migrations, Some(&world.db), words).await;
    assert_eq!(on(&["up"]).await.0, 0);
    let (code, output, errors) = on(&["up", "9"]).await;
    assert_eq!((code, output.as_str()), (1, ""));
    assert!(errors.starts_with("error: no migration is called `9`; "), "{errors}");
    let (code, output, errors) = on(&["upp"]).await;
    assert_eq!((code, output.as_str()), (2, ""));
    assert_eq!(
        errors,
        "error: there is no command `upp`; did you mean `up`?\n`help` lists the commands and their \
         options\n"
    );
    // A program that opens its database by itself does not ask where it is.
    let (code, _, errors) = on(&["up", "--database", "x"]).await;
    assert_eq!(code, 2);
    assert!(errors.starts_with("error: `up` has no option `database`"), "{errors}");
    let (code, output, _) = command(&migrations, None, &[]).await;
    assert_eq!((code, output.starts_with("commands:")), (0, true));
}

async fn what_was_done_before_an_error_is_told(world: World) {
    let broken =
        ("0002_broken", "[[operation]]\nsql = { up = \"insert into nowhere values (1)\" }");
    let migrations = given(&[NOTES[0], broken]);
    let (code, output, errors) = command(&migrations, Some(&world.db), &["up"]).await;
    assert_eq!((code, output.as_str()), (1, "applied 0001_notes\n"));
    assert!(errors.starts_with("error: 0002_broken, operation 1 (sql): "), "{errors}");
    assert!(errors.ends_with("\nstatement: insert into nowhere values (1)\n"), "{errors}");
}

async fn options_are_those_of_the_run(world: World) {
    given(&[NOTES[0], NOTES[2]]).up(&world.db).await.unwrap();
    let on = async |files: &[(&str, &str)], words: &[&str]| {
        command(&given(files), Some(&world.db), words).await
    };
    assert_eq!(on(&NOTES, &["up"]).await.0, 1);
    let (code, output, _) = on(&NOTES, &["up", "--out-of-order"]).await;
    assert_eq!((code, output.as_str()), (0, "applied 0002_first\n"));
    let files = [NOTES[0], NOTES[1], ("0004_more", NOTES[1].1)];
    assert_eq!(on(&files, &["up"]).await.0, 1);
    let (code, _, errors) = on(&files, &["up", "--ignore-missing"]).await;
    assert_eq!(code, 1);
    assert!(errors.starts_with("error: 0004_more, operation 1 (sql): "), "{errors}");
}

async fn passwords_are_never_written(_: World) {
    // Wrong in one part each: host, scheme, parameter.
    let urls = [
        "postgres://ada:sesame@127.0.0.1:1/app?connect_timeout=1".to_owned(),
        "postgre://ada:sesame@127.0.0.1/app".to_owned(),
        "postgres://ada:sesame@127.0.0.1/app?max_szie=3".to_owned(),
    ];
    for url in &urls {
        let migrations = given(&NOTES).database(url.clone());
        let debug = format!("{migrations:?}");
        assert!(!debug.contains("sesame"), "{debug}");
        for words in [
            &["up"][..],
            &["status"],
            &["up", "--database", url],
            &["up", &format!("--database={url}")],
            &["up", url],
            &["sql", url],
            &["up", &format!("--databse={url}")],
            &[url],
        ] {
            let (code, output, errors) = command(&migrations, None, words).await;
            assert_ne!(code, 0, "{words:?}");
            assert!(!format!("{output}{errors}").contains("sesame"), "{words:?}: {errors}");
        }
    }
}
