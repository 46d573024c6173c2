//! From models to files, and from files to tables.

use super::applied;
use crate::support::{World, scenarios};
use std::path::PathBuf;
use std::sync::atomic::{AtomicUsize, Ordering};
use yara_orm::migrate::{Hints, Migrations};
use yara_orm::prelude::*;

scenarios! {
    files_are_made_applied_and_checked,
    a_folder_that_is_not_there_is_told,
    a_file_in_python_is_refused,
    the_command_line_makes_files,
    embedded_files_are_applied,
}

/// Two versions of one model.
mod before {
    use yara_orm::prelude::*;

    #[derive(Model, Debug, Clone)]
    #[model(table = "sheet")]
    pub struct Sheet {
        pub id: i64,
        #[field(max_length = 20)]
        pub title: String,
    }
}

mod after {
    use yara_orm::prelude::*;

    #[derive(Model, Debug, Clone)]
    #[model(table = "sheet", index(views))]
    pub struct Sheet {
        pub id: i64,
        #[field(max_length = 40)]
        pub name: String,
        #[field(default = 7)]
        pub views: i64,
    }
}

/// A folder that is removed at the end.
struct Temporary(PathBuf);

impl Temporary {
    fn new() -> Temporary {
        static NEXT: AtomicUsize = AtomicUsize::new(0);
        let name =
            format!("yara_files_{}_{}", std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed));
        Temporary(std::env::temp_dir().join(name))
    }
}

