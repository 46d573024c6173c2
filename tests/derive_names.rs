//! The output of the derives stands in the user's module: it must not mind what things are called
//! there.
#![allow(missing_docs, dead_code, non_upper_case_globals, unreachable_pub, unused_imports)]
#![deny(unsafe_code)]

mod shadows {
    use yara_orm as renamed;

    // What the output could be taken in by, were it to use these names.
    pub struct Result;
    pub struct Vec;
    pub struct Path;
    pub struct Value;
    pub struct Root;
    pub struct Column;
    pub struct P;
    pub trait Clone {}
    pub trait Default {}
    pub enum Choice {
        Some,
        None,
        Ok,
        Err,
    }
    pub use Choice::{Err, None, Ok, Some};
    pub mod std {}
    pub mod core {}
    pub static row: i32 = 1;
    pub const value: i32 = 2;
    pub const db: i32 = 2;

    /// A field type of the user, of a name that the standard library has, too.
    #[derive(renamed::DbEnum, Debug, ::std::clone::Clone, Copy, PartialEq, Eq, Hash)]
    #[db_enum(crate = renamed)]
    pub enum Option {
        None,
        Some,
    }

    #[derive(renamed::DbEnum, Debug, ::std::clone::Clone, Copy, PartialEq, Eq, Hash)]
    #[db_enum(integer, crate = renamed)]
    pub enum String {
        Short = 1,
    }

    #[derive(renamed::Embed, Debug, ::std::clone::Clone)]
    #[embed(crate = renamed)]
    pub struct Key {
        pub r#type: String,
        pub out: Option,
    }

    #[derive(renamed::Model, Debug, ::std::clone::Clone)]
    #[model(crate = renamed)]
    pub struct Book {
        pub id: i64,
        pub r#type: String,
        pub db: Option,
        pub row: ::std::option::Option<::std::string::String>,
        pub value: i64,
        pub self_: i64,
        pub out: i64,
        pub state: i64,
        pub name: i64,
        #[field(embed)]
        pub r#struct: Key,
        pub r#ref: ::std::option::Option<renamed::typed::ForeignKey<self::Book>>,
        #[relation(reverse = r#ref)]
        pub r#impl: renamed::typed::HasMany<crate::shadows::Book>,
        #[field(rename_const = "filter_")]
        pub filter: i64,
        #[field(rename_const = by_key, primary_key)]
        pub key: ::std::string::String,
    }

    #[derive(renamed::Row, Debug)]
    #[row(crate = renamed)]
    pub struct Line {
        pub r#type: String,
        pub row: i64,
    }
}

use shadows::Book;
use yara_orm::prelude::*;

#[test]
fn raw_and_renamed_members_keep_their_columns() {
    let names: Vec<&str> = Book::table().fields.iter().map(|field| field.column).collect();
    assert_eq!(names[1], "type");
    assert!(names.contains(&"struct_type") && names.contains(&"ref_id"));
    assert!(names.contains(&"filter") && names.contains(&"key"));
    let _ = Book::filter(
        Book::filter_.eq(1) & Book::by_key.eq("a") & Book::r#type.ne(shadows::String::Short),
    );
    let _ =
        Book::filter(Book::r#struct.r#type.eq(shadows::String::Short) & Book::r#ref.r#ref.id.eq(1));
    let line = shadows::LineColumns { r#type: Book::r#type, row: Book::value };
    let _ = Book::query().select(line);
    let _ = Book::create().r#type(shadows::String::Short).db(shadows::Option::None).filter_(1);
}

/// Models can stand in a function, too.
#[test]
fn models_of_a_function() {
    #[derive(Model, Debug, Clone)]
    struct Local {
        id: i64,
        others: ManyToMany<Other>,
    }
    #[derive(Model, Debug, Clone)]
    struct Other {
        id: i64,
        #[relation(reverse = "others")]
        locals: ManyToMany<Local>,
    }
    assert_eq!(Local::table().name, "local");
    assert!(Other::table().relation("locals").is_ok());
}

mod outer {
    pub(crate) mod inner {
        use yara_orm::prelude::*;

        #[derive(Model, Debug, Clone)]
        pub(in crate::outer) struct Hidden {
            id: i64,
            of: ForeignKey<super::Shown>,
        }
    }

    use yara_orm::prelude::*;

    #[derive(Model, Debug, Clone)]
    pub(crate) struct Shown {
        id: i64,
        name: String,
    }

    pub(crate) fn path() -> Pred<impl Model> {
        inner::Hidden::of.name.eq("x")
    }
}

mod published {
    use yara_orm::prelude::*;

    #[derive(Model, Debug, Clone)]
    pub struct User {
        id: i64,
        #[relation(reverse = "user", vis(pub(super)))]
        sessions: HasMany<Session>,
        #[relation(vis())]
        first: Option<ForeignKey<Session>>,
        #[field(embed, vis(pub(crate)))]
        secret: Secret,
    }

    #[derive(Model, Debug, Clone)]
    pub(super) struct Session {
        id: i64,
        user: ForeignKey<User>,
    }

    #[derive(Embed, Debug, Clone)]
    pub(crate) struct Secret {
        hash: String,
    }
}

#[test]
fn constants_can_be_less_visible_than_their_model() {
    use published::{Session, User};
    let _ = User::filter(User::sessions.any(Session::id.gt(1)) & User::secret.hash.eq("x"));
}

#[test]
fn constants_are_as_visible_as_their_model() {
    let _ = outer::path();
    let _ = outer::Shown::name;
}
