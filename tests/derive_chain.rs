//! Many models that are all related: each refers to the next, and the last to the first. What the
//! compiler proves of one (that it can go to another thread, say) must not lead it through all.
#![allow(missing_docs, unreachable_pub)]

use yara_orm::prelude::*;

/// A chain of models, made by a macro as a user may make one: some tokens are the macro's, some its
/// caller's.
macro_rules! chain {
    ($text:ty, $length:literal, $default:expr, $path:path;
     $($model:ident => $next:ident, $before:ident;)+) => {$(
        #[derive(Model, Debug, Clone, PartialEq)]
        #[model(unique(name, next), check(name_given, $model::name.ne("")))]
        pub struct $model {
            pub id: i64,
            pub name: $text,
            #[field(max_length = $length, default = $default, validate = $path)]
            pub code: $text,
            pub next: ForeignKey<$next>,
            #[relation(reverse = "next")]
            pub before: HasMany<$before>,
            pub others: ManyToMany<$before>,
        }
    )+};
}

/// An embedded struct, an enum and a row made by a macro.
macro_rules! parts {
    ($embed:ident, $choice:ident, $row:ident, $model:ident, $ty:ty, $variant:ident) => {
        #[derive(Embed, Debug, Clone, PartialEq)]
        pub struct $embed {
            pub inner: $ty,
        }
        #[derive(DbEnum, Debug, Clone, PartialEq)]
        pub enum $choice {
            $variant,
        }
        #[derive(Row, Debug, Clone, PartialEq)]
        pub struct $row {
            pub inner: $ty,
        }
        #[derive(Model, Debug, Clone, PartialEq)]
        pub struct $model {
            #[field(primary_key, auto = false)]
            pub id: $ty,
            #[field(embed)]
            pub place: $embed,
            #[field(embed)]
            pub other: Option<$embed>,
            #[field(default = $choice::$variant)]
            pub choice: $choice,
        }
    };
}

parts!(Place, Choice, Line, Whole, i64, First);

fn any(_: &str) -> Result<(), String> {
    Ok(())
}

chain! {
    String, 3, "x", any;
    M00 => M01, M49; M01 => M02, M00; M02 => M03, M01; M03 => M04, M02; M04 => M05, M03;
    M05 => M06, M04; M06 => M07, M05; M07 => M08, M06; M08 => M09, M07; M09 => M10, M08;
    M10 => M11, M09; M11 => M12, M10; M12 => M13, M11; M13 => M14, M12; M14 => M15, M13;
    M15 => M16, M14; M16 => M17, M15; M17 => M18, M16; M18 => M19, M17; M19 => M20, M18;
    M20 => M21, M19; M21 => M22, M20; M22 => M23, M21; M23 => M24, M22; M24 => M25, M23;
    M25 => M26, M24; M26 => M27, M25; M27 => M28, M26; M28 => M29, M27; M29 => M30, M28;
    M30 => M31, M29; M31 => M32, M30; M32 => M33, M31; M33 => M34, M32; M34 => M35, M33;
    M35 => M36, M34; M36 => M37, M35; M37 => M38, M36; M38 => M39, M37; M39 => M40, M38;
    M40 => M41, M39; M41 => M42, M40; M42 => M43, M41; M43 => M44, M42; M44 => M45, M43;
    M45 => M46, M44; M46 => M47, M45; M47 => M48, M46; M48 => M49, M47; M49 => M00, M48;
}

#[test]
fn a_path_goes_all_the_way_around() {
    fn send<T: Send + Sync>() {}
    send::<M00>();
    let far = M00::next.next.next.next.next.next.next.next.next.next.name;
    assert!(format!("{:?}", far.eq("x")).contains("next"));
    assert_eq!(M49::table().relations.len(), 3);
}
