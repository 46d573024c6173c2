//! A folder of files, on a real file system.

use super::{Folder, in_sequence};
use crate::error::ErrorKind;
use crate::migrate::{Migration, NamedMigration, Operation};
use std::fs;
use std::path::PathBuf;
use std::sync::atomic::{AtomicUsize, Ordering};

/// A folder of its own that goes when the test is over.
struct Temporary(PathBuf);

impl Temporary {
    fn new() -> Temporary {
        static LAST: AtomicUsize = AtomicUsize::new(0);
        let number = LAST.fetch_add(1, Ordering::Relaxed);
        let name = format!("yara-migrations-{}-{number}", std::process::id());
        Temporary(std::env::temp_dir().join(name))
    }

    fn with(files: &[&str]) -> Temporary {
        let folder = Temporary::new();
        fs::create_dir_all(&folder.0).unwrap();
        for file in files {
            fs::write(folder.0.join(file), "[[operation]]\nstep = \"x\"\n").unwrap();
        }
        folder
    }

    fn folder(&self) -> Folder {
        Folder::new(&self.0)
    }

    fn names(&self) -> Vec<String> {
        self.folder().list().unwrap().into_iter().map(|file| file.name).collect()
    }

    /// What is said of the folder, without where it is.
    fn refused(&self) -> String {
        let error = self.folder().read().unwrap_err();
        error.to_string().replace(&self.0.display().to_string(), "DIR")
    }
}

impl Drop for Temporary {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

fn step(name: &str) -> NamedMigration {
    let migration = Migration::new(vec![Operation::Step { name: "x".into() }]);
    NamedMigration { name: name.into(), migration }
}

#[test]
fn files_are_listed_by_number_and_others_left_alone() {
    let folder = Temporary::with(&[
        "0010_c.toml",
        "9_b.toml",
        "0008_a.toml",
        "README.md",
        "__init__.py",
        "helpers.py",
        "0009.txt",
    ]);
    assert_eq!(folder.names(), ["0008_a", "9_b", "0010_c"]);
    let read = folder.folder().read().unwrap();
    assert_eq!(read, [step("0008_a"), step("9_b"), step("0010_c")]);
}

#[test]
fn python_beside_toml_has_the_steps_and_alone_is_a_migration() {
    let folder = Temporary::with(&["0001_a.toml", "0001_a.py", "0002_b.py"]);
    let files = folder.folder().list().unwrap();
    assert_eq!(folder.names(), ["0001_a", "0002_b"]);
    assert!(!files[0].python && files[1].python);
    assert_eq!(files[0].path, folder.0.join("0001_a.toml"));
    assert_eq!(files[0].steps, Some(folder.0.join("0001_a.py")));
    assert_eq!(files[1].steps, None);
    assert_eq!(
        folder.refused(),
        "DIR/0002_b.py is a migration in Python; `python -m yara_orm convert` writes it as TOML, \
         which all languages read"
    );
}

#[test]
fn a_sequence_has_no_number_twice_and_leaves_none_out() {
    assert_eq!(
        Temporary::with(&["0001_a.toml", "0002_b.toml", "0002_c.toml", "0003_d.toml"]).refused(),
        "`0002_b` and `0002_c` have the same number, as after a merge of two branches; give the \
         one that no database has had yet the next number, 0004"
    );
    assert_eq!(
        Temporary::with(&["0001_a.toml", "0004_b.toml"]).refused(),
        "there is no migration 0002 between `0001_a` and `0004_b`; a file is missing, or the \
         numbers behind it are wrong"
    );
    let names = vec!["2_b".to_owned(), "1_a".to_owned()];
    assert_eq!(in_sequence(names, |name| name).unwrap(), ["1_a", "2_b"]);
    let error = in_sequence(vec!["initial".to_owned()], |name| name).unwrap_err().to_string();
    assert_eq!(
        error,
        "`initial` is no name of a migration, which is a number and a word, such as `0001_initial`"
    );
}

#[test]
fn files_that_are_wrong_are_named() {
    assert_eq!(
        Temporary::with(&["first.toml"]).refused(),
        "DIR/first.toml: `first` is no name of a migration, which is a number and a word, such as \
         `0001_initial`"
    );
    let folder = Temporary::with(&["0001_a.toml"]);
    fs::write(folder.0.join("0001_a.toml"), "x = 1").unwrap();
    let said = folder.refused();
    assert!(
        said.starts_with("DIR/0001_a.toml, line 1, column 1: a migration has no key `x`"),
        "{said}"
    );
    fs::write(folder.0.join("0001_a.toml"), b"\xff").unwrap();
    let error = folder.folder().read().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Io);
    assert!(error.to_string().contains("0001_a.toml"), "{error}");
}

#[test]
fn a_folder_that_is_not_there_is_told_when_it_is_read() {
    let folder = Temporary::new();
    assert_eq!(folder.names(), Vec::<String>::new());
    assert_eq!(folder.refused(), "there is no folder `DIR` of migrations");
    fs::write(&folder.0, "").unwrap();
    assert_eq!(folder.folder().list().unwrap_err().kind(), ErrorKind::Io);
    let error = folder.folder().write(&step("0001_a"), "").unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Io);
    fs::remove_file(&folder.0).unwrap();
}

#[test]
fn a_file_is_written_whole_and_never_over_another() {
    let folder = Temporary::new();
    let path = folder.folder().write(&step("0001_a"), "What it is for.\n\nMore.").unwrap();
    assert_eq!(path, folder.0.join("0001_a.toml"));
    let text = fs::read_to_string(&path).unwrap();
    assert_eq!(text, "# What it is for.\n#\n# More.\n\n[[operation]]\nstep = \"x\"\n");
    assert_eq!(folder.folder().read().unwrap(), [step("0001_a")]);
    let error = folder.folder().write(&step("0001_a"), "").unwrap_err().to_string();
    assert!(error.ends_with("0001_a.toml already"), "{error}");
    assert_eq!(fs::read_to_string(&path).unwrap(), text);
    assert_eq!(fs::read_dir(&folder.0).unwrap().count(), 1);
    let error = folder.folder().write(&step("../0001_a"), "").unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Configuration);
    let empty = NamedMigration { name: "0002_b".into(), migration: Migration::new(Vec::new()) };
    let path = folder.folder().write(&empty, "Later.").unwrap();
    assert_eq!(fs::read_to_string(path).unwrap(), "# Later.\n");
    assert_eq!(folder.names(), ["0001_a", "0002_b"]);
}