impl Drop for Temporary {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

async fn files_are_made_applied_and_checked(world: World) {
    let folder = Temporary::new();
    let old = || Migrations::new(&folder.0).models::<before::Sheet>();
    let error = old().check().unwrap_err();
    assert!(error.is_configuration_error());
    assert_eq!(
        error.to_string(),
        "the models ask for what no migration gives: create_table sheet; `make` writes it into a \
         file"
    );
    let path = old().make(None, &Hints::new()).unwrap().unwrap();
    assert_eq!(path, folder.0.join("0001_initial.toml"));
    assert_eq!(old().make(None, &Hints::new()).unwrap(), None);
    old().check().unwrap();
    assert_eq!(old().up(&world.db).await.unwrap(), ["0001_initial"]);
    before::Sheet::create().title("kept").insert(&world.db).await.unwrap();

    let new = || Migrations::new(&folder.0).models::<after::Sheet>();
    let error = new().make(None, &Hints::new()).unwrap_err().to_string();
    assert!(error.contains("sheet.title") && error.contains("name"), "{error}");
    assert!(new().check().is_err());
    let hints = Hints::new().rename("sheet.title", "name");
    let path = new().make(Some("names"), &hints).unwrap().unwrap();
    assert_eq!(path, folder.0.join("0002_names.toml"));
    new().check().unwrap();
    assert!(old().check().is_err());
    assert_eq!(new().up(&world.db).await.unwrap(), ["0002_names"]);
    let sheet = after::Sheet::query().one(&world.db).await.unwrap();
    assert_eq!((sheet.name.as_str(), sheet.views), ("kept", 7));
    after::Sheet::create().name("x".repeat(40)).insert(&world.db).await.unwrap();
    after::Sheet::find(sheet.id + 1).delete().exec(&world.db).await.unwrap();

    assert_eq!(new().down(&world.db, 1).await.unwrap(), ["0002_names"]);
    let sheet = before::Sheet::query().one(&world.db).await.unwrap();
    assert_eq!(sheet.title, "kept");
    let empty = new().make_empty("by_hand").unwrap();
    assert_eq!(empty, folder.0.join("0003_by_hand.toml"));
    assert_eq!(new().up(&world.db).await.unwrap(), ["0002_names", "0003_by_hand"]);
    assert_eq!(new().down_to(&world.db, "zero").await.unwrap().len(), 3);
    assert!(before::Sheet::query().count(&world.db).await.is_err());
}

async fn a_folder_that_is_not_there_is_told(world: World) {
    let folder = Temporary::new();
    let migrations = Migrations::new(&folder.0);
    let error = world.counting(0, migrations.up(&world.db)).await.unwrap_err();
    assert!(error.is_configuration_error());
    assert!(error.to_string().starts_with("there is no folder `"), "{error}");
}

async fn a_file_in_python_is_refused(world: World) {
    let folder = Temporary::new();
    std::fs::create_dir_all(&folder.0).unwrap();
    std::fs::write(folder.0.join("0001_initial.py"), "class Migration: ...").unwrap();
    let migrations = Migrations::new(&folder.0);
    let error = world.counting(0, migrations.up(&world.db)).await.unwrap_err();
    assert!(error.to_string().contains("`python -m yara_orm convert`"), "{error}");
    assert!(migrations.check().unwrap_err().is_configuration_error());
}

async fn the_command_line_makes_files(world: World) {
    let folder = Temporary::new();
    let command = async |migrations: Migrations, words: &[&str]| {
        let (mut output, mut errors) = (Vec::new(), Vec::new());
        let words = words.iter().map(|word| (*word).to_owned()).collect();
        let code = migrations.command_to(Some(&world.db), words, &mut output, &mut errors).await;
        let told = [output, errors].map(|text| String::from_utf8(text).unwrap()).concat();
        (code, told.replace(&folder.0.display().to_string(), "migrations"))
    };
    let old = || Migrations::new(&folder.0).models::<before::Sheet>();
    let new = || Migrations::new(&folder.0).models::<after::Sheet>();
    assert_eq!(command(old(), &["check"]).await.0, 1);
    let (code, told) = command(old(), &["make"]).await;
    assert_eq!((code, told.as_str()), (0, "wrote migrations/0001_initial.toml\n"));
    let (code, told) = command(old(), &["check"]).await;
    assert_eq!((code, told.as_str()), (0, "the files give what the models ask for\n"));
    let (code, told) = command(old(), &["make", "again"]).await;
    assert_eq!((code, told.as_str()), (0, "the files give what the models ask for\n"));
    let (code, told) = command(new(), &["make"]).await;
    assert_eq!(code, 1);
    assert!(told.starts_with("error: "), "{told}");
    let words = ["make", "names", "--drop", "sheet.title", "--fill=sheet.name='none'"];
    let (code, told) = command(new(), &words).await;
    assert_eq!((code, told.as_str()), (0, "wrote migrations/0002_names.toml\n"));
    let (code, told) = command(new(), &["make", "more", "--empty"]).await;
    assert_eq!((code, told.as_str()), (0, "wrote migrations/0003_more.toml\n"));
    let (code, told) = command(new(), &["up"]).await;
    let applied_all = "applied 0001_initial\napplied 0002_names\napplied 0003_more\n";
    assert_eq!((code, told.as_str()), (0, applied_all));
    assert_eq!(applied(&world.db).await.len(), 3);
}

async fn embedded_files_are_applied(world: World) {
    const FILES: &[(&str, &str)] = &[
        (
            "0001_sheets",
            r#"
            [[operation]]
            [operation.create_table]
            name = "sheet"
            primary_key = ["id"]
            [[operation.create_table.columns]]
            name = "id"
            type = "i64"
            counted = true
            "#,
        ),
        (
            "0002_title",
            "[[operation]]\nadd_column = { table = \"sheet\", name = \"title\", type = \"text\", \
             max_length = 20 }",
        ),
    ];
    let migrations = Migrations::embedded(FILES).models::<before::Sheet>();
    migrations.check().unwrap();
    assert_eq!(migrations.up(&world.db).await.unwrap(), ["0001_sheets", "0002_title"]);
    before::Sheet::create().title("a").insert(&world.db).await.unwrap();
    let error = migrations.make(None, &Hints::new()).unwrap_err();
    assert!(error.to_string().contains("are part of the program"), "{error}");
    let gap = Migrations::embedded(&[("0001_a", ""), ("0003_b", "")]);
    let error = world.counting(0, gap.up(&world.db)).await.unwrap_err();
    assert!(error.is_configuration_error(), "{error}");
    let wrong = Migrations::embedded(&[("0001_a", "[[operation]]\nadd_colum = {}")]);
    let error = world.counting(0, wrong.up(&world.db)).await.unwrap_err();
    assert!(
        error.to_string().contains("0001_a") && error.to_string().contains("add_column"),
        "{error}"
    );
}
